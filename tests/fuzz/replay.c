/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The main of a target without libFuzzer: one run for each file given. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>

int
main (int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *bytes = NULL;
      gsize size;

      if (!g_file_get_contents (argv[i], &bytes, &size, &error))
        {
          fprintf (stderr, "%s\n", error->message);
          return 1;
        }

      /* At the end of an allocation of its own, so that reading over it is seen. */
      g_autofree guint8 *copy = g_memdup2 (bytes, size);

      LLVMFuzzerTestOneInput (copy, size);
    }
  return 0;
}
