/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/go-back.h"

#include "client/cli/confirm.h"
#include "client/cli/preview.h"
#include "core/error.h"

#include <unistd.h>

/* clang-format off */
static const ReportRow rows[] = {
  { "added", N_ ("trusts %s (%s…) again"), NULL, TOOL_DONE },
  { "changed", N_ ("changed %s (%s…)"), NULL, TOOL_DONE },
  { "removed", N_ ("no longer trusts %s (%s…)"), NULL, TOOL_DONE },
  { "distrusted", N_ ("refuses %s (%s…) again"), NULL, TOOL_DONE },
  { "restored", N_ ("lifted the distrust of %s (%s…)"), NULL, TOOL_DONE },
  { "enabled", N_ ("enabled the consumer %s"), NULL, TOOL_DONE },
  { "disabled", N_ ("disabled the consumer %s"), NULL, TOOL_DONE },
  { "already", N_ ("already as it was: %s (%s…)"), NULL, TOOL_DONE },
  { "refused", N_ ("refused %s (%s…)"), NULL, TOOL_REFUSED },
  { NULL, NULL, NULL, TOOL_DONE }
};
/* clang-format on */

void
go_back_clear (GoBack *options)
{
  g_clear_pointer (&options->lifted, g_strfreev);
  g_clear_pointer (&options->reason, g_free);
}

static gboolean
only_looks (const Tool *tool)
{
  return tool->dry_run || tool->check;
}

gboolean
go_back_check (const Tool *tool, const GoBack *options, GError **error)
{
  if (!report_check_reason (options->reason, error))
    return FALSE;
  for (char **id = options->lifted; id != NULL && *id != NULL; id++)
    if (!tool_check_text ("--lift-distrust", *id, 255, error))
      return FALSE;
  if (options->yes || only_looks (tool) || (!tool->json && isatty (STDIN_FILENO)))
    return TRUE;
  g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
                       _ ("going back changes what is trusted, and nobody is there to be asked; look at it with --dry-run, then give --yes"));
  return FALSE;
}

GVariant *
go_back_pack (const GoBack *options)
{
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  if (options->lifted != NULL)
    g_variant_dict_insert (&dict, "lift-distrust", "^as", options->lifted);
  report_option_string (&dict, "reason", options->reason);
  report_option_flag (&dict, "keep-going", options->keep_going);
  report_option_flag (&dict, "allow-expired", options->allow_expired);
  report_option_flag (&dict, "allow-non-ca", options->allow_non_ca);
  return g_variant_dict_end (&dict);
}

ToolExit
go_back (Tool *tool, const char *method, GVariant *parameters, const GoBack *options)
{
  g_autoptr (GVariant) held = g_variant_ref_sink (parameters);
  gboolean would_change = TRUE;
  if (only_looks (tool))
    return report_change (tool, method, held, NULL, rows);
  if (!options->yes)
    {
      ToolExit code = preview_show (tool, method, held, &would_change);
      if (code != TOOL_DONE || !would_change)
        return code;
      if (!confirm_ask (_ ("Go back? [y/N] ")))
        {
          g_printerr (_ ("anchorctl: nothing was changed\n"));
          return TOOL_ERROR;
        }
    }
  return report_change (tool, method, held, NULL, rows);
}
