/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/fingerprint.h"
#include "client/cli/send.h"
#include "core/error.h"
#include "core/limits.h"

/* clang-format off */
static const ReportRow rows[] = {
  { "distrusted", N_ ("distrusted %s (%s…)"), NULL, TOOL_DONE },
  { "already", N_ ("already distrusted: %s (%s…)"), NULL, TOOL_DONE },
  { NULL, NULL, NULL, TOOL_DONE }
};
/* clang-format on */

/* What reads as a fingerprint is one; ./NAME names a file for certain. */
static void
sort_words (char **words, GStrvBuilder *fingerprints, GStrvBuilder *files)
{
  for (; *words != NULL; words++)
    {
      g_autofree char *digits = fingerprint_digits (*words);
      if (digits != NULL)
        g_strv_builder_add (fingerprints, digits);
      else
        g_strv_builder_add (files, *words);
    }
}

static gboolean
add_certificates (Tool *tool, GVariantDict *options, char **files, GError **error)
{
  if (files[0] == NULL)
    return TRUE;
  g_autoptr (GBytes) bytes = send_read_certificates (tool, files, error);
  if (bytes == NULL)
    return FALSE;
  if (g_bytes_get_size (bytes) > TRUST_LIMIT_MESSAGE_BYTES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, _ ("more than %u bytes of certificates in one distrust: split them"),
                   TRUST_LIMIT_MESSAGE_BYTES);
      return FALSE;
    }
  g_variant_dict_insert_value (options, "certificates", g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE));
  return TRUE;
}

ToolExit
command_distrust (Tool *tool, int argc, char **argv)
{
  g_autofree char *reason = NULL;
  gboolean cert_only = FALSE;
  gboolean serial = FALSE;
  gboolean set_aside = FALSE;
  const GOptionEntry entries[] = { { "cert-only", 0, 0, G_OPTION_ARG_NONE, &cert_only, N_ ("Refuse the certificate, not its key"), NULL },
                                   { "serial", 0, 0, G_OPTION_ARG_NONE, &serial,
                                     N_ ("Refuse whatever its issuer gave its serial number, not its key"), NULL },
                                   { "set-aside", 0, 0, G_OPTION_ARG_NONE, &set_aside, N_ ("Move a local file that holds it out of the way"), NULL },
                                   { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &reason, N_ ("Why: kept in the journal"), N_ ("TEXT") },
                                   TOOL_PREVIEW_ENTRIES (tool),
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse (tool, "distrust", entries, 1, -1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GStrvBuilder) fingerprint_builder = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) file_builder = g_strv_builder_new ();
  sort_words (words, fingerprint_builder, file_builder);
  g_auto (GStrv) fingerprints = g_strv_builder_end (fingerprint_builder);
  g_auto (GStrv) files = g_strv_builder_end (file_builder);
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GError) error = NULL;
  if (cert_only && serial)
    g_set_error_literal (&error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("--cert-only and --serial are two ways to refuse; give one"));
  if (error != NULL || !report_check_reason (reason, &error) || !add_certificates (tool, &options, files, &error))
    return tool_fail (tool, error);
  report_option_string (&options, "reason", reason);
  report_option_flag (&options, "cert-only", cert_only);
  report_option_flag (&options, "serial", serial);
  report_option_flag (&options, "set-aside", set_aside);
  return report_change (tool, "Anchors.Distrust", g_variant_new ("(^as@a{sv})", fingerprints, g_variant_dict_end (&options)), NULL, rows);
}
