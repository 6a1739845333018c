/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* take FILE FOLDER COUNT: FILE, decoded once, becomes one change in a new store, FOLDER/0, FOLDER/1, …: milliseconds from its entries to the change's
 * reply, one line each: the entries written as anchor files, read again as the service does, planned, journalled, written and synced, published. */
#include "core/engine.h"
#include "core/importers/importer.h"

#include <glib/gstdio.h>
#include <stdlib.h>

/* As the door of Import reads it. */
static TrustChange *
make_change (const TrustImport *import)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
  TrustChange *change = trust_change_new (TRUST_CHANGE_IMPORT);
  g_autoptr (GError) error = NULL;

  change->allow_expired = change->allow_non_ca = TRUE;
  for (guint i = 0; i < import->entries->len; i++)
    {
      const TrustImportEntry *entry = import->entries->pdata[i];
      g_autoptr (GBytes) file = entry->is_untrusted ? NULL : trust_import_entry_write (entry, settings, NULL);
      gsize size = 0;
      const void *bytes = file != NULL ? g_bytes_get_data (file, &size) : NULL;

      if (file != NULL && !trust_engine_read_file (bytes, size, change->anchors, change->distrusts, NULL, &error))
        g_error ("%s", error->message);
    }
  return change;
}

static void
take (const TrustImport *import, const char *root)
{
  g_autofree char *etc = g_build_filename (root, "etc", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustEngine) engine = NULL;
  g_autoptr (TrustCaller) caller = NULL;
  g_autoptr (TrustChange) change = NULL;
  g_autoptr (TrustOutcome) outcome = NULL;
  gint64 start = 0;

  if (g_mkdir_with_parents (etc, 0755) < 0)
    g_error ("%s can't be made", etc);
  engine = trust_engine_open (root, TRUST_ENGINE_WRITABLE, &error);
  if (engine == NULL || !trust_engine_refresh (engine, NULL, &error))
    g_error ("%s", error->message);
  caller = trust_caller_new_self ("bench");
  start = g_get_monotonic_time ();
  change = make_change (import);
  outcome = trust_engine_apply (engine, change, caller, &error);
  if (outcome == NULL)
    g_error ("%s", error->message);
  g_print ("%.3f\n", (double) (g_get_monotonic_time () - start) / 1000);
}

int
main (int argc, char **argv)
{
  static const TrustImportOptions options = { NULL, NULL, FALSE };
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  g_autoptr (TrustImport) import = NULL;
  gsize size = 0;

  if (argc != 4)
    g_error ("take FILE FOLDER COUNT");
  if (!g_file_get_contents (argv[1], &content, &size, &error))
    g_error ("%s", error->message);
  import = trust_import_decode ((TrustSpan) { (const guint8 *) content, size }, &options, &error);
  if (import == NULL)
    g_error ("%s", error->message);
  for (int run = 0; run < atoi (argv[3]); run++)
    {
      g_autofree char *name = g_strdup_printf ("%d", run), *root = g_build_filename (argv[2], name, NULL);

      take (import, root);
    }
  return 0;
}
