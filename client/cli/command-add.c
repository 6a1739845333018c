/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/input.h"
#include "client/cli/report.h"
#include "client/lib/sealed.h"
#include "core/limits.h"

static const ReportRow rows[] = {
  { "added", N_ ("added %s (%s…)"), NULL, TOOL_DONE },
  { "pinned", N_ ("pinned %s (%s…): it was trusted from below, and stays so now whatever happens there"), NULL, TOOL_DONE },
  { "changed", N_ ("changed the settings of %s (%s…)"), NULL, TOOL_DONE },
  { "already", N_ ("already there: %s (%s…)"), NULL, TOOL_DONE },
  { NULL, NULL, NULL, TOOL_DONE }
};

typedef struct
{
  char **purposes;  /* (owned) */
  char *label;      /* (owned) */
  char *reason;     /* (owned) */
  gboolean allow_expired;
  gboolean allow_non_ca;
  gboolean replace;
  gboolean override_distrust;
} Options;

static void
options_clear (Options *options)
{
  g_strfreev (options->purposes);
  g_free (options->label);
  g_free (options->reason);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* Returns: (transfer floating). */
static GVariant *
pack (const Options *options)
{
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  if (options->purposes != NULL)
    g_variant_dict_insert (&dict, "purposes", "^as", options->purposes);
  report_option_string (&dict, "label", options->label);
  report_option_string (&dict, "reason", options->reason);
  report_option_flag (&dict, "allow-expired", options->allow_expired);
  report_option_flag (&dict, "allow-non-ca", options->allow_non_ca);
  report_option_flag (&dict, "replace", options->replace);
  report_option_flag (&dict, "override-distrust", options->override_distrust);
  return g_variant_dict_end (&dict);
}

static ToolExit
send (Tool *tool, GBytes *bytes, GVariant *options)
{
  if (g_bytes_get_size (bytes) <= TRUST_LIMIT_MESSAGE_BYTES)
    {
      GVariant *content = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
      return report_change (tool, "Anchors.Add", g_variant_new ("(@ay@a{sv})", content, options), NULL, rows);
    }
  GVariant *parameters = g_variant_ref_sink (g_variant_new ("(h@a{sv})", 0, options));
  g_autoptr (GVariant) owned_parameters = parameters;
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = anchord_sealed_new (bytes, &error);
  if (fds == NULL)
    return tool_fail (tool, error);
  return report_change (tool, "Anchors.AddSealed", parameters, fds, rows);
}

ToolExit
command_add (Tool *tool, int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "purpose", 'p', 0, G_OPTION_ARG_STRING_ARRAY, &options.purposes,
      N_ ("Trust for PURPOSE (server-auth if none is given; may be repeated)"), N_ ("PURPOSE") },
    { "label", 'l', 0, G_OPTION_ARG_FILENAME, &options.label, N_ ("Name it TEXT"), N_ ("TEXT") },
    { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &options.reason, N_ ("Why: kept in the journal"), N_ ("TEXT") },
    { "allow-expired", 0, 0, G_OPTION_ARG_NONE, &options.allow_expired, N_ ("Accept a certificate that has expired"), NULL },
    { "allow-non-ca", 0, 0, G_OPTION_ARG_NONE, &options.allow_non_ca, N_ ("Accept a certificate that is no CA"), NULL },
    { "replace", 0, 0, G_OPTION_ARG_NONE, &options.replace, N_ ("Let the new settings take trust away, too"), NULL },
    { "override-distrust", 0, 0, G_OPTION_ARG_NONE, &options.override_distrust, N_ ("Trust it although a distrust entry refuses it"), NULL },
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) files = tool_parse (tool, "add", entries, 1, -1, argc, argv);
  if (files == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  if (!report_check_reason (options.reason, &error) || !tool_check_text ("--label", options.label, TRUST_LIMIT_LABEL_CHARS, &error))
    return tool_fail (tool, error);
  g_autoptr (GBytes) bytes = input_read_all (files, &error);
  return bytes == NULL ? tool_fail (tool, error) : send (tool, bytes, pack (&options));
}
