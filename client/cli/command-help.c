/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/tool.h"
#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static gboolean
is_command (const char *name)
{
  for (const ToolCommand *command = tool_commands; command->name != NULL; command++)
    if (strcmp (command->name, name) == 0)
      return TRUE;
  return FALSE;
}

/* Becomes man(1). Returns: how to exit, if that cannot be. */
static ToolExit
show_page (const Tool *tool, const char *page)
{
  g_autoptr (GError) error = NULL;
  const char *const words[] = { "man", page, NULL };

  execvp (words[0], (char *const *) words);
  g_set_error (&error, TRUST_ERROR, TRUST_ERROR_FAILED, _ ("man(1) cannot be run: %s; anchorctl COMMAND --help tells the options"),
               g_strerror (errno));
  return tool_fail (tool, error);
}

ToolExit
command_help (Tool *tool, int argc, char **argv)
{
  g_auto (GStrv) words = tool_parse (tool, "help", NULL, 0, 1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  if (words[0] == NULL)
    return show_page (tool, "anchorctl");
  if (!is_command (words[0]))
    {
      g_autofree char *name = trust_text_printable (words[0], 40);
      g_autoptr (GError) error = NULL;
      g_set_error (&error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("there is no command “%s”; see anchorctl --help"), name);
      return tool_fail (tool, error);
    }
  g_autofree char *page = g_strconcat ("anchorctl-", words[0], NULL);
  return show_page (tool, page);
}
