/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* An OCSP response: it is read, or has a fault; a part of one is none. */
#include "core/limits.h"
#include "core/ocsp.h"
#include "tests/fuzz/fuzz.h"

static void
check_answers (const TrustOcsp *ocsp)
{
  static const guint8 key_info[] = { 0x30, 0x09, 0x30, 0x03, 0x06, 0x01, 0x2a, 0x03, 0x02, 0x00, 0x01 };
  TrustSpan key = { key_info, sizeof key_info };

  for (guint i = 0; i < ocsp->answers->len; i++)
    {
      const TrustOcspAnswer *answer = &g_array_index (ocsp->answers, TrustOcspAnswer, i);

      g_assert_cmpuint (answer->serial.size, >, 0);
      g_assert_true (answer->status <= TRUST_OCSP_UNKNOWN);
      /* No hash is that of what it was not made from. */
      g_assert_false (trust_ocsp_answer_matches (answer, answer->name_hash, key, answer->serial));
    }
  g_assert_true ((ocsp->responder_id != 0) == (ocsp->responder_key.size == 0));
  g_assert_false (ocsp->responder_id == 0 && trust_ocsp_names_signer (ocsp, 1, (TrustSpan) { NULL, 0 }));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GError *error = NULL;
  g_autoptr (TrustOcsp) ocsp = trust_ocsp_new (data, size, &error);

  if (ocsp == NULL)
    {
      g_assert_cmpuint (size, >, TRUST_LIMIT_OCSP_BYTES);
      fuzz_check_error (error);
      return 0;
    }
  if (ocsp->fault != NULL)
    {
      g_assert_true (trust_text_is_plain (ocsp->fault, 0));
      return 0;
    }
  check_answers (ocsp);
  if (size > 0 && data[0] == 0x30)
    {
      g_autofree guint8 *part = g_memdup2 (data, size - 1);
      g_autoptr (TrustOcsp) cut = trust_ocsp_new (part, size - 1, NULL);

      g_assert_nonnull (cut->fault);
    }
  return 0;
}
