/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/constraint-kind.h"
#include "core/der-write.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/name.h"

#include <string.h>

#define TAG_SEQUENCE 0x30
#define TAG_PERMITTED 0xa0
#define TAG_EXCLUDED 0xa1
/* RFC 5280 4.2.1.6: GeneralName. */
#define TAG_RFC822_NAME 0x81
#define TAG_DNS_NAME 0x82
#define TAG_DIRECTORY_NAME 0xa4
#define TAG_URI 0x86
#define TAG_IP_ADDRESS 0x87

static gboolean
refuse (GError **error, const char *what)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "The name constraints can't be used: %s", what);
  return FALSE;
}

/* The bits of a mask, if they are all in front (RFC 4632 section 3.1); -1 if not. */
static int
read_mask (const guint8 *mask, gsize size)
{
  guint n = 0;

  while (n < size * 8 && (mask[n / 8] & 0x80 >> n % 8) != 0)
    n++;
  for (guint i = n; i < size * 8; i++)
    if ((mask[i / 8] & 0x80 >> i % 8) != 0)
      return -1;
  return (int) n;
}

static gboolean
add_address (TrustConstraints *constraints, gboolean excluded, TrustSpan value, GError **error)
{
  g_autoptr (GByteArray) key = g_byte_array_new ();
  g_autoptr (TrustSubtree) subtree = NULL;
  TrustSpan address = { value.data, value.size / 2 };
  int n_bits = -1;

  if (value.size != 8 && value.size != 32)
    return refuse (error, "an IP subtree is not an address and a mask");
  n_bits = read_mask (value.data + address.size, address.size);
  if (n_bits < 0)
    return refuse (error, "the mask of an IP subtree has gaps");
  if (trust_key_is_mapped (address) && n_bits >= 96)
    return refuse (error, "an IP subtree is IPv4 in IPv6");
  for (guint i = (guint) n_bits; i < address.size * 8; i++)
    if ((address.data[i / 8] & 0x80 >> i % 8) != 0)
      return refuse (error, "the address of an IP subtree has bits set behind its mask");
  trust_key_add_address (key, address, (guint) n_bits);
  subtree = trust_subtree_new (TRUST_NAME_IP, (TrustSpan) { key->data, key->len }, (TrustSpan) { NULL, 0 });
  return trust_constraints_take (constraints, TRUST_NAME_IP, excluded, subtree, error);
}

static gboolean
add_directory (TrustConstraints *constraints, gboolean excluded, TrustSpan value, GError **error)
{
  g_autoptr (GByteArray) canonical = NULL;
  g_autoptr (TrustSubtree) subtree = NULL;
  TrustDer name;

  if (!trust_der_expect (&value, TAG_SEQUENCE, &name) || value.size != 0)
    return refuse (error, "a directory subtree is no name");
  if (name.whole.size > TRUST_LIMIT_SUBTREE_BYTES)
    return refuse (error, "a directory subtree is too long");
  canonical = trust_name_canonical (name.whole);
  if (canonical == NULL)
    return refuse (error, "a directory subtree is no name");
  subtree = trust_subtree_new (TRUST_NAME_DIRECTORY, (TrustSpan) { canonical->data, canonical->len }, name.whole);
  return trust_constraints_take (constraints, TRUST_NAME_DIRECTORY, excluded, subtree, error);
}

/* No octets stand for every name: readers agree on that for dNSName; of the others only to exclude them all. */
static gboolean
add_string (TrustConstraints *constraints, TrustNameKind kind, gboolean excluded, TrustSpan value, GError **error)
{
  g_autofree char *text = g_strndup ((const char *) value.data, value.size);
  g_autoptr (GError) reason = NULL;

  if (value.size == 0 && kind != TRUST_NAME_DNS && !excluded)
    return refuse (error, "a permitted subtree is empty");
  if (value.size > 0 && memchr (value.data, '\0', value.size) != NULL)
    return refuse (error, "a subtree holds a NUL");
  if (trust_constraints_add (constraints, kind, excluded, value.size == 0 ? "." : text, &reason))
    return TRUE;
  if (g_error_matches (reason, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  return refuse (error, reason->message);
}

static gboolean
add_subtree (TrustConstraints *constraints, gboolean excluded, TrustSpan in, GError **error)
{
  TrustDer base;

  if (!trust_der_next (&in, &base))
    return refuse (error, "they are no DER");
  /* RFC 5280 4.2.1.10: minimum is 0, which DER leaves out, and maximum is absent. */
  if (in.size != 0)
    return refuse (error, "a subtree has a minimum or a maximum");
  switch (base.tag)
    {
    case TAG_DNS_NAME:
      return add_string (constraints, TRUST_NAME_DNS, excluded, base.content, error);
    case TAG_RFC822_NAME:
      return add_string (constraints, TRUST_NAME_EMAIL, excluded, base.content, error);
    case TAG_URI:
      return add_string (constraints, TRUST_NAME_URI, excluded, base.content, error);
    case TAG_IP_ADDRESS:
      return add_address (constraints, excluded, base.content, error);
    case TAG_DIRECTORY_NAME:
      return add_directory (constraints, excluded, base.content, error);
    default:
      return refuse (error, "a subtree is of a kind of name that anchord does not know");
    }
}

gboolean
trust_constraints_add_der (TrustConstraints *constraints, TrustSpan value, GError **error)
{
  TrustDer outer, list, subtree;

  if (!trust_der_expect (&value, TAG_SEQUENCE, &outer) || value.size != 0)
    return refuse (error, "they are no DER");
  if (outer.content.size == 0)
    return refuse (error, "they are empty");
  for (guint tag = TAG_PERMITTED; tag <= TAG_EXCLUDED; tag++)
    {
      if (!trust_der_expect (&outer.content, (guint8) tag, &list))
        continue;
      if (list.content.size == 0)
        return refuse (error, "a list of subtrees is empty");
      while (list.content.size > 0)
        if (!trust_der_expect (&list.content, TAG_SEQUENCE, &subtree))
          return refuse (error, "they are no DER");
        else if (!add_subtree (constraints, tag == TAG_EXCLUDED, subtree.content, error))
          return FALSE;
    }
  return outer.content.size == 0 || refuse (error, "they are no DER");
}

/* One GeneralSubtree. */
static void
append_subtree (GByteArray *out, guint8 tag, const void *content, gsize size)
{
  g_autoptr (GByteArray) base = g_byte_array_new ();

  trust_der_append (base, tag, content, size);
  trust_der_append (out, TAG_SEQUENCE, base->data, base->len);
}

static void
append_address (GByteArray *out, TrustSpan key)
{
  guint8 bytes[32] = { 0 }, address[16];
  guint n_bits = 0;
  gsize size = trust_key_get_address (key, address, &n_bits);

  memcpy (bytes, address, size);
  for (guint i = 0; i < n_bits; i++)
    bytes[size + i / 8] |= (guint8) (0x80 >> i % 8);
  append_subtree (out, TAG_IP_ADDRESS, bytes, 2 * size);
}

static void
append_name (GByteArray *out, const TrustSubtree *subtree, gboolean excluded)
{
  static const guint8 tags[] = { TAG_DNS_NAME, TAG_IP_ADDRESS, TAG_RFC822_NAME, TAG_URI, TAG_DIRECTORY_NAME };
  g_autofree char *text = NULL;

  G_STATIC_ASSERT (G_N_ELEMENTS (tags) == TRUST_NAME_LAST);
  if (subtree->kind == TRUST_NAME_IP)
    {
      append_address (out, subtree->key);
      return;
    }
  if (subtree->kind == TRUST_NAME_DIRECTORY)
    {
      append_subtree (out, TAG_DIRECTORY_NAME, subtree->name.data, subtree->name.size);
      return;
    }
  text = trust_subtree_dup_text (subtree);
  append_subtree (out, tags[subtree->kind], text, subtree->key.size == 1 && (excluded || subtree->kind == TRUST_NAME_DNS) ? 0 : strlen (text));
}

/* Every name of KIND. */
static void
append_everything (GByteArray *out, TrustNameKind kind)
{
  static const guint8 none[] = { TAG_SEQUENCE, 0 };

  switch (kind)
    {
    case TRUST_NAME_IP:
      append_address (out, (TrustSpan) { (const guint8 *) "4", 1 });
      append_address (out, (TrustSpan) { (const guint8 *) "6", 1 });
      break;
    case TRUST_NAME_DIRECTORY:
      append_subtree (out, TAG_DIRECTORY_NAME, none, sizeof none);
      break;
    default:
      append_subtree (out, kind == TRUST_NAME_DNS ? TAG_DNS_NAME : kind == TRUST_NAME_EMAIL ? TAG_RFC822_NAME : TAG_URI, NULL, 0);
      break;
    }
}

GByteArray *
trust_constraints_to_der (const TrustConstraints *constraints)
{
  g_autoptr (GByteArray) permitted = g_byte_array_new (), excluded = g_byte_array_new (), both = g_byte_array_new ();
  GByteArray *out = NULL;

  if (trust_constraints_is_empty (constraints))
    return NULL;
  for (guint kind = 0; kind < TRUST_NAME_LAST; kind++)
    {
      const TrustKindRules *rules = &constraints->kinds[kind];

      if (rules->is_restricted && trust_subtrees_length (rules->permitted) == 0)
        append_everything (excluded, kind);
      for (guint i = 0; i < trust_subtrees_length (rules->permitted); i++)
        append_name (permitted, rules->permitted->pdata[i], FALSE);
      for (guint i = 0; i < trust_subtrees_length (rules->excluded); i++)
        append_name (excluded, rules->excluded->pdata[i], TRUE);
    }
  if (permitted->len > 0)
    trust_der_append (both, TAG_PERMITTED, permitted->data, permitted->len);
  if (excluded->len > 0)
    trust_der_append (both, TAG_EXCLUDED, excluded->data, excluded->len);
  out = g_byte_array_new ();
  trust_der_append (out, TAG_SEQUENCE, both->data, both->len);
  return out;
}
