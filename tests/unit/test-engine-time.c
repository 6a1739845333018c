/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What time alone changes: trusts that end, once and for all. The clock is the test's. */
#include "core/engine.h"

#include "tests/lib/support.h"

#include <stdio.h>
#include <string.h>

#define HOUR 3600
#define ENDED "/var/lib/anchord/ended"
#define BUNDLE "/var/lib/anchord/published/current/tls-ca-bundle.pem"

typedef struct
{
  char *scratch;
  TestCertificate *corp;
  TestCertificate *other;
  TrustCaller *caller;
  gint64 begun;
  gint64 now;
  TrustEngine *engine;
} Fixture;

static gint64
get_now (gpointer data)
{
  return ((Fixture *) data)->now;
}

static void
open_again (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&f->engine, trust_engine_free);
  f->engine = trust_engine_open (f->scratch, TRUST_ENGINE_WRITABLE, &error);
  g_assert_no_error (error);
  trust_engine_set_clock (f->engine, get_now, f);
  g_assert_true (trust_engine_refresh (f->engine, NULL, &error));
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->scratch = test_scratch_new ();
  f->corp = test_certificate_new_root ("CN=Corp Root,O=Corp");
  f->other = test_certificate_new_root ("CN=Other Root");
  f->caller = trust_caller_new_self ("test");
  f->begun = f->now = g_get_real_time () / G_USEC_PER_SEC;
  open_again (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->engine, trust_engine_free);
  test_certificate_free (f->corp);
  test_certificate_free (f->other);
  trust_caller_free (f->caller);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
}

/* CERTIFICATE, trusted until UNTIL, in flat files too. */
static void
add_until (Fixture *f, const TestCertificate *certificate, gint64 until)
{
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustOutcome) outcome = NULL;

  g_ptr_array_add (change->certificates, trust_certificate_ref (certificate->certificate));
  change->named = TRUST_NAMES_UNTIL | TRUST_NAMES_ACCEPT_LOSS;
  change->limits.until = until;
  change->limits.accept_loss = TRUE;
  outcome = trust_engine_apply (f->engine, change, f->caller, &error);
  g_assert_no_error (error);
}

static gboolean
is_trusted (Fixture *f, const TestCertificate *certificate)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (f->engine);

  return trust_anchor_set_lookup (snapshot->set, trust_certificate_get_fingerprint (certificate->certificate)) != NULL;
}

static gboolean
is_published (Fixture *f, const TestCertificate *certificate)
{
  g_autofree char *bundle = test_scratch_read (f->scratch, BUNDLE), *pem = test_certificate_dup_pem (certificate);

  return bundle != NULL && strstr (bundle, pem) != NULL;
}

/* Refreshes; did anything change? */
static gboolean
refresh (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  gboolean changed = FALSE;

  g_assert_true (trust_engine_refresh (f->engine, &changed, &error));
  g_assert_no_error (error);
  return changed;
}

/* The journal's last intent. */
static void
assert_journalled (Fixture *f, const char *operation)
{
  g_autofree char *journal = test_scratch_read (f->scratch, "/var/lib/anchord/journal/journal"),
                  *words = g_strdup_printf ("\"operation\":\"%s\"", operation);
  const char *last = g_strrstr (journal, "\"operation\":");

  g_assert_true (last != NULL && g_str_has_prefix (last, words));
}

static void
test_ends (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustSnapshot) before = NULL, after = NULL;

  add_until (f, f->corp, f->begun + HOUR);
  before = trust_engine_get_snapshot (f->engine);
  g_assert_cmpint (before->next, ==, f->begun + HOUR);
  f->now = f->begun + HOUR - 1;
  g_assert_false (refresh (f));
  g_assert_true (is_published (f, f->corp));
  g_assert_false (test_scratch_exists (f->scratch, ENDED));

  f->now = f->begun + HOUR;
  g_assert_true (refresh (f));
  g_assert_false (is_trusted (f, f->corp));
  g_assert_false (is_published (f, f->corp));
  g_assert_true (test_scratch_exists (f->scratch, ENDED));
  assert_journalled (f, "until");
  after = trust_engine_get_snapshot (f->engine);
  g_assert_cmpint (after->next, ==, TRUST_NEVER);
  g_assert_cmpint (after->time, ==, f->now);
  g_assert_cmpuint (after->generation, ==, before->generation + 1);
  g_assert_false (refresh (f));
}

/* A clock that goes back revives nothing: not at once, not for the next process. */
static void
test_clock_back (Fixture *f, gconstpointer data)
{
  add_until (f, f->corp, f->begun + HOUR);
  add_until (f, f->other, f->begun + 3 * HOUR);
  f->now = f->begun + 2 * HOUR;
  g_assert_true (refresh (f));
  f->now = f->begun;
  g_assert_false (refresh (f));
  g_assert_false (is_trusted (f, f->corp));
  g_assert_true (is_trusted (f, f->other));
  open_again (f);
  g_assert_false (is_trusted (f, f->corp));
  g_assert_false (is_published (f, f->corp));
  g_assert_true (is_trusted (f, f->other));
}

/* Nobody was running when the day came: the next process ends it first, and says so in the journal. */
static void
test_ends_while_away (Fixture *f, gconstpointer data)
{
  add_until (f, f->corp, f->begun + HOUR);
  g_clear_pointer (&f->engine, trust_engine_free);
  f->now = f->begun + HOUR;
  open_again (f);
  g_assert_false (is_trusted (f, f->corp));
  g_assert_false (is_published (f, f->corp));
  g_assert_true (test_scratch_exists (f->scratch, ENDED));
  assert_journalled (f, "until");
}

/* Any other change ends what is due first, in a transaction of its own. */
static void
test_ends_before_a_change (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustSnapshot) before = NULL, after = NULL;

  add_until (f, f->corp, f->begun + HOUR);
  before = trust_engine_get_snapshot (f->engine);
  f->now = f->begun + HOUR;
  add_until (f, f->other, f->begun + 5 * HOUR);
  after = trust_engine_get_snapshot (f->engine);
  g_assert_cmpuint (after->generation, ==, before->generation + 2);
  g_assert_false (is_trusted (f, f->corp));
  g_assert_true (is_trusted (f, f->other));
  g_assert_false (is_published (f, f->corp));
}

/* With the list damaged nothing that has a date is trusted, and `status` says why; without the file, today's clock counts. */
static void
test_damaged (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->scratch, ENDED, NULL);
  g_autoptr (TrustSnapshot) snapshot = NULL;
  gboolean told = FALSE;

  add_until (f, f->corp, f->begun + HOUR);
  add_until (f, f->other, f->begun + 3 * HOUR);
  f->now = f->begun + 2 * HOUR;
  refresh (f);
  test_scratch_write (f->scratch, ENDED, "nonsense\n", -1);
  open_again (f);
  g_assert_false (is_trusted (f, f->corp));
  g_assert_false (is_trusted (f, f->other));
  g_assert_false (is_published (f, f->other));
  snapshot = trust_engine_get_snapshot (f->engine);
  for (guint i = 0; i < snapshot->reports->len; i++)
    told = told || strstr (snapshot->reports->pdata[i], ENDED) != NULL;
  g_assert_true (told);
  g_assert_cmpint (remove (path), ==, 0);
  g_assert_true (refresh (f));
  g_assert_false (is_trusted (f, f->corp));
  g_assert_true (is_trusted (f, f->other));
}

/* What flat files may hold changes by time as well: without a new generation, for trust itself stays. */
static void
test_flat_date (Fixture *f, gconstpointer data)
{
  gint64 after = f->begun - 397 * G_GINT64_CONSTANT (86400);
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustOutcome) outcome = NULL;
  g_autoptr (TrustSnapshot) before = NULL, later = NULL;

  g_ptr_array_add (change->certificates, trust_certificate_ref (f->corp->certificate));
  change->named = TRUST_NAMES_DISTRUST_AFTER;
  change->limits.distrust_after = trust_distrust_after_new ();
  trust_distrust_after_add (change->limits.distrust_after, "server-auth", after);
  outcome = trust_engine_apply (f->engine, change, f->caller, NULL);
  before = trust_engine_get_snapshot (f->engine);
  g_assert_cmpint (before->next, ==, f->begun + 86400);
  g_assert_true (is_published (f, f->corp));
  f->now = before->next;
  refresh (f);
  later = trust_engine_get_snapshot (f->engine);
  g_assert_true (is_trusted (f, f->corp));
  g_assert_false (is_published (f, f->corp));
  g_assert_cmpint (later->next, ==, TRUST_NEVER);
  g_assert_cmpuint (later->generation, ==, before->generation);
}

/* A killed writer had announced the end: it is rolled forward with its list. */
static void
test_recovers (Fixture *f, gconstpointer data)
{
  g_autofree char *journal = NULL, *path = g_build_filename (f->scratch, "/var/lib/anchord/journal/journal", NULL);
  g_autofree char *ended = g_build_filename (f->scratch, ENDED, NULL);
  const char *done = NULL;

  add_until (f, f->corp, f->begun + HOUR);
  f->now = f->begun + HOUR;
  refresh (f);
  g_clear_pointer (&f->engine, trust_engine_free);
  /* As it was before `done` and the files: the journal's last record goes, and the list. */
  journal = test_scratch_read (f->scratch, "/var/lib/anchord/journal/journal");
  done = g_strrstr (journal, "\nanchord1 ");
  g_assert_nonnull (done);
  g_assert_true (g_file_set_contents (path, journal, done + 1 - journal, NULL));
  g_assert_cmpint (remove (ended), ==, 0);
  open_again (f);
  g_assert_true (test_scratch_exists (f->scratch, ENDED));
  f->now = f->begun;
  refresh (f);
  g_assert_false (is_trusted (f, f->corp));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add ("/engine-time/" name, Fixture, NULL, set_up, function, tear_down)
  CASE ("ends", test_ends);
  CASE ("clock-back", test_clock_back);
  CASE ("ends-while-away", test_ends_while_away);
  CASE ("ends-before-a-change", test_ends_before_a_change);
  CASE ("damaged", test_damaged);
  CASE ("flat-date", test_flat_date);
  CASE ("recovers", test_recovers);
  return g_test_run ();
}
