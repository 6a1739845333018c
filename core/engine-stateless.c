/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/anchor-file.h"
#include "core/emitters/emitter.h"
#include "core/engine.h"
#include "core/intake.h"

GPtrArray *
trust_engine_decode (const void *bytes, gsize size, GError **error)
{
  return trust_intake_decode (bytes, size, error);
}

gboolean
trust_engine_read_file (const void *bytes, gsize size, GPtrArray *anchors, GPtrArray *distrusts, GPtrArray *warnings, GError **error)
{
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "import", NULL, FALSE);

  return trust_anchor_file_parse ((TrustSpan) { bytes, size }, origin, anchors, distrusts, warnings, error);
}

GBytes *
trust_engine_render (const TrustSnapshot *snapshot, const char *store, const char *purpose, const char *format, GError **error)
{
  const TrustEmitter *emitter = trust_emitter_find (format);
  g_autoptr (TrustPurposes) wanted = NULL;
  g_autofree char *oid = NULL;
  GString *out = NULL;
  const char *const names[] = { purpose, NULL };

  if (!g_str_equal (store, "system"))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND, "There is no such store; the only one is \"system\"");
      return NULL;
    }
  if (emitter == NULL || emitter->is_folder)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, "There is no such bundle format; use \"pem-bundle\"");
      return NULL;
    }
  wanted = trust_purposes_new (names, error);
  if (wanted == NULL)
    return NULL;
  oid = g_strdup (trust_purpose_find (purpose) != TRUST_PURPOSE_LAST ? trust_purpose_get_oid (trust_purpose_find (purpose)) : purpose);
  out = g_string_new (NULL);
  for (guint i = 0; i < trust_anchor_set_get_n_anchors (snapshot->set); i++)
    {
      TrustAnchor *anchor = trust_anchor_set_get_anchor (snapshot->set, i);

      if (trust_purposes_has_oid (trust_settings_get_purposes (trust_anchor_get_settings (anchor)), oid))
        emitter->emit (anchor, out);
    }
  return g_string_free_to_bytes (out);
}
