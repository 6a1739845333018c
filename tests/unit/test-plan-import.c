/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Importing anchor and distrust files: just what they say, all or nothing. */
#include "tests/unit/plan-fixture.h"

#define OWN "/etc/anchord/anchors.d/"
#define DAY 86400
#define SERVER (1u << TRUST_PURPOSE_SERVER_AUTH)
#define MANY 20000u

static TrustOrigin *
nowhere (void)
{
  return trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "import", NULL, FALSE);
}

static void
add_anchor (TrustChange *change, const TestCertificate *certificate, guint mask, const char *dns, gint64 until, const char *label)
{
  g_autoptr (TrustSettings) settings = settings_new (mask, dns, until);
  g_autoptr (TrustOrigin) origin = nowhere ();
  TrustNote *note = trust_note_new (label, "as the file says", "uid 99", 5);

  g_ptr_array_add (change->anchors, trust_anchor_new (certificate->certificate, settings, origin, note));
  trust_note_unref (note);
}

/* All but CHANGE nullable. */
static void
add_distrust (TrustChange *change, const TestCertificate *named, const TestCertificate *key, const TestCertificate *serial)
{
  g_autoptr (TrustOrigin) origin = nowhere ();
  TrustSpan none = { NULL, 0 };

  g_ptr_array_add (change->distrusts,
                   trust_distrust_new (named != NULL ? trust_certificate_get_fingerprint (named->certificate) : NULL,
                                       key != NULL ? trust_certificate_get_key_fingerprint (key->certificate) : NULL,
                                       serial != NULL ? trust_certificate_get_issuer_der (serial->certificate) : none,
                                       serial != NULL ? trust_certificate_get_serial (serial->certificate) : none, NULL, origin, NULL));
}

static TrustChange *
import_new (void)
{
  return trust_change_new (TRUST_CHANGE_IMPORT);
}

static TrustPlan *
import (Fixture *f, const TrustChange *change, GError **error)
{
  return trust_plan_new (f->root, f->snapshot, change, f->caller, f->now, error);
}

static void
assert_import_refused (Fixture *f, const TrustChange *change, TrustError code, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (import (f, change, &error));
  g_assert_error (error, TRUST_ERROR, (int) code);
  assert_words (error->message, words);
}

/* Settings, label and reason are the file's; who and when are the caller's and now. */
static void
test_as_it_says (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = import_new (), again = import_new (), relabelled = import_new ();
  TrustPlan *plan = NULL;
  const TrustNote *note = NULL;

  add_anchor (change, f->corp, 3, "corp.example", f->now + DAY, "Corp's");
  plan = import (f, change, NULL);
  assert_result (plan, f->corp, TRUST_RESULT_ADDED);
  take (f, plan);
  note = trust_anchor_get_note (trust_anchor_set_lookup (f->snapshot->set, trust_certificate_get_fingerprint (f->corp->certificate)));
  g_assert_cmpstr (trust_note_get_label (note), ==, "Corp's");
  g_assert_cmpstr (trust_note_get_reason (note), ==, "as the file says");
  g_assert_cmpstr (trust_note_get_added_by (note), !=, "uid 99");
  g_assert_cmpint (trust_note_get_added (note), ==, f->now);

  add_anchor (again, f->corp, 3, "corp.example", f->now + DAY, "Corp's");
  plan = import (f, again, NULL);
  assert_result (plan, f->corp, TRUST_RESULT_ALREADY);
  g_assert_cmpuint (plan->files->len, ==, 0);
  take (f, plan);
  add_anchor (relabelled, f->corp, 3, "corp.example", f->now + DAY, NULL);
  plan = import (f, relabelled, NULL);
  assert_result (plan, f->corp, TRUST_RESULT_CHANGED);
  take (f, plan);
}

/* An import is an add: it reduces nothing without --replace, and then it is just what the file says. */
static void
test_reduces (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = import_new ();
  TrustPlan *plan = NULL;

  add_anchor (change, f->distro, SERVER, NULL, TRUST_NEVER, NULL);
  assert_import_refused (f, change, TRUST_ERROR_POLICY, "--replace");
  change->replace = TRUE;
  plan = import (f, change, NULL);
  assert_result (plan, f->distro, TRUST_RESULT_PINNED);
  assert_described (f, plan, f->distro, "server-auth");
  take (f, plan);
}

static void
test_policy (Fixture *f, gconstpointer data)
{
  TestCertificateSpec leaf_spec = { .dn = "CN=leaf", .not_ca = TRUE, .issuer = f->corp };
  g_autoptr (TestCertificate) leaf = test_certificate_new (&leaf_spec);
  g_autoptr (TrustChange) change = import_new ();
  g_autoptr (TrustPlan) plan = NULL;

  add_anchor (change, f->corp, SERVER, NULL, TRUST_NEVER, NULL);
  add_anchor (change, leaf, SERVER, NULL, TRUST_NEVER, NULL);
  assert_import_refused (f, change, TRUST_ERROR_POLICY, "leaf");
  change->keep_going = TRUE;
  plan = import (f, change, NULL);
  assert_result (plan, f->corp, TRUST_RESULT_ADDED);
  assert_result (plan, leaf, TRUST_RESULT_REFUSED);
  g_assert_cmpuint (plan->files->len, ==, 1);
}

/* The same twice is once; two things said of one certificate are an error that names it, --keep-going or not. */
static void
test_conflicts (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) twice = import_new (), settings = import_new (), labels = import_new (), reach = import_new ();
  g_autoptr (TrustPlan) plan = NULL;

  add_anchor (twice, f->corp, SERVER, NULL, TRUST_NEVER, "x");
  add_anchor (twice, f->corp, SERVER, NULL, TRUST_NEVER, "x");
  add_distrust (twice, f->distro, NULL, NULL);
  add_distrust (twice, f->distro, NULL, NULL);
  plan = import (f, twice, NULL);
  g_assert_cmpuint (plan->files->len, ==, 2);
  g_assert_cmpuint (plan->outcome->rows->len, ==, 2);

  add_anchor (settings, f->corp, SERVER, NULL, TRUST_NEVER, NULL);
  add_anchor (settings, f->corp, 3, NULL, TRUST_NEVER, NULL);
  settings->keep_going = TRUE;
  assert_import_refused (f, settings, TRUST_ERROR_INVALID_INPUT, "\"Corp\"");
  add_anchor (labels, f->corp, SERVER, NULL, TRUST_NEVER, NULL);
  add_anchor (labels, f->corp, SERVER, NULL, TRUST_NEVER, "x");
  assert_import_refused (f, labels, TRUST_ERROR_INVALID_INPUT, "twice");
  add_distrust (reach, f->corp, NULL, NULL);
  add_distrust (reach, f->corp, f->corp, NULL);
  assert_import_refused (f, reach, TRUST_ERROR_INVALID_INPUT, "in different ways");
}

/* However the distrust names it. */
static void
test_trusted_and_distrusted (Fixture *f, gconstpointer data)
{
  for (guint by = 0; by < 3; by++)
    {
      g_autoptr (TrustChange) change = import_new ();

      add_distrust (change, by == 0 ? f->corp : NULL, by == 1 ? f->corp : NULL, by == 2 ? f->corp : NULL);
      add_anchor (change, f->corp, SERVER, NULL, TRUST_NEVER, NULL);
      assert_import_refused (f, change, TRUST_ERROR_INVALID_INPUT, "trusted and distrusted");
    }
}

/* A distrust that names no certificate has a file all the same, is known again, and reaches what it names. */
static void
test_bare_distrusts (Fixture *f, gconstpointer data)
{
  for (guint by = 0; by < 3; by++)
    {
      g_autoptr (TrustChange) change = import_new ();
      const TestCertificate *named = by == 0 ? f->distro : NULL, *key = by == 1 ? f->distro : NULL, *serial = by == 2 ? f->distro : NULL;
      TrustPlan *plan = NULL;
      TrustFingerprint row;

      add_distrust (change, named, key, serial);
      plan = import (f, change, NULL);
      g_assert_cmpint (only_result (plan), ==, TRUST_RESULT_DISTRUSTED);
      row = ((TrustOutcomeRow *) plan->outcome->rows->pdata[0])->fingerprint;
      assert_described (f, plan, f->distro, "");
      take (f, plan);
      plan = import (f, change, NULL);
      g_assert_cmpint (only_result (plan), ==, TRUST_RESULT_ALREADY);
      g_assert_true (trust_fingerprint_equal (&row, &((TrustOutcomeRow *) plan->outcome->rows->pdata[0])->fingerprint));
      take (f, plan);
      if (by == 1)
        g_assert_true (trust_fingerprint_equal (&row, trust_certificate_get_key_fingerprint (f->distro->certificate)));
    }
  g_assert_cmpuint (trust_anchor_set_get_n_distrusts (f->snapshot->set), ==, 3);
}

/* Exactly what it names with --replace; without, what stands never refuses less. */
static void
test_distrust_reach (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = import_new ();
  TrustPlan *plan = NULL;

  take_distrust (f, f->distro, f->distro);
  add_distrust (change, f->distro, NULL, NULL);
  plan = import (f, change, NULL);
  g_assert_cmpint (only_result (plan), ==, TRUST_RESULT_ALREADY);
  take (f, plan);
  change->replace = TRUE;
  plan = import (f, change, NULL);
  g_assert_cmpint (only_result (plan), ==, TRUST_RESULT_DISTRUSTED);
  g_assert_null (trust_distrust_get_key_fingerprint (trust_anchor_set_find_distrust (plan->set, f->distro->certificate)));
  take (f, plan);
}

/* What is trusted here and refused there, or the other way round, changes sides in one change. */
static void
test_changes_sides (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = import_new ();
  TrustPlan *plan = NULL;

  take_distrust (f, f->corp, f->corp);
  add_anchor (change, f->corp, SERVER, NULL, TRUST_NEVER, NULL);
  add_distrust (change, f->mine, NULL, NULL);
  assert_import_refused (f, change, TRUST_ERROR_DISTRUSTED, "--override-distrust");
  change->override_distrust = TRUE;
  plan = import (f, change, NULL);
  assert_result (plan, f->corp, TRUST_RESULT_ADDED);
  assert_result (plan, f->mine, TRUST_RESULT_DISTRUSTED);
  assert_described (f, plan, f->corp, "server-auth");
  assert_described (f, plan, f->mine, "");
  g_assert_cmpuint (plan->files->len, ==, 4);
  take (f, plan);
}

/* Lifted for its key, a refusal that the import gives for another certificate does not keep that key. */
static void
test_narrowed (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = import_new ();
  TrustPlan *plan = NULL;

  take_distrust (f, f->distro, f->corp);
  add_anchor (change, f->corp, SERVER, NULL, TRUST_NEVER, NULL);
  add_distrust (change, f->distro, NULL, NULL);
  change->override_distrust = TRUE;
  plan = import (f, change, NULL);
  assert_described (f, plan, f->corp, "server-auth");
  assert_described (f, plan, f->distro, "");
  g_assert_cmpuint (plan->files->len, ==, 2);
  take (f, plan);
}

/* The distribution's tool would take the file in again: refused, or with --keep-going that one entry. */
static void
test_foreign (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = import_new ();
  g_autoptr (TrustPlan) plan = NULL;

  add_distrust (change, f->local, NULL, NULL);
  add_anchor (change, f->corp, SERVER, NULL, TRUST_NEVER, NULL);
  assert_import_refused (f, change, TRUST_ERROR_FOREIGN, "/usr/local/share/ca-certificates/local.crt");
  change->keep_going = TRUE;
  plan = import (f, change, NULL);
  assert_result (plan, f->corp, TRUST_RESULT_ADDED);
  assert_result (plan, f->local, TRUST_RESULT_REFUSED);
  g_assert_cmpuint (plan->files->len, ==, 1);
}

/* A file that says until a day that has passed is taken in, trusts nothing, and is written down as ended. */
static void
test_ended (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = import_new ();
  TrustPlan *plan = NULL;

  add_anchor (change, f->corp, SERVER, NULL, f->now - DAY, NULL);
  plan = import (f, change, NULL);
  assert_described (f, plan, f->corp, "");
  g_assert_cmpuint (trust_ended_get_n (plan->ended), ==, 1);
  g_assert_cmpuint (plan->files->len, ==, 2);
  g_assert_cmpstr (((TrustJournalFile *) plan->files->pdata[1])->path, ==, TRUST_ENDED_PATH);
  g_assert_cmpuint (plan->outcome->notices->len, ==, 1);
  assert_words (plan->outcome->notices->pdata[0], "has ended");
  take (f, plan);
  plan = import (f, change, NULL);
  assert_result (plan, f->corp, TRUST_RESULT_ALREADY);
  take (f, plan);
}

/* A file that names no limits lifts none, unless --replace says that the files decide; one that names wider ones is as it says. */
static void
test_keeps_limits (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) limit = change_to_dns (TRUST_CHANGE_ADD, "corp.example"), plain = import_new (), wider = import_new ();
  TrustPlan *plan = NULL;

  make (f, limit, f->corp);
  add_anchor (plain, f->corp, SERVER, NULL, TRUST_NEVER, NULL);
  assert_import_refused (f, plain, TRUST_ERROR_POLICY, "--replace");
  add_anchor (wider, f->corp, SERVER, "example", TRUST_NEVER, NULL);
  plan = import (f, wider, NULL);
  assert_described (f, plan, f->corp, "server-auth;permitted-dns=example");
  trust_plan_free (plan);
  plain->replace = TRUE;
  plan = import (f, plain, NULL);
  assert_described (f, plan, f->corp, "server-auth");
  trust_plan_free (plan);
}

/* A file that does not speak of an end does not revive what has ended, even after a clock that went back; --replace and another end do. */
static void
test_no_revival (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustSettings) settings = settings_new (SERVER, NULL, f->now + DAY);
  g_autofree char *path = own_path (f->corp, FALSE);
  g_autoptr (TrustChange) plain = import_new (), other = import_new (), later = import_new (), nothing = trust_change_new (TRUST_CHANGE_ADD);
  g_autoptr (TrustPlan) revived = NULL, replaced = NULL;

  put_anchor (f, own_state (f), path, f->corp, settings, NULL);
  add_anchor (plain, f->corp, SERVER, NULL, TRUST_NEVER, NULL);
  f->now += DAY;
  rebuild (f);
  assert_import_refused (f, plain, TRUST_ERROR_POLICY, "--replace");
  make (f, nothing, f->local);
  f->now -= DAY;
  rebuild (f);
  assert_import_refused (f, plain, TRUST_ERROR_POLICY, "ended");
  add_anchor (later, f->corp, SERVER, NULL, f->now + 2 * DAY, NULL);
  revived = import (f, later, NULL);
  g_assert_nonnull (trust_anchor_set_lookup (revived->set, trust_certificate_get_fingerprint (f->corp->certificate)));
  add_anchor (other, f->corp, SERVER, NULL, TRUST_NEVER, NULL);
  other->replace = TRUE;
  replaced = import (f, other, NULL);
  assert_described (f, replaced, f->corp, "server-auth");
}

/* What anchord would write and the import does not name goes; what others wrote stays. */
static void
test_purge (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustSettings) settings = settings_new (SERVER, NULL, TRUST_NEVER);
  g_autoptr (TestCertificate) pinned = test_certificate_new_root ("CN=Pinned"), hand = test_certificate_new_root ("CN=Hand");
  g_autofree char *pinned_path = own_path (pinned, FALSE), *mask_path = own_path (f->local, FALSE);
  g_autoptr (TrustChange) change = import_new ();
  TrustPlan *plan = NULL;

  put_anchor (f, f->snapshot->states->pdata[0], "/usr/share/pinned.crt", pinned, settings, NULL);
  put_anchor (f, own_state (f), pinned_path, pinned, settings, NULL);
  put_anchor (f, own_state (f), OWN "by-hand.anchor", hand, settings, NULL);
  put_anchor (f, own_state (f), mask_path, hand, settings, NULL)->status = TRUST_FILE_MASKED;
  take_distrust (f, f->distro, f->distro);
  take_distrust (f, f->local, f->local);
  add_anchor (change, f->corp, SERVER, NULL, TRUST_NEVER, NULL);
  add_distrust (change, f->distro, f->distro, NULL);
  change->purge_owned = TRUE;
  plan = import (f, change, NULL);
  assert_result (plan, f->corp, TRUST_RESULT_ADDED);
  assert_result (plan, f->distro, TRUST_RESULT_ALREADY);
  assert_result (plan, f->mine, TRUST_RESULT_REMOVED);
  assert_result (plan, pinned, TRUST_RESULT_STILL_TRUSTED);
  assert_result (plan, f->local, TRUST_RESULT_REMOVED);
  g_assert_cmpuint (plan->outcome->rows->len, ==, 5);
  assert_described (f, plan, hand, "server-auth");
  take (f, plan);
  plan = import (f, change, NULL);
  g_assert_cmpuint (plan->files->len, ==, 0);
  take (f, plan);
}

/* A certificate that --keep-going leaves out is named all the same: its entry is not purged. */
static void
test_purge_keeps_refused (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = import_new ();
  g_autoptr (TrustPlan) plan = NULL;

  add_anchor (change, f->mine, SERVER, "corp.example", TRUST_NEVER, NULL);
  change->purge_owned = change->keep_going = TRUE;
  plan = import (f, change, NULL);
  assert_result (plan, f->mine, TRUST_RESULT_REFUSED);
  g_assert_cmpuint (plan->files->len, ==, 0);
}

/* What a folder says twice over is what it says once: random imports with --replace and --purge-owned leave the administrator's folder as they say,
 * whatever was there. */
static void
test_declares (Fixture *f, gconstpointer data)
{
  const TestCertificate *certificates[] = { f->corp, f->distro, f->mine };

  for (guint round = 0; round < 200; round++)
    {
      g_autoptr (TrustChange) change = import_new ();
      TrustPlan *plan = NULL;
      guint n = 0;

      change->replace = change->purge_owned = change->override_distrust = TRUE;
      for (guint i = 0; i < G_N_ELEMENTS (certificates); i++)
        switch (g_test_rand_int_range (0, 4))
          {
          case 0:
            add_anchor (change, certificates[i], g_test_rand_int_range (1, 8), g_test_rand_bit () ? "corp.example" : NULL,
                        g_test_rand_bit () ? TRUST_NEVER : f->now + DAY, g_test_rand_bit () ? "label" : NULL);
            break;
          case 1:
            add_distrust (change, certificates[i], g_test_rand_bit () ? certificates[i] : NULL, NULL);
            break;
          case 2:
            add_distrust (change, NULL, g_test_rand_bit () ? certificates[i] : NULL, certificates[i]);
            break;
          default:
            break;
          }
      plan = import (f, change, NULL);
      g_assert_nonnull (plan);
      take (f, plan);
      n = change->anchors->len + change->distrusts->len;
      g_assert_cmpuint (own_state (f)->files->len, ==, n);
      for (guint i = 0; i < change->anchors->len; i++)
        {
          TrustAnchor *wanted = change->anchors->pdata[i];
          TrustAnchor *is = trust_anchor_set_lookup (f->snapshot->set, trust_anchor_get_fingerprint (wanted));

          g_assert_true (trust_settings_equal (trust_anchor_get_settings (wanted), trust_anchor_get_settings (is)));
          g_assert_cmpstr (trust_note_get_label (trust_anchor_get_note (wanted)), ==, trust_note_get_label (trust_anchor_get_note (is)));
        }
      plan = import (f, change, NULL);
      g_assert_cmpuint (plan->files->len, ==, 0);
      take (f, plan);
    }
}

/* Twenty thousand entries that lift, refuse and purge as many: every step is linear, or this takes minutes. */
static void
test_many (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustChange) change = import_new (), next = import_new ();
  gint64 begun = 0;
  TrustPlan *plan = NULL;

  for (guint i = 0; i < MANY; i++)
    {
      g_autoptr (TrustOrigin) origin = nowhere ();
      TrustFingerprint fingerprint = { { 0 } };
      TrustSpan none = { NULL, 0 };

      memcpy (fingerprint.bytes, &i, sizeof i);
      g_ptr_array_add (change->distrusts, trust_distrust_new (&fingerprint, NULL, none, none, NULL, origin, NULL));
      fingerprint.bytes[31] = 1;
      g_ptr_array_add (next->distrusts, trust_distrust_new (NULL, &fingerprint, none, none, NULL, origin, NULL));
    }
  begun = g_get_monotonic_time ();
  take (f, import (f, change, NULL));
  next->purge_owned = next->override_distrust = TRUE;
  add_anchor (next, f->mine, SERVER, NULL, TRUST_NEVER, NULL);
  plan = import (f, next, NULL);
  g_assert_cmpuint (plan->files->len, ==, 2 * MANY);
  take (f, plan);
  g_test_message ("%u distrusts in, %u out and %u others in took %.2f s", MANY, MANY, MANY, (g_get_monotonic_time () - begun) / 1e6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("/plan-import/as-it-says", test_as_it_says);
  CASE ("/plan-import/reduces", test_reduces);
  CASE ("/plan-import/policy", test_policy);
  CASE ("/plan-import/conflicts", test_conflicts);
  CASE ("/plan-import/trusted-and-distrusted", test_trusted_and_distrusted);
  CASE ("/plan-import/bare-distrusts", test_bare_distrusts);
  CASE ("/plan-import/distrust-reach", test_distrust_reach);
  CASE ("/plan-import/changes-sides", test_changes_sides);
  CASE ("/plan-import/narrowed", test_narrowed);
  CASE ("/plan-import/foreign", test_foreign);
  CASE ("/plan-import/ended", test_ended);
  CASE ("/plan-import/keeps-limits", test_keeps_limits);
  CASE ("/plan-import/no-revival", test_no_revival);
  CASE ("/plan-import/purge", test_purge);
  CASE ("/plan-import/purge-keeps-refused", test_purge_keeps_refused);
  CASE ("/plan-import/declares", test_declares);
  CASE ("/plan-import/many", test_many);
  return g_test_run ();
}
