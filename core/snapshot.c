/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/snapshot.h"

TrustConsumerStatus *
trust_consumer_status_new (const char *id)
{
  TrustConsumerStatus *status = g_new0 (TrustConsumerStatus, 1);

  status->id = g_strdup (id);
  status->drift = g_ptr_array_new_with_free_func (g_free);
  status->withdrawn = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  status->against = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  status->purpose = TRUST_PURPOSE_LAST;
  return status;
}

void
trust_consumer_status_free (TrustConsumerStatus *status)
{
  g_free (status->id);
  g_free (status->fault);
  g_ptr_array_unref (status->drift);
  g_array_unref (status->withdrawn);
  g_array_unref (status->against);
  g_free (status);
}

TrustSnapshot *
trust_snapshot_new (guint64 generation, TrustDistributionKind distribution, TrustAnchorSet *set, GPtrArray *states)
{
  TrustSnapshot *snapshot = g_new0 (TrustSnapshot, 1);

  g_atomic_ref_count_init (&snapshot->refs);
  snapshot->generation = generation;
  snapshot->distribution = distribution;
  snapshot->set = trust_anchor_set_ref (set);
  snapshot->flat = trust_anchor_set_ref (set);
  snapshot->stores = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_store_unref);
  snapshot->kept = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_kept_crl_unref);
  snapshot->crls = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_crl_unref);
  snapshot->placed = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_placed_unref);
  snapshot->time = g_get_real_time () / G_USEC_PER_SEC;
  snapshot->next = TRUST_NEVER;
  snapshot->states = g_ptr_array_new_full (states->len, (GDestroyNotify) trust_source_state_unref);
  for (guint i = 0; i < states->len; i++)
    g_ptr_array_add (snapshot->states, trust_source_state_ref (states->pdata[i]));
  snapshot->reports = g_ptr_array_new_with_free_func (g_free);
  snapshot->consumers = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_consumer_status_free);
  return snapshot;
}

void
trust_snapshot_take_crls (TrustSnapshot *snapshot, GPtrArray *kept)
{
  g_ptr_array_ref (kept);
  g_ptr_array_unref (snapshot->kept);
  snapshot->kept = kept;
  g_ptr_array_unref (snapshot->crls);
  snapshot->crls = trust_kept_crls_usable (kept);
}

void
trust_snapshot_take_placed (TrustSnapshot *snapshot, GPtrArray *placed)
{
  g_ptr_array_ref (placed);
  g_ptr_array_unref (snapshot->placed);
  snapshot->placed = placed;
}

void
trust_snapshot_take_handback (TrustSnapshot *snapshot, TrustHandback *handback)
{
  if (handback != NULL)
    trust_handback_ref (handback);
  g_clear_pointer (&snapshot->handback, trust_handback_unref);
  snapshot->handback = handback;
}

TrustSnapshot *
trust_snapshot_ref (TrustSnapshot *snapshot)
{
  g_atomic_ref_count_inc (&snapshot->refs);
  return snapshot;
}

void
trust_snapshot_unref (TrustSnapshot *snapshot)
{
  if (!g_atomic_ref_count_dec (&snapshot->refs))
    return;
  trust_anchor_set_unref (snapshot->set);
  trust_anchor_set_unref (snapshot->flat);
  g_clear_pointer (&snapshot->ended, trust_ended_unref);
  g_clear_pointer (&snapshot->handback, trust_handback_unref);
  g_ptr_array_unref (snapshot->stores);
  g_ptr_array_unref (snapshot->kept);
  g_ptr_array_unref (snapshot->crls);
  g_ptr_array_unref (snapshot->placed);
  g_ptr_array_unref (snapshot->states);
  g_ptr_array_unref (snapshot->reports);
  g_ptr_array_unref (snapshot->consumers);
  g_free (snapshot);
}

TrustSourceState *
trust_snapshot_find_state (const TrustSnapshot *snapshot, const char *source)
{
  for (guint i = 0; i < snapshot->states->len; i++)
    {
      TrustSourceState *state = snapshot->states->pdata[i];

      if (g_str_equal (state->source, source))
        return state;
    }
  return NULL;
}

TrustStore *
trust_snapshot_find_store (const TrustSnapshot *snapshot, const char *name)
{
  return trust_store_find (snapshot->stores, name);
}

TrustAnchorSet *
trust_snapshot_find_set (const TrustSnapshot *snapshot, const char *name)
{
  const TrustStore *store = NULL;

  if (g_str_equal (name, TRUST_STORE_SYSTEM))
    return snapshot->set;
  store = trust_store_find (snapshot->stores, name);
  return store != NULL ? store->set : NULL;
}
