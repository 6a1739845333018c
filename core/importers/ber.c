/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/importers/ber.h"

#include "core/limits.h"

#include <string.h>

#define CONSTRUCTED 0x20
#define NUMBER_MASK 0x1f
#define TAG_INTEGER 0x02
#define TAG_OCTET_STRING 0x04

typedef struct
{
  guint8 tag;
  gboolean is_indefinite;
  gsize head;   /* octets of identifier and length */
  gsize length; /* of the value, if definite */
} Head;

/* X.690 8.1.2 and 8.1.3, but no identifier of several octets, which these formats have none of. */
static gboolean
read_head (TrustSpan in, Head *head)
{
  if (in.size < 2 || (in.data[0] & NUMBER_MASK) == NUMBER_MASK)
    return FALSE;
  *head = (Head) { in.data[0], FALSE, 2, in.data[1] };
  if (in.data[1] < 0x80)
    return TRUE;
  if (in.data[1] == 0x80)
    {
      head->is_indefinite = TRUE;
      head->length = 0;
      return (in.data[0] & CONSTRUCTED) != 0;
    }

  gsize octets = in.data[1] & 0x7f;
  guint64 length = 0;

  /* Leading zeros are BER; more than a file's size is cut. */
  if (in.size - 2 < octets)
    return FALSE;
  for (gsize i = 0; i < octets; i++)
    {
      length = length << 8 | in.data[2 + i];
      if (length > in.size)
        return FALSE;
    }
  head->head += octets;
  head->length = (gsize) length;
  return in.size - head->head >= head->length;
}

static void
skip (TrustSpan *in, gsize n)
{
  in->data += n;
  in->size -= n;
}

/* The size of the value at IN that an end of contents closes, without it. Values of definite length are passed over whole. */
static gboolean
find_end (TrustSpan in, gsize *size)
{
  const guint8 *start = in.data;
  guint depth = 1;
  Head head;

  while (in.size >= 2)
    {
      if (in.data[0] == 0 && in.data[1] == 0)
        {
          if (--depth == 0)
            {
              *size = (gsize) (in.data - start);
              return TRUE;
            }
          skip (&in, 2);
          continue;
        }
      if (!read_head (in, &head) || head.tag == 0)
        return FALSE;
      if (head.is_indefinite && ++depth > TRUST_LIMIT_NESTING)
        return FALSE;
      if (head.length > in.size - head.head)
        return FALSE;
      skip (&in, head.head + head.length);
    }
  return FALSE;
}

gboolean
trust_ber_next (TrustSpan *in, TrustDer *out)
{
  Head head;

  if (!read_head (*in, &head) || head.tag == 0 || head.length > in->size - head.head)
    return FALSE;

  TrustSpan rest = { in->data + head.head, in->size - head.head };
  gsize size = head.length, end = 0;

  if (head.is_indefinite)
    {
      if (!find_end (rest, &size))
        return FALSE;
      end = 2;
    }
  *out = (TrustDer) { head.tag, { rest.data, size }, { in->data, head.head + size + end } };
  skip (in, head.head + size + end);
  return TRUE;
}

gboolean
trust_ber_expect (TrustSpan *in, guint8 tag, TrustDer *out)
{
  return in->size > 0 && in->data[0] == tag && trust_ber_next (in, out);
}

/* Appends the pieces of CONTENT. X.690 8.7.3.2: each is an OCTET STRING itself, in pieces or not. */
static gboolean
join (TrustSpan content, GByteArray *out, guint depth)
{
  TrustDer piece;

  if (depth > TRUST_LIMIT_NESTING)
    return FALSE;
  while (content.size > 0)
    {
      if (!trust_ber_next (&content, &piece))
        return FALSE;
      if (piece.tag == TAG_OCTET_STRING)
        g_byte_array_append (out, piece.content.data, (guint) piece.content.size);
      else if (piece.tag != (TAG_OCTET_STRING | CONSTRUCTED) || !join (piece.content, out, depth + 1))
        return FALSE;
    }
  return TRUE;
}

gboolean
trust_ber_octets (TrustSpan *in, guint8 tag, TrustSpan *out, GByteArray **joined)
{
  TrustSpan rest = *in;
  TrustDer element;

  *joined = NULL;
  if (!trust_ber_next (&rest, &element) || (element.tag & ~CONSTRUCTED) != tag)
    return FALSE;
  *out = element.content;
  if ((element.tag & CONSTRUCTED) != 0)
    {
      GByteArray *all = g_byte_array_sized_new ((guint) element.content.size);

      if (!join (element.content, all, 0))
        {
          /* It may have been a key. */
          if (all->len > 0)
            explicit_bzero (all->data, all->len);
          g_byte_array_unref (all);
          return FALSE;
        }
      *joined = all;
      *out = (TrustSpan) { all->data, all->len };
    }
  *in = rest;
  return TRUE;
}

gboolean
trust_ber_number (TrustSpan *in, guint64 max, guint64 *out)
{
  TrustSpan rest = *in;
  TrustDer element;

  if (!trust_ber_expect (&rest, TAG_INTEGER, &element) || element.content.size == 0 || element.content.size > 8 || element.content.data[0] >= 0x80)
    return FALSE;
  *out = 0;
  for (gsize i = 0; i < element.content.size; i++)
    *out = *out << 8 | element.content.data[i];
  if (*out > max)
    return FALSE;
  *in = rest;
  return TRUE;
}
