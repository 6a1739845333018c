/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A revocation list: what is read of it can be found in it. */
#include "core/crl.h"
#include "tests/fuzz/fuzz.h"

/* Of a list's entries at most so many are looked for. */
#define LOOKED_FOR 64u

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GError *error = NULL;
  g_autoptr (TrustCrl) crl = trust_crl_new (data, size, &error);

  if (crl == NULL)
    {
      fuzz_check_error (error);
      return 0;
    }
  g_assert_cmpuint (crl->issuer_id, !=, 0);
  for (guint i = 0; i < MIN (crl->entries->len, LOOKED_FOR); i++)
    {
      const TrustCrlEntry *entry = &g_array_index (crl->entries, TrustCrlEntry, i);
      const TrustCrlEntry *found = trust_crl_find (crl, entry->issuer_id, entry->serial);

      g_assert_nonnull (found);
      g_assert_true (found->issuer_id == entry->issuer_id && trust_span_equal (found->serial, entry->serial));
    }
  g_assert_cmpint (trust_crl_compare_numbers (crl->number, crl->number), ==, 0);
  g_assert_cmpint (trust_crl_compare_numbers (crl->number, crl->base_number), ==, -trust_crl_compare_numbers (crl->base_number, crl->number));
  return 0;
}
