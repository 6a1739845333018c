/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* p11-kit's own files, as `trust` writes them and as anchord does. */
#include "core/importers/take.h"

#include "core/sources/p11-persist.h"
#include "core/text.h"

/* What a file may call itself trusted for without purposes: as in p11-kit's folder of anchors. */
#define PURPOSES                                                                                                                                     \
  ((1u << TRUST_PURPOSE_SERVER_AUTH) | (1u << TRUST_PURPOSE_CLIENT_AUTH) | (1u << TRUST_PURPOSE_EMAIL_PROTECTION)                                    \
   | (1u << TRUST_PURPOSE_CODE_SIGNING))

static gboolean
probe (TrustSpan input)
{
  return trust_p11_persist_probe (input);
}

/* "trusted object 3" is what can be counted in the file. Returns: (transfer full). */
static char *
dup_place (const char *what, guint index)
{
  return g_strdup_printf ("%s object %u", what, index + 1);
}

static gboolean
decode (TrustSpan input, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "import", NULL, FALSE);
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (PURPOSES);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);

  if (!trust_p11_persist_parse (input, origin, settings, TRUST_P11_PLACE_TOP, anchors, distrusts, import->notices, error))
    return FALSE;
  for (guint i = 0; i < anchors->len; i++)
    {
      const TrustAnchor *anchor = anchors->pdata[i];
      g_autofree char *place = dup_place ("trusted", i);

      trust_import_add (import, trust_anchor_get_certificate (anchor), trust_anchor_get_settings (anchor), NULL,
                        trust_note_get_label (trust_anchor_get_note (anchor)), place);
    }
  for (guint i = 0; i < distrusts->len; i++)
    {
      TrustDistrust *distrust = distrusts->pdata[i];
      g_autofree char *place = dup_place ("refused", i);

      trust_import_add (import, trust_distrust_get_certificate (distrust), NULL, distrust, trust_note_get_label (trust_distrust_get_note (distrust)),
                        place);
    }
  return TRUE;
}

const TrustImporter trust_importer_p11_kit = { "p11-kit", "p11-kit file", probe, decode };
