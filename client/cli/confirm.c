/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/confirm.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_ANSWER 64

gboolean
confirm_is_possible (void)
{
  return isatty (STDIN_FILENO);
}

gboolean
confirm_ask (const char *question)
{
  char answer[MAX_ANSWER] = "";
  g_print ("%s", question);
  fflush (stdout);
  if (fgets (answer, sizeof answer, stdin) == NULL)
    return FALSE;
  g_strstrip (answer);
  const char *yes = _ ("yes");
  return g_ascii_strcasecmp (answer, "y") == 0 || g_ascii_strcasecmp (answer, "yes") == 0 || strcmp (answer, yes) == 0
         || (strlen (answer) == 1 && answer[0] == yes[0]);
}
