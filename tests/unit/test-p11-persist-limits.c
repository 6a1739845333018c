/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/p11-fixture.h"

/* What cannot be enforced, or not be read, is not trusted: never wider than asked. */
static void
test_never_wider (void)
{
  static const struct
  {
    const char *oid;
    const char *value;
  } cases[] = {
    /* Name constraints (RFC 5280 section 4.2.1.10): cut, bare, a leading dot, a registeredID, a minimum, under another OID. */
    { "2.5.29.30", "\"0%18%06%03U%1d%1e%04%110%0f%a0%0d0%0b%82%09localhos\"" },
    { "2.5.29.30", "\"0%0f%a0%0d0%0b%82%09localhost\"" },
    { "2.5.29.30", "\"0%18%06%03U%1d%1e%04%110%0f%a0%0d0%0b%82%09.ocalhost\"" },
    { "2.5.29.30", "\"0%11%06%03U%1d%1e%04%0a0%08%a0%060%04%88%02%2a%03\"" },
    { "2.5.29.30", "\"0%1b%06%03U%1d%1e%04%140%12%a0%100%0e%82%09localhost%80%01%01\"" },
    { "2.5.29.30", "\"0%18%06%03U%1d%25%04%110%0f%a0%0d0%0b%82%09localhost\"" },
    { "2.5.29.30", "\"0%09%06%03U%1d%1e%04%020%00\"" },
    { "2.5.29.15", "\"0%0b%06%03U%1d%0f%04%04%03%02%01%06\"" },
    { "1.2.3.4", "\"0%07%06%03%2a%03%04%04%00\"" },
    /* Purposes: bare, cut, with something behind, under another OID, no list at all. */
    { "2.5.29.37", "\"0%14" OID_EMAIL OID_CODE "\"" },
    { "2.5.29.37", "\"0%1d%06%03U%1d%25%04%160%14" OID_EMAIL "\"" },
    { "2.5.29.37", "\"0%1d%06%03U%1d%25%04%160%14" OID_EMAIL OID_CODE "x\"" },
    { "2.5.29.37", "\"0%1d%06%03U%1d%1e%04%160%14" OID_EMAIL OID_CODE "\"" },
    { "2.5.29.37", "\"\"" },
    /* Only p11-kit's "no purpose" (1.3.6.1.4.1.3319.6.10.16): trusted for nothing. */
    { "2.5.29.37", "\"0%15%06%03U%1d%25%04%0e0%0c%06%0a%2b%06%01%04%01%99w%06%0a%10\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = with_extension (cases[i].oid, cases[i].value);
      Result result = parse (text, TRUST_P11_PLACE_TOP);

      g_test_message ("%s %s", cases[i].oid, cases[i].value);
      g_assert_no_error (result.error);
      g_assert_cmpuint (result.anchors->len, ==, 0);
      g_assert_cmpuint (result.warnings->len, ==, i + 1 < G_N_ELEMENTS (cases) ? 1 : 0);
      result_clear (&result);
    }
}

/* The permitted dNSName NAME of nine letters, attached to the key of `one`. */
static char *
constraint (const char *name)
{
  g_autofree char *key = dup_key_pem (one);

  return g_strconcat (HEADER "class: x-certificate-extension\nobject-id: 2.5.29.30\n"
                             "value: \"0%18%06%03U%1d%1e%04%110%0f%a0%0d0%0b%82%09",
                      name, "\"\n", key, NULL);
}

static gboolean
permits (const TrustAnchor *anchor, const char *name)
{
  return trust_constraints_permit (trust_settings_get_constraints (trust_anchor_get_settings (anchor)), TRUST_NAME_DNS,
                                   (TrustSpan) { (const guint8 *) name, strlen (name) }, NULL);
}

static void
test_constraints (void)
{
  g_autofree char *wide = constraint ("localhost"), *apart = constraint ("elsewhere");
  g_autofree char *first = section ("trusted: true\n", one), *second = section ("trusted: true\n", two);
  g_autofree char *single = g_strconcat (first, second, wide, NULL), *both = g_strconcat (first, wide, apart, NULL);
  Result result = parse (single, TRUST_P11_PLACE_TOP);

  g_assert_no_error (result.error);
  g_assert_cmpuint (result.warnings->len, ==, 0);
  g_assert_cmpuint (result.anchors->len, ==, 2);
  g_assert_cmpuint (mask_of (&result, 0), ==, DEFAULT);
  g_assert_true (permits (result.anchors->pdata[0], "www.localhost"));
  g_assert_false (permits (result.anchors->pdata[0], "elsewhere"));
  g_assert_false (trust_settings_is_limited (trust_anchor_get_settings (result.anchors->pdata[1])));
  result_clear (&result);
  /* Two are not one list of two: both hold. */
  result = parse (both, TRUST_P11_PLACE_TOP);
  g_assert_cmpuint (result.anchors->len, ==, 1);
  g_assert_false (permits (result.anchors->pdata[0], "localhost"));
  g_assert_false (permits (result.anchors->pdata[0], "elsewhere"));
  result_clear (&result);
}

/* Certificates with one key share what is attached, and one file's anchors share their settings. */
static void
test_shared (void)
{
  TestCertificateSpec spec = { .dn = "CN=Renewed", .same_key = one };
  g_autoptr (TestCertificate) renewed = test_certificate_new (&spec);
  g_autofree char *first = section ("trusted: true\n", one), *second = section ("trusted: true\n", renewed), *names = constraint ("localhost");
  g_autofree char *all = g_strconcat (first, second, names, NULL);
  Result result = parse (all, TRUST_P11_PLACE_TOP);

  g_assert_cmpuint (result.anchors->len, ==, 2);
  g_assert_true (trust_settings_is_limited (trust_anchor_get_settings (result.anchors->pdata[0])));
  g_assert_true (trust_anchor_get_settings (result.anchors->pdata[0]) == trust_anchor_get_settings (result.anchors->pdata[1]));
  result_clear (&result);
}

static void
test_distrust_after (void)
{
  static const struct
  {
    const char *attributes;
    gint64 server, email; /* -1: none */
    gboolean is_untrusted;
  } cases[] = {
    { "nss-server-distrust-after: \"%32%35%30%36%33%30%32%33%35%39%35%39Z\"\n", 1751327999, -1, FALSE },
    { "nss-email-distrust-after: \"250630235959Z\"\n", -1, 1751327999, FALSE },
    { "nss-server-distrust-after: \"250630235959Z\"\nnss-email-distrust-after: \"20500101000000Z\"\n", 1751327999, 2524608000, FALSE },
    { "nss-server-distrust-after: \"%00\"\nnss-email-distrust-after: false\n", -1, -1, FALSE },
    { "nss-server-distrust-after: \"\"\n", -1, -1, FALSE },
    { "nss-server-distrust-after: \"%01\"\n", -1, -1, TRUE },
    { "nss-server-distrust-after: true\n", -1, -1, TRUE },
    { "nss-server-distrust-after: \"250631235959Z\"\n", -1, -1, TRUE },
    { "nss-server-distrust-after: \"2506302359Z\"\n", -1, -1, TRUE },
    { "nss-server-distrust-after: \"250630235959+\"\n", -1, -1, TRUE },
    { "nss-email-distrust-after: \"600101000000Z\"\n", -1, -1, TRUE }, /* 1960 */
    { "nss-email-distrust-after: \"tomorrow\"\n", -1, -1, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *attributes = g_strconcat ("trusted: true\n", cases[i].attributes, NULL), *text = section (attributes, one);
      Result result = parse (text, TRUST_P11_PLACE_TOP);
      const TrustSettings *settings = NULL;
      gint64 time = -1;

      g_test_message ("%s", cases[i].attributes);
      g_assert_no_error (result.error);
      g_assert_cmpuint (result.anchors->len, ==, cases[i].is_untrusted ? 0 : 1);
      g_assert_cmpuint (result.warnings->len, ==, cases[i].is_untrusted ? 1 : 0);
      if (!cases[i].is_untrusted)
        {
          settings = trust_anchor_get_settings (result.anchors->pdata[0]);
          trust_settings_get_distrust_after (settings, "server-auth", &time);
          g_assert_cmpint (time, ==, cases[i].server);
          time = -1;
          trust_settings_get_distrust_after (settings, "email-protection", &time);
          g_assert_cmpint (time, ==, cases[i].email);
          g_assert_cmpuint (mask_of (&result, 0), ==, DEFAULT);
        }
      result_clear (&result);
    }
}

static void
test_distrust_after_twice (void)
{
  g_autofree char *text = section ("trusted: true\nnss-server-distrust-after: \"%00\"\nnss-server-distrust-after: \"250630235959Z\"\n", one);
  Result result = parse (text, TRUST_P11_PLACE_TOP);

  g_assert_error (result.error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT);
  result_clear (&result);
}

int
main (int argc, char **argv)
{
  int status = 0;

  g_test_init (&argc, &argv, NULL);
  one = test_certificate_new_root ("CN=One");
  two = test_certificate_new_root ("CN=Two");
  g_test_add_func ("/p11-persist/never-wider", test_never_wider);
  g_test_add_func ("/p11-persist/constraints", test_constraints);
  g_test_add_func ("/p11-persist/shared", test_shared);
  g_test_add_func ("/p11-persist/distrust-after", test_distrust_after);
  g_test_add_func ("/p11-persist/distrust-after-twice", test_distrust_after_twice);
  status = g_test_run ();
  test_certificate_free (one);
  test_certificate_free (two);
  return status;
}
