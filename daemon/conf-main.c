/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* anchord-conf: edits /etc/ca-certificates.conf, which the service's sandbox may not write. */
#include "core/outside.h"

#include <stdio.h>
#include <stdlib.h>

int
main (int argc, char **argv)
{
  g_autofree char *path = NULL;
  const GOptionEntry entries[] = { { "root", 0, 0, G_OPTION_ARG_FILENAME, &path, "The root to work in, instead of /", "DIR" }, G_OPTION_ENTRY_NULL };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustRoot) root = NULL;

  g_option_context_set_summary (context, "Puts a '!' before the certificates that anchord deselects in /etc/ca-certificates.conf, and no other.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1)
    {
      fprintf (stderr, "anchord-conf: %s\n", error != NULL ? error->message : "no argument is expected");
      return 2;
    }
  root = trust_root_new (path != NULL ? path : "/", &error);
  if (root != NULL && trust_conf_edit (root, &error))
    return EXIT_SUCCESS;
  fprintf (stderr, "anchord-conf: %s\n", error->message);
  return EXIT_FAILURE;
}
