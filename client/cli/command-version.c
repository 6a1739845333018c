/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/json.h"
#include "client/cli/tool.h"

ToolExit
command_version (Tool *tool, int argc, char **argv)
{
  g_auto (GStrv) words = tool_parse (tool, "version", NULL, 0, 0, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  if (!tool->json)
    {
      g_print ("anchorctl %s\n", PACKAGE_VERSION);
      return TOOL_DONE;
    }
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "version");
  json_builder_add_string_value (builder, PACKAGE_VERSION);
  json_builder_end_object (builder);
  json_print (builder);
  return TOOL_DONE;
}
