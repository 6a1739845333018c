/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rollback and undo through the engine: the journal says where to, and files what was done. */
#include "core/engine.h"
#include "tests/lib/support.h"

#include <string.h>

#define ANCHORS "/etc/anchord/anchors.d/"

typedef struct
{
  char *scratch;
  TestCertificate *corp;
  TestCertificate *other;
  TestCertificate *distro; /* in the distribution's */
  TrustCaller *caller;
  TrustEngine *engine;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *pem = NULL;
  g_autoptr (GError) error = NULL;

  f->scratch = test_scratch_new ();
  test_scratch_make_debian (f->scratch);
  f->corp = test_certificate_new_root ("CN=Corp");
  f->other = test_certificate_new_root ("CN=Other");
  f->distro = test_certificate_new_root ("CN=Distro");
  pem = test_certificate_dup_pem (f->distro);
  test_scratch_write (f->scratch, "/usr/share/ca-certificates/mozilla/D.crt", pem, -1);
  test_scratch_write (f->scratch, "/etc/ca-certificates.conf", "mozilla/D.crt\n", -1);
  f->caller = trust_caller_new_self ("test");
  f->engine = trust_engine_open (f->scratch, TRUST_ENGINE_WRITABLE, &error);
  g_assert_no_error (error);
  g_assert_true (trust_engine_refresh (f->engine, NULL, &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  trust_engine_free (f->engine);
  trust_caller_free (f->caller);
  test_certificate_free (f->corp);
  test_certificate_free (f->other);
  test_certificate_free (f->distro);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
}

static TrustChange *
change_of (TrustChangeKind kind, const TestCertificate *certificate)
{
  TrustChange *change = trust_change_new (kind);
  TrustPrefix prefix = { { { 0 } }, 64 };

  if (certificate == NULL)
    return change;
  prefix.fingerprint = *trust_certificate_get_fingerprint (certificate->certificate);
  if (kind == TRUST_CHANGE_ADD || kind == TRUST_CHANGE_STORE_ADD)
    g_ptr_array_add (change->certificates, trust_certificate_ref (certificate->certificate));
  else
    g_array_append_val (change->fingerprints, prefix);
  return change;
}

static TrustChange *
to_generation (guint64 generation)
{
  TrustChange *change = trust_change_new (TRUST_CHANGE_ROLLBACK);

  change->when = (TrustWhen) { TRUST_WHEN_GENERATION, generation, 0 };
  return change;
}

/* CHANGE (transfer full) goes through. Returns: the generation it made. */
static guint64
apply (Fixture *f, TrustChange *change)
{
  g_autoptr (TrustChange) owned = change;
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustOutcome) outcome = trust_engine_apply (f->engine, owned, f->caller, &error);

  g_assert_no_error (error);
  return outcome->generation;
}

static guint64
apply_in_store (Fixture *f, TrustChange *change)
{
  change->store = g_strdup ("app/x");
  change->inherit = TRUE;
  return apply (f, change);
}

static void
refuse (Fixture *f, TrustChange *change, TrustError code, const char *words)
{
  g_autoptr (TrustChange) owned = change;
  g_autoptr (GError) error = NULL;

  g_assert_null (trust_engine_apply (f->engine, owned, f->caller, &error));
  g_assert_error (error, TRUST_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, words));
}

static gboolean
trusts (Fixture *f, const char *store, const TestCertificate *certificate)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (f->engine);
  TrustAnchorSet *set = trust_snapshot_find_set (snapshot, store);

  return set != NULL && trust_anchor_set_lookup (set, trust_certificate_get_fingerprint (certificate->certificate)) != NULL;
}

/* The newest record. Returns: (transfer full). */
static GPtrArray *
last_record (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustHistory) history = trust_engine_open_history (f->engine, &error);
  GPtrArray *records = NULL;

  g_assert_no_error (error);
  records = trust_history_log (history, &(TrustHistoryQuery) { .uid = -1, .limit = 1, .with_files = TRUE }, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 1);
  return records;
}

static void
test_generations (Fixture *f, gconstpointer data)
{
  guint64 with = apply (f, change_of (TRUST_CHANGE_ADD, f->corp)), without = apply (f, change_of (TRUST_CHANGE_REMOVE, f->corp)), back = 0;
  g_autoptr (GPtrArray) records = NULL;
  const TrustJournalIntent *intent = NULL;
  TrustChange *change = to_generation (with);

  change->reason = g_strdup ("CHG-7");
  back = apply (f, change);
  g_assert_cmpuint (back, ==, without + 1);
  g_assert_true (trusts (f, "system", f->corp));
  records = last_record (f);
  intent = ((TrustHistoryRecord *) records->pdata[0])->intent;
  g_assert_cmpstr (intent->operation, ==, "rollback");
  g_assert_cmpstr (intent->reason, ==, "CHG-7");
  g_assert_cmpuint (intent->target, ==, with);
  g_assert_cmpuint (intent->changes->len, ==, 1);
  /* What is so already makes no generation. */
  g_assert_cmpuint (apply (f, to_generation (with)), ==, back);
  g_assert_cmpuint (apply (f, to_generation (back)), ==, back);
  g_assert_cmpuint (apply (f, trust_change_new (TRUST_CHANGE_ROLLBACK)), ==, back);
  refuse (f, to_generation (back + 5), TRUST_ERROR_NOT_FOUND, "there is no generation");
  g_assert_cmpuint (apply (f, to_generation (1)), ==, back + 1);
  g_assert_false (trusts (f, "system", f->corp));
}

/* A moment is the generation that stood then. */
static void
test_time (Fixture *f, gconstpointer data)
{
  TrustChange *change = trust_change_new (TRUST_CHANGE_ROLLBACK);
  guint64 generation = 0;
  gint64 time = 0;

  apply (f, change_of (TRUST_CHANGE_ADD, f->corp));
  change->when = (TrustWhen) { TRUST_WHEN_TIME, 0, g_get_real_time () };
  g_usleep (2000);
  apply (f, change_of (TRUST_CHANGE_REMOVE, f->corp));
  g_assert_true (trust_engine_find_target (f->engine, change, &generation, &time, NULL));
  g_assert_cmpuint (generation, ==, 2);
  g_assert_cmpint (ABS (time - g_get_real_time () / G_USEC_PER_SEC), <, 3600);
  apply (f, change);
  g_assert_true (trusts (f, "system", f->corp));
}

/* Each undo goes one further back, and there it ends. */
static void
test_undo (Fixture *f, gconstpointer data)
{
  guint64 second = 0;
  g_autoptr (GPtrArray) records = NULL;

  refuse (f, trust_change_new (TRUST_CHANGE_UNDO), TRUST_ERROR_NOT_FOUND, "nothing to undo");
  apply (f, change_of (TRUST_CHANGE_ADD, f->corp));
  second = apply (f, change_of (TRUST_CHANGE_ADD, f->other));
  apply (f, trust_change_new (TRUST_CHANGE_UNDO));
  g_assert_true (trusts (f, "system", f->corp) && !trusts (f, "system", f->other));
  records = last_record (f);
  g_assert_cmpstr (((TrustHistoryRecord *) records->pdata[0])->intent->operation, ==, "undo");
  g_assert_cmpuint (((TrustHistoryRecord *) records->pdata[0])->intent->target, ==, second);
  apply (f, trust_change_new (TRUST_CHANGE_UNDO));
  g_assert_false (trusts (f, "system", f->corp));
  refuse (f, trust_change_new (TRUST_CHANGE_UNDO), TRUST_ERROR_NOT_FOUND, "nothing to undo");
  /* A rollback is a change as others are. */
  apply (f, to_generation (second));
  g_assert_true (trusts (f, "system", f->corp) && trusts (f, "system", f->other));
  apply (f, trust_change_new (TRUST_CHANGE_UNDO));
  g_assert_false (trusts (f, "system", f->corp) || trusts (f, "system", f->other));
}

/* To undo a distrust is to lift it: only by its name. */
static void
test_undo_distrust (Fixture *f, gconstpointer data)
{
  TrustChange *lift = trust_change_new (TRUST_CHANGE_UNDO);
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (f->distro->certificate), hex);
  apply (f, change_of (TRUST_CHANGE_DISTRUST, f->distro));
  g_assert_false (trusts (f, "system", f->distro));
  refuse (f, trust_change_new (TRUST_CHANGE_UNDO), TRUST_ERROR_POLICY, "--lift-distrust");
  g_ptr_array_add (lift->lifted, g_strdup (hex));
  apply (f, lift);
  g_assert_true (trusts (f, "system", f->distro));
}

/* Somebody's later work is not lost: what an undo would write over must stand as it was left. */
static void
test_undo_edited (Fixture *f, gconstpointer data)
{
  char hex[TRUST_FINGERPRINT_HEX];
  g_autofree char *path = NULL, *content = NULL, *edited = NULL;

  apply (f, change_of (TRUST_CHANGE_ADD, f->corp));
  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (f->corp->certificate), hex);
  path = g_strconcat (ANCHORS, hex, ".anchor", NULL);
  content = test_scratch_read (f->scratch, path);
  edited = g_strconcat (content, "# mine\n", NULL);
  test_scratch_write (f->scratch, path, edited, -1);
  refuse (f, trust_change_new (TRUST_CHANGE_UNDO), TRUST_ERROR_FOREIGN, "was changed since");
}

static void
test_stores (Fixture *f, gconstpointer data)
{
  guint64 with = 0, gone = 0;
  g_autoptr (TrustHistory) history = NULL;
  g_autoptr (TrustMoment) then = NULL, now = NULL;
  g_autoptr (GPtrArray) differences = NULL;
  g_autoptr (GError) error = NULL;

  apply_in_store (f, trust_change_new (TRUST_CHANGE_STORE_CREATE));
  with = apply_in_store (f, change_of (TRUST_CHANGE_STORE_ADD, f->corp));
  gone = apply_in_store (f, trust_change_new (TRUST_CHANGE_STORE_DELETE));
  apply (f, change_of (TRUST_CHANGE_ADD, f->other));
  apply (f, to_generation (with));
  g_assert_true (trusts (f, "app/x", f->corp) && trusts (f, "app/x", f->distro) && !trusts (f, "app/x", f->other));
  history = trust_engine_open_history (f->engine, &error);
  then = trust_history_at (history, with, TRUE, &error);
  now = trust_history_at (history, gone + 2, TRUE, &error);
  g_assert_no_error (error);
  differences = trust_moment_diff (then, now);
  g_assert_cmpuint (differences->len, ==, 0);
  g_assert_cmpuint (then->files->len, ==, now->files->len);
  apply (f, to_generation (gone));
  g_assert_false (trusts (f, "app/x", f->distro));
}

/* A preview says what would be, and leaves all as it is. */
static void
test_preview (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) undo = trust_change_new (TRUST_CHANGE_UNDO);
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (TrustOutcome) outcome = NULL;
  g_autoptr (GError) error = NULL;

  apply (f, change_of (TRUST_CHANGE_ADD, f->corp));
  outcome = trust_engine_preview (f->engine, undo, f->caller, &changes, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (outcome->rows->len, ==, 1);
  g_assert_cmpuint (changes->len, ==, 1);
  g_assert_cmpstr (((TrustJournalChange *) changes->pdata[0])->after, ==, "");
  g_assert_true (trusts (f, "system", f->corp));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/rollback/generations", Fixture, NULL, set_up, test_generations, tear_down);
  g_test_add ("/rollback/time", Fixture, NULL, set_up, test_time, tear_down);
  g_test_add ("/rollback/undo", Fixture, NULL, set_up, test_undo, tear_down);
  g_test_add ("/rollback/undo-distrust", Fixture, NULL, set_up, test_undo_distrust, tear_down);
  g_test_add ("/rollback/undo-edited", Fixture, NULL, set_up, test_undo_edited, tear_down);
  g_test_add ("/rollback/stores", Fixture, NULL, set_up, test_stores, tear_down);
  g_test_add ("/rollback/preview", Fixture, NULL, set_up, test_preview, tear_down);
  return g_test_run ();
}
