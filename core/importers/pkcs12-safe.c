/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/importers/pkcs12-safe.h"

#include "core/error.h"
#include "core/importers/ber.h"
#include "core/importers/passphrase.h"
#include "core/limits.h"
#include "core/text.h"

#include <string.h>

#define TAG_OCTET_STRING 0x04
#define TAG_OID 0x06
#define TAG_BMP_STRING 0x1e
#define TAG_SEQUENCE 0x30
#define TAG_SET 0x31
#define TAG_CONTEXT_0 0xa0

#define OID_X509 "1.2.840.113549.1.9.22.1"
#define OID_FRIENDLY_NAME "1.2.840.113549.1.9.20"
#define OID_LOCAL_KEY_ID "1.2.840.113549.1.9.21"
/* How Java marks a trusted certificate; the value is the OIDs of its uses. */
#define OID_JAVA_TRUSTED "2.16.840.1.113894.746875.1.1"

/* 1.2.840.113549.1.12.10.1.N (RFC 7292 appendix D). */
#define OID_BAG "1.2.840.113549.1.12.10.1."
typedef enum
{
  BAG_KEY = '1',
  BAG_SHROUDED_KEY = '2',
  BAG_CERTIFICATE = '3',
  BAG_LIST = '4',
  BAG_SECRET = '5',
  BAG_SAFE = '6'
} BagKind;

typedef struct
{
  char *label;
  TrustSpan key_id;
  GPtrArray *uses;
} Attributes;

static void
attributes_clear (Attributes *attributes)
{
  g_free (attributes->label);
  g_clear_pointer (&attributes->uses, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Attributes, attributes_clear)

static void
bag_free (TrustPkcs12Bag *bag)
{
  g_free (bag->label);
  g_clear_pointer (&bag->uses, g_ptr_array_unref);
  g_free (bag);
}

TrustPkcs12Contents *
trust_pkcs12_contents_new (void)
{
  TrustPkcs12Contents *contents = g_new0 (TrustPkcs12Contents, 1);

  contents->bags = g_ptr_array_new_with_free_func ((GDestroyNotify) bag_free);
  contents->key_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  contents->buffers = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_secret_bytes_free);
  return contents;
}

void
trust_pkcs12_contents_free (TrustPkcs12Contents *contents)
{
  g_ptr_array_unref (contents->bags);
  g_hash_table_unref (contents->key_ids);
  g_ptr_array_unref (contents->buffers);
  g_free (contents);
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "%s; get the file again", what);
  return FALSE;
}

/* UTF-16, big-endian, into UTF-8. What is no character becomes U+FFFD. */
static char *
read_bmp (TrustSpan bytes)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i + 1 < bytes.size && text->len < 4 * TRUST_LIMIT_LABEL_CHARS; i += 2)
    {
      gunichar c = (gunichar) bytes.data[i] << 8 | bytes.data[i + 1];
      gunichar low = i + 3 < bytes.size ? (gunichar) bytes.data[i + 2] << 8 | bytes.data[i + 3] : 0;

      if (c == 0)
        break;
      if (c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 && low < 0xe000)
        {
          c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
          i += 2;
        }
      g_string_append_unichar (text, g_unichar_validate (c) ? c : 0xfffd);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* OIDs in dotted form. NULL if one is malformed. */
static GPtrArray *
read_oids (TrustSpan content)
{
  g_autoptr (GPtrArray) oids = g_ptr_array_new_with_free_func (g_free);
  TrustDer element;

  while (content.size > 0)
    {
      char *oid = trust_ber_expect (&content, TAG_OID, &element) ? trust_der_dup_oid (element.content) : NULL;

      if (oid == NULL || oids->len >= TRUST_LIMIT_PURPOSES)
        {
          g_free (oid);
          return NULL;
        }
      g_ptr_array_add (oids, oid);
    }
  return g_steal_pointer (&oids);
}

/* PKCS12Attribute ::= SEQUENCE { attrId, attrValues SET OF }. Unknown ones are passed over. */
static gboolean
read_attribute (TrustSpan in, Attributes *out)
{
  TrustDer oid, values, value;
  g_autofree char *name = NULL;

  if (!trust_ber_expect (&in, TAG_OID, &oid) || !trust_ber_expect (&in, TAG_SET, &values))
    return FALSE;
  name = trust_der_dup_oid (oid.content);
  if (g_strcmp0 (name, OID_JAVA_TRUSTED) == 0)
    {
      g_clear_pointer (&out->uses, g_ptr_array_unref);
      out->uses = read_oids (values.content);
      return out->uses != NULL;
    }
  if (g_strcmp0 (name, OID_FRIENDLY_NAME) == 0 && out->label == NULL && trust_ber_expect (&values.content, TAG_BMP_STRING, &value))
    out->label = read_bmp (value.content);
  if (g_strcmp0 (name, OID_LOCAL_KEY_ID) == 0 && trust_ber_expect (&values.content, TAG_OCTET_STRING, &value))
    out->key_id = value.content;
  return TRUE;
}

static gboolean
read_attributes (TrustSpan in, Attributes *out)
{
  TrustDer set, attribute;

  if (in.size == 0)
    return TRUE;
  if (!trust_ber_expect (&in, TAG_SET, &set) || in.size > 0)
    return FALSE;
  while (set.content.size > 0)
    if (!trust_ber_expect (&set.content, TAG_SEQUENCE, &attribute) || !read_attribute (attribute.content, out))
      return FALSE;
  return TRUE;
}

/* CertBag ::= SEQUENCE { certId, certValue [0] EXPLICIT OCTET STRING } */
static gboolean
read_certificate (TrustPkcs12Contents *contents, TrustSpan in, Attributes *attributes, GError **error)
{
  TrustDer bag, oid, value;
  TrustSpan der;
  GByteArray *joined = NULL;
  TrustPkcs12Bag *out;

  if (!trust_ber_expect (&in, TAG_SEQUENCE, &bag) || !trust_ber_expect (&bag.content, TAG_OID, &oid)
      || !trust_ber_expect (&bag.content, TAG_CONTEXT_0, &value))
    return fail (error, "its certificate is damaged");

  g_autofree char *kind = trust_der_dup_oid (oid.content);

  if (g_strcmp0 (kind, OID_X509) != 0)
    {
      contents->n_others++;
      return TRUE;
    }
  if (!trust_ber_octets (&value.content, TAG_OCTET_STRING, &der, &joined))
    return fail (error, "its certificate is damaged");
  if (joined != NULL)
    g_ptr_array_add (contents->buffers, joined);
  out = g_new0 (TrustPkcs12Bag, 1);
  *out = (TrustPkcs12Bag) { der, g_steal_pointer (&attributes->label), attributes->key_id, g_steal_pointer (&attributes->uses) };
  g_ptr_array_add (contents->bags, out);
  return TRUE;
}

static gboolean
fail_bag (GError **error, guint number, const char *what)
{
  fail (error, what);
  g_prefix_error (error, "bag %u: ", number);
  return FALSE;
}

static gboolean read_safe (TrustPkcs12Contents *contents, TrustSpan safe, guint depth, GError **error);

static gboolean
read_bag (TrustPkcs12Contents *contents, const char *kind, TrustSpan value, Attributes *attributes, guint depth, GError **error)
{
  /* The last number of the bag's OID. */
  switch (kind[0] != '\0' && kind[1] == '\0' ? kind[0] : '\0')
    {
    case BAG_KEY:
    case BAG_SHROUDED_KEY:
      contents->n_keys++;
      if (attributes->key_id.size > 0)
        g_hash_table_add (contents->key_ids, trust_text_hex (attributes->key_id.data, attributes->key_id.size));
      return TRUE;
    case BAG_CERTIFICATE:
      return read_certificate (contents, value, attributes, error);
    case BAG_LIST:
      contents->n_lists++;
      return TRUE;
    case BAG_SECRET:
      contents->n_secrets++;
      return TRUE;
    case BAG_SAFE:
      return read_safe (contents, value, depth + 1, error);
    default:
      contents->n_others++;
      return TRUE;
    }
}

/* SafeContents ::= SEQUENCE OF SafeBag { bagId, bagValue [0] EXPLICIT, bagAttributes SET OF OPTIONAL } */
static gboolean
read_safe (TrustPkcs12Contents *contents, TrustSpan safe, guint depth, GError **error)
{
  TrustDer list, bag, oid, value;

  if (depth > TRUST_LIMIT_NESTING)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "safes stand in safes deeper than %u, the limit", TRUST_LIMIT_NESTING);
      return FALSE;
    }
  if (!trust_ber_expect (&safe, TAG_SEQUENCE, &list) || safe.size > 0)
    return fail (error, "it is damaged");
  for (guint number = 1; list.content.size > 0; number++)
    {
      g_auto (Attributes) attributes = { NULL, { NULL, 0 }, NULL };

      if (contents->bags->len + contents->n_keys + contents->n_lists + contents->n_secrets + contents->n_others > TRUST_LIMIT_INPUT_CERTIFICATES)
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "it holds more than %u objects, the limit; split it",
                       TRUST_LIMIT_INPUT_CERTIFICATES);
          return FALSE;
        }
      if (!trust_ber_expect (&list.content, TAG_SEQUENCE, &bag) || !trust_ber_expect (&bag.content, TAG_OID, &oid)
          || !trust_ber_expect (&bag.content, TAG_CONTEXT_0, &value) || !read_attributes (bag.content, &attributes))
        return fail_bag (error, number, "it is damaged");

      g_autofree char *name = trust_der_dup_oid (oid.content);
      const char *kind = name != NULL && g_str_has_prefix (name, OID_BAG) ? name + strlen (OID_BAG) : "";

      if (!read_bag (contents, kind, value.content, &attributes, depth, error))
        {
          g_prefix_error (error, "bag %u: ", number);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
trust_pkcs12_contents_read (TrustPkcs12Contents *contents, TrustSpan safe, GError **error)
{
  return read_safe (contents, safe, 0, error);
}
