/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/sources-fixture.h"

/* FROM..TO of the distribution's files, and a list that names them. */
static void
put_set (Fixture *fixture, guint from, guint to)
{
  g_autoptr (GString) conf = g_string_new ("# the set\n");

  for (guint i = from; i < to; i++)
    {
      g_autofree char *path = g_strdup_printf (SHARE "set/%03u.crt", i);

      g_string_append_printf (conf, "set/%03u.crt\n", i);
      put (fixture, path, pems[i % N_CERTIFICATES]);
    }
  put (fixture, "etc/ca-certificates.conf", conf->str);
}

static void
put_conf (Fixture *fixture, guint from, guint to)
{
  g_autoptr (GString) conf = g_string_new ("# the set\n");

  for (guint i = from; i < to; i++)
    g_string_append_printf (conf, "set/%03u.crt\n", i);
  put (fixture, "etc/ca-certificates.conf", conf->str);
}

/* The state after a restart in which the list holds TO of SIZE. */
static TrustSourceState *
shrunk (Fixture *fixture, guint size, guint to, gboolean restart)
{
  g_autoptr (TrustSourceState) first = NULL;

  put_set (fixture, 0, size);
  take_away (fixture, "etc/ca-certificates.conf");
  put_conf (fixture, 0, size);
  first = load (fixture, "debian-distribution", NULL);
  g_assert_cmpuint (trust_source_state_count_anchors (first), ==, size);
  g_assert_false (first->held_back);
  keep (fixture, first);
  put_conf (fixture, 0, to);
  return load (fixture, "debian-distribution", restart ? NULL : first);
}

static void
test_guard_bounds (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint size;
    guint left;
    gboolean held;
  } cases[] = { { 100, 90, FALSE }, { 100, 89, TRUE }, { 200, 185, FALSE }, { 200, 184, TRUE }, { 10, 9, FALSE },
                { 10, 8, TRUE },    { 5, 4, TRUE },    { 1, 0, TRUE },      { 100, 0, TRUE },   { 100, 100, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint restart = 0; restart < 2; restart++)
      {
        Fixture own;
        g_autoptr (TrustSourceState) state = NULL;

        set_up (&own, NULL);
        state = shrunk (&own, cases[i].size, cases[i].left, restart);
        g_test_message ("%u of %u, %s", cases[i].left, cases[i].size, restart ? "restarted" : "running");
        g_assert_cmpint (state->held_back, ==, cases[i].held);
        g_assert_cmpuint (trust_source_state_count_anchors (state), ==, cases[i].held ? cases[i].size : cases[i].left);
        g_assert_cmpuint (state->faults->len > 0, ==, cases[i].held);
        if (cases[i].held)
          g_assert_nonnull (strstr (state->faults->pdata[0], "rm /var/lib/anchord/last-good/debian-distribution.pem"));
        g_clear_pointer (&state, trust_source_state_unref);
        tear_down (&own, NULL);
      }
}

static void
test_guard_missing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TrustSourceState) first = NULL, gone = NULL, again = NULL, restarted = NULL, back = NULL;

  put_set (fixture, 0, 20);
  first = load (fixture, "debian-distribution", NULL);
  keep (fixture, first);
  take_away (fixture, "etc/ca-certificates.conf");
  gone = load (fixture, "debian-distribution", first);
  g_assert_true (gone->held_back);
  g_assert_cmpuint (trust_source_state_count_anchors (gone), ==, 20);
  /* The files are still there, and their rows say so. */
  assert_row (gone, SHARE "set/000.crt", TRUST_FILE_TAKEN, 1);
  g_assert_cmpuint (row (gone, SHARE "set/000.crt")->stat.size, ==, strlen (pems[0]));
  g_assert_true (row (gone, SHARE "set/000.crt") == row (first, SHARE "set/000.crt"));
  again = load (fixture, "debian-distribution", gone);
  g_assert_true (again == gone);
  /* What is held back is not taken for good. */
  keep (fixture, gone);
  restarted = load (fixture, "debian-distribution", NULL);
  g_assert_true (restarted->held_back);
  g_assert_cmpuint (trust_source_state_count_anchors (restarted), ==, 20);
  assert_row (restarted, SHARE "set/019.crt", TRUST_FILE_TAKEN, 1);
  put_conf (fixture, 0, 20);
  back = load (fixture, "debian-distribution", restarted);
  g_assert_false (back->held_back);
  g_assert_cmpuint (back->faults->len, ==, 0);
}

static void
test_guard_files_gone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TrustSourceState) first = NULL, gone = NULL, again = NULL, restarted = NULL;
  TrustSourceFile *file = NULL;

  put_set (fixture, 0, 20);
  first = load (fixture, "debian-distribution", NULL);
  keep (fixture, first);
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *path = g_strdup_printf (SHARE "set/%03u.crt", i);

      if (i % 2 == 0)
        take_away (fixture, path);
      else
        put (fixture, path, "rubbish");
    }
  gone = load (fixture, "debian-distribution", first);
  g_assert_true (gone->held_back);
  g_assert_cmpuint (trust_source_state_count_anchors (gone), ==, 20);
  assert_row (gone, SHARE "set/000.crt", TRUST_FILE_LAST_GOOD, 1);
  assert_row (gone, SHARE "set/001.crt", TRUST_FILE_LAST_GOOD, 1);
  assert_row (gone, SHARE "set/010.crt", TRUST_FILE_TAKEN, 1);
  /* Gone, and there but broken: told apart by what is on disk. */
  file = row (gone, SHARE "set/000.crt");
  g_assert_cmpuint (file->stat.inode, ==, 0);
  file = row (gone, SHARE "set/001.crt");
  g_assert_cmpuint (file->stat.size, ==, strlen ("rubbish"));
  g_assert_false (file->ends_with_newline);
  again = load (fixture, "debian-distribution", gone);
  g_assert_true (again == gone);
  restarted = load (fixture, "debian-distribution", NULL);
  g_assert_true (restarted->held_back);
  g_assert_cmpuint (trust_source_state_count_anchors (restarted), ==, 20);
  g_assert_cmpuint (row (restarted, SHARE "set/000.crt")->stat.inode, ==, 0);
}

static void
test_guard_accepted (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TrustSourceState) held = shrunk (fixture, 40, 10, FALSE), still = NULL, accepted = NULL, later = NULL;

  g_assert_true (held->held_back);
  still = load (fixture, "debian-distribution", held);
  g_assert_true (still == held);
  take_away (fixture, "var/lib/anchord/last-good/debian-distribution.pem");
  /* A consent is not undone by a state that is older than it. */
  keep (fixture, still);
  accepted = load (fixture, "debian-distribution", still);
  g_assert_false (accepted->held_back);
  g_assert_cmpuint (trust_source_state_count_anchors (accepted), ==, 10);
  keep (fixture, accepted);
  /* The smaller set is the good one from now on. */
  put_conf (fixture, 0, 8);
  later = load (fixture, "debian-distribution", NULL);
  g_assert_true (later->held_back);
  g_assert_cmpuint (trust_source_state_count_anchors (later), ==, 10);
}

/* Content replaced while the set is held back does not count before it is accepted; then it does. */
static void
test_guard_replaced_content (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TrustSourceState) held = shrunk (fixture, 22, 10, FALSE), replaced = NULL, again = NULL, accepted = NULL;

  put (fixture, SHARE "set/000.crt", pems[23]);
  replaced = load (fixture, "debian-distribution", held);
  assert_row (replaced, SHARE "set/000.crt", TRUST_FILE_LAST_GOOD, 1);
  g_assert_true (trust_fingerprint_equal (trust_anchor_get_fingerprint (row (replaced, SHARE "set/000.crt")->anchors[0]),
                                          trust_certificate_get_fingerprint (certificates[0]->certificate)));
  again = load (fixture, "debian-distribution", replaced);
  g_assert_true (again == replaced);
  take_away (fixture, "var/lib/anchord/last-good/debian-distribution.pem");
  accepted = load (fixture, "debian-distribution", again);
  assert_row (accepted, SHARE "set/000.crt", TRUST_FILE_TAKEN, 1);
  g_assert_true (trust_fingerprint_equal (trust_anchor_get_fingerprint (row (accepted, SHARE "set/000.crt")->anchors[0]),
                                          trust_certificate_get_fingerprint (certificates[23]->certificate)));
}

static void
test_guard_own_deselection (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (TrustSourceState) first = NULL, running = NULL, restarted = NULL;

  put_set (fixture, 0, 40);
  first = load (fixture, "debian-distribution", NULL);
  keep (fixture, first);
  for (guint i = 20; i < 40; i++)
    g_string_append_printf (names, "set/%03u.crt\n", i);
  put (fixture, "var/lib/anchord/debian/deselected", names->str);
  put_conf (fixture, 0, 20);
  running = load (fixture, "debian-distribution", first);
  g_assert_false (running->held_back);
  restarted = load (fixture, "debian-distribution", NULL);
  g_assert_false (restarted->held_back);
  g_clear_pointer (&restarted, trust_source_state_unref);
  /* More than that is a loss again. */
  put_conf (fixture, 0, 17);
  restarted = load (fixture, "debian-distribution", NULL);
  g_assert_true (restarted->held_back);
  g_clear_pointer (&restarted, trust_source_state_unref);
  /* What was to go and is still there makes up for nothing else that is lost. */
  put_conf (fixture, 10, 40);
  restarted = load (fixture, "debian-distribution", NULL);
  g_assert_true (restarted->held_back);
}

static void
test_guard_first_start (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TrustSourceState) empty = load (fixture, "debian-distribution", NULL), filled = NULL;

  /* Nothing there, and nothing to hold on to. */
  g_assert_false (empty->held_back);
  g_assert_cmpuint (empty->files->len, ==, 0);
  g_assert_cmpuint (empty->faults->len, ==, 1);
  keep (fixture, empty);
  g_assert_false (test_scratch_exists (fixture->scratch, "var/lib/anchord/last-good/debian-distribution.pem"));
  put_set (fixture, 0, 5);
  filled = load (fixture, "debian-distribution", empty);
  g_assert_cmpuint (trust_source_state_count_anchors (filled), ==, 5);
}

static void
test_guard_damaged_last_good (Fixture *fixture, gconstpointer data)
{
  static const char *const contents[] = { "",
                                          "rubbish\n",
                                          "# anchord last good set 1\n# file: 1 0 /x\n",
                                          ("# anchord last good set 1\n# file: 9 0 /x\n# for: server-auth\n-----BEGIN "
                                           "CERTIFICATE-----\nMIIB\n"),
                                          "# anchord last good set 1\n# file: 9 0 /x\n# distrust: a b c d e\n",
                                          "# anchord last good set 1\n# file: 9 0 /x\n# anchor: AAAA\n" };

  put_set (fixture, 0, 3);
  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autoptr (TrustSourceState) state = NULL;

      put (fixture, "var/lib/anchord/last-good/debian-distribution.pem", contents[i]);
      state = load (fixture, "debian-distribution", NULL);
      g_assert_false (state->held_back);
      g_assert_cmpuint (trust_source_state_count_anchors (state), ==, 3);
      g_assert_cmpuint (state->faults->len, ==, i <= 2 ? 0 : 1);
    }
}

/* A guarded p11-kit bundle with purposes, dates and distrust comes back whole after a restart. */
static void
test_guard_bundle (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) bundle = g_string_new (NULL);
  g_autoptr (TrustSourceState) first = NULL, broken = NULL, restarted = NULL;
  TrustSourceFile *a = NULL, *b = NULL;
  g_autofree char *kept = NULL;
  g_auto (GStrv) blocks = NULL;

  for (guint i = 0; i < 6; i++)
    g_string_append_printf (bundle, "[p11-kit-object-v1]\nlabel: \"L%u\"\n%s: true\n%s%s\n", i, i < 4 ? "trusted" : "x-distrusted",
                            i == 1 || i == 3 ? "nss-server-distrust-after: \"250630235959Z\"\n" : "", pems[i]);
  g_string_append (bundle, "[p11-kit-object-v1]\nclass: certificate\nx-distrusted: true\n"
                           "issuer: \"0%00\"\nserial-number: \"%02%01%05\"\n");
  put (fixture, "usr/share/pki/ca-trust-source/ca-bundle.trust.p11-kit", bundle->str);
  first = load (fixture, "fedora-distribution", NULL);
  keep (fixture, first);
  g_string_truncate (bundle, 300);
  put (fixture, "usr/share/pki/ca-trust-source/ca-bundle.trust.p11-kit", bundle->str);
  broken = load (fixture, "fedora-distribution", first);
  assert_row (broken, "usr/share/pki/ca-trust-source/ca-bundle.trust.p11-kit", TRUST_FILE_LAST_GOOD, 4);
  keep (fixture, broken);
  restarted = load (fixture, "fedora-distribution", NULL);
  a = first->files->pdata[0];
  b = restarted->files->pdata[0];
  g_assert_cmpint (b->status, ==, TRUST_FILE_LAST_GOOD);
  g_assert_cmpuint (a->n_anchors, ==, b->n_anchors);
  g_assert_cmpuint (a->n_distrusts, ==, b->n_distrusts);
  g_assert_true (trust_settings_is_limited (trust_anchor_get_settings (a->anchors[1])));
  g_assert_false (trust_settings_is_limited (trust_anchor_get_settings (a->anchors[2])));
  kept = test_scratch_read (fixture->scratch, "var/lib/anchord/last-good/fedora-distribution.pem");
  blocks = g_strsplit (kept, "-----BEGIN", 0);
  /* A limited anchor is no PEM either. */
  g_assert_cmpuint (g_strv_length (blocks) - 1, ==, 2);
  for (guint i = 0; i < a->n_anchors; i++)
    {
      g_assert_true (trust_fingerprint_equal (trust_anchor_get_fingerprint (a->anchors[i]), trust_anchor_get_fingerprint (b->anchors[i])));
      g_assert_true (trust_settings_equal (trust_anchor_get_settings (a->anchors[i]), trust_anchor_get_settings (b->anchors[i])));
    }
  for (guint i = 0; i < 2; i++)
    g_assert_true (trust_distrust_names (b->distrusts[i], certificates[4 + i]->certificate));
  g_assert_cmpuint (trust_distrust_get_serial (b->distrusts[2]).size, ==, 1);
}

/* What is kept for the next start would not be taken for trust by a reader of PEM where it was distrust. */
static void
test_kept_distrust_is_no_pem (Fixture *fixture, gconstpointer data)
{
  g_autofree char *content = NULL, *bundle = g_strconcat ("[p11-kit-object-v1]\nx-distrusted: true\n", pems[0], NULL);
  g_autoptr (TrustSourceState) state = NULL;

  put (fixture, "usr/share/pki/trust/a.p11-kit", bundle);
  state = load (fixture, "suse-distribution", NULL);
  keep (fixture, state);
  content = test_scratch_read (fixture->scratch, "var/lib/anchord/last-good/suse-distribution.pem");
  g_assert_nonnull (content);
  g_assert_null (strstr (content, "-----BEGIN"));
}

int
main (int argc, char **argv)
{
  int status = 0;

  g_test_init (&argc, &argv, NULL);
  make_certificates ();
  ADD ("/guard/bounds", test_guard_bounds);
  ADD ("/guard/missing", test_guard_missing);
  ADD ("/guard/files-gone", test_guard_files_gone);
  ADD ("/guard/accepted", test_guard_accepted);
  ADD ("/guard/replaced-content", test_guard_replaced_content);
  ADD ("/guard/own-deselection", test_guard_own_deselection);
  ADD ("/guard/first-start", test_guard_first_start);
  ADD ("/guard/damaged-last-good", test_guard_damaged_last_good);
  ADD ("/guard/bundle", test_guard_bundle);
  ADD ("/guard/kept-distrust-is-no-pem", test_kept_distrust_is_no_pem);
  status = g_test_run ();
  free_certificates ();
  return status;
}
