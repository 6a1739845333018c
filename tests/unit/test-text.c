/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/text.h"

#include <string.h>

typedef struct
{
  const char *text;
  gsize max_chars;
  const char *shown;
} PrintableCase;

static const PrintableCase printable_cases[] = {
  { NULL, 0, "" },
  { "", 0, "" },
  { "Corp Root CA", 0, "Corp Root CA" },
  { "Ünïcode 日本 🔒", 0, "Ünïcode 日本 🔒" },
  { "a\\b", 0, "a\\\\b" },
  { "a\nb\tc\r", 0, "a\\u{A}b\\u{9}c\\u{D}" },
  { "\x1b[31mred", 0, "\\u{1B}[31mred" },
  { "\x7f", 0, "\\u{7F}" },
  { "\xc2\x9b"
    "c1",
    0, "\\u{9B}c1" },                         /* a CSI as one C1 control */
  { "\u202egnp.exe", 0, "\\u{202E}gnp.exe" }, /* right-to-left override */
  { "\u2066x\u2069", 0, "\\u{2066}x\\u{2069}" },
  { "\u061c\u200e\u200f", 0, "\\u{61C}\\u{200E}\\u{200F}" },
  { "a\u200bb\u200d\ufeff", 0, "a\\u{200B}b\\u{200D}\\u{FEFF}" },
  { "a\u2028b\u2029", 0, "a\\u{2028}b\\u{2029}" },
  { "\u00ad", 0, "\\u{AD}" },                  /* soft hyphen */
  { "\u3164\u115f", 0, "\\u{3164}\\u{115F}" }, /* fillers: letters that draw nothing */
  { "x\ufe0f", 0, "x\\u{FE0F}" },
  { "\ue000", 0, "\\u{E000}" },       /* private use */
  { "\u0378", 0, "\\u{378}" },        /* unassigned */
  { "\xef\xbf\xbf", 0, "\\u{FFFF}" }, /* a non-character */
  { "a\xff"
    "b",
    0, "a\\xFFb" },
  { "\xc3", 0, "\\xC3" }, /* cut in the middle */
  { "\xe2\x82", 0, "\\xE2\\x82" },
  { "\xc0\xaf", 0, "\\xC0\\xAF" },          /* overlong */
  { "\xed\xa0\x80", 0, "\\xED\\xA0\\x80" }, /* a surrogate */
  { "\xf4\x90\x80\x80", 0, "\\xF4\\x90\\x80\\x80" },
  { "12345", 5, "12345" },
  { "123456", 5, "1234…" },
  { "日本日本日本", 3, "日本…" },
  { "ab\n\n", 5, "ab…" }, /* an escape is never cut in two */
  { "\n\n", 5, "…" },
  { "\n", 5, "\\u{A}" },
  { "ab", 1, "…" },
};

static void
test_printable (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (printable_cases); i++)
    {
      const PrintableCase *c = &printable_cases[i];
      g_autofree char *shown = trust_text_printable (c->text, c->max_chars);

      g_assert_cmpstr (shown, ==, c->shown);
      g_assert_true (g_utf8_validate (shown, -1, NULL));
      if (c->max_chars > 0)
        g_assert_cmpuint ((gsize) g_utf8_strlen (shown, -1), <=, c->max_chars);
    }
}

static void
test_printable_bytes (void)
{
  g_autofree char *nul = trust_text_printable_bytes ("good.example\0.evil", 18, 0);
  g_autofree char *empty = trust_text_printable_bytes (NULL, 0, 3);

  g_assert_cmpstr (nul, ==, "good.example\\u{0}.evil");
  g_assert_cmpstr (empty, ==, "");
}

/* Whatever goes in, what comes out is plain and within the bound. */
static void
test_printable_noise (void)
{
  for (guint round = 0; round < 20000; round++)
    {
      guint8 noise[24];
      gsize size = (gsize) g_test_rand_int_range (0, sizeof noise + 1);
      gsize max_chars = (gsize) g_test_rand_int_range (0, 12);

      for (gsize i = 0; i < size; i++)
        noise[i] = (guint8) g_test_rand_int ();

      g_autofree char *shown = trust_text_printable_bytes (noise, size, max_chars);

      g_assert_true (trust_text_is_plain (shown, max_chars));
    }
}

static void
test_is_plain (void)
{
  g_assert_true (trust_text_is_plain ("", 0));
  g_assert_true (trust_text_is_plain ("CHG-42: C:\\path", 0));
  g_assert_true (trust_text_is_plain ("日本", 2));
  g_assert_false (trust_text_is_plain ("日本", 1));
  g_assert_false (trust_text_is_plain (NULL, 0));
  for (gsize i = 0; i < G_N_ELEMENTS (printable_cases); i++)
    {
      const PrintableCase *c = &printable_cases[i];

      if (c->text != NULL && c->max_chars == 0 && strchr (c->text, '\\') == NULL)
        g_assert_cmpint (trust_text_is_plain (c->text, 0), ==, strcmp (c->text, c->shown) == 0);
    }
}

static void
test_hex (void)
{
  const guint8 bytes[] = { 0x00, 0x9f, 0xab, 0xff };
  guint8 back[4];
  char text[9];
  g_autofree char *hex = trust_text_hex (bytes, sizeof bytes);
  g_autofree char *none = trust_text_hex (NULL, 0);

  g_assert_cmpstr (hex, ==, "009fabff");
  g_assert_cmpstr (none, ==, "");
  trust_text_hex_into (bytes, sizeof bytes, text);
  g_assert_cmpstr (text, ==, "009fabff");
  g_assert_true (trust_text_unhex ("009FabfF", back, 4));
  g_assert_cmpmem (back, 4, bytes, 4);
  g_assert_true (trust_text_unhex ("", back, 0));
  g_assert_false (trust_text_unhex ("009fabf", back, 4));
  g_assert_false (trust_text_unhex ("009fabff0", back, 4));
  g_assert_false (trust_text_unhex ("009fabfg", back, 4));
  g_assert_false (trust_text_unhex ("00 9fabf", back, 4));
  g_assert_false (trust_text_unhex ("", back, 4));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/printable", test_printable);
  g_test_add_func ("/text/printable-bytes", test_printable_bytes);
  g_test_add_func ("/text/printable-noise", test_printable_noise);
  g_test_add_func ("/text/is-plain", test_is_plain);
  g_test_add_func ("/text/hex", test_hex);
  return g_test_run ();
}
