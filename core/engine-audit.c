/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The facts that the audit's checks read. */
#include "core/engine-parts.h"

#include "core/error.h"
#include "core/facts.h"
#include "core/intake.h"
#include "core/text.h"

/* Where distributions keep their copy of Mozilla's list: a folder of one file a root, or one file. */
#define MOZILLA_FOLDER "/usr/share/ca-certificates/mozilla/"
#define MOZILLA_FILES "/ca-bundle.trust.p11-kit", "/ca-certificates-mozilla.trust.p11-kit", "/mozilla.trust.p11-kit"

void
trust_audit_free (TrustAudit *audit)
{
  g_ptr_array_unref (audit->findings);
  g_free (audit->found);
  g_free (audit);
}

/* How many findings each of trust_checks has. Returns: (transfer full). */
static guint *
count (const GPtrArray *findings)
{
  g_autoptr (GHashTable) places = g_hash_table_new (NULL, NULL);
  guint n = 0, *found = NULL;

  for (; trust_checks[n] != NULL; n++)
    g_hash_table_insert (places, (gpointer) trust_checks[n], GUINT_TO_POINTER (n));
  found = g_new0 (guint, n + 1);
  for (guint i = 0; i < findings->len; i++)
    found[GPOINTER_TO_UINT (g_hash_table_lookup (places, ((const TrustFinding *) findings->pdata[i])->check))]++;
  return found;
}

TrustAudit *
trust_engine_audit_facts (const TrustFacts *facts, const TrustAuditOptions *options)
{
  TrustAudit *audit = g_new0 (TrustAudit, 1);

  audit->generation = facts->generation;
  audit->time = facts->now;
  audit->findings = trust_checks_run (facts, options->checks);
  audit->found = count (audit->findings);
  if (audit->findings->len > TRUST_LIMIT_FINDINGS)
    g_ptr_array_set_size (audit->findings, TRUST_LIMIT_FINDINGS);
  return audit;
}

/* What the journal knows; NULL where there is none, or where FAULTS gets why it could not be read. Returns: (transfer full) (nullable). */
static GHashTable *
read_journal (TrustEngine *engine, GPtrArray *faults)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustHistory) history = trust_history_open (engine->root, &error);
  g_autoptr (GHashTable) known = NULL, facts = NULL;
  guint64 sequence = 0;

  g_mutex_lock (&engine->lock);
  known = engine->journal_facts != NULL ? g_hash_table_ref (engine->journal_facts) : NULL;
  sequence = engine->journal_sequence;
  g_mutex_unlock (&engine->lock);
  facts = history != NULL ? trust_history_list_facts (history, known, &sequence, &error) : NULL;
  if (facts == NULL)
    {
      g_ptr_array_add (faults, g_strdup_printf ("the journal could not be read: %s", error->message));
      return NULL;
    }
  if (facts != known)
    {
      g_mutex_lock (&engine->lock);
      g_clear_pointer (&engine->journal_facts, g_hash_table_unref);
      engine->journal_facts = g_hash_table_ref (facts);
      engine->journal_sequence = sequence;
      g_mutex_unlock (&engine->lock);
    }
  return g_hash_table_size (facts) > 0 ? g_steal_pointer (&facts) : NULL;
}

static void
add_fingerprint (GHashTable *set, const TrustFingerprint *fingerprint)
{
  if (!g_hash_table_contains (set, fingerprint))
    g_hash_table_add (set, g_memdup2 (fingerprint, sizeof *fingerprint));
}

static gboolean
is_mozillas (const char *path)
{
  static const char *const files[] = { MOZILLA_FILES };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    if (g_str_has_suffix (path, files[i]))
      return TRUE;
  return g_str_has_prefix (path, MOZILLA_FOLDER);
}

/* Roots of the folder that the administrator deselected are Mozilla's all the same. */
static void
add_deselected (TrustEngine *engine, const TrustSourceState *state, GHashTable *set)
{
  g_autoptr (GPtrArray) names = trust_root_list (engine->root, MOZILLA_FOLDER);

  for (guint i = 0; names != NULL && i < MIN (names->len, TRUST_LIMIT_FOLDER_FILES); i++)
    {
      g_autofree char *path = g_strconcat (MOZILLA_FOLDER, names->pdata[i], NULL);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GPtrArray) certificates = NULL;

      if (g_hash_table_contains (state->by_path, path))
        continue;
      bytes = trust_root_read (engine->root, path, TRUST_LIMIT_ANCHOR_FILE_BYTES, NULL, NULL);
      certificates = bytes != NULL ? trust_intake_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL) : NULL;
      for (guint j = 0; certificates != NULL && j < certificates->len; j++)
        add_fingerprint (set, trust_certificate_get_fingerprint (certificates->pdata[j]));
    }
}

/* The distribution's copy of Mozilla's list; NULL where it has none. Returns: (transfer full) (nullable). */
static GHashTable *
list_mozilla (TrustEngine *engine, const TrustSnapshot *snapshot)
{
  g_autoptr (GHashTable) set = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, g_free, NULL);

  for (guint i = 0; i < snapshot->states->len; i++)
    {
      const TrustSourceState *state = snapshot->states->pdata[i];

      if (state->layer != TRUST_LAYER_DISTRIBUTION)
        continue;
      for (guint j = 0; j < state->files->len; j++)
        {
          const TrustSourceFile *file = state->files->pdata[j];

          for (guint k = 0; k < file->n_anchors && is_mozillas (trust_origin_get_path (file->origin)); k++)
            add_fingerprint (set, trust_anchor_get_fingerprint (file->anchors[k]));
        }
      add_deselected (engine, state, set);
    }
  return g_hash_table_size (set) > 0 ? g_steal_pointer (&set) : NULL;
}

TrustAudit *
trust_engine_audit (TrustEngine *engine, const TrustAuditOptions *options, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_look (engine);
  TrustFacts facts = { .snapshot = snapshot, .now = trust_engine_get_time (engine), .within = options->within, .generation = snapshot->generation };
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free), paths = trust_facts_find_paths (engine->root, snapshot, faults),
                        outputs = trust_facts_find_outputs (snapshot);
  g_autoptr (GHashTable) journal = read_journal (engine, faults), mozilla = list_mozilla (engine, snapshot);

  facts.paths = paths;
  facts.outputs = outputs;
  facts.faults = faults;
  facts.journal = journal;
  facts.mozilla = mozilla;
  return trust_engine_audit_facts (&facts, options);
}
