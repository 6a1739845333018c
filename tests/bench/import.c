/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* import FILE COUNT: decodes FILE in process COUNT times, as the tool does: milliseconds, one line each. How many entries came of it is on standard
 * error. */
#include "core/importers/importer.h"

#include <stdlib.h>

int
main (int argc, char **argv)
{
  static const TrustImportOptions options = { NULL, NULL, FALSE };
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  gsize size;
  guint n = 0;

  if (argc != 3)
    g_error ("import FILE COUNT");
  if (!g_file_get_contents (argv[1], &content, &size, &error))
    g_error ("%s", error->message);
  for (int run = 0; run < atoi (argv[2]); run++)
    {
      gint64 start = g_get_monotonic_time ();
      TrustImport *import = trust_import_decode ((TrustSpan) { (const guint8 *) content, size }, &options, &error);

      if (import == NULL)
        g_error ("%s", error->message);
      n = import->entries->len;
      trust_import_free (import);
      g_print ("%.3f\n", (double) (g_get_monotonic_time () - start) / 1000);
    }
  g_printerr ("%u entries\n", n);
  return 0;
}
