/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/send.h"

#include "client/lib/sealed.h"
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

void
send_tell (Tool *tool, const Gathered *gathered)
{
  for (guint i = 0; i < gathered->notices->len; i++)
    report_note (tool, g_ptr_array_index (gathered->notices, i));
  for (guint i = 0; i < gathered->failures->len; i++)
    report_failure (tool, g_ptr_array_index (gathered->failures, i));
}
