/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes OCSP responses (RFC 6960 4.2.1) and revocation lists, right or wrong, signed with real keys. */
#pragma once

#include "core/crl.h"
#include "core/ocsp.h"
#include "tests/lib/forge.h"
#include "tests/lib/support.h"

#include <gnutls/crypto.h>

#define FORGE_OCSP_SIGNING "1.3.6.1.5.5.7.3.9"
#define FORGE_OID_OCSP_BASIC "\x2b\x06\x01\x05\x05\x07\x30\x01\x01"
#define FORGE_OID_OCSP_NONCE "\x2b\x06\x01\x05\x05\x07\x30\x01\x02"
#define FORGE_OID_ECDSA_SHA256 "\x2a\x86\x48\xce\x3d\x04\x03\x02"
#define FORGE_OID_SHA1 "\x2b\x0e\x03\x02\x1a"
#define FORGE_OID_SHA256 "\x60\x86\x48\x01\x65\x03\x04\x02\x01"
#define FORGE_OID_SHA384 "\x60\x86\x48\x01\x65\x03\x04\x02\x02"
#define FORGE_OID_SHA512 "\x60\x86\x48\x01\x65\x03\x04\x02\x03"
#define FORGE_OID_MD5 "\x2a\x86\x48\x86\xf7\x0d\x02\x05"
#define FORGE_NO_TIME (-1)

/* What is left out (NULL, 0) is usual. All members are borrowed. */
typedef struct
{
  const TrustCertificate *about;  /* the certificate; */
  const TrustCertificate *issuer; /* by its issuer */
  gnutls_digest_algorithm_t hash; /* of CertID; SHA-1 */
  TrustOcspStatus says;
  gint64 this_update; /* an hour ago */
  gint64 next_update; /* in an hour; FORGE_NO_TIME: it does not say */
  const TestCertificate *signer;
  const TrustCertificate *responder; /* whom it names as its signer; the signer */
  gboolean by_name;                  /*   by name instead of key */
  const TestCertificate *attached;   /* comes with it */
  const char *nonce;
  const GByteArray *single_extension; /* of forge_ocsp_extension() */
  const GByteArray *extension;
  const GByteArray *answers; /* contents of "responses", instead of the one */
  gboolean is_tampered;      /* changed after it was signed */
} ForgeOcsp;

static inline GByteArray *
forge_span_copy (TrustSpan span)
{
  return forge_bytes (span.data, span.size);
}

static inline GByteArray *
forge_digest (gnutls_digest_algorithm_t hash, TrustSpan data)
{
  guint8 digest[64];

  g_assert_cmpint (gnutls_hash_fast (hash, data.data, data.size, digest), ==, 0);
  return forge_bytes (digest, gnutls_hash_get_len (hash));
}

/* The octets of a certificate's key. */
static inline TrustSpan
forge_key_octets (const TrustCertificate *certificate)
{
  TrustSpan in = trust_certificate_get_key_info_der (certificate);
  TrustDer sequence, algorithm, bits;

  g_assert_true (trust_der_expect (&in, 0x30, &sequence) && trust_der_expect (&sequence.content, 0x30, &algorithm)
                 && trust_der_expect (&sequence.content, 0x03, &bits));
  return (TrustSpan) { bits.content.data + 1, bits.content.size - 1 };
}

static inline GByteArray *
forge_generalized_time (gint64 seconds)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (seconds);
  g_autofree char *text = g_date_time_format (date, "%Y%m%d%H%M%SZ");

  return forge_element (0x18, forge_bytes (text, strlen (text)));
}

/* With an OID of any length. */
static inline GByteArray *
forge_ocsp_extension (const char *oid, gsize oid_size, gboolean critical, GByteArray *value)
{
  return forge_element (0x30, forge_join (forge_element (0x06, forge_bytes (oid, oid_size)),
                                          critical ? FORGE_BYTES ("\x01\x01\xff") : g_byte_array_new (), forge_element (0x04, value), NULL));
}

static inline GByteArray *
forge_hash_algorithm (gnutls_digest_algorithm_t hash)
{
  switch (hash)
    {
    case GNUTLS_DIG_SHA256:
      return forge_algorithm (FORGE_OID_SHA256, sizeof FORGE_OID_SHA256 - 1);
    case GNUTLS_DIG_SHA384:
      return forge_algorithm (FORGE_OID_SHA384, sizeof FORGE_OID_SHA384 - 1);
    case GNUTLS_DIG_SHA512:
      return forge_algorithm (FORGE_OID_SHA512, sizeof FORGE_OID_SHA512 - 1);
    case GNUTLS_DIG_MD5:
      return forge_algorithm (FORGE_OID_MD5, sizeof FORGE_OID_MD5 - 1);
    default:
      return forge_algorithm (FORGE_OID_SHA1, sizeof FORGE_OID_SHA1 - 1);
    }
}

static inline GByteArray *
forge_ocsp_status (TrustOcspStatus says, gint64 now)
{
  if (says == TRUST_OCSP_REVOKED)
    return forge_element (0xa1, forge_join (forge_generalized_time (now - 7200), FORGE_BYTES ("\xa0\x03\x0a\x01\x01"), NULL));
  return forge_element (says == TRUST_OCSP_GOOD ? 0x80 : 0x82, NULL);
}

/* One SingleResponse. */
static inline GByteArray *
forge_ocsp_answer (const ForgeOcsp *how)
{
  gnutls_digest_algorithm_t hash = how->hash != 0 ? how->hash : GNUTLS_DIG_SHA1;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  GByteArray *id = forge_join (forge_hash_algorithm (hash),
                               forge_element (0x04, forge_digest (hash, trust_certificate_get_subject_der (how->issuer))),
                               forge_element (0x04, forge_digest (hash, forge_key_octets (how->issuer))),
                               forge_element (0x02, forge_span_copy (trust_certificate_get_serial (how->about))), NULL);
  GByteArray *single = forge_join (forge_element (0x30, id), forge_ocsp_status (how->says, now),
                                   forge_generalized_time (how->this_update != 0 ? how->this_update : now - 3600), NULL);

  if (how->next_update != FORGE_NO_TIME)
    single = forge_join (single, forge_element (0xa0, forge_generalized_time (how->next_update != 0 ? how->next_update : now + 3600)), NULL);
  if (how->single_extension != NULL)
    single = forge_join (single, forge_element (0xa1, forge_element (0x30, forge_copy (how->single_extension))), NULL);
  return forge_element (0x30, single);
}

static inline GByteArray *
forge_ocsp_data (const ForgeOcsp *how)
{
  const TrustCertificate *responder = how->responder != NULL ? how->responder : how->signer->certificate;
  GByteArray *extensions = how->extension != NULL ? forge_copy (how->extension) : g_byte_array_new ();
  GByteArray *data = how->by_name ? forge_element (0xa1, forge_span_copy (trust_certificate_get_subject_der (responder)))
                                  : forge_element (0xa2, forge_element (0x04, forge_digest (GNUTLS_DIG_SHA1, forge_key_octets (responder))));

  data = forge_join (data, forge_generalized_time (g_get_real_time () / G_USEC_PER_SEC - 1800),
                     forge_element (0x30, how->answers != NULL ? forge_copy (how->answers) : forge_ocsp_answer (how)), NULL);
  if (how->nonce != NULL)
    extensions = forge_join (extensions,
                             forge_ocsp_extension (FORGE_OID_OCSP_NONCE, sizeof FORGE_OID_OCSP_NONCE - 1, FALSE,
                                                   forge_element (0x04, forge_bytes (how->nonce, strlen (how->nonce)))),
                             NULL);
  if (extensions->len > 0)
    return forge_element (0x30, forge_join (data, forge_element (0xa1, forge_element (0x30, extensions)), NULL));
  g_byte_array_unref (extensions);
  return forge_element (0x30, data);
}

/* A BIT STRING: SIGNER's ECDSA-SHA256 over DATA. */
static inline GByteArray *
forge_ocsp_signature (const TestCertificate *signer, const GByteArray *data)
{
  gnutls_privkey_t key;
  gnutls_datum_t in = { data->data, data->len }, out;

  g_assert_cmpint (gnutls_privkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_privkey_import_x509 (key, signer->key, 0), ==, 0);
  g_assert_cmpint (gnutls_privkey_sign_data2 (key, GNUTLS_SIGN_ECDSA_SHA256, 0, &in, &out), ==, 0);

  GByteArray *bits = forge_element (0x03, forge_join (FORGE_BYTES ("\0"), forge_bytes (out.data, out.size), NULL));

  gnutls_free (out.data);
  gnutls_privkey_deinit (key);
  return bits;
}

/* An OCSPResponse around a BasicOCSPResponse. */
static inline GByteArray *
forge_ocsp_wrap (GByteArray *basic)
{
  GByteArray *bytes = forge_join (forge_element (0x06, FORGE_BYTES (FORGE_OID_OCSP_BASIC)), forge_element (0x04, basic), NULL);

  return forge_element (0x30, forge_join (FORGE_BYTES ("\x0a\x01\x00"), forge_element (0xa0, forge_element (0x30, bytes)), NULL));
}

/* Around ResponseData DATA (transfer full). */
static inline GByteArray *
forge_ocsp_sign (const ForgeOcsp *how, GByteArray *data)
{
  GByteArray *signature = forge_ocsp_signature (how->signer, data);
  GByteArray *basic = NULL;

  if (how->is_tampered)
    data->data[data->len - 1] ^= 1;
  basic = forge_join (data, forge_element (0x30, forge_element (0x06, FORGE_BYTES (FORGE_OID_ECDSA_SHA256))), signature, NULL);
  if (how->attached != NULL)
    basic = forge_join (basic, forge_element (0xa0, forge_element (0x30, forge_span_copy (trust_certificate_get_der (how->attached->certificate)))),
                        NULL);
  return forge_ocsp_wrap (forge_element (0x30, basic));
}

static inline GByteArray *
forge_ocsp (const ForgeOcsp *how)
{
  return forge_ocsp_sign (how, forge_ocsp_data (how));
}

/* A list of ISSUER's that revokes REVOKED (nullable: nothing). */
static inline TrustCrl *
forge_crl (const TestCertificate *issuer, const TrustCertificate *revoked)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (GError) error = NULL;
  gnutls_x509_crl_t crl;
  gnutls_datum_t der;
  TrustCrl *made = NULL;

  g_assert_cmpint (gnutls_x509_crl_init (&crl), ==, 0);
  g_assert_cmpint (gnutls_x509_crl_set_version (crl, 2), ==, 0);
  g_assert_cmpint (gnutls_x509_crl_set_this_update (crl, now - 3600), ==, 0);
  g_assert_cmpint (gnutls_x509_crl_set_next_update (crl, now + 3600), ==, 0);
  if (revoked != NULL)
    {
      TrustSpan serial = trust_certificate_get_serial (revoked);

      g_assert_cmpint (gnutls_x509_crl_set_crt_serial (crl, serial.data, serial.size, now - 7200), ==, 0);
    }
  g_assert_cmpint (gnutls_x509_crl_set_number (crl, "\x01", 1), ==, 0);
  g_assert_cmpint (gnutls_x509_crl_sign2 (crl, issuer->crt, issuer->key, GNUTLS_DIG_SHA256, 0), ==, 0);
  g_assert_cmpint (gnutls_x509_crl_export2 (crl, GNUTLS_X509_FMT_DER, &der), ==, 0);
  made = trust_crl_new (der.data, der.size, &error);
  g_assert_no_error (error);
  gnutls_free (der.data);
  gnutls_x509_crl_deinit (crl);
  return made;
}
