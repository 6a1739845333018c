/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/confirm.h"
#include "client/cli/preview.h"
#include "client/cli/report.h"
#include "core/error.h"

/* clang-format off */
static const ReportRow rows[] = {
  { "handed-back", N_ ("the files of the consumer %s are the distribution's tool's again"), NULL, TOOL_DONE },
  { "taken-up", N_ ("the files of the consumer %s are kept up again"), NULL, TOOL_DONE },
  { "kept", N_ ("left %s (%s…) to the distribution's tool"), NULL, TOOL_DONE },
  { "not-kept", N_ ("did NOT leave %s (%s…) to the distribution's tool"), NULL, TOOL_REFUSED },
  { "already", N_ ("nothing to do, %s (%s…)"), NULL, TOOL_DONE },
  { NULL, NULL, NULL, TOOL_DONE }
};
/* clang-format on */

/* What would be done, and whether it shall be. TOOL_DONE: yes. */
static ToolExit
ask (Tool *tool, const char *method, GVariant *parameters, gboolean *goes_on)
{
  *goes_on = TRUE;
  ToolExit code = preview_show (tool, method, parameters, goes_on);
  if (code != TOOL_DONE || !*goes_on)
    return code;
  if (confirm_ask (_ ("Do that? [y/N] ")))
    return TOOL_DONE;
  g_printerr (_ ("anchorctl: nothing was changed\n"));
  return TOOL_ERROR;
}

ToolExit
command_handback (Tool *tool, int argc, char **argv)
{
  gboolean resume = FALSE, keep_anchors = FALSE, yes = FALSE;
  g_autofree char *reason = NULL;
  const GOptionEntry entries[] = { { "resume", 0, 0, G_OPTION_ARG_NONE, &resume, N_ ("Take up again what was handed back"), NULL },
                                   { "keep-anchors", 0, 0, G_OPTION_ARG_NONE, &keep_anchors,
                                     N_ ("Leave the administrator's anchors in the distribution's own folder"), NULL },
                                   { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &reason, N_ ("Why: kept in the journal"), N_ ("TEXT") },
                                   { "yes", 'y', 0, G_OPTION_ARG_NONE, &yes, N_ ("Do not ask"), NULL },
                                   TOOL_PREVIEW_ENTRIES (tool),
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse (tool, "handback", entries, 0, 0, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  gboolean only_looks = tool->dry_run || tool->check;
  if (resume && keep_anchors)
    g_set_error_literal (&error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
                         _ ("--keep-anchors is for handing back; --resume takes what was kept away again"));
  else if (report_check_reason (reason, &error) && !yes && !only_looks && (tool->json || !confirm_is_possible ()))
    g_set_error_literal (&error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
                         _ ("this changes what programs trust, and nobody is there to be asked; look at it with --dry-run, then give --yes"));
  if (error != NULL)
    return tool_fail (tool, error);
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  report_option_flag (&dict, "keep-anchors", keep_anchors);
  report_option_string (&dict, "reason", reason);
  const char *method = resume ? "Consumers.Resume" : "Consumers.HandBack";
  g_autoptr (GVariant) parameters = g_variant_ref_sink (g_variant_new ("(@a{sv})", g_variant_dict_end (&dict)));
  gboolean goes_on = TRUE;
  ToolExit code = yes || only_looks ? TOOL_DONE : ask (tool, method, parameters, &goes_on);
  return code != TOOL_DONE || !goes_on ? code : report_change (tool, method, parameters, NULL, rows);
}
