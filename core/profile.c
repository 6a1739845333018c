/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/profile.h"

#include "core/peer-name.h"

#include <gnutls/gnutls.h>
#include <string.h>

#define D TRUST_PROFILE_DEFAULT
#define S TRUST_PROFILE_STRICT
#define W TRUST_PROFILE_WEBPKI
#define L TRUST_PROFILE_LENIENT
#define LEAF TRUST_ROLE_LEAF
#define CA TRUST_ROLE_CA
#define ANCHOR TRUST_ROLE_ANCHOR

/* RFC 5280 4.1.2.2. */
#define SERIAL_MAX 20
/* BR 6.1.5; NIST SP 800-131A Rev. 2. */
#define RSA_MIN_BITS 2048
#define RSA_LENIENT_BITS 1024
/* What GnuTLS and a reader's time can bear. */
#define RSA_MAX_BITS 16384
#define EC_MIN_BITS 256

static const struct
{
  TrustProfile profile;
  const char *name;
} profiles[] = { { D, "default" }, { S, "strict" }, { W, "webpki" }, { L, "lenient" } };

const char *
trust_profile_get_name (TrustProfile profile)
{
  for (gsize i = 0; i < G_N_ELEMENTS (profiles); i++)
    if (profiles[i].profile == profile)
      return profiles[i].name;
  return NULL;
}

TrustProfile
trust_profile_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (profiles); i++)
    if (g_str_equal (profiles[i].name, name))
      return profiles[i].profile;
  return 0;
}

static gboolean
has (const TrustRuleInput *input, TrustExtension extension)
{
  return trust_extensions_has (input->extensions, extension);
}

static gboolean
is_critical (const TrustRuleInput *input, TrustExtension extension)
{
  return trust_extensions_is_critical (input->extensions, extension);
}

static gboolean
is_well_formed (const TrustRuleInput *input)
{
  return input->extensions->fault == NULL;
}

static gboolean
knows_all_critical (const TrustRuleInput *input)
{
  return !input->extensions->has_unknown_critical;
}

static gboolean
is_version_3 (const TrustRuleInput *input)
{
  return trust_certificate_get_version (input->certificate) == 3;
}

static gboolean
has_good_serial (const TrustRuleInput *input)
{
  TrustSpan serial = trust_certificate_get_serial (input->certificate);
  gsize size = serial.size;

  if ((serial.data[0] & 0x80) != 0 || (size == 1 && serial.data[0] == 0))
    return FALSE;
  size -= serial.data[0] == 0;
  return size <= SERIAL_MAX;
}

static gboolean
has_authority_key_id (const TrustRuleInput *input)
{
  return input->extensions->authority_key_id.size > 0 || trust_certificate_is_self_issued (input->certificate);
}

static gboolean
is_authority_key_id_alone (const TrustRuleInput *input)
{
  return input->extensions->authority_issuer.size == 0 && input->extensions->authority_serial.size == 0;
}

static gboolean
has_subject_key_id (const TrustRuleInput *input)
{
  return input->extensions->subject_key_id.size > 0;
}

static gboolean
are_key_ids_not_critical (const TrustRuleInput *input)
{
  return !is_critical (input, TRUST_EXTENSION_AUTHORITY_KEY_ID) && !is_critical (input, TRUST_EXTENSION_SUBJECT_KEY_ID);
}

static gboolean
is_basic_constraints_critical (const TrustRuleInput *input)
{
  return !has (input, TRUST_EXTENSION_BASIC_CONSTRAINTS) || is_critical (input, TRUST_EXTENSION_BASIC_CONSTRAINTS);
}

static gboolean
is_anchor_ca (const TrustRuleInput *input)
{
  return trust_certificate_get_version (input->certificate) < 3 || input->extensions->is_ca;
}

static gboolean
has_ca_key_usage (const TrustRuleInput *input)
{
  return has (input, TRUST_EXTENSION_KEY_USAGE);
}

/* RFC 5280 4.2.1.9: without cA the key must not sign certificates. */
static gboolean
is_usage_consistent (const TrustRuleInput *input)
{
  return input->extensions->is_ca || !has (input, TRUST_EXTENSION_KEY_USAGE) || (input->extensions->usage & TRUST_USAGE_KEY_CERT_SIGN) == 0;
}

static gboolean
may_anchor_sign (const TrustRuleInput *input)
{
  return (input->extensions->usage & TRUST_USAGE_KEY_CERT_SIGN) != 0;
}

static gboolean
is_path_length_of_ca (const TrustRuleInput *input)
{
  return input->extensions->path_length == TRUST_NO_NUMBER || input->extensions->is_ca;
}

static gboolean
has_no_name_constraints (const TrustRuleInput *input)
{
  return input->extensions->is_ca || !has (input, TRUST_EXTENSION_NAME_CONSTRAINTS);
}

static gboolean
is_name_constraints_critical (const TrustRuleInput *input)
{
  return !has (input, TRUST_EXTENSION_NAME_CONSTRAINTS) || is_critical (input, TRUST_EXTENSION_NAME_CONSTRAINTS);
}

static gboolean
are_policy_limits_critical (const TrustRuleInput *input)
{
  return (!has (input, TRUST_EXTENSION_POLICY_CONSTRAINTS) || is_critical (input, TRUST_EXTENSION_POLICY_CONSTRAINTS))
         && (!has (input, TRUST_EXTENSION_INHIBIT_ANY_POLICY) || is_critical (input, TRUST_EXTENSION_INHIBIT_ANY_POLICY));
}

static gboolean
is_subject_empty (const TrustRuleInput *input)
{
  return trust_certificate_get_subject_der (input->certificate).size <= 2;
}

static gboolean
is_named (const TrustRuleInput *input)
{
  return !is_subject_empty (input) || is_critical (input, TRUST_EXTENSION_SUBJECT_ALT_NAME);
}

static gboolean
has_subject (const TrustRuleInput *input)
{
  return !is_subject_empty (input);
}

static gboolean
are_names_well_formed (const TrustRuleInput *input)
{
  return !has (input, TRUST_EXTENSION_SUBJECT_ALT_NAME) || trust_peer_san_fault (input->extensions->values[TRUST_EXTENSION_SUBJECT_ALT_NAME]) == NULL;
}

static gboolean
is_information_not_critical (const TrustRuleInput *input)
{
  return !is_critical (input, TRUST_EXTENSION_AUTHORITY_INFO) && !is_critical (input, TRUST_EXTENSION_SUBJECT_INFO);
}

static gboolean
is_no_ca (const TrustRuleInput *input)
{
  return !input->extensions->is_ca;
}

/* BR 7.1.4.3: a common name that is a host's name or an address, in whatever spelling, is one of the subjectAltName's, character for character.
 * Where no name of its kind is there, or a wildcard over it, it is taken for a title. */
static gboolean
is_common_name_in_names (const TrustRuleInput *input)
{
  return trust_peer_san_bears (input->extensions->values[TRUST_EXTENSION_SUBJECT_ALT_NAME], trust_certificate_get_common_name (input->certificate));
}

static gboolean
is_common_name_unequivocal (const TrustRuleInput *input)
{
  const char *name = trust_certificate_get_common_name (input->certificate);

  /* Of a person or a device it is a title, and may look like anything. */
  return name == NULL || !trust_peer_san_names_host (input->extensions->values[TRUST_EXTENSION_SUBJECT_ALT_NAME])
         || !trust_peer_text_is_equivocal (name);
}

static gboolean
has_purposes (const TrustRuleInput *input)
{
  return has (input, TRUST_EXTENSION_EXTENDED_KEY_USAGE);
}

static gboolean
has_no_purposes (const TrustRuleInput *input)
{
  return !has (input, TRUST_EXTENSION_EXTENDED_KEY_USAGE);
}

/* The Baseline Requirements are for servers: RFC 3161 2.3 even asks time stampers for it, and RFC 5280 4.2.1.12 leaves it to who issues. */
static gboolean
are_purposes_not_critical (const TrustRuleInput *input)
{
  static const guint8 server_auth[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01 };

  return !is_critical (input, TRUST_EXTENSION_EXTENDED_KEY_USAGE)
         || (!trust_extensions_has_purpose (input->extensions, (TrustSpan) { server_auth, sizeof server_auth })
             && !trust_extensions_has_any_purpose (input->extensions));
}

static gboolean
has_no_any_purpose (const TrustRuleInput *input)
{
  return !trust_extensions_has_any_purpose (input->extensions);
}

static gboolean
is_key_strong_for (const TrustRuleInput *input, guint rsa_bits)
{
  guint bits = trust_certificate_get_key_bits (input->certificate);

  switch (trust_certificate_get_key_type (input->certificate))
    {
    case TRUST_KEY_RSA:
    case TRUST_KEY_RSA_PSS:
      return bits >= rsa_bits && bits <= RSA_MAX_BITS;
    case TRUST_KEY_EC:
      return bits >= EC_MIN_BITS;
    case TRUST_KEY_ED25519:
    case TRUST_KEY_ED448:
      return TRUE;
    case TRUST_KEY_DSA:
      return rsa_bits == RSA_LENIENT_BITS && bits >= rsa_bits;
    case TRUST_KEY_OTHER:
    default:
      return FALSE;
    }
}

static gboolean
is_key_not_dsa (const TrustRuleInput *input)
{
  return trust_certificate_get_key_type (input->certificate) != TRUST_KEY_DSA;
}

static gboolean
is_key_strong (const TrustRuleInput *input)
{
  return is_key_strong_for (input, RSA_MIN_BITS);
}

static gboolean
is_key_bearable (const TrustRuleInput *input)
{
  return is_key_strong_for (input, RSA_LENIENT_BITS);
}

/* BR 6.1.5. */
static gboolean
is_modulus_even (const TrustRuleInput *input)
{
  TrustKeyType type = trust_certificate_get_key_type (input->certificate);

  return (type != TRUST_KEY_RSA && type != TRUST_KEY_RSA_PSS) || trust_certificate_get_key_bits (input->certificate) % 8 == 0;
}

static gboolean
is_algorithm_known (const TrustRuleInput *input)
{
  return input->signature->algorithm != GNUTLS_SIGN_UNKNOWN;
}

static gboolean
is_algorithm_not_broken (const TrustRuleInput *input)
{
  return !input->signature->is_older;
}

static gboolean
is_algorithm_not_sha1 (const TrustRuleInput *input)
{
  return !input->signature->is_sha1;
}

static gboolean
are_algorithms_equal (const TrustRuleInput *input)
{
  return trust_span_equal (input->extensions->inner_algorithm, input->extensions->outer_algorithm);
}

/* An anchor is trusted as it is: what it says of itself binds only where it would let others in (RFC 5937), and in the strict profiles. */
/* clang-format off */
const TrustPathRule trust_path_rules[] = {
  { "extension-form", "RFC 5280 4.2", D | S | W | L, LEAF | CA, TRUST_REASON_INVALID, is_well_formed, "an extension is damaged" },
  { "extension-form-anchor", "RFC 5280 4.2", S | W, ANCHOR, TRUST_REASON_INVALID, is_well_formed, "an extension is damaged" },
  { "critical-unknown", "RFC 5280 4.2", D | S | W | L, LEAF | CA, TRUST_REASON_INVALID, knows_all_critical,
    "it has a critical extension that nobody here understands" },
  { "critical-unknown-anchor", "RFC 5280 4.2", D | S | W, ANCHOR, TRUST_REASON_INVALID, knows_all_critical,
    "it has a critical extension that nobody here understands" },
  { "algorithms-differ", "RFC 5280 4.1.1.2", D | S | W | L, LEAF | CA, TRUST_REASON_INVALID, are_algorithms_equal,
    "its two signature algorithms differ" },
  { "version", "RFC 5280 4.1.2.1, 6.1.4 (k)", D | S | W, LEAF | CA, TRUST_REASON_INVALID, is_version_3, "it is not of version 3" },
  { "version-ca", "RFC 5280 6.1.4 (k)", L, CA, TRUST_REASON_INVALID, is_version_3, "it is not of version 3" },
  { "serial", "RFC 5280 4.1.2.2", D | S | W, LEAF | CA, TRUST_REASON_INVALID, has_good_serial, "its serial number is zero, negative or too long" },
  { "aki-missing", "RFC 5280 4.2.1.1", D | S | W, LEAF | CA, TRUST_REASON_INVALID, has_authority_key_id,
    "it does not say which key signed it (authorityKeyIdentifier)" },
  { "aki-anchor", "BR 7.1.2.1.3", W, ANCHOR, TRUST_REASON_INVALID, is_authority_key_id_alone,
    "its authorityKeyIdentifier names more than a key" },
  { "ski-missing", "RFC 5280 4.2.1.2", S | W, CA, TRUST_REASON_INVALID, has_subject_key_id, "it is a CA without a subjectKeyIdentifier" },
  { "ski-missing-anchor", "RFC 5280 4.2.1.2", S, ANCHOR, TRUST_REASON_INVALID, has_subject_key_id, "it is a CA without a subjectKeyIdentifier" },
  { "key-id-critical", "RFC 5280 4.2.1.1, 4.2.1.2", D | S | W, LEAF | CA, TRUST_REASON_INVALID, are_key_ids_not_critical,
    "a key identifier is marked critical" },
  { "key-id-critical-anchor", "RFC 5280 4.2.1.1, 4.2.1.2", D | S, ANCHOR, TRUST_REASON_INVALID, are_key_ids_not_critical,
    "a key identifier is marked critical" },
  { "basic-constraints-critical", "RFC 5280 4.2.1.9", S | W, CA, TRUST_REASON_CONSTRAINT, is_basic_constraints_critical,
    "its basicConstraints are not marked critical" },
  { "basic-constraints-critical-anchor", "RFC 5280 4.2.1.9", S, ANCHOR, TRUST_REASON_CONSTRAINT, is_basic_constraints_critical,
    "its basicConstraints are not marked critical" },
  { "anchor-not-ca", "RFC 5280 4.2.1.9", D | S | W, ANCHOR, TRUST_REASON_CONSTRAINT, is_anchor_ca, "it is not a CA" },
  { "anchor-may-not-sign", "RFC 5280 4.2.1.3", D | S | W, ANCHOR, TRUST_REASON_CONSTRAINT, may_anchor_sign,
    "its keyUsage does not let it sign certificates" },
  { "ca-key-usage", "RFC 5280 4.2.1.3", S | W, CA, TRUST_REASON_CONSTRAINT, has_ca_key_usage, "it is a CA without keyUsage" },
  { "usage-without-ca", "RFC 5280 4.2.1.9", D | S | W, LEAF | CA, TRUST_REASON_CONSTRAINT, is_usage_consistent,
    "its keyUsage lets it sign certificates, but it is not a CA" },
  { "path-length-without-ca", "RFC 5280 4.2.1.9", S, CA, TRUST_REASON_CONSTRAINT, is_path_length_of_ca,
    "it has a path length, but it is not a CA" },
  { "name-constraints-in-leaf", "RFC 5280 4.2.1.10", D | S | W, LEAF, TRUST_REASON_CONSTRAINT, has_no_name_constraints,
    "it has name constraints, but it is not a CA" },
  { "name-constraints-critical", "RFC 5280 4.2.1.10", S, CA | ANCHOR, TRUST_REASON_CONSTRAINT, is_name_constraints_critical,
    "its name constraints are not marked critical" },
  { "policy-limits-critical", "RFC 5280 4.2.1.11, 4.2.1.14", D | S | W, CA, TRUST_REASON_CONSTRAINT, are_policy_limits_critical,
    "its policy constraints are not marked critical" },
  { "subject-empty", "RFC 5280 4.2.1.6", D | S | W, LEAF, TRUST_REASON_INVALID, is_named,
    "its subject is empty and its subjectAltName is not marked critical" },
  { "ca-subject-empty", "RFC 5280 4.1.2.6", D | S | W, CA, TRUST_REASON_INVALID, has_subject, "it is a CA without a subject" },
  { "names-form", "RFC 5280 4.2.1.6", D | S | W, LEAF | CA, TRUST_REASON_INVALID, are_names_well_formed, "a name in it is none" },
  { "information-critical", "RFC 5280 4.2.2", D | S | W, LEAF | CA, TRUST_REASON_INVALID, is_information_not_critical,
    "its information access is marked critical" },
  { "leaf-is-ca", "BR 7.1.2.7.8", W, LEAF, TRUST_REASON_INVALID, is_no_ca, "it is a CA, and no server's certificate" },
  { "common-name", "BR 7.1.4.3", W, LEAF, TRUST_REASON_INVALID, is_common_name_in_names,
    "its common name is none of the names in its subjectAltName" },
  { "common-name-form", "RFC 6943 3.1.1, 4.2", D, LEAF, TRUST_REASON_INVALID, is_common_name_unequivocal,
    "it is for hosts, and its common name is one in a spelling that programs read differently" },
  { "purposes-missing", "BR 7.1.2.7.10", W, LEAF, TRUST_REASON_PURPOSE, has_purposes, "it does not say what it is for (extKeyUsage)" },
  { "purposes-critical", "BR 7.1.2.7.6", D | W, LEAF, TRUST_REASON_PURPOSE, are_purposes_not_critical,
    "it is for servers, and its extKeyUsage is marked critical" },
  { "purposes-any", "BR 7.1.2.7.10", D | W, LEAF, TRUST_REASON_PURPOSE, has_no_any_purpose, "it is for any purpose" },
  { "purposes-anchor", "BR 7.1.2.1.2", D | W, ANCHOR, TRUST_REASON_PURPOSE, has_no_purposes, "it is a root with an extKeyUsage" },
  { "key-weak", "NIST SP 800-131A Rev. 2", D | S | W, LEAF | CA, TRUST_REASON_WEAK, is_key_strong,
    "its key is too weak, or of a kind that is no longer used" },
  { "key-kind-anchor", "FIPS 186-5", D | S, ANCHOR, TRUST_REASON_WEAK, is_key_not_dsa, "its key is of a kind that is no longer used" },
  { "key-weak-anchor", "NIST SP 800-131A Rev. 2", W, ANCHOR, TRUST_REASON_WEAK, is_key_strong,
    "its key is too weak, or of a kind that is no longer used" },
  { "key-broken", "NIST SP 800-131A Rev. 2", D | L, LEAF | CA | ANCHOR, TRUST_REASON_WEAK, is_key_bearable, "its key is too weak" },
  { "key-bits", "BR 6.1.5", D | W, LEAF | CA, TRUST_REASON_WEAK, is_modulus_even, "the length of its RSA key is no multiple of 8 bits" },
  { "algorithm-unknown", "RFC 5280 4.1.1.2", D | S | W | L, LEAF | CA, TRUST_REASON_WEAK, is_algorithm_known,
    "it is signed in a way that is not known here" },
  { "algorithm-broken", "RFC 6149, RFC 6151", D | S | W | L, LEAF | CA, TRUST_REASON_WEAK, is_algorithm_not_broken,
    "it is signed with MD5 or older" },
  { "algorithm-sha1", "BR 7.1.3.2.1, RFC 9155", D | S | W, LEAF | CA, TRUST_REASON_WEAK, is_algorithm_not_sha1, "it is signed with SHA-1" },
};
/* clang-format on */
const guint trust_n_path_rules = G_N_ELEMENTS (trust_path_rules);

const TrustPathRule *
trust_profile_find_broken (TrustProfile profile, const TrustRuleInput *input)
{
  for (guint i = 0; i < G_N_ELEMENTS (trust_path_rules); i++)
    {
      const TrustPathRule *rule = &trust_path_rules[i];

      if ((rule->profiles & profile) != 0 && (rule->roles & input->role) != 0 && !rule->holds (input))
        return rule;
    }
  return NULL;
}
