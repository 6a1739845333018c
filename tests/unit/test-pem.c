/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/pem.h"

#include "core/error.h"
#include "tests/lib/forge.h"
#include "tests/lib/peer.h"

#include <string.h>

#define CERTIFICATE(body) "-----BEGIN CERTIFICATE-----\n" body "-----END CERTIFICATE-----\n"

static TrustSpan
span (const char *text)
{
  return (TrustSpan) { (const guint8 *) text, strlen (text) };
}

/* The blocks of TEXT as "LABEL@OFFSET=DECODED;…", and "!" where an error stands. */
static char *
describe (TrustSpan text)
{
  GString *out = g_string_new (NULL);
  gsize offset = 0;

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      TrustPemBlock block;

      if (!trust_pem_next (text, &offset, &block, &error))
        {
          if (error == NULL)
            return g_string_free (out, FALSE);
          g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT);
          g_string_append (out, "!;");
          continue;
        }

      g_autoptr (GByteArray) bytes = trust_pem_decode (block.body, &error);

      g_string_append_printf (out, "%.*s@%" G_GSIZE_FORMAT "=", (int) block.label.size, (const char *) block.label.data, block.offset);
      if (bytes != NULL)
        g_string_append_len (out, (const char *) bytes->data, bytes->len);
      else
        g_string_append_c (out, '?');
      g_string_append_c (out, ';');
    }
}

typedef struct
{
  const char *text;
  const char *found;
} FindCase;

/* RFC 7468 section 2 and 3; and what people's files look like. */
/* clang-format off */
static const FindCase find_cases[] = {
  { "", "" },
  { "no block here\n", "" },
  { CERTIFICATE ("YWJj\n"), "CERTIFICATE@0=abc;" },
  { CERTIFICATE ("YWJj\n") CERTIFICATE ("ZGVm\n"), "CERTIFICATE@0=abc;CERTIFICATE@59=def;" },
  { "# Issuer: x\n\n" CERTIFICATE ("YWJj\n"), "CERTIFICATE@13=abc;" },
  { "\xef\xbb\xbf" CERTIFICATE ("YWJj\n"), "CERTIFICATE@3=abc;" },
  { "-----BEGIN CERTIFICATE-----\r\nYW\r\nJj\r\n-----END CERTIFICATE-----\r\n", "CERTIFICATE@0=abc;" },
  { "-----BEGIN CERTIFICATE-----\rYWJj\r-----END CERTIFICATE-----\r", "CERTIFICATE@0=abc;" },
  { "-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----", "CERTIFICATE@0=abc;" },
  { "-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE----------BEGIN X-----\nYWJj\n-----END X-----",
    "CERTIFICATE@0=abc;X@58=abc;" },
  { "-----BEGIN CERTIFICATE-----\nYWJj-----END CERTIFICATE-----", "CERTIFICATE@0=abc;" },
  { "-----BEGIN CERTIFICATE-----  \n  YWJj  \n\t-----END CERTIFICATE-----  \n", "CERTIFICATE@0=abc;" },
  { "  -----BEGIN CERTIFICATE-----\n  YWJj\n  -----END CERTIFICATE-----\n", "CERTIFICATE@2=abc;" },
  { CERTIFICATE (""), "CERTIFICATE@0=;" },
  { "-----BEGIN CERTIFICATE-----\n\n\nYWJj\n\n-----END CERTIFICATE-----\n", "CERTIFICATE@0=abc;" },
  { "x -----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n", "" },
  { "> -----BEGIN CERTIFICATE-----\n> YWJj\n> -----END CERTIFICATE-----\n", "" },
  { "-----END CERTIFICATE-----\n" CERTIFICATE ("YWJj\n"), "CERTIFICATE@26=abc;" },
  /* A BEGIN without its END is said, and what follows is still found. */
  { "-----BEGIN CERTIFICATE-----\nYWJj\n", "!;" },
  { "-----BEGIN CERTIFICATE-----", "!;" },
  { "-----BEGIN CERTIFICATE----", "!;" },
  { "-----BEGIN CERT", "!;" },
  { "-----BEGIN -----\n-----END -----\n", "!;" },
  { "-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE----\n", "!;" },
  { "-----BEGIN CERTIFICATE-----\nYWJj\n-----END X-----\n", "!;" },
  { "-----BEGIN CERTIFICATE-----\nYWJj\n" CERTIFICATE ("ZGVm\n"), "!;CERTIFICATE@33=def;" },
  { "-----BEGIN CERTIFICATE----- YWJj\n-----END CERTIFICATE-----\n", "!;" },
  { "-----BEGIN A\nB-----\nYWJj\n-----END A\nB-----\n", "!;" },
  /* RFC 1421 headers are no base64. */
  { "-----BEGIN X-----\nProc-Type: 4,ENCRYPTED\n\nYWJj\n-----END X-----\n", "X@0=?;" },
};
/* clang-format on */

static void
test_find (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (find_cases); i++)
    {
      g_autofree char *found = describe (span (find_cases[i].text));

      g_assert_cmpstr (found, ==, find_cases[i].found);
    }
}

static void
test_error_message (void)
{
  g_autoptr (GError) error = NULL;
  gsize offset = 0;
  TrustPemBlock block;

  g_assert_false (trust_pem_next (span ("four\n-----BEGIN CERTIFICATE-----\nYWJj\n"), &offset, &block, &error));
  g_assert_nonnull (strstr (error->message, "CERTIFICATE at byte 5 has no END line"));
}

typedef struct
{
  const char *body;
  const char *bytes; /* NULL: refused */
} DecodeCase;

/* RFC 4648 section 4, 3.5; 10 for the first seven. */
static const DecodeCase decode_cases[] = {
  { "", "" },
  { "Zg==", "f" },
  { "Zm8=", "fo" },
  { "Zm9v", "foo" },
  { "Zm9vYg==", "foob" },
  { "Zm9vYmE=", "fooba" },
  { "Zm9vYmFy", "foobar" },
  { "Z\ng=\n=\n", "f" },
  { "Z m\t9\r\nv", "foo" },
  { "Zm9vYmFyZm9vYmFyZm9vYg == \r\n", "foobarfoobarfoob" },
  { "Z", NULL },
  { "Zg", NULL },
  { "Zg=", NULL },
  { "Zm8", NULL },
  { "Zm9vZ", NULL },
  { "=", NULL },
  { "====", NULL },
  { "Z===", NULL },
  { "Zg===", NULL },
  { "Zm8==", NULL },
  { "Zm9v=", NULL },
  { "Zm9v====", NULL },
  { "Zg==Zg==", NULL },
  { "Zg=Z", NULL },
  { "Zh==", NULL },
  { "Zm9=", NULL },
  { "Zm-v", NULL },
  { "Zm_v", NULL },
  { "Zm9v*", NULL },
  { "Zm9vZ\x80==", NULL },
  { "Zm9v\vZm9v", NULL },
};

static void
test_decode (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (decode_cases); i++)
    {
      const DecodeCase *c = &decode_cases[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) bytes = trust_pem_decode (span (c->body), &error);

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      if (c->bytes == NULL)
        {
          g_assert_null (bytes);
          g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT);
        }
      else
        {
          g_assert_no_error (error);
          g_assert_cmpmem (bytes->data, bytes->len, c->bytes, strlen (c->bytes));
        }
    }

  g_autoptr (GByteArray) nul = trust_pem_decode ((TrustSpan) { (const guint8 *) "Zm9v\0", 5 }, NULL);

  g_assert_null (nul);
}

/* Every byte at every place of a group: what RFC 4648 table 1 has, or refused. */
static void
test_alphabet (void)
{
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  for (guint place = 0; place < 4; place++)
    for (guint c = 1; c < 256; c++)
      {
        char group[5] = "AAAA";
        const char *digit = strchr (digits, (int) c);

        group[place] = (char) c;

        g_autoptr (GByteArray) bytes = trust_pem_decode (span (group), NULL);

        if (digit == NULL)
          {
            g_assert_true (bytes == NULL || (c == '=' && place == 3));
            continue;
          }

        guint32 bits = (guint32) (digit - digits) << (6 * (3 - place));

        g_assert_cmpuint (bytes->len, ==, 3);
        g_assert_cmpuint ((guint32) bytes->data[0] << 16 | (guint32) bytes->data[1] << 8 | bytes->data[2], ==, bits);
      }
}

/* What is written is read back, whatever its size; and GLib encodes the same. */
static void
test_round_trip (void)
{
  for (guint round = 0; round < 3000; round++)
    {
      gsize size = round < 400 ? round : (gsize) g_test_rand_int_range (0, 3000);
      g_autofree guint8 *bytes = g_malloc (MAX (size, 1));
      g_autoptr (GString) out = g_string_new ("before\n");
      g_autoptr (GError) error = NULL;
      gsize offset = 0;
      TrustPemBlock block;

      for (gsize i = 0; i < size; i++)
        bytes[i] = (guint8) g_test_rand_int ();
      trust_pem_append (out, bytes, size, "SOME LABEL");
      g_assert_cmpuint (out->len, ==, 7 + trust_pem_length (size, "SOME LABEL"));
      g_assert_cmpuint (strlen (out->str), ==, out->len);
      g_assert_true (trust_pem_next ((TrustSpan) { (guint8 *) out->str, out->len }, &offset, &block, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (offset, ==, out->len - 1);
      g_assert_true (trust_pem_label_is (&block, "SOME LABEL"));

      g_autoptr (GByteArray) back = trust_pem_decode (block.body, &error);
      g_autofree char *glib = g_base64_encode (bytes, size);
      g_autofree char *body = g_strndup ((const char *) block.body.data, block.body.size);
      g_auto (GStrv) lines = g_strsplit (body, "\n", -1);
      g_autofree char *joined = g_strjoinv ("", lines);

      g_assert_no_error (error);
      g_assert_cmpmem (back->data, back->len, bytes, size);
      g_assert_cmpstr (joined, ==, glib);
      for (char **line = lines; *line != NULL; line++)
        g_assert_cmpuint (strlen (*line), <=, 64);
    }
}

/* Random bytes changed, or cut: read without harm, and never beyond the end (the copy ends there). */
static void
test_mutations (void)
{
  g_autoptr (GString) base = g_string_new ("text\n");
  guint8 bytes[200] = { 0 };

  trust_pem_append (base, bytes, sizeof bytes, "A");
  trust_pem_append (base, bytes, 60, "B");
  for (guint round = 0; round < 20000; round++)
    {
      gsize kept = (gsize) g_test_rand_int_range (1, (gint) base->len);
      g_autofree guint8 *copy = g_malloc (kept);

      memcpy (copy, base->str, kept);
      for (gint changes = g_test_rand_int_range (0, 6); changes > 0; changes--)
        copy[g_test_rand_int_range (0, (gint) kept)] = (guint8) "-BEND \n=A\xff"[g_test_rand_int_range (0, 11)];

      g_autofree char *found = describe ((TrustSpan) { copy, kept });

      g_assert_nonnull (found);
    }
}

static gdouble
seconds_to_read (TrustSpan text, guint *n_blocks, guint *n_errors)
{
  g_autoptr (GTimer) timer = g_timer_new ();
  gsize offset = 0;

  *n_blocks = *n_errors = 0;
  for (;;)
    {
      TrustPemBlock block;
      g_autoptr (GError) error = NULL;

      if (trust_pem_next (text, &offset, &block, &error))
        {
          g_autoptr (GByteArray) bytes = trust_pem_decode (block.body, NULL);

          (*n_blocks)++;
        }
      else if (error != NULL)
        (*n_errors)++;
      else
        return g_timer_elapsed (timer, NULL);
    }
}

static char *
repeat (const char *text, gsize size)
{
  gsize step = strlen (text);
  char *out = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    out[i] = text[i % step];
  out[size] = '\0';
  return out;
}

/* 32 MiB made to be slow must stay linear: seconds at worst, where a quadratic scan would need hours. */
static void
test_large (void)
{
  static const char *const patterns[] = {
    "-----BEGIN ",
    "-----BEGIN CERTIFICATE-----\n",
    "-----BEGIN CERTIFICATE-----",
    "-----",
    "    ",
    "\n   -----BEGIN ",
    "A",
    "-----END CERTIFICATE-----\n",
    CERTIFICATE ("YWJj\n"),
    CERTIFICATE (""),
    "-----BEGIN A-----\n-----END B-----\n",
  };
  guint n_blocks, n_errors;

  for (gsize i = 0; i < G_N_ELEMENTS (patterns); i++)
    {
      g_autofree char *text = repeat (patterns[i], 4 * 1024 * 1024);
      gdouble seconds = seconds_to_read ((TrustSpan) { (guint8 *) text, 4 * 1024 * 1024 }, &n_blocks, &n_errors);

      g_test_message ("pattern %" G_GSIZE_FORMAT ": %u blocks, %u errors, %.3f s", i, n_blocks, n_errors, seconds);
      g_assert_cmpfloat (seconds, <, 20);
    }

  g_autoptr (GString) many = g_string_new (NULL);
  guint8 bytes[120] = { 1, 2, 3 };

  for (guint i = 0; i < 100000; i++)
    trust_pem_append (many, bytes, sizeof bytes, "CERTIFICATE");
  g_test_message ("100,000 blocks: %.3f s", seconds_to_read ((TrustSpan) { (guint8 *) many->str, many->len }, &n_blocks, &n_errors));
  g_assert_cmpuint (n_blocks, ==, 100000);
  g_assert_cmpuint (n_errors, ==, 0);
}

static void
test_private_keys (void)
{
  static const char *const keys[] = { "PRIVATE KEY",         "RSA PRIVATE KEY",       "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY",
                                      "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK", "rsa private key" };
  static const char *const others[] = { "PUBLIC KEY", "CERTIFICATE", "PRIVATE", "PRIVATE-KEY", "KEY", "X509 CRL" };
  TrustPemBlock block = { { NULL, 0 }, { NULL, 0 }, 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      block.label = span (keys[i]);
      g_assert_true (trust_pem_label_is_private_key (&block));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      block.label = span (others[i]);
      g_assert_false (trust_pem_label_is_private_key (&block));
    }
  g_assert_true (trust_pem_label_is (&block, "X509 CRL"));
  g_assert_false (trust_pem_label_is (&block, "X509 CR"));
  g_assert_false (trust_pem_label_is (&block, "X509 CRL "));
}

/* Byte for byte what `openssl x509` prints, for every length of the last line. */
static void
test_openssl (void)
{
  for (guint n = 0; n < 50; n += 7)
    {
      g_autofree char *text = g_strnfill (n + 1, 'n');
      g_autoptr (GByteArray) name = forge_name (FORGE_OID_CN, 0x0c, text);
      g_autoptr (GByteArray) der = forge_certificate (&(ForgeCertificate) { .subject = name });
      g_autoptr (GString) own = g_string_new (NULL);
      g_autofree char *theirs = peer_ask ("openssl x509 -inform DER", forge_span (der));

      trust_pem_append (own, der->data, der->len, "CERTIFICATE");
      g_assert_cmpstr (own->str, ==, theirs);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pem/find", test_find);
  g_test_add_func ("/pem/error-message", test_error_message);
  g_test_add_func ("/pem/decode", test_decode);
  g_test_add_func ("/pem/alphabet", test_alphabet);
  g_test_add_func ("/pem/round-trip", test_round_trip);
  g_test_add_func ("/pem/mutations", test_mutations);
  g_test_add_func ("/pem/large", test_large);
  g_test_add_func ("/pem/private-keys", test_private_keys);
  g_test_add_func ("/pem/openssl", test_openssl);
  return g_test_run ();
}
