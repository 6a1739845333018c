/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A snapshot of four roots, each trusted by another source or by none, and the plans of changes to it. */
#pragma once

#include "core/anchor-file.h"
#include "core/error.h"
#include "core/layers.h"
#include "core/plan.h"
#include "core/text.h"

#include "tests/lib/support.h"

#include <string.h>

static inline TrustSourceFile *
file_new (TrustLayer layer, const char *source, const char *path, gboolean foreign, const TestCertificate *root, guint mask)
{
  TrustSourceFile *file = g_new0 (TrustSourceFile, 1);

  g_atomic_ref_count_init (&file->refs);
  file->origin = trust_origin_new (layer, source, path, foreign);
  if (root != NULL)
    {
      g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (mask);
      g_autoptr (TrustSettings) settings = trust_settings_new (purposes);

      file->n_anchors = 1;
      file->anchors = g_new (TrustAnchor *, 1);
      file->anchors[0] = trust_anchor_new (root->certificate, settings, file->origin, NULL);
    }
  return file;
}

typedef struct
{
  char *scratch;
  TrustRoot *root;
  TestCertificate *corp;   /* nobody's yet */
  TestCertificate *distro; /* the distribution's */
  TestCertificate *local;  /* a foreign file's */
  TestCertificate *mine;   /* the administrator's */
  TrustCaller *caller;
  TrustSnapshot *snapshot;
  gint64 now; /* seconds since the epoch: the time that changes are made at */
} Fixture;

static inline void
set_up (Fixture *f, gconstpointer data)
{
  TrustSourceState *distribution = trust_source_state_new ("debian-distribution", TRUST_LAYER_DISTRIBUTION, FALSE);
  TrustSourceState *local = trust_source_state_new (TRUST_LOCAL_SOURCE, TRUST_LAYER_ADMINISTRATOR, TRUE);
  TrustSourceState *own = trust_source_state_new (TRUST_ANCHORS_SOURCE, TRUST_LAYER_ADMINISTRATOR, FALSE);
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_state_unref);
  g_autoptr (TrustAnchorSet) set = NULL;
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GPtrArray) anchors = g_ptr_array_new ();
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;

  f->now = g_get_real_time () / G_USEC_PER_SEC;
  f->scratch = test_scratch_new ();
  f->root = trust_root_new (f->scratch, NULL);
  f->corp = test_certificate_new_root ("CN=Corp");
  f->distro = test_certificate_new_root ("CN=Distro");
  f->local = test_certificate_new_root ("CN=Local");
  f->mine = test_certificate_new_root ("CN=Mine");
  f->caller = trust_caller_new ("test");
  name = trust_text_hex (trust_certificate_get_fingerprint (f->mine->certificate)->bytes, 32);
  path = g_strconcat (TRUST_ANCHORS_FOLDER "/", name, ".anchor", NULL);
  test_scratch_write (f->scratch, "/usr/local/share/ca-certificates/local.crt", "local bytes\n", -1);
  trust_source_state_take_file (distribution, file_new (TRUST_LAYER_DISTRIBUTION, "debian-distribution", "/usr/share/d.crt", FALSE, f->distro, 7));
  trust_source_state_take_file (local, file_new (TRUST_LAYER_ADMINISTRATOR, TRUST_LOCAL_SOURCE, "/usr/local/share/ca-certificates/local.crt", TRUE,
                                                 f->local, 7));
  trust_fingerprint_of ("local bytes\n", 12, &((TrustSourceFile *) local->files->pdata[0])->digest);
  trust_source_state_take_file (own, file_new (TRUST_LAYER_ADMINISTRATOR, TRUST_ANCHORS_SOURCE, path, FALSE, f->mine, 1));
  g_ptr_array_add (states, distribution);
  g_ptr_array_add (states, local);
  g_ptr_array_add (states, own);
  for (guint i = 0; i < states->len; i++)
    g_ptr_array_add (anchors, ((TrustSourceFile *) ((TrustSourceState *) states->pdata[i])->files->pdata[0])->anchors[0]);
  set = trust_anchor_set_new (anchors, none);
  f->snapshot = trust_snapshot_new (4, TRUST_DISTRIBUTION_DEBIAN, set, states);
}

static inline void
tear_down (Fixture *f, gconstpointer data)
{
  trust_snapshot_unref (f->snapshot);
  trust_caller_free (f->caller);
  test_certificate_free (f->corp);
  test_certificate_free (f->distro);
  test_certificate_free (f->local);
  test_certificate_free (f->mine);
  trust_root_unref (f->root);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
}

static inline TrustPlan *
plan_certificate (Fixture *f, TrustChange *change, const TestCertificate *certificate, GError **error)
{
  g_ptr_array_add (change->certificates, trust_certificate_ref (certificate->certificate));
  return trust_plan_new (f->root, f->snapshot, change, f->caller, f->now, error);
}

static inline TrustPlan *
plan_fingerprint (Fixture *f, TrustChange *change, const TestCertificate *certificate, guint n_digits, GError **error)
{
  TrustPrefix prefix = { *trust_certificate_get_fingerprint (certificate->certificate), n_digits };

  g_array_append_val (change->fingerprints, prefix);
  return trust_plan_new (f->root, f->snapshot, change, f->caller, f->now, error);
}

static inline TrustResult
only_result (const TrustPlan *plan)
{
  g_assert_cmpuint (plan->outcome->rows->len, ==, 1);
  return ((TrustOutcomeRow *) plan->outcome->rows->pdata[0])->result;
}

static inline guint
purposes_after (const TrustPlan *plan, const TestCertificate *certificate)
{
  TrustAnchor *anchor = trust_anchor_set_lookup (plan->set, trust_certificate_get_fingerprint (certificate->certificate));

  return anchor != NULL ? trust_purposes_get_mask (trust_settings_get_purposes (trust_anchor_get_settings (anchor))) : 0;
}

/* The snapshot made anew of its states. */
static inline void
rebuild (Fixture *f)
{
  g_autoptr (TrustAnchorSet) set = trust_layers_merge (f->snapshot->states, f->snapshot->ended, f->now, NULL);
  TrustSnapshot *next = trust_snapshot_new (4, TRUST_DISTRIBUTION_DEBIAN, set, f->snapshot->states);

  next->ended = f->snapshot->ended != NULL ? trust_ended_ref (f->snapshot->ended) : NULL;
  trust_snapshot_unref (f->snapshot);
  f->snapshot = next;
}

/* The snapshot as PLAN leaves it: what the next change meets. Frees PLAN. */
static inline void
take (Fixture *f, TrustPlan *plan)
{
  TrustSnapshot *next = NULL;

  if (plan->files->len > 0)
    {
      next = trust_snapshot_new (f->snapshot->generation + 1, TRUST_DISTRIBUTION_DEBIAN, plan->set, plan->states);
      next->ended = plan->ended != NULL ? trust_ended_ref (plan->ended) : NULL;
      trust_snapshot_unref (f->snapshot);
      f->snapshot = next;
    }
  trust_plan_free (plan);
}

static inline TrustSourceState *
own_state (Fixture *f)
{
  return trust_snapshot_find_state (f->snapshot, TRUST_ANCHORS_SOURCE);
}

/* The path of the file that anchord writes for CERTIFICATE. Returns: (transfer full). */
static inline char *
own_path (const TestCertificate *certificate, gboolean distrust)
{
  g_autofree char *name = trust_anchor_file_name (trust_certificate_get_fingerprint (certificate->certificate), distrust);

  return g_build_filename (TRUST_ANCHORS_FOLDER, name, NULL);
}

/* One more file at PATH of STATE that distrusts what the arguments, all nullable, name. */
static inline TrustSourceFile *
put_distrust (Fixture *f, TrustSourceState *state, const char *path, const TestCertificate *named, const TestCertificate *key,
              const TestCertificate *serial)
{
  TrustSourceFile *file = file_new (state->layer, state->source, path, state->foreign, NULL, 0);
  TrustSpan none = { NULL, 0 };

  file->n_distrusts = 1;
  file->distrusts = g_new (TrustDistrust *, 1);
  file->distrusts[0] = trust_distrust_new (named != NULL ? trust_certificate_get_fingerprint (named->certificate) : NULL,
                                           key != NULL ? trust_certificate_get_key_fingerprint (key->certificate) : NULL,
                                           serial != NULL ? trust_certificate_get_issuer_der (serial->certificate) : none,
                                           serial != NULL ? trust_certificate_get_serial (serial->certificate) : none,
                                           named != NULL ? named->certificate : NULL, file->origin, NULL);
  trust_source_state_take_file (state, file);
  rebuild (f);
  return file;
}

/* A file of the administrator's that distrusts the certificate NAMED and the key of KEY. */
static inline void
take_distrust (Fixture *f, const TestCertificate *named, const TestCertificate *key)
{
  g_autofree char *path = own_path (named, TRUE);

  put_distrust (f, own_state (f), path, named, key, NULL);
}

/* One more file at PATH of STATE that trusts CERTIFICATE with SETTINGS. */
static inline TrustSourceFile *
put_anchor (Fixture *f, TrustSourceState *state, const char *path, const TestCertificate *certificate, TrustSettings *settings, const char *label)
{
  TrustSourceFile *file = file_new (state->layer, state->source, path, state->foreign, NULL, 0);
  TrustNote *note = trust_note_new (label, NULL, NULL, 0);

  file->n_anchors = 1;
  file->anchors = g_new (TrustAnchor *, 1);
  file->anchors[0] = trust_anchor_new (certificate->certificate, settings, file->origin, note);
  g_clear_pointer (&note, trust_note_unref);
  trust_source_state_take_file (state, file);
  rebuild (f);
  return file;
}

/* server-auth, for names below DNS (nullable), until UNTIL. Returns: (transfer full). */
static inline TrustSettings *
settings_new (guint mask, const char *dns, gint64 until)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (mask);
  g_autoptr (TrustConstraints) constraints = dns != NULL ? trust_constraints_new () : NULL;
  TrustLimits limits = { .constraints = constraints, .until = until };

  if (dns != NULL)
    g_assert_true (trust_constraints_add (constraints, TRUST_NAME_DNS, FALSE, dns, NULL));
  return trust_settings_new_limited (purposes, &limits);
}

/* How PLAN's set, or the snapshot's without a plan, describes the trust in CERTIFICATE; "" if there is none. Returns: (transfer full). */
static inline char *
described (Fixture *f, const TrustPlan *plan, const TestCertificate *certificate)
{
  TrustAnchorSet *set = plan != NULL && plan->set != NULL ? plan->set : f->snapshot->set;
  TrustAnchor *anchor = trust_anchor_set_lookup (set, trust_certificate_get_fingerprint (certificate->certificate));

  return anchor != NULL ? trust_settings_describe (trust_anchor_get_settings (anchor)) : g_strdup ("");
}

static inline void
assert_described (Fixture *f, const TrustPlan *plan, const TestCertificate *certificate, const char *expected)
{
  g_autofree char *text = described (f, plan, certificate);

  g_assert_cmpstr (text, ==, expected);
}

static inline void
assert_words (const char *text, const char *words)
{
  if (text == NULL || strstr (text, words) == NULL)
    g_error ("\"%s\" does not say \"%s\"", text, words);
}

/* The row of CERTIFICATE. */
static inline const TrustOutcomeRow *
row_of (const TrustPlan *plan, const TestCertificate *certificate)
{
  for (guint i = 0; i < plan->outcome->rows->len; i++)
    if (trust_fingerprint_equal (&((TrustOutcomeRow *) plan->outcome->rows->pdata[i])->fingerprint,
                                 trust_certificate_get_fingerprint (certificate->certificate)))
      return plan->outcome->rows->pdata[i];
  g_assert_not_reached ();
}

static inline void
assert_result (const TrustPlan *plan, const TestCertificate *certificate, TrustResult result)
{
  g_assert_cmpstr (trust_result_get_name (row_of (plan, certificate)->result), ==, trust_result_get_name (result));
}

/* A change that names constraints to DNS (nullable: none at all). */
static inline TrustChange *
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

static inline TrustChange *
change_to_until (TrustChangeKind kind, gint64 until)
{
  TrustChange *change = trust_change_new (kind);

  change->named = TRUST_NAMES_UNTIL;
  change->limits.until = until;
  return change;
}

/* The row that CHANGE gives CERTIFICATE, and the snapshot is as it leaves it. */
static inline TrustResult
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

static inline void
assert_refused (Fixture *f, TrustChange *change, const TestCertificate *certificate, TrustError code, const char *words)
{
  g_autoptr (GError) error = NULL;
  TrustPlan *plan = change->kind == TRUST_CHANGE_ADD ? plan_certificate (f, change, certificate, &error)
                                                     : plan_fingerprint (f, change, certificate, 64, &error);

  g_assert_null (plan);
  g_assert_error (error, TRUST_ERROR, (int) code);
  assert_words (error->message, words);
}

#define CASE(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)
