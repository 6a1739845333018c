/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/send.h"
#include "core/error.h"

typedef struct
{
  char *reason; /* (owned) */
  char *module; /* (owned) */
  gboolean keep_going;
  gboolean allow_expired;
  gboolean allow_non_ca;
  gboolean replace;
  gboolean override_distrust;
  PassphraseOptions passphrases;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->reason);
  g_free (options->module);
  g_free (options->passphrases.file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* Returns: (transfer floating). */
static GVariant *
pack (const Options *options)
{
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  report_option_string (&dict, "reason", options->reason);
  report_option_flag (&dict, "keep-going", options->keep_going);
  report_option_flag (&dict, "allow-expired", options->allow_expired);
  report_option_flag (&dict, "allow-non-ca", options->allow_non_ca);
  report_option_flag (&dict, "replace", options->replace);
  report_option_flag (&dict, "override-distrust", options->override_distrust);
  return g_variant_dict_end (&dict);
}

static void
tell_passed (Tool *tool, const Gathered *gathered)
{
  if (gathered->passed->len == 0)
    return;
  g_autofree char *message = g_strdup_printf (ngettext ("left out %u certificate that the input neither trusts nor refuses",
                                                        "left out %u certificates that the input neither trusts nor refuses", gathered->passed->len),
                                              gathered->passed->len);
  report_note (tool, message);
}

static ToolExit
import (Tool *tool, const Options *options, char **files)
{
  GatherWish wish = { NULL, options->module, &options->passphrases, options->keep_going, TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (Gathered) gathered = gather (files, NULL, &wish, &error);
  if (gathered == NULL)
    return tool_fail (tool, error);
  send_tell (tool, gathered);
  tell_passed (tool, gathered);
  if (gathered->entries->len > 0)
    return send_files (tool, gathered->entries, pack (options), report_import_rows);
  g_set_error_literal (&error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, _ ("there is nothing to trust or to refuse in it"));
  return tool_fail (tool, error);
}

static gboolean
check (Options *options, char **files, const Tool *tool, GError **error)
{
  options->passphrases.no_ask = tool->no_ask_password;
  if (files[0] == NULL && options->module == NULL)
    {
      g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("name a FILE or a --module"));
      return FALSE;
    }
  return report_check_reason (options->reason, error);
}

ToolExit
command_import (Tool *tool, int argc, char **argv)
{
  g_auto (Options) options = { .passphrases = PASSPHRASE_OPTIONS_INIT };
  const GOptionEntry entries[] = {
    { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &options.reason, N_ ("Why: kept in the journal"), N_ ("TEXT") },
    { "keep-going", 'k', 0, G_OPTION_ARG_NONE, &options.keep_going, N_ ("Leave out what is refused, and take the rest"), NULL },
    { "module", 0, 0, G_OPTION_ARG_FILENAME, &options.module, N_ ("Take what a PKCS#11 module says, too"), N_ ("PATH") },
    { "allow-expired", 0, 0, G_OPTION_ARG_NONE, &options.allow_expired, N_ ("Accept a certificate that has expired"), NULL },
    { "allow-non-ca", 0, 0, G_OPTION_ARG_NONE, &options.allow_non_ca, N_ ("Accept a certificate that is no CA"), NULL },
    { "replace", 0, 0, G_OPTION_ARG_NONE, &options.replace, N_ ("Let the new settings take trust away, too"), NULL },
    { "override-distrust", 0, 0, G_OPTION_ARG_NONE, &options.override_distrust, N_ ("Trust it although a distrust entry refuses it"), NULL },
    PASSPHRASE_ENTRIES (&options.passphrases),
    TOOL_PREVIEW_ENTRIES (tool),
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) files = tool_parse (tool, "import", entries, 0, -1, argc, argv);
  if (files == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  return check (&options, files, tool, &error) ? import (tool, &options, files) : tool_fail (tool, error);
}
