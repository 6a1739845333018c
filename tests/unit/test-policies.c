/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policies of browsers. */
#include "core/limits.h"
#include "tests/unit/importers-fixture.h"

#define CONSTRAINED "{\"CACertificatesWithConstraints\":[{\"certificate\":\"%s\",\"constraints\":"

static TestCertificate *a, *b, *c, *d;

static char *
base64 (const TestCertificate *certificate)
{
  TrustSpan der = trust_certificate_get_der (certificate->certificate);

  return g_base64_encode (der.data, der.size);
}

/* PEM inside a JSON text. */
static char *
pem_text (const TestCertificate *certificate)
{
  g_autofree char *pem = test_certificate_dup_pem (certificate);
  g_auto (GStrv) lines = g_strsplit (pem, "\n", -1);

  return g_strjoinv ("\\n", lines);
}

static void
assert_constraints (const TrustImport *import, guint index, TrustNameKind kind, const char *expected)
{
  const TrustConstraints *constraints = trust_settings_get_constraints (import_entry (import, index)->settings);
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < trust_constraints_get_n (constraints, kind, FALSE); i++)
    {
      g_autofree char *text = trust_subtree_dup_text (trust_constraints_get (constraints, kind, FALSE, i));

      g_string_append_printf (out, "%s%s", out->len > 0 ? "," : "", text);
    }
  g_assert_cmpstr (out->str, ==, expected);
}

static void
test_chrome (void)
{
  g_autofree char *a64 = base64 (a), *b64 = base64 (b), *c64 = base64 (c), *d64 = base64 (d);
  g_autofree char *text
      = g_strdup_printf ("\xef\xbb\xbf\n{\"HomepageLocation\":\"https://[[[{{{/*\\\"\",\"CACertificates\":[\"%s\"],\n"
                         "\"CACertificatesWithConstraints\":[{\"certificate\":\"%s\",\"constraints\":"
                         "{\"permitted_dns_names\":[\"corp.example\",\"other.example\"],\"permitted_cidrs\":[\"10.0.0.0/8\"]}}],"
                         "\"CADistrustedCertificates\":[\"%s\"],\"CAHintCertificates\":[\"%s\"],\"CAPlatformIntegrationEnabled\":false}",
                         a64, b64, c64, d64);
  g_autoptr (TrustImport) import = import_found (text, strlen (text), NULL, "policy-chrome", 4);

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *purposes = import_entry_purposes (import, i);

      g_assert_cmpstr (purposes, ==, "server-auth");
    }
  g_assert_true (import_entry_is (import, 0, a));
  g_assert_false (trust_settings_is_limited (import_entry (import, 0)->settings));
  g_assert_true (import_entry_is (import, 1, b));
  assert_constraints (import, 1, TRUST_NAME_DNS, "corp.example,other.example");
  assert_constraints (import, 1, TRUST_NAME_IP, "10.0.0.0/8");
  g_assert_true (trust_distrust_names (import_entry (import, 2)->distrust, c->certificate));
  g_assert_nonnull (trust_distrust_get_key_fingerprint (import_entry (import, 2)->distrust));
  g_assert_true (import_entry_is (import, 3, d));
  g_assert_true (import_entry (import, 3)->is_untrusted);
}

static void
test_chrome_refused (void)
{
  static const struct
  {
    const char *format; /* %s: A in base64 */
    int code;
    const char *message;
  } cases[] = {
    { "{\"CACertificates\":\"%s\"}", TRUST_ERROR_INVALID_INPUT, "is not a list" },
    { "{\"CACertificates\":[5, \"%s\"]}", TRUST_ERROR_INVALID_INPUT, "CACertificates, entry 1: a text" },
    { "{\"CACertificates\":[\"%s\", \"AAAA\"]}", TRUST_ERROR_INVALID_INPUT, "CACertificates, entry 2" },
    { "{\"CACertificatesWithConstraints\":[\"%s\"]}", TRUST_ERROR_INVALID_INPUT, "\"constraints\" was expected" },
    { "{\"CACertificatesWithConstraints\":[{\"certificate\":\"%s\"}]}", TRUST_ERROR_INVALID_INPUT, "\"constraints\" was expected" },
    { CONSTRAINED "{}}]}", TRUST_ERROR_INVALID_INPUT, "name nothing" },
    { CONSTRAINED "{\"permitted_dns_names\":[]}}]}", TRUST_ERROR_INVALID_INPUT, "name nothing" },
    { CONSTRAINED "{\"permitted_dns_names\":[\"\"]}}]}", TRUST_ERROR_INVALID_INPUT, "empty" },
    { CONSTRAINED "{\"permitted_dns_names\":[\".corp.example\"]}}]}", TRUST_ERROR_INVALID_INPUT, "entry 1" },
    { CONSTRAINED "{\"permitted_cidrs\":[\"10.0.0.0/33\"]}}]}", TRUST_ERROR_INVALID_INPUT, "entry 1" },
    { CONSTRAINED "{\"permitted_dns_names\":[\"a.example\"],\"excluded_dns_names\":[\"b.a.example\"]}}]}", TRUST_ERROR_INVALID_INPUT,
      "does not know" },
    { CONSTRAINED "{\"permitted_dns_names\":[\"a.example\"]},\"constraints\":{\"permitted_dns_names\":[\"example\"]}}]}", TRUST_ERROR_INVALID_INPUT,
      "\"constraints\" stands twice" },
    { "{\"CADistrustedCertificates\":[\"%s\"],\"CADistrusted\\u0043ertificates\":[]}", TRUST_ERROR_INVALID_INPUT,
      "\"CADistrustedCertificates\" stands twice" },
    { "{\"CACertificates\":[\"%s\"], // a comment\n}", TRUST_ERROR_INVALID_INPUT, "take comments out" },
    { "{\"CACertificates\":[\"%s\"]", TRUST_ERROR_INVALID_INPUT, "line 1" },
    { "{\"CACertificates\":[\"%s\", \"\xff\"]}", TRUST_ERROR_INVALID_INPUT, "UTF-8" },
    { "{\"CACertificates\":[\"%s\"],\"CADistrustedCertificates\":[\"%s\"]}", TRUST_ERROR_INVALID_INPUT, "different things" },
  };
  g_autofree char *a64 = base64 (a);
  TrustImportOptions going = { .keep_going = TRUE };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (GStrv) parts = g_strsplit (cases[i].format, "%s", -1);
      g_autofree char *text = g_strjoinv (a64, parts);
      g_autoptr (TrustImport) import = NULL;

      import_refused (text, strlen (text), NULL, cases[i].code, cases[i].message, NULL);
      import = trust_import_decode ((TrustSpan) { (const guint8 *) text, strlen (text) }, &going, NULL);
      for (guint j = 0; import != NULL && j < import->entries->len; j++)
        g_assert_false (import_entry (import, j)->settings != NULL && strstr (text, "CACertificatesWithConstraints") != NULL);
    }
}

static void
test_firefox (void)
{
  g_autofree char *a64 = base64 (a), *pem = pem_text (b);
  g_autofree char *text = g_strdup_printf ("{\"policies\":{\"DisableTelemetry\":true,\"Certificates\":{\"ImportEnterpriseRoots\":true,"
                                           "\"Install\":[\"%s\",\"%s\"]}}}",
                                           a64, pem);
  g_autofree char *named = g_strdup_printf ("{\"policies\":{\"Certificates\":{\"Install\":[\"/etc/corp-\\u001b[31m.pem\",\"corp\",\"%s\"]}}}", a64);
  g_autofree char *none = g_strdup ("{\"policies\":{\"Certificates\":{\"ImportEnterpriseRoots\":true}}}");
  g_autoptr (TrustImport) import = import_found (text, strlen (text), NULL, "policy-firefox", 2);
  TrustImportOptions going = { .keep_going = TRUE };

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *purposes = import_entry_purposes (import, i);

      g_assert_cmpstr (purposes, ==, "server-auth,client-auth,email-protection");
      g_assert_true (import_entry_is (import, i, i == 0 ? a : b));
    }
  g_assert_cmpuint (import->notices->len, ==, 1);
  import_refused (named, strlen (named), NULL, TRUST_ERROR_INVALID_INPUT, "Install, entry 1", "/etc/corp-\\u{1B}[31m.pem", "import that file itself",
                  NULL);

  g_autoptr (TrustImport) kept = import_found (named, strlen (named), &going, "policy-firefox", 1);

  g_assert_cmpuint (kept->failures->len, ==, 2);

  g_autoptr (TrustImport) empty = import_found (none, strlen (none), NULL, "policy-firefox", 0);

  g_assert_cmpuint (empty->notices->len, ==, 1);
  import_cut_everywhere (text, strlen (text), NULL, 2);
}

/* Private keys, in whatever clothes. */
static void
test_keys (void)
{
  g_autofree char *a64 = base64 (a), *key64 = NULL, *text = NULL, *hidden = NULL;
  gnutls_datum_t der = { NULL, 0 };
  TrustImportOptions going = { .keep_going = TRUE };

  g_assert_cmpint (gnutls_x509_privkey_export2 (a->key, GNUTLS_X509_FMT_DER, &der), >=, 0);
  key64 = g_base64_encode (der.data, der.size);
  gnutls_free (der.data);
  text = g_strdup_printf ("{\"CACertificates\":[\"%s\",\"%s\"]}", a64, key64);
  hidden = g_strdup_printf ("{\"CACertificates\":[\"%s\",\"-----BEGIN EC\\u0020PRIVATE KEY-----\\nAAAA\\n-----END EC PRIVATE KEY-----\\n\"]}", a64);
  import_refused (text, strlen (text), &going, TRUST_ERROR_PRIVATE_KEY, "private key", NULL);
  import_refused (hidden, strlen (hidden), &going, TRUST_ERROR_PRIVATE_KEY, "private key", NULL);
}

/* Bombs end before they are parsed. */
static void
test_bounds (void)
{
  g_autoptr (GString) deep = g_string_new ("{\"CACertificates\":"), wide = g_string_new ("{\"CACertificates\":[0"),
                      large = g_string_new ("{\"CACertificates\":[\"");

  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (deep, '[');
  for (guint i = 0; i < TRUST_LIMIT_JSON_VALUES; i++)
    g_string_append (wide, ",0");
  g_string_append (wide, "]}");
  for (guint i = 0; i < TRUST_LIMIT_JSON_BYTES; i++)
    g_string_append_c (large, 'A');
  import_refused (deep->str, deep->len, NULL, TRUST_ERROR_LIMIT_EXCEEDED, "one in another", NULL);
  import_refused (wide->str, wide->len, NULL, TRUST_ERROR_LIMIT_EXCEEDED, "values", NULL);
  import_refused (large->str, large->len, NULL, TRUST_ERROR_LIMIT_EXCEEDED, "bytes", NULL);
  /* What hides brackets from a count but not from a parser. */
  for (guint i = 0; i < 3; i++)
    {
      static const char *const covers[] = { "/*\"*/", "'\"'", "//\"\n" };

      g_autofree char *hidden = g_strconcat ("{\"CACertificates\":", covers[i], deep->str, NULL);

      import_refused (hidden, strlen (hidden), NULL, TRUST_ERROR_INVALID_INPUT, "no JSON", NULL);
    }
}

int
main (int argc, char **argv)
{
  int status = 0;

  g_test_init (&argc, &argv, NULL);
  a = test_certificate_new_root ("CN=A");
  b = test_certificate_new_root ("CN=B");
  c = test_certificate_new_root ("CN=C");
  d = test_certificate_new_root ("CN=D");
  g_test_add_func ("/policies/chrome", test_chrome);
  g_test_add_func ("/policies/chrome-refused", test_chrome_refused);
  g_test_add_func ("/policies/firefox", test_firefox);
  g_test_add_func ("/policies/keys", test_keys);
  g_test_add_func ("/policies/bounds", test_bounds);
  status = g_test_run ();
  test_certificate_free (a);
  test_certificate_free (b);
  test_certificate_free (c);
  test_certificate_free (d);
  return status;
}
