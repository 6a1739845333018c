/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/limits.h"
#include "tests/lib/certdata.h"
#include "tests/unit/importers-fixture.h"

#define SERVER(level) "CKA_TRUST_SERVER_AUTH CK_TRUST CKT_NSS_" level "\n"
#define EMAIL(level) "CKA_TRUST_EMAIL_PROTECTION CK_TRUST CKT_NSS_" level "\n"
#define CODE(level) "CKA_TRUST_CODE_SIGNING CK_TRUST CKT_NSS_" level "\n"
#define YES "TRUSTED_DELEGATOR"
#define NO "NOT_TRUSTED"
#define LATER "MUST_VERIFY_TRUST"
#define ROOT_LIST "# Head\nBEGINDATA\nCKA_CLASS CK_OBJECT_CLASS CKO_NSS_BUILTIN_ROOT_LIST\nCKA_LABEL UTF8 \"Roots\"\n"

static TestCertificate *a, *b;

/* One certificate and one trust object. Returns: (transfer full). */
static char *
one (const char *more, const char *trust)
{
  GString *out = g_string_new (ROOT_LIST);

  certdata_certificate (out, a->certificate, "Label A", more);
  certdata_trust (out, a->certificate, TRUE, trust);
  return g_string_free (out, FALSE);
}

static TrustImport *
import (const char *text, guint n)
{
  return import_found (text, strlen (text), NULL, "certdata", n);
}

static void
refused (const char *text, const char *part, const char *line)
{
  import_refused (text, strlen (text), NULL, TRUST_ERROR_INVALID_INPUT, part, line, NULL);
}

/* The number of the line that begins with HEAD. Returns: (transfer full). */
static char *
line_of (const char *text, const char *head)
{
  const char *at = strstr (text, head);
  guint line = 1;

  g_assert_nonnull (at);
  for (const char *p = text; p < at; p++)
    line += *p == '\n';
  return g_strdup_printf ("line %u", line);
}

/* What each level of each use makes of the entry. */
static void
test_levels (void)
{
  static const struct
  {
    const char *trust;
    const char *purposes; /* "": no anchor */
    gboolean is_distrust;
    guint n_notices;
  } cases[] = {
    { SERVER (YES) EMAIL (YES) CODE (LATER), "server-auth,email-protection", FALSE, 0 },
    { SERVER (YES) EMAIL (LATER) CODE (LATER), "server-auth", FALSE, 0 },
    { SERVER (LATER) EMAIL (YES), "email-protection", FALSE, 0 },
    /* Itself, but not to issue. */
    { SERVER ("TRUSTED") CODE (YES), "code-signing", FALSE, 1 },
    { SERVER ("TRUSTED"), "", FALSE, 1 },
    { "CKA_PKCS_TRUST_SERVER_AUTH CK_TRUST CKT_TRUSTED\n", "", FALSE, 1 },
    { SERVER ("TRUSTED") CODE (NO), "", TRUE, 1 },
    { SERVER (LATER) EMAIL (LATER) CODE (LATER), "", FALSE, 0 },
    { SERVER ("VALID_DELEGATOR") EMAIL ("TRUST_UNKNOWN"), "", FALSE, 0 },
    { "", "", FALSE, 0 },
    { SERVER (NO) EMAIL (NO) CODE (NO), "", TRUE, 0 },
    { SERVER (NO) EMAIL (LATER), "", TRUE, 1 },
    { SERVER (NO) EMAIL (YES), "email-protection", FALSE, 1 },
    { "CKA_TRUST_CLIENT_AUTH CK_TRUST CKT_NETSCAPE_TRUSTED_DELEGATOR\nCKA_TRUST_TIME_STAMPING CK_TRUST CKT_TRUST_ANCHOR\n"
      "CKA_TRUST_IPSEC_USER CK_TRUST CKT_NSS_TRUSTED_DELEGATOR\n",
      "client-auth,time-stamping,1.3.6.1.5.5.7.3.7", FALSE, 0 },
    { "CKA_PKCS_TRUST_SERVER_AUTH CK_TRUST CKT_TRUST_ANCHOR\nCKA_NSS_TRUST_EMAIL_PROTECTION CK_TRUST CKT_NOT_TRUSTED\n", "server-auth", FALSE, 1 },
    { SERVER (YES) "CKA_TRUST_STEP_UP_APPROVED CK_BBOOL CK_TRUE\nCKA_TRUST_DIGITAL_SIGNATURE CK_TRUST CKT_NSS_TRUSTED_DELEGATOR\n", "server-auth",
      FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = one ("", cases[i].trust), *purposes = NULL;
      g_autoptr (TrustImport) got = import (text, 1);
      const TrustImportEntry *entry = import_entry (got, 0);

      purposes = import_entry_purposes (got, 0);
      g_assert_cmpstr (purposes, ==, cases[i].purposes);
      g_assert_cmpint (entry->distrust != NULL, ==, cases[i].is_distrust);
      g_assert_cmpint (entry->is_untrusted, ==, entry->settings == NULL && entry->distrust == NULL);
      g_assert_cmpuint (got->notices->len, ==, cases[i].n_notices);
      g_assert_cmpstr (entry->label, ==, "Label A");
      g_assert_true (import_entry_is (got, 0, a));
      if (cases[i].is_distrust)
        {
          g_assert_true (
              trust_fingerprint_equal (trust_distrust_get_fingerprint (entry->distrust), trust_certificate_get_fingerprint (a->certificate)));
          g_assert_null (trust_distrust_get_key_fingerprint (entry->distrust));
        }
    }
}

/* NSS's way to trust one server's certificate. */
static void
test_peer (void)
{
  g_autoptr (TestCertificate) leaf = test_certificate_new (&(TestCertificateSpec) { .dn = "CN=Peer", .not_ca = TRUE });
  GString *out = g_string_new (ROOT_LIST);
  g_autoptr (TrustImport) got = NULL;
  g_autofree char *text = NULL, *purposes = NULL;

  certdata_certificate (out, leaf->certificate, "Peer", "");
  certdata_trust (out, leaf->certificate, TRUE, SERVER ("TRUSTED"));
  text = g_string_free (out, FALSE);
  got = import (text, 1);
  purposes = import_entry_purposes (got, 0);
  g_assert_cmpstr (purposes, ==, "server-auth");
  g_assert_cmpuint (got->notices->len, ==, 0);
}

static void
assert_after (const TrustImport *got, const char *purpose, gint64 expected)
{
  gint64 time = TRUST_NEVER;

  g_assert_cmpint (trust_settings_get_distrust_after (import_entry (got, 0)->settings, purpose, &time), ==, expected != TRUST_NEVER);
  g_assert_cmpint (time, ==, expected);
}

static void
test_dates (void)
{
  static const struct
  {
    const char *date;
    gint64 time; /* 0: refused */
  } cases[] = {
    { "221130000000Z", 1669766400 },
    { "491231235959Z", 2524607999 },
    { "20500101000000Z", 2524608000 },
    { "700101000001Z", 1 },
    { "500101000000Z", 0 },
    { "691231235959Z", 0 },
    { "221330000000Z", 0 },
    { "220230000000Z", 0 },
    { "221130000060Z", 0 },
    { "2211300000Z", 0 },
    { "221130000000+", 0 },
    { "22113000000aZ", 0 },
    { "", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GString *more = g_string_new (NULL);
      g_autofree char *text = NULL, *lines = NULL;

      certdata_octal (more, "CKA_NSS_SERVER_DISTRUST_AFTER", cases[i].date, strlen (cases[i].date));
      g_string_append (more, "CKA_NSS_EMAIL_DISTRUST_AFTER CK_BBOOL CK_FALSE\n");
      lines = g_string_free (more, FALSE);
      text = one (lines, SERVER (YES) EMAIL (YES));
      if (cases[i].time == 0)
        {
          g_autofree char *line = line_of (text, "CKA_NSS_SERVER_DISTRUST_AFTER");

          refused (text, "distrust-after", line);
          continue;
        }

      g_autoptr (TrustImport) got = import (text, 1);

      assert_after (got, "server-auth", cases[i].time);
      assert_after (got, "email-protection", TRUST_NEVER);
    }
}

/* Trust objects find their certificate by issuer, serial number and hash. */
static void
test_matching (void)
{
  TestCertificate *c = test_certificate_new_root ("CN=C");
  GString *out = g_string_new (ROOT_LIST);

  /* In any order, and none of them for C. */
  certdata_trust (out, b->certificate, TRUE, SERVER (NO) EMAIL (NO));
  certdata_trust (out, a->certificate, FALSE, SERVER (YES));
  certdata_certificate (out, a->certificate, "A", "");
  certdata_certificate (out, b->certificate, "Matching B", "");
  certdata_certificate (out, c->certificate, "C", "");
  g_autofree char *text = g_string_free (out, FALSE), *first = NULL;
  g_autoptr (TrustImport) got = import (text, 3);

  first = import_entry_purposes (got, 0);
  g_assert_cmpstr (first, ==, "server-auth");
  g_assert_nonnull (import_entry (got, 1)->distrust);
  g_assert_true (import_entry (got, 2)->is_untrusted);
  /* A label that only repeats the name is none. */
  g_assert_cmpstr (import_entry (got, 0)->label, ==, "A");
  g_assert_null (import_entry (got, 1)->label);
  g_assert_null (import_entry (got, 2)->label);
  test_certificate_free (c);
}

/* A trust object alone: a refusal by issuer and serial number, never trust. */
static void
test_bare (void)
{
  GString *out = g_string_new (ROOT_LIST);
  const TrustDistrust *distrust = NULL;

  certdata_trust (out, b->certificate, TRUE, SERVER (NO) EMAIL (NO) CODE (NO));
  certdata_trust (out, a->certificate, TRUE, SERVER (YES));
  g_autofree char *text = g_string_free (out, FALSE);
  g_autoptr (TrustImport) got = import (text, 1);

  distrust = import_entry (got, 0)->distrust;
  g_assert_null (import_entry (got, 0)->certificate);
  g_assert_null (trust_distrust_get_fingerprint (distrust));
  g_assert_true (trust_distrust_names (distrust, b->certificate));
  g_assert_false (trust_distrust_names (distrust, a->certificate));
  g_assert_cmpuint (got->notices->len, ==, 2);
  g_assert_nonnull (strstr (got->notices->pdata[0], "SHA-1"));
  g_assert_nonnull (strstr (got->notices->pdata[1], "left out"));
}

/* A hash of another certificate with that issuer and serial number: what is refused is refused by these, nothing is trusted. */
static void
test_wrong_hash (void)
{
  for (guint i = 0; i < 2; i++)
    {
      GString *out = g_string_new (ROOT_LIST);
      char *digit = NULL;

      certdata_certificate (out, a->certificate, "A", "");
      certdata_trust (out, a->certificate, TRUE, i == 0 ? SERVER (YES) : SERVER (NO));
      g_autofree char *text = g_string_free (out, FALSE);

      digit = strstr (text, "CKA_CERT_SHA1_HASH MULTILINE_OCTAL\n") + strlen ("CKA_CERT_SHA1_HASH MULTILINE_OCTAL\n") + 3;
      *digit = *digit == '0' ? '1' : '0';

      g_autoptr (TrustImport) got = import (text, 1 + i);

      g_assert_true (import_entry (got, 0)->is_untrusted);
      if (i == 1)
        g_assert_true (trust_distrust_names (import_entry (got, 1)->distrust, a->certificate));
    }
}

static void
test_contradictions (void)
{
  GString *out = g_string_new (ROOT_LIST);
  TrustImportOptions going = { .keep_going = TRUE };

  certdata_certificate (out, a->certificate, "A", "");
  certdata_trust (out, a->certificate, TRUE, SERVER (YES));
  certdata_trust (out, a->certificate, TRUE, SERVER (YES));
  g_autofree char *same = g_strdup (out->str);
  certdata_trust (out, a->certificate, TRUE, SERVER (YES) EMAIL (NO));
  certdata_certificate (out, b->certificate, "B", "");
  certdata_trust (out, b->certificate, TRUE, SERVER (YES));
  g_autofree char *text = g_string_free (out, FALSE);
  g_autoptr (TrustImport) agreed = import (same, 1);

  refused (text, "something else than the one at line ", NULL);

  g_autoptr (TrustImport) got = import_found (text, strlen (text), &going, "certdata", 1);

  g_assert_true (import_entry_is (got, 0, b));
  g_assert_cmpuint (got->failures->len, ==, 1);

  GString *twice = g_string_new (ROOT_LIST);

  certdata_certificate (twice, a->certificate, "A", "");
  certdata_certificate (twice, a->certificate, "A",
                        "CKA_NSS_SERVER_DISTRUST_AFTER "
                        "MULTILINE_OCTAL\n\\062\\062\\061\\061\\063\\060\\060\\060\\060\\060\\060\\060\\132\nEND\n");
  g_autofree char *dated = g_string_free (twice, FALSE);

  refused (dated, "the same certificate stands at line ", NULL);

  /* The later of two dates would trust more. */
  GString *again = g_string_new (ROOT_LIST);

  certdata_certificate (again, a->certificate, "A",
                        "CKA_NSS_SERVER_DISTRUST_AFTER MULTILINE_OCTAL\n\\062\\062\\061\\061\\063\\060\\060\\060\\060\\060\\060\\060\\132\nEND\n"
                        "CKA_NSS_SERVER_DISTRUST_AFTER MULTILINE_OCTAL\n\\064\\062\\061\\061\\063\\060\\060\\060\\060\\060\\060\\060\\132\nEND\n");
  g_autofree char *two_dates = g_string_free (again, FALSE);

  refused (two_dates, "said twice", NULL);
}

static void
test_labels (void)
{
  GString *out = g_string_new (ROOT_LIST);

  certdata_certificate (out, a->certificate, "Ra\\xC3\\xADz \\303\\241 \\\"q\\\" \\\\", "");
  certdata_trust (out, a->certificate, TRUE, SERVER (YES));
  g_autofree char *text = g_string_free (out, FALSE);
  g_autoptr (TrustImport) got = import (text, 1);

  g_assert_cmpstr (import_entry (got, 0)->label, ==, "Raíz á \"q\" \\");
}

/* What is malformed names its line; with keep-going only its object is missing, and it is never trusted. */
static void
test_refused (void)
{
  static const struct
  {
    const char *from;
    const char *to;
    const char *message;
    const char *line; /* what begins the line at fault, in the changed text; NULL: any */
  } cases[] = {
    { SERVER (YES), SERVER ("PERHAPS"), "words for trust", "CKA_TRUST_SERVER_AUTH" },
    { SERVER (YES), "CKA_TRUST_SERVER_AUTH CK_TRUST\n", "without a value", "CKA_TRUST_SERVER_AUTH" },
    { SERVER (YES), SERVER (YES) SERVER (NO), "twice", "CKA_TRUST_SERVER_AUTH CK_TRUST CKT_NSS_NOT" },
    { SERVER (YES), SERVER (YES) "CKA_TRUST_TELEPATHY CK_TRUST CKT_NSS_NOT_TRUSTED\n", "unknown kind", "CKA_TRUST_TELEPATHY" },
    { SERVER (YES), SERVER (YES) "garbage\n", "CKA_", "garbage" },
    { "CKO_NSS_TRUST", "CKO_NSS_TELEPATHY", "unknown class", "CKA_CLASS CK_OBJECT_CLASS CKO_NSS_TELEPATHY" },
    { "CKA_VALUE MULTILINE_OCTAL", "CKA_OTHER MULTILINE_OCTAL", "CKA_VALUE", "CKA_CLASS CK_OBJECT_CLASS CKO_CERT" },
    { "CKA_VALUE MULTILINE_OCTAL\n\\060", "CKA_VALUE MULTILINE_OCTAL\n\\090", "octal", "\\090" },
    { "CKA_VALUE MULTILINE_OCTAL\n\\060", "CKA_VALUE MULTILINE_OCTAL\n\\400", "octal", "\\400" },
    { "CKA_VALUE MULTILINE_OCTAL\n\\060", "CKA_VALUE MULTILINE_OCTAL\n\\061", "line ", NULL },
    { "CKA_LABEL UTF8 \"Label A\"", "CKA_LABEL UTF8 \"Label A", "quotes", "CKA_LABEL UTF8 \"Label A" },
    { "BEGINDATA\n", "BEGINDATA\nCKA_TOKEN CK_BBOOL CK_TRUE\n", "before the first", "CKA_TOKEN" },
  };
  TrustImportOptions going = { .keep_going = TRUE };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *good = one ("", SERVER (YES)), *line = NULL;
      const char *at = strstr (good, cases[i].from);
      g_autoptr (GString) text = g_string_new (good);

      g_assert_nonnull (at);
      g_string_erase (text, at - good, (gssize) strlen (cases[i].from));
      g_string_insert (text, at - good, cases[i].to);
      line = cases[i].line != NULL ? line_of (text->str, cases[i].line) : g_strdup ("");
      refused (text->str, cases[i].message, line);

      g_autoptr (TrustImport) got = trust_import_decode ((TrustSpan) { (const guint8 *) text->str, text->len }, &going, NULL);

      g_assert_nonnull (got);
      g_assert_cmpuint (got->failures->len, >=, 1);
      for (guint j = 0; j < got->entries->len && i != 11; j++)
        g_assert_null (import_entry (got, j)->settings);
    }
}

static void
test_bounds (void)
{
  g_autofree char *good = one ("", SERVER (YES));
  GString *large = g_string_new (ROOT_LIST "CKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE\nCKA_VALUE MULTILINE_OCTAL\n");
  GString *many = g_string_new (ROOT_LIST);
  g_autoptr (GString) one_large = g_string_new (ROOT_LIST "CKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE\n");
  TrustImportOptions going = { .keep_going = TRUE };

  import_cut_everywhere (good, strlen (good) - 60, NULL, 1);
  for (guint i = 0; i <= TRUST_LIMIT_CERTIFICATE_BYTES / 16; i++)
    g_string_append (large, "\\060\\060\\060\\060\\060\\060\\060\\060\\060\\060\\060\\060\\060\\060\\060\\060\n");
  for (guint i = 0; i <= 2 * TRUST_LIMIT_INPUT_CERTIFICATES; i++)
    g_string_append (many, "CKA_CLASS CK_OBJECT_CLASS CKO_NSS_TRUST\nCKA_ISSUER MULTILINE_OCTAL\n\\060\\000\nEND\n"
                           "CKA_SERIAL_NUMBER MULTILINE_OCTAL\n\\002\\001\\001\nEND\n");
  for (guint i = 0; i < 256; i++)
    g_string_append (one_large, "CKA_X Y Z\n");
  import_refused (one_large->str, one_large->len, &going, TRUST_ERROR_LIMIT_EXCEEDED, "line 261: ", "attributes", NULL);
  import_refused (large->str, large->len, NULL, TRUST_ERROR_LIMIT_EXCEEDED, "bytes", NULL);
  import_refused (many->str, many->len, NULL, TRUST_ERROR_LIMIT_EXCEEDED, "objects", NULL);
  g_string_free (large, TRUE);
  g_string_free (many, TRUE);
}

/* No flipped byte crashes, or makes trust for another certificate or another use. */
static void
test_flips (void)
{
  g_autofree char *text = one ("", SERVER (YES) EMAIL (LATER) CODE (NO));
  TrustImportOptions going = { .keep_going = TRUE };
  gsize size = strlen (text);

  for (guint round = 0; round < 3000; round++)
    {
      g_autofree char *copy = g_memdup2 (text, size);
      g_autoptr (TrustImport) got = NULL;

      copy[g_test_rand_int_range (0, (gint32) size)] = (char) g_test_rand_int_range (0, 256);
      got = trust_import_decode ((TrustSpan) { (const guint8 *) copy, size }, &going, NULL);
      for (guint i = 0; got != NULL && i < got->entries->len; i++)
        if (import_entry (got, i)->settings != NULL)
          {
            g_assert_true (import_entry_is (got, i, a));
            g_assert_cmpuint (trust_purposes_get_mask (trust_settings_get_purposes (import_entry (got, i)->settings)), ==,
                              1u << TRUST_PURPOSE_SERVER_AUTH);
          }
    }
}

/* The real one, counted in its text. */
static void
test_real (void)
{
  gsize size = 0;
  g_autofree char *text = certdata_real (&size);
  guint server = 0, email = 0, refused_ones = 0, server_after = 0, email_after = 0;
  gint64 time;

  if (text == NULL)
    {
      g_test_skip ("the real certdata.txt is not beside the source");
      return;
    }

  g_autoptr (TrustImport) got = import_found (text, size, NULL, "certdata", 160);

  for (guint i = 0; i < got->entries->len; i++)
    {
      const TrustImportEntry *entry = import_entry (got, i);

      refused_ones += entry->distrust != NULL;
      if (entry->settings == NULL)
        continue;
      server += trust_purposes_has (trust_settings_get_purposes (entry->settings), TRUST_PURPOSE_SERVER_AUTH);
      email += trust_purposes_has (trust_settings_get_purposes (entry->settings), TRUST_PURPOSE_EMAIL_PROTECTION);
      server_after += trust_settings_get_distrust_after (entry->settings, "server-auth", &time);
      email_after += trust_settings_get_distrust_after (entry->settings, "email-protection", &time);
    }
  g_assert_cmpuint (server, ==, 140);
  g_assert_cmpuint (email, ==, 108);
  g_assert_cmpuint (refused_ones, ==, 1);
  g_assert_cmpuint (server_after, ==, 3);
  g_assert_cmpuint (email_after, ==, 8);
  g_assert_cmpuint (got->failures->len + got->notices->len, ==, 0);
}

int
main (int argc, char **argv)
{
  int status = 0;

  g_test_init (&argc, &argv, NULL);
  a = test_certificate_new_root ("CN=Real name of A");
  b = test_certificate_new_root ("CN=Matching B");
  g_test_add_func ("/certdata/levels", test_levels);
  g_test_add_func ("/certdata/peer", test_peer);
  g_test_add_func ("/certdata/dates", test_dates);
  g_test_add_func ("/certdata/matching", test_matching);
  g_test_add_func ("/certdata/bare", test_bare);
  g_test_add_func ("/certdata/wrong-hash", test_wrong_hash);
  g_test_add_func ("/certdata/contradictions", test_contradictions);
  g_test_add_func ("/certdata/labels", test_labels);
  g_test_add_func ("/certdata/refused", test_refused);
  g_test_add_func ("/certdata/bounds", test_bounds);
  g_test_add_func ("/certdata/flips", test_flips);
  g_test_add_func ("/certdata/real", test_real);
  status = g_test_run ();
  test_certificate_free (a);
  test_certificate_free (b);
  return status;
}
