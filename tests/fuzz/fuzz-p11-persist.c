/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* p11-kit's files, as the service reads them in the distribution's folders. */
#include "core/sources/p11-persist.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_DISTRIBUTION, "fuzz", NULL, FALSE);
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);

  trust_p11_persist_probe ((TrustSpan) { data, size });
  for (TrustP11Place place = TRUST_P11_PLACE_TOP; place <= TRUST_P11_PLACE_BLOCKLIST; place++)
    {
      g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
      g_autoptr (GPtrArray) distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
      g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
      GError *error = NULL;

      if (!trust_p11_persist_parse ((TrustSpan) { data, size }, origin, settings, place, anchors, distrusts, warnings, &error))
        fuzz_check_error (error);
      fuzz_check_texts (warnings);
    }
  return 0;
}
