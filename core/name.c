/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/name.h"

#include <gnutls/crypto.h>
#include <string.h>

#define TAG_OID 0x06
#define TAG_UTF8_STRING 0x0c
#define TAG_NUMERIC_STRING 0x12
#define TAG_PRINTABLE_STRING 0x13
#define TAG_T61_STRING 0x14
#define TAG_IA5_STRING 0x16
#define TAG_VISIBLE_STRING 0x1a
#define TAG_UNIVERSAL_STRING 0x1c
#define TAG_BMP_STRING 0x1e
#define TAG_SEQUENCE 0x30
#define TAG_SET 0x31

static void
append_utf8 (GByteArray *out, gunichar c)
{
  char buffer[6];

  g_byte_array_append (out, (const guint8 *) buffer, (guint) g_unichar_to_utf8 (c, buffer));
}

/* Characters of WIDTH bytes each, big endian. */
static gboolean
append_wide (GByteArray *out, TrustSpan text, gsize width)
{
  if (text.size % width != 0)
    return FALSE;
  for (gsize at = 0; at < text.size; at += width)
    {
      gunichar c = 0;

      for (gsize i = 0; i < width; i++)
        c = c << 8 | text.data[at + i];
      if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return FALSE;
      append_utf8 (out, c);
    }
  return TRUE;
}

/* UTF-8 as bytes, where a NUL is a character like others. */
static gboolean
is_utf8 (TrustSpan text)
{
  const char *at = (const char *) text.data;
  gssize left = (gssize) text.size;

  while (left > 0)
    {
      const char *stop;

      if (g_utf8_validate_len (at, (gsize) left, &stop))
        return TRUE;
      if (*stop != '\0')
        return FALSE;
      left -= stop + 1 - at;
      at = stop + 1;
    }
  return TRUE;
}

/* Appends VALUE's text as UTF-8. FALSE when it is no string, or not one of its type. */
static gboolean
append_text (GByteArray *out, const TrustDer *value)
{
  TrustSpan text = value->content;

  switch (value->tag)
    {
    case TAG_BMP_STRING:
      return append_wide (out, text, 2);
    case TAG_UNIVERSAL_STRING:
      return append_wide (out, text, 4);
    /* T.61 in certificates is Latin-1, and so is what is wrong in the ASCII types. */
    case TAG_T61_STRING:
    case TAG_PRINTABLE_STRING:
    case TAG_IA5_STRING:
    case TAG_VISIBLE_STRING:
    case TAG_NUMERIC_STRING:
      return append_wide (out, text, 1);
    case TAG_UTF8_STRING:
      if (!is_utf8 (text))
        return FALSE;
      g_byte_array_append (out, text.data, (guint) text.size);
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
is_space (guint8 c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Trims TEXT from byte FROM on, folds blanks, lower-cases ASCII. */
static void
fold (GByteArray *text, guint from)
{
  guint end = text->len;
  guint to = from;
  guint at = from;

  while (at < end && is_space (text->data[at]))
    at++;
  while (end > at && is_space (text->data[end - 1]))
    end--;
  while (at < end)
    {
      guint8 c = text->data[at++];

      if (is_space (c))
        {
          c = ' ';
          while (is_space (text->data[at]))
            at++;
        }
      text->data[to++] = (guint8) g_ascii_tolower ((char) c);
    }
  g_byte_array_set_size (text, to);
}

static void
append_head (GByteArray *out, guint8 tag, gsize length)
{
  guint8 head[6] = { tag };
  guint size = 1;

  if (length < 0x80)
    head[size++] = (guint8) length;
  else
    {
      guint octets = length > 0xffffff ? 4 : length > 0xffff ? 3 : length > 0xff ? 2 : 1;

      head[size++] = (guint8) (0x80 | octets);
      while (octets-- > 0)
        head[size++] = (guint8) (length >> (8 * octets));
    }
  g_byte_array_append (out, head, size);
}

static gboolean
read_attribute (TrustSpan *in, TrustDer *oid, TrustDer *value)
{
  TrustDer pair;

  return trust_der_expect (in, TAG_SEQUENCE, &pair) && trust_der_expect (&pair.content, TAG_OID, oid) && trust_der_next (&pair.content, value)
         && pair.content.size == 0;
}

/* Appends the canonical AttributeTypeAndValue. SCRATCH is for its text. NumericString is no string to OpenSSL here. */
static void
append_attribute (GByteArray *out, const TrustDer *oid, const TrustDer *value, GByteArray *scratch)
{
  TrustSpan text = value->whole;

  g_byte_array_set_size (scratch, 0);
  if (value->tag != TAG_NUMERIC_STRING && append_text (scratch, value))
    {
      fold (scratch, 0);
      text = (TrustSpan) { scratch->data, scratch->len };

      gsize head = 2 + (text.size >= 0x80) + (text.size > 0xff) + (text.size > 0xffff) + (text.size > 0xffffff);

      append_head (out, TAG_SEQUENCE, oid->whole.size + head + text.size);
      g_byte_array_append (out, oid->whole.data, (guint) oid->whole.size);
      append_head (out, TAG_UTF8_STRING, text.size);
    }
  else
    {
      append_head (out, TAG_SEQUENCE, oid->whole.size + text.size);
      g_byte_array_append (out, oid->whole.data, (guint) oid->whole.size);
    }
  g_byte_array_append (out, text.data, (guint) text.size);
}

/* X.690 11.6: the members of a SET OF stand in ascending order of their encodings. */
static int
compare_members (gconstpointer a, gconstpointer b)
{
  const TrustDer *left = a, *right = b;
  int order = memcmp (left->whole.data, right->whole.data, MIN (left->whole.size, right->whole.size));

  return order != 0 ? order : (left->whole.size > right->whole.size) - (left->whole.size < right->whole.size);
}

static void
append_set (GByteArray *out, const GByteArray *members, guint count)
{
  append_head (out, TAG_SET, members->len);
  if (count < 2)
    {
      g_byte_array_append (out, members->data, members->len);
      return;
    }

  g_autoptr (GArray) sorted = g_array_sized_new (FALSE, FALSE, sizeof (TrustDer), count);
  TrustSpan rest = { members->data, members->len };
  TrustDer member;

  while (trust_der_next (&rest, &member))
    g_array_append_val (sorted, member);
  g_array_sort (sorted, compare_members);
  for (guint i = 0; i < sorted->len; i++)
    {
      const TrustDer *next = &g_array_index (sorted, TrustDer, i);

      g_byte_array_append (out, next->whole.data, (guint) next->whole.size);
    }
}

GByteArray *
trust_name_canonical (TrustSpan name)
{
  TrustDer sequence, set, oid, value;

  if (!trust_der_expect (&name, TAG_SEQUENCE, &sequence) || name.size != 0)
    return NULL;

  g_autoptr (GByteArray) out = g_byte_array_sized_new ((guint) sequence.content.size);
  g_autoptr (GByteArray) members = g_byte_array_sized_new (256);
  g_autoptr (GByteArray) scratch = g_byte_array_sized_new (256);

  while (sequence.content.size > 0)
    {
      guint count = 0;

      if (!trust_der_expect (&sequence.content, TAG_SET, &set) || set.content.size == 0)
        return NULL;
      g_byte_array_set_size (members, 0);
      for (; set.content.size > 0; count++)
        {
          if (!read_attribute (&set.content, &oid, &value))
            return NULL;
          append_attribute (members, &oid, &value, scratch);
        }
      append_set (out, members, count);
    }
  return g_steal_pointer (&out);
}

gboolean
trust_name_identify (TrustSpan name, guint32 *openssl_hash, guint64 *id)
{
  g_autoptr (GByteArray) canonical = trust_name_canonical (name);
  guint8 sha1[20], sha256[32];

  if (canonical == NULL || gnutls_hash_fast (GNUTLS_DIG_SHA1, canonical->data, canonical->len, sha1) < 0
      || gnutls_hash_fast (GNUTLS_DIG_SHA256, canonical->data, canonical->len, sha256) < 0)
    {
      *openssl_hash = 0;
      *id = 0;
      return FALSE;
    }
  *openssl_hash = (guint32) sha1[0] | (guint32) sha1[1] << 8 | (guint32) sha1[2] << 16 | (guint32) sha1[3] << 24;
  memcpy (id, sha256, sizeof *id);
  return TRUE;
}

guint32
trust_name_openssl_hash (TrustSpan name)
{
  guint32 hash;
  guint64 id;

  trust_name_identify (name, &hash, &id);
  return hash;
}

guint64
trust_name_id (TrustSpan name)
{
  guint32 hash;
  guint64 id;

  trust_name_identify (name, &hash, &id);
  return id;
}

/* A C string ends at a NUL, and so would hide what follows it: shown as U+FFFD, like what is not UTF-8. */
static char *
to_string (TrustSpan text)
{
  g_autoptr (GString) out = g_string_sized_new (text.size);

  while (text.size > 0)
    {
      gsize run = strnlen ((const char *) text.data, text.size);
      g_autofree char *valid = g_utf8_make_valid ((const char *) text.data, (gssize) run);

      g_string_append (out, valid);
      if (run < text.size)
        {
          g_string_append (out, "\xef\xbf\xbd");
          run++;
        }
      text.data += run;
      text.size -= run;
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
trust_name_attribute (TrustSpan name, const char *oid_octets, gsize oid_size)
{
  TrustSpan wanted = { (const guint8 *) oid_octets, oid_size };
  TrustDer sequence, set, oid, value;

  if (!trust_der_expect (&name, TAG_SEQUENCE, &sequence))
    return NULL;
  while (trust_der_expect (&sequence.content, TAG_SET, &set))
    while (read_attribute (&set.content, &oid, &value))
      if (trust_span_equal (oid.content, wanted))
        {
          g_autoptr (GByteArray) text = g_byte_array_new ();

          if (append_text (text, &value))
            return to_string ((TrustSpan) { text->data, text->len });
          return value.tag == TAG_UTF8_STRING ? to_string (value.content) : NULL;
        }
  return NULL;
}
