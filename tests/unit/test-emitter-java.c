/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Java's keystores: JKS against its description, PKCS #12 against RFC 7292 as GnuTLS reads it. That Java takes them, tests/integration/test-formats
 * holds. */
#include "tests/unit/emitted-fixture.h"

#include <gnutls/crypto.h>
#include <gnutls/pkcs12.h>

#define JKS (&trust_emitter_java_jks)
#define PKCS12 (&trust_emitter_java_pkcs12)

static void
put_number (GByteArray *out, guint size, guint64 number)
{
  for (guint i = 0; i < size; i++)
    g_byte_array_append (out, (const guint8[]) { (guint8) (number >> 8 * (size - 1 - i)) }, 1);
}

static void
put_text (GByteArray *out, const char *text)
{
  put_number (out, 2, strlen (text));
  g_byte_array_append (out, (const guint8 *) text, (guint) strlen (text));
}

/* The keystore's digest over what OUT holds, PASSWORD in UTF-16. */
static void
put_digest (GByteArray *out, const char *password)
{
  g_autoptr (GByteArray) input = g_byte_array_new ();
  guint8 digest[20];

  for (const char *at = password; *at != '\0'; at++)
    put_number (input, 2, (guint8) *at);
  g_byte_array_append (input, (const guint8 *) "Mighty Aphrodite", 16);
  g_byte_array_append (input, out->data, out->len);
  g_assert_cmpint (gnutls_hash_fast (GNUTLS_DIG_SHA1, input->data, input->len, digest), ==, 0);
  g_byte_array_append (out, digest, sizeof digest);
}

/* An entry: 1 with a key, 2 for a trusted certificate. */
static void
put_entry (GByteArray *out, guint kind, const char *alias, gint64 date, const char *type, TrustSpan der)
{
  put_number (out, 4, kind);
  put_text (out, alias);
  put_number (out, 8, (guint64) date);
  if (type != NULL)
    put_text (out, type);
  put_number (out, 4, der.size);
  g_byte_array_append (out, der.data, (guint) der.size);
}

static char *
alias_of (const TrustCertificate *certificate, const char *name)
{
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (certificate), hex);
  return g_strdup_printf ("%s-%.16s", name, hex);
}

/* Byte for byte: alias of the label, date of notBefore (here before 1970 as well), and the password of the option. */
static void
test_jks_bytes (void)
{
  /* clang-format off */
  static const struct { const char *not_before; gint64 date; const char *label; const char *name; const char *password; } cases[] = {
    { "240101000000Z", G_GINT64_CONSTANT (1704067200000), NULL, "forged", NULL },
    { "240101000000Z", G_GINT64_CONSTANT (1704067200000), "Corp Root 1", "corp_root_1", "Other-Password" },
    { "500101000000Z", G_GINT64_CONSTANT (-631152000000), "-- K\xc3\xa4se/../\"", "k_se", NULL },
    { "240101000000Z", G_GINT64_CONSTANT (1704067200000), "\xe6\x97\xa5", "certificate", NULL },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TrustCertificate) certificate = forge (&(ForgeCertificate) { .not_before = cases[i].not_before });
      g_autoptr (TrustAnchorSet) set = emitter_set_of_one (certificate, cases[i].label);
      g_autoptr (GBytes) bytes = emitter_write (JKS, set, cases[i].password != NULL ? "Password" : NULL, cases[i].password);
      g_autoptr (GByteArray) expected = g_byte_array_new ();
      g_autofree char *alias = alias_of (certificate, cases[i].name);

      put_number (expected, 4, 0xfeedfeed);
      put_number (expected, 4, 2);
      put_number (expected, 4, 1);
      put_entry (expected, 2, alias, cases[i].date, "X.509", trust_certificate_get_der (certificate));
      put_digest (expected, cases[i].password != NULL ? cases[i].password : "changeit");
      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected->data, expected->len);
    }
}

static void
test_jks_read (void)
{
  /* clang-format off */
  static const struct { guint magic, version, n, kind; const char *type; guint end; gboolean is_good; } cases[] = {
    { 0xfeedfeed, 2, 1, 2, "X.509", 20, TRUE },
    { 0xfeedfeed, 1, 1, 2, NULL, 20, TRUE },
    { 0xfeedfeed, 2, 1, 1, "X.509", 20, FALSE }, /* a private key */
    { 0xcececece, 2, 1, 2, "X.509", 20, FALSE }, /* JCEKS */
    { 0xfeedfeed, 3, 1, 2, "X.509", 20, FALSE },
    { 0xfeedfeed, 0, 1, 2, "X.509", 20, FALSE },
    { 0xfeedfeed, 2, 0, 2, "X.509", 20, FALSE },
    { 0xfeedfeed, 2, 2, 2, "X.509", 20, FALSE },
    { 0xfeedfeed, 2, 0xffffffff, 2, "X.509", 20, FALSE },
    { 0xfeedfeed, 2, 1, 2, "X.50", 20, FALSE },
    { 0xfeedfeed, 2, 1, 2, "X.509", 19, FALSE },
    { 0xfeedfeed, 2, 1, 2, "X.509", 21, FALSE },
  };
  /* clang-format on */
  static const guint8 end[21] = { 0 };
  g_autoptr (TrustCertificate) certificate = emitter_forge (0);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autoptr (GArray) found = NULL;

      put_number (bytes, 4, cases[i].magic);
      put_number (bytes, 4, cases[i].version);
      put_number (bytes, 4, cases[i].n);
      put_entry (bytes, cases[i].kind, "a", 0, cases[i].type, trust_certificate_get_der (certificate));
      g_byte_array_append (bytes, end, cases[i].end);
      found = emitter_read (JKS, bytes->data, bytes->len);
      g_assert_cmpint (found != NULL && found->len == 1, ==, cases[i].is_good);
    }
}

static void
test_password (void)
{
  /* clang-format off */
  static const struct { const char *password; gboolean is_good; } cases[] = {
    { "changeit", TRUE }, { "secret", TRUE }, { "short", FALSE }, { "", FALSE }, { "k\xc3\xa4sekuchen", FALSE }, { "tab\tand more", FALSE },
    { "0123456789012345678901234567890123456789012345678901234567890123", TRUE },
    { "01234567890123456789012345678901234567890123456789012345678901234", FALSE },
  };
  /* clang-format on */
  const TrustEmitter *emitters[] = { JKS, PKCS12 };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (cases); i++)
    {
      const TrustEmitterOption *option = emitters[i & 1]->options;

      g_assert_cmpstr (option[0].key, ==, "Password");
      g_assert_false (option[0].is_needed);
      g_assert_cmpint (option[0].find_fault (cases[i / 2].password) == NULL, ==, cases[i / 2].is_good);
    }
}

/* All bags of all safes, their certificates and names. Returns: how many. */
static guint
count_bags (gnutls_pkcs12_t store, const TrustAnchorSet *set)
{
  guint n = 0;

  for (int i = 0;; i++)
    {
      gnutls_pkcs12_bag_t bag;
      int result;

      g_assert_cmpint (gnutls_pkcs12_bag_init (&bag), ==, 0);
      result = gnutls_pkcs12_get_bag (store, i, bag);
      if (result == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
        {
          gnutls_pkcs12_bag_deinit (bag);
          return n;
        }
      g_assert_cmpint (result, ==, 0);
      for (guint j = 0; j < (guint) gnutls_pkcs12_bag_get_count (bag); j++, n++)
        {
          gnutls_datum_t der;
          TrustFingerprint fingerprint;
          const TrustAnchor *anchor = NULL;
          char *name = NULL;
          g_autofree char *title = NULL, *lower = NULL;

          g_assert_cmpint (gnutls_pkcs12_bag_get_type (bag, j), ==, GNUTLS_BAG_CERTIFICATE);
          g_assert_cmpint (gnutls_pkcs12_bag_get_data (bag, j, &der), ==, 0);
          g_assert_cmpint (gnutls_pkcs12_bag_get_friendly_name (bag, j, &name), ==, 0);
          trust_fingerprint_of (der.data, der.size, &fingerprint);
          anchor = trust_anchor_set_lookup (set, &fingerprint);
          g_assert_nonnull (anchor);
          title = trust_certificate_dup_title (trust_anchor_get_certificate (anchor));
          lower = g_ascii_strdown (g_strdelimit (title, " ", '_'), -1);
          g_free (title);
          title = alias_of (trust_anchor_get_certificate (anchor), lower);
          g_assert_cmpstr (name, ==, title);
        }
      gnutls_pkcs12_bag_deinit (bag);
    }
}

static void
test_pkcs12_as_gnutls_reads_it (void)
{
  static const guint numbers[] = { 0, 1, 32, 33, 150, 1000 };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      const char *password = i % 2 == 0 ? "changeit" : "another one that is longer than one block of the hash has bytes";
      g_autoptr (TrustAnchorSet) set = emitter_set_new (numbers[i], 0, NULL);
      g_autoptr (GBytes) bytes = emitter_write (PKCS12, set, "Password", password);
      gnutls_datum_t der = { (guint8 *) g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes) };
      gnutls_pkcs12_t store;

      g_assert_cmpint (gnutls_pkcs12_init (&store), ==, 0);
      g_assert_cmpint (gnutls_pkcs12_import (store, &der, GNUTLS_X509_FMT_DER, 0), ==, 0);
      g_assert_cmpint (gnutls_pkcs12_verify_mac (store, password), ==, 0);
      g_assert_cmpint (gnutls_pkcs12_verify_mac (store, "changeiT"), <, 0);
      g_assert_cmpuint (count_bags (store, set), ==, numbers[i]);
      gnutls_pkcs12_deinit (store);
    }
}

/* Each certificate has Oracle's attribute with anyExtendedKeyUsage, behind the shorter of the two: DER sorts a SET. */
static void
test_pkcs12_attributes (void)
{
  static const char usage[] = "\x30\x16\x06\x0c\x60\x86\x48\x01\x86\xf9\x66\xad\xca\x7b\x01\x01\x31\x06\x06\x04\x55\x1d\x25\x00"
                              "\x30";
  g_autoptr (TrustAnchorSet) set = emitter_set_new (40, 0, NULL);
  g_autoptr (GBytes) bytes = emitter_write (PKCS12, set, NULL, NULL);
  gsize size = 0;
  const char *at = g_bytes_get_data (bytes, &size), *end = at + size;
  guint n = 0;

  while ((at = memmem (at, (gsize) (end - at), usage, sizeof usage - 1)) != NULL)
    at++, n++;
  g_assert_cmpuint (n, ==, 40);
}

/* With one certificate: what its [0] and OCTET STRINGs say is changed. */
static void
test_pkcs12_read (void)
{
  /* clang-format off */
  static const struct { const char *was; const char *is; gsize size; } changes[] = {
    { "\x02\x01\x03", "\x02\x01\x04", 3 },                                                                          /* the version */
    { "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06", 9 },                          /* encrypted */
    { "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x03", "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02", 11 },         /* a shrouded key */
    { "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x03", "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x04", 11 },         /* a CRL */
    { "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x16\x01", "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x16\x02", 10 },                 /* an SDSI certificate */
  };
  /* clang-format on */
  g_autoptr (TrustAnchorSet) set = emitter_set_new (1, 0, NULL);
  g_autoptr (GBytes) bytes = emitter_write (PKCS12, set, NULL, NULL);
  gsize size = 0;
  const guint8 *all = g_bytes_get_data (bytes, &size);
  g_autofree guint8 *longer = g_malloc0 (size + 1);

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree guint8 *copy = g_memdup2 (all, size);
      guint8 *at = memmem (copy, size, changes[i].was, changes[i].size);

      g_assert_nonnull (at);
      memcpy (at, changes[i].is, changes[i].size);
      emitter_assert_unreadable (PKCS12, copy, size);
    }
  memcpy (longer, all, size);
  emitter_assert_unreadable (PKCS12, longer, size + 1);
}

/* A certificate with KEY, an algorithm's AlgorithmIdentifier. (transfer full) */
static TrustCertificate *
forge_with_key (GByteArray *algorithm)
{
  g_autoptr (GByteArray) bits = forge_element (0x03, FORGE_BYTES ("\0\x04noise"));
  g_autoptr (GByteArray) key = forge_element (0x30, forge_join (forge_element (0x30, algorithm), forge_copy (bits), NULL));

  return forge (&(ForgeCertificate) { .key = key });
}

/* Java can't parse a curve that it does not know, and then no certificate of the keystore counts: such ones stay out, and that is told. */
static void
test_keys_that_java_knows (void)
{
  /* clang-format off */
  static const struct { const char *oid; gsize size; const char *parameters; gsize parameters_size; gboolean is_held; } keys[] = {
    { "\x2a\x86\x48\xce\x3d\x02\x01", 7, "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 10, TRUE },              /* P-256 */
    { "\x2a\x86\x48\xce\x3d\x02\x01", 7, "\x06\x05\x2b\x81\x04\x00\x0a", 7, TRUE },                             /* secp256k1 */
    { "\x2a\x86\x48\xce\x3d\x02\x01", 7, "\x06\x09\x2b\x24\x03\x03\x02\x08\x01\x01\x07", 11, TRUE },            /* brainpoolP256r1 */
    { "\x2a\x86\x48\xce\x3d\x02\x01", 7, "\x06\x09\x2b\x24\x03\x03\x02\x08\x01\x01\x08", 11, FALSE },           /* brainpoolP256t1 */
    { "\x2a\x86\x48\xce\x3d\x02\x01", 7, "\x06\x08\x2a\x81\x1c\xcf\x55\x01\x82\x2d", 10, FALSE },              /* SM2 */
    { "\x2a\x86\x48\xce\x3d\x02\x01", 7, "\x30\x00", 2, FALSE },                                                /* spelled out */
    { "\x2a\x86\x48\xce\x3d\x02\x01", 7, "\x05\x00", 2, FALSE },                                                /* that of the issuer */
    { "\x2b\x65\x71", 3, "", 0, TRUE },                                                                         /* Ed448 */
    { "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", 9, "", 0, TRUE },                                                 /* RSA-PSS */
    { "\x2a\x03\x04", 3, "\x05\x00", 2, TRUE },                                                                 /* unknown: Java keeps its bytes */
  };
  /* clang-format on */

  for (guint i = 0; i < 2 * G_N_ELEMENTS (keys); i++)
    {
      const TrustEmitter *emitter = i & 1 ? JKS : PKCS12;
      GByteArray *parameters = forge_bytes (keys[i / 2].parameters, keys[i / 2].parameters_size);
      g_autoptr (TrustCertificate) certificate = forge_with_key (
          forge_join (forge_element (0x06, forge_bytes (keys[i / 2].oid, keys[i / 2].size)), parameters, NULL));
      g_autoptr (TrustAnchorSet) set = emitter_set_of_one (certificate, NULL), fits = NULL;
      g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_loss_free);

      fits = trust_emitter_fit (emitter, set, "server-auth", &trust_loss_policy_default, 1800000000, losses);
      g_assert_cmpuint (trust_anchor_set_get_n_anchors (fits), ==, keys[i / 2].is_held);
      g_assert_cmpuint (losses->len, ==, !keys[i / 2].is_held);
      g_assert_true (losses->len == 0 || ((const TrustLoss *) losses->pdata[0])->left_out);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/emitter-java/jks-bytes", test_jks_bytes);
  g_test_add_func ("/emitter-java/jks-read", test_jks_read);
  g_test_add_func ("/emitter-java/password", test_password);
  g_test_add_func ("/emitter-java/pkcs12-as-gnutls-reads-it", test_pkcs12_as_gnutls_reads_it);
  g_test_add_func ("/emitter-java/pkcs12-attributes", test_pkcs12_attributes);
  g_test_add_func ("/emitter-java/pkcs12-read", test_pkcs12_read);
  g_test_add_func ("/emitter-java/keys-that-java-knows", test_keys_that_java_knows);
  return g_test_run ();
}
