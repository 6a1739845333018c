/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* import-dump [--keep-going] [--passphrase TEXT]... FILE: what the importers make of FILE, one line a fact. The pass phrases are the answers, in
 * turn. */
#include "core/error.h"
#include "core/importers/importer.h"
#include "core/text.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

static char **passphrases;
static gboolean keep_going;
static GOptionEntry entries[] = {
  { "passphrase", 0, 0, G_OPTION_ARG_STRING_ARRAY, &passphrases, "an answer", "TEXT" },
  { "keep-going", 0, 0, G_OPTION_ARG_NONE, &keep_going, "report what can't be read and go on", NULL },
  { 0 },
};

static char *
answer (gpointer user_data, const char *what, guint attempt, GError **error)
{
  if (passphrases != NULL && attempt < g_strv_length (passphrases))
    return g_strdup (passphrases[attempt]);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_PASSPHRASE, attempt == 0 ? "%s needs a pass phrase" : "the pass phrase for %s is wrong", what);
  return NULL;
}

static char *
describe (const TrustImportEntry *entry)
{
  if (entry->distrust != NULL)
    return g_strdup ("distrust");
  if (entry->is_untrusted)
    return g_strdup ("untrusted");
  return entry->settings != NULL ? trust_settings_describe (entry->settings) : g_strdup ("unsaid");
}

static void
print_entry (const TrustImportEntry *entry)
{
  g_autofree char *says = describe (entry);
  char hex[TRUST_FINGERPRINT_HEX] = "-";

  if (entry->certificate != NULL)
    trust_fingerprint_to_hex (trust_certificate_get_fingerprint (entry->certificate), hex);
  printf ("entry %s %s \"%s\" %s\n", hex, says, entry->label != NULL ? entry->label : "", entry->place);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("FILE");
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize size;
  TrustImportOptions options = { answer, NULL, FALSE };

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2 || !g_file_get_contents (argv[1], &bytes, &size, &error))
    {
      fprintf (stderr, "import-dump: %s\n", error != NULL ? error->message : "give one file");
      return 2;
    }
  options.keep_going = keep_going;

  g_autoptr (TrustImport) import = trust_import_decode ((TrustSpan) { (const guint8 *) bytes, size }, &options, &error);

  if (import == NULL)
    {
      printf ("error %d %s\n", error->code, error->message);
      g_strfreev (passphrases);
      return 1;
    }
  printf ("format %s\n", import->format);
  for (guint i = 0; i < import->entries->len; i++)
    print_entry (import->entries->pdata[i]);
  for (guint i = 0; i < import->failures->len; i++)
    printf ("failure %s\n", (const char *) import->failures->pdata[i]);
  for (guint i = 0; i < import->notices->len; i++)
    printf ("notice %s\n", (const char *) import->notices->pdata[i]);
  g_strfreev (passphrases);
  return 0;
}
