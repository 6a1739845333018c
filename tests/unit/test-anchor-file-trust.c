/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/anchor-file-fixture.h"

/* HEAD with the root's certificate in it: "%s" stands for the base64. */
static char *
with_certificate (Fixture *f, const char *rest)
{
  TrustSpan der = trust_certificate_get_der (f->root->certificate);
  g_autofree char *text = g_base64_encode (der.data, der.size);

  return g_strdup_printf ("[Anchor]\nVersion=1\nCertificate=%s\n[Trust]\nPurposes=server-auth;email-protection;1.2.3.4\n%s", text, rest);
}

static void
test_limited (Fixture *f, gconstpointer data)
{
  g_autofree char *text = with_certificate (f, "DistrustAfter=server-auth  2026-01-01T12:30:00Z; 1.2.3.4 2027-01-01;\n"
                                               "Until=2030-06-01\nAcceptLoss=true\n[Constraints]\n"
                                               "PermittedDNS=CORP.example; a.example;\nExcludedDNS=x.corp.example\n"
                                               "PermittedIP=10.0.0.0/8;2001:db8::/32\n"
                                               "PermittedEmail=\nExcludedURI=.corp.example\nPermittedDirectory=O=a\\\\,b\\\\\\;c,C=DE;#3000\n");
  g_autoptr (GError) error = NULL;
  const TrustSettings *settings = NULL;
  const TrustConstraints *constraints = NULL;
  gint64 time = 0;

  parse_bytes (f, text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (f->warnings->len, ==, 0);
  settings = trust_anchor_get_settings (g_ptr_array_index (f->anchors, 0));
  constraints = trust_settings_get_constraints (settings);
  g_assert_true (trust_settings_get_distrust_after (settings, "server-auth", &time));
  g_assert_cmpint (time, ==, 1767270600);
  g_assert_true (trust_settings_get_distrust_after (settings, "1.2.3.4", &time));
  g_assert_cmpint (time, ==, 1798761600);
  g_assert_false (trust_settings_get_distrust_after (settings, "email-protection", &time));
  g_assert_cmpint (trust_settings_get_until (settings), ==, 1906502400);
  g_assert_true (trust_settings_accepts_loss (settings));
  g_assert_cmpuint (trust_constraints_get_n (constraints, TRUST_NAME_DNS, FALSE), ==, 2);
  g_assert_cmpuint (trust_constraints_get_n (constraints, TRUST_NAME_DNS, TRUE), ==, 1);
  g_assert_cmpuint (trust_constraints_get_n (constraints, TRUST_NAME_IP, FALSE), ==, 2);
  g_assert_true (trust_constraints_is_restricted (constraints, TRUST_NAME_EMAIL));
  g_assert_cmpuint (trust_constraints_get_n (constraints, TRUST_NAME_EMAIL, FALSE), ==, 0);
  g_assert_false (trust_constraints_is_restricted (constraints, TRUST_NAME_URI));
  /* The whole space covers the other. */
  g_assert_cmpuint (trust_constraints_get_n (constraints, TRUST_NAME_DIRECTORY, FALSE), ==, 1);
}

/* A blank behind a backslash is a character of a name, not of the list. */
static void
test_escaped_blank (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "O=Corp\\ ", "O=\\ Corp\\ ", "O=Corp\\\\", "O=Corp\\\\\\ ", "CN=a\\ ,O=b\\ " };
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (TrustConstraints) constraints = trust_constraints_new ();
      g_autoptr (TrustSettings) settings = NULL;
      g_autoptr (TrustAnchor) anchor = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      TrustLimits limits = TRUST_LIMITS_NONE;

      g_assert_true (trust_constraints_add (constraints, TRUST_NAME_DIRECTORY, FALSE, names[i], &error));
      limits.constraints = constraints;
      settings = trust_settings_new_limited (purposes, &limits);
      anchor = trust_anchor_new (f->root->certificate, settings, f->origin, NULL);
      bytes = trust_anchor_file_write (anchor);
      parse_bytes (f, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);
      g_assert_no_error (error);
      g_assert_true (trust_anchor_equal (anchor, f->anchors->pdata[0]));
    }
}

static void
test_limited_refused (Fixture *f, gconstpointer data)
{
  static const char *const bad[][2] = {
    { "DistrustAfter=2026-01-01\n", "line 6: DistrustAfter: not a purpose and" },
    { "DistrustAfter=\n", "line 6: DistrustAfter: names no" },
    { "DistrustAfter=server-auth\n", "line 6: DistrustAfter: not a purpose and" },
    { "DistrustAfter=server-auth 2026-01-01T00:00:00\n", "line 6: DistrustAfter: not a purpose and" },
    { "DistrustAfter=server-auth 1969-12-31T23:59:59Z\n", "line 6: DistrustAfter: not a purpose and" },
    { "DistrustAfter=everything 2026-01-01\n", "line 6: DistrustAfter: Purpose \"everything\"" },
    { "DistrustAfter=server-auth 2026-01-01;1.3.6.1.5.5.7.3.1 2027-01-01\n", "line 6: DistrustAfter: names server-auth twice" },
    { "Until=tomorrow\n", "line 6: Until" },
    { "Until=\n", "line 6: Until" },
    { "Until=2027-02-30\n", "line 6: Until" },
    { "Until=2027-01-01T24:00:00Z\n", "line 6: Until" },
    { "Until=2027-01-01T00:00:00+01:00\n", "line 6: Until" },
    { "Until=1969-12-31T23:59:59Z\n", "line 6: Until" },
    { "Until=10000-01-01T00:00:00Z\n", "line 6: Until" },
    { "Until=0000-01-01\n", "line 6: Until" },
    { "AcceptLoss=yes\n", "line 6: AcceptLoss" },
    { "AcceptLoss=\n", "line 6: AcceptLoss" },
    { "[Constraints]\nPermittedDNS=.corp.example\n", "line 7: PermittedDNS: dns subtree \".corp.example\" begins with a dot" },
    { "[Constraints]\nExcludedDNS=*.corp.example\n", "line 7: ExcludedDNS" },
    { "[Constraints]\nExcludedDNS=\n", "line 7: ExcludedDNS: excludes nothing" },
    { "[Constraints]\nPermittedDNS=a;;b\n", "line 7: PermittedDNS: an empty subtree" },
    { "[Constraints]\nPermittedDNS=;\n", "line 7: PermittedDNS: an empty subtree" },
    { "[Constraints]\n\n# x\nPermittedIP=10.1.2.3/8\n", "line 9: PermittedIP: ip subtree \"10.1.2.3/8\"" },
    { "[Constraints]\nPermittedURI=https://corp.example/\n", "line 7: PermittedURI" },
    { "[Constraints]\nPermittedEmail=joe@\n", "line 7: PermittedEmail" },
    { "[Constraints]\nPermittedDirectory=Corp\n", "line 7: PermittedDirectory" },
    { "[Constraints]\nPermittedDirectory=O=a\\qb\n", "line 7: PermittedDirectory: a backslash" },
    { "[Constraints]\nPermittedDNS=a\nPermittedDNS=b\n", "line 8: key \"PermittedDNS\" stands there twice" },
    { "[Constraints]\npermitteddns=a\n", "line 7: key \"permitteddns\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *text = with_certificate (f, bad[i][0]);

      assert_refused (f, text, TRUST_ERROR_INVALID_INPUT, bad[i][1]);
    }
}

/* A PEM reader sees a block, and no limits; with purposes alone the file is accepted, for that is how people write it. */
static void
test_where_the_certificate_is (Fixture *f, gconstpointer data)
{
  static const char *const limits[] = { "Until=2030-01-01\n", "DistrustAfter=server-auth 2030-01-01\n", "[Constraints]\nPermittedDNS=a\n",
                                        "[Constraints]\nPermittedDNS=\n" };
  g_autofree char *plain = with_certificate (f, ""), *both = g_strconcat (plain, f->pem, NULL);

  g_assert_true (parse_bytes (f, plain, strlen (plain), NULL));
  assert_refused (f, both, TRUST_ERROR_INVALID_INPUT, "line 3: Certificate: there is a PEM block as well");
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autofree char *head = g_strconcat (MINIMAL, limits[i], NULL), *in_head = with_certificate (f, limits[i]);

      assert_head_refused (f, head, "Certificate=");
      g_assert_true (parse_bytes (f, in_head, strlen (in_head), NULL));
    }
  g_assert_true (parse_head (f, "[Anchor]\nVersion=1\n[Trust]\nPurposes=email-protection;\nAcceptLoss=true\n", NULL));
  assert_refused (f, "[Anchor]\nVersion=1\nCertificate=AAAA\n[Trust]\nPurposes=server-auth\n", TRUST_ERROR_INVALID_INPUT,
                  "line 3: Certificate: this is no");
  assert_refused (f, "[Anchor]\nVersion=1\nCertificate=AA!A\n[Trust]\nPurposes=server-auth\n", TRUST_ERROR_INVALID_INPUT, "base64");
  assert_refused (f, "[Anchor]\nVersion=1\nCertificate=\n[Trust]\nPurposes=server-auth\n", TRUST_ERROR_INVALID_INPUT, "base64");
}

static void
test_replaces (Fixture *f, gconstpointer data)
{
  TrustFingerprint other = { { 1, 2, 3 } };
  TrustNote *note = trust_note_with_replaces (NULL, &other);
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
  g_autoptr (TrustAnchor) anchor = trust_anchor_new (f->root->certificate, settings, f->origin, note);
  g_autoptr (GBytes) bytes = trust_anchor_file_write (anchor);
  g_autoptr (GError) error = NULL;

  trust_note_unref (note);
  parse_bytes (f, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (f->warnings->len, ==, 0);
  g_assert_true (trust_anchor_equal (anchor, f->anchors->pdata[0]));
  g_assert_true (trust_fingerprint_equal (&other, trust_note_get_replaces (trust_anchor_get_note (f->anchors->pdata[0]))));
  assert_head_refused (f, MINIMAL "[Info]\nReplaces=abcd\n", "line 6: Replaces");
}

static TrustSettings *
random_settings (void)
{
  static const char *const subtrees[] = { "a.example", "10.0.0.0/8",    "joe@a.example",  ".a.example", "O=a\\;b\\,c,C=DE",
                                          "b",         "2001:db8::/32", "\"; =#\\\\\"@a", "c",          "CN= \u00fc" };
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask ((guint) g_test_rand_int_range (1, 32));
  g_autoptr (TrustConstraints) constraints = trust_constraints_new ();
  g_autoptr (GArray) dates = trust_distrust_after_new ();
  TrustLimits limits = { constraints, dates, TRUST_NEVER, g_test_rand_bit () };

  for (guint kind = 0; kind < TRUST_NAME_LAST; kind++)
    for (int i = g_test_rand_int_range (-3, 3); i > 0; i--)
      if (i == 1 && g_test_rand_int_range (0, 4) == 0)
        trust_constraints_add (constraints, kind, FALSE, "", NULL);
      else
        trust_constraints_add (constraints, kind, g_test_rand_bit (), subtrees[kind + 5 * g_test_rand_bit ()], NULL);
  for (guint i = 0; i < TRUST_PURPOSE_LAST; i++)
    if (g_test_rand_int_range (0, 5) == 0)
      trust_distrust_after_add (dates, trust_purpose_get_name (i), g_test_rand_int_range (0, G_MAXINT32));
  if (g_test_rand_bit ())
    limits.until = g_test_rand_int_range (0, G_MAXINT32);
  return trust_settings_new_limited (purposes, &limits);
}

/* What is written is read back the same, and shows a PEM block just when that says no more than the settings do. */
static void
test_settings_round_trip (Fixture *f, gconstpointer data)
{
  guint n_blocks = 0, n_limited = 0;

  for (guint round = 0; round < 1000; round++)
    {
      g_autoptr (TrustSettings) settings = random_settings ();
      g_autoptr (TrustAnchor) anchor = trust_anchor_new (f->root->certificate, settings, f->origin, NULL);
      g_autoptr (GBytes) bytes = trust_anchor_file_write (anchor), again = NULL;
      g_autoptr (GError) error = NULL;
      gboolean has_block = g_strstr_len (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), "-----BEGIN") != NULL;

      parse_bytes (f, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);
      g_assert_no_error (error);
      g_assert_cmpuint (f->warnings->len, ==, 0);
      g_assert_true (trust_anchor_equal (anchor, f->anchors->pdata[0]));
      again = trust_anchor_file_write (f->anchors->pdata[0]);
      g_assert_true (g_bytes_equal (bytes, again));
      g_assert_true (has_block == (!trust_settings_is_limited (settings) && trust_anchor_has_purpose (anchor, TRUST_PURPOSE_SERVER_AUTH)));
      n_blocks += has_block;
      n_limited += trust_settings_is_limited (settings);
    }
  g_assert_cmpuint (n_blocks, >, 5);
  g_assert_cmpuint (n_limited, >, 100);
}

/* The largest that is taken is also written and read. */
static void
test_largest (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1);
  g_autoptr (TrustConstraints) constraints = trust_constraints_new ();
  TrustLimits limits = { constraints, NULL, TRUST_NEVER, FALSE };
  g_autoptr (TrustSettings) settings = NULL;
  g_autoptr (TrustAnchor) anchor = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) filler = g_string_new (NULL);

  /* Each "\\;" takes one octet in the name, and four in the file. */
  for (guint i = 0; i < TRUST_LIMIT_SUBTREE_BYTES - 60; i++)
    g_string_append (filler, "\\;");
  for (guint i = 0; i < TRUST_LIMIT_SUBTREES; i++)
    {
      g_autofree char *text = g_strdup_printf ("CN=%u,O=%s", i, filler->str);

      trust_constraints_add (constraints, TRUST_NAME_DIRECTORY, FALSE, text, &error);
      g_assert_no_error (error);
    }
  settings = trust_settings_new_limited (purposes, &limits);
  anchor = trust_anchor_new (f->root->certificate, settings, f->origin, NULL);
  bytes = trust_anchor_file_write (anchor);
  parse_bytes (f, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);
  g_assert_no_error (error);
  g_assert_true (trust_anchor_equal (anchor, f->anchors->pdata[0]));
}

/* One bit turned anywhere: no limit goes unseen. */
static void
test_fuzz_limits (Fixture *f, gconstpointer data)
{
  g_autofree char *text = with_certificate (f, "DistrustAfter=server-auth 2026-01-01\nUntil=2030-06-01\n[Constraints]\nPermittedDNS=a.example\n"
                                               "ExcludedIP=10.0.0.0/8\n[Info]\nLabel=x\n");
  gsize size = strlen (text);
  guint n_read = 0;

  for (gsize at = 0; at < size; at++)
    for (guint bit = 0; bit < 8; bit++)
      {
        g_autofree char *copy = g_memdup2 (text, size);
        const TrustLimits *limits = NULL;

        copy[at] = (char) (copy[at] ^ (1 << bit));
        if (!parse_bytes (f, copy, size, NULL))
          continue;
        n_read++;
        limits = trust_settings_get_limits (trust_anchor_get_settings (f->anchors->pdata[0]));
        g_assert_true (limits->until != TRUST_NEVER && limits->distrust_after != NULL
                       && trust_constraints_get_n (limits->constraints, TRUST_NAME_DNS, FALSE) == 1
                       && trust_constraints_get_n (limits->constraints, TRUST_NAME_IP, TRUE) == 1);
      }
  g_assert_cmpuint (n_read, >, 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/anchor-file/trust/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("escaped-blank", test_escaped_blank);
  ADD ("limited", test_limited);
  ADD ("limited-refused", test_limited_refused);
  ADD ("where-the-certificate-is", test_where_the_certificate_is);
  ADD ("replaces", test_replaces);
  ADD ("settings-round-trip", test_settings_round_trip);
  ADD ("largest", test_largest);
  ADD ("fuzz-limits", test_fuzz_limits);
  return g_test_run ();
}
