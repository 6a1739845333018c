/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is read of a certificate's extensions, right and wrong (RFC 5280 section 4.2, X.690). */
#include "core/extensions.h"

#include "tests/lib/forge.h"

/* One extension's DER value, as the only one of a certificate. */
typedef struct
{
  const char *oid; /* content octets, three */
  const char *value;
  gsize size;
  const char *fault; /* (nullable) words of it; NULL: none */
} Case;

#define BYTES(literal) literal, sizeof (literal) - 1
#define BASIC "\x55\x1d\x13"
#define USAGE "\x55\x1d\x0f"
#define SKI "\x55\x1d\x0e"
#define AKI "\x55\x1d\x23"
#define LIMITS "\x55\x1d\x24"
#define INHIBIT "\x55\x1d\x36"
#define PURPOSES "\x55\x1d\x25"
#define SAN "\x55\x1d\x11"
#define POLICIES "\x55\x1d\x20"
#define MAPPINGS "\x55\x1d\x21"
#define POINTS "\x55\x1d\x1f"

/* The DER lives in *DER. */
static void
read_list (GByteArray *list, GByteArray **der, TrustExtensions *out)
{
  g_autoptr (GByteArray) extensions = list;

  *der = forge_certificate (&(ForgeCertificate) { .extensions = extensions });
  g_assert_true (trust_extensions_read (forge_span (*der), out));
}

static void
read_one (const char *oid, const char *value, gsize size, GByteArray **der, TrustExtensions *out)
{
  read_list (forge_extension (oid, value, size), der, out);
}

static const Case cases[] = {
  /* 4.2.1.9: cA DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX). */
  { BASIC, BYTES ("\x30\x00"), NULL },
  { BASIC, BYTES ("\x30\x03\x01\x01\xff"), NULL },
  { BASIC, BYTES ("\x30\x06\x01\x01\xff\x02\x01\x00"), NULL },
  { BASIC, BYTES ("\x30\x07\x01\x01\xff\x02\x02\x00\x80"), NULL },
  { BASIC, BYTES ("\x30\x06\x01\x01\xff\x02\x01\xff"), "path length" },
  { BASIC, BYTES ("\x30\x07\x01\x01\xff\x02\x02\x00\x01"), "path length" },
  { BASIC, BYTES ("\x30\x05\x01\x01\xff\x05\x00"), "path length" },
  { BASIC, BYTES ("\x30\x03\x01\x01\xff\x00"), "basicConstraints" },
  { BASIC, BYTES ("\x04\x00"), "basicConstraints" },
  /* X.690 11.1: TRUE is ff, and nothing else is. */
  { BASIC, BYTES ("\x30\x03\x01\x01\x01"), "basicConstraints" },
  { BASIC, BYTES ("\x30\x04\x01\x02\xff\xff"), "basicConstraints" },
  /* 4.2.1.3: at least one bit. X.690 11.2.1: what is unused is zero. */
  { USAGE, BYTES ("\x03\x02\x01\x06"), NULL },
  { USAGE, BYTES ("\x03\x03\x07\x00\x80"), NULL },
  { USAGE, BYTES ("\x03\x01\x00"), "keyUsage" },
  { USAGE, BYTES ("\x03\x02\x07\x00"), "keyUsage" },
  { USAGE, BYTES ("\x03\x02\x08\x80"), "keyUsage" },
  { USAGE, BYTES ("\x03\x02\x07\x84"), "keyUsage" },
  { USAGE, BYTES ("\x03\x01\x07"), "keyUsage" },
  { USAGE, BYTES ("\x04\x02\x01\x06"), "keyUsage" },
  { SKI, BYTES ("\x04\x01\x61"), NULL },
  { SKI, BYTES ("\x04\x00"), "subjectKeyIdentifier" },
  { SKI, BYTES ("\x61"), "subjectKeyIdentifier" },
  { AKI, BYTES ("\x30\x03\x80\x01\x61"), NULL },
  { AKI, BYTES ("\x30\x00"), NULL },
  { AKI, BYTES ("\x30\x02\x84\x00"), "authorityKeyIdentifier" },
  { AKI, BYTES ("\x80\x01\x61"), "authorityKeyIdentifier" },
  /* 4.2.1.11: "CAs MUST NOT issue certificates where policy constraints is an empty sequence". */
  { LIMITS, BYTES ("\x30\x03\x80\x01\x00"), NULL },
  { LIMITS, BYTES ("\x30\x06\x80\x01\x02\x81\x01\x03"), NULL },
  { LIMITS, BYTES ("\x30\x00"), "policyConstraints" },
  { LIMITS, BYTES ("\x30\x03\x80\x01\x80"), "policyConstraints" },
  { LIMITS, BYTES ("\x30\x03\x82\x01\x00"), "policyConstraints" },
  { LIMITS, BYTES ("\x30\x02\x80\x00"), "policyConstraints" },
  { INHIBIT, BYTES ("\x02\x01\x00"), NULL },
  { INHIBIT, BYTES ("\x02\x01\xff"), "inhibitAnyPolicy" },
  { INHIBIT, BYTES ("\x02\x01\x00\x00"), "inhibitAnyPolicy" },
  { INHIBIT, BYTES (""), "inhibitAnyPolicy" },
  /* 4.2.1.4, .5, .6, .12, .13: SIZE (1..MAX). */
  { PURPOSES, BYTES ("\x30\x05\x06\x03\x2a\x03\x04"), NULL },
  { PURPOSES, BYTES ("\x30\x00"), "extKeyUsage" },
  { PURPOSES, BYTES ("\x30\x02\x05\x00"), "extKeyUsage" },
  { SAN, BYTES ("\x30\x03\x82\x01\x61"), NULL },
  { SAN, BYTES ("\x30\x00"), "name" },
  { SAN, BYTES ("\x82\x01\x61"), "name" },
  { POLICIES, BYTES ("\x30\x07\x30\x05\x06\x03\x2a\x03\x04"), NULL },
  { POLICIES, BYTES ("\x30\x00"), "certificatePolicies" },
  { POLICIES, BYTES ("\x30\x05\x06\x03\x2a\x03\x04"), "certificatePolicies" },
  { MAPPINGS, BYTES ("\x30\x00"), "policyMappings" },
  { POINTS, BYTES ("\x30\x00"), "distribution points" },
};

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GByteArray) der = NULL;
      TrustExtensions extensions;

      read_one (cases[i].oid, cases[i].value, cases[i].size, &der, &extensions);
      g_test_message ("%u: %s", i, extensions.fault != NULL ? extensions.fault : "no fault");
      if (cases[i].fault == NULL)
        g_assert_null (extensions.fault);
      else
        g_assert_true (extensions.fault != NULL && strstr (extensions.fault, cases[i].fault) != NULL);
    }
}

static void
test_numbers (void)
{
  /* clang-format off */
  static const struct { const char *value; gsize size; gboolean is_ca; gint length; } rows[] = {
    { BYTES ("\x30\x00"), FALSE, TRUST_NO_NUMBER },
    { BYTES ("\x30\x03\x01\x01\xff"), TRUE, TRUST_NO_NUMBER },
    { BYTES ("\x30\x06\x01\x01\xff\x02\x01\x00"), TRUE, 0 },
    { BYTES ("\x30\x07\x01\x01\xff\x02\x02\x00\xff"), TRUE, 255 },
    { BYTES ("\x30\x03\x02\x01\x05"), FALSE, 5 },
    /* More than anybody counts to, and no overflow. */
    { BYTES ("\x30\x0e\x01\x01\xff\x02\x09\x00\xff\xff\xff\xff\xff\xff\xff\xff"), TRUE, 0x7fff },
  };
  /* clang-format on */
  g_autoptr (GByteArray) policies = NULL;
  TrustExtensions extensions;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GByteArray) der = NULL;

      read_one (BASIC, rows[i].value, rows[i].size, &der, &extensions);
      g_assert_null (extensions.fault);
      g_assert_cmpint (extensions.is_ca, ==, rows[i].is_ca);
      g_assert_cmpint (extensions.path_length, ==, rows[i].length);
    }
  read_one (LIMITS, BYTES ("\x30\x06\x80\x01\x02\x81\x01\x03"), &policies, &extensions);
  g_assert_cmpint (extensions.require_explicit_policy, ==, 2);
  g_assert_cmpint (extensions.inhibit_policy_mapping, ==, 3);
  g_assert_cmpint (extensions.inhibit_any_policy, ==, TRUST_NO_NUMBER);
}

/* 4.2.1.3: the nine bits, in order; all where the extension is absent. */
static void
test_usage (void)
{
  /* clang-format off */
  static const struct { const char *value; gsize size; guint usage; } rows[] = {
    { BYTES ("\x03\x02\x07\x80"), TRUST_USAGE_DIGITAL_SIGNATURE },
    { BYTES ("\x03\x02\x06\x40"), TRUST_USAGE_NON_REPUDIATION },
    { BYTES ("\x03\x02\x05\x20"), TRUST_USAGE_KEY_ENCIPHERMENT },
    { BYTES ("\x03\x02\x04\x10"), TRUST_USAGE_DATA_ENCIPHERMENT },
    { BYTES ("\x03\x02\x03\x08"), TRUST_USAGE_KEY_AGREEMENT },
    { BYTES ("\x03\x02\x02\x04"), TRUST_USAGE_KEY_CERT_SIGN },
    { BYTES ("\x03\x02\x01\x02"), TRUST_USAGE_CRL_SIGN },
    { BYTES ("\x03\x02\x00\x01"), TRUST_USAGE_ENCIPHER_ONLY },
    { BYTES ("\x03\x03\x07\x00\x80"), TRUST_USAGE_DECIPHER_ONLY },
    { BYTES ("\x03\x02\x01\x06"), TRUST_USAGE_KEY_CERT_SIGN | TRUST_USAGE_CRL_SIGN },
  };
  /* clang-format on */
  g_autoptr (GByteArray) none = NULL;
  TrustExtensions extensions;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GByteArray) der = NULL;

      read_one (USAGE, rows[i].value, rows[i].size, &der, &extensions);
      g_assert_cmpuint (extensions.usage, ==, rows[i].usage);
    }
  read_one (BASIC, BYTES ("\x30\x00"), &none, &extensions);
  g_assert_cmpuint (extensions.usage, ==, 0x1ff);
  g_assert_false (trust_extensions_has (&extensions, TRUST_EXTENSION_KEY_USAGE));
}

static void
test_key_ids (void)
{
  g_autoptr (GByteArray) der = NULL, other = NULL;
  TrustExtensions extensions;

  /* 4.2.1.1: key identifier, names, serial. */
  read_one (AKI, BYTES ("\x30\x0d\x80\x02\x61\x62\xa1\x04\x82\x02\x63\x64\x82\x01\x07"), &der, &extensions);
  g_assert_null (extensions.fault);
  g_assert_cmpmem (extensions.authority_key_id.data, extensions.authority_key_id.size, "ab", 2);
  g_assert_cmpmem (extensions.authority_issuer.data, extensions.authority_issuer.size,
                   "\x82\x02"
                   "cd",
                   4);
  g_assert_cmpmem (extensions.authority_serial.data, extensions.authority_serial.size, "\x07", 1);
  read_one (SKI, BYTES ("\x04\x02\x61\x62"), &other, &extensions);
  g_assert_cmpmem (extensions.subject_key_id.data, extensions.subject_key_id.size, "ab", 2);
}

/* One extension; CRITICAL: content of its BOOLEAN, -1 none. (transfer full) */
static GByteArray *
make_extension (const char *oid, gsize oid_size, int critical, const char *value, gsize size)
{
  const guint8 flag = (guint8) critical;

  return forge_element (0x30, forge_join (forge_element (0x06, forge_bytes (oid, oid_size)),
                                          critical >= 0 ? forge_element (0x01, forge_bytes (&flag, 1)) : g_byte_array_new (),
                                          forge_element (0x04, forge_bytes (value, size)), NULL));
}

/* 4.2: an unknown critical extension is told of, the first by its OID; others are let be. */
static void
test_critical (void)
{
  g_autoptr (GByteArray) known = NULL, unknown = NULL, ignored = NULL, spoken = NULL, odd = NULL, access = NULL;
  TrustExtensions extensions;

  read_list (make_extension (BASIC, 3, 0xff, BYTES ("\x30\x03\x01\x01\xff")), &known, &extensions);
  g_assert_true (trust_extensions_is_critical (&extensions, TRUST_EXTENSION_BASIC_CONSTRAINTS));
  g_assert_false (extensions.has_unknown_critical);
  read_list (forge_join (make_extension (BYTES ("\x2a\x03"), -1, BYTES ("?")), make_extension (BYTES ("\x2a\x04"), 0xff, BYTES ("?")),
                         make_extension (BYTES ("\x2a\x05"), 0xff, BYTES ("?")), NULL),
             &unknown, &extensions);
  g_assert_true (extensions.has_unknown_critical);
  g_assert_cmpmem (extensions.unknown_critical.data, extensions.unknown_critical.size, "\x2a\x04", 2);
  read_list (make_extension (BYTES ("\x2a\x03"), -1, BYTES ("?")), &ignored, &extensions);
  g_assert_false (extensions.has_unknown_critical);
  g_assert_null (extensions.fault);
  /* X.690 11.5: the default FALSE is not written. */
  read_list (make_extension (BASIC, 3, 0, BYTES ("\x30\x00")), &spoken, &extensions);
  g_assert_nonnull (extensions.fault);
  g_assert_false (trust_extensions_is_critical (&extensions, TRUST_EXTENSION_BASIC_CONSTRAINTS));
  /* X.690 11.1, and never less than critical. */
  read_list (make_extension (BYTES ("\x2a\x03"), 1, BYTES ("?")), &odd, &extensions);
  g_assert_true (extensions.has_unknown_critical);
  g_assert_nonnull (extensions.fault);
  /* 4.2.2.1, of another arc. */
  read_list (make_extension (BYTES ("\x2b\x06\x01\x05\x05\x07\x01\x01"), 0xff, BYTES ("\x30\x02\x30\x00")), &access, &extensions);
  g_assert_true (trust_extensions_is_critical (&extensions, TRUST_EXTENSION_AUTHORITY_INFO));
}

/* The first fault is the one that is told. */
static void
test_first_fault (void)
{
  g_autoptr (GByteArray) der = NULL;
  TrustExtensions extensions;

  read_list (forge_join (forge_extension (USAGE, BYTES ("\x03\x01\x00")), make_extension (BASIC, 3, 0, BYTES ("\x30\x00")), NULL), &der, &extensions);
  g_assert_nonnull (strstr (extensions.fault, "keyUsage"));
}

/* 4.2.1.12. */
static void
test_purposes (void)
{
  static const guint8 server[] = "\x2b\x06\x01\x05\x05\x07\x03\x01", part[] = "\x2b\x06\x01\x05\x05\x07\x03";
  g_autoptr (GByteArray) one = NULL, any = NULL, none = NULL;
  TrustExtensions extensions;

  read_one (PURPOSES, BYTES ("\x30\x0f\x06\x03\x2a\x03\x04\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"), &one, &extensions);
  g_assert_true (trust_extensions_has_purpose (&extensions, (TrustSpan) { server, 8 }));
  g_assert_false (trust_extensions_has_purpose (&extensions, (TrustSpan) { part, 7 }));
  g_assert_false (trust_extensions_has_any_purpose (&extensions));
  read_one (PURPOSES, BYTES ("\x30\x06\x06\x04\x55\x1d\x25\x00"), &any, &extensions);
  g_assert_true (trust_extensions_has_any_purpose (&extensions));
  g_assert_false (trust_extensions_has_purpose (&extensions, (TrustSpan) { server, 8 }));
  read_one (BASIC, BYTES ("\x30\x00"), &none, &extensions);
  g_assert_false (trust_extensions_has_any_purpose (&extensions));
}

/* 4.1: the parts that the signature is about, and no certificate at all. */
static void
test_parts (void)
{
  g_autoptr (GByteArray) inner = forge_algorithm (BYTES ("\x2a\x03")), outer = forge_algorithm (BYTES ("\x2a\x04"));
  g_autoptr (GByteArray) der = forge_certificate (&(ForgeCertificate) { .signature_algorithm = inner, .outer_algorithm = outer });
  g_autoptr (GByteArray) old = forge_certificate (&(ForgeCertificate) { .version = 1 });
  TrustExtensions extensions;

  g_assert_true (trust_extensions_read (forge_span (der), &extensions));
  g_assert_cmpmem (extensions.inner_algorithm.data, extensions.inner_algorithm.size, inner->data, inner->len);
  g_assert_cmpmem (extensions.outer_algorithm.data, extensions.outer_algorithm.size, outer->data, outer->len);
  g_assert_cmpmem (extensions.signature.data, extensions.signature.size, "noise", 5);
  g_assert_cmpuint (extensions.tbs.data[0], ==, 0x30);
  g_assert_true (trust_extensions_read (forge_span (old), &extensions));
  g_assert_cmpuint (extensions.present, ==, 0);
  g_assert_false (extensions.is_ca);
  for (gsize size = 0; size < der->len; size++)
    {
      g_autofree guint8 *cut = g_memdup2 (der->data, size);

      g_assert_false (trust_extensions_read ((TrustSpan) { cut, size }, &extensions));
    }
}

static void
test_names (void)
{
  for (guint i = 0; i < TRUST_EXTENSION_LAST; i++)
    for (guint n = 0; n < i; n++)
      g_assert_cmpstr (trust_extension_get_name (i), !=, trust_extension_get_name (n));
  g_assert_cmpstr (trust_extension_get_name (TRUST_EXTENSION_INHIBIT_ANY_POLICY), ==, "inhibitAnyPolicy");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/extensions/cases", test_cases);
  g_test_add_func ("/extensions/numbers", test_numbers);
  g_test_add_func ("/extensions/usage", test_usage);
  g_test_add_func ("/extensions/key-ids", test_key_ids);
  g_test_add_func ("/extensions/critical", test_critical);
  g_test_add_func ("/extensions/first-fault", test_first_fault);
  g_test_add_func ("/extensions/purposes", test_purposes);
  g_test_add_func ("/extensions/parts", test_parts);
  g_test_add_func ("/extensions/names", test_names);
  return g_test_run ();
}
