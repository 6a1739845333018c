/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Going back: the plan is handed the tree as it was, and what it would write is held against that. */
#include "tests/unit/plan-rollback-fixture.h"

static void
test_tree (Fixture *f, gconstpointer data)
{
  g_auto (Tree) first = take_tree (f), second = { NULL }, now = { NULL };
  g_autoptr (TrustOutcome) outcome = NULL, nothing = NULL, forward = NULL;

  apply (f, change_of (TRUST_CHANGE_ADD, f->corp));
  second = take_tree (f);
  apply (f, change_of (TRUST_CHANGE_REMOVE, f->corp));
  apply (f, change_of (TRUST_CHANGE_ADD, f->other));
  now = take_tree (f);
  nothing = go_back (f, &now, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_cmpuint (nothing->rows->len + nothing->notices->len, ==, 0);
  tree_clear (&now);
  outcome = go_back (f, &second, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  now = take_tree (f);
  assert_equal (&now, &second);
  g_assert_cmpint (result_of (outcome, f->corp), ==, TRUST_RESULT_ADDED);
  g_assert_cmpint (result_of (outcome, f->other), ==, TRUST_RESULT_REMOVED);
  g_assert_cmpuint (outcome->rows->len, ==, 2);
  tree_clear (&now);
  forward = go_back (f, &first, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  now = take_tree (f);
  assert_equal (&now, &first);
}

/* What a person dropped is the tree's own; what is no file of ours is nobody's. */
static void
test_dropped (Fixture *f, gconstpointer data)
{
  g_auto (Tree) empty = take_tree (f), full = { NULL }, now = { NULL };
  g_autofree char *pem = test_certificate_dup_pem (f->corp), *two = NULL, *more = test_certificate_dup_pem (f->other), *kept = NULL;
  g_autoptr (TrustOutcome) gone = NULL, back = NULL;

  two = g_strconcat (pem, more, NULL);
  test_scratch_write (f->scratch, ANCHORS "/corp.pem", two, -1);
  test_scratch_write (f->scratch, ANCHORS "/README", "keep\n", -1);
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  g_assert_true (trusts (f, f->corp) && trusts (f, f->other));
  full = take_tree (f);
  gone = go_back (f, &empty, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_false (trusts (f, f->corp) || trusts (f, f->other));
  g_assert_false (test_scratch_exists (f->scratch, ANCHORS "/corp.pem"));
  kept = test_scratch_read (f->scratch, ANCHORS "/README");
  g_assert_cmpstr (kept, ==, "keep\n");
  back = go_back (f, &full, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  now = take_tree (f);
  assert_equal (&now, &full);
  g_assert_true (trusts (f, f->corp) && trusts (f, f->other));
}

static void
test_stores (Fixture *f, gconstpointer data)
{
  g_auto (Tree) none = take_tree (f), with = { NULL }, now = { NULL };
  g_autofree char *hex = dup_hex (f->distro), *path = g_strconcat (STORE "/", hex, ".distrust", NULL);
  g_autoptr (TrustOutcome) kept = NULL, gone = NULL, back = NULL;

  change_store (f, TRUST_CHANGE_STORE_CREATE, NULL);
  change_store (f, TRUST_CHANGE_STORE_ADD, f->corp);
  with = take_tree (f);
  change_store (f, TRUST_CHANGE_STORE_REMOVE, f->corp);
  change_store (f, TRUST_CHANGE_STORE_REMOVE, f->distro);
  kept = go_back (f, &with, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_true (says (kept, hex) && test_scratch_exists (f->scratch, path));
  g_assert_cmpint (result_of (kept, f->corp), ==, TRUST_RESULT_ADDED);
  gone = go_back (f, &none, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_cmpuint (gone->rows->len, ==, 1);
  g_assert_nonnull (strstr (((TrustOutcomeRow *) gone->rows->pdata[0])->detail, "no store"));
  g_assert_false (test_scratch_exists (f->scratch, STORE));
  back = go_back (f, &with, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  now = take_tree (f);
  assert_equal (&now, &with);
}

/* What is no file of the tree's is left alone: a link that masks, a file that others could write to, a private key. */
static void
test_others (Fixture *f, gconstpointer data)
{
  g_auto (Tree) before = { NULL }, now = { NULL };
  g_autofree char *pem = test_certificate_dup_pem (f->corp), *path = g_build_filename (f->scratch, ANCHORS, "m.pem", NULL);
  g_autofree char *mask = g_build_filename (f->scratch, ANCHORS, "n.pem", NULL), *same = g_build_filename (f->scratch, ANCHORS, "o.pem", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (pem, strlen (pem)), link = g_bytes_new ("/dev/null", strlen ("/dev/null"));
  g_autoptr (TrustOutcome) outcome = NULL;

  test_scratch_write (f->scratch, ANCHORS "/m.pem", pem, -1);
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  before = take_tree (f);
  g_ptr_array_add (before.files, trust_journal_file_new (ANCHORS "/open.pem", bytes, 0666));
  g_ptr_array_add (before.files, trust_journal_file_new (ANCHORS "/../../x.pem", bytes, 0644));
  g_ptr_array_add (before.files, trust_journal_file_new ("/etc/ssl/certs/x.pem", bytes, 0644));
  g_ptr_array_add (before.files, trust_journal_file_new ("/etc/anchord/stores.d/app/../x.pem", bytes, 0644));
  g_assert_cmpint (remove (path), ==, 0);
  g_ptr_array_add (before.files, trust_journal_file_new (ANCHORS "/o.pem", link, S_IFLNK | 0777));
  g_ptr_array_add (before.files, trust_journal_file_new (ANCHORS "/p.pem", link, S_IFLNK | 0777));
  g_assert_cmpint (symlink ("/dev/null", path) + symlink ("/dev/null", mask) + symlink ("/dev/null", same), ==, 0);
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  outcome = go_back (f, &before, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_cmpuint (outcome->rows->len, ==, 0);
  g_assert_true (says (outcome, "m.pem stays") && says (outcome, "n.pem stays") && says (outcome, "open.pem") && says (outcome, "p.pem was a link"));
  g_assert_cmpuint (outcome->notices->len, ==, 4);
  g_assert_cmpint (remove (path), ==, 0);
  test_scratch_write (f->scratch, ANCHORS "/m.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", -1);
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  refuse (f, &before, change_of (TRUST_CHANGE_ROLLBACK, NULL), TRUST_ERROR_FOREIGN, "private key");
}

/* A file that stopped counting because others may write to it counts again, as it was. */
static void
test_insecure (Fixture *f, gconstpointer data)
{
  g_auto (Tree) before = { NULL };
  g_autofree char *pem = test_certificate_dup_pem (f->corp), *path = g_build_filename (f->scratch, ANCHORS, "m.pem", NULL);
  g_autoptr (TrustChange) change = change_of (TRUST_CHANGE_ROLLBACK, NULL);
  g_autoptr (TrustPlan) done = NULL;
  g_autoptr (GError) error = NULL;

  test_scratch_write (f->scratch, ANCHORS "/m.pem", pem, -1);
  before = take_tree (f);
  g_assert_cmpint (chmod (path, 0666), ==, 0);
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  g_assert_false (trusts (f, f->corp));
  done = plan (f, &before, change, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (done->files->len, ==, 1);
  g_assert_cmpuint (((TrustJournalFile *) done->files->pdata[0])->mode, ==, 0644);
  g_assert_nonnull (trust_anchor_set_lookup (done->set, id_of (f->corp)));
}

/* An undo goes back for some files only, and says so if that is nothing. */
static void
test_only (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustSnapshot) snapshot = NULL;
  g_auto (Tree) before = take_tree (f);
  g_autofree char *hex = dup_hex (f->corp), *path = g_strconcat (ANCHORS "/", hex, ".anchor", NULL);
  g_autoptr (GHashTable) only = g_hash_table_new (g_str_hash, g_str_equal);
  const TrustPlanTree then = { 1, before.files, only };
  g_autoptr (TrustChange) change = change_of (TRUST_CHANGE_UNDO, NULL);
  g_autoptr (TrustPlan) done = NULL, nothing = NULL;
  g_autoptr (GError) error = NULL;

  apply (f, change_of (TRUST_CHANGE_ADD, f->corp));
  apply (f, change_of (TRUST_CHANGE_ADD, f->other));
  g_hash_table_add (only, path);
  snapshot = trust_engine_get_snapshot (f->engine);
  done = trust_plan_new_rollback (f->root, snapshot, change, &then, f->caller, f->now, &error);
  g_assert_no_error (error);
  carry_out (f, done);
  g_assert_true (!trusts (f, f->corp) && trusts (f, f->other));
  g_clear_pointer (&snapshot, trust_snapshot_unref);
  snapshot = trust_engine_get_snapshot (f->engine);
  nothing = trust_plan_new_rollback (f->root, snapshot, change, &then, f->caller, f->now, &error);
  g_assert_null (nothing);
  g_assert_error (error, TRUST_ERROR, (int) TRUST_ERROR_POLICY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/plan-rollback/tree", Fixture, NULL, set_up, test_tree, tear_down);
  g_test_add ("/plan-rollback/dropped", Fixture, NULL, set_up, test_dropped, tear_down);
  g_test_add ("/plan-rollback/stores", Fixture, NULL, set_up, test_stores, tear_down);
  g_test_add ("/plan-rollback/others", Fixture, NULL, set_up, test_others, tear_down);
  g_test_add ("/plan-rollback/insecure", Fixture, NULL, set_up, test_insecure, tear_down);
  g_test_add ("/plan-rollback/only", Fixture, NULL, set_up, test_only, tear_down);
  return g_test_run ();
}
