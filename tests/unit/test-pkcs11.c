/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/text.h"
#include "tests/unit/importers-fixture.h"

#include <dlfcn.h>
#include <glob.h>
#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11x.h>

static const TrustImportOptions options = { NULL, NULL, FALSE };

/* Where Debian has NAME. Returns: (transfer full) (nullable). */
static char *
find_module (const char *name)
{
  g_autofree char *pattern = g_strconcat ("/usr/lib/*/", name, NULL);
  glob_t found = { 0 };
  char *path = glob (pattern, 0, NULL, &found) == 0 ? g_strdup (found.gl_pathv[0]) : NULL;

  globfree (&found);
  /* Stays loaded: what it keeps in its own variables is no leak then. */
  if (path != NULL)
    g_assert_nonnull (dlopen (path, RTLD_NOW | RTLD_NODELETE));
  return path;
}

/* NSS's own list: certificates with trust per purpose, as its certdata.txt has them. */
static void
test_nssckbi (void)
{
  g_autofree char *path = find_module ("libnssckbi.so");
  g_autoptr (GError) error = NULL;
  guint n_server = 0, n_email_only = 0, n_after = 0;
  gint64 time = 0;

  if (path == NULL)
    {
      g_test_skip ("no libnssckbi.so (libnss3)");
      return;
    }

  g_autoptr (TrustImport) import = trust_import_module (path, &options, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (import->format, ==, "pkcs11");
  g_assert_cmpuint (import->failures->len, ==, 0);
  g_assert_cmpuint (import->entries->len, >, 100);
  for (guint i = 0; i < import->entries->len; i++)
    {
      const TrustImportEntry *entry = import_entry (import, i);

      g_assert_true (entry->settings != NULL || entry->distrust != NULL || entry->is_untrusted);
      if (entry->settings == NULL)
        continue;

      gboolean server = trust_purposes_has (trust_settings_get_purposes (entry->settings), TRUST_PURPOSE_SERVER_AUTH);

      n_server += server;
      n_email_only += !server;
      n_after += trust_settings_get_distrust_after (entry->settings, "server-auth", &time);
    }
  g_test_message ("%u entries, %u for servers, %u for others only, %u with a date", import->entries->len, n_server, n_email_only, n_after);
  g_assert_cmpuint (n_server, >, 100);
  g_assert_cmpuint (n_email_only, >, 0);
  g_assert_cmpuint (n_server, <, import->entries->len);
}

/* What anchord publishes doesn't come back in: Debian's p11-kit reads the distribution's bundle. */
static void
test_own_output (void)
{
  g_autofree char *path = find_module ("pkcs11/p11-kit-trust.so");

  if (path == NULL)
    {
      g_test_skip ("no p11-kit-trust.so (p11-kit-modules)");
      return;
    }

  g_autoptr (GError) error = NULL;
  TrustImport *import = trust_import_module (path, &options, &error);

  g_assert_null (import);
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT);
  g_assert_nonnull (strstr (error->message, "/etc/ssl/certs"));
  g_assert_nonnull (strstr (error->message, path));
}

/* Adds "ATTRIBUTE=HEX" for SIZE bytes. */
static void
put (GKeyFile *objects, const char *object, gulong attribute, const void *bytes, gsize size)
{
  g_autofree char *key = g_strdup_printf ("%lx", attribute), *hex = trust_text_hex (bytes, size);

  g_key_file_set_string (objects, object, key, hex);
}

static void
put_number (GKeyFile *objects, const char *object, gulong attribute, CK_ULONG value)
{
  put (objects, object, attribute, &value, sizeof value);
}

static void
put_certificate (GKeyFile *objects, const char *object, const TrustCertificate *certificate)
{
  TrustSpan der = trust_certificate_get_der (certificate);

  put_number (objects, object, CKA_CLASS, CKO_CERTIFICATE);
  put (objects, object, CKA_VALUE, der.data, der.size);
  put (objects, object, CKA_LABEL, "Labelled", 8);
}

static void
put_trust (GKeyFile *objects, const char *object, const TrustCertificate *certificate, CK_OBJECT_CLASS class, gulong use, CK_ULONG level)
{
  TrustSpan issuer = trust_certificate_get_issuer_der (certificate), serial = trust_certificate_get_serial (certificate);
  g_autoptr (GByteArray) number = g_byte_array_new ();

  g_byte_array_append (number, (const guint8[]) { 0x02, (guint8) serial.size }, 2);
  g_byte_array_append (number, serial.data, (guint) serial.size);
  put_number (objects, object, CKA_CLASS, class);
  put (objects, object, CKA_ISSUER, issuer.data, issuer.size);
  put (objects, object, CKA_SERIAL_NUMBER, number->data, number->len);
  put_number (objects, object, use, level);
}

/* What comes of the made-up module with OBJECTS. */
static TrustImport *
import_made_up (GKeyFile *objects, GError **error)
{
  g_autofree char *scratch = test_scratch_new (), *path = g_build_filename (scratch, "objects", NULL);
  g_autofree char *module = g_test_build_filename (G_TEST_BUILT, "..", "lib", "made-up-module.so", NULL);
  TrustImport *import = NULL;

  g_assert_true (g_key_file_save_to_file (objects, path, NULL));
  g_setenv ("MADE_UP_MODULE", path, TRUE);
  import = trust_import_module (module, &options, error);
  test_scratch_remove (scratch);
  return import;
}

/* Trust objects of both kinds, dates, and constraints beside a key; a card says nothing of trust. */
static void
test_made_up (void)
{
  g_autoptr (TestCertificate) one = test_certificate_new_root ("CN=One"), two = test_certificate_new_root ("CN=Two");
  g_autoptr (TestCertificate) three = test_certificate_new_root ("CN=Three");
  static const guint8 constraints[] = "\x30\x19\x06\x03\x55\x1d\x1e\x04\x12\x30\x10\xa0\x0e\x30\x0c\x82\x0a"
                                      "co.example";
  static const guint8 registered[] = "\x30\x11\x06\x03\x55\x1d\x1e\x04\x0a\x30\x08\xa0\x06\x30\x04\x88\x02\x2a\x03";
  g_autoptr (GKeyFile) objects = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustImport) card = NULL, trusted = NULL, narrowed = NULL, stranger = NULL;
  TrustSpan key = trust_certificate_get_key_der (one->certificate);
  gint64 time = 0;

  g_key_file_set_string (objects, "module", "Slot", "A card");
  put_certificate (objects, "object 1", one->certificate);
  put_certificate (objects, "object 2", two->certificate);
  put_certificate (objects, "object 3", three->certificate);
  card = import_made_up (objects, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (card->entries->len, ==, 3);
  g_assert_false (import_entry (card, 0)->is_untrusted);
  g_assert_null (import_entry (card, 0)->settings);

  put (objects, "object 1", CKA_NSS_SERVER_DISTRUST_AFTER, "221130000000Z", 13);
  put_trust (objects, "object 4", one->certificate, CKO_NSS_TRUST, CKA_TRUST_SERVER_AUTH, CKT_NSS_TRUSTED_DELEGATOR);
  put_trust (objects, "object 5", two->certificate, 0x0b, 0x62f, 3);
  trusted = import_made_up (objects, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (trust_purposes_get_mask (trust_settings_get_purposes (import_entry (trusted, 0)->settings)), ==, 1u << TRUST_PURPOSE_SERVER_AUTH);
  g_assert_true (trust_settings_get_distrust_after (import_entry (trusted, 0)->settings, "server-auth", &time));
  g_assert_cmpint (time, ==, 1669766400);
  g_assert_cmpstr (import_entry (trusted, 0)->label, ==, "Labelled");
  g_assert_nonnull (import_entry (trusted, 1)->distrust);
  g_assert_true (import_entry (trusted, 2)->is_untrusted);

  put_number (objects, "object 6", CKA_CLASS, CKO_X_CERTIFICATE_EXTENSION);
  put (objects, "object 6", CKA_OBJECT_ID, "\x06\x03\x55\x1d\x1e", 5);
  put (objects, "object 6", CKA_PUBLIC_KEY_INFO, key.data, key.size);
  put (objects, "object 6", CKA_VALUE, constraints, sizeof constraints - 1);
  narrowed = import_made_up (objects, &error);
  g_assert_no_error (error);
  g_assert_true (trust_constraints_is_restricted (trust_settings_get_constraints (import_entry (narrowed, 0)->settings), TRUST_NAME_DNS));
  g_assert_true (trust_settings_get_distrust_after (import_entry (narrowed, 0)->settings, "server-auth", &time));

  /* What can't be kept takes the trust away. */
  put (objects, "object 6", CKA_VALUE, registered, sizeof registered - 1);
  stranger = import_made_up (objects, &error);
  g_assert_no_error (error);
  g_assert_null (import_entry (stranger, 0)->settings);
  g_assert_true (import_entry (stranger, 0)->is_untrusted);
  g_assert_cmpuint (stranger->notices->len, ==, 1);
}

/* Extensions beside a key as in p11-kit's files: what narrows nothing does not matter, what is not enforced takes the trust away. */
static void
test_attached (void)
{
  static const struct
  {
    const char *oid;
    gsize size;
    gboolean trusted;
  } cases[] = {
    { "\x06\x03\x55\x1d\x0e", 5, TRUE },  { "\x06\x03\x55\x1d\x13", 5, TRUE },
    { "\x06\x03\x55\x1d\x25", 5, TRUE },  { "\x06\x0a\x2b\x06\x01\x04\x01\x99\x77\x06\x0a\x01", 12, TRUE },
    { "\x06\x03\x55\x1d\x0f", 5, FALSE }, { "\x06\x03\x55\x1d\x24", 5, FALSE },
    { "\x06\x03\x2a\x03\x04", 5, FALSE },
  };
  g_autoptr (TestCertificate) one = test_certificate_new_root ("CN=One"), two = test_certificate_new_root ("CN=Two");
  TrustSpan key = trust_certificate_get_key_der (one->certificate);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GKeyFile) objects = g_key_file_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (TrustImport) import = NULL;

      g_key_file_set_string (objects, "module", "Slot", "A card");
      put_certificate (objects, "object 1", one->certificate);
      put_certificate (objects, "object 2", two->certificate);
      put_trust (objects, "object 3", one->certificate, CKO_NSS_TRUST, CKA_TRUST_SERVER_AUTH, CKT_NSS_TRUSTED_DELEGATOR);
      put_trust (objects, "object 4", two->certificate, CKO_NSS_TRUST, CKA_TRUST_SERVER_AUTH, CKT_NSS_TRUSTED_DELEGATOR);
      put_number (objects, "object 5", CKA_CLASS, CKO_X_CERTIFICATE_EXTENSION);
      put (objects, "object 5", CKA_OBJECT_ID, cases[i].oid, cases[i].size);
      put (objects, "object 5", CKA_PUBLIC_KEY_INFO, key.data, key.size);
      put (objects, "object 5", CKA_VALUE, "\x30\x00", 2);
      import = import_made_up (objects, &error);
      g_assert_no_error (error);
      g_assert_cmpint (import_entry (import, 0)->settings != NULL, ==, cases[i].trusted);
      g_assert_cmpint (import_entry (import, 0)->is_untrusted, ==, !cases[i].trusted);
      g_assert_nonnull (import_entry (import, 1)->settings);
      g_assert_cmpuint (import->notices->len, ==, !cases[i].trusted);
    }
}

/* A module is not to be believed: what it says has bounds. */
static void
test_made_up_refused (void)
{
  static const struct
  {
    const char *slot;
    gboolean endless;
    int code;
    const char *message;
  } cases[] = {
    { "/etc/ssl/certs/ca-certificates.crt", FALSE, TRUST_ERROR_INVALID_INPUT, "anchord writes itself" },
    { "/var/lib/anchord/published/current", FALSE, TRUST_ERROR_INVALID_INPUT, "anchord writes itself" },
    { "A card", TRUE, TRUST_ERROR_LIMIT_EXCEEDED, "objects" },
    { "/etc/ssl/certs-of-others", FALSE, -1, NULL },
  };
  g_autoptr (TestCertificate) one = test_certificate_new_root ("CN=One");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GKeyFile) objects = g_key_file_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (TrustImport) import = NULL;

      g_key_file_set_string (objects, "module", "Slot", cases[i].slot);
      g_key_file_set_boolean (objects, "module", "Endless", cases[i].endless);
      put_certificate (objects, "object 1", one->certificate);
      import = import_made_up (objects, &error);
      g_assert_cmpint (import != NULL, ==, cases[i].message == NULL);
      if (import != NULL)
        continue;
      g_assert_error (error, TRUST_ERROR, cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].message));
    }
}

static void
test_no_module (void)
{
  static const char *const paths[] = { "/nonexistent/module.so", "/etc/passwd", "/", "relative.so", "/tmp/\x1b[31m.so" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (trust_import_module (paths[i], &options, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT);
      g_assert_null (strchr (error->message, '\x1b'));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pkcs11/nssckbi", test_nssckbi);
  g_test_add_func ("/pkcs11/own-output", test_own_output);
  g_test_add_func ("/pkcs11/made-up", test_made_up);
  g_test_add_func ("/pkcs11/attached", test_attached);
  g_test_add_func ("/pkcs11/made-up-refused", test_made_up_refused);
  g_test_add_func ("/pkcs11/no-module", test_no_module);
  return g_test_run ();
}
