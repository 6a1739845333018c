/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes of stores, through the engine: what they write, what is refused, what a crash leaves. */
#include "core/engine.h"
#include "core/journal.h"
#include "tests/lib/support.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "/etc/anchord/stores.d/app/x"
#define SHOWN "/var/lib/anchord/published/current/stores/app/x/tls-ca-bundle.pem"
#define DAY 86400

typedef struct
{
  char *scratch;
  TestCertificate *corp; /* in no set */
  TestCertificate *other;
  TestCertificate *distro; /* in the distribution's */
  TestCertificate *weak;   /* refused at the door */
  TrustCaller *caller;
  TrustEngine *engine;
  gint64 now;
} Fixture;

static gint64
tell_time (gpointer user_data)
{
  return ((Fixture *) user_data)->now;
}

static void
open_engine (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  f->engine = trust_engine_open (f->scratch, TRUST_ENGINE_WRITABLE, &error);
  g_assert_no_error (error);
  trust_engine_set_clock (f->engine, tell_time, f);
  g_assert_true (trust_engine_refresh (f->engine, NULL, &error));
  g_assert_no_error (error);
}

static void
reopen (Fixture *f)
{
  trust_engine_free (f->engine);
  open_engine (f);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  TestCertificateSpec weak = { .dn = "CN=Weak", .rsa_bits = 1024 };
  g_autofree char *pem = NULL;

  f->scratch = test_scratch_new ();
  test_scratch_make_debian (f->scratch);
  f->corp = test_certificate_new_root ("CN=Corp");
  f->other = test_certificate_new_root ("CN=Other");
  f->distro = test_certificate_new_root ("CN=Distro");
  f->weak = test_certificate_new (&weak);
  pem = test_certificate_dup_pem (f->distro);
  test_scratch_write (f->scratch, "/usr/share/ca-certificates/mozilla/D.crt", pem, -1);
  test_scratch_write (f->scratch, "/etc/ca-certificates.conf", "mozilla/D.crt\n", -1);
  f->caller = trust_caller_new_self ("test");
  f->now = g_get_real_time () / G_USEC_PER_SEC;
  open_engine (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  trust_engine_free (f->engine);
  trust_caller_free (f->caller);
  test_certificate_free (f->corp);
  test_certificate_free (f->other);
  test_certificate_free (f->distro);
  test_certificate_free (f->weak);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
}

static TrustChange *
change_new (TrustChangeKind kind)
{
  TrustChange *change = trust_change_new (kind);

  change->store = g_strdup ("app/x");
  return change;
}

static void
take_certificate (TrustChange *change, const TestCertificate *certificate)
{
  g_ptr_array_add (change->certificates, trust_certificate_ref (certificate->certificate));
}

static void
take_fingerprint (TrustChange *change, const TestCertificate *certificate)
{
  TrustPrefix prefix = { *trust_certificate_get_fingerprint (certificate->certificate), 64 };

  g_array_append_val (change->fingerprints, prefix);
}

/* CHANGE (transfer full) goes through. */
static TrustOutcome *
apply (Fixture *f, TrustChange *change)
{
  g_autoptr (TrustChange) owned = change;
  g_autoptr (GError) error = NULL;
  TrustOutcome *outcome = trust_engine_apply (f->engine, owned, f->caller, &error);

  g_assert_no_error (error);
  return outcome;
}

/* CHANGE (transfer full) is refused, with CODE and a message that has WORDS. */
static void
refuse (Fixture *f, TrustChange *change, TrustError code, const char *words)
{
  g_autoptr (TrustChange) owned = change;
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustSnapshot) before = trust_engine_get_snapshot (f->engine), after = NULL;

  g_assert_null (trust_engine_apply (f->engine, owned, f->caller, &error));
  g_assert_error (error, TRUST_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, words));
  after = trust_engine_get_snapshot (f->engine);
  g_assert_true (before == after);
}

static void
create (Fixture *f, gboolean inherit)
{
  TrustChange *change = change_new (TRUST_CHANGE_STORE_CREATE);
  g_autoptr (TrustOutcome) outcome = NULL;

  change->inherit = inherit;
  outcome = apply (f, change);
}

static TrustOutcome *
add (Fixture *f, const TestCertificate *certificate)
{
  TrustChange *change = change_new (TRUST_CHANGE_STORE_ADD);

  take_certificate (change, certificate);
  return apply (f, change);
}

static gboolean
trusts (Fixture *f, const TestCertificate *certificate)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (f->engine);
  const TrustStore *store = trust_snapshot_find_store (snapshot, "app/x");

  return store != NULL && trust_anchor_set_lookup (store->set, trust_certificate_get_fingerprint (certificate->certificate)) != NULL;
}

static gboolean
shows (Fixture *f, const TestCertificate *certificate)
{
  g_autofree char *bundle = test_scratch_read (f->scratch, SHOWN), *pem = test_certificate_dup_pem (certificate);

  g_assert_nonnull (bundle);
  return strstr (bundle, pem) != NULL;
}

static TrustResult
only_result (const TrustOutcome *outcome)
{
  g_assert_cmpuint (outcome->rows->len, ==, 1);
  return ((TrustOutcomeRow *) outcome->rows->pdata[0])->result;
}

static void
test_create (Fixture *f, gconstpointer data)
{
  TrustChange *again = NULL, *otherwise = change_new (TRUST_CHANGE_STORE_CREATE), *bad = trust_change_new (TRUST_CHANGE_STORE_CREATE);
  g_autoptr (TrustOutcome) outcome = NULL;
  g_autoptr (TrustSnapshot) before = NULL;

  create (f, TRUE);
  g_assert_true (trusts (f, f->distro) && shows (f, f->distro));
  before = trust_engine_get_snapshot (f->engine);
  again = change_new (TRUST_CHANGE_STORE_CREATE);
  again->inherit = TRUE;
  outcome = apply (f, again);
  g_assert_cmpuint (outcome->generation, ==, before->generation);
  refuse (f, otherwise, TRUST_ERROR_POLICY, "delete it first");
  bad->store = g_strdup ("app/../../x");
  refuse (f, bad, TRUST_ERROR_INVALID_ARGUMENT, "app/");
}

static void
test_limit (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < TRUST_LIMIT_STORES + 1; i++)
    {
      g_autofree char *path = g_strdup_printf ("/etc/anchord/stores.d/app/s%03u/store.conf", i);

      test_scratch_write (f->scratch, path, "[Store]\nVersion=1\n", -1);
    }
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  {
    g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (f->engine);
    TrustSourceState *state = trust_snapshot_find_state (snapshot, "stores");

    g_assert_cmpuint (snapshot->stores->len, ==, TRUST_LIMIT_STORES);
    g_assert_nonnull (state);
    g_assert_nonnull (strstr (state->faults->pdata[0], "1 stores are left out"));
  }
  refuse (f, change_new (TRUST_CHANGE_STORE_CREATE), TRUST_ERROR_LIMIT_EXCEEDED, "delete one first");
}

static void
test_add (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustOutcome) added = NULL, again = NULL, pinned = NULL, some = NULL;
  TrustChange *several = change_new (TRUST_CHANGE_STORE_ADD), *weak = change_new (TRUST_CHANGE_STORE_ADD);

  refuse (f, change_new (TRUST_CHANGE_STORE_ADD), TRUST_ERROR_NOT_FOUND, "app/x");
  create (f, TRUE);
  added = add (f, f->corp);
  g_assert_cmpint (only_result (added), ==, TRUST_RESULT_ADDED);
  g_assert_true (trusts (f, f->corp) && shows (f, f->corp));
  again = add (f, f->corp);
  g_assert_cmpint (only_result (again), ==, TRUST_RESULT_ALREADY);
  pinned = add (f, f->distro);
  g_assert_cmpint (only_result (pinned), ==, TRUST_RESULT_PINNED);
  take_certificate (weak, f->weak);
  refuse (f, weak, TRUST_ERROR_POLICY, "Weak");
  take_certificate (several, f->weak);
  take_certificate (several, f->other);
  several->keep_going = TRUE;
  some = apply (f, several);
  g_assert_cmpuint (some->rows->len, ==, 2);
  g_assert_true (trusts (f, f->other) && !trusts (f, f->weak));
  reopen (f);
  g_assert_true (trusts (f, f->corp) && trusts (f, f->other));
}

static void
test_system_refuses (Fixture *f, gconstpointer data)
{
  TrustChange *distrust = trust_change_new (TRUST_CHANGE_DISTRUST), *add_again = change_new (TRUST_CHANGE_STORE_ADD);
  TrustChange *override = change_new (TRUST_CHANGE_STORE_ADD), *some = change_new (TRUST_CHANGE_STORE_ADD);
  g_autoptr (TrustOutcome) refused = NULL, rest = NULL;

  create (f, FALSE);
  take_fingerprint (distrust, f->corp);
  refused = apply (f, distrust);
  take_certificate (add_again, f->corp);
  refuse (f, add_again, TRUST_ERROR_DISTRUSTED, "whole system");
  take_certificate (override, f->corp);
  override->override_distrust = TRUE;
  refuse (f, override, TRUST_ERROR_DISTRUSTED, "whole system");
  take_certificate (some, f->corp);
  take_certificate (some, f->other);
  some->keep_going = TRUE;
  rest = apply (f, some);
  g_assert_cmpint (((TrustOutcomeRow *) rest->rows->pdata[0])->result, ==, TRUST_RESULT_REFUSED);
  g_assert_true (trusts (f, f->other) && !trusts (f, f->corp));
}

static void
test_remove (Fixture *f, gconstpointer data)
{
  TrustChange *inherited = change_new (TRUST_CHANGE_STORE_REMOVE), *again = change_new (TRUST_CHANGE_STORE_REMOVE);
  TrustChange *back = change_new (TRUST_CHANGE_STORE_ADD), *own = change_new (TRUST_CHANGE_STORE_REMOVE);
  TrustChange *unsaid = change_new (TRUST_CHANGE_STORE_ADD);
  g_autoptr (TrustOutcome) removed = NULL, added = NULL, left = NULL;

  create (f, TRUE);
  take_fingerprint (inherited, f->distro);
  take_fingerprint (inherited, f->distro);
  removed = apply (f, inherited);
  g_assert_cmpint (only_result (removed), ==, TRUST_RESULT_REMOVED);
  g_assert_false (trusts (f, f->distro) || shows (f, f->distro));
  take_fingerprint (again, f->distro);
  refuse (f, again, TRUST_ERROR_NOT_FOUND, "does not trust");
  take_certificate (unsaid, f->distro);
  refuse (f, unsaid, TRUST_ERROR_DISTRUSTED, "--override-distrust");
  take_certificate (back, f->distro);
  back->override_distrust = TRUE;
  added = apply (f, back);
  g_assert_true (trusts (f, f->distro));
  take_fingerprint (own, f->distro);
  left = apply (f, own);
  g_assert_cmpint (only_result (left), ==, TRUST_RESULT_STILL_TRUSTED);
  g_assert_true (trusts (f, f->distro));
}

static void
test_narrow (Fixture *f, gconstpointer data)
{
  TrustChange *narrow = change_new (TRUST_CHANGE_STORE_NARROW), *outside = change_new (TRUST_CHANGE_STORE_ADD);
  TrustChange *partly = change_new (TRUST_CHANGE_STORE_ADD), *lift = change_new (TRUST_CHANGE_STORE_NARROW);
  g_autoptr (TrustOutcome) narrowed = NULL, told = NULL, lifted = NULL;
  g_autofree char *conf = NULL;

  create (f, TRUE);
  narrow->purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_EMAIL_PROTECTION);
  narrowed = apply (f, narrow);
  g_assert_true (trusts (f, f->distro) && !shows (f, f->distro));
  conf = test_scratch_read (f->scratch, FOLDER "/store.conf");
  g_assert_nonnull (strstr (conf, "Inherit=true\nPurposes=email-protection;\n"));
  take_certificate (outside, f->corp);
  refuse (f, outside, TRUST_ERROR_POLICY, "for email-protection alone");
  take_certificate (partly, f->corp);
  partly->purposes = trust_purposes_new_mask (1u << TRUST_PURPOSE_EMAIL_PROTECTION | 1u << TRUST_PURPOSE_SERVER_AUTH);
  told = apply (f, partly);
  g_assert_cmpuint (told->notices->len, ==, 1);
  g_assert_true (trusts (f, f->corp) && !shows (f, f->corp));
  lifted = apply (f, lift);
  g_assert_true (shows (f, f->corp) && shows (f, f->distro));
}

/* A preview tells what would be, with the store itself among it, and does nothing. */
static void
test_preview (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) wish = change_new (TRUST_CHANGE_STORE_CREATE);
  g_autoptr (TrustChange) more = change_new (TRUST_CHANGE_STORE_ADD);
  g_autoptr (GPtrArray) changes = NULL, added = NULL;
  g_autoptr (TrustOutcome) outcome = trust_engine_preview (f->engine, wish, f->caller, &changes, NULL), second = NULL;
  const TrustJournalChange *change = NULL;

  g_assert_cmpuint (changes->len, ==, 1);
  change = changes->pdata[0];
  g_assert_cmpstr (change->fingerprint, ==, "");
  g_assert_cmpstr (change->title, ==, "app/x");
  g_assert_cmpstr (change->before, ==, "no store");
  g_assert_false (test_scratch_exists (f->scratch, FOLDER));
  create (f, FALSE);
  take_certificate (more, f->corp);
  second = trust_engine_preview (f->engine, more, f->caller, &added, NULL);
  g_assert_cmpuint (added->len, ==, 1);
  change = added->pdata[0];
  g_assert_cmpstr (change->before, ==, "");
  g_assert_cmpstr (change->after, ==, "trusted server-auth in app/x");
  g_assert_false (trusts (f, f->corp));
}

static void
test_delete (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustOutcome) added = NULL, deleted = NULL;

  create (f, FALSE);
  added = add (f, f->corp);
  test_scratch_write (f->scratch, FOLDER "/README", "mine\n", -1);
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  refuse (f, change_new (TRUST_CHANGE_STORE_DELETE), TRUST_ERROR_FOREIGN, "README");
  {
    g_autofree char *path = g_build_filename (f->scratch, FOLDER, "README", NULL);

    g_assert_cmpint (unlink (path), ==, 0);
  }
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  deleted = apply (f, change_new (TRUST_CHANGE_STORE_DELETE));
  g_assert_false (test_scratch_exists (f->scratch, FOLDER));
  g_assert_false (test_scratch_exists (f->scratch, SHOWN));
  refuse (f, change_new (TRUST_CHANGE_STORE_DELETE), TRUST_ERROR_NOT_FOUND, "app/x");
  reopen (f);
  g_assert_false (trusts (f, f->corp));
}

/* Killed after the intent: what was announced is done, all of it, at the next start. */
static void
test_recover (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustRoot) root = trust_root_new (f->scratch, NULL);
  g_autoptr (TrustJournal) journal = NULL;
  g_autoptr (TrustJournalIntent) intent = trust_journal_intent_new ("store-delete");
  g_autoptr (TrustSnapshot) snapshot = NULL;

  create (f, TRUE);
  g_clear_pointer (&f->engine, trust_engine_free);
  journal = trust_journal_open (root, TRUE, NULL);
  intent->generation = trust_journal_get_generation (journal) + 1;
  g_ptr_array_add (intent->files, trust_journal_file_new (FOLDER "/store.conf", NULL, 0));
  g_ptr_array_add (intent->files, trust_journal_file_new (FOLDER "/", NULL, 0));
  g_assert_true (trust_journal_append_intent (journal, intent, NULL));
  g_clear_pointer (&journal, trust_journal_free);
  open_engine (f);
  g_assert_false (test_scratch_exists (f->scratch, FOLDER));
  g_assert_false (test_scratch_exists (f->scratch, SHOWN));
  snapshot = trust_engine_get_snapshot (f->engine);
  g_assert_cmpuint (snapshot->generation, ==, intent->generation);
  g_assert_cmpuint (snapshot->stores->len, ==, 0);
}

/* A file that stops parsing keeps its last good content, over a restart as well; that of a store that is gone is not kept. */
static void
test_last_good (Fixture *f, gconstpointer data)
{
  g_autofree char *pem = test_certificate_dup_pem (f->corp);
  g_autoptr (TrustOutcome) deleted = NULL;

  create (f, FALSE);
  test_scratch_write (f->scratch, FOLDER "/corp.pem", pem, -1);
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  g_assert_true (trusts (f, f->corp));
  test_scratch_write (f->scratch, FOLDER "/corp.pem", "-----BEGIN CERTIFICATE-----\ntorn", -1);
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  g_assert_true (trusts (f, f->corp));
  g_assert_true (test_scratch_exists (f->scratch, "/var/lib/anchord/last-good/store-x.pem"));
  reopen (f);
  g_assert_true (trusts (f, f->corp));
  deleted = apply (f, change_new (TRUST_CHANGE_STORE_DELETE));
  reopen (f);
  g_assert_false (test_scratch_exists (f->scratch, "/var/lib/anchord/last-good/store-x.pem"));
}

/* A trust of a store's own ends, and stays ended whatever the clock does. */
static void
test_until (Fixture *f, gconstpointer data)
{
  TrustChange *change = change_new (TRUST_CHANGE_STORE_ADD);
  g_autoptr (TrustOutcome) added = NULL;

  create (f, TRUE);
  take_certificate (change, f->corp);
  change->named = TRUST_NAMES_UNTIL | TRUST_NAMES_ACCEPT_LOSS;
  change->limits.until = f->now + DAY;
  change->limits.accept_loss = TRUE;
  added = apply (f, change);
  g_assert_true (trusts (f, f->corp) && shows (f, f->corp));
  {
    g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (f->engine);

    g_assert_cmpint (snapshot->next, ==, f->now + DAY);
  }
  f->now += DAY;
  g_assert_true (trust_engine_refresh (f->engine, NULL, NULL));
  g_assert_false (trusts (f, f->corp) || shows (f, f->corp));
  f->now -= 2 * DAY;
  reopen (f);
  g_assert_false (trusts (f, f->corp) || shows (f, f->corp));
  g_assert_true (trusts (f, f->distro));
}

/* Unchanged files are not read again, and an unchanged store is the same object. */
static void
test_unchanged (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustOutcome) added = NULL, system = NULL;
  g_autoptr (TrustSnapshot) before = NULL, after = NULL;
  TrustChange *change = trust_change_new (TRUST_CHANGE_ADD);
  TrustStore *was = NULL, *is = NULL;
  gboolean changed = TRUE;

  create (f, FALSE);
  added = add (f, f->corp);
  before = trust_engine_get_snapshot (f->engine);
  g_assert_true (trust_engine_refresh (f->engine, &changed, NULL));
  after = trust_engine_get_snapshot (f->engine);
  g_assert_false (changed);
  g_assert_true (after == before);
  take_certificate (change, f->other);
  system = apply (f, change);
  g_clear_pointer (&after, trust_snapshot_unref);
  after = trust_engine_get_snapshot (f->engine);
  was = before->stores->pdata[0];
  is = after->stores->pdata[0];
  g_assert_true (was->state == is->state);
  g_assert_true (is->base == after->set);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (getuid () != 0)
    {
      g_test_skip ("only root's files count");
      return g_test_run ();
    }
#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)
  ADD ("/plan-store/create", test_create);
  ADD ("/plan-store/limit", test_limit);
  ADD ("/plan-store/add", test_add);
  ADD ("/plan-store/system-refuses", test_system_refuses);
  ADD ("/plan-store/remove", test_remove);
  ADD ("/plan-store/narrow", test_narrow);
  ADD ("/plan-store/preview", test_preview);
  ADD ("/plan-store/delete", test_delete);
  ADD ("/plan-store/recover", test_recover);
  ADD ("/plan-store/last-good", test_last_good);
  ADD ("/plan-store/until", test_until);
  ADD ("/plan-store/unchanged", test_unchanged);
  return g_test_run ();
}
