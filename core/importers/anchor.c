/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* anchord's own anchor and distrust files. */
#include "core/importers/take.h"

#include "core/anchor-file.h"

static gboolean
probe (TrustSpan input)
{
  return trust_anchor_file_probe (input);
}

static gboolean
decode (TrustSpan input, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "import", NULL, FALSE);

  if (!trust_anchor_file_parse (input, origin, anchors, distrusts, import->notices, error))
    return FALSE;
  for (guint i = 0; i < anchors->len; i++)
    {
      const TrustAnchor *anchor = g_ptr_array_index (anchors, i);

      trust_import_add (import, trust_anchor_get_certificate (anchor), trust_anchor_get_settings (anchor), NULL,
                        trust_note_get_label (trust_anchor_get_note (anchor)), "[Anchor]");
    }
  for (guint i = 0; i < distrusts->len; i++)
    {
      TrustDistrust *distrust = g_ptr_array_index (distrusts, i);

      trust_import_add (import, trust_distrust_get_certificate (distrust), NULL, distrust, trust_note_get_label (trust_distrust_get_note (distrust)),
                        "[Distrust]");
    }
  return TRUE;
}

const TrustImporter trust_importer_anchor = { "anchor", "an anchor file", probe, decode };
