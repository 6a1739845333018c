/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* PKCS #12 (RFC 7292) of trusted certificates, as Java 9 and later read it: nothing in it is encrypted, because nothing in it is secret. Each
 * certificate has Oracle's attribute trustedKeyUsage, without which Java takes it for no trusted one. */
#include "core/der-write.h"
#include "core/emitters/entry-name.h"
#include "core/emitters/java.h"

#include <string.h>

#define OID_DATA "1.2.840.113549.1.7.1"
#define OID_CERT_BAG "1.2.840.113549.1.12.10.1.3"
#define OID_X509 "1.2.840.113549.1.9.22.1"
#define OID_FRIENDLY_NAME "1.2.840.113549.1.9.20"
#define OID_TRUSTED_KEY_USAGE "2.16.840.1.113894.746875.1.1"
#define OID_ANY_PURPOSE "2.5.29.37.0"
#define OID_SHA256 "2.16.840.1.101.3.4.2.1"
#define SHA256_SIZE 32u
#define SHA256_BLOCK 64u
#define SALT_SIZE 16u
#define BAGS_OF_SAFE 32u

/* OID and, in a tag [0], CONTENT, wrapped in TAG. (transfer full) */
static GByteArray *
make_tagged (const char *oid, guint8 tag, GByteArray *content)
{
  GByteArray *out = g_byte_array_new ();

  trust_der_wrap (content, tag);
  trust_der_append_oid (out, oid);
  trust_der_append (out, 0xa0, content->data, content->len);
  return out;
}

/* Attribute ::= SEQUENCE { type, SET { VALUE } } */
static void
append_attribute (GByteArray *out, const char *type, guint8 tag, const void *value, gsize size)
{
  g_autoptr (GByteArray) attribute = g_byte_array_new (), set = g_byte_array_new ();

  trust_der_append (set, tag, value, size);
  trust_der_append_oid (attribute, type);
  trust_der_append (attribute, 0x31, set->data, set->len);
  trust_der_append (out, 0x30, attribute->data, attribute->len);
}

/* The two are sorted, as a SET OF is (X.690 section 11.6): by length here, and the name is never so short that it comes first. */
static GByteArray *
make_attributes (const char *name)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) text = g_byte_array_new (), purpose = g_byte_array_new ();

  for (const char *at = name; *at != '\0'; at++)
    g_byte_array_append (text, (const guint8[]) { 0, (guint8) *at }, 2);
  trust_der_append_oid_content (purpose, OID_ANY_PURPOSE);
  append_attribute (out, OID_TRUSTED_KEY_USAGE, 0x06, purpose->data, purpose->len);
  append_attribute (out, OID_FRIENDLY_NAME, 0x1e, text->data, text->len);
  return out;
}

/* SafeBag ::= SEQUENCE { certBag, [0] SEQUENCE { x509Certificate, [0] OCTET STRING }, attributes SET OF } */
static void
append_bag (GByteArray *out, const TrustAnchorSet *set, guint index)
{
  TrustSpan der = trust_certificate_get_der (trust_anchor_get_certificate (trust_anchor_set_get_anchor (set, index)));
  g_autofree char *name = trust_entry_name_dup (set, index, TRUE);
  g_autoptr (GByteArray) content = g_byte_array_new (), attributes = make_attributes (name), certificate = NULL, bag = NULL;

  g_byte_array_append (content, der.data, (guint) der.size);
  certificate = make_tagged (OID_X509, 0x04, content);
  bag = make_tagged (OID_CERT_BAG, 0x30, certificate);
  trust_der_append (bag, 0x31, attributes->data, attributes->len);
  trust_der_append (out, 0x30, bag->data, bag->len);
}

/* AuthenticatedSafe ::= SEQUENCE OF ContentInfo, of SafeContents as they are. GnuTLS keeps the first 32 bags of each and passes over the rest.
 * (transfer full) */
static GByteArray *
make_safes (const TrustAnchorSet *set)
{
  GByteArray *safes = g_byte_array_new ();
  guint n = trust_anchor_set_get_n_anchors (set);

  for (guint i = 0; i == 0 || i < n; i += BAGS_OF_SAFE)
    {
      g_autoptr (GByteArray) bags = g_byte_array_new (), safe = NULL;

      for (guint j = i; j < MIN (i + BAGS_OF_SAFE, n); j++)
        append_bag (bags, set, j);
      trust_der_wrap (bags, 0x30);
      safe = make_tagged (OID_DATA, 0x04, bags);
      trust_der_append (safes, 0x30, safe->data, safe->len);
    }
  trust_der_wrap (safes, 0x30);
  return safes;
}

/* N bytes of PART again and again. */
static void
append_filled (GByteArray *out, const guint8 *part, gsize size, gsize n)
{
  for (gsize i = 0; i < n; i++)
    g_byte_array_append (out, &part[i % size], 1);
}

/* RFC 7292 appendix B.2 with ID 3, SHA-256 and one iteration: one block is all that the key needs. */
static void
derive_key (const char *password, const guint8 *salt, guint8 key[SHA256_SIZE])
{
  g_autoptr (GByteArray) units = g_byte_array_new (), input = g_byte_array_new ();
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = SHA256_SIZE;

  for (const char *at = password; at == password || at[-1] != '\0'; at++)
    g_byte_array_append (units, (const guint8[]) { 0, (guint8) *at }, 2);
  append_filled (input, (const guint8[]) { 3 }, 1, SHA256_BLOCK);
  append_filled (input, salt, SALT_SIZE, SHA256_BLOCK);
  append_filled (input, units->data, units->len, (units->len + SHA256_BLOCK - 1) / SHA256_BLOCK * SHA256_BLOCK);
  g_checksum_update (sum, input->data, input->len);
  g_checksum_get_digest (sum, key, &size);
}

/* MacData ::= SEQUENCE { DigestInfo, salt OCTET STRING, iterations DEFAULT 1 }. GnuTLS reads no file without it, and OpenSSL warns. It tells damage
 * only, as the password is public: so the salt comes of the content, and there is one iteration. (transfer full) */
static GByteArray *
make_mac (const GByteArray *safes, const char *password)
{
  GByteArray *mac = g_byte_array_new ();
  g_autoptr (GByteArray) algorithm = g_byte_array_new (), info = g_byte_array_new ();
  g_autoptr (GHmac) hmac = NULL;
  TrustFingerprint salt;
  guint8 key[SHA256_SIZE], digest[SHA256_SIZE];
  gsize size = sizeof digest;

  trust_fingerprint_of (safes->data, safes->len, &salt);
  derive_key (password, salt.bytes, key);
  hmac = g_hmac_new (G_CHECKSUM_SHA256, key, sizeof key);
  g_hmac_update (hmac, safes->data, safes->len);
  g_hmac_get_digest (hmac, digest, &size);
  trust_der_append_oid (algorithm, OID_SHA256);
  trust_der_append (algorithm, 0x05, NULL, 0);
  trust_der_append (info, 0x30, algorithm->data, algorithm->len);
  trust_der_append (info, 0x04, digest, size);
  trust_der_append (mac, 0x30, info->data, info->len);
  trust_der_append (mac, 0x04, salt.bytes, SALT_SIZE);
  trust_der_wrap (mac, 0x30);
  return mac;
}

static gboolean
write_set (const TrustEmitterInput *input, GString *out, GError **error)
{
  g_autoptr (GByteArray) safes = make_safes (input->set), pfx = g_byte_array_new (), content = NULL;
  g_autoptr (GByteArray) mac = make_mac (safes, trust_emitter_option (input, TRUST_JAVA_PASSWORD_KEY, TRUST_JAVA_PASSWORD));

  content = make_tagged (OID_DATA, 0x04, safes);
  trust_der_append (pfx, 0x02, "\x03", 1);
  trust_der_append (pfx, 0x30, content->data, content->len);
  g_byte_array_append (pfx, mac->data, mac->len);
  trust_der_wrap (pfx, 0x30);
  g_string_append_len (out, (const char *) pfx->data, pfx->len);
  return TRUE;
}

/* OID and, in a tag [0], one element with TAG: its content. REST: what follows. */
static gboolean
open_content (TrustSpan in, const char *oid, guint8 tag, TrustSpan *out, TrustSpan *rest)
{
  TrustDer type, tagged, inner;
  g_autofree char *found = trust_der_expect (&in, 0x06, &type) ? trust_der_dup_oid (type.content) : NULL;

  if (g_strcmp0 (found, oid) != 0 || !trust_der_expect (&in, 0xa0, &tagged) || !trust_der_expect (&tagged.content, tag, &inner)
      || tagged.content.size > 0)
    return FALSE;
  *out = inner.content;
  *rest = in;
  return TRUE;
}

/* The same in a SEQUENCE, which is taken off IN. */
static gboolean
open_tagged (TrustSpan *in, const char *oid, guint8 tag, TrustSpan *out, TrustSpan *rest)
{
  TrustDer whole;

  return trust_der_expect (in, 0x30, &whole) && open_content (whole.content, oid, tag, out, rest);
}

static gboolean
read_bag (TrustSpan *bags, GArray *certificates)
{
  TrustSpan bag, attributes, der, rest;
  TrustDer set;

  return open_tagged (bags, OID_CERT_BAG, 0x30, &bag, &attributes)
         && (attributes.size == 0 || (trust_der_expect (&attributes, 0x31, &set) && attributes.size == 0))
         && open_content (bag, OID_X509, 0x04, &der, &rest) && rest.size == 0 && trust_emitter_read_der (der.data, der.size, certificates);
}

/* Keys, and what is encrypted, are not read here. */
static gboolean
read_file (const void *bytes, gsize size, GArray *certificates)
{
  TrustSpan in = { bytes, size }, safes, rest, bags;
  TrustDer pfx, version, safe;

  if (!trust_der_expect (&in, 0x30, &pfx) || in.size > 0 || !trust_der_expect (&pfx.content, 0x02, &version) || version.content.size != 1
      || version.content.data[0] != 3 || !open_tagged (&pfx.content, OID_DATA, 0x04, &safes, &rest) || rest.size > 0
      || !trust_der_expect (&safes, 0x30, &safe) || safes.size > 0)
    return FALSE;
  while (safe.content.size > 0)
    {
      TrustDer list;

      if (!open_tagged (&safe.content, OID_DATA, 0x04, &bags, &rest) || rest.size > 0 || !trust_der_expect (&bags, 0x30, &list) || bags.size > 0)
        return FALSE;
      while (list.content.size > 0)
        if (!read_bag (&list.content, certificates))
          return FALSE;
    }
  return pfx.content.size == 0 || (trust_der_expect (&pfx.content, 0x30, &version) && pfx.content.size == 0);
}

const TrustEmitter trust_emitter_java_pkcs12 = {
  .name = "java-pkcs12",
  .description = "PKCS #12 of trusted certificates for Java, password \"changeit\"",
  .options = trust_java_options,
  .can_hold = trust_java_can_hold,
  .write = write_set,
  .read = read_file,
};
