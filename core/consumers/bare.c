/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/bare.h"

#include "core/layers.h"
#include "core/sources/source.h"

/* The distribution's own, and others' folders: without the guard, for their tool has none. */
static gboolean
load (TrustRoot *root, const TrustSnapshot *next, GPtrArray *states, GError **error)
{
  for (guint i = 0; i < trust_n_sources; i++)
    {
      const TrustSource *source = &trust_sources[i];
      g_autoptr (GError) local = NULL;
      TrustSourceState *state = NULL;

      if ((source->distributions & (1u << next->distribution)) == 0 || source->quiet
          || (source->layer != TRUST_LAYER_DISTRIBUTION && !source->foreign))
        continue;
      state = source->load (root, source, NULL, &local);
      if (state != NULL)
        {
          g_ptr_array_add (states, state);
          continue;
        }
      /* A set that is not there is one that the tool finds empty; a folder that cannot be read says nothing. */
      if (!source->guarded || !g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  return TRUE;
}

/* A refusal counts for the tool wherever it stands; layers would let the administrator's trust lift the distribution's. */
static TrustAnchorSet *
refuse_everywhere (TrustAnchorSet *set, const GPtrArray *states)
{
  g_autoptr (GPtrArray) anchors = g_ptr_array_new (), distrusts = g_ptr_array_new (), none = g_ptr_array_new ();
  g_autoptr (TrustAnchorSet) refused = NULL;

  for (guint i = 0; i < states->len; i++)
    {
      const TrustSourceState *state = states->pdata[i];

      for (guint n = 0; n < state->files->len; n++)
        {
          const TrustSourceFile *file = state->files->pdata[n];

          for (guint k = 0; k < file->n_distrusts; k++)
            g_ptr_array_add (distrusts, file->distrusts[k]);
        }
    }
  if (distrusts->len == 0)
    return trust_anchor_set_ref (set);
  refused = trust_anchor_set_new (none, distrusts);
  for (guint i = 0; i < trust_anchor_set_get_n_anchors (set); i++)
    {
      TrustAnchor *anchor = trust_anchor_set_get_anchor (set, i);

      if (trust_anchor_set_find_distrust (refused, trust_anchor_get_certificate (anchor)) == NULL)
        g_ptr_array_add (anchors, anchor);
    }
  return trust_anchor_set_new (anchors, distrusts);
}

TrustSnapshot *
trust_bare_snapshot_new (TrustRoot *root, const TrustSnapshot *next, GError **error)
{
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_state_unref), reports = NULL;
  g_autoptr (TrustAnchorSet) merged = NULL, set = NULL;
  TrustSnapshot *bare = NULL;

  if (!load (root, next, states, error))
    return NULL;
  reports = g_ptr_array_new_with_free_func (g_free);
  merged = trust_layers_merge (states, NULL, next->time, reports);
  set = refuse_everywhere (merged, states);
  bare = trust_snapshot_new (next->generation, next->distribution, set, states);
  bare->time = next->time;
  trust_snapshot_take_placed (bare, next->placed);
  trust_snapshot_take_handback (bare, next->handback);
  return bare;
}
