/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each rule of core/profile.c: certificates that keep it, and one that breaks it and nothing before it, in each of its places and profiles. */
#include "core/profile.h"

#include "tests/lib/issue.h"

#define BYTES(literal) literal, sizeof (literal) - 1
#define WITHOUT(extension) (1u << TRUST_EXTENSION_##extension)

static const TrustProfile all_profiles[] = { TRUST_PROFILE_DEFAULT, TRUST_PROFILE_STRICT, TRUST_PROFILE_WEBPKI, TRUST_PROFILE_LENIENT };
static const TrustRole all_roles[] = { TRUST_ROLE_LEAF, TRUST_ROLE_CA, TRUST_ROLE_ANCHOR };

/* Changes of what is usual. */
static void
add (IssueSpec *spec, GByteArray *extension)
{
  spec->extra = issue_keep (extension);
}

static void
replace (IssueSpec *spec, guint32 without, GByteArray *extension)
{
  spec->without = without;
  add (spec, extension);
}

static void
set_serial (IssueSpec *spec, const char *octets, gsize size)
{
  spec->serial = issue_keep (forge_bytes (octets, size));
}

static void
set_algorithm (IssueSpec *spec, const char *oid, gsize size)
{
  spec->algorithm = issue_keep (forge_algorithm (oid, size));
}

static void
set_key (IssueSpec *spec, gnutls_pk_algorithm_t algorithm, guint bits)
{
  static GHashTable *made = NULL;
  gpointer key = GUINT_TO_POINTER ((guint) algorithm << 16 | (bits & 0xffff));

  if (made == NULL)
    made = g_hash_table_new (NULL, NULL);
  if (g_hash_table_lookup (made, key) == NULL)
    g_hash_table_insert (made, key, forge_key (algorithm, bits));
  spec->key_info = g_hash_table_lookup (made, key);
}

/* clang-format off */
static void damage (IssueSpec *s) { add (s, issue_extension (31, FALSE, FORGE_BYTES ("\x30\x00"))); }
static void add_unknown (IssueSpec *s) { add (s, issue_extension (99, TRUE, FORGE_BYTES ("?"))); }
static void make_old (IssueSpec *s) { s->version = 1; }
static void zero_serial (IssueSpec *s) { set_serial (s, BYTES ("\0")); }
static void negative_serial (IssueSpec *s) { set_serial (s, BYTES ("\xff\x7f")); }
static void long_serial (IssueSpec *s) { set_serial (s, BYTES ("\x01" "01234567890123456789")); }
static void longest_serial (IssueSpec *s) { set_serial (s, BYTES ("01234567890123456789")); }
static void padded_serial (IssueSpec *s) { set_serial (s, BYTES ("\0\x80" "1234567890123456789")); }
static void drop_aki (IssueSpec *s) { s->without = WITHOUT (AUTHORITY_KEY_ID); }
static void name_aki (IssueSpec *s) { add (s, issue_extension (35, FALSE, FORGE_BYTES ("\x30\x09\x80\x01k\xa1\x04\x82\x02" "ab"))); }
static void number_aki (IssueSpec *s) { add (s, issue_extension (35, FALSE, FORGE_BYTES ("\x30\x06\x80\x01k\x82\x01\x01"))); }
static void key_aki (IssueSpec *s) { add (s, issue_extension (35, FALSE, FORGE_BYTES ("\x30\x03\x80\x01k"))); }
static void drop_ski (IssueSpec *s) { s->without = WITHOUT (SUBJECT_KEY_ID); }
static void critical_aki (IssueSpec *s) { replace (s, WITHOUT (AUTHORITY_KEY_ID), issue_extension (35, TRUE, FORGE_BYTES ("\x30\x03\x80\x01k"))); }
static void critical_ski (IssueSpec *s) { replace (s, WITHOUT (SUBJECT_KEY_ID), issue_extension (14, TRUE, FORGE_BYTES ("\x04\x01k"))); }
static void soft_basic (IssueSpec *s) { replace (s, WITHOUT (BASIC_CONSTRAINTS), issue_basic_constraints (FALSE, TRUE, -1)); }
static void drop_basic (IssueSpec *s) { s->without = WITHOUT (BASIC_CONSTRAINTS); }
static void crl_only (IssueSpec *s) { replace (s, WITHOUT (KEY_USAGE), issue_key_usage (0x02)); }
static void drop_usage (IssueSpec *s) { s->without = WITHOUT (KEY_USAGE); }
/* clang-format on */

static void
sign_without_ca (IssueSpec *spec)
{
  if (spec->is_leaf)
    replace (spec, WITHOUT (KEY_USAGE), issue_key_usage (0x84));
  else
    drop_basic (spec);
}

static void
length_without_ca (IssueSpec *spec)
{
  replace (spec, WITHOUT (BASIC_CONSTRAINTS) | WITHOUT (KEY_USAGE),
           forge_join (issue_basic_constraints (TRUE, FALSE, 0), issue_key_usage (0x02), NULL));
}

/* clang-format off */
static void length_of_ca (IssueSpec *s) { s->path_length = 1; }
static void constrain (IssueSpec *s) { add (s, issue_name_constraints ("dns:a.test", NULL)); }
static void soft_constrain (IssueSpec *s) { add (s, issue_extension (30, FALSE, FORGE_BYTES ("\x30\x07\xa0\x05\x30\x03\x82\x01" "a"))); }
static void soft_limits (IssueSpec *s) { add (s, issue_extension (36, FALSE, FORGE_BYTES ("\x30\x03\x80\x01\x05"))); }
static void hard_limits (IssueSpec *s) { add (s, issue_extension (36, TRUE, FORGE_BYTES ("\x30\x03\x80\x01\x05"))); }
static void soft_inhibit (IssueSpec *s) { add (s, issue_extension (54, FALSE, FORGE_BYTES ("\x02\x01\x05"))); }
static void hard_inhibit (IssueSpec *s) { add (s, issue_extension (54, TRUE, FORGE_BYTES ("\x02\x01\x05"))); }
static void empty_subject (IssueSpec *s) { s->cn = ""; }
/* clang-format on */

static void
empty_but_critical (IssueSpec *spec)
{
  spec->cn = "";
  spec->san = "";
  add (spec, issue_extension (17, TRUE,
                              FORGE_BYTES ("\x30\x08\x82\x06"
                                           "a.test")));
}

static void
bad_name (IssueSpec *s)
{
  s->san = "dns:a..b";
}
static void
other_names (IssueSpec *s)
{
  s->san = "dns:a.test dns:*.a.test ip:192.0.2.1 email:joe@a.test dir:Somebody";
}

static void
critical_information (IssueSpec *spec)
{
  add (spec,
       forge_element (0x30, forge_join (forge_element (0x06, FORGE_BYTES ("\x2b\x06\x01\x05\x05\x07\x01\x01")),
                                        forge_element (0x01, FORGE_BYTES ("\xff")), forge_element (0x04, FORGE_BYTES ("\x30\x02\x30\x00")), NULL)));
}

/* clang-format off */
static void be_ca (IssueSpec *s) { add (s, issue_basic_constraints (TRUE, TRUE, -1)); }
static void other_cn (IssueSpec *s) { s->cn = "other.test"; }
static void same_cn (IssueSpec *s) { s->cn = ISSUE_HOST; }
static void odd_cn (IssueSpec *s) { s->cn = "192.0.2.01"; }
static void foreign_cn (IssueSpec *s) { s->cn = "b\xc3\xbc" "cher.example"; }
static void title_cn (IssueSpec *s) { s->cn = "B\xc3\xbc" "cher & Co. 4711"; }
static void person_cn (IssueSpec *s) { s->cn = "j\xc3\xb6rg.m\xc3\xbcller"; s->san = "email:joerg@example.test"; }
static void stamp_purpose (IssueSpec *s) { replace (s, WITHOUT (EXTENDED_KEY_USAGE), issue_purpose (TRUE, "\x2b\x06\x01\x05\x05\x07\x03\x08")); }
static void drop_purposes (IssueSpec *s) { s->without = WITHOUT (EXTENDED_KEY_USAGE); }
static void critical_purposes (IssueSpec *s) { replace (s, WITHOUT (EXTENDED_KEY_USAGE), issue_purpose (TRUE, ISSUE_SERVER_AUTH)); }
static void any_purpose (IssueSpec *s) { replace (s, WITHOUT (EXTENDED_KEY_USAGE), issue_purpose (FALSE, ISSUE_ANY_PURPOSE)); }
static void with_purpose (IssueSpec *s) { add (s, issue_purpose (FALSE, ISSUE_SERVER_AUTH)); }
static void rsa_1024 (IssueSpec *s) { set_key (s, GNUTLS_PK_RSA, 1024); }
static void rsa_768 (IssueSpec *s) { set_key (s, GNUTLS_PK_RSA, 768); }
static void rsa_2048 (IssueSpec *s) { set_key (s, GNUTLS_PK_RSA, 2048); }
static void rsa_2047 (IssueSpec *s) { set_key (s, GNUTLS_PK_RSA, 2047); }
static void rsa_2049 (IssueSpec *s) { set_key (s, GNUTLS_PK_RSA, 2049); }
static void p224 (IssueSpec *s) { set_key (s, GNUTLS_PK_EC, (guint) GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP224R1)); }
static void p384 (IssueSpec *s) { set_key (s, GNUTLS_PK_EC, (guint) GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP384R1)); }
static void ed25519 (IssueSpec *s) { set_key (s, GNUTLS_PK_EDDSA_ED25519, 0); }
static void dsa (IssueSpec *s) { set_key (s, GNUTLS_PK_DSA, 1024); }
static void unknown_algorithm (IssueSpec *s) { set_algorithm (s, BYTES ("\x2a\x03")); }
static void md5 (IssueSpec *s) { set_algorithm (s, BYTES ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04")); }
static void sha1 (IssueSpec *s) { set_algorithm (s, BYTES ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05")); }
/* clang-format on */
static void
nothing (IssueSpec *s)
{
}

/* BREAKS in the rule's places; BEFORE (nullable): another rule may see it first. */
typedef struct
{
  const char *id;
  void (*breaks) (IssueSpec *spec);
  const char *before;
} Break;

static const Break breaks[] = {
  { "extension-form", damage, NULL },
  { "extension-form-anchor", damage, NULL },
  { "critical-unknown", add_unknown, NULL },
  { "critical-unknown-anchor", add_unknown, NULL },
  { "version", make_old, NULL },
  { "version-ca", make_old, NULL },
  { "serial", zero_serial, NULL },
  { "serial", negative_serial, NULL },
  { "serial", long_serial, NULL },
  { "aki-missing", drop_aki, NULL },
  { "aki-anchor", name_aki, NULL },
  { "aki-anchor", number_aki, NULL },
  { "ski-missing", drop_ski, NULL },
  { "ski-missing-anchor", drop_ski, NULL },
  { "key-id-critical", critical_aki, NULL },
  { "key-id-critical-anchor", critical_ski, NULL },
  { "basic-constraints-critical", soft_basic, NULL },
  { "basic-constraints-critical-anchor", soft_basic, NULL },
  { "anchor-not-ca", drop_basic, NULL },
  { "anchor-may-not-sign", crl_only, NULL },
  { "ca-key-usage", drop_usage, NULL },
  { "usage-without-ca", sign_without_ca, NULL },
  { "path-length-without-ca", length_without_ca, NULL },
  { "name-constraints-in-leaf", constrain, NULL },
  { "name-constraints-critical", soft_constrain, NULL },
  { "policy-limits-critical", soft_limits, NULL },
  { "policy-limits-critical", soft_inhibit, NULL },
  { "subject-empty", empty_subject, NULL },
  { "ca-subject-empty", empty_subject, NULL },
  { "names-form", bad_name, NULL },
  { "information-critical", critical_information, NULL },
  { "leaf-is-ca", be_ca, NULL },
  { "common-name", other_cn, NULL },
  { "common-name-form", odd_cn, NULL },
  { "common-name-form", foreign_cn, NULL },
  { "purposes-missing", drop_purposes, NULL },
  { "purposes-critical", critical_purposes, NULL },
  { "purposes-any", any_purpose, NULL },
  { "purposes-anchor", with_purpose, NULL },
  { "key-weak", rsa_1024, NULL },
  { "key-weak", rsa_2047, NULL },
  { "key-weak", p224, NULL },
  { "key-weak", dsa, NULL },
  { "key-kind-anchor", dsa, NULL },
  { "key-weak-anchor", rsa_1024, NULL },
  { "key-broken", rsa_768, "key-weak" },
  { "key-broken", p224, "key-weak" },
  { "key-bits", rsa_2049, NULL },
  { "algorithm-unknown", unknown_algorithm, NULL },
  { "algorithm-broken", md5, NULL },
  { "algorithm-sha1", sha1, NULL },
};

/* What keeps every rule of PROFILES in ROLES. */
static const struct
{
  void (*change) (IssueSpec *spec);
  guint profiles, roles;
} keeps[] = {
#define D TRUST_PROFILE_DEFAULT
#define S TRUST_PROFILE_STRICT
#define W TRUST_PROFILE_WEBPKI
#define L TRUST_PROFILE_LENIENT
#define LEAF TRUST_ROLE_LEAF
#define CA TRUST_ROLE_CA
#define ANCHOR TRUST_ROLE_ANCHOR
  { nothing, D | S | W | L, LEAF | CA | ANCHOR },
  { longest_serial, D | S | W | L, LEAF | CA | ANCHOR },
  { padded_serial, D | S | W | L, LEAF | CA | ANCHOR },
  /* An anchor is trusted as it is: 8 of Debian's roots have serial number 0, 24 are signed with SHA-1. */
  { zero_serial, D | S | W | L, ANCHOR },
  { sha1, D | S | W | L, ANCHOR },
  { md5, D | S | W | L, ANCHOR },
  { sha1, L, LEAF | CA },
  { make_old, D, ANCHOR },
  { make_old, L, LEAF | ANCHOR },
  { key_aki, D | S | W | L, ANCHOR },
  { name_aki, D | S | L, ANCHOR },
  { drop_aki, L, LEAF | CA },
  { drop_ski, D | L, CA | ANCHOR },
  { drop_usage, D | L, CA },
  { soft_basic, D | L, CA | ANCHOR },
  { length_of_ca, D | S | W | L, CA | ANCHOR },
  { constrain, D | S | W | L, CA | ANCHOR },
  { soft_constrain, D | W | L, CA | ANCHOR },
  { hard_limits, D | S | W | L, CA },
  { hard_inhibit, D | S | W | L, CA },
  { soft_limits, L, CA },
  { empty_but_critical, D | S | W | L, LEAF },
  { other_names, D | S | W | L, LEAF | CA },
  { be_ca, D | S | L, LEAF },
  { same_cn, D | S | W | L, LEAF },
  { title_cn, D | S | W | L, LEAF },
  { other_cn, D | S | L, LEAF },
  /* Neither is a server's. */
  { person_cn, D | S | L, LEAF },
  { stamp_purpose, D | S | W | L, LEAF },
  { drop_purposes, D | S | L, LEAF },
  { any_purpose, S | L, LEAF },
  { with_purpose, D | S | W | L, CA },
  { with_purpose, S | L, ANCHOR },
  { rsa_2048, D | S | W | L, LEAF | CA | ANCHOR },
  { rsa_1024, L, LEAF | CA | ANCHOR },
  { rsa_1024, D, ANCHOR },
  { p384, D | S | W | L, LEAF | CA | ANCHOR },
  { ed25519, D | S | W | L, LEAF | CA | ANCHOR },
  { dsa, L, LEAF | CA | ANCHOR },
};

/* One for ROLE, with CHANGE. */
static const Issued *
make (TrustRole role, void (*change) (IssueSpec *spec))
{
  static const Issued *root = NULL;
  IssueSpec spec = { .is_leaf = role == TRUST_ROLE_LEAF };

  if (root == NULL)
    root = issue_root ("Root");
  if (role != TRUST_ROLE_ANCHOR)
    spec.issuer = root;
  change (&spec);
  return issue (&spec);
}

static TrustRuleInput
make_input (const Issued *issued, TrustRole role, TrustSignatureKind *kind)
{
  trust_signature_identify (issued->extensions.outer_algorithm, kind);
  return (TrustRuleInput) { issued->certificate, &issued->extensions, kind, role };
}

static const TrustPathRule *
find_rule (const char *id)
{
  for (guint i = 0; i < trust_n_path_rules; i++)
    if (g_str_equal (trust_path_rules[i].id, id))
      return &trust_path_rules[i];
  g_error ("no rule %s", id);
}

static void
check_break (const Break *row, TrustRole role)
{
  const TrustPathRule *rule = find_rule (row->id);
  TrustSignatureKind kind;
  TrustRuleInput input = make_input (make (role, row->breaks), role, &kind);

  g_assert_false (rule->holds (&input));
  for (guint i = 0; i < G_N_ELEMENTS (all_profiles); i++)
    {
      const TrustPathRule *found = trust_profile_find_broken (all_profiles[i], &input);

      g_test_message ("%s as %u in %s: %s", row->id, role, trust_profile_get_name (all_profiles[i]), found != NULL ? found->id : "kept");
      if ((rule->profiles & all_profiles[i]) == 0)
        g_assert_true (found != rule);
      else if (row->before == NULL || found == NULL || !g_str_equal (found->id, row->before))
        g_assert_true (found == rule);
    }
}

static void
test_breaks (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (breaks); i++)
    for (guint r = 0; r < G_N_ELEMENTS (all_roles); r++)
      if ((find_rule (breaks[i].id)->roles & all_roles[r]) != 0)
        check_break (&breaks[i], all_roles[r]);
}

static void
test_keeps (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (keeps); i++)
    for (guint r = 0; r < G_N_ELEMENTS (all_roles); r++)
      for (guint p = 0; p < G_N_ELEMENTS (all_profiles); p++)
        if ((keeps[i].roles & all_roles[r]) != 0 && (keeps[i].profiles & all_profiles[p]) != 0)
          {
            TrustSignatureKind kind;
            TrustRuleInput input = make_input (make (all_roles[r], keeps[i].change), all_roles[r], &kind);
            const TrustPathRule *found = trust_profile_find_broken (all_profiles[p], &input);

            if (found != NULL)
              g_error ("row %u as %u breaks %s in %s", i, all_roles[r], found->id, trust_profile_get_name (all_profiles[p]));
          }
}

/* core/certificate takes no certificate whose two algorithms differ; the rule is there for who reads one otherwise (RFC 5280 4.1.1.2). */
static void
test_algorithms (void)
{
  Issued changed = *make (TRUST_ROLE_LEAF, nothing);
  g_autoptr (GByteArray) other = forge_algorithm (BYTES ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"));
  TrustSignatureKind kind;
  TrustRuleInput input;

  changed.extensions.inner_algorithm = forge_span (other);
  input = make_input (&changed, TRUST_ROLE_LEAF, &kind);
  for (guint i = 0; i < G_N_ELEMENTS (all_profiles); i++)
    g_assert_cmpstr (trust_profile_find_broken (all_profiles[i], &input)->id, ==, "algorithms-differ");
}

/* No rule is without a certificate that breaks it. */
static void
test_all (void)
{
  for (guint i = 0; i < trust_n_path_rules; i++)
    {
      gboolean there = g_str_equal (trust_path_rules[i].id, "algorithms-differ");

      for (guint n = 0; n < G_N_ELEMENTS (breaks); n++)
        there |= g_str_equal (trust_path_rules[i].id, breaks[n].id);
      if (!there)
        g_error ("nothing breaks %s", trust_path_rules[i].id);
    }
}

/* A pinned leaf is trusted as it is: no rule is about it. */
static void
test_pinned (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (breaks); i++)
    {
      guint roles = find_rule (breaks[i].id)->roles;
      TrustSignatureKind kind;
      TrustRuleInput input = make_input (make (roles & -roles, breaks[i].breaks), TRUST_ROLE_PINNED, &kind);

      for (guint p = 0; p < G_N_ELEMENTS (all_profiles); p++)
        g_assert_null (trust_profile_find_broken (all_profiles[p], &input));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/profile-rules/breaks", test_breaks);
  g_test_add_func ("/profile-rules/keeps", test_keeps);
  g_test_add_func ("/profile-rules/algorithms", test_algorithms);
  g_test_add_func ("/profile-rules/all", test_all);
  g_test_add_func ("/profile-rules/pinned", test_pinned);
  return g_test_run ();
}
