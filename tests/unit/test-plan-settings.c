/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adding and setting what trust is limited to. */
#include "tests/unit/plan-fixture.h"

#define DAY 86400
#define SERVER (1u << TRUST_PURPOSE_SERVER_AUTH)

/* A change that names constraints to DNS (nullable: none at all). */
static TrustChange *
change_to_dns (TrustChangeKind kind, const char *dns)
{
  TrustChange *change = trust_change_new (kind);

  change->named = TRUST_NAMES_CONSTRAINTS;
  if (dns == NULL)
    return change;
  change->limits.constraints = trust_constraints_new ();
  g_assert_true (trust_constraints_add (change->limits.constraints, TRUST_NAME_DNS, FALSE, dns, NULL));
  return change;
}

static TrustChange *
change_to_until (TrustChangeKind kind, gint64 until)
{
  TrustChange *change = trust_change_new (kind);

  change->named = TRUST_NAMES_UNTIL;
  change->limits.until = until;
  return change;
}

/* The row that CHANGE gives CERTIFICATE, and the snapshot is as it leaves it. */
static TrustResult
make (Fixture *f, TrustChange *change, const TestCertificate *certificate)
{
  g_autoptr (GError) error = NULL;
  TrustPlan *plan = change->kind == TRUST_CHANGE_ADD ? plan_certificate (f, change, certificate, &error)
                                                     : plan_fingerprint (f, change, certificate, 64, &error);
  TrustResult result;

  g_assert_no_error (error);
  result = row_of (plan, certificate)->result;
  take (f, plan);
  return result;
}

static void
assert_refused (Fixture *f, TrustChange *change, const TestCertificate *certificate, TrustError code, const char *words)
{
  g_autoptr (GError) error = NULL;
  TrustPlan *plan = change->kind == TRUST_CHANGE_ADD ? plan_certificate (f, change, certificate, &error)
                                                     : plan_fingerprint (f, change, certificate, 64, &error);

  g_assert_null (plan);
  g_assert_error (error, TRUST_ERROR, (int) code);
  assert_words (error->message, words);
}

static void
test_add_limited (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = change_to_dns (TRUST_CHANGE_ADD, "corp.example"), again = change_to_dns (TRUST_CHANGE_ADD, "corp.example"),
                          plain = trust_change_new (TRUST_CHANGE_ADD);

  g_assert_cmpint (make (f, change, f->corp), ==, TRUST_RESULT_ADDED);
  assert_described (f, NULL, f->corp, "server-auth;permitted-dns=corp.example");
  g_assert_cmpint (make (f, again, f->corp), ==, TRUST_RESULT_ALREADY);
  /* What is not named stays: a plain add of what is limited lifts no limit. */
  g_assert_cmpint (make (f, plain, f->corp), ==, TRUST_RESULT_ALREADY);
  assert_described (f, NULL, f->corp, "server-auth;permitted-dns=corp.example");
}

/* More purposes for what is limited: still limited. */
static void
test_add_keeps_limits (Fixture *f, gconstpointer data)
{
  const char *const email[] = { "email-protection", NULL };
  g_autoptr (TrustChange) change = change_to_dns (TRUST_CHANGE_ADD, "corp.example"), more = trust_change_new (TRUST_CHANGE_ADD);

  make (f, change, f->corp);
  more->purposes = trust_purposes_new (email, NULL);
  g_assert_cmpint (make (f, more, f->corp), ==, TRUST_RESULT_CHANGED);
  assert_described (f, NULL, f->corp, "server-auth,email-protection;permitted-dns=corp.example");
}

/* Limits that would take from what is effective now, wherever that comes from, need --replace. */
static void
test_add_reduces (Fixture *f, gconstpointer data)
{
  const TestCertificate *trusted[] = { f->mine, f->distro };

  for (guint i = 0; i < G_N_ELEMENTS (trusted); i++)
    {
      g_autoptr (TrustChange) names = change_to_dns (TRUST_CHANGE_ADD, "corp.example"), ends = change_to_until (TRUST_CHANGE_ADD, f->now + DAY),
                              after = trust_change_new (TRUST_CHANGE_ADD), replace = change_to_dns (TRUST_CHANGE_ADD, "corp.example");

      assert_refused (f, names, trusted[i], TRUST_ERROR_POLICY, "--replace");
      assert_refused (f, ends, trusted[i], TRUST_ERROR_POLICY, "anchorctl set");
      after->named = TRUST_NAMES_DISTRUST_AFTER;
      after->limits.distrust_after = trust_distrust_after_new ();
      trust_distrust_after_add (after->limits.distrust_after, "server-auth", f->now);
      assert_refused (f, after, trusted[i], TRUST_ERROR_POLICY, "--replace");
      replace->replace = TRUE;
      make (f, replace, trusted[i]);
      assert_described (f, NULL, trusted[i], "server-auth;permitted-dns=corp.example");
    }
}

/* Limits that allow more are no reduction; --replace takes just what is asked. */
static void
test_add_widens (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) narrow = change_to_dns (TRUST_CHANGE_ADD, "sub.corp.example"), wide = change_to_dns (TRUST_CHANGE_ADD, "corp.example"),
                          loss = trust_change_new (TRUST_CHANGE_ADD), lossless = trust_change_new (TRUST_CHANGE_ADD),
                          all = trust_change_new (TRUST_CHANGE_ADD);

  make (f, narrow, f->corp);
  g_assert_cmpint (make (f, wide, f->corp), ==, TRUST_RESULT_CHANGED);
  assert_described (f, NULL, f->corp, "server-auth;permitted-dns=corp.example");
  loss->named = lossless->named = TRUST_NAMES_ACCEPT_LOSS;
  loss->limits.accept_loss = TRUE;
  g_assert_cmpint (make (f, loss, f->corp), ==, TRUST_RESULT_CHANGED);
  assert_described (f, NULL, f->corp, "server-auth;permitted-dns=corp.example;accept-loss");
  assert_refused (f, lossless, f->corp, TRUST_ERROR_POLICY, "--replace");
  all->replace = TRUE;
  g_assert_cmpint (make (f, all, f->corp), ==, TRUST_RESULT_CHANGED);
  assert_described (f, NULL, f->corp, "server-auth");
}

/* A trust never begins after its end. */
static void
test_add_past (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) past = change_to_until (TRUST_CHANGE_ADD, f->now), replace = change_to_until (TRUST_CHANGE_ADD, f->now - DAY);

  assert_refused (f, past, f->corp, TRUST_ERROR_INVALID_ARGUMENT, "past");
  replace->replace = TRUE;
  assert_refused (f, replace, f->corp, TRUST_ERROR_INVALID_ARGUMENT, "past");
}

/* What ended is not added again by an add that does not speak of it, from whichever layer it ended; a new end revives it, the old one never does,
 * even if the clock went back. */
static void
test_add_ended (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) limited = change_to_until (TRUST_CHANGE_ADD, f->now + DAY), plain = trust_change_new (TRUST_CHANGE_ADD),
                          same = change_to_until (TRUST_CHANGE_ADD, f->now + DAY), later = change_to_until (TRUST_CHANGE_ADD, f->now + 3 * DAY),
                          other = trust_change_new (TRUST_CHANGE_ADD);
  gint64 begun = f->now;

  make (f, limited, f->corp);
  f->now = begun + DAY;
  rebuild (f);
  assert_described (f, NULL, f->corp, "");
  assert_refused (f, plain, f->corp, TRUST_ERROR_POLICY, "--until");
  /* Another change writes down what has ended. */
  make (f, other, f->local);
  g_assert_cmpuint (trust_ended_get_n (f->snapshot->ended), ==, 1);
  f->now = begun;
  rebuild (f);
  assert_described (f, NULL, f->corp, "");
  assert_refused (f, same, f->corp, TRUST_ERROR_POLICY, "another date");
  f->now = begun + 2 * DAY;
  g_assert_cmpint (make (f, later, f->corp), ==, TRUST_RESULT_ADDED);
  g_assert_nonnull (trust_anchor_set_lookup (f->snapshot->set, trust_certificate_get_fingerprint (f->corp->certificate)));
}

static void
test_ended_below (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustSettings) settings = settings_new (SERVER, NULL, f->now - DAY);
  g_autoptr (TrustChange) plain = trust_change_new (TRUST_CHANGE_ADD), never = change_to_until (TRUST_CHANGE_ADD, TRUST_NEVER);

  put_anchor (f, f->snapshot->states->pdata[0], "/usr/share/corp.anchor", f->corp, settings, NULL);
  assert_refused (f, plain, f->corp, TRUST_ERROR_POLICY, "/usr/share/corp.anchor");
  g_assert_cmpint (make (f, never, f->corp), ==, TRUST_RESULT_ADDED);
  assert_described (f, NULL, f->corp, "server-auth");
}

/* Limits that flat files cannot say are told, with what accepts the loss. */
static void
test_tell_flat (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) limited = change_to_dns (TRUST_CHANGE_ADD, "corp.example"), accepted = change_to_dns (TRUST_CHANGE_ADD, "corp.example"),
                          plain = trust_change_new (TRUST_CHANGE_ADD), client = change_to_dns (TRUST_CHANGE_ADD, "corp.example");
  const char *const client_auth[] = { "client-auth", NULL };
  g_autoptr (TrustPlan) told = plan_certificate (f, limited, f->corp, NULL), quiet = NULL, none = NULL, other = NULL;

  g_assert_cmpuint (told->outcome->notices->len, ==, 1);
  assert_words (told->outcome->notices->pdata[0], "constraints");
  assert_words (told->outcome->notices->pdata[0], "--accept-loss");
  g_assert_null (trust_anchor_set_lookup (told->flat, trust_certificate_get_fingerprint (f->corp->certificate)));
  accepted->named |= TRUST_NAMES_ACCEPT_LOSS;
  accepted->limits.accept_loss = TRUE;
  quiet = plan_certificate (f, accepted, f->corp, NULL);
  g_assert_cmpuint (quiet->outcome->notices->len, ==, 0);
  none = plan_certificate (f, plain, f->corp, NULL);
  g_assert_cmpuint (none->outcome->notices->len, ==, 0);
  /* There is no flat file for client-auth anyway. */
  client->purposes = trust_purposes_new (client_auth, NULL);
  other = plan_certificate (f, client, f->corp, NULL);
  g_assert_cmpuint (other->outcome->notices->len, ==, 0);
}

/* In its layer another tool's file allows less: what was added counts only so far, and that is told. */
static void
test_tell_conflict (Fixture *f, gconstpointer data)
{
  const char *const code[] = { "code-signing", NULL };
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustPlan) plan = NULL;

  change->purposes = trust_purposes_new (code, NULL);
  plan = plan_certificate (f, change, f->local, NULL);
  assert_described (f, plan, f->local, "server-auth,client-auth,email-protection");
  g_assert_cmpuint (plan->outcome->notices->len, ==, 1);
  assert_words (plan->outcome->notices->pdata[0], "anchorctl why");
}

static void
test_keep_going (Fixture *f, gconstpointer data)
{
  TestCertificateSpec leaf_spec = { .dn = "CN=leaf", .not_ca = TRUE, .issuer = f->corp };
  g_autoptr (TestCertificate) leaf = test_certificate_new (&leaf_spec);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustPlan) plan = NULL;

  change->keep_going = TRUE;
  g_ptr_array_add (change->certificates, trust_certificate_ref (leaf->certificate));
  plan = plan_certificate (f, change, f->corp, NULL);
  assert_result (plan, leaf, TRUST_RESULT_REFUSED);
  assert_words (row_of (plan, leaf)->detail, "not-ca");
  assert_result (plan, f->corp, TRUST_RESULT_ADDED);
  g_assert_cmpuint (plan->files->len, ==, 1);
}

/* A certificate that is refused has no part of its change done: here its distrust is foreign, beside one of ours. */
static void
test_keep_going_whole (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustPlan) plan = NULL;

  take_distrust (f, f->corp, f->corp);
  put_distrust (f, f->snapshot->states->pdata[1], "/usr/local/share/x.distrust", f->corp, NULL, NULL);
  change->keep_going = change->override_distrust = TRUE;
  plan = plan_certificate (f, change, f->corp, NULL);
  assert_result (plan, f->corp, TRUST_RESULT_REFUSED);
  g_assert_cmpuint (plan->files->len, ==, 0);
}

/* The file that would be written holds another certificate: it is not written over. */
static void
test_target (Fixture *f, gconstpointer data)
{
  g_autofree char *path = own_path (f->corp, FALSE);
  TestCertificateSpec spec = { .dn = "CN=Stray" };
  g_autoptr (TestCertificate) stray = test_certificate_new (&spec);
  g_autoptr (TrustSettings) settings = settings_new (SERVER, NULL, TRUST_NEVER);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);

  put_anchor (f, own_state (f), path, stray, settings, NULL);
  assert_refused (f, change, f->corp, TRUST_ERROR_FOREIGN, path);
}

/* Every file of the administrator's that trusts it goes, and one takes their place. */
static void
test_several_files (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustSettings) settings = settings_new (3, NULL, TRUST_NEVER);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD), gone = trust_change_new (TRUST_CHANGE_REMOVE);
  const char *const email[] = { "email-protection", NULL };

  put_anchor (f, own_state (f), TRUST_ANCHORS_FOLDER "/a.anchor", f->corp, settings, NULL);
  put_anchor (f, own_state (f), TRUST_ANCHORS_FOLDER "/b.anchor", f->corp, settings, NULL);
  change->purposes = trust_purposes_new (email, NULL);
  g_assert_cmpint (make (f, change, f->corp), ==, TRUST_RESULT_CHANGED);
  g_assert_cmpuint (own_state (f)->files->len, ==, 2);
  assert_described (f, NULL, f->corp, "server-auth,client-auth,email-protection");
  put_anchor (f, own_state (f), TRUST_ANCHORS_FOLDER "/a.anchor", f->corp, settings, NULL);
  g_assert_cmpint (make (f, gone, f->corp), ==, TRUST_RESULT_REMOVED);
}

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

/* Random adds without --replace: at no time is anything trusted for less than before. */
static void
test_never_takes_away (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "corp.example", "sub.corp.example", "other.example" };
  const TestCertificate *certificates[] = { f->corp, f->distro, f->mine, f->local };
  guint n_refused = 0, n_changed = 0;

  for (guint round = 0; round < 400; round++)
    {
      const TestCertificate *certificate = certificates[g_test_rand_int_range (0, 4)];
      const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (certificate->certificate);
      TrustAnchor *before = trust_anchor_set_lookup (f->snapshot->set, fingerprint), *after = NULL;
      g_autoptr (TrustSettings) settings = before != NULL ? trust_settings_ref (trust_anchor_get_settings (before)) : NULL;
      g_autoptr (TrustChange) change = g_test_rand_bit () ? change_to_dns (TRUST_CHANGE_ADD, names[g_test_rand_int_range (0, 3)])
                                                          : change_to_until (TRUST_CHANGE_ADD, f->now + g_test_rand_int_range (1, 5) * DAY);
      g_autoptr (GError) error = NULL;
      TrustPlan *plan = NULL;

      change->purposes = trust_purposes_new_mask (g_test_rand_int_range (1, 32));
      change->named |= g_test_rand_bit () ? TRUST_NAMES_ACCEPT_LOSS : 0;
      change->limits.accept_loss = (change->named & TRUST_NAMES_ACCEPT_LOSS) != 0 && g_test_rand_bit ();
      /* Now and then somebody takes away, so that there is something to add again. */
      change->replace = g_test_rand_int_range (0, 8) == 0;
      plan = plan_certificate (f, change, certificate, &error);
      if (plan == NULL)
        {
          g_assert_error (error, TRUST_ERROR, TRUST_ERROR_POLICY);
          n_refused++;
          continue;
        }
      n_changed += plan->files->len > 0;
      take (f, plan);
      after = trust_anchor_set_lookup (f->snapshot->set, fingerprint);
      g_assert_true (change->replace || settings == NULL || trust_settings_is_within (settings, trust_anchor_get_settings (after)));
    }
  g_assert_cmpuint (n_refused, >, 40);
  g_assert_cmpuint (n_changed, >, 40);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("/plan-settings/add-limited", test_add_limited);
  CASE ("/plan-settings/add-keeps-limits", test_add_keeps_limits);
  CASE ("/plan-settings/add-reduces", test_add_reduces);
  CASE ("/plan-settings/add-widens", test_add_widens);
  CASE ("/plan-settings/add-past", test_add_past);
  CASE ("/plan-settings/add-ended", test_add_ended);
  CASE ("/plan-settings/ended-below", test_ended_below);
  CASE ("/plan-settings/tell-flat", test_tell_flat);
  CASE ("/plan-settings/tell-conflict", test_tell_conflict);
  CASE ("/plan-settings/keep-going", test_keep_going);
  CASE ("/plan-settings/keep-going-whole", test_keep_going_whole);
  CASE ("/plan-settings/target", test_target);
  CASE ("/plan-settings/several-files", test_several_files);
  CASE ("/plan-settings/replaces", test_replaces);
  CASE ("/plan-settings/replaces-limited", test_replaces_limited);
  CASE ("/plan-settings/replaces-later", test_replaces_later);
  CASE ("/plan-settings/set", test_set);
  CASE ("/plan-settings/set-already", test_set_already);
  CASE ("/plan-settings/set-refused", test_set_refused);
  CASE ("/plan-settings/set-ended", test_set_ended);
  CASE ("/plan-settings/never-takes-away", test_never_takes_away);
  return g_test_run ();
}
