/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/conformance/mint.h"

#include "core/der-write.h"
#include "tests/lib/forge.h"

#include <stdlib.h>

#define OID_AKI "2.5.29.35"

static void
free_extension (gpointer data)
{
  MintExtension *extension = data;

  g_free (extension->oid);
  g_byte_array_unref (extension->der);
  g_free (extension);
}

MintCertificate *
mint_certificate_new (const char *name, const char *issuer)
{
  MintCertificate *certificate = g_new0 (MintCertificate, 1);

  certificate->name = g_strdup (name);
  certificate->issuer = g_strdup (issuer);
  certificate->key = g_strdup ("p256");
  certificate->key_owner = g_strdup (name);
  certificate->hash = g_strdup ("sha256");
  certificate->from = g_strdup ("240101000000Z");
  certificate->to = g_strdup ("340101000000Z");
  certificate->version = 3;
  certificate->extensions = g_ptr_array_new_with_free_func (free_extension);
  return certificate;
}

void
mint_certificate_free (MintCertificate *certificate)
{
  char **texts[] = { &certificate->name, &certificate->issuer,     &certificate->signer, &certificate->key, &certificate->key_owner,
                     &certificate->hash, &certificate->outer_hash, &certificate->from,   &certificate->to };
  GByteArray *bytes[] = { certificate->subject, certificate->issuer_name, certificate->serial, certificate->key_id };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (*texts[i]);
  for (guint i = 0; i < G_N_ELEMENTS (bytes); i++)
    g_clear_pointer (&bytes[i], g_byte_array_unref);
  g_clear_pointer (&certificate->made, g_bytes_unref);
  g_ptr_array_unref (certificate->extensions);
  g_free (certificate);
}

GByteArray *
mint_oid (const char *oid)
{
  GByteArray *out = g_byte_array_new ();

  trust_der_append_oid (out, oid);
  return out;
}

GByteArray *
mint_extension (const char *oid, gboolean critical, const GByteArray *value)
{
  GByteArray *content = mint_oid (oid);

  if (critical)
    g_byte_array_append (content, (const guint8 *) "\x01\x01\xff", 3);
  return forge_element (0x30, forge_join (content, forge_element (0x04, forge_copy (value)), NULL));
}

static guint
find_extension (const MintCertificate *certificate, const char *oid)
{
  guint i = 0;

  while (i < certificate->extensions->len && !g_str_equal (((MintExtension *) certificate->extensions->pdata[i])->oid, oid))
    i++;
  return i;
}

void
mint_set (MintCertificate *certificate, const char *oid, gboolean critical, GByteArray *value)
{
  guint at = find_extension (certificate, oid);
  MintExtension *extension = g_new0 (MintExtension, 1);

  extension->oid = g_strdup (oid);
  extension->der = value != NULL ? mint_extension (oid, critical, value) : g_byte_array_new ();
  g_clear_pointer (&value, g_byte_array_unref);
  if (at < certificate->extensions->len)
    g_ptr_array_remove_index (certificate->extensions, at);
  g_ptr_array_insert (certificate->extensions, (int) at, extension);
}

void
mint_drop (MintCertificate *certificate, const char *oid)
{
  guint at = find_extension (certificate, oid);

  if (at < certificate->extensions->len)
    g_ptr_array_remove_index (certificate->extensions, at);
}

void
mint_repeat (MintCertificate *certificate, const char *oid)
{
  const MintExtension *old = certificate->extensions->pdata[find_extension (certificate, oid)];
  MintExtension *extension = g_new0 (MintExtension, 1);

  extension->oid = g_strdup (oid);
  extension->der = forge_copy (old->der);
  g_ptr_array_add (certificate->extensions, extension);
}

/* A key, made once for each kind and owner. */
static gnutls_privkey_t
get_key (const char *kind, const char *owner)
{
  static const struct
  {
    const char *kind;
    gnutls_pk_algorithm_t algorithm;
    guint bits;
  } kinds[] = {
    { "p256", GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1) },
    { "p384", GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP384R1) },
    { "p521", GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP521R1) },
    { "p224", GNUTLS_PK_EC, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP224R1) },
    { "ed25519", GNUTLS_PK_EDDSA_ED25519, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_ED25519) },
    { "ed448", GNUTLS_PK_EDDSA_ED448, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_ED448) },
    { "rsa1024", GNUTLS_PK_RSA, 1024 },
    { "rsa2048", GNUTLS_PK_RSA, 2048 },
    { "rsa2056", GNUTLS_PK_RSA, 2056 },
    { "rsa2052", GNUTLS_PK_RSA, 2052 },
    { "rsa3072", GNUTLS_PK_RSA, 3072 },
    { "dsa2048", GNUTLS_PK_DSA, 2048 },
  };
  static GHashTable *made = NULL;
  /* Keys that take long to make are everybody's. */
  g_autofree char *id = g_strdup_printf ("%s/%s", kind, g_str_has_prefix (kind, "p256") ? owner : "");
  gnutls_privkey_t key = NULL;

  if (made == NULL)
    made = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) gnutls_privkey_deinit);
  key = g_hash_table_lookup (made, id);
  for (guint i = 0; key == NULL && i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].kind, kind))
      {
        g_assert_cmpint (gnutls_privkey_init (&key), ==, 0);
        g_assert_cmpint (gnutls_privkey_generate (key, kinds[i].algorithm, kinds[i].bits, 0), ==, 0);
        g_hash_table_insert (made, g_strdup (id), key);
      }
  if (key == NULL)
    g_error ("no such key: %s", kind);
  return key;
}

static GByteArray *
get_public_key (const MintCertificate *certificate)
{
  gnutls_pubkey_t key;
  gnutls_datum_t der;

  g_assert_cmpint (gnutls_pubkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_pubkey_import_privkey (key, get_key (certificate->key, certificate->key_owner), 0, 0), ==, 0);
  g_assert_cmpint (gnutls_pubkey_export2 (key, GNUTLS_X509_FMT_DER, &der), ==, 0);

  GByteArray *out = forge_bytes (der.data, der.size);

  gnutls_free (der.data);
  gnutls_pubkey_deinit (key);
  return out;
}

GByteArray *
mint_key_id (const MintCertificate *certificate)
{
  g_autoptr (GByteArray) key = get_public_key (certificate);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize size = sizeof digest;

  g_checksum_update (sum, key->data, key->len);
  g_checksum_get_digest (sum, digest, &size);
  return forge_bytes (digest, 20);
}

/* How a KIND of key signs with HASH. */
static gnutls_sign_algorithm_t
get_algorithm (const char *kind, const char *hash, GByteArray **identifier)
{
  static const struct
  {
    const char *kind, *hash, *oid;
    gboolean has_null;
    gnutls_sign_algorithm_t algorithm;
  } ways[] = {
    { "p", "sha1", "1.2.840.10045.4.1", FALSE, GNUTLS_SIGN_ECDSA_SHA1 },
    { "p", "sha256", "1.2.840.10045.4.3.2", FALSE, GNUTLS_SIGN_ECDSA_SHA256 },
    { "p", "sha384", "1.2.840.10045.4.3.3", FALSE, GNUTLS_SIGN_ECDSA_SHA384 },
    { "p", "sha512", "1.2.840.10045.4.3.4", FALSE, GNUTLS_SIGN_ECDSA_SHA512 },
    { "rsa", "md5", "1.2.840.113549.1.1.4", TRUE, GNUTLS_SIGN_RSA_MD5 },
    { "rsa", "sha1", "1.2.840.113549.1.1.5", TRUE, GNUTLS_SIGN_RSA_SHA1 },
    { "rsa", "sha256", "1.2.840.113549.1.1.11", TRUE, GNUTLS_SIGN_RSA_SHA256 },
    { "rsa", "sha384", "1.2.840.113549.1.1.12", TRUE, GNUTLS_SIGN_RSA_SHA384 },
    { "ed25519", "", "1.3.101.112", FALSE, GNUTLS_SIGN_EDDSA_ED25519 },
    { "ed448", "", "1.3.101.113", FALSE, GNUTLS_SIGN_EDDSA_ED448 },
    { "dsa", "sha256", "2.16.840.1.101.3.4.3.2", FALSE, GNUTLS_SIGN_DSA_SHA256 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (g_str_has_prefix (kind, ways[i].kind) && (g_str_equal (hash, ways[i].hash) || ways[i].hash[0] == '\0'))
      {
        *identifier = forge_element (0x30, forge_join (mint_oid (ways[i].oid), ways[i].has_null ? FORGE_BYTES ("\x05\x00") : NULL, NULL));
        return ways[i].algorithm;
      }
  g_error ("no way to sign with %s and %s", kind, hash);
}

/* TBS (transfer full) with its signature. */
static GBytes *
seal (GByteArray *tbs, const MintCertificate *signer, const char *hash, const char *outer_hash, gboolean damaged)
{
  g_autoptr (GByteArray) content = forge_element (0x30, tbs);
  GByteArray *identifier = NULL;
  gnutls_sign_algorithm_t algorithm = get_algorithm (signer->key, hash, &identifier);
  gnutls_datum_t data = { content->data, content->len }, signature = { NULL, 0 };
  gnutls_privkey_t key = get_key (signer->key, signer->key_owner);

  g_assert_cmpint (gnutls_privkey_sign_data2 (key, algorithm, 0, &data, &signature), ==, 0);
  if (outer_hash != NULL)
    {
      g_byte_array_unref (identifier);
      get_algorithm (signer->key, outer_hash, &identifier);
    }

  GByteArray *bits = forge_join (FORGE_BYTES ("\0"), forge_bytes (signature.data, signature.size), NULL);

  gnutls_free (signature.data);
  if (damaged)
    bits->data[bits->len - 1] ^= 1;
  return g_byte_array_free_to_bytes (forge_element (0x30, forge_join (forge_copy (content), identifier, forge_element (0x03, bits), NULL)));
}

static GByteArray *
join_extensions (const MintCertificate *certificate, const MintCertificate *issuer)
{
  GByteArray *list = g_byte_array_new ();

  for (guint i = 0; i < certificate->extensions->len; i++)
    {
      const MintExtension *extension = certificate->extensions->pdata[i];

      /* An authorityKeyIdentifier that nobody wrote is the issuer's, which is known only now. */
      if (g_str_equal (extension->oid, OID_AKI) && extension->der->len == 0)
        {
          if (issuer->key_id == NULL)
            continue;
          g_autoptr (GByteArray) value = forge_element (0x30, forge_element (0x80, forge_copy (issuer->key_id)));

          list = forge_join (list, mint_extension (OID_AKI, FALSE, value), NULL);
        }
      else
        list = forge_join (list, forge_copy (extension->der), NULL);
    }
  return list;
}

GBytes *
mint_sign (MintCertificate *certificate, const MintCertificate *issuer, const MintCertificate *signer)
{
  GByteArray *identifier = NULL, *tbs = NULL, *extensions = NULL;

  if (certificate->made != NULL)
    return g_bytes_ref (certificate->made);
  tbs = g_byte_array_new ();
  extensions = join_extensions (certificate, issuer);
  get_algorithm (signer->key, certificate->hash, &identifier);
  if (certificate->version > 1)
    tbs = forge_join (tbs, forge_element (0xa0, forge_element (0x02, forge_bytes (certificate->version == 2 ? "\x01" : "\x02", 1))), NULL);
  tbs = forge_join (tbs, forge_element (0x02, forge_copy (certificate->serial)), identifier,
                    forge_copy (certificate->issuer_name != NULL ? certificate->issuer_name : issuer->subject),
                    forge_element (0x30, forge_join (forge_time (certificate->from), forge_time (certificate->to), NULL)),
                    forge_copy (certificate->subject), get_public_key (certificate), NULL);
  if (certificate->version == 3 && extensions->len > 0)
    tbs = forge_join (tbs, forge_element (0xa3, forge_element (0x30, forge_copy (extensions))), NULL);
  g_byte_array_unref (extensions);
  certificate->made = seal (tbs, signer, certificate->hash, certificate->outer_hash, certificate->damaged);
  return g_bytes_ref (certificate->made);
}

GBytes *
mint_crl (const MintCertificate *issuer, const MintCertificate *signer, GPtrArray *revoked, const char *from, const char *next,
          const GByteArray *extension)
{
  g_autoptr (GByteArray) number = FORGE_BYTES ("\x02\x01\x01");
  GByteArray *identifier = NULL, *entries = g_byte_array_new (), *extensions = mint_extension ("2.5.29.20", FALSE, number), *tbs = NULL;

  if (issuer->key_id != NULL)
    {
      g_autoptr (GByteArray) value = forge_element (0x30, forge_element (0x80, forge_copy (issuer->key_id)));

      extensions = forge_join (extensions, mint_extension (OID_AKI, FALSE, value), NULL);
    }
  if (extension != NULL)
    extensions = forge_join (extensions, forge_copy (extension), NULL);
  for (guint i = 0; i < revoked->len; i++)
    {
      const MintCertificate *one = revoked->pdata[i];
      GByteArray *entry = forge_join (forge_element (0x02, forge_copy (one->serial)), forge_time ("250601000000Z"), NULL);

      entries = forge_join (entries, forge_element (0x30, entry), NULL);
    }
  get_algorithm (signer->key, "sha256", &identifier);
  tbs = forge_join (FORGE_BYTES ("\x02\x01\x01"), identifier, forge_copy (issuer->subject), forge_time (from), NULL);
  if (next != NULL)
    tbs = forge_join (tbs, forge_time (next), NULL);
  if (entries->len > 0)
    tbs = forge_join (tbs, forge_element (0x30, forge_copy (entries)), NULL);
  g_byte_array_unref (entries);
  tbs = forge_join (tbs, forge_element (0xa0, forge_element (0x30, extensions)), NULL);
  return seal (tbs, signer, "sha256", NULL, FALSE);
}

static GByteArray *
make_attribute (const char *text)
{
  /* clang-format off */
  static const struct { const char *name, *oid; } types[] = {
    { "C", "2.5.4.6" }, { "O", "2.5.4.10" }, { "OU", "2.5.4.11" }, { "CN", "2.5.4.3" }, { "DC", "0.9.2342.19200300.100.1.25" },
    { "E", "1.2.840.113549.1.9.1" },
  };
  /* clang-format on */
  static const struct
  {
    char letter;
    guint8 tag;
  } tags[] = { { 'p', 0x13 }, { 't', 0x14 }, { 'i', 0x16 }, { 'b', 0x1e } };
  const char *equals = strchr (text, '='), *slash = memchr (text, '/', (gsize) (equals - text));
  g_autofree char *name = g_strndup (text, (gsize) ((slash != NULL ? slash : equals) - text));
  g_autofree char *value = g_strdelimit (g_strdup (equals + 1), "_", ' ');
  guint8 tag = g_str_equal (name, "C") ? 0x13 : g_str_equal (name, "DC") || g_str_equal (name, "E") ? 0x16 : 0x0c;
  GByteArray *content = g_byte_array_new ();
  guint type = 0;

  for (guint i = 0; slash != NULL && i < G_N_ELEMENTS (tags); i++)
    tag = tags[i].letter == slash[1] ? tags[i].tag : tag;
  while (!g_str_equal (types[type].name, name))
    g_assert_cmpuint (++type, <, G_N_ELEMENTS (types));
  for (const char *at = value; *at != '\0'; at++)
    {
      if (tag == 0x1e)
        g_byte_array_append (content, (const guint8 *) "", 1);
      g_byte_array_append (content, (const guint8 *) at, 1);
    }
  return forge_element (0x31, forge_element (0x30, forge_join (mint_oid (types[type].oid), forge_element (tag, content), NULL)));
}

GByteArray *
mint_name (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  GByteArray *content = g_byte_array_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    content = forge_join (content, make_attribute (parts[i]), NULL);
  return forge_element (0x30, content);
}

GByteArray *
mint_general_name (const char *text, gboolean subtree)
{
  if (g_str_has_prefix (text, "dir:"))
    return forge_element (0xa4, mint_name (text + 4));
  if (g_str_has_prefix (text, "raw:"))
    return forge_element (0x87, forge_bytes ("\x7f\x00\x00\x01\x02", (gsize) atoi (text + 4)));
  if (g_str_has_prefix (text, "rid:"))
    {
      GByteArray *oid = g_byte_array_new ();

      trust_der_append_oid_content (oid, text + 4);
      return forge_element (0x88, oid);
    }
  if (!subtree || !g_str_has_prefix (text, "ip:"))
    return forge_general_name (text);

  g_auto (GStrv) halves = g_strsplit (text + 3, "/", 2);
  gsize size = strchr (halves[0], ':') != NULL ? 16 : 4;
  guint8 bytes[32] = { 0 };

  g_assert_cmpint (inet_pton (size == 4 ? AF_INET : AF_INET6, halves[0], bytes), ==, 1);
  for (int bit = 0; bit < atoi (halves[1]); bit++)
    bytes[size + (gsize) bit / 8] |= (guint8) (0x80 >> (bit % 8));
  return forge_element (0x87, forge_bytes (bytes, 2 * size));
}
