/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/error.h"
#include "core/policy.h"

#include "tests/lib/support.h"

#include <gnutls/abstract.h>
#include <string.h>

static TrustAnchorSet *
make_set (TrustAnchor *anchor, TrustDistrust *distrust)
{
  g_autoptr (GPtrArray) anchors = g_ptr_array_new ();
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new ();

  if (anchor != NULL)
    g_ptr_array_add (anchors, anchor);
  if (distrust != NULL)
    g_ptr_array_add (distrusts, distrust);
  return trust_anchor_set_new (anchors, distrusts);
}

static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
assert_admitted (const TrustCertificate *certificate, const TrustChange *change, const TrustAnchorSet *set)
{
  g_autoptr (GError) error = NULL;

  trust_policy_admit (certificate, change, set, now (), &error);
  g_assert_no_error (error);
}

/* Refused with CODE; the message has all of PARTS. */
static void
assert_refused (const TrustCertificate *certificate, const TrustChange *change, const TrustAnchorSet *set, int code, const char *parts[])
{
  g_autoptr (GError) error = NULL;

  g_assert_false (trust_policy_admit (certificate, change, set, now (), &error));
  g_assert_error (error, TRUST_ERROR, code);
  g_test_message ("%s", error->message);
  for (guint i = 0; parts[i] != NULL; i++)
    g_assert_nonnull (strstr (error->message, parts[i]));
}

#define PARTS(...) ((const char *[]) { __VA_ARGS__, NULL })

static void
test_good (void)
{
  g_autoptr (TestCertificate) ec = test_certificate_new_root ("CN=Good");
  TestCertificateSpec spec = { .dn = "CN=Good RSA", .rsa_bits = 2048 };
  g_autoptr (TestCertificate) rsa = test_certificate_new (&spec);
  TestCertificateSpec later = { .dn = "CN=Later", .not_before = now () + 86400 };
  g_autoptr (TestCertificate) not_yet = test_certificate_new (&later);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustAnchorSet) set = make_set (NULL, NULL);

  assert_admitted (ec->certificate, change, set);
  assert_admitted (rsa->certificate, change, set);
  assert_admitted (not_yet->certificate, change, set);
}

static void
test_not_ca (void)
{
  TestCertificateSpec leaf_spec = { .dn = "CN=Leaf\xe2\x80\xae", .not_ca = TRUE };
  TestCertificateSpec v1_spec = { .dn = "CN=Old", .v1 = TRUE };
  g_autoptr (TestCertificate) leaf = test_certificate_new (&leaf_spec);
  g_autoptr (TestCertificate) v1 = test_certificate_new (&v1_spec);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustAnchorSet) set = make_set (NULL, NULL);

  assert_refused (leaf->certificate, change, set, TRUST_ERROR_POLICY, PARTS ("rule not-ca", "--allow-non-ca", "Leaf\\u{202E}"));
  assert_refused (v1->certificate, change, set, TRUST_ERROR_POLICY, PARTS ("rule not-ca", "version 1", "--allow-non-ca"));
  change->allow_non_ca = TRUE;
  assert_admitted (leaf->certificate, change, set);
  assert_admitted (v1->certificate, change, set);
}

static void
test_expired (void)
{
  TestCertificateSpec spec = { .dn = "CN=Gone", .not_before = 1500000000, .not_after = 1600000000 };
  g_autoptr (TestCertificate) gone = test_certificate_new (&spec);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustAnchorSet) set = make_set (NULL, NULL);

  assert_refused (gone->certificate, change, set, TRUST_ERROR_POLICY, PARTS ("rule expired", "2020-09-13", "--allow-expired"));
  change->allow_expired = TRUE;
  assert_admitted (gone->certificate, change, set);
}

/* A certificate that is signed with DIGEST and says USAGE (0: keyUsage absent). */
static TrustCertificate *
make_odd (gnutls_pk_algorithm_t algorithm, guint bits, gnutls_digest_algorithm_t digest, guint usage)
{
  g_autoptr (GError) error = NULL;
  gnutls_x509_crt_t crt;
  gnutls_x509_privkey_t key;
  gnutls_privkey_t abstract;
  gnutls_datum_t der;
  guint8 serial = 1;

  g_assert_cmpint (gnutls_x509_privkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_generate (key, algorithm, bits, 0), ==, 0);
  g_assert_cmpint (gnutls_privkey_init (&abstract), ==, 0);
  g_assert_cmpint (gnutls_privkey_import_x509 (abstract, key, GNUTLS_PRIVKEY_IMPORT_COPY), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_init (&crt), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_version (crt, 3), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_serial (crt, &serial, 1), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_dn (crt, "CN=Odd", NULL), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_activation_time (crt, now () - 60), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_expiration_time (crt, now () + 86400), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_basic_constraints (crt, 1, -1), ==, 0);
  if (usage != 0)
    g_assert_cmpint (gnutls_x509_crt_set_key_usage (crt, usage), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_key (crt, key), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_privkey_sign (crt, crt, abstract, digest, 0), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_DER, &der), ==, 0);

  TrustCertificate *certificate = trust_certificate_new (der.data, der.size, &error);

  g_assert_no_error (error);
  gnutls_free (der.data);
  gnutls_x509_crt_deinit (crt);
  gnutls_privkey_deinit (abstract);
  gnutls_x509_privkey_deinit (key);
  return certificate;
}

static void
test_weak (void)
{
  g_autoptr (TrustCertificate) rsa_512 = make_odd (GNUTLS_PK_RSA, 512, GNUTLS_DIG_SHA256, 0);
  g_autoptr (TrustCertificate) rsa_1024 = make_odd (GNUTLS_PK_RSA, 1024, GNUTLS_DIG_SHA256, 0);
  g_autoptr (TrustCertificate) p192 = make_odd (GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP192R1), GNUTLS_DIG_SHA256, 0);
  g_autoptr (TrustCertificate) md5 = make_odd (GNUTLS_PK_RSA, 2048, GNUTLS_DIG_MD5, 0);
  g_autoptr (TrustCertificate) sha1 = make_odd (GNUTLS_PK_RSA, 2048, GNUTLS_DIG_SHA1, 0);
  g_autoptr (TrustCertificate) no_sign = make_odd (GNUTLS_PK_RSA, 2048, GNUTLS_DIG_SHA256, GNUTLS_KEY_DIGITAL_SIGNATURE);
  g_autoptr (TrustCertificate) ed25519 = make_odd (GNUTLS_PK_EDDSA_ED25519, 0, GNUTLS_DIG_SHA512, 0);
  g_autoptr (TrustCertificate) ed448 = make_odd (GNUTLS_PK_EDDSA_ED448, 0, GNUTLS_DIG_SHAKE_256, 0);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustAnchorSet) set = make_set (NULL, NULL);

  change->allow_expired = change->allow_non_ca = change->replace = change->override_distrust = TRUE;
  assert_refused (rsa_512, change, set, TRUST_ERROR_POLICY, PARTS ("rule key-size", "RSA 512", "RSA 2048", "no option"));
  assert_refused (rsa_1024, change, set, TRUST_ERROR_POLICY, PARTS ("rule key-size", "RSA 1024", "no option"));
  assert_refused (p192, change, set, TRUST_ERROR_POLICY, PARTS ("rule key-size", "EC", "no option"));
  assert_refused (md5, change, set, TRUST_ERROR_POLICY, PARTS ("rule signature", "MD5", "no option"));
  assert_refused (no_sign, change, set, TRUST_ERROR_POLICY, PARTS ("rule key-usage", "keyCertSign", "no option"));
  assert_admitted (sha1, change, set);
  assert_admitted (ed25519, change, set);
  assert_admitted (ed448, change, set);
}

static void
test_distrusted (void)
{
  g_autoptr (TestCertificate) root = test_certificate_new_root ("CN=Refused");
  TrustCertificate *c = root->certificate;
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "anchors-etc", "/x.distrust", FALSE);
  TrustNote *note = trust_note_new (NULL, "stolen", NULL, 0);
  TrustSpan none = { NULL, 0 };
  TrustSpan issuer = trust_certificate_get_issuer_der (c), serial = trust_certificate_get_serial (c);
  const TrustFingerprint *hash = trust_certificate_get_fingerprint (c), *key = trust_certificate_get_key_fingerprint (c);
  g_autoptr (TrustDistrust) by_hash = trust_distrust_new (hash, NULL, none, none, NULL, origin, note);
  g_autoptr (TrustDistrust) by_key = trust_distrust_new (NULL, key, none, none, NULL, origin, NULL);
  g_autoptr (TrustDistrust) by_serial = trust_distrust_new (NULL, NULL, issuer, serial, NULL, origin, NULL);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);
  TrustDistrust *all[] = { by_hash, by_key, by_serial };
  static const char *const what[] = { "its certificate is distrusted", "its key is distrusted", "its issuer and serial number" };

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (TrustAnchorSet) set = make_set (NULL, all[i]);

      change->override_distrust = FALSE;
      assert_refused (c, change, set, TRUST_ERROR_DISTRUSTED, PARTS (what[i], "x.distrust", "--override-distrust"));
      change->override_distrust = TRUE;
      assert_admitted (c, change, set);
    }

  g_autoptr (TrustAnchorSet) with_reason = make_set (NULL, by_hash);
  change->override_distrust = FALSE;
  assert_refused (c, change, with_reason, TRUST_ERROR_DISTRUSTED, PARTS ("stolen"));

  /* One that a higher layer lifted already is an anchor. */
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
  g_autoptr (TrustAnchor) anchor = trust_anchor_new (c, settings, origin, NULL);
  g_autoptr (TrustAnchorSet) lifted = make_set (anchor, by_hash);
  assert_admitted (c, change, lifted);
  trust_note_unref (note);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/policy/good", test_good);
  g_test_add_func ("/policy/not-ca", test_not_ca);
  g_test_add_func ("/policy/expired", test_expired);
  g_test_add_func ("/policy/weak", test_weak);
  g_test_add_func ("/policy/distrusted", test_distrusted);
  return g_test_run ();
}
