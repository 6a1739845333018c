/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/debian.h"
#include "core/hooks.h"
#include "core/outside.h"
#include "tests/unit/publish-fixture.h"

#define BUNDLE CERTS "ca-certificates.crt"
#define CONF "/etc/ca-certificates.conf"

static void
assert_shown (Fixture *f, guint mask)
{
  g_assert_cmphex (held (f, BUNDLE), ==, mask);
  g_assert_cmphex (hashed (f, CERTS), ==, mask);
}

static char *
link_of (guint certificate)
{
  g_autofree char *path = feed_path (certificate);
  g_autofree char *name = trust_debian_link_name (path);

  return g_strconcat (CERTS, name, NULL);
}

static void
assert_no_drift (Fixture *f)
{
  const TrustConsumerStatus *status = status_of (f, "debian");

  g_assert_cmpuint (status->drift->len, ==, 0);
  g_assert_cmpstr (status->fault, ==, NULL);
  g_assert_true (status->current);
}

static void
assert_drift (Fixture *f, const char *part)
{
  const TrustConsumerStatus *status = status_of (f, "debian");

  for (guint i = 0; i < status->drift->len; i++)
    if (strstr (status->drift->pdata[i], part) != NULL)
      return;
  g_error ("no drift says \"%s\"", part);
}

/* `basename NAME .crt | sed -e 's/ /_/g' -e 's/[()]/=/g' -e 's/,/_/g'` and ".pem". */
static void
test_link_name (void)
{
  static const char *const rows[][2] = { { "/a/b.crt", "b.pem" },
                                         { "/a/b (c), d.crt", "b_=c=__d.pem" },
                                         { "/a/.crt", ".crt.pem" },
                                         { "/a/b.crt.crt", "b.crt.pem" },
                                         { "/a/-x.crt", "-x.pem" },
                                         { "/a/b.CRT", "b.CRT.pem" },
                                         { "/a/\303\251.crt", "\303\251.pem" },
                                         { "/a/..crt", "..pem" },
                                         { "/a/$x;`y`.crt", "$x;`y`.pem" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *name = trust_debian_link_name (rows[i][0]);

      g_assert_cmpstr (name, ==, rows[i][1]);
    }
}

static void
test_feed_name (void)
{
  static const char *const rows[][2] = { { "CN=Corp Root", "Corp_Root-" },
                                         { "CN=../../etc/x", "______etc_x-" },
                                         { "CN=012345678901234567890123456789012345678901234567", "0123456789012345678901234567890123456789-" },
                                         { "O=Only an organisation", "Only_an_organisation-" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (TestCertificate) made = test_certificate_new_root (rows[i][0]);
      g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (1);
      g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
      g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_VENDOR, "test", NULL, FALSE);
      g_autoptr (TrustAnchor) anchor = trust_anchor_new (made->certificate, settings, origin, NULL);
      g_autofree char *name = trust_debian_feed_name (anchor);

      g_assert_true (g_str_has_prefix (name, rows[i][1]));
      g_assert_cmpuint (strlen (name), ==, strlen (rows[i][1]) + 16 + 4);
    }
}

/* Nothing of the distribution is touched until there is something to say. */
static void
test_adoption (Fixture *f, gconstpointer data)
{
  g_assert_true (publish (f, ENTRIES ({ 2, MAIL }), FALSE));
  g_assert_false (status_of (f, "debian")->enabled);
  g_assert_true (status_of (f, "debian")->current);
  g_assert_cmphex (held (f, BUNDLE), ==, 0);
  g_assert_false (test_scratch_exists (f->scratch, FEED));
  g_assert_false (test_scratch_exists (f->scratch, CERTS "A.pem"));
  g_assert_true (publish (f, ENTRIES ({ 2, MAIL | TLS }), TRUE));
  g_assert_true (status_of (f, "debian")->enabled);
  assert_shown (f, 0x7);
  assert_no_drift (f);
  g_assert_true (publish (f, ENTRIES (), TRUE));
  g_assert_true (status_of (f, "debian")->enabled);
  assert_shown (f, 0x3);
}

/* Every way from one set to another, remembered and not, ends the same, and leaves no file or link behind. */
static void
test_steps (Fixture *f, gconstpointer data)
{
  static const guint steps[] = { 0x04, 0x0c, 0xfc, 0xec, 0xac, 0xa0, 0x50, 0xf0, 0x00, 0x30, 0xc0, 0xf0, 0x90, 0x10 };

  for (guint known = 0; known < 2; known++)
    for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
      {
        Entry entries[N_CERTIFICATES + 1];
        guint n = 0;
        g_autofree char *before = NULL, *after = NULL;

        for (guint bit = 2; bit < 8; bit++)
          if (steps[i] & (1u << bit))
            entries[n++] = (Entry) { (gint) bit, TLS };
        entries[n] = (Entry) { -1, 0 };
        g_assert_true (publish (f, entries, known));
        assert_shown (f, steps[i] | 0x3);
        assert_no_drift (f);
        for (guint bit = 2; bit < 8; bit++)
          {
            g_autofree char *path = feed_path (bit), *link = link_of (bit), *full = g_build_filename (f->scratch, link, NULL);

            g_assert_cmpint (test_scratch_exists (f->scratch, path), ==, (steps[i] >> bit) & 1);
            g_assert_cmpint (g_file_test (full, G_FILE_TEST_IS_SYMLINK), ==, (steps[i] >> bit) & 1);
          }
        before = stamps (f);
        restart (f);
        g_assert_true (publish (f, entries, FALSE));
        after = stamps (f);
        g_assert_cmpstr (before, ==, after);
      }
}

static void
test_distrust (Fixture *f, gconstpointer data)
{
  g_autofree char *refused = NULL, *restored = NULL;

  publish (f, ENTRIES ({ 2, TLS }), FALSE);
  publish (f, ENTRIES ({ 2, TLS }, { 0, 0 }), TRUE);
  assert_shown (f, 0x6);
  assert_no_drift (f);
  refused = test_scratch_read (f->scratch, CONF);
  g_assert_cmpstr (refused, ==, "# Kept.\n!mozilla/A.crt\n!mozilla/Other.crt\nmozilla/B.crt\n");
  /* As the sources see it from then on. */
  load_sources (f);
  publish (f, ENTRIES ({ 2, TLS }, { 0, 0 }), TRUE);
  assert_shown (f, 0x6);
  publish (f, ENTRIES ({ 2, TLS }), TRUE);
  assert_shown (f, 0x7);
  restored = test_scratch_read (f->scratch, CONF);
  g_assert_cmpstr (restored, ==, "# Kept.\nmozilla/A.crt\n!mozilla/Other.crt\nmozilla/B.crt\n");
  load_sources (f);
  publish (f, ENTRIES ({ 2, TLS }), TRUE);
  assert_shown (f, 0x7);
  assert_no_drift (f);
}

/* For other purposes only: a flat bundle cannot say that. */
static void
test_narrowed (Fixture *f, gconstpointer data)
{
  g_autofree char *conf = NULL;

  publish (f, ENTRIES ({ 0, MAIL }), FALSE);
  assert_shown (f, 0x2);
  conf = test_scratch_read (f->scratch, CONF);
  g_assert_nonnull (strstr (conf, "!mozilla/A.crt\n"));
  g_assert_nonnull (strstr (conf, "!mozilla/Other.crt\n"));
}

/* An entry above the distribution's that a flat file can't say, or that is over, takes its file out of the tool's list, whichever way it comes; with
 * the entry gone, or the loss accepted, it is back. */
static void
test_limited (Fixture *f, gconstpointer data)
{
  static const guint out[] = {
    TLS | LIMITED, TLS | ENDING, TLS | OVER, TLS | OUTDATED, TLS | OVER | ACCEPTED, MAIL | LIMITED, TLS | MAIL | LIMITED | ENDING
  };
  static const guint in[] = { TLS, TLS | MAIL, TLS | LIMITED | ACCEPTED, TLS | ENDING | ACCEPTED };

  for (guint known = 0; known < 2; known++)
    for (guint i = 0; i < G_N_ELEMENTS (out); i++)
      {
        g_autofree char *refused = NULL, *restored = NULL;

        publish (f, ENTRIES ({ 2, TLS }, { 0, in[i % G_N_ELEMENTS (in)] }), FALSE);
        assert_shown (f, 0x7);
        publish (f, ENTRIES ({ 2, TLS }, { 0, out[i] }), known);
        assert_shown (f, 0x6);
        assert_no_drift (f);
        refused = test_scratch_read (f->scratch, CONF);
        g_assert_cmpstr (refused, ==, "# Kept.\n!mozilla/A.crt\n!mozilla/Other.crt\nmozilla/B.crt\n");
        g_assert_false (heal (f));
        load_sources (f);
        publish (f, ENTRIES ({ 2, TLS }, { 0, out[i] }), known);
        assert_shown (f, 0x6);
        if (i % 2 == 0)
          publish (f, ENTRIES ({ 2, TLS }), known);
        else
          publish (f, ENTRIES ({ 2, TLS }, { 0, in[i % G_N_ELEMENTS (in)] }), known);
        assert_shown (f, 0x7);
        assert_no_drift (f);
        restored = test_scratch_read (f->scratch, CONF);
        g_assert_cmpstr (restored, ==, "# Kept.\nmozilla/A.crt\n!mozilla/Other.crt\nmozilla/B.crt\n");
        load_sources (f);
      }
}

/* The same for an anchor of ours alone: its feed file and links come and go; a step among others, and alone. */
static void
test_limited_feed (Fixture *f, gconstpointer data)
{
  static const guint out[] = { TLS | LIMITED, TLS | ENDING, TLS | OVER, TLS | OUTDATED, MAIL };

  for (guint known = 0; known < 2; known++)
    for (guint i = 0; i < G_N_ELEMENTS (out); i++)
      {
        g_autofree char *path = feed_path (3);

        publish (f, ENTRIES ({ 2, TLS }, { 3, TLS }), FALSE);
        assert_shown (f, 0xf);
        publish (f, ENTRIES ({ 2, TLS }, { 3, out[i] }), known);
        assert_shown (f, 0x7);
        g_assert_false (test_scratch_exists (f->scratch, path));
        assert_no_drift (f);
        publish (f, ENTRIES ({ 2, TLS }, { 3, TLS | LIMITED | ACCEPTED }), known);
        assert_shown (f, 0xf);
        publish (f, ENTRIES ({ 2, TLS | LIMITED }, { 3, TLS | ENDING }, { 4, TLS }), known);
        assert_shown (f, 0x13);
        assert_no_drift (f);
      }
}

/* Any settings of any certificates, from any to any: the bundle and the links hold what a plain reading of the rules gives, and nothing else. */
static void
test_any_settings (Fixture *f, gconstpointer data)
{
  static const guint limits[] = {
    0, 0, LIMITED, ENDING, OVER, OUTDATED, LIMITED | ACCEPTED, ENDING | ACCEPTED, OVER | ACCEPTED, OUTDATED | ACCEPTED
  };
  static const guint purposes[] = { TLS, TLS | MAIL, MAIL, CODE };

  for (guint round = 0; round < 150; round++)
    {
      Entry entries[N_CERTIFICATES + 1];
      guint n = 0, wanted = 0x3;

      for (guint i = 0; i < N_CERTIFICATES; i++)
        {
          guint limit = limits[g_test_rand_int_range (0, G_N_ELEMENTS (limits))];
          guint purpose = purposes[g_test_rand_int_range (0, G_N_ELEMENTS (purposes))];
          gboolean refused = g_test_rand_int_range (0, 6) == 0, says = (limit & (LIMITED | ENDING)) == 0 || (limit & ACCEPTED) != 0;

          if (g_test_rand_bit ())
            continue;
          entries[n++] = (Entry) { (gint) i, refused ? 0 : purpose | limit };
          wanted &= ~(1u << i);
          if (!refused && (purpose & TLS) != 0 && says && (limit & (OVER | OUTDATED)) == 0)
            wanted |= 1u << i;
        }
      entries[n] = (Entry) { -1, 0 };
      if (g_test_rand_int_range (0, 4) == 0)
        load_sources (f);
      if (g_test_rand_int_range (0, 8) == 0)
        restart (f);
      g_assert_true (publish (f, entries, f->shown != NULL && g_test_rand_bit ()));
      if (status_of (f, "debian")->enabled)
        assert_shown (f, wanted);
      assert_no_drift (f);
    }
}

/* Files that are not ours, and hold what is limited, are named: the local folder's, one that does not count, one beside the links. */
static void
test_limited_foreign (Fixture *f, gconstpointer data)
{
  for (guint known = 0; known < 2; known++)
    {
      test_scratch_write (f->scratch, "/usr/local/share/ca-certificates/theirs.crt", pems[3], -1);
      load_sources (f);
      publish (f, ENTRIES ({ 2, TLS }), FALSE);
      assert_no_drift (f);
      publish (f, ENTRIES ({ 2, TLS }, { 3, TLS | LIMITED }), known);
      g_assert_false (status_of (f, "debian")->current);
      assert_drift (f, "theirs.crt");
      publish (f, ENTRIES ({ 2, TLS }, { 3, TLS }), known);
      assert_no_drift (f);
      remove_path (f, "/usr/local/share/ca-certificates/theirs.crt");
      load_sources (f);
      publish (f, ENTRIES ({ 2, TLS }), FALSE);
    }
  /* Beside the links it gets no hash link of ours. */
  test_scratch_write (f->scratch, CERTS "theirs.pem", pems[3], -1);
  publish (f, ENTRIES ({ 2, TLS }, { 3, TLS | ENDING }), FALSE);
  g_assert_cmphex (hashed (f, CERTS), ==, 0x7);
  publish (f, ENTRIES ({ 2, TLS }), TRUE);
  g_assert_cmphex (hashed (f, CERTS), ==, 0xf);
  assert_drift (f, "theirs.pem");
}

/* What someone else's local file gives against the effective set is not ours to take away: said, and not called done. */
static void
test_foreign_refused (Fixture *f, gconstpointer data)
{
  test_scratch_write (f->scratch, "/usr/local/share/ca-certificates/theirs.crt", pems[3], -1);
  load_sources (f);
  publish (f, ENTRIES ({ 2, TLS }, { 3, 0 }), FALSE);
  assert_shown (f, 0xf);
  g_assert_false (status_of (f, "debian")->current);
  g_assert_nonnull (strstr (status_of (f, "debian")->fault, "theirs.crt"));
  g_assert_cmpuint (status_of (f, "debian")->against->len, ==, 1);
  assert_drift (f, "theirs.crt");
}

static void
test_withdrawn (Fixture *f, gconstpointer data)
{
  g_autofree char *path = feed_path (2), *before = NULL, *after = NULL;

  publish (f, ENTRIES ({ 2, TLS }, { 3, TLS }), FALSE);
  remove_path (f, path);
  g_assert_true (heal (f));
  assert_shown (f, 0xb);
  assert_drift (f, "withdrawn outside: Root 2");
  g_assert_cmpuint (status_of (f, "debian")->withdrawn->len, ==, 1);
  before = stamps (f);
  g_assert_false (heal (f));
  restart (f);
  publish (f, ENTRIES ({ 2, TLS }, { 3, TLS }), FALSE);
  assert_drift (f, "withdrawn outside: Root 2");
  after = stamps (f);
  g_assert_cmpstr (before, ==, after);
  publish (f, ENTRIES ({ 2, TLS }, { 3, TLS }, { 4, TLS }), TRUE);
  assert_shown (f, 0x1b);
  assert_drift (f, "withdrawn outside: Root 2");
  publish (f, ENTRIES ({ 3, TLS }), TRUE);
  assert_no_drift (f);
  publish (f, ENTRIES ({ 2, TLS }, { 3, TLS }), TRUE);
  assert_shown (f, 0xf);
  assert_no_drift (f);
}

/* The distribution's tool takes no lock: what it wrote over is put right, and the next look finds nothing. */
static void
test_heal (Fixture *f, gconstpointer data)
{
  g_autofree char *link = link_of (2), *feed = feed_path (2), *stale = NULL;

  publish (f, ENTRIES ({ 2, TLS }), FALSE);
  g_assert_false (heal (f));
  stale = test_scratch_read (f->scratch, BUNDLE);
  publish (f, ENTRIES ({ 2, TLS }, { 3, TLS }), TRUE);
  test_scratch_write (f->scratch, BUNDLE, stale, -1);
  g_assert_true (heal (f));
  assert_shown (f, 0xf);
  g_assert_false (heal (f));
  remove_path (f, link);
  g_assert_true (heal (f));
  assert_shown (f, 0xf);
  test_scratch_write (f->scratch, feed, pems[5], -1);
  g_usleep (30000);
  g_assert_true (heal (f));
  assert_shown (f, 0xf);
  test_scratch_write (f->scratch, FEED "foreign.crt", pems[6], -1);
  g_assert_false (heal (f));
  assert_drift (f, "foreign.crt");
  g_assert_true (test_scratch_exists (f->scratch, FEED "foreign.crt"));
}

/* Left by a writer that was killed: a feed file that the log does not know, of an anchor that is not trusted after all. */
static void
test_leftover (Fixture *f, gconstpointer data)
{
  g_autofree char *feed = feed_path (3), *link = link_of (3), *full = g_build_filename (f->scratch, link, NULL), *torn = NULL;

  publish (f, ENTRIES ({ 2, TLS }), FALSE);
  test_scratch_write (f->scratch, feed, pems[3], -1);
  g_assert_no_errno (symlink (feed, full));
  torn = test_scratch_read (f->scratch, "/var/lib/anchord/debian/state");
  test_scratch_write (f->scratch, "/var/lib/anchord/debian/state", torn, (gssize) strlen (torn) - 5);
  restart (f);
  publish (f, ENTRIES ({ 2, TLS }), FALSE);
  assert_shown (f, 0x7);
  assert_no_drift (f);
  g_assert_false (test_scratch_exists (f->scratch, feed));
  g_assert_false (g_file_test (full, G_FILE_TEST_IS_SYMLINK));
}

static void
test_private_key (Fixture *f, gconstpointer data)
{
  test_scratch_write (f->scratch, "/usr/local/share/ca-certificates/key.crt",
                      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n-----END PRIVATE KEY-----\n",
                      -1);
  load_sources (f);
  publish (f, ENTRIES ({ 2, TLS }), FALSE);
  assert_shown (f, 0x7);
  assert_drift (f, "private key");
}

/* Lines for the hooks: what the tool would say, and the `-` that it forgets. */
static void
test_hooks (Fixture *f, gconstpointer data)
{
  g_autofree char *link = link_of (2), *expected = g_strdup_printf ("+%s\n-%s\n", link, link), *a = NULL, *b = NULL;
  g_autoptr (GPtrArray) names = NULL;
  GString *lines = g_string_new (NULL);

  test_scratch_write (f->scratch, TRUST_HOOKS_FOLDER "/hook", "", -1);
  publish (f, ENTRIES (), FALSE);
  test_scratch_write (f->scratch, CERTS "notes", "", -1);
  a = g_build_filename (f->scratch, CERTS "A.pem", NULL);
  b = g_build_filename (f->scratch, CERTS "B.pem", NULL);
  g_assert_no_errno (symlink (PATH_A, a));
  g_assert_no_errno (symlink ("/usr/share/ca-certificates/mozilla/B.crt", b));
  publish (f, ENTRIES ({ 2, TLS }), TRUE);
  publish (f, ENTRIES ({ 2, TLS }), FALSE);
  publish (f, ENTRIES (), TRUE);
  names = trust_hooks_list (f->root);
  g_assert_cmpuint (names->len, ==, 2);
  g_assert_cmpuint (trust_hooks_count (f->root), ==, 2);
  for (guint i = 0; i < names->len; i++)
    {
      g_autoptr (GBytes) bytes = trust_hooks_read (f->root, names->pdata[i], NULL);

      g_string_append_len (lines, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
    }
  g_assert_cmpstr (lines->str, ==, expected);
  g_string_free (lines, TRUE);
}

/* The guard holds the last good set while the list is gone: so does the bundle. */
static void
test_held_back (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  publish (f, ENTRIES ({ 2, TLS }), FALSE);
  for (guint i = 0; i < f->sources->len; i++)
    g_assert_true (trust_source_keep (f->root, f->sources->pdata[i], &error));
  test_scratch_write (f->scratch, CONF, "", -1);
  load_sources (f);
  publish (f, ENTRIES ({ 2, TLS }), TRUE);
  g_assert_cmphex (held (f, BUNDLE), ==, 0x7);
  g_assert_cmphex (hashed (f, CERTS), ==, 0x7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  make_certificates ();
  g_test_add_func ("/debian/link-name", test_link_name);
  g_test_add_func ("/debian/feed-name", test_feed_name);
  ADD ("/debian/adoption", test_adoption);
  ADD ("/debian/steps", test_steps);
  ADD ("/debian/distrust", test_distrust);
  ADD ("/debian/narrowed", test_narrowed);
  ADD ("/debian/limited", test_limited);
  ADD ("/debian/limited-feed", test_limited_feed);
  ADD ("/debian/any-settings", test_any_settings);
  ADD ("/debian/limited-foreign", test_limited_foreign);
  ADD ("/debian/foreign-refused", test_foreign_refused);
  ADD ("/debian/withdrawn", test_withdrawn);
  ADD ("/debian/heal", test_heal);
  ADD ("/debian/leftover", test_leftover);
  ADD ("/debian/private-key", test_private_key);
  ADD ("/debian/hooks", test_hooks);
  ADD ("/debian/held-back", test_held_back);
  return g_test_run ();
}
