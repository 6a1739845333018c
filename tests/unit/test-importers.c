/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table, what all formats share, and the two plain ones. */
#include "core/anchor-file.h"
#include "core/importers/merge.h"
#include "core/limits.h"
#include "core/pem.h"

#include "tests/unit/importers-fixture.h"

typedef struct
{
  TestCertificate *a; /* (owned) */
  TestCertificate *b; /* (owned) */
  char *pem_a;        /* (owned) */
  char *pem_b;        /* (owned) */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->a = test_certificate_new_root ("CN=Import A,O=Example");
  f->b = test_certificate_new_root ("CN=Import B,O=Example");
  f->pem_a = test_certificate_dup_pem (f->a);
  f->pem_b = test_certificate_dup_pem (f->b);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  test_certificate_free (f->a);
  test_certificate_free (f->b);
  g_free (f->pem_a);
  g_free (f->pem_b);
}

/* Every format has its row once, and can be found. */
static void
test_table (Fixture *f, gconstpointer data)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; trust_importers[i] != NULL; i++)
    {
      g_assert_true (g_hash_table_add (names, (gpointer) trust_importers[i]->name));
      g_assert_true (trust_importer_find (trust_importers[i]->name) == trust_importers[i]);
      g_assert_false (trust_importers[i]->probe ((TrustSpan) { NULL, 0 }));
      g_assert_false (trust_importers[i]->probe ((TrustSpan) { (const guint8 *) "hello\n", 6 }));
    }
  g_assert_null (trust_importer_find ("nothing"));
}

static void
test_pem (Fixture *f, gconstpointer data)
{
  static const char list[] = "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n";
  g_autofree char *text = g_strconcat ("Subject: CN=A\nsome -----text\n", f->pem_a, "\nmore\n", list, f->pem_b, f->pem_a, "end", NULL);
  g_autoptr (TrustImport) import = import_found (text, strlen (text), NULL, "pem", 2);

  g_assert_true (import_entry_is (import, 0, f->a));
  g_assert_true (import_entry_is (import, 1, f->b));
  g_assert_null (import_entry (import, 0)->settings);
  g_assert_false (import_entry (import, 0)->is_untrusted);
  g_assert_cmpstr (import_entry (import, 0)->place, ==, "block 1 at byte 29");
  g_assert_cmpuint (import->failures->len + import->notices->len, ==, 0);
  import_cut_everywhere (f->pem_a, strlen (f->pem_a) - 1, NULL, 0);
}

static void
test_pem_refused (Fixture *f, gconstpointer data)
{
  g_autofree char *key = g_strconcat (f->pem_a, "-----BEGIN EC PRIVATE KEY-----\nAAAA", NULL);
  g_autofree char *damaged = g_strconcat (f->pem_a, f->pem_b, NULL);
  TrustImportOptions going = { .keep_going = TRUE };

  strchr (damaged + strlen (f->pem_a), '\n')[5] = '!';
  import_refused (key, strlen (key), NULL, TRUST_ERROR_PRIVATE_KEY, "private key", NULL);
  import_refused (key, strlen (key), &going, TRUST_ERROR_PRIVATE_KEY, "private key", NULL);
  import_refused (damaged, strlen (damaged), NULL, TRUST_ERROR_INVALID_INPUT, "PEM: block 2 at byte ", NULL);

  g_autoptr (TrustImport) import = import_found (damaged, strlen (damaged), &going, "pem", 1);

  g_assert_cmpuint (import->failures->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (import->failures, 0), "block 2 at byte "));

  /* A block without an end: what comes behind it is still found. */
  g_autofree char *open = g_strconcat ("-----BEGIN CERTIFICATE-----\nAAAA\n", f->pem_a, NULL);
  g_autoptr (TrustImport) rest = import_found (open, strlen (open), &going, "pem", 1);

  g_assert_cmpuint (rest->failures->len, ==, 1);
  import_refused (open, strlen (open), NULL, TRUST_ERROR_INVALID_INPUT, "no END line", "byte 0", NULL);
}

static void
test_der (Fixture *f, gconstpointer data)
{
  TrustSpan der = trust_certificate_get_der (f->a->certificate);
  g_autoptr (TrustImport) import = import_found (der.data, der.size, NULL, "der", 1);
  gnutls_datum_t key;

  g_assert_true (import_entry_is (import, 0, f->a));
  import_cut_everywhere (der.data, der.size, NULL, 0);
  g_assert_cmpint (gnutls_x509_privkey_export2_pkcs8 (f->a->key, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN, &key), ==, 0);
  import_refused (key.data, key.size, NULL, TRUST_ERROR_PRIVATE_KEY, "private key", NULL);
  gnutls_free (key.data);
}

static void
test_unknown (Fixture *f, gconstpointer data)
{
  g_autofree char *flood = g_strnfill (TRUST_LIMIT_INPUT_BYTES + 1, 'A');

  import_refused ("", 0, NULL, TRUST_ERROR_INVALID_INPUT, "empty", NULL);
  import_refused (" \n", 2, NULL, TRUST_ERROR_INVALID_INPUT, "white space", NULL);
  import_refused ("hello\n", 6, NULL, TRUST_ERROR_INVALID_INPUT, "text without a PEM block", NULL);
  import_refused ("\xce\xce\xce\xce\0\0\0\2", 8, NULL, TRUST_ERROR_INVALID_INPUT, "JCEKS", "keytool", NULL);
  import_refused ("PK\x03\x04", 4, NULL, TRUST_ERROR_INVALID_INPUT, "ZIP", NULL);
  import_refused (flood, TRUST_LIMIT_INPUT_BYTES + 1, NULL, TRUST_ERROR_LIMIT_EXCEEDED, "bytes", NULL);
  import_refused (flood, TRUST_LIMIT_INPUT_BYTES, NULL, TRUST_ERROR_INVALID_INPUT, "text", NULL);
}

/* Floods cost what their bytes cost, and no more. */
static void
test_floods (Fixture *f, gconstpointer data)
{
  g_autofree char *digits = g_strnfill (TRUST_LIMIT_INPUT_BYTES - 64, 'A');
  g_autofree char *one_block = g_strconcat ("-----BEGIN CERTIFICATE-----\n", digits, "\n-----END CERTIFICATE-----\n", NULL);
  g_autofree char *equals = g_strnfill (10000000, '=');
  g_autofree char *padding = g_strconcat ("-----BEGIN PKCS7-----\n", equals, "\n-----END PKCS7-----\n", NULL);
  g_autoptr (GString) blocks = g_string_new (NULL);
  TrustImportOptions going = { .keep_going = TRUE };

  for (guint i = 0; i <= TRUST_LIMIT_INPUT_CERTIFICATES; i++)
    g_string_append (blocks, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  import_refused (one_block, strlen (one_block), NULL, TRUST_ERROR_LIMIT_EXCEEDED, "PEM: block 1 at byte 0", NULL);
  import_refused (padding, strlen (padding), NULL, TRUST_ERROR_INVALID_INPUT, "PEM: block 1 at byte 0", NULL);
  import_refused (blocks->str, blocks->len, &going, TRUST_ERROR_LIMIT_EXCEEDED, "20000", NULL);
}

static TrustSettings *
make_settings (TrustPurpose purpose)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << purpose);

  return trust_settings_new (purposes);
}

/* A distrust file names a certificate by its hash and its key; a second one of the same kind is the same. */
static void
test_anchor_files (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustSettings) email = make_settings (TRUST_PURPOSE_EMAIL_PROTECTION);
  g_autoptr (TrustSettings) server = make_settings (TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustImport) made = trust_import_new ("made");
  TrustNote *note = trust_note_new (NULL, "CHG-1", NULL, 0);
  TrustImportEntry *entry = trust_import_add (made, f->a->certificate, email, NULL, "A label", "here");
  g_autoptr (GBytes) bytes = trust_import_entry_write (entry, server, note);
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);
  g_autoptr (TrustImport) import = import_found (text, size, NULL, "anchor", 1);
  g_autofree char *purposes = import_entry_purposes (import, 0);

  g_assert_cmpstr (purposes, ==, "email-protection");
  g_assert_cmpstr (import_entry (import, 0)->label, ==, "A label");
  g_assert_nonnull (strstr (text, "Reason=CHG-1"));
  trust_note_unref (note);

  /* An entry that says nothing is trusted for what is given. */
  g_autoptr (GBytes) plain = trust_import_entry_write (trust_import_add (made, f->b->certificate, NULL, NULL, NULL, "there"), server, NULL);
  g_autoptr (TrustImport) second = import_found (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain), NULL, "anchor", 1);
  g_autofree char *given = import_entry_purposes (second, 0);

  g_assert_cmpstr (given, ==, "server-auth");

  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "test", NULL, FALSE);
  g_autoptr (TrustDistrust) distrust = trust_distrust_new (trust_certificate_get_fingerprint (f->a->certificate), NULL, (TrustSpan) { NULL, 0 },
                                                           (TrustSpan) { NULL, 0 }, f->a->certificate, origin, NULL);
  g_autoptr (GBytes) refusal = trust_import_entry_write (trust_import_add (made, NULL, NULL, distrust, "Bad", "x"), NULL, NULL);
  g_autoptr (TrustImport) refused = import_found (g_bytes_get_data (refusal, NULL), g_bytes_get_size (refusal), NULL, "anchor", 1);

  g_assert_nonnull (import_entry (refused, 0)->distrust);
  g_assert_cmpstr (import_entry (refused, 0)->label, ==, "Bad");
  g_assert_true (trust_distrust_names (import_entry (refused, 0)->distrust, f->a->certificate));
  g_assert_false (trust_distrust_names (import_entry (refused, 0)->distrust, f->b->certificate));
}

static TrustDistrust *
make_distrust (TrustCertificate *certificate, const TrustFingerprint *key, const char *serial)
{
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "test", NULL, FALSE);
  TrustSpan issuer = { NULL, 0 }, number = { (const guint8 *) serial, serial != NULL ? 1 : 0 };

  if (serial != NULL)
    issuer = trust_certificate_get_issuer_der (certificate);
  return trust_distrust_new (trust_certificate_get_fingerprint (certificate), key, issuer, number, certificate, origin, NULL);
}

/* Two refusals of one certificate become one, unless that one could not say both: then neither is dropped without a word. */
static void
test_two_distrusts (Fixture *f, gconstpointer data)
{
  const TrustFingerprint *key_a = trust_certificate_get_key_fingerprint (f->a->certificate);
  const TrustFingerprint *key_b = trust_certificate_get_key_fingerprint (f->b->certificate);
  const struct
  {
    const TrustFingerprint *keys[2];
    const char *serials[2];
    gboolean joined;
  } cases[] = {
    { { NULL, NULL }, { NULL, NULL }, TRUE },    { { key_a, NULL }, { NULL, "1" }, TRUE }, { { key_a, key_a }, { "1", "1" }, TRUE },
    { { key_a, key_b }, { NULL, NULL }, FALSE }, { { NULL, NULL }, { "1", "2" }, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TrustImport) import = trust_import_new ("made"), going = trust_import_new ("made");
      g_autoptr (GError) error = NULL;

      for (guint k = 0; k < 2; k++)
        {
          g_autoptr (TrustDistrust) distrust = make_distrust (f->a->certificate, cases[i].keys[k], cases[i].serials[k]);

          trust_import_add (import, f->a->certificate, NULL, distrust, NULL, k == 0 ? "here" : "there");
          trust_import_add (going, f->a->certificate, NULL, distrust, NULL, k == 0 ? "here" : "there");
        }
      g_assert_cmpint (trust_import_merge (import, FALSE, &error), ==, cases[i].joined);
      g_assert_true (trust_import_merge (going, TRUE, NULL));
      g_assert_cmpuint (going->failures->len, ==, !cases[i].joined);
      g_assert_cmpuint (going->entries->len, ==, cases[i].joined);
      if (!cases[i].joined)
        {
          g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT);
          g_assert_nonnull (strstr (error->message, "here and there"));
          continue;
        }

      const TrustDistrust *both = import_entry (import, 0)->distrust;

      g_assert_true ((trust_distrust_get_key_fingerprint (both) != NULL) == (cases[i].keys[0] != NULL || cases[i].keys[1] != NULL));
      g_assert_true ((trust_distrust_get_serial (both).size > 0) == (cases[i].serials[0] != NULL || cases[i].serials[1] != NULL));
    }
}

/* A label that is not plain is kept as it is shown. */
static void
test_labels (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustImport) import = trust_import_new ("made");
  g_autofree char *long_label = g_strnfill (TRUST_LIMIT_LABEL_CHARS + 10, 'x');

  g_assert_cmpstr (trust_import_add (import, f->a->certificate, NULL, NULL, "a\\b", "x")->label, ==, "a\\b");
  g_assert_cmpstr (trust_import_add (import, f->a->certificate, NULL, NULL, "a\033b", "x")->label, ==, "a\\u{1B}b");
  g_assert_null (trust_import_add (import, f->a->certificate, NULL, NULL, "", "x")->label);

  const TrustImportEntry *entry = trust_import_add (import, f->a->certificate, NULL, NULL, long_label, "x");

  g_assert_cmpint (g_utf8_strlen (entry->label, -1), ==, TRUST_LIMIT_LABEL_CHARS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/importers/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("table", test_table);
  ADD ("pem", test_pem);
  ADD ("pem-refused", test_pem_refused);
  ADD ("der", test_der);
  ADD ("unknown", test_unknown);
  ADD ("floods", test_floods);
  ADD ("anchor-files", test_anchor_files);
  ADD ("two-distrusts", test_two_distrusts);
  ADD ("labels", test_labels);
  return g_test_run ();
}
