/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/fingerprint.h"
#include "client/cli/report.h"

/* clang-format off */
static const ReportRow rows[] = {
  { "removed", N_ ("removed %s (%s…)"), NULL, TOOL_DONE },
  { "still-trusted", N_ ("withdrew %s (%s…), but it is still trusted"), N_ ("to refuse it: anchorctl distrust %s\n"), TOOL_REFUSED },
  { "already", N_ ("nothing to remove of %s (%s…)"), NULL, TOOL_DONE },
  { NULL, NULL, NULL, TOOL_DONE }
};
/* clang-format on */

ToolExit
command_remove (Tool *tool, int argc, char **argv)
{
  g_autofree char *reason = NULL;
  const GOptionEntry entries[] = { { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &reason, N_ ("Why: kept in the journal"), N_ ("TEXT") },
                                   TOOL_PREVIEW_ENTRIES (tool),
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse (tool, "remove", entries, 1, -1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) fingerprints = report_check_reason (reason, &error) ? fingerprint_digits_all (words, &error) : NULL;
  if (fingerprints == NULL)
    return tool_fail (tool, error);
  GVariantDict options;
  g_variant_dict_init (&options, NULL);
  report_option_string (&options, "reason", reason);
  return report_change (tool, "Anchors.Remove", g_variant_new ("(^as@a{sv})", fingerprints, g_variant_dict_end (&options)), NULL, rows);
}
