/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/go-back.h"

ToolExit
command_undo (Tool *tool, int argc, char **argv)
{
  g_auto (GoBack) options = { 0 };
  const GOptionEntry entries[] = { GO_BACK_ENTRIES (options), TOOL_PREVIEW_ENTRIES (tool), G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse (tool, "undo", entries, 0, 0, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  if (!go_back_check (tool, &options, &error))
    return tool_fail (tool, error);
  return go_back (tool, "Journal.Undo", g_variant_new ("(@a{sv})", go_back_pack (&options)), &options);
}
