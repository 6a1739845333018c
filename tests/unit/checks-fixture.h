/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Facts made by hand, for the tests of checks: anchors in layers and stores, as the engine would merge them, and what else a check reads. */
#pragma once

#include "core/checks/check.h"
#include "core/layers.h"
#include "core/stores.h"
#include "core/text.h"
#include "tests/lib/forge-certificate.h"
#include "tests/lib/support.h"

#define NOW G_GINT64_CONSTANT (1800000000) /* 2027-01-15 08:00 UTC */
#define DAY G_GINT64_CONSTANT (86400)
#define TLS (1u << TRUST_PURPOSE_SERVER_AUTH)
#define CLIENT (1u << TRUST_PURPOSE_CLIENT_AUTH)
#define MAIL (1u << TRUST_PURPOSE_EMAIL_PROTECTION)

typedef struct
{
  GPtrArray *states;   /* (owned) of TrustSourceState* */
  GPtrArray *stores;   /* (owned) of TrustStore*, without sets */
  GHashTable *journal; /* (owned) (nullable) */
  GHashTable *mozilla; /* (owned) (nullable) */
  GPtrArray *findings; /* (owned) (nullable) of the last run */
  guint n_files;
} Fixture;

/* What is trusted where; what is left out is usual. */
typedef struct
{
  const char *source; /* anchors-etc; of a store its name, "app/mail" */
  guint purposes;     /* TLS */
  const TrustLimits *limits;
  const char *reason;
} Trust;

static inline void
set_up (Fixture *f, gconstpointer data)
{
  *f = (Fixture) { .states = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_state_unref),
                   .stores = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_store_unref) };
}

static inline void
tear_down (Fixture *f, gconstpointer data)
{
  g_ptr_array_unref (f->states);
  g_ptr_array_unref (f->stores);
  g_clear_pointer (&f->journal, g_hash_table_unref);
  g_clear_pointer (&f->mozilla, g_hash_table_unref);
  g_clear_pointer (&f->findings, g_ptr_array_unref);
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)

/* Makes the store NAME; SOURCE: its own, a static string. */
static inline void
add_store (Fixture *f, const char *name, gboolean inherits, const char *source)
{
  g_autoptr (TrustSourceState) state = trust_source_state_new (source, TRUST_LAYER_ADMINISTRATOR, FALSE);

  g_ptr_array_add (f->stores, trust_store_new (name, inherits, NULL, state, NULL));
}

static inline TrustSourceState *
find_state (Fixture *f, const char *source)
{
  /* clang-format off */
  static const struct { const char *source; TrustLayer layer; gboolean foreign; } known[] = {
    { "debian-distribution", TRUST_LAYER_DISTRIBUTION, FALSE }, { "anchors-usr", TRUST_LAYER_VENDOR, FALSE },
    { TRUST_CHECK_FILES, TRUST_LAYER_DISTRIBUTION, FALSE },
    { "debian-local", TRUST_LAYER_ADMINISTRATOR, TRUE }, { "anchors-etc", TRUST_LAYER_ADMINISTRATOR, FALSE },
  };
  /* clang-format on */

  for (guint i = 0; i < f->stores->len; i++)
    if (g_str_equal (((TrustStore *) f->stores->pdata[i])->name, source))
      return ((TrustStore *) f->stores->pdata[i])->state;
  for (guint i = 0; i < f->states->len; i++)
    if (g_str_equal (((TrustSourceState *) f->states->pdata[i])->source, source))
      return f->states->pdata[i];
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (known[i].source, source))
      {
        g_ptr_array_add (f->states, trust_source_state_new (known[i].source, known[i].layer, known[i].foreign));
        return f->states->pdata[f->states->len - 1];
      }
  g_assert_not_reached ();
}

static inline TrustSourceFile *
add_file (Fixture *f, TrustSourceState *state)
{
  TrustSourceFile *file = g_new0 (TrustSourceFile, 1);
  g_autofree char *path = g_strdup_printf ("/%s/%u.anchor", state->source, f->n_files++);

  g_atomic_ref_count_init (&file->refs);
  file->status = TRUST_FILE_TAKEN;
  file->origin = trust_origin_new (state->layer, state->source, path, state->foreign);
  trust_source_state_take_file (state, file);
  return file;
}

static inline void
trust (Fixture *f, TrustCertificate *certificate, Trust how)
{
  TrustSourceFile *file = add_file (f, find_state (f, how.source != NULL ? how.source : "anchors-etc"));
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (how.purposes != 0 ? how.purposes : TLS);
  TrustLimits none = TRUST_LIMITS_NONE;
  g_autoptr (TrustSettings) settings = trust_settings_new_limited (purposes, how.limits != NULL ? how.limits : &none);
  TrustNote *note = trust_note_new (NULL, how.reason, NULL, 0);

  file->n_anchors = 1;
  file->anchors = g_new (TrustAnchor *, 1);
  file->anchors[0] = trust_anchor_new (certificate, settings, file->origin, note);
  g_clear_pointer (&note, trust_note_unref);
}

static inline void
refuse (Fixture *f, TrustCertificate *certificate, const char *source)
{
  TrustSourceFile *file = add_file (f, find_state (f, source));
  TrustSpan none = { NULL, 0 };

  file->n_distrusts = 1;
  file->distrusts = g_new (TrustDistrust *, 1);
  file->distrusts[0] = trust_distrust_new (trust_certificate_get_fingerprint (certificate), NULL, none, none, certificate, file->origin, NULL);
}

/* The stores of F over SYSTEM, as the engine makes them. */
static inline void
fill_stores (Fixture *f, TrustSnapshot *snapshot)
{
  for (guint i = 0; i < f->stores->len; i++)
    {
      TrustStore *store = f->stores->pdata[i];
      g_autoptr (GPtrArray) states = g_ptr_array_new ();
      g_autoptr (TrustAnchorSet) own = NULL, set = NULL;

      g_ptr_array_add (states, store->state);
      own = trust_layers_merge (states, NULL, NOW, NULL);
      set = trust_stores_combine (store, snapshot->set, own, NULL);
      g_ptr_array_add (snapshot->stores, trust_store_with_sets (store, snapshot->set, set, set, NOW, TRUST_NEVER));
    }
}

/* Runs the check ID (NULL: all) 90 days ahead. Its findings stay with F. */
static inline const GPtrArray *
run_check (Fixture *f, const char *id)
{
  g_autoptr (TrustAnchorSet) set = trust_layers_merge (f->states, NULL, NOW, NULL);
  g_autoptr (TrustSnapshot) snapshot = trust_snapshot_new (1, TRUST_DISTRIBUTION_DEBIAN, set, f->states);
  const char *const ids[] = { id, NULL };
  TrustFacts facts = { .snapshot = snapshot, .now = NOW, .within = 90 * DAY, .generation = 1, .journal = f->journal, .mozilla = f->mozilla };

  g_assert_true (id == NULL || trust_check_find (id) != NULL);
  fill_stores (f, snapshot);
  g_clear_pointer (&f->findings, g_ptr_array_unref);
  f->findings = trust_checks_run (&facts, id != NULL ? ids : NULL);
  for (guint i = 0; i < f->findings->len; i++)
    {
      const TrustFinding *finding = f->findings->pdata[i];

      g_assert_true (id == NULL || g_str_equal (finding->check->id, id));
      g_assert_true (trust_text_is_plain (finding->text, 0) && trust_text_is_plain (finding->remedy, 0));
      g_assert_true (finding->text[0] != '\0' && !g_str_has_suffix (finding->text, "."));
      g_assert_true (finding->remedy[0] != '\0' && !g_str_has_suffix (finding->remedy, "."));
    }
  return f->findings;
}

/* The one finding of ID about CERTIFICATE at WHERE, which must be. */
static inline const TrustFinding *
find (Fixture *f, const char *id, const TrustCertificate *certificate, const char *where)
{
  const GPtrArray *findings = run_check (f, id);
  const TrustFinding *found = NULL;

  for (guint i = 0; i < findings->len; i++)
    {
      const TrustFinding *finding = findings->pdata[i];

      if (trust_fingerprint_equal (&finding->fingerprint, trust_certificate_get_fingerprint (certificate)) && g_str_equal (finding->where, where))
        {
          g_assert_null (found);
          found = finding;
        }
    }
  g_assert_nonnull (found);
  return found;
}

/* ID finds just N. */
static inline void
assert_n (Fixture *f, const char *id, guint n)
{
  g_assert_cmpuint (run_check (f, id)->len, ==, n);
}

static inline void
assert_found (Fixture *f, const char *id, const TrustCertificate *certificate, TrustSeverity severity, const char *words)
{
  const TrustFinding *finding = find (f, id, certificate, "");

  g_assert_cmpstr (trust_severity_get_name (finding->severity), ==, trust_severity_get_name (severity));
  if (strstr (finding->text, words) == NULL)
    g_error ("\"%s\" does not say \"%s\"", finding->text, words);
}
