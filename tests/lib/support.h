/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates and scratch roots for tests, made on the spot with GnuTLS. */
#pragma once

#include "core/certificate.h"

#include <gnutls/x509.h>

typedef struct
{
  const char *dn; /* "CN=Example Root,O=Example" */
  gboolean not_ca;
  gboolean v1;
  guint rsa_bits;                          /* 0: P-256 */
  gint64 not_before;                       /* 0: a day ago */
  gint64 not_after;                        /* 0: in a year */
  const char *dns_name;                    /* (nullable) a SAN */
  const char *eku;                         /* (nullable) one OID */
  guint usage;                             /* of GNUTLS_KEY_*; 0: what is usual */
  const struct _TestCertificate *issuer;   /* (nullable) NULL: self-signed */
  const struct _TestCertificate *same_key; /* (nullable) takes that one's key */
} TestCertificateSpec;

/* A certificate with its key, so that it can issue others. */
typedef struct _TestCertificate
{
  TrustCertificate *certificate; /* (owned) */
  gnutls_x509_crt_t crt;         /* (owned) */
  gnutls_x509_privkey_t key;     /* (owned) */
} TestCertificate;

/* Never fails: a test that can't make its certificates aborts. */
TestCertificate *test_certificate_new (const TestCertificateSpec *spec);
TestCertificate *test_certificate_new_root (const char *dn);
void test_certificate_free (TestCertificate *certificate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestCertificate, test_certificate_free)
/* PEM of the certificate. Returns: (transfer full). */
char *test_certificate_dup_pem (const TestCertificate *certificate);

/* A new folder below the temporary directory. Returns: (transfer full). */
char *test_scratch_new (void);
/* Removes it with all it holds. */
void test_scratch_remove (const char *path);
/* Writes PATH below SCRATCH, making folders. */
void test_scratch_write (const char *scratch, const char *path, const char *content, gssize size);
/* The content of PATH below SCRATCH, NULL if there is none. Returns: (transfer full). */
char *test_scratch_read (const char *scratch, const char *path);
gboolean test_scratch_exists (const char *scratch, const char *path);
/* os-release and the tool of Debian, so that the root is detected as such, and an empty /etc/ca-certificates.conf. */
void test_scratch_make_debian (const char *scratch);
