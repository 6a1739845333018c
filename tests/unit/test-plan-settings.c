/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adding and setting what trust is limited to. */
#include "core/limits.h"

#include "tests/unit/plan-fixture.h"

#define DAY 86400
#define SERVER (1u << TRUST_PURPOSE_SERVER_AUTH)

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
                          plain = trust_change_new (TRUST_CHANGE_ADD), client = change_to_dns (TRUST_CHANGE_ADD, "corp.example"),
                          after = trust_change_new (TRUST_CHANGE_ADD);
  const char *const client_auth[] = { "client-auth", NULL };
  g_autoptr (TrustPlan) told = plan_certificate (f, limited, f->corp, NULL), quiet = NULL, none = NULL, other = NULL, past = NULL;

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
  /* No flag changes that leaves are too new for a root that they were distrusted for long ago. */
  after->named = TRUST_NAMES_DISTRUST_AFTER;
  after->limits.distrust_after = trust_distrust_after_new ();
  trust_distrust_after_add (after->limits.distrust_after, "server-auth", f->now - 399 * DAY);
  past = plan_certificate (f, after, f->corp, NULL);
  g_assert_cmpuint (past->outcome->notices->len, ==, 1);
  assert_words (past->outcome->notices->pdata[0], "distrust-after");
  g_assert_null (strstr (past->outcome->notices->pdata[0], "--accept-loss"));
  /* There is no flat file for client-auth anyway. */
  client->purposes = trust_purposes_new (client_auth, NULL);
  other = plan_certificate (f, client, f->corp, NULL);
  g_assert_cmpuint (other->outcome->notices->len, ==, 0);
}

/* Three purposes, limited to DNS (nullable), and to leaves for servers issued until SERVER_AFTER (0: all). (transfer full) */
static TrustSettings *
distributed_settings (const char *dns, gint64 server_after)
{
  g_autoptr (TrustSettings) constrained = settings_new (7, dns, TRUST_NEVER);
  TrustLimits limits = *trust_settings_get_limits (constrained);
  g_autoptr (GArray) dates = trust_distrust_after_new ();

  if (server_after != 0)
    {
      trust_distrust_after_add (dates, "server-auth", server_after);
      limits.distrust_after = dates;
    }
  return trust_settings_new_limited (trust_settings_get_purposes (constrained), &limits);
}

static guint
flat_purposes (const TrustPlan *plan, const TestCertificate *certificate)
{
  TrustAnchor *anchor = trust_anchor_set_lookup (plan->flat, trust_certificate_get_fingerprint (certificate->certificate));

  return anchor != NULL ? trust_purposes_get_mask (trust_settings_get_purposes (trust_anchor_get_settings (anchor))) : 0;
}

/* The distribution's anchors are in flat files whatever limits them: an entry of one's own for the same does not take them out. */
static void
test_distributed (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustSettings) constrained = distributed_settings ("corp.example", 0), past = distributed_settings (NULL, f->now - 399 * DAY);
  g_autoptr (TestCertificate) late = test_certificate_new_root ("CN=Late");
  g_autoptr (TrustChange) add = trust_change_new (TRUST_CHANGE_ADD), label = trust_change_new (TRUST_CHANGE_SET),
                          refuse = trust_change_new (TRUST_CHANGE_SET), old = trust_change_new (TRUST_CHANGE_ADD),
                          replace = trust_change_new (TRUST_CHANGE_ADD), retire = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustPlan) added = NULL, labelled = NULL, refused = NULL, replaced = NULL, retired = NULL;

  put_anchor (f, f->snapshot->states->pdata[0], "/usr/share/corp.p11-kit", f->corp, constrained, NULL);
  put_anchor (f, f->snapshot->states->pdata[0], "/usr/share/late.p11-kit", late, past, NULL);
  added = plan_certificate (f, add, f->corp, NULL);
  assert_described (f, added, f->corp, "server-auth,client-auth,email-protection;permitted-dns=corp.example;accept-loss");
  g_assert_cmpuint (flat_purposes (added, f->corp), ==, 7);
  label->label = g_strdup ("x");
  labelled = plan_fingerprint (f, label, f->corp, 64, NULL);
  g_assert_cmpuint (flat_purposes (labelled, f->corp), ==, 7);
  refuse->named = TRUST_NAMES_ACCEPT_LOSS;
  refuse->label = g_strdup ("x");
  refused = plan_fingerprint (f, refuse, f->corp, 64, NULL);
  g_assert_cmpuint (flat_purposes (refused, f->corp), ==, 0);
  retire->has_replaces = TRUE;
  retire->replaces = (TrustPrefix) { *trust_certificate_get_fingerprint (f->corp->certificate), 64 };
  retire->retire = f->now + DAY;
  retired = plan_certificate (f, retire, f->mine, NULL);
  g_assert_cmpuint (flat_purposes (retired, f->corp), ==, 7);
  /* That a date is long past nobody can accept. */
  assert_refused (f, old, late, TRUST_ERROR_POLICY, "--replace");
  replace->replace = TRUE;
  replace->purposes = trust_purposes_new_mask (7);
  replace->named = TRUST_NAMES_DISTRUST_AFTER;
  replace->limits.distrust_after = trust_distrust_after_new ();
  trust_distrust_after_add (replace->limits.distrust_after, "server-auth", f->now - 399 * DAY);
  replaced = plan_certificate (f, replace, late, NULL);
  g_assert_cmpuint (flat_purposes (replaced, late), ==, 6);
  g_assert_cmpuint (replaced->outcome->notices->len, ==, 1);
  assert_words (replaced->outcome->notices->pdata[0], "for server-auth");
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

/* A folder that is full takes no more, or it would not be read again; what only changes is written still. */
static void
test_room (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) more = trust_change_new (TRUST_CHANGE_ADD), other = change_to_dns (TRUST_CHANGE_SET, "corp.example"),
                          gone = trust_change_new (TRUST_CHANGE_REMOVE);

  while (own_state (f)->files->len < TRUST_LIMIT_FOLDER_FILES)
    {
      g_autofree char *path = g_strdup_printf (TRUST_ANCHORS_FOLDER "/%u.txt", own_state (f)->files->len);

      trust_source_state_take_file (own_state (f), file_new (TRUST_LAYER_ADMINISTRATOR, TRUST_ANCHORS_SOURCE, path, FALSE, NULL, 0));
    }
  assert_refused (f, more, f->corp, TRUST_ERROR_LIMIT_EXCEEDED, TRUST_ANCHORS_FOLDER);
  make (f, other, f->mine);
  make (f, gone, f->mine);
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
  CASE ("/plan-settings/distributed", test_distributed);
  CASE ("/plan-settings/keep-going", test_keep_going);
  CASE ("/plan-settings/keep-going-whole", test_keep_going_whole);
  CASE ("/plan-settings/target", test_target);
  CASE ("/plan-settings/room", test_room);
  CASE ("/plan-settings/several-files", test_several_files);
  CASE ("/plan-settings/never-takes-away", test_never_takes_away);
  return g_test_run ();
}
