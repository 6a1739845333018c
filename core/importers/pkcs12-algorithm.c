/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/importers/pkcs12-crypt.h"

#include "core/error.h"
#include "core/importers/ber.h"
#include "core/limits.h"

#include <gnutls/crypto.h>

#define TAG_INTEGER 0x02
#define TAG_OCTET_STRING 0x04
#define TAG_OID 0x06
#define TAG_SEQUENCE 0x30
#define OID_PBES2 "1.2.840.113549.1.5.13"
#define OID_PBKDF2 "1.2.840.113549.1.5.12"
#define OID_PBMAC1 "1.2.840.113549.1.5.14"
#define SALT_MAX 1024
#define KEY_MAX 1024
/* That is the way out for whatever can't be read. */
#define CONVERT "take the certificates out with 'openssl pkcs12 -legacy -in FILE -nokeys -out NEW'"

typedef struct
{
  const char *oid;
  gnutls_mac_algorithm_t algorithm;
} Hash;

/* RFC 8018 B.1.2. */
/* clang-format off */
static const Hash prfs[] = {
  { "1.2.840.113549.2.7", GNUTLS_MAC_SHA1 },    { "1.2.840.113549.2.8", GNUTLS_MAC_SHA224 },
  { "1.2.840.113549.2.9", GNUTLS_MAC_SHA256 },  { "1.2.840.113549.2.10", GNUTLS_MAC_SHA384 },
  { "1.2.840.113549.2.11", GNUTLS_MAC_SHA512 },
};
/* clang-format on */
/* clang-format off */
static const Hash hashes[] = {
  { "1.3.14.3.2.26", GNUTLS_MAC_SHA1 },           { "2.16.840.1.101.3.4.2.4", GNUTLS_MAC_SHA224 },
  { "2.16.840.1.101.3.4.2.1", GNUTLS_MAC_SHA256 }, { "2.16.840.1.101.3.4.2.2", GNUTLS_MAC_SHA384 },
  { "2.16.840.1.101.3.4.2.3", GNUTLS_MAC_SHA512 },
};
/* clang-format on */

typedef struct
{
  const char *oid;
  const char *name;
  gnutls_cipher_algorithm_t cipher; /* GNUTLS_CIPHER_UNKNOWN: not read */
  guint key_size;
} Cipher;

/* RFC 7292 appendix C: with SHA-1. */
static const Cipher old_ciphers[] = {
  { "1.2.840.113549.1.12.1.1", "RC4 of 128 bits", GNUTLS_CIPHER_UNKNOWN, 0 },
  { "1.2.840.113549.1.12.1.2", "RC4 of 40 bits", GNUTLS_CIPHER_UNKNOWN, 0 },
  { "1.2.840.113549.1.12.1.3", "3DES", GNUTLS_CIPHER_3DES_CBC, 24 },
  { "1.2.840.113549.1.12.1.4", "3DES of two keys", GNUTLS_CIPHER_3DES_CBC, 16 },
  { "1.2.840.113549.1.12.1.5", "RC2 of 128 bits", GNUTLS_CIPHER_UNKNOWN, 0 },
  { "1.2.840.113549.1.12.1.6", "RC2 of 40 bits", GNUTLS_CIPHER_RC2_40_CBC, 5 },
};
/* RFC 8018 B.2. */
static const Cipher new_ciphers[] = {
  { "2.16.840.1.101.3.4.1.2", "AES-128", GNUTLS_CIPHER_AES_128_CBC, 16 },
  { "2.16.840.1.101.3.4.1.22", "AES-192", GNUTLS_CIPHER_AES_192_CBC, 24 },
  { "2.16.840.1.101.3.4.1.42", "AES-256", GNUTLS_CIPHER_AES_256_CBC, 32 },
  { "1.2.840.113549.3.7", "3DES", GNUTLS_CIPHER_3DES_CBC, 24 },
};

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "%s is damaged: get the file again", what);
  return FALSE;
}

/* AlgorithmIdentifier's value: dotted OID, and what follows it. */
static char *
read_oid (TrustSpan *in)
{
  TrustDer oid;

  return trust_ber_expect (in, TAG_OID, &oid) ? trust_der_dup_oid (oid.content) : NULL;
}

static gnutls_mac_algorithm_t
find_hash (const Hash *table, gsize n, const char *oid)
{
  for (gsize i = 0; i < n; i++)
    if (g_str_equal (table[i].oid, oid))
      return table[i].algorithm;
  return GNUTLS_MAC_UNKNOWN;
}

static const Cipher *
find_cipher (const Cipher *table, gsize n, const char *oid)
{
  for (gsize i = 0; i < n; i++)
    if (g_str_equal (table[i].oid, oid))
      return &table[i];
  return NULL;
}

/* The salt and the work: what a hostile file would make too much of. */
static gboolean
read_cost (TrustSpan *in, TrustSpan *salt, guint *iterations, const char *what, GError **error)
{
  TrustDer element;
  guint64 n;

  if (!trust_ber_expect (in, TAG_OCTET_STRING, &element) || element.content.size > SALT_MAX)
    return fail (error, what);
  *salt = element.content;

  TrustSpan rest = *in;

  if (!trust_ber_expect (&rest, TAG_INTEGER, &element) || element.content.size == 0 || element.content.data[0] >= 0x80)
    return fail (error, what);
  if (!trust_ber_number (in, TRUST_PKCS12_ITERATIONS, &n))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "%s asks for more than %u iterations, the limit; " CONVERT, what,
                   TRUST_PKCS12_ITERATIONS);
      return FALSE;
    }
  *iterations = (guint) n;
  return n > 0 || fail (error, what);
}

/* PBKDF2-params ::= SEQUENCE { salt, iterationCount, keyLength OPTIONAL, prf DEFAULT hmacWithSHA1 } */
static gboolean
read_pbkdf2 (TrustSpan params, TrustPkcs12Cipher *out, guint *key_size, GError **error)
{
  TrustDer element;
  guint64 n = 0;

  if (!read_cost (&params, &out->salt, &out->iterations, "its encryption", error))
    return FALSE;
  trust_ber_number (&params, KEY_MAX, &n);
  *key_size = (guint) n;
  out->hash = GNUTLS_MAC_SHA1;
  if (params.size == 0)
    return TRUE;
  if (!trust_ber_expect (&params, TAG_SEQUENCE, &element))
    return fail (error, "its encryption");

  g_autofree char *oid = read_oid (&element.content);

  out->hash = oid != NULL ? find_hash (prfs, G_N_ELEMENTS (prfs), oid) : GNUTLS_MAC_UNKNOWN;
  if (out->hash != GNUTLS_MAC_UNKNOWN)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "its key is derived with something unknown (%s); " CONVERT, oid != NULL ? oid : "?");
  return FALSE;
}

/* PBES2-params ::= SEQUENCE { keyDerivationFunc, encryptionScheme } */
static gboolean
read_pbes2 (TrustSpan in, TrustPkcs12Cipher *out, GError **error)
{
  TrustDer params, derivation, scheme, element;
  guint key_size;

  if (!trust_ber_expect (&in, TAG_SEQUENCE, &params) || !trust_ber_expect (&params.content, TAG_SEQUENCE, &derivation)
      || !trust_ber_expect (&params.content, TAG_SEQUENCE, &scheme))
    return fail (error, "its encryption");

  g_autofree char *function = read_oid (&derivation.content);
  g_autofree char *oid = read_oid (&scheme.content);

  if (function == NULL || oid == NULL)
    return fail (error, "its encryption");
  if (!g_str_equal (function, OID_PBKDF2))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "its key is derived with something other than PBKDF2 (%s); " CONVERT, function);
      return FALSE;
    }

  const Cipher *cipher = find_cipher (new_ciphers, G_N_ELEMENTS (new_ciphers), oid);

  if (cipher == NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "it is encrypted with something unknown (%s); " CONVERT, oid);
      return FALSE;
    }
  out->is_pbes2 = TRUE;
  out->cipher = cipher->cipher;
  out->key_size = cipher->key_size;
  if (!trust_ber_expect (&derivation.content, TAG_SEQUENCE, &element))
    return fail (error, "its encryption");
  if (!read_pbkdf2 (element.content, out, &key_size, error))
    return FALSE;
  if (key_size != 0 && key_size != out->key_size)
    return fail (error, "the length of its key");
  if (!trust_ber_expect (&scheme.content, TAG_OCTET_STRING, &element) || element.content.size != (gsize) gnutls_cipher_get_iv_size (out->cipher))
    return fail (error, "its encryption");
  out->iv = element.content;
  return TRUE;
}

gboolean
trust_pkcs12_cipher_read (TrustSpan in, TrustPkcs12Cipher *out, GError **error)
{
  g_autofree char *oid = read_oid (&in);
  TrustDer params;

  *out = (TrustPkcs12Cipher) { .is_pbes2 = FALSE };
  if (oid == NULL)
    return fail (error, "its encryption");
  if (g_str_equal (oid, OID_PBES2))
    return read_pbes2 (in, out, error);

  const Cipher *cipher = find_cipher (old_ciphers, G_N_ELEMENTS (old_ciphers), oid);

  if (cipher == NULL || cipher->cipher == GNUTLS_CIPHER_UNKNOWN)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "it is encrypted with %s (%s), which is not read; " CONVERT,
                   cipher != NULL ? cipher->name : "something unknown", oid);
      return FALSE;
    }
  out->hash = GNUTLS_MAC_SHA1;
  out->cipher = cipher->cipher;
  out->key_size = cipher->key_size;
  if (!trust_ber_expect (&in, TAG_SEQUENCE, &params))
    return fail (error, "its encryption");
  return read_cost (&params.content, &out->salt, &out->iterations, "its encryption", error);
}

/* MacData ::= SEQUENCE { mac DigestInfo, macSalt OCTET STRING, iterations INTEGER DEFAULT 1 } */
gboolean
trust_pkcs12_mac_read (TrustSpan in, TrustPkcs12Mac *out, GError **error)
{
  TrustDer info, algorithm, element;

  if (!trust_ber_expect (&in, TAG_SEQUENCE, &info) || !trust_ber_expect (&info.content, TAG_SEQUENCE, &algorithm)
      || !trust_ber_expect (&info.content, TAG_OCTET_STRING, &element))
    return fail (error, "its checksum");
  out->digest = element.content;

  g_autofree char *oid = read_oid (&algorithm.content);

  if (oid == NULL)
    return fail (error, "its checksum");
  out->hash = find_hash (hashes, G_N_ELEMENTS (hashes), oid);
  if (out->hash == GNUTLS_MAC_UNKNOWN)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "its checksum is of an unknown kind (%s%s); " CONVERT, oid,
                   g_str_equal (oid, OID_PBMAC1) ? ", PBMAC1" : "");
      return FALSE;
    }

  TrustSpan only_salt = in;

  out->iterations = 1;
  if (trust_ber_expect (&only_salt, TAG_OCTET_STRING, &element) && only_salt.size == 0 && element.content.size <= SALT_MAX)
    {
      out->salt = element.content;
      return TRUE;
    }
  return read_cost (&in, &out->salt, &out->iterations, "its checksum", error);
}
