/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/certificate.h"

#include "core/error.h"

#include <string.h>

typedef struct
{
  const char *text;
  guint digits; /* 0: refused */
} FingerprintCase;

#define COLONS "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF"
#define PLAIN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const FingerprintCase fingerprint_cases[] = {
  { PLAIN, 64 },
  { COLONS, 64 },
  { "SHA256:" PLAIN, 64 },
  { "sha256:" PLAIN, 64 },
  { "SHA256: " COLONS, 64 },
  { "SHA256 Fingerprint=" COLONS, 64 },
  { "sha256 Fingerprint=" COLONS "\n", 64 },
  { "SHA-256 fingerprint: " COLONS, 64 },
  { "  " PLAIN "  ", 64 },
  { "01 23 45 67 89 ab cd ef", 16 },
  { "01234567", 8 },
  { "012345678", 9 },
  { "0123456", 0 },
  { "01:23:45:67", 8 },
  { "0123:4567:89ab", 12 },
  { "01:23:45:6", 0 },
  { "01:23:45:67:8", 9 },
  { "01:23:45:67:", 8 },
  { "0:1:2:3:4:5:6:7:8", 0 },
  { "", 0 },
  { "SHA256:", 0 },
  { ":01234567", 0 },
  { "01234567x", 0 },
  { "xyz", 0 },
  { PLAIN "0", 0 },
  { "01234567\x1b[2J", 0 },
  { "SHA1:01234567", 0 },
  { "0x01234567", 0 },
};

static void
test_parse (void)
{
  TrustFingerprint whole;
  guint digits;

  g_assert_true (trust_fingerprint_parse (PLAIN, &whole, &digits, NULL));
  g_assert_cmpuint (whole.bytes[0], ==, 0x01);
  g_assert_cmpuint (whole.bytes[31], ==, 0xef);
  for (gsize i = 0; i < G_N_ELEMENTS (fingerprint_cases); i++)
    {
      const FingerprintCase *c = &fingerprint_cases[i];
      TrustFingerprint found;
      g_autoptr (GError) error = NULL;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      if (c->digits == 0)
        {
          g_assert_false (trust_fingerprint_parse (c->text, &found, &digits, &error));
          g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT);
          g_assert_null (strchr (error->message, '\x1b'));
          continue;
        }
      g_assert_true (trust_fingerprint_parse (c->text, &found, &digits, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (digits, ==, c->digits);
      g_assert_true (trust_fingerprint_has_prefix (&whole, &found, digits));
    }
}

static void
test_values (void)
{
  TrustFingerprint a, b;
  char hex[TRUST_FINGERPRINT_HEX];

  /* FIPS 180-4: the digest of "abc". */
  trust_fingerprint_of ("abc", 3, &a);
  trust_fingerprint_to_hex (&a, hex);
  g_assert_cmpstr (hex, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  b = a;
  g_assert_true (trust_fingerprint_equal (&a, &b));
  g_assert_cmpuint (trust_fingerprint_hash (&a), ==, trust_fingerprint_hash (&b));
  b.bytes[4] ^= 0x01;
  g_assert_false (trust_fingerprint_equal (&a, &b));
  g_assert_cmpint (trust_fingerprint_compare (&a, &b) < 0, !=, trust_fingerprint_compare (&b, &a) < 0);
  g_assert_true (trust_fingerprint_has_prefix (&a, &b, 9));
  g_assert_false (trust_fingerprint_has_prefix (&a, &b, 10));
  b.bytes[4] ^= 0x10;
  g_assert_false (trust_fingerprint_has_prefix (&a, &b, 9));
  g_assert_true (trust_fingerprint_has_prefix (&a, &b, 8));
  g_assert_true (trust_fingerprint_has_prefix (&a, &a, 64));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fingerprint/parse", test_parse);
  g_test_add_func ("/fingerprint/values", test_values);
  return g_test_run ();
}
