/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Java keystores, written here byte by byte; tests/integration/test-imports has keytool's own. */
#include "core/limits.h"

#include "tests/unit/importers-fixture.h"

#include <gnutls/crypto.h>

typedef struct
{
  TestCertificate *a; /* (owned) */
  TestCertificate *b; /* (owned) */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->a = test_certificate_new_root ("CN=Java A,O=Example");
  f->b = test_certificate_new_root ("CN=Java B,O=Example");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  test_certificate_free (f->a);
  test_certificate_free (f->b);
}

static GByteArray *
number (guint size, guint64 value)
{
  guint8 bytes[8];

  for (guint i = 0; i < size; i++)
    bytes[i] = (guint8) (value >> (8 * (size - 1 - i)));
  return forge_bytes (bytes, size);
}

static GByteArray *
text (const char *bytes, gsize size)
{
  return forge_join (number (2, size), forge_bytes (bytes, size), NULL);
}

static GByteArray *
head (guint version, guint n)
{
  return forge_join (FORGE_BYTES ("\xfe\xed\xfe\xed"), number (4, version), number (4, n), NULL);
}

static GByteArray *
certificate (guint version, const TestCertificate *test)
{
  GByteArray *der = import_der (test);
  GByteArray *type = version == 2 ? text ("X.509", 5) : g_byte_array_new ();

  return forge_join (type, number (4, der->len), der, NULL);
}

static GByteArray *
entry_head (guint kind, const char *alias, gsize size)
{
  return forge_join (number (4, kind), text (alias, size), number (8, 1700000000000), NULL);
}

static GByteArray *
trusted (guint version, const char *alias, const TestCertificate *test)
{
  return forge_join (entry_head (2, alias, strlen (alias)), certificate (version, test), NULL);
}

/* Appends the digest for PASSPHRASE (ASCII). BODY (transfer full). */
static GByteArray *
seal (GByteArray *body, const char *passphrase)
{
  g_autoptr (GByteArray) hashed = g_byte_array_new ();
  guint8 digest[20];

  for (const char *c = passphrase; *c != '\0'; c++)
    g_byte_array_append (hashed, (const guint8[]) { 0, (guint8) *c }, 2);
  g_byte_array_append (hashed, (const guint8 *) "Mighty Aphrodite", 16);
  g_byte_array_append (hashed, body->data, body->len);
  g_assert_cmpint (gnutls_hash_fast (GNUTLS_DIG_SHA1, hashed->data, hashed->len, digest), ==, 0);
  return g_byte_array_append (body, digest, sizeof digest);
}

static TrustImportOptions
answering (ImportAnswers *answers, const char *const *texts)
{
  *answers = (ImportAnswers) { texts, 0 };
  return (TrustImportOptions) { import_answer, answers, FALSE };
}

static void
test_trusted (Fixture *f, gconstpointer data)
{
  static const char *const right[] = { "wrong", "secret", NULL };

  for (guint version = 1; version <= 2; version++)
    {
      GByteArray *entries = forge_join (trusted (version, "corp root", f->a), trusted (version, "other", f->b), NULL);
      g_autoptr (GByteArray) store = seal (forge_join (head (version, 2), entries, NULL), "secret");
      ImportAnswers answers;
      TrustImportOptions options = answering (&answers, right);
      g_autoptr (TrustImport) import = import_found (store->data, store->len, &options, "jks", 2);

      g_assert_cmpuint (answers.n_asked, ==, 2);
      g_assert_true (import_entry_is (import, 0, f->a) && import_entry_is (import, 1, f->b));
      g_assert_cmpstr (import_entry (import, 0)->label, ==, "corp root");
      g_assert_cmpstr (import_entry (import, 0)->place, ==, "entry 1 \"corp root\"");
      g_assert_false (import_entry (import, 0)->is_untrusted);
      g_assert_null (import_entry (import, 0)->settings);
      g_assert_cmpuint (import->notices->len, ==, 0);
    }
}

/* The bytes of the key are passed over; its chain is only named. */
static void
test_key_entry (Fixture *f, gconstpointer data)
{
  static const char *const none[] = { NULL };
  GByteArray *key = forge_join (entry_head (1, "server", 6), number (4, 5), FORGE_BYTES ("\1\2\3\4\5"), number (4, 2), certificate (2, f->a),
                                certificate (2, f->b), NULL);
  g_autoptr (GByteArray) store = seal (forge_join (head (2, 2), key, trusted (2, "root", f->b), NULL), "changeit");
  ImportAnswers answers;
  TrustImportOptions options = answering (&answers, none);
  g_autoptr (TrustImport) import = import_found (store->data, store->len, &options, "jks", 2);

  /* Java's usual pass phrase is tried unasked. */
  g_assert_cmpuint (answers.n_asked, ==, 0);
  g_assert_true (import_entry (import, 0)->is_untrusted);
  g_assert_null (import_entry (import, 0)->label);
  g_assert_cmpstr (import_entry (import, 1)->label, ==, "root");
  g_assert_false (import_entry (import, 1)->is_untrusted);
  g_assert_cmpuint (import->notices->len, ==, 1);
  g_assert_nonnull (strstr (import->notices->pdata[0], "private key was left out"));
}

static void
test_passphrases (Fixture *f, gconstpointer data)
{
  static const char *const empty[] = { "", NULL };
  static const char *const wrong[] = { "a", "b", NULL };
  static const char *const many[] = { "1", "2", "3", "4", "5", "6", "7", NULL };
  static const char *const invalid[] = { "\xff", NULL };
  g_autoptr (GByteArray) store = seal (forge_join (head (2, 1), trusted (2, "x", f->a), NULL), "secret");
  g_autoptr (GByteArray) changed = forge_copy (store);
  g_autoptr (GByteArray) open = seal (forge_join (head (2, 1), trusted (2, "x", f->a), NULL), "");
  g_autofree char *too_long = g_strnfill (TRUST_LIMIT_PASSPHRASE_BYTES + 1, 'x');
  const char *const long_one[] = { too_long, NULL };
  ImportAnswers answers;
  TrustImportOptions options = answering (&answers, empty);
  g_autoptr (TrustImport) unchecked = import_found (store->data, store->len, &options, "jks", 1);
  g_autoptr (TrustImport) without = import_found (open->data, open->len, NULL, "jks", 1);

  g_assert_cmpuint (unchecked->notices->len, ==, 1);
  g_assert_nonnull (strstr (unchecked->notices->pdata[0], "not checked"));
  g_assert_cmpuint (without->notices->len, ==, 0);
  import_refused (store->data, store->len, NULL, TRUST_ERROR_PASSPHRASE, "nobody to ask", NULL);
  options = answering (&answers, wrong);
  import_refused (store->data, store->len, &options, TRUST_ERROR_PASSPHRASE, "gave up after 2", NULL);
  options = answering (&answers, many);
  import_refused (store->data, store->len, &options, TRUST_ERROR_PASSPHRASE, "none of 5", NULL);
  options = answering (&answers, invalid);
  import_refused (store->data, store->len, &options, TRUST_ERROR_PASSPHRASE, "UTF-8", NULL);
  options = answering (&answers, long_one);
  import_refused (store->data, store->len, &options, TRUST_ERROR_PASSPHRASE, "1024", NULL);

  /* A change that leaves the structure whole is told by the digest. */
  changed->data[changed->len - 30] ^= 1;
  options = answering (&answers, wrong);
  import_refused (changed->data, changed->len, &options, TRUST_ERROR_PASSPHRASE, NULL);
}

/* Java's modified UTF-8. */
static void
test_aliases (Fixture *f, gconstpointer data)
{
  /* clang-format off */
  static const struct { const char *bytes; gsize size; const char *label; } cases[] = {
    { "w\xc3\xbcrz", 5, "würz" },
    { "\xed\xa0\xbd\xed\xb8\x80", 6, "\xf0\x9f\x98\x80" },
    { "a\xc0\x80" "b", 4, "a\xef\xbf\xbd" "b" },
    { "\xed\xa0\xbdx", 4, "\xef\xbf\xbdx" },
    { "\xed\xb8\x80", 3, "\xef\xbf\xbd" },
    { "\xed\xa0\xbd", 3, "\xef\xbf\xbd" },
    { "\xe2\x82", 2, "\xef\xbf\xbd\xef\xbf\xbd" },
    { "a\nb", 3, "a\\u{A}b" },
    { "\xe2\x80\xaex", 4, "\\u{202E}x" },
  };
  /* clang-format on */

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GByteArray) store = seal (forge_join (head (2, 1), entry_head (2, cases[i].bytes, cases[i].size), certificate (2, f->a), NULL), "");
      g_autoptr (TrustImport) import = import_found (store->data, store->len, NULL, "jks", 1);

      g_assert_cmpstr (import_entry (import, 0)->label, ==, cases[i].label);
      g_assert_true (g_utf8_validate (import_entry (import, 0)->place, -1, NULL));
    }
}

static void
assert_damaged (GByteArray *body, int code, const char *part)
{
  g_autoptr (GByteArray) store = seal (body, "");

  import_refused (store->data, store->len, NULL, code, "Java keystore: ", part, NULL);
}

/* Lengths and numbers that the file does not hold are refused before anything is made of them. */
static void
test_damaged (Fixture *f, gconstpointer data)
{
  assert_damaged (head (2, 0), TRUST_ERROR_INVALID_INPUT, "no certificate");
  assert_damaged (head (3, 1), TRUST_ERROR_INVALID_INPUT, "version 3");
  assert_damaged (head (2, G_MAXUINT32), TRUST_ERROR_LIMIT_EXCEEDED, "4294967295");
  assert_damaged (head (2, TRUST_LIMIT_INPUT_CERTIFICATES), TRUST_ERROR_INVALID_INPUT, "entry 1");
  assert_damaged (forge_join (head (2, 1), entry_head (3, "x", 1), NULL), TRUST_ERROR_INVALID_INPUT, "kind 3");
  assert_damaged (forge_join (head (2, 1), entry_head (2, "x", 1), text ("X.509", 5), number (4, G_MAXUINT32), NULL), TRUST_ERROR_INVALID_INPUT,
                  "entry 1 \"x\": ");
  assert_damaged (forge_join (head (2, 1), entry_head (1, "x", 1), number (4, G_MAXUINT32), NULL), TRUST_ERROR_INVALID_INPUT, "4294967295 bytes");
  assert_damaged (forge_join (head (2, 1), entry_head (1, "x", 1), number (4, 0), number (4, G_MAXUINT32), NULL), TRUST_ERROR_INVALID_INPUT,
                  "certificate 1");
  assert_damaged (forge_join (head (2, 1), trusted (2, "x", f->a), FORGE_BYTES ("more"), NULL), TRUST_ERROR_INVALID_INPUT, "should end it");
  assert_damaged (forge_join (head (2, 1), entry_head (2, "x", 1), text ("X.509", 5), number (4, 2), FORGE_BYTES ("\x30\x00"), NULL),
                  TRUST_ERROR_INVALID_INPUT, "entry 1 \"x\": ");

  g_autoptr (GByteArray) other = seal (forge_join (head (2, 2), entry_head (2, "x", 1), text ("PGP", 3), number (4, 1), FORGE_BYTES ("x"),
                                                   trusted (2, "y", f->a), NULL),
                                       "");
  g_autoptr (TrustImport) import = import_found (other->data, other->len, NULL, "jks", 1);

  g_assert_cmpuint (import->notices->len, ==, 1);
}

/* A key's chain of what are no X.509 certificates: six bytes each, and all have a notice. */
static void
test_strangers (Fixture *f, gconstpointer data)
{
  guint n = TRUST_LIMIT_INPUT_CERTIFICATES + 2;
  GByteArray *strangers = g_byte_array_new ();

  for (guint i = 0; i < n; i++)
    g_byte_array_append (strangers, (const guint8 *) "\0\0\0\0\0\0", 6);
  assert_damaged (forge_join (head (2, 1), entry_head (1, "x", 1), number (4, 0), number (4, n), strangers, NULL), TRUST_ERROR_LIMIT_EXCEEDED,
                  "20000");
}

static void
test_keep_going (Fixture *f, gconstpointer data)
{
  g_autoptr (GByteArray) store = seal (forge_join (head (2, 2), entry_head (2, "bad", 3), text ("X.509", 5), number (4, 2), FORGE_BYTES ("\x30\x00"),
                                                   trusted (2, "good", f->a), NULL),
                                       "");
  TrustImportOptions going = { .keep_going = TRUE };
  g_autoptr (TrustImport) import = import_found (store->data, store->len, &going, "jks", 1);

  g_assert_cmpuint (import->failures->len, ==, 1);
  g_assert_nonnull (strstr (import->failures->pdata[0], "entry 1 \"bad\""));
}

static void
test_cut (Fixture *f, gconstpointer data)
{
  static const char *const empty[] = { "", NULL };
  GByteArray *key = forge_join (entry_head (1, "k", 1), number (4, 5), FORGE_BYTES ("\1\2\3\4\5"), number (4, 1), certificate (2, f->b), NULL);
  g_autoptr (GByteArray) store = seal (forge_join (head (2, 2), trusted (2, "x", f->a), key, NULL), "secret");
  ImportAnswers answers;
  TrustImportOptions options = answering (&answers, empty);

  import_cut_everywhere (store->data, store->len, &options, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/import-jks/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("trusted", test_trusted);
  ADD ("key-entry", test_key_entry);
  ADD ("passphrases", test_passphrases);
  ADD ("aliases", test_aliases);
  ADD ("damaged", test_damaged);
  ADD ("strangers", test_strangers);
  ADD ("keep-going", test_keep_going);
  ADD ("cut", test_cut);
  return g_test_run ();
}
