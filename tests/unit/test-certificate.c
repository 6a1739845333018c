/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/certificate.h"

#include "core/limits.h"
#include "core/name.h"
#include "core/pem.h"
#include "tests/lib/forge-certificate.h"
#include "tests/lib/peer.h"

#include <string.h>

#define MOZILLA "/usr/share/ca-certificates/mozilla"

static void
test_usual (void)
{
  g_autoptr (GByteArray) der = forge_certificate (&(ForgeCertificate) { .version = 3 });
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustCertificate) c = trust_certificate_new (der->data, der->len, &error);
  TrustFingerprint fingerprint;

  g_assert_no_error (error);
  trust_fingerprint_of (der->data, der->len, &fingerprint);
  g_assert_true (trust_fingerprint_equal (trust_certificate_get_fingerprint (c), &fingerprint));
  g_assert_true (trust_span_equal (trust_certificate_get_der (c), forge_span (der)));
  g_assert_cmpstr (trust_certificate_get_subject (c), ==, "CN=Forged");
  g_assert_cmpstr (trust_certificate_get_common_name (c), ==, "Forged");
  g_assert_cmpstr (trust_certificate_get_organization (c), ==, "");
  g_assert_cmpuint (trust_certificate_get_version (c), ==, 3);
  g_assert_true (trust_certificate_is_ca (c));
  g_assert_true (trust_certificate_may_sign (c));
  g_assert_true (trust_certificate_is_self_issued (c));
  g_assert_false (trust_certificate_has_md5_signature (c));
  g_assert_cmpstr (trust_certificate_get_signature_algorithm (c), ==, "RSA-SHA256");
  g_assert_cmpint (trust_certificate_get_not_before (c), ==, 1704067200);
  g_assert_cmpint (trust_certificate_get_not_after (c), ==, 2019686400);
  g_assert_cmpuint (trust_certificate_get_openssl_hash (c), ==, trust_name_openssl_hash (trust_certificate_get_subject_der (c)));
  g_assert_cmpuint (trust_certificate_get_subject_id (c), ==, trust_name_id (trust_certificate_get_subject_der (c)));
  g_assert_cmpuint (trust_certificate_get_issuer_id (c), ==, trust_certificate_get_subject_id (c));

  g_autofree char *issuer = trust_certificate_dup_issuer (c);
  g_autofree char *title = trust_certificate_dup_title (c);

  g_assert_cmpstr (issuer, ==, "CN=Forged");
  g_assert_cmpstr (title, ==, "Forged");
}

static void
assert_key (gnutls_pk_algorithm_t algorithm, guint bits, TrustKeyType type, guint expected_bits, const char *description)
{
  g_autoptr (GByteArray) key = forge_key (algorithm, bits);
  g_autoptr (TrustCertificate) c = forge (&(ForgeCertificate) { .key = key });
  g_autofree char *text = trust_certificate_dup_key_description (c);
  TrustFingerprint fingerprint;

  g_assert_cmpint (trust_certificate_get_key_type (c), ==, type);
  g_assert_cmpuint (trust_certificate_get_key_bits (c), ==, expected_bits);
  g_assert_cmpstr (text, ==, description);
  trust_fingerprint_of (key->data, key->len, &fingerprint);
  g_assert_true (trust_fingerprint_equal (trust_certificate_get_key_fingerprint (c), &fingerprint));
}

static void
test_keys (void)
{
  assert_key (GNUTLS_PK_RSA, 1024, TRUST_KEY_RSA, 1024, "RSA 1024");
  assert_key (GNUTLS_PK_RSA, 2048, TRUST_KEY_RSA, 2048, "RSA 2048");
  assert_key (GNUTLS_PK_RSA_PSS, 2048, TRUST_KEY_RSA_PSS, 2048, "RSA-PSS 2048");
  assert_key (GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), TRUST_KEY_EC, 256, "EC P-256");
  assert_key (GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP384R1), TRUST_KEY_EC, 384, "EC P-384");
  assert_key (GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP521R1), TRUST_KEY_EC, 521, "EC P-521");
  assert_key (GNUTLS_PK_EDDSA_ED25519, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_ED25519), TRUST_KEY_ED25519, 256, "Ed25519");
  assert_key (GNUTLS_PK_DSA, 1024, TRUST_KEY_DSA, 1024, "DSA 1024");
  assert_key (GNUTLS_PK_EDDSA_ED448, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_ED448), TRUST_KEY_ED448, 456, "Ed448");
}

/* A key that GnuTLS cannot read does not make the certificate unreadable. */
static void
test_unknown_keys (void)
{
  static const struct
  {
    const char *oid;
    gsize size;
    const char *curve;
    gsize curve_size;
  } cases[] = {
    { "\x2a\x03\x04", 3, NULL, 0 },
    { "\x2a\x86\x48\xce\x3d\x02\x01", 7, "\x2b\x24\x03\x03\x02\x08\x01\x01\x07", 9 }, /* brainpoolP256r1 */
    { "\x2a\x86\x48\xce\x3d\x02\x01", 7, "\x2b\x81\x04\x00\x0a", 5 },                 /* secp256k1 */
    { "\x60\x86\x48\x01\x65\x03\x04\x03\x12", 9, NULL, 0 },                           /* ML-DSA-65 */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GByteArray *algorithm = forge_element (0x06, forge_bytes (cases[i].oid, cases[i].size));

      if (cases[i].curve != NULL)
        algorithm = forge_join (algorithm, forge_element (0x06, forge_bytes (cases[i].curve, cases[i].curve_size)), NULL);

      g_autoptr (GByteArray) key = forge_element (0x30, forge_join (forge_element (0x30, algorithm), forge_element (0x03, FORGE_BYTES ("\0\x04key")),
                                                                    NULL));
      g_autoptr (TrustCertificate) c = forge (&(ForgeCertificate) { .key = key });
      g_autofree char *text = trust_certificate_dup_key_description (c);

      g_assert_cmpint (trust_certificate_get_key_type (c), ==, TRUST_KEY_OTHER);
      g_assert_cmpstr (text, ==, "unknown");
      g_assert_cmpstr (trust_certificate_get_subject (c), ==, "CN=Forged");
    }
}

static void
test_signatures (void)
{
  static const struct
  {
    const char *oid;
    gsize size;
    const char *name;
    gboolean is_md5;
  } cases[] = {
    { "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", 9, "RSA-SHA1", FALSE },
    { "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", 9, "RSA-MD5", TRUE },
    { "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02", 9, "RSA-MD2", TRUE },
    { "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x03", 9, "unknown", TRUE },
    { "\x2b\x0e\x03\x02\x03", 5, NULL, TRUE },
    { "\x2a\x86\x48\xce\x3d\x04\x03\x03", 8, "ECDSA-SHA384", FALSE },
    { "\x2b\x65\x70", 3, "EdDSA-Ed25519", FALSE },
    { "\x2a\x03\x04", 3, "unknown", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GByteArray) algorithm = forge_algorithm (cases[i].oid, cases[i].size);
      g_autoptr (TrustCertificate) c = forge (&(ForgeCertificate) { .signature_algorithm = algorithm });

      if (cases[i].name != NULL)
        g_assert_cmpstr (trust_certificate_get_signature_algorithm (c), ==, cases[i].name);
      g_assert_cmpint (trust_certificate_has_md5_signature (c), ==, cases[i].is_md5);
    }

  g_autoptr (GByteArray) other = forge_algorithm ("\x2a\x03\x04", 3);

  forge_refused (&(ForgeCertificate) { .outer_algorithm = other }, "two signature algorithms"); /* RFC 5280 4.1.1.2 */
}

static void
assert_title (GByteArray *name, const char *title)
{
  g_autoptr (GByteArray) subject = name;
  g_autoptr (TrustCertificate) c = forge (&(ForgeCertificate) { .subject = subject });
  g_autofree char *found = trust_certificate_dup_title (c);

  g_assert_cmpstr (found, ==, title);
}

static void
test_titles (void)
{
#define RDN(oid, text) forge_element (0x31, forge_attribute (oid, 0x0c, text, strlen (text)))
#define COUNTRY forge_element (0x31, forge_attribute (FORGE_OID_C, 0x13, "DE", 2))
  assert_title (forge_element (0x30, forge_join (RDN (FORGE_OID_O, "Org"), RDN (FORGE_OID_OU, "Unit"), RDN (FORGE_OID_CN, "Name"), NULL)), "Name");
  assert_title (forge_element (0x30, forge_join (RDN (FORGE_OID_O, "Org"), RDN (FORGE_OID_OU, "Unit"), NULL)), "Unit");
  assert_title (forge_element (0x30, forge_join (RDN (FORGE_OID_O, "Org"), COUNTRY, NULL)), "Org");
  assert_title (forge_element (0x30, COUNTRY), "C=DE");
  assert_title (forge_element (0x30, RDN (FORGE_OID_CN, "Füße 日本 🔒")), "Füße 日本 🔒");
  assert_title (forge_element (0x30, NULL), "");
#undef RDN
#undef COUNTRY
}

/* RFC 4514: UTF-8, specials escaped; what GnuTLS cannot write is hexadecimal. Never NULL, always UTF-8. */
static void
test_subjects (void)
{
  static const struct
  {
    guint8 tag;
    const char *text;
    gsize size;
    const char *subject;
  } cases[] = {
    { 0x0c, "Füße", 6, "CN=Füße" },
    { 0x0c, "a,b+c", 5, "CN=a\\,b\\+c" },
    { 0x1e, "\0A\x65\xe5", 4, "CN=A日" },
    { 0x0c, "a\x1b[31m\xe2\x80\xae", 9, NULL },
    { 0x0c, "\xff\xfe", 2, NULL },
    { 0x0c, "a\0b", 3, NULL },
    { 0x1e, "\0A\0", 3, NULL },
    { 0x14, "M\xfcn", 3, NULL },
    { 0x03, "\0x", 2, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GByteArray) name = forge_element (0x30,
                                                   forge_element (0x31, forge_attribute (FORGE_OID_CN, cases[i].tag, cases[i].text, cases[i].size)));
      g_autoptr (TrustCertificate) c = forge (&(ForgeCertificate) { .subject = name });
      g_autoptr (TrustCertificate) issued = forge (&(ForgeCertificate) { .issuer = name });
      g_autofree char *issuer = trust_certificate_dup_issuer (issued);

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_true (g_utf8_validate (trust_certificate_get_subject (c), -1, NULL));
      g_assert_cmpstr (trust_certificate_get_subject (c), !=, "");
      g_assert_cmpstr (issuer, ==, trust_certificate_get_subject (c));
      if (cases[i].subject != NULL)
        g_assert_cmpstr (trust_certificate_get_subject (c), ==, cases[i].subject);
      g_assert_true (trust_span_equal (trust_certificate_get_subject_der (c), forge_span (name)));
      g_assert_true (trust_span_equal (trust_certificate_get_issuer_der (issued), forge_span (name)));
    }
}

/* RFC 5280 7.1: names are compared folded. */
static void
test_self_issued (void)
{
  g_autoptr (GByteArray) one = forge_name (FORGE_OID_CN, 0x13, "Corp  Root");
  g_autoptr (GByteArray) same = forge_name (FORGE_OID_CN, 0x0c, "corp root");
  g_autoptr (GByteArray) other = forge_name (FORGE_OID_CN, 0x0c, "corp root 2");
  g_autoptr (TrustCertificate) a = forge (&(ForgeCertificate) { .subject = one, .issuer = same });
  g_autoptr (TrustCertificate) b = forge (&(ForgeCertificate) { .subject = one, .issuer = other });
  g_autofree char *issuer = trust_certificate_dup_issuer (b);

  g_assert_true (trust_certificate_is_self_issued (a));
  g_assert_cmpuint (trust_certificate_get_subject_id (a), ==, trust_certificate_get_issuer_id (a));
  g_assert_false (trust_certificate_is_self_issued (b));
  g_assert_cmpuint (trust_certificate_get_issuer_id (b), ==, trust_name_id (forge_span (other)));
  g_assert_cmpstr (issuer, ==, "CN=corp root 2");
}

/* As large as is taken: every offset still fits. */
static void
test_largest (void)
{
  gsize fill = TRUST_LIMIT_CERTIFICATE_BYTES - 400;
  g_autoptr (GByteArray) der = NULL;

  do
    {
      g_autofree char *value = g_malloc0 (fill);
      g_autoptr (GByteArray) extension = forge_extension ("\x2a\x03\x04", value, fill);

      g_clear_pointer (&der, g_byte_array_unref);
      der = forge_certificate (&(ForgeCertificate) { .extensions = extension });
      fill += TRUST_LIMIT_CERTIFICATE_BYTES - der->len;
    }
  while (der->len != TRUST_LIMIT_CERTIFICATE_BYTES);

  g_autoptr (GError) error = NULL;
  g_autoptr (TrustCertificate) c = trust_certificate_new (der->data, der->len, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (trust_certificate_get_common_name (c), ==, "Forged");

  /* The subject lies at the far end, behind a long issuer. */
  g_autofree char *text = g_strnfill (60000, 'i');
  g_autoptr (GByteArray) issuer = forge_name (FORGE_OID_O, 0x0c, text);
  g_autoptr (TrustCertificate) far = forge (&(ForgeCertificate) { .issuer = issuer });

  g_assert_cmpuint (trust_certificate_get_issuer_der (far).size, ==, issuer->len);
  g_assert_cmpuint (trust_certificate_get_subject_id (far), ==, trust_certificate_get_subject_id (c));
}

/* Changed at random: a certificate or an error, never harm. The copy ends where the certificate does. */
static void
test_mutations (void)
{
  g_autoptr (GByteArray) extensions = forge_join (forge_extension (FORGE_OID_BASIC_CONSTRAINTS, "\x30\x06\x01\x01\xff\x02\x01\x00", 8),
                                                  forge_extension (FORGE_OID_KEY_USAGE, "\x03\x02\x01\x06", 4), NULL);
  g_autoptr (GByteArray) der = forge_certificate (&(ForgeCertificate) { .extensions = extensions });
  guint n_good = 0;

  for (guint round = 0; round < 20000; round++)
    {
      g_autofree guint8 *copy = g_malloc (der->len);
      g_autoptr (GError) error = NULL;

      memcpy (copy, der->data, der->len);
      for (gint changes = g_test_rand_int_range (1, 4); changes > 0; changes--)
        copy[g_test_rand_int_range (0, (gint) der->len)] = (guint8) g_test_rand_int ();

      g_autoptr (TrustCertificate) c = trust_certificate_new (copy, der->len, &error);

      if (c == NULL)
        {
          g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT);
          continue;
        }

      g_autofree char *issuer = trust_certificate_dup_issuer (c);
      g_autofree char *title = trust_certificate_dup_title (c);
      g_autofree char *key = trust_certificate_dup_key_description (c);

      g_assert_true (g_utf8_validate (trust_certificate_get_subject (c), -1, NULL));
      g_assert_true (g_utf8_validate (title, -1, NULL) && g_utf8_validate (issuer, -1, NULL) && key != NULL);
      n_good++;
    }
  g_test_message ("%u of 20000 still are certificates", n_good);
  g_assert_cmpuint (n_good, >, 0);
}

static void
append_time (GString *out, const char *what, gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
  g_autofree char *text = g_date_time_format (time, "%Y-%m-%d %H:%M:%SZ");

  g_string_append_printf (out, "%s=%s\n", what, text);
}

static char *
describe_like_openssl (TrustCertificate *c)
{
  const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (c);
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "%08x\nsha256 Fingerprint=", trust_certificate_get_openssl_hash (c));
  for (guint i = 0; i < 32; i++)
    g_string_append_printf (out, "%02X%c", fingerprint->bytes[i], i < 31 ? ':' : '\n');
  append_time (out, "notBefore", trust_certificate_get_not_before (c));
  append_time (out, "notAfter", trust_certificate_get_not_after (c));
  return g_string_free (out, FALSE);
}

/* Every root of the distribution's set is read, and OpenSSL agrees on hash, fingerprint and times. */
static void
test_mozilla (void)
{
  g_autoptr (GDir) dir = g_dir_open (MOZILLA, 0, NULL);
  const char *file;

  if (dir == NULL)
    {
      g_test_skip ("there is no " MOZILLA);
      return;
    }
  while ((file = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (MOZILLA, file, NULL);
      g_autofree char *pem = NULL;
      gsize size, offset = 0;
      TrustPemBlock block;
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_get_contents (path, &pem, &size, NULL));
      g_assert_true (trust_pem_next ((TrustSpan) { (guint8 *) pem, size }, &offset, &block, &error));

      g_autoptr (GByteArray) der = trust_pem_decode (block.body, &error);
      g_autoptr (TrustCertificate) c = trust_certificate_new (der->data, der->len, &error);

      g_assert_no_error (error);
      g_assert_true (trust_certificate_is_ca (c) || trust_certificate_get_version (c) == 1);

      g_autofree char *own = describe_like_openssl (c);
      g_autofree char *theirs = peer_ask ("openssl x509 -noout -subject_hash -fingerprint -sha256 -dates -dateopt iso_8601",
                                          (TrustSpan) { (guint8 *) pem, size });

      g_assert_cmpstr (own, ==, theirs);
    }
}

static gpointer
ref_and_unref (gpointer data)
{
  for (guint i = 0; i < 100000; i++)
    trust_certificate_unref (trust_certificate_ref (data));
  return NULL;
}

static void
test_references (void)
{
  g_autoptr (TrustCertificate) c = forge (&(ForgeCertificate) { .version = 3 });
  GThread *threads[4];

  for (guint i = 0; i < 4; i++)
    threads[i] = g_thread_new ("ref", ref_and_unref, c);
  for (guint i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  g_assert_cmpstr (trust_certificate_get_subject (c), ==, "CN=Forged");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/certificate/usual", test_usual);
  g_test_add_func ("/certificate/keys", test_keys);
  g_test_add_func ("/certificate/unknown-keys", test_unknown_keys);
  g_test_add_func ("/certificate/signatures", test_signatures);
  g_test_add_func ("/certificate/titles", test_titles);
  g_test_add_func ("/certificate/subjects", test_subjects);
  g_test_add_func ("/certificate/self-issued", test_self_issued);
  g_test_add_func ("/certificate/largest", test_largest);
  g_test_add_func ("/certificate/mutations", test_mutations);
  g_test_add_func ("/certificate/mozilla", test_mozilla);
  g_test_add_func ("/certificate/references", test_references);
  return g_test_run ();
}
