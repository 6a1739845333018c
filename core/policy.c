/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/policy.h"

#include "core/error.h"
#include "core/text.h"

/* NIST SP 800-131A Rev. 2: at least 112 bits of strength. */
#define RSA_MIN_BITS 2048u
#define EC_MIN_BITS 256u

#define NO_OPTION "no option overrides this"

/* Refuses for rule ID: what was found, what is asked for and the option that lets it pass. */
static gboolean
refuse (GError **error, const char *id, const TrustCertificate *certificate, const char *found, const char *remedy)
{
  g_autofree char *title = trust_certificate_dup_title (certificate);
  g_autofree char *shown = trust_text_printable (title, 64);

  g_set_error (error, TRUST_ERROR, TRUST_ERROR_POLICY, "\"%s\" is refused by the rule %s: %s; %s", shown, id, found, remedy);
  return FALSE;
}

/* RFC 5280 4.2.1.9: without cA the key must not verify certificates; version 1 has no place to say so. */
static gboolean
check_not_ca (const TrustCertificate *certificate, const TrustChange *change, gint64 now, GError **error)
{
  if (trust_certificate_is_ca (certificate) || change->allow_non_ca)
    return TRUE;

  guint version = trust_certificate_get_version (certificate);
  g_autofree char *found = version < 3 ? g_strdup_printf ("a version %u certificate does not say whether it is a CA", version)
                                       : g_strdup ("it is not a CA certificate (basicConstraints cA is not set)");

  return refuse (error, "not-ca", certificate, found, "give the certificate of the CA that issued it, or --allow-non-ca");
}

/* RFC 5280 4.2.1.3: a CA's keyUsage, where present, has keyCertSign. */
static gboolean
check_key_usage (const TrustCertificate *certificate, const TrustChange *change, gint64 now, GError **error)
{
  if (!trust_certificate_is_ca (certificate) || trust_certificate_may_sign (certificate))
    return TRUE;
  return refuse (error, "key-usage", certificate, "it is a CA certificate whose keyUsage lacks keyCertSign", NO_OPTION);
}

static gboolean
check_key_size (const TrustCertificate *certificate, const TrustChange *change, gint64 now, GError **error)
{
  guint bits = trust_certificate_get_key_bits (certificate);
  g_autofree char *key = trust_certificate_dup_key_description (certificate);
  g_autofree char *found = g_strdup_printf ("its key is %s, and at least RSA %u, EC P-%u, Ed25519 or Ed448 is needed", key, RSA_MIN_BITS,
                                            EC_MIN_BITS);

  switch (trust_certificate_get_key_type (certificate))
    {
    case TRUST_KEY_RSA:
    case TRUST_KEY_RSA_PSS:
      if (bits >= RSA_MIN_BITS)
        return TRUE;
      break;
    case TRUST_KEY_EC:
      if (bits >= EC_MIN_BITS)
        return TRUE;
      break;
    case TRUST_KEY_ED25519:
    case TRUST_KEY_ED448:
      return TRUE;
    case TRUST_KEY_DSA:
    case TRUST_KEY_OTHER:
    default:
      break;
    }
  return refuse (error, "key-size", certificate, found, NO_OPTION);
}

/* A root's own signature proves nothing, but one made with MD5 tells of a key from a time when its hash was already broken. */
static gboolean
check_signature (const TrustCertificate *certificate, const TrustChange *change, gint64 now, GError **error)
{
  if (!trust_certificate_has_md5_signature (certificate))
    return TRUE;

  g_autofree char *found = g_strdup_printf ("its signature is %s, which is broken", trust_certificate_get_signature_algorithm (certificate));

  return refuse (error, "signature", certificate, found, NO_OPTION);
}

static gboolean
check_expired (const TrustCertificate *certificate, const TrustChange *change, gint64 now, GError **error)
{
  gint64 not_after = trust_certificate_get_not_after (certificate);

  if (not_after >= now || change->allow_expired)
    return TRUE;

  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (not_after);
  g_autofree char *text = date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M:%S UTC") : g_strdup ("long ago");
  g_autofree char *found = g_strdup_printf ("it expired %s", text);

  return refuse (error, "expired", certificate, found, "get its successor, or give --allow-expired");
}

/* clang-format off */
const TrustPolicyRule trust_policy_rules[] = {
  { "signature", check_signature },
  { "key-size", check_key_size },
  { "not-ca", check_not_ca },
  { "key-usage", check_key_usage },
  { "expired", check_expired },
};
/* clang-format on */
const guint trust_policy_n_rules = G_N_ELEMENTS (trust_policy_rules);

/* "its key is distrusted by /etc/…". Returns: (transfer full). */
static char *
describe_distrust (const TrustDistrust *distrust, const TrustCertificate *certificate)
{
  const TrustFingerprint *fingerprint = trust_distrust_get_fingerprint (distrust);
  const TrustFingerprint *key = trust_distrust_get_key_fingerprint (distrust);
  const TrustOrigin *origin = trust_distrust_get_origin (distrust);
  const char *path = trust_origin_get_path (origin);
  g_autofree char *where = trust_text_printable (path[0] != '\0' ? path : trust_origin_get_source (origin), 0);
  g_autofree char *reason = trust_text_printable (trust_note_get_reason (trust_distrust_get_note (distrust)), 200);
  const char *what = "its issuer and serial number are";

  if (fingerprint != NULL && trust_fingerprint_equal (fingerprint, trust_certificate_get_fingerprint (certificate)))
    what = "its certificate is";
  else if (key != NULL && trust_fingerprint_equal (key, trust_certificate_get_key_fingerprint (certificate)))
    what = "its key is";
  return g_strdup_printf ("%s distrusted by %s (%s layer)%s%s%s", what, where, trust_layer_get_name (trust_origin_get_layer (origin)),
                          reason[0] != '\0' ? " for the reason \"" : "", reason, reason[0] != '\0' ? "\"" : "");
}

static gboolean
check_distrust (const TrustCertificate *certificate, const TrustChange *change, const TrustAnchorSet *set, GError **error)
{
  /* An anchor of the set was lifted above any distrust that names it. */
  if (change->override_distrust || trust_anchor_set_lookup (set, trust_certificate_get_fingerprint (certificate)) != NULL)
    return TRUE;

  const TrustDistrust *distrust = trust_anchor_set_find_distrust (set, certificate);

  if (distrust == NULL)
    return TRUE;

  g_autofree char *title = trust_certificate_dup_title (certificate);
  g_autofree char *shown = trust_text_printable (title, 64);
  g_autofree char *found = describe_distrust (distrust, certificate);

  g_set_error (error, TRUST_ERROR, TRUST_ERROR_DISTRUSTED, "\"%s\" is refused: %s; to trust it all the same give --override-distrust", shown, found);
  return FALSE;
}

gboolean
trust_policy_admit (const TrustCertificate *certificate, const TrustChange *change, const TrustAnchorSet *set, gint64 now, GError **error)
{
  for (guint i = 0; i < trust_policy_n_rules; i++)
    if (!trust_policy_rules[i].check (certificate, change, now, error))
      return FALSE;
  return check_distrust (certificate, change, set, error);
}
