/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/lib/support.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static void
check (int rc)
{
  if (rc < 0)
    g_error ("GnuTLS: %s", gnutls_strerror (rc));
}

static void
make_key (TestCertificate *made, const TestCertificateSpec *spec)
{
  check (gnutls_x509_privkey_init (&made->key));
  if (spec->same_key != NULL)
    check (gnutls_x509_privkey_cpy (made->key, spec->same_key->key));
  else if (spec->rsa_bits > 0)
    check (gnutls_x509_privkey_generate (made->key, GNUTLS_PK_RSA, spec->rsa_bits, 0));
  else
    check (gnutls_x509_privkey_generate (made->key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0));
}

static void
set_extensions (gnutls_x509_crt_t crt, const TestCertificateSpec *spec)
{
  guint8 key_id[20];
  size_t size = sizeof key_id;

  if (spec->v1)
    return;
  check (gnutls_x509_crt_set_basic_constraints (crt, !spec->not_ca, -1));
  check (gnutls_x509_crt_set_key_usage (crt, spec->usage != 0 ? spec->usage
                                             : spec->not_ca   ? GNUTLS_KEY_DIGITAL_SIGNATURE
                                                              : GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN));
  check (gnutls_x509_crt_get_key_id (crt, 0, key_id, &size));
  check (gnutls_x509_crt_set_subject_key_id (crt, key_id, size));
  if (spec->issuer != NULL)
    {
      size = sizeof key_id;
      if (gnutls_x509_crt_get_subject_key_id (spec->issuer->crt, key_id, &size, NULL) == 0)
        check (gnutls_x509_crt_set_authority_key_id (crt, key_id, size));
    }
  if (spec->dns_name != NULL)
    check (gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_DNSNAME, spec->dns_name, strlen (spec->dns_name), GNUTLS_FSAN_SET));
  if (spec->eku != NULL)
    check (gnutls_x509_crt_set_key_purpose_oid (crt, spec->eku, 0));
}

TestCertificate *
test_certificate_new (const TestCertificateSpec *spec)
{
  static gint next_serial = 1;
  TestCertificate *made = g_new0 (TestCertificate, 1);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  guint32 serial = GUINT32_TO_BE ((guint32) g_atomic_int_add (&next_serial, 1));
  const char *error_at = NULL;
  gnutls_datum_t der = { NULL, 0 };
  g_autoptr (GError) error = NULL;

  make_key (made, spec);
  check (gnutls_x509_crt_init (&made->crt));
  check (gnutls_x509_crt_set_version (made->crt, spec->v1 ? 1 : 3));
  check (gnutls_x509_crt_set_serial (made->crt, &serial, sizeof serial));
  check (gnutls_x509_crt_set_dn (made->crt, spec->dn, &error_at));
  check (gnutls_x509_crt_set_activation_time (made->crt, spec->not_before != 0 ? spec->not_before : now - 86400));
  check (gnutls_x509_crt_set_expiration_time (made->crt, spec->not_after != 0 ? spec->not_after : now + 365 * 86400));
  check (gnutls_x509_crt_set_key (made->crt, made->key));
  set_extensions (made->crt, spec);
  check (gnutls_x509_crt_sign2 (made->crt, spec->issuer != NULL ? spec->issuer->crt : made->crt, spec->issuer != NULL ? spec->issuer->key : made->key,
                                GNUTLS_DIG_SHA256, 0));
  check (gnutls_x509_crt_export2 (made->crt, GNUTLS_X509_FMT_DER, &der));
  made->certificate = trust_certificate_new (der.data, der.size, &error);
  g_assert_no_error (error);
  gnutls_free (der.data);
  return made;
}

TestCertificate *
test_certificate_new_root (const char *dn)
{
  TestCertificateSpec spec = { .dn = dn };

  return test_certificate_new (&spec);
}

void
test_certificate_free (TestCertificate *certificate)
{
  trust_certificate_unref (certificate->certificate);
  gnutls_x509_crt_deinit (certificate->crt);
  gnutls_x509_privkey_deinit (certificate->key);
  g_free (certificate);
}

char *
test_certificate_dup_pem (const TestCertificate *certificate)
{
  gnutls_datum_t pem = { NULL, 0 };
  char *copy = NULL;

  check (gnutls_x509_crt_export2 (certificate->crt, GNUTLS_X509_FMT_PEM, &pem));
  copy = g_strndup ((const char *) pem.data, pem.size);
  gnutls_free (pem.data);
  return copy;
}

char *
test_scratch_new (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("anchord-test-XXXXXX", &error);

  g_assert_no_error (error);
  return path;
}

void
test_scratch_remove (const char *path)
{
  g_autoptr (GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name = NULL;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      test_scratch_remove (child);
    }
  g_remove (path);
}

void
test_scratch_write (const char *scratch, const char *path, const char *content, gssize size)
{
  g_autofree char *whole = g_build_filename (scratch, path, NULL);
  g_autofree char *folder = g_path_get_dirname (whole);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_file_set_contents (whole, content, size, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (whole, 0644), ==, 0);
}

char *
test_scratch_read (const char *scratch, const char *path)
{
  g_autofree char *whole = g_build_filename (scratch, path, NULL);
  char *content = NULL;

  return g_file_get_contents (whole, &content, NULL, NULL) ? content : NULL;
}

gboolean
test_scratch_exists (const char *scratch, const char *path)
{
  g_autofree char *whole = g_build_filename (scratch, path, NULL);
  struct stat st;

  return lstat (whole, &st) == 0;
}

void
test_scratch_make_debian (const char *scratch)
{
  g_autofree char *tool = g_build_filename (scratch, "usr/sbin/update-ca-certificates", NULL);

  test_scratch_write (scratch, "etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n", -1);
  test_scratch_write (scratch, "usr/sbin/update-ca-certificates", "#!/bin/sh\nexit 0\n", -1);
  g_assert_cmpint (g_chmod (tool, 0755), ==, 0);
  test_scratch_write (scratch, "etc/ca-certificates.conf", "# none\n", -1);
  test_scratch_write (scratch, "etc/ssl/certs/ca-certificates.crt", "", 0);
}
