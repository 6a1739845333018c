/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Setting what trust is limited to, and following a CA by its renewed one. */
#include "tests/unit/plan-fixture.h"

#define DAY 86400

static TrustChange *
change_following (const TestCertificate *old, gint64 retire)
{
  TrustChange *change = trust_change_new (TRUST_CHANGE_ADD);

  change->has_replaces = TRUE;
  change->replaces.fingerprint = *trust_certificate_get_fingerprint (old->certificate);
  change->replaces.n_digits = 64;
  change->retire = retire;
  return change;
}

/* A renewed CA: both are trusted until the day, in flat files as well. */
static void
test_replaces (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = change_following (f->distro, f->now + DAY), again = change_following (f->distro, f->now + DAY);
  TrustPlan *plan = plan_certificate (f, change, f->corp, NULL);
  const TrustFingerprint *old = trust_certificate_get_fingerprint (f->distro->certificate);
  TrustAnchor *added = NULL, *retired = NULL;

  assert_result (plan, f->corp, TRUST_RESULT_ADDED);
  assert_result (plan, f->distro, TRUST_RESULT_CHANGED);
  g_assert_cmpuint (plan->outcome->notices->len, ==, 0);
  added = trust_anchor_set_lookup (plan->set, trust_certificate_get_fingerprint (f->corp->certificate));
  g_assert_true (trust_fingerprint_equal (trust_note_get_replaces (trust_anchor_get_note (added)), old));
  retired = trust_anchor_set_lookup (plan->set, old);
  g_assert_cmpint (trust_settings_get_until (trust_anchor_get_settings (retired)), ==, f->now + DAY);
  g_assert_cmpuint (purposes_after (plan, f->distro), ==, 7);
  g_assert_nonnull (trust_anchor_set_lookup (plan->flat, old));
  take (f, plan);
  g_assert_cmpint (make (f, again, f->corp), ==, TRUST_RESULT_ALREADY);
  f->now += DAY;
  rebuild (f);
  assert_described (f, NULL, f->distro, "");
  assert_described (f, NULL, f->corp, "server-auth");
}

/* One that flat files do not hold, for what limits it, does not get there by retiring; one that ends earlier does not go on. */
static void
test_replaces_limited (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) limit = change_to_dns (TRUST_CHANGE_SET, "corp.example"), change = change_following (f->distro, f->now + 2 * DAY),
                          ends = change_to_until (TRUST_CHANGE_SET, f->now + DAY), other = change_following (f->mine, f->now + 2 * DAY);
  TrustPlan *plan = NULL;
  TrustAnchor *early = NULL;

  make (f, limit, f->distro);
  plan = plan_certificate (f, change, f->corp, NULL);
  g_assert_null (trust_anchor_set_lookup (plan->flat, trust_certificate_get_fingerprint (f->distro->certificate)));
  take (f, plan);
  make (f, ends, f->mine);
  make (f, other, f->corp);
  early = trust_anchor_set_lookup (f->snapshot->set, trust_certificate_get_fingerprint (f->mine->certificate));
  g_assert_cmpint (trust_settings_get_until (trust_anchor_get_settings (early)), ==, f->now + DAY);
}

static void
test_replaces_later (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = change_following (f->distro, TRUST_NEVER), itself = change_following (f->corp, TRUST_NEVER),
                          unknown = change_following (f->corp, TRUST_NEVER), past = change_following (f->distro, f->now),
                          two = change_following (f->distro, TRUST_NEVER);
  g_autoptr (TrustPlan) plan = plan_certificate (f, change, f->corp, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (plan->files->len, ==, 1);
  assert_words (row_of (plan, f->corp)->detail, "anchorctl set");
  assert_refused (f, past, f->corp, TRUST_ERROR_INVALID_ARGUMENT, "past");
  assert_refused (f, unknown, f->mine, TRUST_ERROR_NOT_FOUND, "--replaces");
  itself->replaces.fingerprint = *trust_certificate_get_fingerprint (f->mine->certificate);
  assert_refused (f, itself, f->mine, TRUST_ERROR_INVALID_ARGUMENT, "itself");
  g_ptr_array_add (two->certificates, trust_certificate_ref (f->mine->certificate));
  assert_refused (f, two, f->corp, TRUST_ERROR_INVALID_ARGUMENT, "one certificate");
}

/* What is refused follows nobody: the one that it should replace goes on. */
static void
test_replaces_refused (Fixture *f, gconstpointer data)
{
  TestCertificateSpec spec = { .dn = "CN=leaf", .not_ca = TRUE, .issuer = f->corp };
  g_autoptr (TestCertificate) leaf = test_certificate_new (&spec);
  g_autoptr (TrustChange) change = change_following (f->mine, f->now + DAY);
  g_autoptr (TrustPlan) plan = NULL;

  change->keep_going = TRUE;
  plan = plan_certificate (f, change, leaf, NULL);
  assert_result (plan, leaf, TRUST_RESULT_REFUSED);
  g_assert_cmpuint (plan->outcome->rows->len, ==, 1);
  g_assert_cmpuint (plan->files->len, ==, 0);
}

/* What is not named stays as it is effective now; an entry of the administrator's layer says it. */
static void
test_set (Fixture *f, gconstpointer data)
{
  const char *const email[] = { "email-protection", NULL };
  g_autoptr (TrustChange) limit = change_to_dns (TRUST_CHANGE_SET, "corp.example"), purposes = trust_change_new (TRUST_CHANGE_SET),
                          label = trust_change_new (TRUST_CHANGE_SET), again = trust_change_new (TRUST_CHANGE_SET),
                          clear = change_to_dns (TRUST_CHANGE_SET, NULL);
  const TrustAnchor *anchor = NULL;

  g_assert_cmpint (make (f, limit, f->distro), ==, TRUST_RESULT_CHANGED);
  assert_described (f, NULL, f->distro, "server-auth,client-auth,email-protection;permitted-dns=corp.example");
  purposes->purposes = trust_purposes_new (email, NULL);
  purposes->reason = g_strdup ("CHG-2");
  g_assert_cmpint (make (f, purposes, f->distro), ==, TRUST_RESULT_CHANGED);
  assert_described (f, NULL, f->distro, "email-protection;permitted-dns=corp.example");
  label->label = g_strdup ("The distribution's");
  g_assert_cmpint (make (f, label, f->distro), ==, TRUST_RESULT_CHANGED);
  anchor = trust_anchor_set_lookup (f->snapshot->set, trust_certificate_get_fingerprint (f->distro->certificate));
  g_assert_cmpstr (trust_note_get_label (trust_anchor_get_note (anchor)), ==, "The distribution's");
  g_assert_cmpstr (trust_note_get_reason (trust_anchor_get_note (anchor)), ==, "CHG-2");
  g_assert_cmpint (trust_origin_get_layer (trust_anchor_get_origin (anchor)), ==, TRUST_LAYER_ADMINISTRATOR);
  again->label = g_strdup ("The distribution's");
  g_assert_cmpint (make (f, again, f->distro), ==, TRUST_RESULT_ALREADY);
  g_assert_cmpint (make (f, clear, f->distro), ==, TRUST_RESULT_CHANGED);
  assert_described (f, NULL, f->distro, "email-protection");
}

/* Setting what is so already makes no entry. */
static void
test_set_already (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = change_to_until (TRUST_CHANGE_SET, TRUST_NEVER);
  g_autoptr (TrustPlan) plan = plan_fingerprint (f, change, f->distro, 64, NULL);

  assert_result (plan, f->distro, TRUST_RESULT_ALREADY);
  g_assert_cmpuint (plan->files->len, ==, 0);
}

static void
test_set_refused (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) past = change_to_until (TRUST_CHANGE_SET, f->now), none = trust_change_new (TRUST_CHANGE_SET),
                          unknown = change_to_dns (TRUST_CHANGE_SET, "x.example"), refused = change_to_dns (TRUST_CHANGE_SET, "x.example");

  assert_refused (f, past, f->mine, TRUST_ERROR_INVALID_ARGUMENT, "past");
  none->purposes = trust_purposes_new_mask (0);
  assert_refused (f, none, f->mine, TRUST_ERROR_INVALID_ARGUMENT, "anchorctl remove");
  assert_refused (f, unknown, f->corp, TRUST_ERROR_NOT_FOUND, "");
  take_distrust (f, f->corp, f->corp);
  assert_refused (f, refused, f->corp, TRUST_ERROR_DISTRUSTED, "anchorctl restore");
}

/* An end that came revives by a new one only, and what else was set stays. */
static void
test_set_ended (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) limit = change_to_dns (TRUST_CHANGE_SET, "corp.example"), ends = change_to_until (TRUST_CHANGE_SET, f->now + DAY),
                          label = trust_change_new (TRUST_CHANGE_SET), never = change_to_until (TRUST_CHANGE_SET, TRUST_NEVER);

  make (f, limit, f->mine);
  make (f, ends, f->mine);
  f->now += DAY;
  rebuild (f);
  assert_described (f, NULL, f->mine, "");
  label->label = g_strdup ("x");
  assert_refused (f, label, f->mine, TRUST_ERROR_POLICY, "--until");
  g_assert_cmpint (make (f, never, f->mine), ==, TRUST_RESULT_CHANGED);
  assert_described (f, NULL, f->mine, "server-auth;permitted-dns=corp.example");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("/plan-set/replaces", test_replaces);
  CASE ("/plan-set/replaces-limited", test_replaces_limited);
  CASE ("/plan-set/replaces-later", test_replaces_later);
  CASE ("/plan-set/replaces-refused", test_replaces_refused);
  CASE ("/plan-set/set", test_set);
  CASE ("/plan-set/set-already", test_set_already);
  CASE ("/plan-set/set-refused", test_set_refused);
  CASE ("/plan-set/set-ended", test_set_ended);
  return g_test_run ();
}
