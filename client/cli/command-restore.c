/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/fingerprint.h"
#include "client/cli/report.h"
#include "core/error.h"

#include <string.h>

#define WHOLE_DIGITS 64

/* clang-format off */
static const ReportRow rows[] = {
  { "restored", N_ ("lifted the distrust of %s (%s…)"), NULL, TOOL_DONE },
  { "still-refused", N_ ("lifted a distrust of %s (%s…), but it is still refused"), N_ ("to see by whom: anchorctl why %s\n"), TOOL_REFUSED },
  { "already", N_ ("not distrusted: %s (%s…)"), NULL, TOOL_DONE },
  { NULL, NULL, NULL, TOOL_DONE }
};
/* clang-format on */

/* What was refused comes back: which, must be said exactly. */
static gboolean
check_whole (char **fingerprints, GError **error)
{
  for (; *fingerprints != NULL; fingerprints++)
    if (strlen (*fingerprints) != WHOLE_DIGITS)
      {
        g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
                     _ ("“%s” is the beginning of a fingerprint; restore trusts again what was refused, and so takes whole ones only "
                        "(anchorctl list --distrusted --json shows them)"),
                     *fingerprints);
        return FALSE;
      }
  return TRUE;
}

ToolExit
command_restore (Tool *tool, int argc, char **argv)
{
  g_autofree char *reason = NULL;
  const GOptionEntry entries[] = { { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &reason, N_ ("Why: kept in the journal"), N_ ("TEXT") },
                                   TOOL_PREVIEW_ENTRIES (tool),
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse (tool, "restore", entries, 1, -1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) fingerprints = report_check_reason (reason, &error) ? fingerprint_digits_all (words, &error) : NULL;
  if (fingerprints == NULL || !check_whole (fingerprints, &error))
    return tool_fail (tool, error);
  GVariantDict options;
  g_variant_dict_init (&options, NULL);
  report_option_string (&options, "reason", reason);
  return report_change (tool, "Anchors.Restore", g_variant_new ("(^as@a{sv})", fingerprints, g_variant_dict_end (&options)), NULL, rows);
}
