/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/signature.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#define TAG_INTEGER 0x02
#define TAG_BIT_STRING 0x03
#define TAG_NULL 0x05
#define TAG_OID 0x06
#define TAG_SEQUENCE 0x30
/* GnuTLS's own taste (and a policy file's) does not decide here: which algorithms do is a profile's rule, checked before. */
#define VERIFY_FLAGS (GNUTLS_VERIFY_ALLOW_BROKEN | GNUTLS_VERIFY_ALLOW_SIGN_WITH_SHA1)

/* A key of 16384 bits, and more than one of any other kind in use. */
#define KEY_BYTES_MAX 4096u
#define EXPONENT_BYTES_MAX 33u

typedef enum
{
  PARAMETERS_NULL, /* NULL, or none (RFC 4055 section 5) */
  PARAMETERS_NONE, /* none (RFC 5758 section 3.2, RFC 8410 section 3) */
  PARAMETERS_PSS,  /* RFC 4055 section 3.1 */
} Parameters;

typedef struct
{
  const char *oid;
  gsize oid_size;
  int algorithm;
  Parameters parameters;
} Row;

#define OID(literal) literal, sizeof literal - 1
#define PKCS1 "\x2a\x86\x48\x86\xf7\x0d\x01\x01"
#define ECDSA "\x2a\x86\x48\xce\x3d\x04"
#define NIST "\x60\x86\x48\x01\x65\x03\x04"

static const Row rows[] = {
  { OID (PKCS1 "\x0b"), GNUTLS_SIGN_RSA_SHA256, PARAMETERS_NULL },
  { OID (PKCS1 "\x0c"), GNUTLS_SIGN_RSA_SHA384, PARAMETERS_NULL },
  { OID (PKCS1 "\x0d"), GNUTLS_SIGN_RSA_SHA512, PARAMETERS_NULL },
  { OID (PKCS1 "\x0e"), GNUTLS_SIGN_RSA_SHA224, PARAMETERS_NULL },
  { OID (PKCS1 "\x05"), GNUTLS_SIGN_RSA_SHA1, PARAMETERS_NULL },
  { OID (PKCS1 "\x04"), GNUTLS_SIGN_RSA_MD5, PARAMETERS_NULL },
  { OID (PKCS1 "\x02"), GNUTLS_SIGN_RSA_MD2, PARAMETERS_NULL },
  { OID (PKCS1 "\x0a"), GNUTLS_SIGN_UNKNOWN, PARAMETERS_PSS },
  { OID ("\x2b\x0e\x03\x02\x1d"), GNUTLS_SIGN_RSA_SHA1, PARAMETERS_NULL }, /* OIW sha1WithRSASignature */
  { OID (ECDSA "\x01"), GNUTLS_SIGN_ECDSA_SHA1, PARAMETERS_NONE },
  { OID (ECDSA "\x03\x01"), GNUTLS_SIGN_ECDSA_SHA224, PARAMETERS_NONE },
  { OID (ECDSA "\x03\x02"), GNUTLS_SIGN_ECDSA_SHA256, PARAMETERS_NONE },
  { OID (ECDSA "\x03\x03"), GNUTLS_SIGN_ECDSA_SHA384, PARAMETERS_NONE },
  { OID (ECDSA "\x03\x04"), GNUTLS_SIGN_ECDSA_SHA512, PARAMETERS_NONE },
  { OID ("\x2b\x65\x70"), GNUTLS_SIGN_EDDSA_ED25519, PARAMETERS_NONE },
  { OID ("\x2b\x65\x71"), GNUTLS_SIGN_EDDSA_ED448, PARAMETERS_NONE },
  { OID ("\x2a\x86\x48\xce\x38\x04\x03"), GNUTLS_SIGN_DSA_SHA1, PARAMETERS_NONE },
  { OID (NIST "\x03\x01"), GNUTLS_SIGN_DSA_SHA224, PARAMETERS_NONE },
  { OID (NIST "\x03\x02"), GNUTLS_SIGN_DSA_SHA256, PARAMETERS_NONE },
};

/* The hash in an AlgorithmIdentifier of one; GNUTLS_DIG_UNKNOWN. */
static int
read_hash (TrustSpan *in)
{
  static const struct
  {
    const char *oid;
    gsize oid_size;
    int hash;
  } hashes[] = { { OID (NIST "\x02\x01"), GNUTLS_DIG_SHA256 },
                 { OID (NIST "\x02\x02"), GNUTLS_DIG_SHA384 },
                 { OID (NIST "\x02\x03"), GNUTLS_DIG_SHA512 } };
  TrustDer sequence, oid;

  if (!trust_der_expect (in, TAG_SEQUENCE, &sequence) || !trust_der_expect (&sequence.content, TAG_OID, &oid))
    return GNUTLS_DIG_UNKNOWN;
  for (gsize i = 0; i < G_N_ELEMENTS (hashes); i++)
    if (oid.content.size == hashes[i].oid_size && memcmp (oid.content.data, hashes[i].oid, oid.content.size) == 0)
      return hashes[i].hash;
  return GNUTLS_DIG_UNKNOWN;
}

/* RFC 4055 3.1: one hash for the message and for MGF1, and a salt as long as it; what else there may be nobody makes. */
static int
read_pss (TrustSpan parameters)
{
  static const guint8 mgf1[] = PKCS1 "\x08";
  TrustDer sequence, part, inner, oid;
  int hash = GNUTLS_DIG_UNKNOWN;

  if (!trust_der_expect (&parameters, TAG_SEQUENCE, &sequence) || parameters.size != 0 || !trust_der_expect (&sequence.content, 0xa0, &part)
      || (hash = read_hash (&part.content)) == GNUTLS_DIG_UNKNOWN)
    return GNUTLS_SIGN_UNKNOWN;
  if (!trust_der_expect (&sequence.content, 0xa1, &part) || !trust_der_expect (&part.content, TAG_SEQUENCE, &inner)
      || !trust_der_expect (&inner.content, TAG_OID, &oid) || oid.content.size != sizeof mgf1 - 1
      || memcmp (oid.content.data, mgf1, sizeof mgf1 - 1) != 0 || read_hash (&inner.content) != hash)
    return GNUTLS_SIGN_UNKNOWN;
  if (!trust_der_expect (&sequence.content, 0xa2, &part) || !trust_der_expect (&part.content, TAG_INTEGER, &inner) || inner.content.size != 1
      || inner.content.data[0] != gnutls_hash_get_len ((gnutls_digest_algorithm_t) hash))
    return GNUTLS_SIGN_UNKNOWN;
  return hash == GNUTLS_DIG_SHA256 ? GNUTLS_SIGN_RSA_PSS_SHA256 : hash == GNUTLS_DIG_SHA384 ? GNUTLS_SIGN_RSA_PSS_SHA384 : GNUTLS_SIGN_RSA_PSS_SHA512;
}

static int
read_algorithm (const Row *row, TrustSpan parameters)
{
  TrustDer null;

  switch (row->parameters)
    {
    case PARAMETERS_NULL:
      if (parameters.size > 0 && (!trust_der_expect (&parameters, TAG_NULL, &null) || null.content.size != 0 || parameters.size != 0))
        return GNUTLS_SIGN_UNKNOWN;
      return row->algorithm;
    case PARAMETERS_NONE:
      return parameters.size == 0 ? row->algorithm : GNUTLS_SIGN_UNKNOWN;
    case PARAMETERS_PSS:
    default:
      return read_pss (parameters);
    }
}

void
trust_signature_identify (TrustSpan algorithm, TrustSignatureKind *out)
{
  TrustDer sequence, oid;

  *out = (TrustSignatureKind) { .algorithm = GNUTLS_SIGN_UNKNOWN, .name = "unknown" };
  if (!trust_der_expect (&algorithm, TAG_SEQUENCE, &sequence) || !trust_der_expect (&sequence.content, TAG_OID, &oid))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (oid.content.size == rows[i].oid_size && memcmp (oid.content.data, rows[i].oid, oid.content.size) == 0)
      out->algorithm = read_algorithm (&rows[i], sequence.content);
  if (out->algorithm == GNUTLS_SIGN_UNKNOWN)
    return;
  out->name = gnutls_sign_get_name ((gnutls_sign_algorithm_t) out->algorithm);
  out->is_sha1 = gnutls_sign_get_hash_algorithm ((gnutls_sign_algorithm_t) out->algorithm) == GNUTLS_DIG_SHA1;
  out->is_older = out->algorithm == GNUTLS_SIGN_RSA_MD5 || out->algorithm == GNUTLS_SIGN_RSA_MD2;
}

/* Is a check with the key in KEY_INFO bounded work? An exponent as long as the modulus costs half a second: FIPS 186-5 A.1.1 has it below 2^256.
 * Which keys are strong enough is a profile's rule. */
static gboolean
is_key_bearable (TrustSpan key_info)
{
  static const guint8 rsa[] = PKCS1 "\x01", rsa_pss[] = PKCS1 "\x0a";
  TrustSpan bits = { NULL, 0 };
  TrustDer sequence, algorithm, oid, part, modulus, exponent;

  if (key_info.size > KEY_BYTES_MAX || !trust_der_expect (&key_info, TAG_SEQUENCE, &sequence)
      || !trust_der_expect (&sequence.content, TAG_SEQUENCE, &algorithm) || !trust_der_expect (&algorithm.content, TAG_OID, &oid))
    return FALSE;
  if (!trust_span_equal (oid.content, (TrustSpan) { rsa, sizeof rsa - 1 })
      && !trust_span_equal (oid.content, (TrustSpan) { rsa_pss, sizeof rsa_pss - 1 }))
    return TRUE;
  if (!trust_der_expect (&sequence.content, TAG_BIT_STRING, &part) || part.content.size < 1)
    return FALSE;
  bits = (TrustSpan) { part.content.data + 1, part.content.size - 1 };
  return trust_der_expect (&bits, TAG_SEQUENCE, &part) && trust_der_expect (&part.content, TAG_INTEGER, &modulus)
         && trust_der_expect (&part.content, TAG_INTEGER, &exponent) && exponent.content.size <= EXPONENT_BYTES_MAX;
}

TrustSignatureResult
trust_signature_check (TrustSpan key_info, const TrustSignatureKind *kind, TrustSpan data, TrustSpan signature)
{
  gnutls_datum_t key_der = { (guint8 *) key_info.data, (guint) key_info.size };
  gnutls_datum_t data_der = { (guint8 *) data.data, (guint) data.size };
  gnutls_datum_t signature_der = { (guint8 *) signature.data, (guint) signature.size };
  gnutls_pubkey_t key;
  int result;

  if (kind->algorithm == GNUTLS_SIGN_UNKNOWN || !is_key_bearable (key_info) || gnutls_pubkey_init (&key) < 0)
    return TRUST_SIGNATURE_UNSUPPORTED;
  result = gnutls_pubkey_import (key, &key_der, GNUTLS_X509_FMT_DER);
  if (result >= 0)
    {
      result = gnutls_pubkey_verify_data2 (key, (gnutls_sign_algorithm_t) kind->algorithm, VERIFY_FLAGS, &data_der, &signature_der);
      /* A key of another type did not make it. */
      result = result == GNUTLS_E_INSUFFICIENT_SECURITY ? result : MIN (result, 0) < 0 ? GNUTLS_E_PK_SIG_VERIFY_FAILED : 0;
    }
  gnutls_pubkey_deinit (key);
  return result >= 0 ? TRUST_SIGNATURE_GOOD : result == GNUTLS_E_PK_SIG_VERIFY_FAILED ? TRUST_SIGNATURE_BAD : TRUST_SIGNATURE_UNSUPPORTED;
}

/* A link by its two hashes. */
typedef struct
{
  TrustFingerprint certificate;
  TrustFingerprint key;
} Link;

struct _TrustLinkCache
{
  GMutex lock;
  GHashTable *links; /* (owned) set of Link* in `ring` */
  Link *ring;        /* (owned) */
  guint max;
  guint next; /* the place to be taken next */
};

static guint
link_hash (gconstpointer data)
{
  const Link *link = data;

  return trust_fingerprint_hash (&link->certificate) ^ trust_fingerprint_hash (&link->key);
}

static gboolean
link_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (Link)) == 0;
}

TrustLinkCache *
trust_link_cache_new (guint max)
{
  TrustLinkCache *cache = g_new0 (TrustLinkCache, 1);

  g_mutex_init (&cache->lock);
  cache->links = g_hash_table_new (link_hash, link_equal);
  cache->ring = g_new0 (Link, max);
  cache->max = max;
  return cache;
}

void
trust_link_cache_free (TrustLinkCache *cache)
{
  g_hash_table_unref (cache->links);
  g_free (cache->ring);
  g_mutex_clear (&cache->lock);
  g_free (cache);
}

gboolean
trust_link_cache_contains (TrustLinkCache *cache, const TrustFingerprint *certificate, const TrustFingerprint *issuer_key)
{
  Link link = { *certificate, *issuer_key };
  gboolean found;

  g_mutex_lock (&cache->lock);
  found = g_hash_table_contains (cache->links, &link);
  g_mutex_unlock (&cache->lock);
  return found;
}

void
trust_link_cache_add (TrustLinkCache *cache, const TrustFingerprint *certificate, const TrustFingerprint *issuer_key)
{
  Link link = { *certificate, *issuer_key };

  g_mutex_lock (&cache->lock);
  if (!g_hash_table_contains (cache->links, &link))
    {
      Link *place = &cache->ring[cache->next];

      cache->next = (cache->next + 1) % cache->max;
      g_hash_table_remove (cache->links, place);
      *place = link;
      g_hash_table_add (cache->links, place);
    }
  g_mutex_unlock (&cache->lock);
}
