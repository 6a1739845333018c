/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* NIST SP 800-57 part 1 revision 5, table 2: what is below 112 bits of strength is no longer to be used: RSA and DSA below 2048 bits, curves below
 * 224; CAs use none below 256, and nothing below that is taken at the door. FIPS 186-5 knows no DSA any more. */
#include "core/checks/check.h"

#define MIN_RSA_BITS 2048u
#define MIN_CURVE_BITS 224u
#define USUAL_CURVE_BITS 256u
#define TAG_SEQUENCE 0x30
#define TAG_INTEGER 0x02
#define TAG_BIT_STRING 0x03

/* RFC 8017 section 3.1: an exponent is odd, and 3 at least: with 1 everybody can sign. */
static gboolean
has_good_exponent (const TrustCertificate *certificate)
{
  TrustSpan info = trust_certificate_get_key_info_der (certificate);
  TrustDer sequence, algorithm, bits, key, modulus, exponent;
  TrustSpan octets;

  if (!trust_der_expect (&info, TAG_SEQUENCE, &sequence) || !trust_der_expect (&sequence.content, TAG_SEQUENCE, &algorithm)
      || !trust_der_expect (&sequence.content, TAG_BIT_STRING, &bits) || bits.content.size < 1)
    return FALSE;
  octets = (TrustSpan) { bits.content.data + 1, bits.content.size - 1 };
  if (!trust_der_expect (&octets, TAG_SEQUENCE, &key) || !trust_der_expect (&key.content, TAG_INTEGER, &modulus)
      || !trust_der_expect (&key.content, TAG_INTEGER, &exponent) || exponent.content.size < 1)
    return FALSE;
  octets = exponent.content;
  return (octets.data[octets.size - 1] & 1) != 0 && (octets.size > 1 || octets.data[0] >= 3) && (octets.data[0] & 0x80) == 0;
}

/* NULL: nothing is wrong. A static text. */
static const char *
find_weakness (const TrustCertificate *certificate, TrustSeverity *severity)
{
  guint bits = trust_certificate_get_key_bits (certificate);

  switch (trust_certificate_get_key_type (certificate))
    {
    case TRUST_KEY_RSA:
      if (bits < MIN_RSA_BITS)
        return "shorter than 2048 bits";
      return has_good_exponent (certificate) ? NULL : "with a public exponent that makes it no key at all";
    case TRUST_KEY_RSA_PSS:
      return bits < MIN_RSA_BITS ? "shorter than 2048 bits" : NULL;
    case TRUST_KEY_EC:
      if (bits >= MIN_CURVE_BITS && bits < USUAL_CURVE_BITS)
        *severity = TRUST_SEVERITY_MEDIUM;
      return bits < USUAL_CURVE_BITS ? "on a curve smaller than any that is used today" : NULL;
    case TRUST_KEY_DSA:
      if (bits >= MIN_RSA_BITS)
        *severity = TRUST_SEVERITY_MEDIUM;
      return bits < MIN_RSA_BITS ? "shorter than 2048 bits" : "of a kind that hardly anybody checks any more";
    case TRUST_KEY_ED25519:
    case TRUST_KEY_ED448:
      return NULL;
    case TRUST_KEY_OTHER:
    default:
      *severity = TRUST_SEVERITY_MEDIUM;
      return "of a kind that is not known here: nobody can say how strong it is";
    }
}

static void
look_at (const TrustCheck *check, const TrustFacts *facts, const TrustSuspect *suspect, GPtrArray *out)
{
  TrustSeverity severity = check->severity;
  const char *weakness = find_weakness (suspect->certificate, &severity);
  g_autofree char *key = NULL;
  TrustFinding *finding = NULL;

  if (weakness == NULL)
    return;
  key = trust_certificate_dup_key_description (suspect->certificate);
  finding = trust_check_tell_of (check, out, suspect, g_strdup_printf ("its key is %s, %s", key, weakness),
                                 trust_check_dup_removal (suspect, "Whoever finds the key can issue anything; take it away", FALSE));
  finding->severity = severity;
}

const TrustCheck trust_check_weak_key = {
  .id = "weak-key",
  .severity = TRUST_SEVERITY_HIGH,
  .summary = "Keys that can be broken",
  .look = look_at,
  .once = TRUE,
};
