/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/limits.h"
#include "core/verifier.h"

#include "tests/lib/support.h"

#include <string.h>

#define HOST "www.example.com"

/* Root > upper > lower > leaf, and a stranger of each kind. */
typedef struct
{
  TestCertificate *root;
  TestCertificate *upper;
  TestCertificate *lower;
  TestCertificate *leaf;
  TestCertificate *other_root;
  TestCertificate *other_leaf;
  TrustOrigin *origin;
  GPtrArray *anchors;
  GPtrArray *distrusts;
} Fixture;

static TestCertificate *
make (const char *dn, gboolean not_ca, const TestCertificate *issuer)
{
  TestCertificateSpec spec = { .dn = dn, .not_ca = not_ca, .issuer = issuer, .dns_name = not_ca ? HOST : NULL };

  return test_certificate_new (&spec);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->root = test_certificate_new_root ("CN=Root,O=Example");
  f->upper = make ("CN=Upper,O=Example", FALSE, f->root);
  f->lower = make ("CN=Lower,O=Example", FALSE, f->upper);
  f->leaf = make ("CN=Leaf", TRUE, f->lower);
  f->other_root = test_certificate_new_root ("CN=Other Root");
  f->other_leaf = make ("CN=Other Leaf", TRUE, f->other_root);
  f->origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "anchors-etc", "/etc/anchord/anchors.d/x", FALSE);
  f->anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  f->distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  test_certificate_free (f->root);
  test_certificate_free (f->upper);
  test_certificate_free (f->lower);
  test_certificate_free (f->leaf);
  test_certificate_free (f->other_root);
  test_certificate_free (f->other_leaf);
  trust_origin_unref (f->origin);
  g_ptr_array_unref (f->anchors);
  g_ptr_array_unref (f->distrusts);
}

static void
trust (Fixture *f, const TestCertificate *certificate, TrustPurpose purpose)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << purpose);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);

  g_ptr_array_add (f->anchors, trust_anchor_new (certificate->certificate, settings, f->origin, NULL));
}

typedef enum
{
  BY_CERTIFICATE,
  BY_KEY,
  BY_SERIAL
} By;

static void
distrust (Fixture *f, const TestCertificate *certificate, By by, gboolean keep)
{
  TrustCertificate *c = certificate->certificate;
  TrustSpan none = { NULL, 0 };

  g_ptr_array_add (f->distrusts, trust_distrust_new (by == BY_CERTIFICATE ? trust_certificate_get_fingerprint (c) : NULL,
                                                     by == BY_KEY ? trust_certificate_get_key_fingerprint (c) : NULL,
                                                     by == BY_SERIAL ? trust_certificate_get_issuer_der (c) : none,
                                                     by == BY_SERIAL ? trust_certificate_get_serial (c) : none, keep ? c : NULL, f->origin, NULL));
}

/* Verifies the chain of N given certificates for PURPOSE and NAME. */
static TrustVerdict *
verify_for (Fixture *f, TrustPurpose purpose, const char *name, guint n, TestCertificate *const *chain)
{
  g_autoptr (TrustAnchorSet) set = trust_anchor_set_new (f->anchors, f->distrusts);
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_state_unref);
  g_autoptr (TrustSnapshot) snapshot = trust_snapshot_new (1, TRUST_DISTRIBUTION_DEBIAN, set, states);
  g_autoptr (GPtrArray) certificates = g_ptr_array_new ();
  const char *names[] = { name, NULL };
  TrustVerifyRequest request = { .chain = certificates, .purpose = trust_purpose_get_name (purpose), .names = names };

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (certificates, chain[i]->certificate);

  TrustVerdict *verdict = trust_verifier_verify (snapshot, &request);

  g_test_message ("%s/%s [%d] %s | %s", trust_reason_get_name (verdict->reason), verdict->rule, verdict->failing, verdict->message, verdict->remedy);
  g_assert_true (verdict->trusted == (verdict->reason == TRUST_REASON_TRUSTED));
  g_assert_true (verdict->trusted == (verdict->remedy[0] == '\0'));
  g_assert_true (verdict->message[0] != '\0');
  g_assert_true (g_utf8_validate (verdict->message, -1, NULL));
  return verdict;
}

#define CHAIN(...) (sizeof ((TestCertificate *[]) { __VA_ARGS__ }) / sizeof (void *)), ((TestCertificate *[]) { __VA_ARGS__ })
#define verify(f, ...) verify_for (f, TRUST_PURPOSE_SERVER_AUTH, HOST, CHAIN (__VA_ARGS__))

static void
assert_path (const TrustVerdict *verdict, guint n, TestCertificate *const *expected)
{
  g_assert_cmpuint (verdict->path->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_true (trust_fingerprint_equal (trust_certificate_get_fingerprint (g_ptr_array_index (verdict->path, i)),
                                            trust_certificate_get_fingerprint (expected[i]->certificate)));
}

static void
assert_refused (const TrustVerdict *verdict, TrustReason reason, int failing, const char *part)
{
  g_assert_cmpstr (trust_reason_get_name (verdict->reason), ==, trust_reason_get_name (reason));
  g_assert_cmpint (verdict->failing, ==, failing);
  g_assert_nonnull (strstr (verdict->message, part));
}

static void
test_trusted (Fixture *f, gconstpointer data)
{
  trust (f, f->root, TRUST_PURPOSE_SERVER_AUTH);
  trust (f, f->other_root, TRUST_PURPOSE_EMAIL_PROTECTION);

  g_autoptr (TrustVerdict) plain = verify (f, f->leaf, f->lower, f->upper);

  g_assert_true (plain->trusted);
  g_assert_true (plain->has_anchor);
  g_assert_cmpint (plain->failing, ==, -1);
  g_assert_cmpuint (plain->findings->len, ==, 0);
  assert_path (plain, CHAIN (f->leaf, f->lower, f->upper, f->root));

  /* With its root; in any order; among strangers. */
  g_autoptr (TrustVerdict) with_root = verify (f, f->leaf, f->lower, f->upper, f->root);
  g_assert_true (with_root->trusted);
  assert_path (with_root, CHAIN (f->leaf, f->lower, f->upper, f->root));
  g_autoptr (TrustVerdict) shuffled = verify (f, f->leaf, f->root, f->upper, f->lower);
  g_assert_true (shuffled->trusted);
  assert_path (shuffled, CHAIN (f->leaf, f->lower, f->upper, f->root));
  g_assert_cmpuint (shuffled->findings->len, ==, 2);
  g_autoptr (TrustVerdict) crowded = verify (f, f->leaf, f->other_leaf, f->upper, f->other_root, f->lower, f->lower);
  g_assert_true (crowded->trusted);
  assert_path (crowded, CHAIN (f->leaf, f->lower, f->upper, f->root));

  /* A name is only asked for where one is given; a trailing dot and case do not matter. */
  g_autoptr (TrustVerdict) nameless = verify_for (f, TRUST_PURPOSE_SERVER_AUTH, NULL, CHAIN (f->leaf, f->lower, f->upper));
  g_assert_true (nameless->trusted);
  g_autoptr (TrustVerdict) dotted = verify_for (f, TRUST_PURPOSE_SERVER_AUTH, "WWW.example.COM.", CHAIN (f->leaf, f->lower, f->upper));
  g_assert_true (dotted->trusted);
}

/* An intermediate that is an anchor ends the path. */
static void
test_intermediate_anchor (Fixture *f, gconstpointer data)
{
  trust (f, f->upper, TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustVerdict) given = verify (f, f->leaf, f->lower, f->upper, f->root);
  g_assert_true (given->trusted);
  assert_path (given, CHAIN (f->leaf, f->lower, f->upper));
  g_autoptr (TrustVerdict) left_out = verify (f, f->leaf, f->lower);
  g_assert_true (left_out->trusted);
  assert_path (left_out, CHAIN (f->leaf, f->lower, f->upper));
}

static void
test_unknown_issuer (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustVerdict) no_root = verify (f, f->leaf, f->lower, f->upper);
  assert_refused (no_root, TRUST_REASON_UNKNOWN_ISSUER, 2, "the root \"Root\"");
  g_assert_false (no_root->has_anchor);
  g_assert_nonnull (strstr (no_root->remedy, "anchorctl add"));
  g_autoptr (TrustVerdict) given_root = verify (f, f->leaf, f->lower, f->upper, f->root);
  assert_refused (given_root, TRUST_REASON_UNKNOWN_ISSUER, 3, "the root \"Root\" is not on this machine");
  trust (f, f->root, TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustVerdict) gap = verify (f, f->leaf, f->upper);
  assert_refused (gap, TRUST_REASON_UNKNOWN_ISSUER, 0, "left out the intermediate \"Lower\"");
  g_autoptr (TrustVerdict) alone = verify (f, f->leaf);
  assert_refused (alone, TRUST_REASON_UNKNOWN_ISSUER, 0, "left out the intermediate \"Lower\"");
  g_autoptr (TrustVerdict) self_signed = verify (f, f->other_root);
  assert_refused (self_signed, TRUST_REASON_UNKNOWN_ISSUER, 0, "self-signed");
}

static void
test_times (Fixture *f, gconstpointer data)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  TestCertificateSpec old_leaf_spec = {
    .dn = "CN=Old Leaf", .not_ca = TRUE, .issuer = f->lower, .dns_name = HOST, .not_before = now - 9000, .not_after = now - 60
  };
  TestCertificateSpec new_leaf_spec = { .dn = "CN=New Leaf", .not_ca = TRUE, .issuer = f->lower, .dns_name = HOST, .not_before = now + 3600 };
  TestCertificateSpec old_ca_spec = { .dn = "CN=Old CA", .issuer = f->root, .not_before = now - 9000, .not_after = now - 60 };
  TestCertificateSpec old_root_spec = { .dn = "CN=Old Root", .not_before = now - 9000, .not_after = now - 60 };
  g_autoptr (TestCertificate) old_leaf = test_certificate_new (&old_leaf_spec);
  g_autoptr (TestCertificate) new_leaf = test_certificate_new (&new_leaf_spec);
  g_autoptr (TestCertificate) old_ca = test_certificate_new (&old_ca_spec);
  g_autoptr (TestCertificate) below = make ("CN=Below", TRUE, old_ca);
  g_autoptr (TestCertificate) old_root = test_certificate_new (&old_root_spec);
  g_autoptr (TestCertificate) below_root = make ("CN=Below Root", TRUE, old_root);

  trust (f, f->root, TRUST_PURPOSE_SERVER_AUTH);
  trust (f, old_root, TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustVerdict) expired = verify (f, old_leaf, f->lower, f->upper);
  assert_refused (expired, TRUST_REASON_EXPIRED, 0, "\"Old Leaf\" expired");
  g_assert_true (expired->has_anchor);
  g_autoptr (TrustVerdict) early = verify (f, new_leaf, f->upper, f->lower);
  assert_refused (early, TRUST_REASON_NOT_YET_VALID, 0, "\"New Leaf\" is valid only from");
  g_autoptr (TrustVerdict) expired_ca = verify (f, below, f->other_root, old_ca);
  assert_refused (expired_ca, TRUST_REASON_EXPIRED, 2, "\"Old CA\" expired");
  g_autoptr (TrustVerdict) expired_root = verify (f, below_root);
  assert_refused (expired_root, TRUST_REASON_EXPIRED, -1, "\"Old Root\" expired");
}

static void
add_name (gnutls_x509_crt_t crt, gnutls_x509_subject_alt_name_t type, const void *bytes, guint size)
{
  g_assert_cmpint (gnutls_x509_crt_set_subject_alt_name (crt, type, bytes, size, GNUTLS_FSAN_APPEND), ==, 0);
}

static void
test_names (Fixture *f, gconstpointer data)
{
  static const char *const good[] = { "a.wild.example", "10.1.2.3", "2001:db8::1" };
  static const char *const bad[] = { "wild.example", "a.b.wild.example", "10.1.2.4", "2001:db8::2", "www.example.com.evil" };
  /* No certificate can be for these. */
  static const char *const none[] = { "*.wild.example", "", ".", "CN Host", "evil\xe2\x80\xae.example" };
  static const guint8 ip4[] = { 10, 1, 2, 3 }, ip6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
  TestCertificateSpec cn_spec = { .dn = "CN=" HOST, .not_ca = TRUE, .issuer = f->root };
  g_autoptr (TestCertificate) cn_only = test_certificate_new (&cn_spec);
  TestCertificateSpec many_spec = { .dn = "CN=CN Host", .not_ca = TRUE, .issuer = f->root };
  g_autoptr (TestCertificate) many = test_certificate_new (&many_spec);
  g_autoptr (GError) error = NULL;
  gnutls_datum_t der;

  add_name (many->crt, GNUTLS_SAN_DNSNAME, "*.wild.example", 14);
  add_name (many->crt, GNUTLS_SAN_IPADDRESS, ip4, sizeof ip4);
  add_name (many->crt, GNUTLS_SAN_IPADDRESS, ip6, sizeof ip6);
  g_assert_cmpint (gnutls_x509_crt_sign2 (many->crt, f->root->crt, f->root->key, GNUTLS_DIG_SHA256, 0), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_export2 (many->crt, GNUTLS_X509_FMT_DER, &der), ==, 0);
  trust_certificate_unref (many->certificate);
  many->certificate = trust_certificate_new (der.data, der.size, &error);
  g_assert_no_error (error);
  gnutls_free (der.data);

  trust (f, f->root, TRUST_PURPOSE_SERVER_AUTH);
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (TrustVerdict) verdict = verify_for (f, TRUST_PURPOSE_SERVER_AUTH, good[i], CHAIN (many));

      g_assert_true (verdict->trusted);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (TrustVerdict) verdict = verify_for (f, TRUST_PURPOSE_SERVER_AUTH, bad[i], CHAIN (many));

      assert_refused (verdict, TRUST_REASON_NAME_MISMATCH, 0, "*.wild.example, 10.1.2.3, 2001:db8::1");
      g_assert_true (verdict->has_anchor);
    }
  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    {
      g_autoptr (TrustVerdict) verdict = verify_for (f, TRUST_PURPOSE_SERVER_AUTH, none[i], CHAIN (many));

      assert_refused (verdict, TRUST_REASON_INVALID, -1, "no name");
    }
  /* The common name does not count (RFC 9525 section 2). */
  g_autoptr (TrustVerdict) by_cn = verify (f, cn_only);
  assert_refused (by_cn, TRUST_REASON_NAME_MISMATCH, 0, "names no host");
}

static void
test_purposes (Fixture *f, gconstpointer data)
{
  TestCertificateSpec client_spec = { .dn = "CN=Client", .not_ca = TRUE, .issuer = f->root, .dns_name = HOST, .eku = GNUTLS_KP_TLS_WWW_CLIENT };
  TestCertificateSpec mail_ca_spec = { .dn = "CN=Mail CA", .issuer = f->root, .eku = GNUTLS_KP_EMAIL_PROTECTION };
  g_autoptr (TestCertificate) client = test_certificate_new (&client_spec);
  g_autoptr (TestCertificate) mail_ca = test_certificate_new (&mail_ca_spec);
  g_autoptr (TestCertificate) below = make ("CN=Below", TRUE, mail_ca);

  trust (f, f->root, TRUST_PURPOSE_SERVER_AUTH);
  trust (f, f->other_root, TRUST_PURPOSE_EMAIL_PROTECTION);
  g_autoptr (TrustVerdict) wrong = verify (f, client);
  assert_refused (wrong, TRUST_REASON_PURPOSE, 0, "\"Client\" is not for server-auth");
  g_autoptr (TrustVerdict) wrong_ca = verify (f, below, mail_ca);
  assert_refused (wrong_ca, TRUST_REASON_PURPOSE, 1, "\"Mail CA\" is not for server-auth");
  g_autoptr (TrustVerdict) mail_only = verify (f, f->other_leaf);
  assert_refused (mail_only, TRUST_REASON_PURPOSE, -1, "only for email-protection, not for server-auth");
  g_autoptr (TrustVerdict) mail_only_given = verify (f, f->other_leaf, f->other_root);
  assert_refused (mail_only_given, TRUST_REASON_PURPOSE, 1, "only for email-protection");
  g_autoptr (TrustVerdict) mail = verify_for (f, TRUST_PURPOSE_EMAIL_PROTECTION, NULL, CHAIN (f->other_leaf));
  g_assert_true (mail->trusted);
  g_autoptr (TrustVerdict) not_mail = verify_for (f, TRUST_PURPOSE_EMAIL_PROTECTION, NULL, CHAIN (f->leaf, f->lower, f->upper));
  assert_refused (not_mail, TRUST_REASON_PURPOSE, -1, "only for server-auth");
}

/* Each place of the path, by each thing a distrust can name. */
static void
test_distrusted (Fixture *f, gconstpointer data)
{
  TestCertificate *const chain[] = { f->leaf, f->lower, f->upper };

  trust (f, f->root, TRUST_PURPOSE_SERVER_AUTH);
  for (guint i = 0; i < 3; i++)
    for (By by = BY_CERTIFICATE; by <= BY_SERIAL; by++)
      {
        g_ptr_array_set_size (f->distrusts, 0);
        distrust (f, chain[i], by, FALSE);
        g_autoptr (TrustVerdict) verdict = verify (f, f->leaf, f->lower, f->upper);
        assert_refused (verdict, TRUST_REASON_DISTRUSTED, (int) i, "is distrusted on this machine");
        g_autoptr (TrustVerdict) shuffled = verify (f, f->leaf, f->root, f->upper, f->lower);
        assert_refused (shuffled, TRUST_REASON_DISTRUSTED, i == 0 ? 0 : i == 1 ? 3 : 2, "is distrusted on this machine");
      }

  /* The root: not in the set then, whether the server sends it or not. */
  g_ptr_array_set_size (f->anchors, 0);
  for (By by = BY_CERTIFICATE; by <= BY_SERIAL; by++)
    {
      g_ptr_array_set_size (f->distrusts, 0);
      distrust (f, f->root, by, TRUE);
      g_autoptr (TrustVerdict) given = verify (f, f->leaf, f->lower, f->upper, f->root);
      assert_refused (given, TRUST_REASON_DISTRUSTED, 3, "\"Root\" is distrusted");
      g_autoptr (TrustVerdict) left_out = verify (f, f->leaf, f->lower, f->upper);
      assert_refused (left_out, TRUST_REASON_DISTRUSTED, -1, "\"Root\" is distrusted");
    }

  /* One that a higher layer lifted is an anchor, and counts. */
  trust (f, f->root, TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustVerdict) lifted = verify (f, f->leaf, f->lower, f->upper, f->root);
  g_assert_true (lifted->trusted);
}

/* Distrusting a key stops its cross-signs as well; distrusting one certificate leaves them. */
static void
test_cross_sign (Fixture *f, gconstpointer data)
{
  TestCertificateSpec cross_spec = { .dn = "CN=Root,O=Example", .issuer = f->other_root, .same_key = f->root };
  g_autoptr (TestCertificate) cross = test_certificate_new (&cross_spec);

  trust (f, f->other_root, TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustVerdict) both = verify (f, f->leaf, f->lower, f->upper, f->root, cross);
  g_assert_true (both->trusted);
  assert_path (both, CHAIN (f->leaf, f->lower, f->upper, cross, f->other_root));
  distrust (f, f->root, BY_CERTIFICATE, TRUE);
  g_autoptr (TrustVerdict) one = verify (f, f->leaf, f->lower, f->upper, f->root, cross);
  g_assert_true (one->trusted);
  distrust (f, f->root, BY_KEY, TRUE);
  g_autoptr (TrustVerdict) none = verify (f, f->leaf, f->lower, f->upper, f->root, cross);
  assert_refused (none, TRUST_REASON_DISTRUSTED, 3, "is distrusted");
}

static void
test_pinned (Fixture *f, gconstpointer data)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  TestCertificateSpec spec = { .dn = "CN=Pinned", .not_ca = TRUE, .dns_name = HOST };
  TestCertificateSpec old_spec = { .dn = "CN=Pinned Old", .not_ca = TRUE, .dns_name = HOST, .not_before = now - 900, .not_after = now - 9 };
  g_autoptr (TestCertificate) pinned = test_certificate_new (&spec);
  g_autoptr (TestCertificate) old = test_certificate_new (&old_spec);

  g_autoptr (TrustVerdict) unknown = verify (f, pinned);
  assert_refused (unknown, TRUST_REASON_UNKNOWN_ISSUER, 0, "self-signed");
  g_assert_nonnull (strstr (unknown->remedy, "--allow-non-ca"));
  trust (f, pinned, TRUST_PURPOSE_SERVER_AUTH);
  trust (f, old, TRUST_PURPOSE_SERVER_AUTH);
  trust (f, f->leaf, TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustVerdict) known = verify (f, pinned);
  g_assert_true (known->trusted);
  assert_path (known, CHAIN (pinned));
  g_autoptr (TrustVerdict) named = verify_for (f, TRUST_PURPOSE_SERVER_AUTH, "other.example", CHAIN (pinned));
  assert_refused (named, TRUST_REASON_NAME_MISMATCH, 0, HOST);
  g_autoptr (TrustVerdict) expired = verify (f, old);
  assert_refused (expired, TRUST_REASON_EXPIRED, 0, "expired");
  g_autoptr (TrustVerdict) issued = verify (f, f->leaf);
  g_assert_true (issued->trusted);
  g_autoptr (TrustVerdict) mail = verify_for (f, TRUST_PURPOSE_EMAIL_PROTECTION, NULL, CHAIN (pinned));
  assert_refused (mail, TRUST_REASON_PURPOSE, 0, "only for server-auth");
}

/* Its last octet, which belongs to the signature, becomes another. */
static void
change_signature (TestCertificate *certificate)
{
  TrustSpan der = trust_certificate_get_der (certificate->certificate);
  g_autofree guint8 *copy = g_memdup2 (der.data, der.size);
  g_autoptr (GError) error = NULL;

  copy[der.size - 1] ^= 1;
  trust_certificate_unref (certificate->certificate);
  certificate->certificate = trust_certificate_new (copy, der.size, &error);
  g_assert_no_error (error);
}

/* Signatures, CA flags and weak keys. */
static void
test_faults (Fixture *f, gconstpointer data)
{
  TestCertificateSpec impostor_spec = { .dn = "CN=Root,O=Example" };
  TestCertificateSpec weak_spec = { .dn = "CN=Weak", .not_ca = TRUE, .issuer = f->root, .dns_name = HOST, .rsa_bits = 1024 };
  g_autoptr (TestCertificate) impostor = test_certificate_new (&impostor_spec);
  g_autoptr (TestCertificate) forged = make ("CN=Forged", TRUE, impostor);
  g_autoptr (TestCertificate) changed = make ("CN=Changed", TRUE, f->root);
  g_autoptr (TestCertificate) under_leaf = make ("CN=Under Leaf", TRUE, f->leaf);
  g_autoptr (TestCertificate) weak = test_certificate_new (&weak_spec);

  trust (f, f->root, TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustVerdict) other_key = verify (f, forged);
  assert_refused (other_key, TRUST_REASON_UNKNOWN_ISSUER, 0, "another key");
  change_signature (changed);
  g_autoptr (TrustVerdict) signature = verify (f, changed);
  assert_refused (signature, TRUST_REASON_SIGNATURE, 0, "signature of \"Changed\"");
  g_autoptr (TrustVerdict) not_ca = verify (f, under_leaf, f->leaf, f->lower, f->upper);
  assert_refused (not_ca, TRUST_REASON_CONSTRAINT, 1, "\"Leaf\": it is not a CA");
  g_autoptr (TrustVerdict) too_weak = verify (f, weak);
  assert_refused (too_weak, TRUST_REASON_WEAK, 0, "RSA 1024");

  /* Among many anchors of one name the one with the key is found. */
  g_autoptr (GPtrArray) namesakes = g_ptr_array_new_with_free_func ((GDestroyNotify) test_certificate_free);
  for (guint i = 0; i < 100; i++)
    {
      TestCertificate *namesake = test_certificate_new (&impostor_spec);

      g_ptr_array_add (namesakes, namesake);
      trust (f, namesake, TRUST_PURPOSE_SERVER_AUTH);
    }
  g_autoptr (TrustVerdict) among = verify (f, f->leaf, f->lower, f->upper);
  g_assert_true (among->trusted);
  assert_path (among, CHAIN (f->leaf, f->lower, f->upper, f->root));
}

/* Chains made to be expensive: an end is put to it. */
static void
test_hostile (Fixture *f, gconstpointer data)
{
  TestCertificate *chain[TRUST_LIMIT_CHAIN_CERTIFICATES + 1];
  TestCertificateSpec spec = { .dn = "CN=Loop" };
  gint64 before = g_get_monotonic_time ();

  for (guint i = 0; i < G_N_ELEMENTS (chain); i++)
    chain[i] = test_certificate_new (&spec);
  trust (f, f->root, TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustVerdict) loops = verify_for (f, TRUST_PURPOSE_SERVER_AUTH, NULL, TRUST_LIMIT_CHAIN_CERTIFICATES, chain);
  g_assert_false (loops->trusted);
  g_autoptr (TrustVerdict) too_many = verify_for (f, TRUST_PURPOSE_SERVER_AUTH, NULL, G_N_ELEMENTS (chain), chain);
  assert_refused (too_many, TRUST_REASON_INVALID, -1, "too many");
  g_autoptr (TrustVerdict) none = verify_for (f, TRUST_PURPOSE_SERVER_AUTH, NULL, 0, chain);
  assert_refused (none, TRUST_REASON_INVALID, -1, "no certificate");
  for (guint i = 0; i < G_N_ELEMENTS (chain); i++)
    test_certificate_free (chain[i]);
  g_assert_cmpint (g_get_monotonic_time () - before, <, 10 * G_USEC_PER_SEC);
}

static void
test_foreign_text (Fixture *f, gconstpointer data)
{
  TestCertificateSpec spec = { .dn = "CN=Evil\x1b[31m\xe2\x80\xaeroot", .not_ca = TRUE, .issuer = f->other_root };
  g_autoptr (TestCertificate) evil = test_certificate_new (&spec);
  g_autoptr (TrustVerdict) verdict = verify (f, evil);

  g_assert_null (strchr (verdict->message, '\x1b'));
  g_assert_null (strstr (verdict->message, "\xe2\x80\xae"));
}

typedef struct
{
  Fixture *f;
  TrustSnapshot *snapshot;
  GPtrArray *chain;
} Threaded;

static gpointer
run_thread (gpointer data)
{
  const Threaded *t = data;
  const char *names[] = { HOST, NULL };
  TrustVerifyRequest request = { .chain = t->chain, .purpose = "server-auth", .names = names };
  guint n_trusted = 0;

  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (TrustVerdict) verdict = trust_verifier_verify (t->snapshot, &request);

      n_trusted += verdict->trusted;
    }
  return GUINT_TO_POINTER (n_trusted);
}

static void
test_threads (Fixture *f, gconstpointer data)
{
  trust (f, f->root, TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustAnchorSet) set = trust_anchor_set_new (f->anchors, f->distrusts);
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_state_unref);
  g_autoptr (TrustSnapshot) snapshot = trust_snapshot_new (1, TRUST_DISTRIBUTION_DEBIAN, set, states);
  g_autoptr (GPtrArray) chain = g_ptr_array_new ();
  Threaded threaded = { f, snapshot, chain };
  GThread *threads[4];

  g_ptr_array_add (chain, f->leaf->certificate);
  g_ptr_array_add (chain, f->lower->certificate);
  g_ptr_array_add (chain, f->upper->certificate);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("verify", run_thread, &threaded);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (threads[i])), ==, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/verifier/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("trusted", test_trusted);
  ADD ("intermediate-anchor", test_intermediate_anchor);
  ADD ("unknown-issuer", test_unknown_issuer);
  ADD ("times", test_times);
  ADD ("names", test_names);
  ADD ("purposes", test_purposes);
  ADD ("distrusted", test_distrusted);
  ADD ("cross-sign", test_cross_sign);
  ADD ("pinned", test_pinned);
  ADD ("faults", test_faults);
  ADD ("hostile", test_hostile);
  ADD ("foreign-text", test_foreign_text);
  ADD ("threads", test_threads);
  return g_test_run ();
}
