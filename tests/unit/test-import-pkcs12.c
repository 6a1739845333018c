/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* PKCS #12: files that GnuTLS makes, and hostile ones written here. tests/integration/test-imports has openssl's and keytool's. */
#include "core/limits.h"

#include "tests/unit/importers-fixture.h"

#include <gnutls/pkcs12.h>

#define OID_PKCS7 "\x2a\x86\x48\x86\xf7\x0d\x01\x07"
#define OID_BAG "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01"
#define OID_X509 "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x16\x01"
#define OID_NAME "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x14"
#define OID_KEY_ID "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x15"
#define OID_JAVA "\x60\x86\x48\x01\x86\xf9\x66\xad\xca\x7b\x01\x01"
#define OID_SHA1 "\x2b\x0e\x03\x02\x1a"
#define OID_PBE_3DES "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x03"
#define OID_PBE_RC2_128 "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x05"
#define OID_ANY_USE "\x55\x1d\x25\x00"
#define OID_SERVER "\x2b\x06\x01\x05\x05\x07\x03\x01"

typedef struct
{
  TestCertificate *root; /* (owned) */
  TestCertificate *leaf; /* (owned) */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->root = test_certificate_new_root ("CN=Twelve Root,O=Example");

  TestCertificateSpec spec = { .dn = "CN=twelve.example", .not_ca = TRUE, .issuer = f->root };

  f->leaf = test_certificate_new (&spec);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  test_certificate_free (f->root);
  test_certificate_free (f->leaf);
}

static TrustImportOptions
answering (ImportAnswers *answers, const char *const *texts)
{
  *answers = (ImportAnswers) { texts, 0 };
  return (TrustImportOptions) { import_answer, answers, FALSE };
}

/* GnuTLS writes none without a MAC, which is the third and last part of the whole. */
static GByteArray *
without_mac (gnutls_datum_t file)
{
  TrustSpan in = { file.data, file.size };
  TrustDer whole, version, content;

  g_assert_true (trust_der_next (&in, &whole) && trust_der_next (&whole.content, &version) && trust_der_next (&whole.content, &content));
  return forge_element (0x30, forge_join (forge_bytes (version.whole.data, version.whole.size), forge_bytes (content.whole.data, content.whole.size),
                                          NULL));
}

/* Root and leaf with their names in one bag encrypted by FLAGS, the leaf's key in another; a MAC if WITH_MAC. */
static GByteArray *
make_by_gnutls (Fixture *f, const char *passphrase, guint flags, gboolean with_mac, gboolean with_key)
{
  gnutls_pkcs12_t pkcs12;
  gnutls_pkcs12_bag_t bag, key_bag;
  gnutls_datum_t out, key, id = { (guint8 *) "id-1", 4 };
  int index;

  g_assert_cmpint (gnutls_pkcs12_init (&pkcs12), ==, 0);
  g_assert_cmpint (gnutls_pkcs12_bag_init (&bag), ==, 0);
  index = gnutls_pkcs12_bag_set_crt (bag, f->root->crt);
  g_assert_cmpint (gnutls_pkcs12_bag_set_friendly_name (bag, index, "The root"), ==, 0);
  index = gnutls_pkcs12_bag_set_crt (bag, f->leaf->crt);
  g_assert_cmpint (gnutls_pkcs12_bag_set_key_id (bag, index, &id), ==, 0);
  if (flags != GNUTLS_PKCS_PLAIN)
    g_assert_cmpint (gnutls_pkcs12_bag_encrypt (bag, passphrase, flags), ==, 0);
  g_assert_cmpint (gnutls_pkcs12_set_bag (pkcs12, bag), ==, 0);
  if (with_key)
    {
      g_assert_cmpint (gnutls_pkcs12_bag_init (&key_bag), ==, 0);
      g_assert_cmpint (gnutls_x509_privkey_export2_pkcs8 (f->leaf->key, GNUTLS_X509_FMT_DER, passphrase, GNUTLS_PKCS_PBES2_AES_256, &key), ==, 0);
      index = gnutls_pkcs12_bag_set_data (key_bag, GNUTLS_BAG_PKCS8_ENCRYPTED_KEY, &key);
      g_assert_cmpint (gnutls_pkcs12_bag_set_key_id (key_bag, index, &id), ==, 0);
      g_assert_cmpint (gnutls_pkcs12_set_bag (pkcs12, key_bag), ==, 0);
      gnutls_pkcs12_bag_deinit (key_bag);
      gnutls_free (key.data);
    }
  g_assert_cmpint (gnutls_pkcs12_generate_mac2 (pkcs12, GNUTLS_MAC_SHA256, passphrase), ==, 0);
  g_assert_cmpint (gnutls_pkcs12_export2 (pkcs12, GNUTLS_X509_FMT_DER, &out), ==, 0);
  gnutls_pkcs12_bag_deinit (bag);
  gnutls_pkcs12_deinit (pkcs12);

  GByteArray *bytes = with_mac ? forge_bytes (out.data, out.size) : without_mac (out);

  gnutls_free (out.data);
  return bytes;
}

/* Every cipher that GnuTLS writes, with a MAC and without. */
static void
test_ciphers (Fixture *f, gconstpointer data)
{
  static const char *const right[] = { "falsch", "Paßwort 😀", NULL };
  static const guint flags[] = { GNUTLS_PKCS_PKCS12_3DES,   GNUTLS_PKCS_PKCS12_RC2_40, GNUTLS_PKCS_PBES2_3DES,
                                 GNUTLS_PKCS_PBES2_AES_128, GNUTLS_PKCS_PBES2_AES_192, GNUTLS_PKCS_PBES2_AES_256 };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (flags); i++)
    {
      g_autoptr (GByteArray) bytes = make_by_gnutls (f, right[1], flags[i / 2], i % 2 != 0, TRUE);
      ImportAnswers answers;
      TrustImportOptions options = answering (&answers, right);
      g_autoptr (TrustImport) import = import_found (bytes->data, bytes->len, &options, "pkcs12", 2);

      g_assert_cmpuint (answers.n_asked, ==, 2);
      g_assert_true (import_entry_is (import, 0, f->root) && import_entry_is (import, 1, f->leaf));
      g_assert_cmpstr (import_entry (import, 0)->label, ==, "The root");
      g_assert_cmpstr (import_entry (import, 0)->place, ==, "certificate 1 \"The root\"");
      g_assert_false (import_entry (import, 0)->is_untrusted);
      g_assert_true (import_entry (import, 1)->is_untrusted);
      g_assert_cmpuint (import->notices->len, ==, 1);
      g_assert_cmpstr (import->notices->pdata[0], ==, "1 private key was left out of the PKCS #12 file");
    }
}

static void
test_passphrases (Fixture *f, gconstpointer data)
{
  static const char *const empty[] = { "", NULL };
  static const char *const wrong[] = { "a", NULL };
  g_autoptr (GByteArray) encrypted = make_by_gnutls (f, "secret", GNUTLS_PKCS_PBES2_AES_256, TRUE, FALSE);
  g_autoptr (GByteArray) checked = make_by_gnutls (f, "secret", GNUTLS_PKCS_PLAIN, TRUE, FALSE);
  g_autoptr (GByteArray) plain = make_by_gnutls (f, NULL, GNUTLS_PKCS_PLAIN, FALSE, FALSE);
  g_autoptr (GByteArray) without = make_by_gnutls (f, "", GNUTLS_PKCS_PBES2_AES_256, TRUE, FALSE);
  g_autoptr (GByteArray) absent = make_by_gnutls (f, NULL, GNUTLS_PKCS_PKCS12_3DES, TRUE, FALSE);
  g_autoptr (GByteArray) java = make_by_gnutls (f, "changeit", GNUTLS_PKCS_PBES2_AES_128, TRUE, FALSE);
  ImportAnswers answers;
  TrustImportOptions options = answering (&answers, empty);
  g_autoptr (TrustImport) unchecked = import_found (checked->data, checked->len, &options, "pkcs12", 2);

  /* What nobody chose a pass phrase for opens unasked. */
  trust_import_free (import_found (plain->data, plain->len, NULL, "pkcs12", 2));
  trust_import_free (import_found (without->data, without->len, NULL, "pkcs12", 2));
  trust_import_free (import_found (absent->data, absent->len, NULL, "pkcs12", 2));
  trust_import_free (import_found (java->data, java->len, NULL, "pkcs12", 2));
  g_assert_cmpuint (unchecked->notices->len, ==, 1);
  g_assert_nonnull (strstr (unchecked->notices->pdata[0], "not checked"));
  import_refused (checked->data, checked->len, NULL, TRUST_ERROR_PASSPHRASE, "nobody to ask", NULL);
  options = answering (&answers, empty);
  import_refused (encrypted->data, encrypted->len, &options, TRUST_ERROR_PASSPHRASE, "gave up after 1", NULL);
  options = answering (&answers, wrong);
  import_refused (encrypted->data, encrypted->len, &options, TRUST_ERROR_PASSPHRASE, "gave up after 1", NULL);

  /* Cut or lengthened it is known as damaged, and nobody is asked. */
  options = answering (&answers, wrong);
  import_refused (encrypted->data, encrypted->len - 1, &options, TRUST_ERROR_INVALID_INPUT, "cut off or damaged", NULL);
  g_assert_cmpuint (answers.n_asked, ==, 0);
}

static GByteArray *
oid (const char *bytes, gsize size)
{
  return forge_element (0x06, forge_bytes (bytes, size));
}

#define OID(bytes) oid (bytes, sizeof bytes - 1)

static GByteArray *
make_content (guint8 kind, GByteArray *content)
{
  return forge_element (0x30, forge_join (forge_element (0x06, forge_join (FORGE_BYTES (OID_PKCS7), forge_bytes (&kind, 1), NULL)),
                                          forge_element (0xa0, content), NULL));
}

/* A file of these safes' ContentInfos, without a MAC unless MAC (nullable). All (transfer full). */
static GByteArray *
make_file (GByteArray *safes, GByteArray *mac)
{
  GByteArray *list = forge_element (0x04, forge_element (0x30, safes));
  GByteArray *body = forge_join (forge_element (0x02, FORGE_BYTES ("\x03")), make_content (1, list), NULL);

  return forge_element (0x30, mac != NULL ? forge_join (body, mac, NULL) : body);
}

static GByteArray *
make_plain (GByteArray *bags)
{
  return make_file (make_content (1, forge_element (0x04, forge_element (0x30, bags))), NULL);
}

/* ATTRIBUTES nullable. */
static GByteArray *
make_bag (guint8 kind, GByteArray *value, GByteArray *attributes)
{
  GByteArray *name = forge_element (0x06, forge_join (FORGE_BYTES (OID_BAG), forge_bytes (&kind, 1), NULL));
  GByteArray *bag = forge_join (name, forge_element (0xa0, value), NULL);

  return forge_element (0x30, attributes != NULL ? forge_join (bag, forge_element (0x31, attributes), NULL) : bag);
}

static GByteArray *
make_der_bag (GByteArray *der, GByteArray *attributes)
{
  GByteArray *value = forge_element (0xa0, forge_element (0x04, der));

  return make_bag (3, forge_element (0x30, forge_join (OID (OID_X509), value, NULL)), attributes);
}

static GByteArray *
make_certificate_bag (const TestCertificate *certificate, GByteArray *attributes)
{
  return make_der_bag (import_der (certificate), attributes);
}

static GByteArray *
make_attribute (GByteArray *name, GByteArray *values)
{
  return forge_element (0x30, forge_join (name, forge_element (0x31, values), NULL));
}

/* What Java writes for a truststore: a mark with the uses; what has none is a key's chain. */
static void
test_java_mark (Fixture *f, gconstpointer data)
{
  TestCertificate *other = test_certificate_new_root ("CN=Other");
  g_autoptr (GByteArray) bytes = make_plain (forge_join (make_certificate_bag (f->root, make_attribute (OID (OID_JAVA), OID (OID_ANY_USE))),
                                                         make_certificate_bag (other, make_attribute (OID (OID_JAVA), OID (OID_SERVER))),
                                                         make_certificate_bag (f->leaf, NULL), NULL));
  g_autoptr (TrustImport) import = import_found (bytes->data, bytes->len, NULL, "pkcs12", 3);
  g_autofree char *uses = import_entry_purposes (import, 1);

  g_assert_null (import_entry (import, 0)->settings);
  g_assert_false (import_entry (import, 0)->is_untrusted);
  g_assert_cmpstr (uses, ==, "server-auth");
  g_assert_true (import_entry (import, 2)->is_untrusted);
  test_certificate_free (other);
}

/* GnuTLS would keep 32 of them. */
static void
test_many (Fixture *f, gconstpointer data)
{
  GByteArray *bags = g_byte_array_new ();

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *dn = g_strdup_printf ("CN=Many %u", i);
      g_autoptr (TestCertificate) one = test_certificate_new_root (dn);

      bags = forge_join (bags, make_certificate_bag (one, NULL), NULL);
    }

  g_autoptr (GByteArray) bytes = make_plain (bags);

  trust_import_free (import_found (bytes->data, bytes->len, NULL, "pkcs12", 100));
}

static void
test_names (Fixture *f, gconstpointer data)
{
  /* clang-format off */
  static const struct { const char *bytes; gsize size; const char *label; } cases[] = {
    { "\0w\0\xfc", 4, "wü" },
    { "\xd8\x3d\xde\x00", 4, "\xf0\x9f\x98\x80" },
    { "\xd8\x3d\0x", 4, "\xef\xbf\xbdx" },
    { "\0a\0\x1b", 4, "a\\u{1B}" },
    { "\0a\0\0\0b", 6, "a" },
    { "\0ab", 3, "a" },
    { "", 0, NULL },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GByteArray *name = make_attribute (OID (OID_NAME), forge_element (0x1e, forge_bytes (cases[i].bytes, cases[i].size)));
      g_autoptr (GByteArray) bytes = make_plain (make_certificate_bag (f->root, name));
      g_autoptr (TrustImport) import = import_found (bytes->data, bytes->len, NULL, "pkcs12", 1);

      g_assert_cmpstr (import_entry (import, 0)->label, ==, cases[i].label);
    }
}

/* A key that is not encrypted is counted and left out like any other; so are bags that hold no certificate. */
static void
test_other_bags (Fixture *f, gconstpointer data)
{
  gnutls_datum_t key;

  g_assert_cmpint (gnutls_x509_privkey_export2_pkcs8 (f->leaf->key, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN, &key), ==, 0);

  GByteArray *id = make_attribute (OID (OID_KEY_ID), forge_element (0x04, FORGE_BYTES ("k")));
  GByteArray *others = forge_join (make_bag (4, forge_element (0x30, NULL), NULL), make_bag (5, forge_element (0x30, NULL), NULL),
                                   make_bag (9, forge_element (0x30, NULL), NULL), NULL);
  g_autoptr (GByteArray) bytes = make_plain (forge_join (make_bag (1, forge_bytes (key.data, key.size), forge_copy (id)),
                                                         make_certificate_bag (f->leaf, forge_copy (id)), make_certificate_bag (f->root, NULL),
                                                         others, NULL));
  g_autoptr (GByteArray) only_key = make_plain (make_bag (1, forge_bytes (key.data, key.size), NULL));
  g_autoptr (TrustImport) import = import_found (bytes->data, bytes->len, NULL, "pkcs12", 2);

  g_assert_true (import_entry (import, 0)->is_untrusted);
  g_assert_false (import_entry (import, 1)->is_untrusted);
  g_assert_cmpuint (import->notices->len, ==, 4);
  import_refused (only_key->data, only_key->len, NULL, TRUST_ERROR_INVALID_INPUT, "a private key and no certificate", NULL);
  g_byte_array_unref (id);
  gnutls_free (key.data);
}

/* RFC 7292 4.2.6: safes in safes, as deep as the limit. */
static void
test_nesting (Fixture *f, gconstpointer data)
{
  GByteArray *bags = make_certificate_bag (f->root, NULL);

  for (guint i = 0; i <= TRUST_LIMIT_NESTING; i++)
    {
      g_autoptr (GByteArray) bytes = make_plain (forge_copy (bags));

      trust_import_free (import_found (bytes->data, bytes->len, NULL, "pkcs12", 1));
      bags = make_bag (6, forge_element (0x30, bags), NULL);
    }

  g_autoptr (GByteArray) deep = make_plain (bags);

  import_refused (deep->data, deep->len, NULL, TRUST_ERROR_LIMIT_EXCEEDED, "16", NULL);
}

/* Seventeen bytes each. */
static void
test_too_many_safes (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) safe = make_content (1, forge_element (0x04, g_byte_array_new ()));
  GByteArray *safes = g_byte_array_new ();

  for (guint i = 0; i <= 1024; i++)
    g_byte_array_append (safes, safe->data, safe->len);

  g_autoptr (GByteArray) bytes = make_file (safes, NULL);

  import_refused (bytes->data, bytes->len, NULL, TRUST_ERROR_LIMIT_EXCEEDED, "1024 safes", NULL);
}

static GByteArray *
make_number (guint64 value)
{
  guint8 bytes[9];

  bytes[0] = 0;
  for (guint i = 0; i < 8; i++)
    bytes[1 + i] = (guint8) (value >> (8 * (7 - i)));
  for (guint i = 0;; i++)
    if (i == 8 || bytes[i] != 0 || bytes[i + 1] >= 0x80)
      return forge_element (0x02, forge_bytes (bytes + i, 9 - i));
}

static GByteArray *
make_mac (guint64 iterations)
{
  GByteArray *digest = forge_element (0x04, FORGE_BYTES ("12345678901234567890"));
  GByteArray *info = forge_element (0x30, forge_join (forge_algorithm (OID_SHA1, sizeof OID_SHA1 - 1), digest, NULL));

  return forge_element (0x30, forge_join (info, forge_element (0x04, FORGE_BYTES ("salt")), make_number (iterations), NULL));
}

/* A safe encrypted by ALGORITHM (transfer full): noise. */
static GByteArray *
make_encrypted (GByteArray *algorithm)
{
  GByteArray *info = forge_element (0x30, forge_join (OID (OID_PKCS7 "\x01"), algorithm, forge_element (0x80, FORGE_BYTES ("12345678")), NULL));

  return make_content (6, forge_element (0x30, forge_join (forge_element (0x02, forge_bytes ("", 1)), info, NULL)));
}

static GByteArray *
make_pbe (GByteArray *name, guint64 iterations)
{
  GByteArray *parameters = forge_element (0x30, forge_join (forge_element (0x04, FORGE_BYTES ("salt")), make_number (iterations), NULL));

  return forge_element (0x30, forge_join (name, parameters, NULL));
}

static void
assert_refused (GByteArray *file, int code, const char *part)
{
  static const char *const answer[] = { "x", NULL };
  ImportAnswers answers;
  TrustImportOptions options = answering (&answers, answer);
  gint64 before = g_get_monotonic_time ();

  import_refused (file->data, file->len, &options, code, part, NULL);
  g_assert_cmpuint (answers.n_asked, ==, 0);
  g_assert_cmpint (g_get_monotonic_time () - before, <, G_USEC_PER_SEC);
  g_byte_array_unref (file);
}

/* Work is refused before any is done, and before anybody is asked. */
static void
test_iteration_bombs (Fixture *f, gconstpointer data)
{
  static const guint64 bombs[] = { TRUST_LIMIT_KDF_ITERATIONS + 1, G_MAXINT32, G_MAXUINT32, (guint64) G_MAXUINT32 + 1, G_MAXINT64, G_MAXUINT64 };
  GByteArray *many = g_byte_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (bombs); i++)
    {
      assert_refused (make_file (g_byte_array_new (), make_mac (bombs[i])), TRUST_ERROR_LIMIT_EXCEEDED, "5000000");
      assert_refused (make_file (make_encrypted (make_pbe (OID (OID_PBE_3DES), bombs[i])), NULL), TRUST_ERROR_LIMIT_EXCEEDED, "5000000");
    }
  for (guint i = 0; i < 51; i++)
    many = forge_join (many, make_encrypted (make_pbe (OID (OID_PBE_3DES), 100000)), NULL);
  assert_refused (make_file (many, NULL), TRUST_ERROR_LIMIT_EXCEEDED, "5100000");
  assert_refused (make_file (g_byte_array_new (), make_mac (0)), TRUST_ERROR_INVALID_INPUT, "checksum is damaged");
  assert_refused (make_file (make_encrypted (make_pbe (OID (OID_PBE_3DES), 0)), NULL), TRUST_ERROR_INVALID_INPUT, "encryption is damaged");
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  assert_refused (make_file (make_encrypted (make_pbe (OID (OID_PBE_RC2_128), 1)), NULL), TRUST_ERROR_INVALID_INPUT, "RC2 of 128 bits");
  assert_refused (make_file (make_encrypted (make_pbe (OID (OID_SERVER), 1)), NULL), TRUST_ERROR_INVALID_INPUT, "unknown (1.3.6.1.5.5.7.3.1)");
  assert_refused (make_file (make_content (3, forge_element (0x30, NULL)), NULL), TRUST_ERROR_INVALID_INPUT, "by a key and not");
  assert_refused (make_file (make_content (1, forge_element (0x04, FORGE_BYTES ("noise"))), NULL), TRUST_ERROR_INVALID_INPUT, "safe 1: it is");
  assert_refused (make_file (FORGE_BYTES ("noise"), NULL), TRUST_ERROR_INVALID_INPUT, "list of safes is damaged");
  assert_refused (make_file (g_byte_array_new (), NULL), TRUST_ERROR_INVALID_INPUT, "no certificate");
  assert_refused (forge_join (make_plain (make_certificate_bag (f->root, NULL)), FORGE_BYTES ("x"), NULL), TRUST_ERROR_INVALID_INPUT, "too many");
  assert_refused (make_plain (forge_element (0x30, NULL)), TRUST_ERROR_INVALID_INPUT, "safe 1: bag 1: it is damaged");
  assert_refused (make_plain (make_certificate_bag (f->root, FORGE_BYTES ("noise"))), TRUST_ERROR_INVALID_INPUT, "safe 1: bag 1: it is damaged");
}

/* One certificate that can't be read does not cost the others, if the caller says so. */
static void
test_keep_going (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) bytes = make_plain (forge_join (make_der_bag (FORGE_BYTES ("x"), NULL), make_certificate_bag (f->root, NULL), NULL));
  TrustImportOptions going = { .keep_going = TRUE };
  g_autoptr (TrustImport) import = import_found (bytes->data, bytes->len, &going, "pkcs12", 1);

  g_assert_cmpuint (import->failures->len, ==, 1);
  import_refused (bytes->data, bytes->len, NULL, TRUST_ERROR_INVALID_INPUT, "PKCS #12: certificate 1: ", NULL);
}

/* As NSS writes them: indefinite lengths outside, and strings in pieces. */
static void
test_ber (Fixture *f, gconstpointer data)
{
  GByteArray *safe = forge_element (0x30, make_certificate_bag (f->root, NULL));
  guint half = safe->len / 2;
  GByteArray *first = forge_element (0x04, forge_bytes (safe->data, half));
  GByteArray *second = forge_element (0x04, forge_bytes (safe->data + half, safe->len - half));
  GByteArray *pieces = import_indefinite (0xa0, import_indefinite (0x24, forge_join (first, second, NULL)));
  GByteArray *list = import_indefinite (0x30, import_indefinite (0x30, forge_join (OID (OID_PKCS7 "\x01"), pieces, NULL)));
  GByteArray *octets = import_indefinite (0xa0, import_indefinite (0x24, forge_element (0x04, list)));
  GByteArray *content = import_indefinite (0x30, forge_join (OID (OID_PKCS7 "\x01"), octets, NULL));
  g_autoptr (GByteArray) bytes = import_indefinite (0x30, forge_join (forge_element (0x02, FORGE_BYTES ("\x03")), content, NULL));
  g_autoptr (TrustImport) import = import_found (bytes->data, bytes->len, NULL, "pkcs12", 1);

  g_assert_true (import_entry_is (import, 0, f->root));
  import_cut_everywhere (bytes->data, bytes->len, NULL, 0);
  g_byte_array_unref (safe);
}

/* Cut anywhere, and with any one bit turned, it is an error or what it was. */
static void
test_damage (Fixture *f, gconstpointer data)
{
  static const char *const answer[] = { "secret", NULL };
  g_autoptr (GByteArray) bytes = make_by_gnutls (f, "secret", GNUTLS_PKCS_PKCS12_RC2_40, FALSE, TRUE);
  g_autoptr (GByteArray) plain = make_plain (make_certificate_bag (f->root, NULL));
  ImportAnswers answers;
  TrustImportOptions options = answering (&answers, answer);

  import_cut_everywhere (bytes->data, bytes->len, &options, 0);
  import_cut_everywhere (plain->data, plain->len, &options, 0);
  for (gsize at = 0; at < plain->len; at++)
    {
      g_autofree guint8 *copy = g_memdup2 (plain->data, plain->len);
      g_autoptr (GError) error = NULL;

      copy[at] ^= (guint8) (1u << (at % 8));

      g_autoptr (TrustImport) import = trust_import_decode ((TrustSpan) { copy, plain->len }, &options, &error);

      g_assert_true ((import == NULL) == (error != NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/import-pkcs12/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("ciphers", test_ciphers);
  ADD ("passphrases", test_passphrases);
  ADD ("java-mark", test_java_mark);
  ADD ("many", test_many);
  ADD ("names", test_names);
  ADD ("other-bags", test_other_bags);
  ADD ("nesting", test_nesting);
  ADD ("too-many-safes", test_too_many_safes);
  ADD ("iteration-bombs", test_iteration_bombs);
  ADD ("refused", test_refused);
  ADD ("keep-going", test_keep_going);
  ADD ("ber", test_ber);
  ADD ("damage", test_damage);
  return g_test_run ();
}
