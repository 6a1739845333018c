/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/ocsp.h"

#include "core/certificate-parts.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/name.h"
#include "core/pem.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#define TAG_BOOLEAN 0x01
#define TAG_INTEGER 0x02
#define TAG_BIT_STRING 0x03
#define TAG_OCTET_STRING 0x04
#define TAG_NULL 0x05
#define TAG_OID 0x06
#define TAG_ENUMERATED 0x0a
#define TAG_GENERALIZED_TIME 0x18
#define TAG_SEQUENCE 0x30
/* CertStatus. */
#define TAG_GOOD 0x80
#define TAG_REVOKED 0xa1
#define TAG_UNKNOWN 0x82
/* ResponderID. */
#define TAG_BY_NAME 0xa1
#define TAG_BY_KEY 0xa2
#define HASH_MAX 64
#define SHA1_SIZE 20
#define NONCE_MAX 128
#define REASON_MAX 10

#define OID(literal) literal, sizeof literal - 1
#define ID_PKIX_OCSP "\x2b\x06\x01\x05\x05\x07\x30\x01"
#define ID_BASIC ID_PKIX_OCSP "\x01"
#define ID_NONCE ID_PKIX_OCSP "\x02"
#define DAMAGED "the OCSP response is none, or it is damaged"

static const struct
{
  const char *oid;
  gsize oid_size;
  gnutls_digest_algorithm_t hash;
} hashes[] = {
  { OID ("\x2b\x0e\x03\x02\x1a"), GNUTLS_DIG_SHA1 },
  { OID ("\x60\x86\x48\x01\x65\x03\x04\x02\x01"), GNUTLS_DIG_SHA256 },
  { OID ("\x60\x86\x48\x01\x65\x03\x04\x02\x02"), GNUTLS_DIG_SHA384 },
  { OID ("\x60\x86\x48\x01\x65\x03\x04\x02\x03"), GNUTLS_DIG_SHA512 },
};

static gboolean
is_oid (TrustSpan content, const char *oid, gsize size)
{
  return content.size == size && memcmp (content.data, oid, size) == 0;
}

/* RFC 6960 4.2.2.1: GeneralizedTime alone, as RFC 5280 4.1.2.5.2 has it. */
static gboolean
read_time (TrustSpan *in, gint64 *out)
{
  return in->size > 0 && in->data[0] == TAG_GENERALIZED_TIME && trust_parts_read_time (in, out);
}

/* The next extension of LIST. FALSE, or it is damaged. */
static gboolean
next_extension (TrustSpan *list, TrustSpan *oid, gboolean *critical, TrustSpan *value)
{
  TrustDer extension, element;

  if (!trust_der_expect (list, TAG_SEQUENCE, &extension) || !trust_der_expect (&extension.content, TAG_OID, &element))
    return FALSE;
  *oid = element.content;
  *critical = FALSE;
  if (trust_der_expect (&extension.content, TAG_BOOLEAN, &element))
    {
      if (element.content.size != 1)
        return FALSE;
      *critical = element.content.data[0] != 0;
    }
  if (!trust_der_expect (&extension.content, TAG_OCTET_STRING, &element) || extension.content.size != 0)
    return FALSE;
  *value = element.content;
  return TRUE;
}

/* Extensions in their explicit tag's CONTENT. NONCE (nullable): where one may stand. *FAULT is set where one must not be overlooked. */
static gboolean
read_extensions (TrustSpan content, TrustSpan *nonce, const char **fault)
{
  TrustSpan oid, value;
  TrustDer list, octets;
  gboolean critical;

  if (!trust_der_expect (&content, TAG_SEQUENCE, &list) || content.size != 0)
    return FALSE;
  while (list.content.size > 0)
    {
      if (!next_extension (&list.content, &oid, &critical, &value))
        return FALSE;
      if (nonce != NULL && is_oid (oid, OID (ID_NONCE)))
        {
          /* RFC 9654 2.1: one, of 1 to 128 octets. */
          if (nonce->size > 0 || !trust_der_expect (&value, TAG_OCTET_STRING, &octets) || value.size != 0 || octets.content.size == 0
              || octets.content.size > NONCE_MAX)
            return FALSE;
          *nonce = octets.content;
        }
      else if (critical)
        *fault = "the OCSP response has a critical extension that nobody here understands";
    }
  return TRUE;
}

/* CertID, RFC 6960 4.1.1. */
static gboolean
read_certificate_id (TrustSpan *in, TrustOcspAnswer *answer)
{
  TrustDer id, algorithm, oid, element;

  if (!trust_der_expect (in, TAG_SEQUENCE, &id) || !trust_der_expect (&id.content, TAG_SEQUENCE, &algorithm)
      || !trust_der_expect (&algorithm.content, TAG_OID, &oid))
    return FALSE;
  if (algorithm.content.size > 0
      && (!trust_der_expect (&algorithm.content, TAG_NULL, &element) || element.content.size != 0 || algorithm.content.size != 0))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (hashes); i++)
    if (is_oid (oid.content, hashes[i].oid, hashes[i].oid_size))
      answer->hash = (int) hashes[i].hash;
  if (!trust_der_expect (&id.content, TAG_OCTET_STRING, &element))
    return FALSE;
  answer->name_hash = element.content;
  if (!trust_der_expect (&id.content, TAG_OCTET_STRING, &element))
    return FALSE;
  answer->key_hash = element.content;
  if (!trust_der_expect (&id.content, TAG_INTEGER, &element) || element.content.size == 0)
    return FALSE;
  answer->serial = element.content;
  return id.content.size == 0;
}

/* RevokedInfo: when and why do not matter, but that they are said does. */
static gboolean
read_revoked (TrustSpan in)
{
  TrustDer part, reason;
  gint64 time;

  if (!read_time (&in, &time))
    return FALSE;
  if (trust_der_expect (&in, 0xa0, &part)
      && (!trust_der_expect (&part.content, TAG_ENUMERATED, &reason) || part.content.size != 0 || reason.content.size != 1
          || reason.content.data[0] > REASON_MAX))
    return FALSE;
  return in.size == 0;
}

static gboolean
read_status (TrustSpan *in, TrustOcspAnswer *answer)
{
  TrustDer status;

  if (!trust_der_next (in, &status))
    return FALSE;
  switch (status.tag)
    {
    case TAG_GOOD:
      answer->status = TRUST_OCSP_GOOD;
      return status.content.size == 0;
    case TAG_REVOKED:
      answer->status = TRUST_OCSP_REVOKED;
      return read_revoked (status.content);
    case TAG_UNKNOWN:
      answer->status = TRUST_OCSP_UNKNOWN;
      return status.content.size == 0;
    default:
      return FALSE;
    }
}

/* SingleResponse. */
static gboolean
read_answer (TrustSpan *in, TrustOcspAnswer *answer)
{
  TrustDer single, part;

  *answer = (TrustOcspAnswer) { .hash = GNUTLS_DIG_UNKNOWN };
  if (!trust_der_expect (in, TAG_SEQUENCE, &single) || !read_certificate_id (&single.content, answer) || !read_status (&single.content, answer)
      || !read_time (&single.content, &answer->this_update))
    return FALSE;
  if (trust_der_expect (&single.content, 0xa0, &part) && (!read_time (&part.content, &answer->next_update) || part.content.size != 0))
    return FALSE;
  if (trust_der_expect (&single.content, 0xa1, &part) && !read_extensions (part.content, NULL, &answer->fault))
    return FALSE;
  return single.content.size == 0;
}

static gboolean
read_responder (TrustOcsp *ocsp, TrustSpan *in)
{
  TrustDer id, inner;

  if (!trust_der_next (in, &id) || !trust_der_next (&id.content, &inner) || id.content.size != 0)
    return FALSE;
  if (id.tag == TAG_BY_NAME)
    {
      ocsp->responder_id = trust_name_id (inner.whole);
      return ocsp->responder_id != 0;
    }
  ocsp->responder_key = inner.content;
  return id.tag == TAG_BY_KEY && inner.tag == TAG_OCTET_STRING && inner.content.size == SHA1_SIZE;
}

/* ResponseData, RFC 6960 4.2.1. */
static gboolean
read_data (TrustOcsp *ocsp, TrustSpan in)
{
  TrustDer part, list;
  TrustOcspAnswer answer;

  /* The one version there is, v1, is a DEFAULT: in DER it is not written, but some do. */
  if (trust_der_expect (&in, 0xa0, &part)
      && (!trust_der_expect (&part.content, TAG_INTEGER, &list) || part.content.size != 0 || list.content.size != 1 || list.content.data[0] != 0))
    return FALSE;
  if (!read_responder (ocsp, &in) || !read_time (&in, &ocsp->produced_at) || !trust_der_expect (&in, TAG_SEQUENCE, &list))
    return FALSE;
  while (list.content.size > 0)
    {
      if (!read_answer (&list.content, &answer))
        return FALSE;
      g_array_append_val (ocsp->answers, answer);
    }
  if (trust_der_expect (&in, 0xa1, &part) && !read_extensions (part.content, &ocsp->nonce, &ocsp->fault))
    return FALSE;
  return in.size == 0;
}

/* What can't be read among them can sign nothing. */
static gboolean
read_certificates (TrustOcsp *ocsp, TrustSpan in)
{
  TrustDer list, element;

  if (!trust_der_expect (&in, TAG_SEQUENCE, &list) || in.size != 0)
    return FALSE;
  while (list.content.size > 0)
    {
      TrustCertificate *certificate = NULL;

      if (!trust_der_expect (&list.content, TAG_SEQUENCE, &element))
        return FALSE;
      certificate = trust_certificate_new (element.whole.data, element.whole.size, NULL);
      if (certificate != NULL)
        g_ptr_array_add (ocsp->certificates, certificate);
    }
  return TRUE;
}

/* BasicOCSPResponse. */
static gboolean
read_basic (TrustOcsp *ocsp, TrustSpan in)
{
  TrustDer basic, data, algorithm, signature, part;

  if (!trust_der_expect (&in, TAG_SEQUENCE, &basic) || in.size != 0 || !trust_der_expect (&basic.content, TAG_SEQUENCE, &data)
      || !trust_der_expect (&basic.content, TAG_SEQUENCE, &algorithm) || !trust_der_expect (&basic.content, TAG_BIT_STRING, &signature)
      || signature.content.size < 1 || signature.content.data[0] != 0)
    return FALSE;
  ocsp->tbs = data.whole;
  ocsp->signature = (TrustSpan) { signature.content.data + 1, signature.content.size - 1 };
  trust_signature_identify (algorithm.whole, &ocsp->kind);
  if (trust_der_expect (&basic.content, 0xa0, &part) && !read_certificates (ocsp, part.content))
    return FALSE;
  return basic.content.size == 0 && read_data (ocsp, data.content);
}

/* OCSPResponseStatus but "successful"; NULL where there is no such. */
static const char *
describe_status (guint8 status)
{
  static const char *const texts[] = {
    [1] = "the OCSP responder did not understand the request",
    [2] = "the OCSP responder has an internal error",
    [3] = "the OCSP responder says to try later",
    [5] = "the OCSP responder wants the request signed",
    [6] = "the OCSP responder does not answer to who asked",
  };

  return status < G_N_ELEMENTS (texts) ? texts[status] : NULL;
}

/* OCSPResponse. Returns: (nullable): its fault. */
static const char *
read_response (TrustOcsp *ocsp, TrustSpan der)
{
  TrustDer response, status, part, bytes, element;

  if (!trust_der_expect (&der, TAG_SEQUENCE, &response) || der.size != 0 || !trust_der_expect (&response.content, TAG_ENUMERATED, &status)
      || status.content.size != 1)
    return DAMAGED;
  if (status.content.data[0] != 0)
    {
      const char *says = describe_status (status.content.data[0]);

      return says != NULL && response.content.size == 0 ? says : DAMAGED;
    }
  if (!trust_der_expect (&response.content, 0xa0, &part) || response.content.size != 0 || !trust_der_expect (&part.content, TAG_SEQUENCE, &bytes)
      || part.content.size != 0 || !trust_der_expect (&bytes.content, TAG_OID, &element))
    return DAMAGED;
  if (!is_oid (element.content, OID (ID_BASIC)))
    return "the OCSP response is of a type that nobody here understands";
  if (!trust_der_expect (&bytes.content, TAG_OCTET_STRING, &element) || bytes.content.size != 0 || !read_basic (ocsp, element.content))
    return DAMAGED;
  return ocsp->fault;
}

/* DER as it is, PEM decoded. Returns: (transfer full) (nullable). */
static GBytes *
take_bytes (const void *bytes, gsize size)
{
  TrustSpan text = { bytes, size };
  TrustPemBlock block;
  gsize offset = 0;

  if (size > 0 && text.data[0] == TAG_SEQUENCE)
    return g_bytes_new (bytes, size);
  while (size > 0 && trust_pem_next (text, &offset, &block, NULL))
    if (trust_pem_label_is (&block, "OCSP RESPONSE"))
      {
        GByteArray *der = trust_pem_decode (block.body, NULL);

        return der != NULL ? g_byte_array_free_to_bytes (der) : NULL;
      }
  return NULL;
}

TrustOcsp *
trust_ocsp_new (const void *bytes, gsize size, GError **error)
{
  TrustOcsp *ocsp = NULL;

  if (size > TRUST_LIMIT_OCSP_BYTES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "an OCSP response of %zu bytes is longer than the %u that are taken", size,
                   TRUST_LIMIT_OCSP_BYTES);
      return NULL;
    }
  ocsp = g_new0 (TrustOcsp, 1);
  g_atomic_ref_count_init (&ocsp->refs);
  ocsp->answers = g_array_new (FALSE, FALSE, sizeof (TrustOcspAnswer));
  ocsp->certificates = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);
  ocsp->der = take_bytes (bytes, size);
  ocsp->fault = DAMAGED;
  if (ocsp->der != NULL)
    {
      ocsp->fault = NULL;
      ocsp->fault = read_response (ocsp, (TrustSpan) { g_bytes_get_data (ocsp->der, NULL), g_bytes_get_size (ocsp->der) });
    }
  return ocsp;
}

TrustOcsp *
trust_ocsp_ref (TrustOcsp *ocsp)
{
  g_atomic_ref_count_inc (&ocsp->refs);
  return ocsp;
}

void
trust_ocsp_unref (TrustOcsp *ocsp)
{
  if (!g_atomic_ref_count_dec (&ocsp->refs))
    return;
  g_clear_pointer (&ocsp->der, g_bytes_unref);
  g_array_unref (ocsp->answers);
  g_ptr_array_unref (ocsp->certificates);
  g_free (ocsp);
}

static gboolean
is_hash_of (TrustSpan hash, gnutls_digest_algorithm_t algorithm, TrustSpan data)
{
  guint8 digest[HASH_MAX];

  return hash.size == gnutls_hash_get_len (algorithm) && gnutls_hash_fast (algorithm, data.data, data.size, digest) >= 0
         && memcmp (hash.data, digest, hash.size) == 0;
}

/* The key in a SubjectPublicKeyInfo: the octets of its BIT STRING. Empty, or it is none. */
static TrustSpan
find_key (TrustSpan key_info)
{
  TrustDer sequence, algorithm, bits;

  if (!trust_der_expect (&key_info, TAG_SEQUENCE, &sequence) || !trust_der_expect (&sequence.content, TAG_SEQUENCE, &algorithm)
      || !trust_der_expect (&sequence.content, TAG_BIT_STRING, &bits) || bits.content.size < 1)
    return (TrustSpan) { NULL, 0 };
  return (TrustSpan) { bits.content.data + 1, bits.content.size - 1 };
}

gboolean
trust_ocsp_answer_matches (const TrustOcspAnswer *answer, TrustSpan issuer, TrustSpan key_info, TrustSpan serial)
{
  gnutls_digest_algorithm_t hash = (gnutls_digest_algorithm_t) answer->hash;
  TrustSpan key = find_key (key_info);

  return trust_span_equal (answer->serial, serial) && hash != GNUTLS_DIG_UNKNOWN && key.size > 0 && is_hash_of (answer->name_hash, hash, issuer)
         && is_hash_of (answer->key_hash, hash, key);
}

gboolean
trust_ocsp_names_signer (const TrustOcsp *ocsp, guint64 subject_id, TrustSpan key_info)
{
  TrustSpan key = find_key (key_info);

  if (ocsp->responder_id != 0)
    return ocsp->responder_id == subject_id;
  return key.size > 0 && is_hash_of (ocsp->responder_key, GNUTLS_DIG_SHA1, key);
}
