/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/limits.h"
#include "tests/lib/forge-certificate.h"

/* RFC 5280 4.1.2.1: versions 1 and 2 have no extensions, so no basicConstraints make a CA of them. */
static void
test_versions (void)
{
  g_autoptr (TrustCertificate) one = forge (&(ForgeCertificate) { .version = 1 });
  g_autoptr (GByteArray) extension = forge_extension (FORGE_OID_BASIC_CONSTRAINTS, "\x30\x03\x01\x01\xff", 5);

  g_assert_cmpuint (trust_certificate_get_version (one), ==, 1);
  g_assert_false (trust_certificate_is_ca (one));
  g_assert_true (trust_certificate_may_sign (one));
  forge_refused (&(ForgeCertificate) { .version = 1, .extensions = extension }, "extensions");
  forge_refused (&(ForgeCertificate) { .version = 2 }, "extensions");
}

typedef struct
{
  const char *text;
  gint64 seconds;
} TimeCase;

/* RFC 5280 4.1.2.5. Checked with date -u -d … +%s. */
static const TimeCase good_times[] = {
  { "500101000000Z", -631152000 },
  { "700101000000Z", 0 },
  { "691231235959Z", -1 },
  { "491231235959Z", 2524607999 },
  { "000229120000Z", 951825600 },
  { "20510101000000Z", 2556144000 },
  { "20500101000000Z", 2524608000 },
  { "99991231235959Z", 253402300799 },
  { "19000301000000Z", -2203891200 },
  { "20240229235959Z", 1709251199 },
  { "00010101000000Z", -62135596800 },
};

static const char *const bad_times[] = {
  "240230000000Z",  "241301000000Z", "240001000000Z",   "240100000000Z",   "240101240000Z",     "240101006000Z",
  "240101000060Z",  "230229000000Z", "2401010000Z",     "240101000000",    "240101000000+0000", "20240101000000",
  "2024010100000Z", "24010100000aZ", "19000229000000Z", "00000101000000Z", "          00Z",     "2401010000000",
};

static void
test_times (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good_times); i++)
    {
      g_autoptr (TrustCertificate) c = forge (&(ForgeCertificate) { .not_before = good_times[i].text });
      g_autoptr (TrustCertificate) d = forge (&(ForgeCertificate) { .not_after = good_times[i].text });

      g_test_message ("%s", good_times[i].text);
      g_assert_cmpint (trust_certificate_get_not_before (c), ==, good_times[i].seconds);
      g_assert_cmpint (trust_certificate_get_not_after (d), ==, good_times[i].seconds);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad_times); i++)
    forge_refused (&(ForgeCertificate) { .not_after = bad_times[i] }, "validity");
}

/* RFC 5280 4.1.2.2 wants positive serials of at most 20 octets, and readers that handle others. */
static void
test_serials (void)
{
  static const struct
  {
    const char *bytes;
    gsize size;
    gboolean is_good;
  } cases[] = {
    { "\x00", 1, TRUE },
    { "\xff", 1, TRUE },
    { "\x80", 1, TRUE },
    { "\x00\x80", 2, TRUE },
    { "\x7f\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18", 25, TRUE },
    { "", 0, FALSE },
    { "\x00\x01", 2, FALSE },
    { "\xff\x80", 2, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GByteArray) serial = forge_bytes (cases[i].bytes, cases[i].size);

      if (!cases[i].is_good)
        {
          forge_refused (&(ForgeCertificate) { .serial = serial }, "serial");
          continue;
        }

      g_autoptr (TrustCertificate) c = forge (&(ForgeCertificate) { .serial = serial });

      g_assert_true (trust_span_equal (trust_certificate_get_serial (c), forge_span (serial)));
    }
}

/* RFC 5280 4.2.1.3, 4.2.1.9, 4.2 */
static void
test_extensions (void)
{
  static const struct
  {
    const char *oid;
    const char *value;
    gsize size;
    gint is_ca; /* -1: refused */
    gint may_sign;
  } cases[] = {
    { FORGE_OID_BASIC_CONSTRAINTS, "\x30\x00", 2, FALSE, TRUE },
    { FORGE_OID_BASIC_CONSTRAINTS, "\x30\x03\x01\x01\x00", 5, FALSE, TRUE }, /* a default written out is seen in the wild */
    { FORGE_OID_BASIC_CONSTRAINTS, "\x30\x06\x01\x01\xff\x02\x01\x00", 8, TRUE, TRUE },
    { FORGE_OID_BASIC_CONSTRAINTS, "\x30\x03\x01\x01\x01", 5, -1, 0 },
    { FORGE_OID_BASIC_CONSTRAINTS, "\x30\x05\x01\x01\xff\x05\x00", 7, -1, 0 },
    { FORGE_OID_BASIC_CONSTRAINTS, "\x30\x03\x01\x01\xff\x05\x00", 7, -1, 0 },
    { FORGE_OID_BASIC_CONSTRAINTS, "", 0, -1, 0 },
    { FORGE_OID_KEY_USAGE, "\x03\x02\x01\x06", 4, FALSE, TRUE },
    { FORGE_OID_KEY_USAGE, "\x03\x02\x02\x04", 4, FALSE, TRUE },
    { FORGE_OID_KEY_USAGE, "\x03\x02\x07\x80", 4, FALSE, FALSE },
    { FORGE_OID_KEY_USAGE, "\x03\x03\x07\x00\x80", 5, FALSE, FALSE },
    { FORGE_OID_KEY_USAGE, "\x03\x01\x00", 3, FALSE, FALSE },
    { FORGE_OID_KEY_USAGE, "\x03\x00", 2, -1, 0 },
    { FORGE_OID_KEY_USAGE, "\x03\x02\x08\x80", 4, -1, 0 },
    { FORGE_OID_KEY_USAGE, "\x04\x02\x01\x06", 4, -1, 0 },
    { "\x2a\x03\x04", "anything", 8, FALSE, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GByteArray) extension = forge_extension (cases[i].oid, cases[i].value, cases[i].size);
      ForgeCertificate how = { .extensions = extension };

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      if (cases[i].is_ca < 0)
        {
          forge_refused (&how, "damaged");
          continue;
        }

      g_autoptr (TrustCertificate) c = forge (&how);

      g_assert_cmpint (trust_certificate_is_ca (c), ==, cases[i].is_ca);
      g_assert_cmpint (trust_certificate_may_sign (c), ==, cases[i].may_sign);
    }

  g_autoptr (GByteArray) twice = forge_join (forge_extension ("\x2a\x03\x04", "a", 1), forge_extension ("\x2a\x03\x05", "b", 1),
                                             forge_extension ("\x2a\x03\x04", "c", 1), NULL);
  g_autoptr (GByteArray) none = g_byte_array_new ();

  forge_refused (&(ForgeCertificate) { .extensions = twice }, "twice");
  forge_refused (&(ForgeCertificate) { .extensions = none }, "extensions");
}

static void
test_refused (void)
{
  g_autoptr (GByteArray) der = forge_certificate (&(ForgeCertificate) { .version = 3 });
  g_autoptr (GByteArray) empty = g_byte_array_new ();
  g_autoptr (GByteArray) huge = g_byte_array_new ();
  g_autoptr (GByteArray) not_a_name = forge_element (0x30, forge_element (0x30, NULL));
  g_autoptr (GError) error = NULL;

  assert_refused (empty, "no DER");
  for (guint size = 1; size < der->len; size++)
    {
      g_autoptr (GByteArray) cut = forge_bytes (der->data, size);

      assert_refused (cut, "no certificate");
    }
  forge_refused (&(ForgeCertificate) { .subject = not_a_name }, "no certificate");
  forge_refused (&(ForgeCertificate) { .issuer = not_a_name }, "no certificate");
  g_byte_array_append (der, (const guint8 *) "\0", 1);
  assert_refused (der, "something follows");

  g_byte_array_set_size (huge, TRUST_LIMIT_CERTIFICATE_BYTES + 1);
  g_assert_null (trust_certificate_new (huge->data, huge->len, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/certificate-parts/versions", test_versions);
  g_test_add_func ("/certificate-parts/times", test_times);
  g_test_add_func ("/certificate-parts/serials", test_serials);
  g_test_add_func ("/certificate-parts/extensions", test_extensions);
  g_test_add_func ("/certificate-parts/refused", test_refused);
  return g_test_run ();
}
