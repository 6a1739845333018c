/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/der.h"

#include <string.h>

/* A copy of exactly SIZE bytes, so that a read past the end is seen. */
static guint8 *
exactly (const void *bytes, gsize size)
{
  guint8 *copy = g_malloc (MAX (size, 1));

  memcpy (copy, bytes, size);
  return size > 0 ? copy : (g_free (copy), NULL);
}

typedef struct
{
  const char *what;
  const char *bytes;
  gsize size;
} BadCase;

#define BAD(what, literal)                                                                                                                           \
  {                                                                                                                                                  \
    what, literal, sizeof (literal) - 1                                                                                                              \
  }

/* X.690 8.1.3, 10.1, 10.2 */
static const BadCase bad[] = {
  BAD ("nothing", ""),
  BAD ("tag only", "\x30"),
  BAD ("content cut", "\x04\x03\x01\x02"),
  BAD ("indefinite length", "\x30\x80\x00\x00"),
  BAD ("long form of a short length", "\x04\x81\x7f"),
  BAD ("long form of zero", "\x04\x81\x00"),
  BAD ("leading zero in the length", "\x04\x82\x00\x80"),
  BAD ("length cut", "\x04\x82\x01"),
  BAD ("length missing", "\x04\x84"),
  BAD ("length of five octets", "\x04\x85\x01\x00\x00\x00\x00"),
  BAD ("reserved length", "\x04\xff\x00"),
  BAD ("length past the end", "\x04\x84\xff\xff\xff\xff\x00"),
  BAD ("multi-byte tag", "\x1f\x81\x01\x00"),
  BAD ("multi-byte context tag", "\xbf\x81\x01\x00"),
  BAD ("end of contents", "\x00\x00"),
  BAD ("primitive SEQUENCE", "\x10\x00"),
  BAD ("primitive SET", "\x11\x00"),
  BAD ("constructed OCTET STRING", "\x24\x02\x04\x00"),
  BAD ("constructed UTF8String", "\x2c\x00"),
  BAD ("constructed INTEGER", "\x22\x00"),
};

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree guint8 *copy = exactly (bad[i].bytes, bad[i].size);
      TrustSpan in = { copy, bad[i].size };
      TrustDer out;

      g_test_message ("%s", bad[i].what);
      g_assert_false (trust_der_next (&in, &out));
      g_assert_true (in.data == copy);
      g_assert_cmpuint (in.size, ==, bad[i].size);
    }
}

static void
test_lengths (void)
{
  const gsize sizes[] = { 0, 1, 127, 128, 255, 256, 65535, 65536, 70000 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      gsize size = sizes[i];
      gsize head = size < 128 ? 2 : size < 256 ? 3 : size < 65536 ? 4 : 5;
      g_autofree guint8 *bytes = g_malloc0 (head + size);
      TrustSpan in = { bytes, head + size };
      TrustDer out;

      bytes[0] = 0x04;
      bytes[1] = (guint8) (head == 2 ? size : 0x80 | (head - 2));
      for (gsize j = 2; j < head; j++)
        bytes[j] = (guint8) (size >> (8 * (head - 1 - j)));
      g_assert_true (trust_der_next (&in, &out));
      g_assert_cmpuint (out.tag, ==, 0x04);
      g_assert_cmpuint (out.content.size, ==, size);
      g_assert_true (out.content.data == bytes + head);
      g_assert_true (out.whole.data == bytes);
      g_assert_cmpuint (out.whole.size, ==, head + size);
      g_assert_cmpuint (in.size, ==, 0);

      in = (TrustSpan) { bytes, head + size - 1 };
      g_assert_false (trust_der_next (&in, &out));
    }
}

static void
test_sequence (void)
{
  const guint8 bytes[] = { 0x30, 0x08, 0x02, 0x01, 0x05, 0xa0, 0x03, 0x04, 0x01, 0x09, 0x05, 0x00 };
  TrustSpan in = { bytes, sizeof bytes };
  TrustDer sequence, integer, wrapper, octets, null;

  g_assert_false (trust_der_expect (&in, 0x31, &sequence));
  g_assert_true (trust_der_expect (&in, 0x30, &sequence));
  g_assert_true (trust_der_expect (&sequence.content, 0x02, &integer));
  g_assert_cmpuint (integer.content.data[0], ==, 5);
  g_assert_true (trust_der_expect (&sequence.content, 0xa0, &wrapper));
  g_assert_true (trust_der_expect (&wrapper.content, 0x04, &octets));
  g_assert_cmpuint (sequence.content.size, ==, 0);
  g_assert_false (trust_der_next (&sequence.content, &null));
  g_assert_true (trust_der_next (&in, &null));
  g_assert_cmpuint (in.size, ==, 0);
}

static void
test_span_equal (void)
{
  const guint8 a[] = { 1, 2, 3 }, b[] = { 1, 2, 4 };

  g_assert_true (trust_span_equal ((TrustSpan) { a, 2 }, (TrustSpan) { b, 2 }));
  g_assert_false (trust_span_equal ((TrustSpan) { a, 3 }, (TrustSpan) { b, 3 }));
  g_assert_false (trust_span_equal ((TrustSpan) { a, 2 }, (TrustSpan) { a, 3 }));
  g_assert_true (trust_span_equal ((TrustSpan) { NULL, 0 }, (TrustSpan) { a, 0 }));
}

static guint
walk (TrustSpan in, guint depth)
{
  guint count = 0;
  TrustDer element;

  while (trust_der_next (&in, &element))
    {
      g_assert_true (element.whole.data + element.whole.size == element.content.data + element.content.size);
      g_assert_true (element.whole.data + element.whole.size == in.data);
      count++;
      if ((element.tag & 0x20) != 0 && depth < 40)
        count += walk (element.content, depth + 1);
    }
  return count;
}

/* A nested structure with random bytes changed and cut anywhere: whatever is read lies inside. */
static void
test_mutations (void)
{
  guint8 base[400];
  gsize size = sizeof base;

  /* Elements one inside the other, closed by short ones. */
  for (gsize i = 0; i + 4 < size; i += 4)
    {
      gsize rest = size - i - 4;

      base[i] = 0x30;
      base[i + 1] = 0x82;
      base[i + 2] = (guint8) (rest >> 8);
      base[i + 3] = (guint8) rest;
    }
  memcpy (base + 300, "\x02\x01\x05\x04\x02\x01\x02\x30\x03\x02\x01\x07\x05\x00\xa0\x02\x05\x00", 18);
  for (guint round = 0; round < 20000; round++)
    {
      gsize kept = (gsize) g_test_rand_int_range (1, (gint) size + 1);
      g_autofree guint8 *copy = exactly (base, kept);

      for (gint changes = g_test_rand_int_range (0, 8); changes > 0; changes--)
        copy[g_test_rand_int_range (0, (gint) kept)] = (guint8) g_test_rand_int ();
      walk ((TrustSpan) { copy, kept }, 0);
    }
  for (guint round = 0; round < 20000; round++)
    {
      gsize kept = (gsize) g_test_rand_int_range (1, 64);
      g_autofree guint8 *copy = g_malloc (kept);

      for (gsize i = 0; i < kept; i++)
        copy[i] = (guint8) g_test_rand_int ();
      walk ((TrustSpan) { copy, kept }, 0);
    }
}

static void
check_oid (const char *bytes, gsize size, const char *expected)
{
  g_autofree char *text = trust_der_dup_oid ((TrustSpan) { (const guint8 *) bytes, size });

  g_assert_cmpstr (text, ==, expected);
}

/* X.690 8.19: the first two arcs in one, no leading 80, the last octet without its high bit. */
static void
test_oid (void)
{
  check_oid ("\x2b\x06\x01\x05\x05\x07\x03\x01", 8, "1.3.6.1.5.5.7.3.1");
  check_oid ("\x55\x1d\x25\x00", 4, "2.5.29.37.0");
  check_oid ("\x88\x37\x03", 3, "2.999.3");
  check_oid ("\x00", 1, "0.0");
  check_oid ("\x27", 1, "0.39");
  check_oid ("\x28", 1, "1.0");
  check_oid ("", 0, NULL);
  check_oid ("\x2b\x80\x01", 3, NULL);
  check_oid ("\x2b\x86", 2, NULL);
  check_oid ("\x2b\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 11, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/der/bad", test_bad);
  g_test_add_func ("/der/lengths", test_lengths);
  g_test_add_func ("/der/sequence", test_sequence);
  g_test_add_func ("/der/span-equal", test_span_equal);
  g_test_add_func ("/der/mutations", test_mutations);
  g_test_add_func ("/der/oid", test_oid);
  return g_test_run ();
}
