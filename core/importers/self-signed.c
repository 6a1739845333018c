/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/importers/self-signed.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

/* RFC 5280 4.1: Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue }. */
static gboolean
split (TrustSpan der, TrustDer *body, TrustDer *signature)
{
  TrustDer whole, algorithm;

  return trust_der_next (&der, &whole) && trust_der_next (&whole.content, body) && trust_der_next (&whole.content, &algorithm)
         && trust_der_next (&whole.content, signature) && signature->content.size > 1;
}

static gboolean
verify (gnutls_x509_crt_t crt, const TrustDer *body, const TrustDer *signature)
{
  gnutls_datum_t data = { (guint8 *) body->whole.data, (guint) body->whole.size };
  /* The BIT STRING's first octet counts unused bits. */
  gnutls_datum_t bits = { (guint8 *) signature->content.data + 1, (guint) signature->content.size - 1 };
  gnutls_pubkey_t key;
  gboolean is_good;

  if (gnutls_pubkey_init (&key) < 0)
    return FALSE;
  /* How strong the signature is does not matter: it is asked who made it. */
  is_good = gnutls_pubkey_import_x509 (key, crt, 0) >= 0
            && gnutls_pubkey_verify_data2 (key, (gnutls_sign_algorithm_t) gnutls_x509_crt_get_signature_algorithm (crt),
                                           GNUTLS_VERIFY_ALLOW_BROKEN | GNUTLS_VERIFY_DISABLE_CA_SIGN, &data, &bits)
                   >= 0;
  gnutls_pubkey_deinit (key);
  return is_good;
}

gboolean
trust_certificate_is_self_signed (const TrustCertificate *certificate)
{
  TrustSpan der = trust_certificate_get_der (certificate);
  gnutls_datum_t datum = { (guint8 *) der.data, (guint) der.size };
  TrustDer body, signature;
  gnutls_x509_crt_t crt;
  gboolean is_good;

  if (!trust_certificate_is_self_issued (certificate) || !split (der, &body, &signature) || gnutls_x509_crt_init (&crt) < 0)
    return FALSE;
  is_good = gnutls_x509_crt_import (crt, &datum, GNUTLS_X509_FMT_DER) >= 0 && verify (crt, &body, &signature);
  gnutls_x509_crt_deinit (crt);
  return is_good;
}
