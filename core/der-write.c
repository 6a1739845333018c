/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/der-write.h"

/* X.690 section 8.1.3: the definite form, in the fewest octets. Returns: how many octets HEAD has now. */
static guint
make_head (guint8 head[6], guint8 tag, gsize size)
{
  guint n = 1, octets = 0;

  for (gsize left = size; left > 0; left >>= 8)
    octets++;
  head[0] = tag;
  if (size < 0x80)
    head[n++] = (guint8) size;
  else
    {
      head[n++] = (guint8) (0x80 | octets);
      for (guint i = octets; i > 0; i--)
        head[n++] = (guint8) (size >> (8 * (i - 1)));
    }
  return n;
}

void
trust_der_append (GByteArray *out, guint8 tag, const void *content, gsize size)
{
  guint8 head[6];

  g_byte_array_append (out, head, make_head (head, tag, size));
  if (size > 0)
    g_byte_array_append (out, content, (guint) size);
}

void
trust_der_wrap (GByteArray *bytes, guint8 tag)
{
  guint8 head[6];

  g_byte_array_prepend (bytes, head, make_head (head, tag, bytes->len));
}

/* X.690 section 8.19.2: seven bits an octet, the highest first. */
static void
append_arc (GByteArray *out, guint64 arc)
{
  for (gint shift = 63; shift >= 0; shift -= 7)
    {
      guint8 octet = (guint8) ((arc >> shift & 0x7f) | (shift > 0 ? 0x80 : 0));

      if (shift == 0 || arc >> shift != 0)
        g_byte_array_append (out, &octet, 1);
    }
}

void
trust_der_append_oid_content (GByteArray *out, const char *oid)
{
  char *at = NULL;
  guint64 first = g_ascii_strtoull (oid, &at, 10), arc = 0;

  for (guint i = 0; *at == '.'; i++)
    {
      arc = g_ascii_strtoull (at + 1, &at, 10);
      append_arc (out, i == 0 ? first * 40 + arc : arc);
    }
}

void
trust_der_append_oid (GByteArray *out, const char *oid)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();

  trust_der_append_oid_content (content, oid);
  trust_der_append (out, 0x06, content->data, content->len);
}

gboolean
trust_der_can_say_oid (const char *oid)
{
  /* Readers take these for every purpose (RFC 5280 section 4.2.1.12) and, p11-kit, for none. */
  static const char *const with_other_meaning[] = { "2.5.29.37.0", "1.3.6.1.4.1.3319.6.10.16", NULL };
  g_autoptr (GByteArray) der = g_byte_array_new ();
  g_autofree char *back = NULL;
  TrustSpan in;
  TrustDer element;

  if (g_strv_contains (with_other_meaning, oid))
    return FALSE;
  trust_der_append_oid (der, oid);
  in = (TrustSpan) { der->data, der->len };
  back = trust_der_expect (&in, 0x06, &element) ? trust_der_dup_oid (element.content) : NULL;
  return g_strcmp0 (back, oid) == 0;
}
