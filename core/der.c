/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/der.h"

#include <string.h>

#define CLASS_MASK 0xc0
#define CONSTRUCTED 0x20
#define NUMBER_MASK 0x1f

/* X.690 8.1.2 and 10.2: which universal types are constructed is settled in DER; number 0 is BER's end of contents. */
static gboolean
is_der_tag (guint8 tag)
{
  guint number = tag & NUMBER_MASK;

  if (number == NUMBER_MASK)
    return FALSE;
  if ((tag & CLASS_MASK) != 0)
    return TRUE;
  switch (number)
    {
    case 0:
      return FALSE;
    case 8:  /* EXTERNAL */
    case 11: /* EMBEDDED PDV */
    case 16: /* SEQUENCE */
    case 17: /* SET */
    case 29: /* CHARACTER STRING */
      return (tag & CONSTRUCTED) != 0;
    default:
      return (tag & CONSTRUCTED) == 0;
    }
}

gboolean
trust_der_next (TrustSpan *in, TrustDer *out)
{
  if (in->size < 2 || !is_der_tag (in->data[0]))
    return FALSE;

  gsize head = 2;
  gsize length = in->data[1];

  /* X.690 10.1: the definite form, in the fewest octets. */
  if (length >= 0x80)
    {
      gsize octets = length & 0x7f;

      if (octets == 0 || octets > 4 || in->size - head < octets || in->data[head] == 0)
        return FALSE;
      length = 0;
      for (gsize i = 0; i < octets; i++)
        length = length << 8 | in->data[head + i];
      if (length < 0x80)
        return FALSE;
      head += octets;
    }
  if (in->size - head < length)
    return FALSE;

  out->tag = in->data[0];
  out->content = (TrustSpan) { in->data + head, length };
  out->whole = (TrustSpan) { in->data, head + length };
  in->data += head + length;
  in->size -= head + length;
  return TRUE;
}

gboolean
trust_der_expect (TrustSpan *in, guint8 tag, TrustDer *out)
{
  return in->size > 0 && in->data[0] == tag && trust_der_next (in, out);
}

gboolean
trust_span_equal (TrustSpan a, TrustSpan b)
{
  return a.size == b.size && (a.size == 0 || memcmp (a.data, b.data, a.size) == 0);
}

char *
trust_der_dup_oid (TrustSpan content)
{
  g_autoptr (GString) out = g_string_new (NULL);
  guint64 arc = 0;

  if (content.size == 0 || content.size > 64 || (content.data[content.size - 1] & 0x80) != 0)
    return NULL;
  for (gsize i = 0; i < content.size; i++)
    {
      if (arc >> 56 != 0 || (arc == 0 && content.data[i] == 0x80))
        return NULL;
      arc = arc << 7 | (content.data[i] & 0x7f);
      if ((content.data[i] & 0x80) != 0)
        continue;
      if (out->len == 0)
        {
          guint64 first = MIN (arc / 40, 2);

          g_string_printf (out, "%" G_GUINT64_FORMAT, first);
          arc -= first * 40;
        }
      g_string_append_printf (out, ".%" G_GUINT64_FORMAT, arc);
      arc = 0;
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}
