/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A whole question to the verifier. The input is records, each a letter, the length of what follows in two bytes, and that: 'c' a certificate of the
 * chain, 'a' an anchor, 'd' a distrust, 'r' a revocation list, 'o' an OCSP response, 'n' a name, 'x' the nonce, 'q' the question: eight bytes of
 * time, one of options. What can't be read is passed over. Whatever comes in, an answer comes out, in time, and the same one a second time. */
#include "core/limits.h"
#include "core/verifier.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

typedef struct
{
  GPtrArray *chain;
  GPtrArray *anchors;
  GPtrArray *distrusts;
  GPtrArray *crls;
  GPtrArray *ocsp;
  GPtrArray *names;
  TrustOrigin *origin;
  TrustSettings *settings;
  TrustVerifyRequest request;
} Input;

static void
input_clear (Input *input)
{
  g_ptr_array_unref (input->chain);
  g_ptr_array_unref (input->anchors);
  g_ptr_array_unref (input->distrusts);
  g_ptr_array_unref (input->crls);
  g_ptr_array_unref (input->ocsp);
  g_ptr_array_unref (input->names);
  trust_origin_unref (input->origin);
  trust_settings_unref (input->settings);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Input, input_clear)

static void
input_init (Input *input)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);

  input->chain = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);
  input->anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  input->distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  input->crls = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_crl_unref);
  input->ocsp = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_ocsp_unref);
  input->names = g_ptr_array_new_with_free_func (g_free);
  input->origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "fuzz", NULL, FALSE);
  input->settings = trust_settings_new (purposes);
  input->request = (TrustVerifyRequest) { .chain = input->chain, .crls = input->crls, .ocsp = input->ocsp, .time = 1 };
}

/* Bits of the options: 0-1 profile, 2 hard, 3 for a server, 4 a depth, 5-7 policies. */
static void
take_question (Input *input, TrustSpan in)
{
  static const TrustProfile profiles[] = { TRUST_PROFILE_DEFAULT, TRUST_PROFILE_STRICT, TRUST_PROFILE_WEBPKI, TRUST_PROFILE_LENIENT };
  guint64 time;
  guint8 options;

  if (in.size != sizeof time + 1)
    return;
  memcpy (&time, in.data, sizeof time);
  options = in.data[sizeof time];
  input->request.time = (gint64) (GUINT64_FROM_BE (time) & 0xffffffffff) + 1;
  input->request.profile = profiles[options & 3];
  input->request.revocation = (options & 4) != 0 ? TRUST_REVOCATION_HARD : TRUST_REVOCATION_SOFT;
  input->request.purpose = (options & 8) != 0 ? "server-auth" : NULL;
  input->request.has_max_depth = (options & 16) != 0;
  input->request.max_depth = 3;
  input->request.policies.explicit_policy = (options & 32) != 0;
  input->request.policies.inhibit_mapping = (options & 64) != 0;
  input->request.policies.inhibit_any_policy = (options & 128) != 0;
}

static void
take_certificate (Input *input, char kind, TrustSpan in)
{
  TrustCertificate *certificate = trust_certificate_new (in.data, in.size, NULL);

  if (certificate == NULL)
    return;
  if (kind == 'a')
    g_ptr_array_add (input->anchors, trust_anchor_new (certificate, input->settings, input->origin, NULL));
  else if (kind == 'd')
    g_ptr_array_add (input->distrusts, trust_distrust_new (trust_certificate_get_fingerprint (certificate), NULL, (TrustSpan) { NULL, 0 },
                                                           (TrustSpan) { NULL, 0 }, NULL, input->origin, NULL));
  else
    g_ptr_array_add (input->chain, trust_certificate_ref (certificate));
  trust_certificate_unref (certificate);
}

static void
take_record (Input *input, char kind, TrustSpan in)
{
  switch (kind)
    {
    case 'c':
    case 'a':
    case 'd':
      take_certificate (input, kind, in);
      break;
    case 'r':
      {
        TrustCrl *crl = input->crls->len < TRUST_LIMIT_VERIFY_CRLS ? trust_crl_new (in.data, in.size, NULL) : NULL;

        if (crl != NULL)
          g_ptr_array_add (input->crls, crl);
        break;
      }
    case 'o':
      if (input->ocsp->len < TRUST_LIMIT_VERIFY_OCSP && in.size <= TRUST_LIMIT_OCSP_BYTES)
        g_ptr_array_add (input->ocsp, trust_ocsp_new (in.data, in.size, NULL));
      break;
    case 'n':
      g_ptr_array_add (input->names, g_utf8_make_valid ((const char *) in.data, (gssize) in.size));
      break;
    case 'x':
      input->request.nonce = in;
      break;
    case 'q':
      take_question (input, in);
      break;
    default:
      break;
    }
}

static void
read_input (Input *input, TrustSpan in)
{
  while (in.size >= 3)
    {
      gsize size = MIN ((gsize) (in.data[1] << 8 | in.data[2]), in.size - 3);

      take_record (input, (char) in.data[0], (TrustSpan) { in.data + 3, size });
      in = (TrustSpan) { in.data + 3 + size, in.size - 3 - size };
    }
  g_ptr_array_add (input->names, NULL);
  input->request.names = (const char *const *) input->names->pdata;
}

static void
check_verdict (const Input *input, const TrustVerdict *verdict)
{
  g_assert_true (verdict->trusted == (verdict->reason == TRUST_REASON_TRUSTED));
  g_assert_true (verdict->reason < TRUST_REASON_LAST);
  g_assert_cmpint (verdict->failing, <, (int) input->chain->len);
  g_assert_true (trust_text_is_plain (verdict->message, 0));
  g_assert_true (trust_text_is_plain (verdict->remedy, 0));
  g_assert_true (verdict->trusted == (verdict->remedy[0] == '\0'));
  g_assert_true (!verdict->trusted || (verdict->has_anchor && verdict->path->len > 0));
  fuzz_check_texts (verdict->findings);
  for (guint i = 0; i < verdict->alternatives->len; i++)
    g_assert_true (trust_text_is_plain (((TrustAlternative *) verdict->alternatives->pdata[i])->message, 0));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_auto (Input) input = { 0 };

  input_init (&input);
  read_input (&input, (TrustSpan) { data, size });

  g_autoptr (TrustAnchorSet) set = trust_anchor_set_new (input.anchors, input.distrusts);
  g_autoptr (GPtrArray) states = g_ptr_array_new ();
  g_autoptr (TrustSnapshot) snapshot = trust_snapshot_new (1, TRUST_DISTRIBUTION_DEBIAN, set, states);
  g_autoptr (TrustLinkCache) links = trust_link_cache_new (16);
  g_autoptr (TrustVerdict) first = trust_verifier_verify (snapshot, &input.request);

  check_verdict (&input, first);
  input.request.links = links;

  g_autoptr (TrustVerdict) second = trust_verifier_verify (snapshot, &input.request);
  g_autoptr (TrustVerdict) third = trust_verifier_verify (snapshot, &input.request);

  check_verdict (&input, third);
  /* What is remembered changes no answer but one that work was wanting for. */
  if (first->reason != TRUST_REASON_BUDGET_EXHAUSTED)
    {
      g_assert_cmpint (second->reason, ==, first->reason);
      g_assert_cmpint (third->reason, ==, first->reason);
    }
  return 0;
}
