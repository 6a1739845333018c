/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "facade/facade-export.h"

#include "facade/sealed.h"

/* FILES as a serialised aay, little-endian wherever it is made. Returns: (transfer full). */
static GBytes *
serialise (GPtrArray *files)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aay"));
  for (guint i = 0; i < files->len; i++)
    g_variant_builder_add_value (&builder, g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, files->pdata[i], TRUE));

  g_autoptr (GVariant) packed = g_variant_ref_sink (g_variant_builder_end (&builder));
#if G_BYTE_ORDER == G_BIG_ENDIAN
  g_autoptr (GVariant) little = g_variant_byteswap (packed);

  return g_variant_get_data_as_bytes (little);
#else
  return g_variant_get_data_as_bytes (packed);
#endif
}

gboolean
trust_handle_export (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                     GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  g_autoptr (GPtrArray) files = trust_engine_export (snapshot);
  g_autoptr (GBytes) bytes = serialise (files);
  int fd = trust_sealed_new ("anchord-export", bytes, error);

  if (fd < 0)
    return FALSE;
  out->fds = g_unix_fd_list_new_from_array (&fd, 1);
  out->reply = g_variant_ref_sink (g_variant_new ("(htt)", 0, (guint64) g_bytes_get_size (bytes), snapshot->generation));
  return TRUE;
}
