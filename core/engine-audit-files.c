/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* An audit without a machine: what some files say, as a set of its own. It stands in the lowest layer, as a machine's first set does: nobody knows
 * which of its roots are public, and what is asked of an administrator's entries is not asked of it. */
#include "core/anchor-file.h"
#include "core/engine-parts.h"
#include "core/layers.h"
#include "core/loss.h"

#define SOURCE TRUST_CHECK_FILES

/* One FILE as a row of a source. Returns: (transfer full) (nullable). */
static TrustSourceFile *
read_row (const TrustAuditFile *file, GError **error)
{
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  g_autoptr (TrustSourceFile) row = g_new0 (TrustSourceFile, 1);
  TrustSpan span;

  span.data = g_bytes_get_data (file->bytes, &span.size);
  g_atomic_ref_count_init (&row->refs);
  row->status = TRUST_FILE_TAKEN;
  row->origin = trust_origin_new (TRUST_LAYER_DISTRIBUTION, SOURCE, file->place, FALSE);
  if (!trust_anchor_file_parse (span, row->origin, anchors, distrusts, NULL, error))
    {
      g_prefix_error (error, "%s: ", file->place);
      return NULL;
    }
  row->n_anchors = anchors->len;
  row->n_distrusts = distrusts->len;
  row->anchors = (TrustAnchor **) g_ptr_array_free (g_steal_pointer (&anchors), FALSE);
  row->distrusts = (TrustDistrust **) g_ptr_array_free (g_steal_pointer (&distrusts), FALSE);
  return g_steal_pointer (&row);
}

/* Returns: (transfer full) (nullable). */
static TrustSnapshot *
make_snapshot (const TrustAuditFile *files, gsize n, gint64 now, GError **error)
{
  g_autoptr (TrustSourceState) state = trust_source_state_new (SOURCE, TRUST_LAYER_DISTRIBUTION, FALSE);
  g_autoptr (GPtrArray) states = g_ptr_array_new (), reports = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (TrustAnchorSet) set = NULL, flat = NULL;
  TrustSnapshot *snapshot = NULL;
  gint64 flat_next = TRUST_NEVER;

  for (gsize i = 0; i < n; i++)
    {
      TrustSourceFile *row = read_row (&files[i], error);

      if (row == NULL)
        return NULL;
      trust_source_state_take_file (state, row);
    }
  g_ptr_array_add (states, state);
  set = trust_layers_merge (states, NULL, now, reports);
  flat = trust_loss_flatten (set, &trust_loss_policy_default, now, &flat_next, NULL);
  snapshot = trust_snapshot_new (0, TRUST_DISTRIBUTION_NONE, set, states);
  trust_engine_settle_snapshot (snapshot, flat, flat_next, now);
  g_ptr_array_extend_and_steal (snapshot->reports, g_steal_pointer (&reports));
  return snapshot;
}

TrustAudit *
trust_engine_audit_files (const TrustAuditFile *files, gsize n, const TrustAuditOptions *options, gint64 now, TrustSnapshot **snapshot_out,
                          GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = make_snapshot (files, n, now, error);
  TrustFacts facts = { .snapshot = snapshot, .now = now, .within = options->within };

  if (snapshot == NULL)
    return NULL;
  *snapshot_out = g_steal_pointer (&snapshot);
  return trust_engine_audit_facts (&facts, options);
}
