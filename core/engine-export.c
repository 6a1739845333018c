/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The administrator's own entries as anchor files: what is in the files, not what is effective. */
#include "core/anchor-file.h"
#include "core/engine.h"
#include "core/layers.h"
#include "core/plan.h"

#include <string.h>

/* What is said of an entry beside who added it, and when: that belongs to this machine. Returns: (transfer full) (nullable). */
static TrustNote *
without_caller (const TrustNote *note)
{
  TrustNote *plain = trust_note_new (trust_note_get_label (note), trust_note_get_reason (note), NULL, 0);
  const TrustFingerprint *replaces = trust_note_get_replaces (note);

  if (replaces == NULL)
    return plain;

  TrustNote *whole = trust_note_with_replaces (plain, replaces);

  g_clear_pointer (&plain, trust_note_unref);
  return whole;
}

static GBytes *
write_anchor (const TrustAnchor *anchor, TrustSettings *settings)
{
  TrustNote *note = without_caller (trust_anchor_get_note (anchor));
  g_autoptr (TrustAnchor) plain = trust_anchor_new (trust_anchor_get_certificate (anchor), settings, trust_anchor_get_origin (anchor), note);

  g_clear_pointer (&note, trust_note_unref);
  return trust_anchor_file_write (plain);
}

static GBytes *
write_distrust (const TrustDistrust *distrust)
{
  TrustNote *note = without_caller (trust_distrust_get_note (distrust));
  g_autoptr (TrustDistrust) plain = trust_distrust_new (trust_distrust_get_fingerprint (distrust), trust_distrust_get_key_fingerprint (distrust),
                                                        trust_distrust_get_issuer_der (distrust), trust_distrust_get_serial (distrust),
                                                        trust_distrust_get_certificate (distrust), trust_distrust_get_origin (distrust), note);

  g_clear_pointer (&note, trust_note_unref);
  return trust_distrust_file_write (plain);
}

/* One file a certificate: two entries for it allow what both do. */
typedef struct
{
  GHashTable *anchors;  /* TrustFingerprint* (borrowed) -> TrustAnchor* (borrowed), the first */
  GHashTable *settings; /* the same -> TrustSettings* (owned) */
  GHashTable *files;    /* (owned) a set of GBytes */
} Export;

static void
take_anchor (Export *export, TrustAnchor *anchor)
{
  const TrustFingerprint *fingerprint = trust_anchor_get_fingerprint (anchor);
  TrustSettings *known = g_hash_table_lookup (export->settings, fingerprint);
  TrustSettings *settings = trust_anchor_get_settings (anchor);

  if (known == NULL)
    g_hash_table_insert (export->anchors, (gpointer) fingerprint, anchor);
  g_hash_table_insert (export->settings, (gpointer) fingerprint,
                       known != NULL ? trust_settings_intersect (known, settings) : trust_settings_ref (settings));
}

static void
take_file (Export *export, const TrustSourceFile *file)
{
  for (guint i = 0; i < file->n_anchors; i++)
    take_anchor (export, file->anchors[i]);
  for (guint i = 0; i < file->n_distrusts; i++)
    g_hash_table_add (export->files, write_distrust (file->distrusts[i]));
}

static int
compare_bytes (gconstpointer a, gconstpointer b)
{
  return g_bytes_compare (*(GBytes *const *) a, *(GBytes *const *) b);
}

static GPtrArray *
finish (Export *export)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, export->anchors);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_ptr_array_add (files, write_anchor (value, g_hash_table_lookup (export->settings, key)));
  g_hash_table_iter_init (&iter, export->files);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (files, g_bytes_ref (key));
  g_ptr_array_sort (files, compare_bytes);
  return files;
}

GPtrArray *
trust_engine_export (const TrustSnapshot *snapshot)
{
  g_autoptr (GHashTable) anchors = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  g_autoptr (GHashTable) settings = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, NULL,
                                                           (GDestroyNotify) trust_settings_unref);
  g_autoptr (GHashTable) files = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  g_autoptr (GHashTable) masks = trust_layers_find_masks (snapshot->states);
  TrustSourceState *state = trust_snapshot_find_state (snapshot, TRUST_ANCHORS_SOURCE);
  Export export = { anchors, settings, files };

  for (guint i = 0; state != NULL && i < state->files->len; i++)
    if (trust_layers_counts (masks, state, state->files->pdata[i]))
      take_file (&export, state->files->pdata[i]);
  return finish (&export);
}
