/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/error.h"
#include "core/intake.h"
#include "core/limits.h"
#include "core/pem.h"

#include "tests/lib/support.h"

#include <gnutls/abstract.h>
#include <gnutls/pkcs12.h>
#include <gnutls/pkcs7.h>
#include <string.h>

typedef struct
{
  TestCertificate *a; /* (owned) */
  TestCertificate *b; /* (owned) */
  char *pem_a;        /* (owned) */
  char *pem_b;        /* (owned) */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->a = test_certificate_new_root ("CN=Intake A,O=Example");
  f->b = test_certificate_new_root ("CN=Intake B,O=Example");
  f->pem_a = test_certificate_dup_pem (f->a);
  f->pem_b = test_certificate_dup_pem (f->b);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  test_certificate_free (f->a);
  test_certificate_free (f->b);
  g_free (f->pem_a);
  g_free (f->pem_b);
}

/* What is found must be the N certificates, in order. */
static void
assert_found (const void *bytes, gsize size, guint n, ...)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = trust_intake_decode (bytes, size, &error);
  va_list args;

  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, n);
  va_start (args, n);
  for (guint i = 0; i < n; i++)
    {
      const TestCertificate *expected = va_arg (args, const TestCertificate *);

      g_assert_true (trust_fingerprint_equal (trust_certificate_get_fingerprint (g_ptr_array_index (found, i)),
                                              trust_certificate_get_fingerprint (expected->certificate)));
    }
  va_end (args);
}

static void
assert_refused (const void *bytes, gsize size, int code, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (trust_intake_decode (bytes, size, &error));
  g_assert_error (error, TRUST_ERROR, code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, part));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
assert_text_refused (const char *text, int code, const char *part)
{
  assert_refused (text, strlen (text), code, part);
}

static char *
with_crlf (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  return g_strjoinv ("\r\n", lines);
}

static void
test_pem (Fixture *f, gconstpointer data)
{
  g_autofree char *both = g_strconcat ("Subject: CN=A\nsome -----text\n", f->pem_a, "\nmore\n", f->pem_b, "end", NULL);
  g_autofree char *crlf = with_crlf (both);
  g_autofree char *bom = g_strconcat ("\xef\xbb\xbf", f->pem_a, NULL);
  g_autofree char *twice = g_strconcat (f->pem_b, f->pem_a, f->pem_b, f->pem_a, NULL);
  g_autofree char *old = g_strdup (f->pem_a);
  g_autofree char *others = g_strconcat ("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", f->pem_a, NULL);
  g_auto (GStrv) parts = g_strsplit (f->pem_a, "BEGIN CERT", 2);
  g_autofree char *renamed = g_strjoinv ("BEGIN X509 CERT", parts);
  g_auto (GStrv) end_parts = g_strsplit (renamed, "END CERT", 2);
  g_autofree char *x509 = g_strjoinv ("END X509 CERT", end_parts);

  assert_found (f->pem_a, strlen (f->pem_a), 1, f->a);
  assert_found (f->pem_a, strlen (f->pem_a) - 1, 1, f->a); /* no last newline */
  assert_found (both, strlen (both), 2, f->a, f->b);
  assert_found (crlf, strlen (crlf), 2, f->a, f->b);
  assert_found (bom, strlen (bom), 1, f->a);
  assert_found (twice, strlen (twice), 2, f->b, f->a);
  assert_found (others, strlen (others), 1, f->a);
  assert_found (x509, strlen (x509), 1, f->a);
}

static void
test_der (Fixture *f, gconstpointer data)
{
  TrustSpan der = trust_certificate_get_der (f->a->certificate);
  g_autofree guint8 *longer = g_malloc (der.size + 5);

  assert_found (der.data, der.size, 1, f->a);
  memcpy (longer, der.data, der.size);
  memcpy (longer + der.size, "\n", 2);
  assert_refused (longer, der.size + 1, TRUST_ERROR_INVALID_INPUT, "1 bytes too many");
  assert_refused (der.data, der.size - 1, TRUST_ERROR_INVALID_INPUT, "cut off");
  for (gsize cut = 1; cut < der.size; cut++)
    g_assert_null (trust_intake_decode (der.data, cut, NULL));
  /* PEM that begins with the character 0x30 is no DER. */
  g_autofree char *zero = g_strconcat ("0 is first\n", f->pem_a, NULL);
  assert_found (zero, strlen (zero), 1, f->a);
}

static void
test_empty_and_noise (Fixture *f, gconstpointer data)
{
  guint8 noise[256];

  for (guint i = 0; i < sizeof noise; i++)
    noise[i] = (guint8) (i * 37 + 129);
  assert_refused ("", 0, TRUST_ERROR_INVALID_INPUT, "empty");
  assert_refused (NULL, 0, TRUST_ERROR_INVALID_INPUT, "empty");
  assert_text_refused (" \n\t\r\n", TRUST_ERROR_INVALID_INPUT, "white space");
  assert_text_refused ("hello\n", TRUST_ERROR_INVALID_INPUT, "text without a PEM block");
  assert_text_refused ("<html>", TRUST_ERROR_INVALID_INPUT, "web page");
  assert_text_refused ("ssh-ed25519 AAAA", TRUST_ERROR_INVALID_INPUT, "SSH");
  assert_refused (noise, sizeof noise, TRUST_ERROR_INVALID_INPUT, "binary data");
  assert_refused ("0", 1, TRUST_ERROR_INVALID_INPUT, "");
  assert_refused ("\x30\x82", 2, TRUST_ERROR_INVALID_INPUT, "");
  assert_refused ("\x30\x80\x00\x00", 4, TRUST_ERROR_INVALID_INPUT, "");
  assert_refused ("\x30\x00", 2, TRUST_ERROR_INVALID_INPUT, "");
  assert_refused ("\xff\xfe-\0-\0", 6, TRUST_ERROR_INVALID_INPUT, "UTF-16");
  g_autofree char *bare = g_base64_encode (trust_certificate_get_der (f->a->certificate).data, trust_certificate_get_der (f->a->certificate).size);
  assert_text_refused (bare, TRUST_ERROR_INVALID_INPUT, "base64");
}

static void
test_damaged_pem (Fixture *f, gconstpointer data)
{
  g_autofree char *where = g_strdup_printf ("certificate 2 at byte %" G_GSIZE_FORMAT ":", strlen (f->pem_a));
  g_autofree char *both = g_strconcat (f->pem_a, f->pem_b, NULL);
  g_autofree char *flipped = g_strdup (both);
  char *body = strchr (flipped + strlen (f->pem_a), '\n') + 1;

  for (gsize cut = strlen (f->pem_a) + 30; cut < strlen (both) - 1; cut++)
    g_assert_null (trust_intake_decode (both, cut, NULL));
  body[0] = '!';
  assert_text_refused (flipped, TRUST_ERROR_INVALID_INPUT, where);
  body[0] = 'A';
  assert_text_refused (flipped, TRUST_ERROR_INVALID_INPUT, where);
  g_autofree char *cut_off = g_strndup (both, strlen (both) - 20);
  assert_text_refused (cut_off, TRUST_ERROR_INVALID_INPUT, "after certificate 1: ");
  assert_text_refused ("x -----BEGIN CERTIFICATE-----\n", TRUST_ERROR_INVALID_INPUT, "beginning of a line");
  assert_text_refused ("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", TRUST_ERROR_INVALID_INPUT, "certificate 1 at byte 0");
}

static void
test_other_blocks (Fixture *f, gconstpointer data)
{
  g_autofree char *trusted = g_strconcat (f->pem_a, "-----BEGIN TRUSTED CERTIFICATE-----\nAAAA\n-----END TRUSTED CERTIFICATE-----\n", NULL);

  assert_text_refused (trusted, TRUST_ERROR_INVALID_INPUT, "OpenSSL trusted certificate");
  assert_text_refused ("-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n", TRUST_ERROR_INVALID_INPUT, "PKCS #7");
  assert_text_refused ("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n", TRUST_ERROR_INVALID_INPUT,
                       "certificate request");
  assert_text_refused ("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", TRUST_ERROR_INVALID_INPUT, "revocation list");
  assert_text_refused ("-----BEGIN SOMETHING ELSE-----\nAAAA\n-----END SOMETHING ELSE-----\n", TRUST_ERROR_INVALID_INPUT, "SOMETHING ELSE");
}

/* DER of KEY in each form a key comes in. */
static void
assert_key_refused (gnutls_x509_privkey_t key)
{
  static const guint flags[] = { GNUTLS_PKCS_PLAIN, GNUTLS_PKCS_PBES2_AES_256 };
  gnutls_datum_t der = { NULL, 0 };

  g_assert_cmpint (gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_DER, &der), ==, 0);
  assert_refused (der.data, der.size, TRUST_ERROR_PRIVATE_KEY, "private key");
  assert_refused (der.data, der.size / 2, TRUST_ERROR_PRIVATE_KEY, "private key");

  /* Under a wrong name, too. */
  g_autoptr (GString) disguised = g_string_new (NULL);
  trust_pem_append (disguised, der.data, der.size, "CERTIFICATE");
  assert_text_refused (disguised->str, TRUST_ERROR_PRIVATE_KEY, "private key");
  gnutls_free (der.data);
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    {
      const char *password = flags[i] == GNUTLS_PKCS_PLAIN ? NULL : "secret";

      g_assert_cmpint (gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_DER, password, flags[i], &der), ==, 0);
      assert_refused (der.data, der.size, TRUST_ERROR_PRIVATE_KEY, "private key");
      assert_refused (der.data, der.size - 9, TRUST_ERROR_PRIVATE_KEY, "private key");
      gnutls_free (der.data);
    }
}

static void
test_private_keys (Fixture *f, gconstpointer data)
{
  static const char *const labels[] = { "PRIVATE KEY",           "RSA PRIVATE KEY",     "EC PRIVATE KEY", "DSA PRIVATE KEY",
                                        "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY", "ANY PRIVATE KEY" };
  TestCertificateSpec spec = { .dn = "CN=RSA", .rsa_bits = 2048 };
  g_autoptr (TestCertificate) rsa = test_certificate_new (&spec);

  assert_key_refused (f->a->key);
  assert_key_refused (rsa->key);
  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    {
      g_autofree char *whole = g_strdup_printf ("%s-----BEGIN %s-----\nAAAA\n-----END %s-----\n", f->pem_a, labels[i], labels[i]);
      g_autofree char *cut = g_strdup_printf ("%s-----BEGIN %s-----\nAAAA", f->pem_a, labels[i]);
      g_autofree char *first = g_strdup_printf ("-----BEGIN %s-----\nAAAA\n-----BEGIN CERT", labels[i]);

      assert_text_refused (whole, TRUST_ERROR_PRIVATE_KEY, "private key");
      assert_text_refused (cut, TRUST_ERROR_PRIVATE_KEY, "private key");
      assert_text_refused (first, TRUST_ERROR_PRIVATE_KEY, "at byte 0");
    }
}

static void
test_crq_and_crl (Fixture *f, gconstpointer data)
{
  gnutls_x509_crq_t crq;
  gnutls_x509_crl_t crl;
  gnutls_datum_t der = { NULL, 0 };
  g_autoptr (GString) pem = g_string_new (NULL);

  g_assert_cmpint (gnutls_x509_crq_init (&crq), ==, 0);
  g_assert_cmpint (gnutls_x509_crq_set_version (crq, 1), ==, 0);
  g_assert_cmpint (gnutls_x509_crq_set_dn (crq, "CN=Request", NULL), ==, 0);
  g_assert_cmpint (gnutls_x509_crq_set_key (crq, f->a->key), ==, 0);
  g_assert_cmpint (gnutls_x509_crq_sign2 (crq, f->a->key, GNUTLS_DIG_SHA256, 0), ==, 0);
  g_assert_cmpint (gnutls_x509_crq_export2 (crq, GNUTLS_X509_FMT_DER, &der), ==, 0);
  assert_refused (der.data, der.size, TRUST_ERROR_INVALID_INPUT, "certificate request");
  trust_pem_append (pem, der.data, der.size, "CERTIFICATE");
  assert_text_refused (pem->str, TRUST_ERROR_INVALID_INPUT, "certificate request");
  gnutls_free (der.data);
  gnutls_x509_crq_deinit (crq);

  g_assert_cmpint (gnutls_x509_crl_init (&crl), ==, 0);
  for (guint version = 1; version <= 2; version++)
    {
      g_assert_cmpint (gnutls_x509_crl_set_version (crl, version), ==, 0);
      g_assert_cmpint (gnutls_x509_crl_set_this_update (crl, 1700000000), ==, 0);
      g_assert_cmpint (gnutls_x509_crl_set_next_update (crl, 1800000000), ==, 0);
      g_assert_cmpint (gnutls_x509_crl_sign2 (crl, f->a->crt, f->a->key, GNUTLS_DIG_SHA256, 0), ==, 0);
      g_assert_cmpint (gnutls_x509_crl_export2 (crl, GNUTLS_X509_FMT_DER, &der), ==, 0);
      assert_refused (der.data, der.size, TRUST_ERROR_INVALID_INPUT, "revocation list");
      gnutls_free (der.data);
    }
  gnutls_x509_crl_deinit (crl);
}

static void
test_pkcs (Fixture *f, gconstpointer data)
{
  gnutls_pkcs12_t pkcs12;
  gnutls_pkcs12_bag_t bag;
  gnutls_pkcs7_t pkcs7;
  gnutls_pubkey_t pubkey;
  gnutls_datum_t der = { NULL, 0 };

  g_assert_cmpint (gnutls_pkcs12_init (&pkcs12), ==, 0);
  g_assert_cmpint (gnutls_pkcs12_bag_init (&bag), ==, 0);
  g_assert_cmpint (gnutls_pkcs12_bag_set_crt (bag, f->a->crt), >=, 0);
  g_assert_cmpint (gnutls_pkcs12_set_bag (pkcs12, bag), ==, 0);
  g_assert_cmpint (gnutls_pkcs12_generate_mac (pkcs12, "secret"), ==, 0);
  g_assert_cmpint (gnutls_pkcs12_export2 (pkcs12, GNUTLS_X509_FMT_DER, &der), ==, 0);
  assert_refused (der.data, der.size, TRUST_ERROR_INVALID_INPUT, "PKCS #12");
  gnutls_free (der.data);
  gnutls_pkcs12_bag_deinit (bag);
  gnutls_pkcs12_deinit (pkcs12);

  g_assert_cmpint (gnutls_pkcs7_init (&pkcs7), ==, 0);
  g_assert_cmpint (gnutls_pkcs7_set_crt (pkcs7, f->a->crt), ==, 0);
  g_assert_cmpint (gnutls_pkcs7_export2 (pkcs7, GNUTLS_X509_FMT_DER, &der), ==, 0);
  assert_refused (der.data, der.size, TRUST_ERROR_INVALID_INPUT, "PKCS #7");
  gnutls_free (der.data);
  gnutls_pkcs7_deinit (pkcs7);

  g_assert_cmpint (gnutls_pubkey_init (&pubkey), ==, 0);
  g_assert_cmpint (gnutls_pubkey_import_x509 (pubkey, f->a->crt, 0), ==, 0);
  g_assert_cmpint (gnutls_pubkey_export2 (pubkey, GNUTLS_X509_FMT_DER, &der), ==, 0);
  assert_refused (der.data, der.size, TRUST_ERROR_INVALID_INPUT, "public key");
  gnutls_free (der.data);
  gnutls_pubkey_deinit (pubkey);
}

static char *
repeat (const char *text, guint n, gsize *size)
{
  gsize length = strlen (text);
  char *all = g_malloc (length * n + 1);

  for (guint i = 0; i < n; i++)
    memcpy (all + i * length, text, length);
  all[length * n] = '\0';
  *size = length * n;
  return all;
}

/* Too many, too long: refused at once, before the work that the limit is there to spare. */
static void
test_limits (Fixture *f, gconstpointer data)
{
  gsize size;
  g_autofree char *few = repeat (f->pem_a, TRUST_LIMIT_INPUT_CERTIFICATES, &size);
  gint64 before = g_get_monotonic_time ();

  assert_found (few, size, 1, f->a);

  gint64 taken = g_get_monotonic_time () - before;
  g_autofree char *many = repeat ("-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n", 100000, &size);

  before = g_get_monotonic_time ();
  assert_refused (many, size, TRUST_ERROR_LIMIT_EXCEEDED, "20000");
  g_assert_cmpint (g_get_monotonic_time () - before, <, MAX (taken / 4, 200000));

  g_autofree char *long_text = g_malloc0 (TRUST_LIMIT_INPUT_BYTES + 1);
  assert_refused (long_text, TRUST_LIMIT_INPUT_BYTES + 1, TRUST_ERROR_LIMIT_EXCEEDED, "bytes");

  g_autofree char *begins = repeat ("-----BEGIN ", 1000000, &size);
  assert_refused (begins, size, TRUST_ERROR_LIMIT_EXCEEDED, "20000");
  g_autofree char *dashes = repeat ("-", 20000000, &size);
  assert_refused (dashes, size, TRUST_ERROR_INVALID_INPUT, "text without");
}

/* Every changed bit gives a certificate or an error that can be shown; never a crash. */
static void
test_fuzz (Fixture *f, gconstpointer data)
{
  TrustSpan der = trust_certificate_get_der (f->a->certificate);

  for (gsize at = 0; at < der.size; at++)
    for (guint bit = 0; bit < 8; bit++)
      {
        g_autofree guint8 *copy = g_memdup2 (der.data, der.size);
        g_autoptr (GError) error = NULL;

        copy[at] ^= (guint8) (1 << bit);

        g_autoptr (GPtrArray) found = trust_intake_decode (copy, der.size, &error);

        g_assert_true ((found == NULL) == (error != NULL));
        if (error != NULL)
          g_assert_true (g_utf8_validate (error->message, -1, NULL));
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/intake/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("pem", test_pem);
  ADD ("der", test_der);
  ADD ("empty-and-noise", test_empty_and_noise);
  ADD ("damaged-pem", test_damaged_pem);
  ADD ("other-blocks", test_other_blocks);
  ADD ("private-keys", test_private_keys);
  ADD ("requests-and-lists", test_crq_and_crl);
  ADD ("pkcs", test_pkcs);
  ADD ("limits", test_limits);
  ADD ("fuzz", test_fuzz);
  return g_test_run ();
}
