/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/send.h"

#include "client/cli/input.h"
#include "client/lib/sealed.h"
#include "core/error.h"
#include "core/limits.h"

static ToolExit
send_sealed (Tool *tool, const char *method, GBytes *bytes, GVariant *options, const ReportRow *rows)
{
  GVariant *parameters = g_variant_new ("(h@a{sv})", 0, options);
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = anchord_sealed_new (bytes, &error);
  if (fds != NULL)
    return report_change (tool, method, parameters, fds, rows);
  g_variant_unref (g_variant_ref_sink (parameters));
  return tool_fail (tool, error);
}

ToolExit
send_certificates (Tool *tool, GBytes *bytes, GVariant *options, const ReportRow *rows)
{
  if (g_bytes_get_size (bytes) > TRUST_LIMIT_MESSAGE_BYTES)
    return send_sealed (tool, "Anchors.AddSealed", bytes, options, rows);
  GVariant *content = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
  return report_change (tool, "Anchors.Add", g_variant_new ("(@ay@a{sv})", content, options), NULL, rows);
}

/* The sealed form is little-endian everywhere. Returns: (transfer full). */
static GBytes *
serialise (GVariant *files)
{
#if G_BYTE_ORDER == G_BIG_ENDIAN
  g_autoptr (GVariant) little = g_variant_byteswap (files);
  return g_variant_get_data_as_bytes (little);
#else
  return g_variant_get_data_as_bytes (files);
#endif
}

ToolExit
send_files (Tool *tool, GPtrArray *entries, GVariant *options, const ReportRow *rows)
{
  g_autoptr (GVariant) files = g_variant_ref_sink (gathered_to_files (entries));
  if (g_variant_get_size (files) <= TRUST_LIMIT_MESSAGE_BYTES)
    return report_change (tool, "Anchors.Import", g_variant_new ("(@aay@a{sv})", files, options), NULL, rows);
  g_autoptr (GBytes) bytes = serialise (files);
  return send_sealed (tool, "Anchors.ImportSealed", bytes, options, rows);
}

gboolean
send_are_plain (GPtrArray *inputs)
{
  for (guint i = 0; i < inputs->len; i++)
    if (!input_is_plain (g_ptr_array_index (inputs, i)))
      return FALSE;
  return inputs->len > 0;
}

/* A refusal may name no certificate. */
static gboolean
check_certificates (GPtrArray *entries, GError **error)
{
  for (guint i = 0; i < entries->len; i++)
    {
      const FormatsEntry *entry = g_ptr_array_index (entries, i);
      if (entry->der != NULL)
        continue;
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
                   _ ("%s: refuses without holding the certificate; to take it as it is: anchorctl import"), entry->place);
      return FALSE;
    }
  return TRUE;
}

GBytes *
send_read_certificates (Tool *tool, char **files, GError **error)
{
  g_autoptr (GPtrArray) inputs = input_read_each (files, error);
  if (inputs == NULL)
    return NULL;
  if (send_are_plain (inputs))
    return input_join (inputs, files, error);
  PassphraseOptions passphrases = PASSPHRASE_OPTIONS_INIT;
  passphrases.no_ask = tool->no_ask_password;
  GatherWish wish = { .passphrases = &passphrases };
  g_autoptr (Gathered) gathered = gather (files, inputs, &wish, error);
  if (gathered == NULL)
    return NULL;
  send_tell (tool, gathered);
  for (guint i = 0; i < gathered->passed->len; i++)
    g_ptr_array_add (gathered->entries, g_ptr_array_index (gathered->passed, i));
  return check_certificates (gathered->entries, error) ? gathered_to_pem (gathered->entries) : NULL;
}

void
send_tell (Tool *tool, const Gathered *gathered)
{
  for (guint i = 0; i < gathered->notices->len; i++)
    report_note (tool, g_ptr_array_index (gathered->notices, i));
  for (guint i = 0; i < gathered->failures->len; i++)
    report_failure (tool, g_ptr_array_index (gathered->failures, i));
}
