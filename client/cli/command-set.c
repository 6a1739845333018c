/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/fingerprint.h"
#include "client/cli/report.h"
#include "client/cli/settings.h"
#include "core/error.h"

/* clang-format off */
static const ReportRow rows[] = {
  { "changed", N_ ("changed the settings of %s (%s…)"), NULL, TOOL_DONE },
  { "pinned", N_ ("pinned %s (%s…) with these settings: it was trusted from below"), NULL, TOOL_DONE },
  { "already", N_ ("so already: %s (%s…)"), NULL, TOOL_DONE },
  { NULL, NULL, NULL, TOOL_DONE }
};
/* clang-format on */

typedef struct
{
  Settings settings;
  char *reason; /* (owned) */
  gboolean no_constraints;
  gboolean refuse_loss;
} Options;

static void
options_clear (Options *options)
{
  settings_clear (&options->settings);
  g_free (options->reason);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
check (const Options *options, GError **error)
{
  const Settings *settings = &options->settings;
  const char *fault = NULL;
  if (!settings_are_named (settings) && !options->no_constraints && !options->refuse_loss && options->reason == NULL)
    fault = _ ("says nothing to set; see anchorctl set --help");
  else if (options->no_constraints && (settings->permit != NULL || settings->exclude != NULL))
    fault = _ ("--no-constraints goes with neither --permit nor --exclude, which replace all constraints anyway");
  else if (options->refuse_loss && settings->accept_loss)
    fault = _ ("--accept-loss and --refuse-loss contradict each other");
  if (fault != NULL)
    g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, fault);
  return fault == NULL && report_check_reason (options->reason, error);
}

static gboolean
pack (const Options *options, GVariantDict *dict, GError **error)
{
  if (!settings_pack (&options->settings, SETTINGS_MAY_CLEAR, dict, error))
    return FALSE;
  report_option_flag (dict, "clear-constraints", options->no_constraints);
  if (options->refuse_loss)
    g_variant_dict_insert (dict, "accept-loss", "b", FALSE);
  report_option_string (dict, "reason", options->reason);
  return TRUE;
}

ToolExit
command_set (Tool *tool, int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = { SETTINGS_ENTRIES (&options.settings, N_ ("Trust for PURPOSE alone (may be repeated)")),
                                   { "no-constraints", 0, 0, G_OPTION_ARG_NONE, &options.no_constraints, N_ ("For all names"), NULL },
                                   { "refuse-loss", 0, 0, G_OPTION_ARG_NONE, &options.refuse_loss,
                                     N_ ("Keep it out of files that cannot say its limits"), NULL },
                                   { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &options.reason, N_ ("Why: kept in the journal"), N_ ("TEXT") },
                                   TOOL_PREVIEW_ENTRIES (tool),
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse (tool, "set", entries, 1, -1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_auto (GStrv) fingerprints = check (&options, &error) && pack (&options, &dict, &error) ? fingerprint_digits_all (words, &error) : NULL;
  if (fingerprints == NULL)
    return tool_fail (tool, error);
  if (settings_get_advice (&options.settings) != NULL)
    report_note (tool, settings_get_advice (&options.settings));
  return report_change (tool, "Anchors.Set", g_variant_new ("(^as@a{sv})", fingerprints, g_variant_dict_end (&dict)), NULL, rows);
}
