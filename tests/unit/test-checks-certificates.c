/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks on single certificates: each has what triggers it, what is just not enough to, and nothing to say of a CA that is as it should be. */
#include "tests/unit/checks-fixture.h"

#define OID_SUBJECT_KEY_ID "\x55\x1d\x0e"
#define OID_AUTHORITY_KEY_ID "\x55\x1d\x23"
#define OID_POLICY_CONSTRAINTS "\x55\x1d\x24"
#define CA "\x30\x03\x01\x01\xff"
#define NO_CA "\x30\x00"
#define CERT_SIGN "\x03\x02\x01\x06"
#define CRL_SIGN "\x03\x02\x01\x02"
#define KEY_ID "\x04\x04\x01\x02\x03\x04"

/* An extension of a literal. (transfer full) */
#define EXTENSION(oid, critical, literal) make_extension (oid, critical, literal, sizeof (literal) - 1)

static GByteArray *
make_extension (const char *oid, gboolean critical, const char *value, gsize size)
{
  GByteArray *id = forge_element (0x06, forge_bytes (oid, 3)), *octets = forge_element (0x04, forge_bytes (value, size));

  return forge_element (0x30, critical ? forge_join (id, forge_element (0x01, FORGE_BYTES ("\xff")), octets, NULL) : forge_join (id, octets, NULL));
}

/* The extensions of a CA that is as RFC 5280 wants it. (transfer full) */
static GByteArray *
good_extensions (void)
{
  return forge_join (EXTENSION (FORGE_OID_BASIC_CONSTRAINTS, TRUE, CA), EXTENSION (FORGE_OID_KEY_USAGE, TRUE, CERT_SIGN),
                     EXTENSION (OID_SUBJECT_KEY_ID, FALSE, KEY_ID), NULL);
}

/* A CA with HOW, which leaves out the extensions for good ones. (transfer full) */
static TrustCertificate *
forge_ca (ForgeCertificate how)
{
  g_autoptr (GByteArray) extensions = good_extensions ();

  how.extensions = extensions;
  return forge (&how);
}

/* A certificate with EXTENSIONS (transfer full) (nullable: none at all). (transfer full) */
static TrustCertificate *
forge_with (GByteArray *extensions)
{
  g_autoptr (GByteArray) mine = extensions;
  ForgeCertificate how = { .extensions = mine, .version = mine != NULL ? 3 : 1 };

  return forge (&how);
}

static void
test_good (Fixture *f, gconstpointer unused)
{
  g_autoptr (TrustCertificate) good = forge_ca ((ForgeCertificate) { 0 });
  TrustLimits limits = TRUST_LIMITS_NONE;

  limits.constraints = trust_constraints_new ();
  g_assert_true (trust_constraints_add (limits.constraints, TRUST_NAME_DNS, FALSE, "corp.example", NULL));
  trust (f, good, (Trust) { .reason = "mine", .limits = &limits });
  trust_constraints_unref (limits.constraints);
  assert_n (f, NULL, 0);
}

/* A root of SPEC's times, told by ID or not. */
static void
check_times (Fixture *f, const char *id, gint64 not_before, gint64 not_after, gboolean told)
{
  TestCertificateSpec spec = { .dn = "CN=Times", .not_before = not_before, .not_after = not_after };
  g_autoptr (TestCertificate) root = test_certificate_new (&spec);

  g_ptr_array_set_size (f->states, 0);
  trust (f, root->certificate, (Trust) { 0 });
  assert_n (f, id, told);
}

static void
test_times (Fixture *f, gconstpointer unused)
{
  const gint64 begin = NOW - 100 * DAY;

  check_times (f, "expired", begin, NOW - 1, TRUE);
  check_times (f, "expired", begin, NOW, FALSE);
  check_times (f, "expiring", begin, NOW - 1, FALSE);
  check_times (f, "expiring", begin, NOW, TRUE);
  check_times (f, "expiring", begin, NOW + 90 * DAY, TRUE);
  check_times (f, "expiring", begin, NOW + 90 * DAY + 1, FALSE);
  check_times (f, "not-yet-valid", NOW + 1, NOW + DAY, TRUE);
  check_times (f, "not-yet-valid", NOW, NOW + DAY, FALSE);
}

/* The distribution brings what follows its own roots. */
static void
test_expiring_severity (Fixture *f, gconstpointer unused)
{
  TestCertificateSpec spec = { .dn = "CN=Soon", .not_after = NOW + DAY };
  g_autoptr (TestCertificate) mine = test_certificate_new (&spec), theirs = test_certificate_new (&spec);

  trust (f, mine->certificate, (Trust) { 0 });
  trust (f, theirs->certificate, (Trust) { .source = "debian-distribution" });
  assert_found (f, "expiring", mine->certificate, TRUST_SEVERITY_MEDIUM, "2027-01-16");
  assert_found (f, "expiring", theirs->certificate, TRUST_SEVERITY_LOW, "2027-01-16");
}

/* An RSA key with EXPONENT (content octets) and a modulus of BITS, which nobody generated. (transfer full) */
static GByteArray *
forge_rsa (guint bits, const char *exponent, gsize size)
{
  g_autofree guint8 *modulus = g_malloc (bits / 8 + 1);
  GByteArray *key = NULL, *octets = FORGE_BYTES ("\0");

  memset (modulus, 0xa5, bits / 8 + 1);
  modulus[0] = 0;
  key = forge_join (forge_element (0x02, forge_bytes (modulus, bits / 8 + 1)), forge_element (0x02, forge_bytes (exponent, size)), NULL);
  key = forge_element (0x30, key);
  octets = forge_join (octets, key, NULL);
  return forge_element (0x30, forge_join (forge_algorithm ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", 9), forge_element (0x03, octets), NULL));
}

/* Takes KEY (transfer full): WORDS are told of it at SEVERITY; NULL: nothing is. */
static void
check_key (Fixture *f, GByteArray *key, TrustSeverity severity, const char *words)
{
  g_autoptr (GByteArray) mine = key;
  g_autoptr (TrustCertificate) certificate = forge_ca ((ForgeCertificate) { .key = mine });

  g_ptr_array_set_size (f->states, 0);
  trust (f, certificate, (Trust) { 0 });
  if (words != NULL)
    assert_found (f, "weak-key", certificate, severity, words);
  else
    assert_n (f, "weak-key", 0);
}

static void
test_weak_key (Fixture *f, gconstpointer unused)
{
  check_key (f, forge_rsa (1024, "\x01\x00\x01", 3), TRUST_SEVERITY_HIGH, "RSA 1024");
  check_key (f, forge_rsa (2040, "\x01\x00\x01", 3), TRUST_SEVERITY_HIGH, "RSA 2040");
  check_key (f, forge_rsa (2048, "\x01\x00\x01", 3), TRUST_SEVERITY_LAST, NULL);
  check_key (f, forge_rsa (2048, "\x03", 1), TRUST_SEVERITY_LAST, NULL);
  check_key (f, forge_rsa (2048, "\x01", 1), TRUST_SEVERITY_HIGH, "exponent");
  check_key (f, forge_rsa (2048, "\x01\x00\x00", 3), TRUST_SEVERITY_HIGH, "exponent");
  check_key (f, forge_key (GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1)), TRUST_SEVERITY_LAST, NULL);
  check_key (f, forge_key (GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP192R1)), TRUST_SEVERITY_HIGH, "EC");
  check_key (f, forge_key (GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP224R1)), TRUST_SEVERITY_MEDIUM, "EC");
  check_key (f, forge_key (GNUTLS_PK_EDDSA_ED25519, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_ED25519)), TRUST_SEVERITY_LAST, NULL);
}

/* Takes ALGORITHM (transfer full) of a signature by ISSUER (nullable: its own). */
static void
check_signature (Fixture *f, GByteArray *algorithm, const GByteArray *issuer, TrustSeverity severity, const char *words)
{
  g_autoptr (GByteArray) mine = algorithm;
  g_autoptr (TrustCertificate) certificate = forge_ca ((ForgeCertificate) { .signature_algorithm = mine, .issuer = issuer });

  g_ptr_array_set_size (f->states, 0);
  trust (f, certificate, (Trust) { 0 });
  if (words != NULL)
    assert_found (f, "weak-signature", certificate, severity, words);
  else
    assert_n (f, "weak-signature", 0);
}

static void
test_weak_signature (Fixture *f, gconstpointer unused)
{
  g_autoptr (GByteArray) issuer = forge_name (FORGE_OID_CN, 0x0c, "Above");

  check_signature (f, forge_algorithm ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", 9), NULL, TRUST_SEVERITY_INFO, "SHA1");
  check_signature (f, forge_algorithm ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", 9), issuer, TRUST_SEVERITY_MEDIUM, "SHA1");
  check_signature (f, forge_algorithm ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", 9), NULL, TRUST_SEVERITY_INFO, "MD5");
  check_signature (f, forge_algorithm ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", 9), NULL, TRUST_SEVERITY_LAST, NULL);
  check_signature (f, forge_algorithm ("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", 9), issuer, TRUST_SEVERITY_LAST, NULL);
}

/* Of a certificate with EXTENSIONS (transfer full) (nullable: of version 1) ID tells WORDS at SEVERITY; NULL: nothing. */
static void
check_extensions (Fixture *f, const char *id, GByteArray *extensions, TrustSeverity severity, const char *words)
{
  g_autoptr (TrustCertificate) certificate = forge_with (extensions);

  g_ptr_array_set_size (f->states, 0);
  trust (f, certificate, (Trust) { 0 });
  if (words != NULL)
    assert_found (f, id, certificate, severity, words);
  else
    assert_n (f, id, 0);
}

static void
test_not_a_ca (Fixture *f, gconstpointer unused)
{
  check_extensions (f, "not-a-ca", NULL, TRUST_SEVERITY_MEDIUM, "version 1");
  check_extensions (f, "not-a-ca", EXTENSION (FORGE_OID_BASIC_CONSTRAINTS, TRUE, NO_CA), TRUST_SEVERITY_LOW, "no CA");
  check_extensions (f, "not-a-ca", EXTENSION (FORGE_OID_KEY_USAGE, TRUE, CERT_SIGN), TRUST_SEVERITY_LOW, "no CA");
  check_extensions (f, "not-a-ca", EXTENSION (FORGE_OID_BASIC_CONSTRAINTS, FALSE, CA), TRUST_SEVERITY_LAST, NULL);
}

static void
test_basic_constraints (Fixture *f, gconstpointer unused)
{
  const char *id = "basic-constraints";

  check_extensions (f, id, EXTENSION (FORGE_OID_BASIC_CONSTRAINTS, FALSE, CA), TRUST_SEVERITY_LOW, "not marked critical");
  check_extensions (f, id, EXTENSION (FORGE_OID_KEY_USAGE, TRUE, CERT_SIGN), TRUST_SEVERITY_LOW, "has no basicConstraints");
  check_extensions (f, id, EXTENSION (FORGE_OID_KEY_USAGE, TRUE, CRL_SIGN), TRUST_SEVERITY_LAST, NULL);
  check_extensions (f, id, EXTENSION (FORGE_OID_BASIC_CONSTRAINTS, FALSE, NO_CA), TRUST_SEVERITY_LAST, NULL);
  check_extensions (f, id, EXTENSION (FORGE_OID_BASIC_CONSTRAINTS, TRUE, CA), TRUST_SEVERITY_LAST, NULL);
  check_extensions (f, id, NULL, TRUST_SEVERITY_LAST, NULL);
}

static void
test_key_usage (Fixture *f, gconstpointer unused)
{
  const char *id = "key-usage";

  check_extensions (f, id, EXTENSION (FORGE_OID_BASIC_CONSTRAINTS, TRUE, CA), TRUST_SEVERITY_LOW, "without keyUsage");
  check_extensions (f, id, forge_join (EXTENSION (FORGE_OID_BASIC_CONSTRAINTS, TRUE, CA), EXTENSION (FORGE_OID_KEY_USAGE, TRUE, CRL_SIGN), NULL),
                    TRUST_SEVERITY_MEDIUM, "lacks keyCertSign");
  check_extensions (f, id, forge_join (EXTENSION (FORGE_OID_BASIC_CONSTRAINTS, TRUE, CA), EXTENSION (FORGE_OID_KEY_USAGE, FALSE, CERT_SIGN), NULL),
                    TRUST_SEVERITY_INFO, "not marked critical");
  check_extensions (f, id, good_extensions (), TRUST_SEVERITY_LAST, NULL);
  check_extensions (f, id, EXTENSION (FORGE_OID_BASIC_CONSTRAINTS, TRUE, NO_CA), TRUST_SEVERITY_LAST, NULL);
}

/* RFC 5280 4.1.2.2: the value has 20 octets at most; a zero before it is DER's sign. */
static void
test_serial (Fixture *f, gconstpointer unused)
{
  /* clang-format off */
  static const struct { const char *octets; gsize size; const char *words; } cases[] = {
    { "\x00", 1, "zero" },
    { "\x80", 1, "negative" },
    { "\xff\x01", 2, "negative" },
    { "\x01", 1, NULL },
    { "\x00\x80", 2, NULL },
    { "\x7f""1234567890123456789", 20, NULL },
    { "\x00\x80""1234567890123456789", 21, NULL },
    { "\x01""12345678901234567890", 21, "longer than 20" },
    { "\x00\x80""12345678901234567890", 22, "longer than 20" },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GByteArray) serial = forge_bytes (cases[i].octets, cases[i].size);
      g_autoptr (TrustCertificate) certificate = forge_ca ((ForgeCertificate) { .serial = serial });

      g_ptr_array_set_size (f->states, 0);
      trust (f, certificate, (Trust) { 0 });
      if (cases[i].words != NULL)
        assert_found (f, "serial", certificate, TRUST_SEVERITY_LOW, cases[i].words);
      else
        assert_n (f, "serial", 0);
    }
}

/* A certificate of LIKE's name and key, signed by SIGNER, with an authorityKeyIdentifier of ID. (transfer full) */
static TrustCertificate *
sign_with_authority (const TestCertificate *like, const TestCertificate *signer, const void *id, gsize size)
{
  TestCertificateSpec spec = { .dn = "CN=Key id", .same_key = like };
  g_autoptr (TestCertificate) root = test_certificate_new (&spec);
  gnutls_datum_t der;
  TrustCertificate *out = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gnutls_x509_crt_set_authority_key_id (root->crt, id, size), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_sign2 (root->crt, signer->crt, signer->key, GNUTLS_DIG_SHA256, 0), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_export2 (root->crt, GNUTLS_X509_FMT_DER, &der), ==, 0);
  out = trust_certificate_new (der.data, der.size, &error);
  g_assert_no_error (error);
  gnutls_free (der.data);
  return out;
}

static void
test_key_identifier (Fixture *f, gconstpointer unused)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Key id"), old = test_certificate_new_root ("CN=Key id");
  g_autoptr (TrustCertificate) wrong = sign_with_authority (root, root, "other", 5);
  g_autoptr (TrustCertificate) change = sign_with_authority (root, old, "other", 5);
  g_autoptr (TrustCertificate) right = NULL;
  guint8 id[64];
  gsize size = sizeof id;

  g_assert_cmpint (gnutls_x509_crt_get_subject_key_id (root->crt, id, &size, NULL), ==, 0);
  right = sign_with_authority (root, root, id, size);
  check_extensions (f, "key-identifier", EXTENSION (FORGE_OID_BASIC_CONSTRAINTS, TRUE, CA), TRUST_SEVERITY_LOW, "without subjectKeyIdentifier");
  check_extensions (f, "key-identifier", EXTENSION (FORGE_OID_BASIC_CONSTRAINTS, TRUE, NO_CA), TRUST_SEVERITY_LAST, NULL);
  g_ptr_array_set_size (f->states, 0);
  trust (f, wrong, (Trust) { 0 });
  assert_found (f, "key-identifier", wrong, TRUST_SEVERITY_LOW, "names another");
  g_ptr_array_set_size (f->states, 0);
  trust (f, change, (Trust) { 0 });
  trust (f, right, (Trust) { 0 });
  assert_n (f, "key-identifier", 0);
}

static void
test_extension (Fixture *f, gconstpointer unused)
{
  const char *id = "extension";

  check_extensions (f, id, forge_join (good_extensions (), EXTENSION ("\x2a\x03\x04", TRUE, "\x05\x00"), NULL), TRUST_SEVERITY_LOW, "1.2.3.4");
  check_extensions (f, id, forge_join (good_extensions (), EXTENSION ("\x2a\x03\x04", FALSE, "\x05\x00"), NULL), TRUST_SEVERITY_LAST, NULL);
  check_extensions (f, id, forge_join (good_extensions (), EXTENSION (OID_POLICY_CONSTRAINTS, TRUE, "\x05\x00"), NULL), TRUST_SEVERITY_LOW, "olicy");
}

/* What the system trusts as well is told once; what a store alone trusts is told there, with the store's own command. */
static void
test_stores (Fixture *f, gconstpointer unused)
{
  g_autoptr (TrustCertificate) both = forge_ca ((ForgeCertificate) { .not_after = "250101000000Z" });
  g_autoptr (TrustCertificate) own = forge_ca ((ForgeCertificate) { .not_after = "250102000000Z" });
  const TrustFinding *finding = NULL;

  add_store (f, "app/mail", TRUE, "store:mail");
  trust (f, both, (Trust) { 0 });
  trust (f, both, (Trust) { .source = "app/mail" });
  trust (f, own, (Trust) { .source = "app/mail" });
  trust (f, own, (Trust) { .source = "app/mail" });
  assert_n (f, "expired", 2);
  finding = find (f, "expired", both, "");
  g_assert_nonnull (strstr (finding->remedy, ": anchorctl remove "));
  finding = find (f, "expired", own, "store app/mail");
  g_assert_nonnull (strstr (finding->remedy, ": anchorctl store remove app/mail "));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/checks/certificates/good", test_good);
  ADD ("/checks/certificates/times", test_times);
  ADD ("/checks/certificates/expiring-severity", test_expiring_severity);
  ADD ("/checks/certificates/weak-key", test_weak_key);
  ADD ("/checks/certificates/weak-signature", test_weak_signature);
  ADD ("/checks/certificates/not-a-ca", test_not_a_ca);
  ADD ("/checks/certificates/basic-constraints", test_basic_constraints);
  ADD ("/checks/certificates/key-usage", test_key_usage);
  ADD ("/checks/certificates/serial", test_serial);
  ADD ("/checks/certificates/key-identifier", test_key_identifier);
  ADD ("/checks/certificates/extension", test_extension);
  ADD ("/checks/certificates/stores", test_stores);
  return g_test_run ();
}
