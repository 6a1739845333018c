/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/importers/pkcs12-crypt.h"

#include "core/error.h"
#include "core/importers/passphrase.h"
#include "core/limits.h"

#include <gnutls/crypto.h>
#include <string.h>

#define KEY_MAX 32
#define BLOCK_MAX 128 /* SHA-384 and SHA-512 (RFC 7292 B.2: v) */
#define DIGEST_MAX 64
#define IV_MAX 16

/* RFC 7292 B.3. */
typedef enum
{
  ID_KEY = 1,
  ID_IV = 2,
  ID_MAC = 3
} Id;

/* The pass phrase as appendix B.1 wants it: UTF-16, big-endian, with its NUL; nothing at all for NULL. */
static GByteArray *
make_bmp (const char *passphrase)
{
  glong n = 0;
  gunichar2 *units = passphrase != NULL ? g_utf8_to_utf16 (passphrase, -1, NULL, &n, NULL) : NULL;
  GByteArray *out = g_byte_array_sized_new ((guint) (n + 1) * 2);

  for (glong i = 0; units != NULL && i <= n; i++)
    {
      guint8 pair[2] = { (guint8) (units[i] >> 8), (guint8) units[i] };

      g_byte_array_append (out, pair, 2);
      units[i] = 0;
    }
  g_free (units);
  return out;
}

/* Appends as many whole blocks of BLOCK bytes as SOURCE needs, repeating it. */
static void
append_repeated (GByteArray *out, TrustSpan source, gsize block)
{
  gsize size = (source.size + block - 1) / block * block;

  for (gsize i = 0; i < size; i += source.size)
    g_byte_array_append (out, source.data, (guint) MIN (source.size, size - i));
}

/* Each block of I becomes (I + B + 1) mod 2^(8 * block). */
static void
add_to_blocks (GByteArray *i, const guint8 *b, gsize block)
{
  for (gsize at = 0; at < i->len; at += block)
    {
      guint carry = 1;

      for (gsize k = block; k > 0; k--)
        {
          carry += (guint) i->data[at + k - 1] + b[k - 1];
          i->data[at + k - 1] = (guint8) carry;
          carry >>= 8;
        }
    }
}

/* A = H^iterations (D || I). */
static gboolean
hash_round (gnutls_hash_hd_t hash, const guint8 *d, gsize block, const GByteArray *i, guint iterations, guint8 *a, gsize digest_size)
{
  if (gnutls_hash (hash, d, block) < 0 || gnutls_hash (hash, i->data, i->len) < 0)
    return FALSE;
  gnutls_hash_output (hash, a);
  for (guint n = 1; n < iterations; n++)
    {
      if (gnutls_hash (hash, a, digest_size) < 0)
        return FALSE;
      gnutls_hash_output (hash, a);
    }
  return TRUE;
}

/* RFC 7292 B.2. */
static gboolean
derive (gnutls_mac_algorithm_t algorithm, Id id, const char *passphrase, TrustSpan salt, guint iterations, guint8 *out, gsize size)
{
  gsize block = algorithm == GNUTLS_MAC_SHA384 || algorithm == GNUTLS_MAC_SHA512 ? 128 : 64;
  gsize digest_size = gnutls_hash_get_len ((gnutls_digest_algorithm_t) algorithm);
  GByteArray *password = make_bmp (passphrase);
  GByteArray *i = g_byte_array_sized_new ((guint) (salt.size + password->len + 2 * block));
  guint8 d[BLOCK_MAX], a[DIGEST_MAX], b[BLOCK_MAX];
  gnutls_hash_hd_t hash;
  gboolean done = gnutls_hash_init (&hash, (gnutls_digest_algorithm_t) algorithm) >= 0;

  memset (d, id, block);
  append_repeated (i, salt, block);
  append_repeated (i, (TrustSpan) { password->data, password->len }, block);
  for (gsize at = 0; done && at < size; at += digest_size)
    {
      done = hash_round (hash, d, block, i, iterations, a, digest_size);
      memcpy (out + at, a, MIN (digest_size, size - at));
      for (gsize k = 0; k < block; k++)
        b[k] = a[k % digest_size];
      add_to_blocks (i, b, block);
    }
  if (done)
    gnutls_hash_deinit (hash, NULL);
  explicit_bzero (a, sizeof a);
  explicit_bzero (b, sizeof b);
  trust_secret_bytes_free (password);
  trust_secret_bytes_free (i);
  return done;
}

gboolean
trust_pkcs12_mac_check (const TrustPkcs12Mac *mac, const char *passphrase, TrustSpan content)
{
  guint8 key[DIGEST_MAX], digest[DIGEST_MAX];
  gsize size = gnutls_hmac_get_len (mac->hash);
  gboolean is_right = mac->digest.size == size && derive (mac->hash, ID_MAC, passphrase, mac->salt, mac->iterations, key, size)
                      && gnutls_hmac_fast (mac->hash, key, size, content.data, content.size, digest) >= 0
                      && memcmp (digest, mac->digest.data, size) == 0;

  explicit_bzero (key, sizeof key);
  return is_right;
}

static gboolean
derive_key (const TrustPkcs12Cipher *cipher, const char *passphrase, guint8 *key, guint8 *iv, gsize iv_size)
{
  if (!cipher->is_pbes2)
    return derive (cipher->hash, ID_KEY, passphrase, cipher->salt, cipher->iterations, key, cipher->key_size)
           && derive (cipher->hash, ID_IV, passphrase, cipher->salt, cipher->iterations, iv, iv_size);

  const char *text = passphrase != NULL ? passphrase : "";
  gnutls_datum_t secret = { (guint8 *) text, (guint) strlen (text) };
  gnutls_datum_t salt = { (guint8 *) cipher->salt.data, (guint) cipher->salt.size };

  memcpy (iv, cipher->iv.data, iv_size);
  return gnutls_pbkdf2 (cipher->hash, &secret, &salt, cipher->iterations, key, cipher->key_size) >= 0;
}

/* RFC 8018 6.1.1: N bytes of value N, one at least. */
static gboolean
strip_padding (GByteArray *bytes, gsize block)
{
  guint8 n = bytes->data[bytes->len - 1];

  if (n == 0 || n > block)
    return FALSE;
  for (guint i = 1; i <= n; i++)
    if (bytes->data[bytes->len - i] != n)
      return FALSE;
  g_byte_array_set_size (bytes, bytes->len - n);
  return TRUE;
}

GByteArray *
trust_pkcs12_decrypt (const TrustPkcs12Cipher *cipher, const char *passphrase, TrustSpan content)
{
  gsize block = gnutls_cipher_get_block_size (cipher->cipher);
  guint8 key[KEY_MAX], iv[IV_MAX];
  gnutls_datum_t key_datum = { key, gnutls_cipher_get_key_size (cipher->cipher) }, iv_datum = { iv, (guint) block };
  gnutls_cipher_hd_t handle;
  GByteArray *out = NULL;

  if (content.size == 0 || content.size % block != 0)
    return NULL;
  if (derive_key (cipher, passphrase, key, iv, block))
    {
      /* Two keys of 3DES: the first is the third. */
      if (cipher->cipher == GNUTLS_CIPHER_3DES_CBC && cipher->key_size == 16)
        memcpy (key + 16, key, 8);
      if (gnutls_cipher_init (&handle, cipher->cipher, &key_datum, &iv_datum) >= 0)
        {
          out = g_byte_array_sized_new ((guint) content.size);
          g_byte_array_set_size (out, (guint) content.size);
          if (gnutls_cipher_decrypt2 (handle, content.data, content.size, out->data, out->len) < 0 || !strip_padding (out, block))
            g_clear_pointer (&out, trust_secret_bytes_free);
          gnutls_cipher_deinit (handle);
        }
    }
  explicit_bzero (key, sizeof key);
  return out;
}
