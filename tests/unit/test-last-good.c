/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What goes on counting when a file stops parsing, and what does not. */
#include "tests/unit/sources-fixture.h"

static void
test_last_good (Fixture *fixture, gconstpointer data)
{
  g_autofree char *cut = g_strndup (pems[0], 100);
  g_autoptr (TrustSourceState) good = NULL, broken = NULL, again = NULL, restarted = NULL, forgotten = NULL, healed = NULL;

  put (fixture, ETC "a.pem", pems[0]);
  put (fixture, ETC "never.pem", cut);
  good = load (fixture, "anchors-etc", NULL);
  assert_row (good, ETC "never.pem", TRUST_FILE_UNPARSABLE, 0);
  keep (fixture, good);
  g_assert_false (test_scratch_exists (fixture->scratch, "var/lib/anchord/last-good/anchors-etc.pem"));
  put (fixture, ETC "a.pem", cut);
  broken = load (fixture, "anchors-etc", good);
  assert_row (broken, ETC "a.pem", TRUST_FILE_LAST_GOOD, 1);
  assert_row (broken, ETC "never.pem", TRUST_FILE_UNPARSABLE, 0);
  again = load (fixture, "anchors-etc", broken);
  g_assert_true (again == broken);
  /* It outlives the process. */
  keep (fixture, broken);
  restarted = load (fixture, "anchors-etc", NULL);
  assert_row (restarted, ETC "a.pem", TRUST_FILE_LAST_GOOD, 1);
  assert_row (restarted, ETC "never.pem", TRUST_FILE_UNPARSABLE, 0);
  keep (fixture, restarted);
  /* A file gone is an anchor gone, good or not. */
  take_away (fixture, ETC "a.pem");
  forgotten = load (fixture, "anchors-etc", restarted);
  g_assert_null (row (forgotten, ETC "a.pem"));
  keep (fixture, forgotten);
  g_assert_false (test_scratch_exists (fixture->scratch, "var/lib/anchord/last-good/anchors-etc.pem"));
  put (fixture, ETC "a.pem", pems[1]);
  healed = load (fixture, "anchors-etc", forgotten);
  assert_row (healed, ETC "a.pem", TRUST_FILE_TAKEN, 1);
}

static void
test_no_last_good_for_the_insecure (Fixture *fixture, gconstpointer data)
{
  g_autofree char *with_key = g_strconcat (pems[0], "-----BEGIN EC PRIVATE KEY-----\nMIIB\n-----END EC PRIVATE KEY-----\n", NULL);
  g_autoptr (TrustSourceState) good = NULL, insecure = NULL, key = NULL;

  put (fixture, ETC "a.pem", pems[0]);
  put (fixture, ETC "b.pem", pems[1]);
  good = load (fixture, "anchors-etc", NULL);
  set_mode (fixture, ETC "a.pem", 0666);
  insecure = load (fixture, "anchors-etc", good);
  assert_row (insecure, ETC "a.pem", TRUST_FILE_INSECURE, 0);
  put (fixture, ETC "b.pem", with_key);
  key = load (fixture, "anchors-etc", insecure);
  assert_row (key, ETC "b.pem", TRUST_FILE_PRIVATE_KEY, 0);
}

/* "An older reader must never widen trust": what a file said before it was limited does not go on counting. */
static void
test_no_last_good_for_unknown_limits (Fixture *fixture, gconstpointer data)
{
  g_autofree char *plain = dup_anchor_file (0, FALSE), *distrust = dup_anchor_file (1, TRUE);
  g_autofree char *limited = g_strconcat ("[Constraints]\nPermittedColour=blue\n", plain, NULL);
  g_autofree char *more = g_strconcat ("[Trust]\nColour=blue\n", distrust, NULL);
  g_autoptr (TrustSourceState) good = NULL, edited = NULL;

  put (fixture, ETC "a.anchor", plain);
  put (fixture, ETC "b.distrust", distrust);
  good = load (fixture, "anchors-etc", NULL);
  assert_row (good, ETC "a.anchor", TRUST_FILE_TAKEN, 1);
  put (fixture, ETC "a.anchor", limited);
  put (fixture, ETC "b.distrust", more);
  edited = load (fixture, "anchors-etc", good);
  assert_row (edited, ETC "a.anchor", TRUST_FILE_UNPARSABLE, 0);
  g_assert_nonnull (strstr (row (edited, ETC "a.anchor")->fault, "PermittedColour"));
  g_assert_cmpuint (row (edited, ETC "b.distrust")->n_distrusts, ==, 1);
}

static void
test_last_good_distrust (Fixture *fixture, gconstpointer data)
{
  g_autofree char *distrust = dup_anchor_file (1, TRUE);
  g_autoptr (TrustSourceState) good = NULL, broken = NULL, restarted = NULL;

  put (fixture, ETC "a.distrust", distrust);
  good = load (fixture, "anchors-etc", NULL);
  put (fixture, ETC "a.distrust", "rubbish");
  broken = load (fixture, "anchors-etc", good);
  keep (fixture, broken);
  restarted = load (fixture, "anchors-etc", NULL);
  g_assert_cmpuint (row (restarted, ETC "a.distrust")->n_distrusts, ==, 1);
  g_assert_true (trust_distrust_names (row (restarted, ETC "a.distrust")->distrusts[0], certificates[1]->certificate));
}

int
main (int argc, char **argv)
{
  int status = 0;

  g_test_init (&argc, &argv, NULL);
  make_certificates ();
  ADD ("/last-good/anchor", test_last_good);
  ADD ("/last-good/insecure", test_no_last_good_for_the_insecure);
  ADD ("/last-good/unknown-limits", test_no_last_good_for_unknown_limits);
  ADD ("/last-good/distrust", test_last_good_distrust);
  status = g_test_run ();
  free_certificates ();
  return status;
}
