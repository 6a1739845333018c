/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/go-back.h"
#include "client/cli/moment.h"
#include "client/cli/print.h"

#include <inttypes.h>

ToolExit
command_rollback (Tool *tool, int argc, char **argv)
{
  g_auto (GoBack) options = { 0 };
  const GOptionEntry entries[] = { GO_BACK_ENTRIES (options), TOOL_PREVIEW_ENTRIES (tool), G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse (tool, "rollback", entries, 1, 1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  Moment moment = { 0, 0 };
  if (!go_back_check (tool, &options, &error) || !moment_find (tool, _ ("the moment"), words[0], &moment, &error))
    return tool_fail (tool, error);
  g_autofree char *time = moment.time != 0 ? print_time (moment.time) : g_strdup (_ ("before the first change"));
  if (!tool->json && !options.yes)
    g_print (_ ("back to generation %" PRIu64 " (%s)\n"), moment.generation, time);
  /* What is shown is what is done, however late the answer. */
  g_autofree char *exact = g_strdup_printf ("%" PRIu64, moment.generation);
  return go_back (tool, "Journal.Rollback", g_variant_new ("(s@a{sv})", exact, go_back_pack (&options)), &options);
}
