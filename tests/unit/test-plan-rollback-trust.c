/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Going back: what stays refused, and what is not let in again. */
#include "tests/unit/plan-rollback-fixture.h"

/* A distrust that came later stays, with all it reaches, unless it is named. */
static void
test_distrust (Fixture *f, gconstpointer data)
{
  g_auto (Tree) before = { NULL }, now = { NULL };
  g_autofree char *hex = dup_hex (f->corp), *path = g_strconcat (ANCHORS "/", hex, ".distrust", NULL);
  TrustChange *lift = change_of (TRUST_CHANGE_ROLLBACK, NULL), *wrong = change_of (TRUST_CHANGE_ROLLBACK, NULL);
  g_autoptr (TrustOutcome) kept = NULL, lifted = NULL;

  apply (f, change_of (TRUST_CHANGE_ADD, f->corp));
  apply (f, change_of (TRUST_CHANGE_ADD, f->twin));
  before = take_tree (f);
  apply (f, change_of (TRUST_CHANGE_REMOVE, f->twin));
  apply (f, change_of (TRUST_CHANGE_DISTRUST, f->corp));
  apply (f, change_of (TRUST_CHANGE_ADD, f->other));
  kept = go_back (f, &before, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_true (says (kept, "--lift-distrust") && says (kept, hex));
  g_assert_true (test_scratch_exists (f->scratch, path));
  g_assert_cmpint (result_of (kept, f->other), ==, TRUST_RESULT_REMOVED);
  /* Its key is refused: the twin does not come either. */
  now = take_tree (f);
  g_assert_cmpuint (now.files->len, ==, 1);
  g_ptr_array_add (wrong->lifted, g_strdup ("nobody"));
  refuse (f, &before, wrong, TRUST_ERROR_INVALID_ARGUMENT, "nobody");
  g_ptr_array_add (lift->lifted, g_ascii_strup (hex, -1));
  lifted = go_back (f, &before, lift);
  g_assert_cmpint (result_of (lifted, f->corp), ==, TRUST_RESULT_ADDED);
  tree_clear (&now);
  now = take_tree (f);
  assert_equal (&now, &before);
}

/* A distrust that was narrower then stays as wide as it is; one that was wider comes back. */
static void
test_wider (Fixture *f, gconstpointer data)
{
  TrustChange *narrow = change_of (TRUST_CHANGE_DISTRUST, f->corp);
  g_auto (Tree) narrower = { NULL }, wider = { NULL }, now = { NULL };
  g_autoptr (TrustOutcome) kept = NULL, back = NULL;

  narrow->cert_only = TRUE;
  apply (f, narrow);
  narrower = take_tree (f);
  apply (f, change_of (TRUST_CHANGE_DISTRUST, f->corp));
  wider = take_tree (f);
  kept = go_back (f, &narrower, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_true (says (kept, "stays distrusted"));
  {
    g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (f->engine);

    g_assert_nonnull (trust_anchor_set_find_distrust (snapshot->set, f->twin->certificate));
  }
  apply (f, change_of (TRUST_CHANGE_RESTORE, f->corp));
  back = go_back (f, &wider, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_cmpint (result_of (back, f->corp), ==, TRUST_RESULT_DISTRUSTED);
  now = take_tree (f);
  assert_equal (&now, &wider);
}

/* A file with several refusals in it, or with anchors, goes; what it refused is written down by itself. */
static void
test_mixed (Fixture *f, gconstpointer data)
{
  g_auto (Tree) empty = take_tree (f);
  g_autofree char *hex = dup_hex (f->corp), *path = g_strconcat (ANCHORS "/", hex, ".distrust", NULL);
  g_autofree char *pem = test_certificate_dup_pem (f->corp), *other = test_certificate_dup_pem (f->other);
  g_autofree char *text = g_strconcat ("[p11-kit-object-v1]\nclass: certificate\nx-distrusted: true\n", pem,
                                       "\n[p11-kit-object-v1]\nclass: certificate\ntrusted: true\n", other, NULL);
  g_autoptr (TrustOutcome) outcome = NULL;

  test_scratch_write (f->scratch, ANCHORS "/both.p11-kit", text, -1);
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  g_assert_true (trusts (f, f->other));
  outcome = go_back (f, &empty, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_false (trusts (f, f->other));
  g_assert_false (test_scratch_exists (f->scratch, ANCHORS "/both.p11-kit"));
  g_assert_true (test_scratch_exists (f->scratch, path));
}

static void
test_policy (Fixture *f, gconstpointer data)
{
  g_auto (Tree) before = { NULL }, now = { NULL };
  TrustChange *partly = change_of (TRUST_CHANGE_ROLLBACK, NULL), *allowed = change_of (TRUST_CHANGE_ROLLBACK, NULL);
  g_autoptr (TrustOutcome) some = NULL, all = NULL;

  apply (f, change_of (TRUST_CHANGE_ADD, f->brief));
  apply (f, change_of (TRUST_CHANGE_ADD, f->corp));
  before = take_tree (f);
  apply (f, change_of (TRUST_CHANGE_REMOVE, f->brief));
  apply (f, change_of (TRUST_CHANGE_REMOVE, f->corp));
  f->now += 20 * DAY;
  refuse (f, &before, change_of (TRUST_CHANGE_ROLLBACK, NULL), TRUST_ERROR_POLICY, "expired");
  partly->keep_going = TRUE;
  some = go_back (f, &before, partly);
  g_assert_cmpint (result_of (some, f->brief), ==, TRUST_RESULT_REFUSED);
  g_assert_true (trusts (f, f->corp) && !trusts (f, f->brief));
  allowed->allow_expired = TRUE;
  all = go_back (f, &before, allowed);
  now = take_tree (f);
  assert_equal (&now, &before);
}

/* What is trusted already is not asked about again, and what has ended does not begin again. */
static void
test_ended (Fixture *f, gconstpointer data)
{
  TrustChange *end = change_of (TRUST_CHANGE_SET, f->corp), *again = change_of (TRUST_CHANGE_ADD, f->corp);
  g_auto (Tree) before = { NULL }, ending = { NULL };
  g_autoptr (TrustOutcome) outcome = NULL, idle = NULL;

  apply (f, change_of (TRUST_CHANGE_ADD, f->brief));
  apply (f, change_of (TRUST_CHANGE_ADD, f->corp));
  before = take_tree (f);
  end->named = TRUST_NAMES_UNTIL;
  end->limits.until = f->now + 5 * DAY;
  apply (f, end);
  ending = take_tree (f);
  f->now += 20 * DAY;
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  g_assert_false (trusts (f, f->corp));
  refuse (f, &before, change_of (TRUST_CHANGE_ROLLBACK, NULL), TRUST_ERROR_POLICY, "ended");
  again->named = TRUST_NAMES_UNTIL;
  again->limits.until = TRUST_NEVER;
  apply (f, again);
  outcome = go_back (f, &before, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_true (trusts (f, f->corp) && trusts (f, f->brief));
  idle = go_back (f, &ending, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_true (says (idle, "has ended") && !trusts (f, f->corp));
}

/* A pin that limits the distribution's root goes: what shines through then is the distribution's business. */
static void
test_pin (Fixture *f, gconstpointer data)
{
  g_auto (Tree) empty = take_tree (f);
  TrustChange *pin = change_of (TRUST_CHANGE_ADD, f->distro);
  g_autoptr (TrustOutcome) outcome = NULL;

  pin->purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_EMAIL_PROTECTION);
  pin->replace = TRUE;
  apply (f, pin);
  outcome = go_back (f, &empty, change_of (TRUST_CHANGE_ROLLBACK, NULL));
  g_assert_cmpint (result_of (outcome, f->distro), ==, TRUST_RESULT_CHANGED);
  g_assert_true (trusts (f, f->distro));
}

/* The distribution distrusts by now what an entry of then would lift. */
static void
test_lower (Fixture *f, gconstpointer data)
{
  g_autofree char *hex = dup_hex (f->corp), *text = NULL;
  g_auto (Tree) before = { NULL };
  TrustChange *lift = change_of (TRUST_CHANGE_ROLLBACK, NULL);
  g_autoptr (TrustOutcome) outcome = NULL;

  apply (f, change_of (TRUST_CHANGE_ADD, f->corp));
  before = take_tree (f);
  apply (f, change_of (TRUST_CHANGE_REMOVE, f->corp));
  text = g_strdup_printf ("[Distrust]\nVersion=1\nSHA256=%s\n", hex);
  test_scratch_write (f->scratch, "/usr/lib/anchord/anchors.d/v.distrust", text, -1);
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  refuse (f, &before, change_of (TRUST_CHANGE_ROLLBACK, NULL), TRUST_ERROR_DISTRUSTED, "vendor");
  g_ptr_array_add (lift->lifted, g_strdup (hex));
  outcome = go_back (f, &before, lift);
  g_assert_true (trusts (f, f->corp));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/plan-rollback-trust/distrust", Fixture, NULL, set_up, test_distrust, tear_down);
  g_test_add ("/plan-rollback-trust/wider", Fixture, NULL, set_up, test_wider, tear_down);
  g_test_add ("/plan-rollback-trust/mixed", Fixture, NULL, set_up, test_mixed, tear_down);
  g_test_add ("/plan-rollback-trust/policy", Fixture, NULL, set_up, test_policy, tear_down);
  g_test_add ("/plan-rollback-trust/ended", Fixture, NULL, set_up, test_ended, tear_down);
  g_test_add ("/plan-rollback-trust/pin", Fixture, NULL, set_up, test_pin, tear_down);
  g_test_add ("/plan-rollback-trust/lower", Fixture, NULL, set_up, test_lower, tear_down);
  return g_test_run ();
}
