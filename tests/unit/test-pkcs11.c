/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/lib/certdata.h"
#include "tests/unit/importers-fixture.h"

#include <dlfcn.h>
#include <glob.h>

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
  g_test_add_func ("/pkcs11/no-module", test_no_module);
  return g_test_run ();
}
