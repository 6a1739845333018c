/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/engine-parts.h"

#include "core/apply.h"
#include "core/consumers/placed.h"
#include "core/journal-record.h"
#include "core/layers.h"
#include "core/loss.h"
#include "core/next.h"
#include "core/plan-stores.h"
#include "core/sources/consumers.h"
#include "core/sources/crls.h"
#include "core/sources/handback.h"
#include "core/sources/stores.h"

gint64
trust_engine_get_time (TrustEngine *engine)
{
  return engine->clock != NULL ? engine->clock (engine->clock_data) : g_get_real_time () / G_USEC_PER_SEC;
}

GPtrArray *
trust_engine_load_sources (TrustEngine *engine, const TrustSnapshot *previous, GError **error)
{
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_state_unref);

  for (guint i = 0; i < trust_n_sources; i++)
    {
      const TrustSource *source = &trust_sources[i];
      TrustSourceState *before = previous != NULL ? trust_snapshot_find_state (previous, source->id) : NULL;
      TrustSourceState *state = NULL;

      if ((source->distributions & (1u << engine->distribution)) == 0)
        continue;
      state = trust_source_load (engine->root, source, before, error);
      if (state == NULL)
        return NULL;
      if (source->quiet && state->faults->len == 0)
        trust_source_state_unref (state);
      else
        g_ptr_array_add (states, state);
    }
  return g_steal_pointer (&states);
}

GPtrArray *
trust_engine_load_stores (TrustEngine *engine, const TrustSnapshot *previous)
{
  return trust_stores_load (engine->root, previous != NULL ? previous->stores : NULL);
}

GPtrArray *
trust_engine_load_crls (TrustEngine *engine, const TrustSnapshot *previous)
{
  return trust_crls_load (engine->root, previous != NULL ? previous->kept : NULL);
}

GPtrArray *
trust_engine_load_placed (TrustEngine *engine, const TrustSnapshot *previous)
{
  GPtrArray *placed = trust_placed_load (engine->root, engine->distribution, previous != NULL ? previous->placed : NULL);

  trust_placed_settle (engine->root, engine->distribution, placed);
  return placed;
}

void
trust_engine_take_stores (TrustSnapshot *snapshot, const GPtrArray *stores)
{
  for (guint i = 0; i < stores->len; i++)
    {
      TrustStore *store = stores->pdata[i];

      g_ptr_array_add (snapshot->stores, trust_store_ref (store));
      g_ptr_array_extend (snapshot->reports, store->reports, (GCopyFunc) (void (*) (void)) g_strdup, NULL);
    }
}

void
trust_engine_take_snapshot (TrustEngine *engine, TrustSnapshot *next)
{
  g_autoptr (TrustSnapshot) old = NULL;

  g_mutex_lock (&engine->lock);
  old = engine->snapshot;
  engine->snapshot = trust_snapshot_ref (next);
  g_mutex_unlock (&engine->lock);
}

/* When the first trust of STATE, effective or not, ends after NOW. What has ended already does so once. */
static gint64
find_next_end (const TrustSourceState *state, const TrustEnded *ended, gint64 now)
{
  gint64 next = TRUST_NEVER;

  for (guint i = 0; i < state->files->len; i++)
    {
      const TrustSourceFile *file = state->files->pdata[i];

      for (guint n = 0; n < file->n_anchors; n++)
        {
          gint64 until = trust_settings_get_until (trust_anchor_get_settings (file->anchors[n]));

          if (until < next && !trust_ended_has (ended, file->anchors[n], now))
            next = until;
        }
    }
  return next;
}

void
trust_engine_settle_snapshot (TrustSnapshot *snapshot, TrustAnchorSet *flat, gint64 flat_next, gint64 time)
{
  trust_anchor_set_ref (flat);
  trust_anchor_set_unref (snapshot->flat);
  snapshot->flat = flat;
  snapshot->time = time;
  snapshot->next = flat_next;
  for (guint i = 0; i < snapshot->states->len; i++)
    snapshot->next = MIN (snapshot->next, find_next_end (snapshot->states->pdata[i], snapshot->ended, time));
  for (guint i = 0; i < snapshot->stores->len; i++)
    snapshot->next = MIN (snapshot->next, ((TrustStore *) snapshot->stores->pdata[i])->next);
}

TrustSnapshot *
trust_engine_make_snapshot (TrustEngine *engine, guint64 generation, const TrustReading *reading)
{
  gint64 now = trust_engine_get_time (engine), flat_next = TRUST_NEVER;
  g_autoptr (GPtrArray) reports = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) all = trust_plan_gather_states (reading->states, reading->stores), made = NULL;
  g_autoptr (TrustHandback) handback = trust_handback_read (engine->root);
  g_autoptr (TrustEnded) written = trust_ended_read (engine->root), more = trust_ended_gather (written, all, now);
  g_autoptr (TrustAnchorSet) set = trust_layers_merge (reading->states, written, now, reports);
  g_autoptr (TrustAnchorSet) flat = trust_loss_flatten (set, &trust_loss_policy_default, now, &flat_next, NULL);
  TrustSnapshot *snapshot = trust_snapshot_new (generation, engine->distribution, set, reading->states);

  engine->unwritten = more != NULL;
  snapshot->ended = trust_ended_ref (more != NULL ? more : written);
  made = trust_plan_make_stores (reading->stores, &(TrustStoresBase) { set, flat, flat_next, snapshot->ended, now });
  trust_engine_take_stores (snapshot, made);
  trust_snapshot_take_crls (snapshot, reading->crls);
  trust_snapshot_take_placed (snapshot, reading->placed);
  trust_snapshot_take_handback (snapshot, handback);
  if (handback != NULL && handback->fault != NULL)
    g_ptr_array_add (snapshot->reports, g_strdup (handback->fault));
  trust_engine_settle_snapshot (snapshot, flat, flat_next, now);
  g_ptr_array_extend_and_steal (snapshot->reports, g_steal_pointer (&reports));
  if (more != NULL && engine->flags == TRUST_ENGINE_READ_ONLY)
    g_ptr_array_add (snapshot->reports, g_strdup ("Trust has ended, and files may still show it; the service, the next change or \"anchord --once\" "
                                                  "puts them right"));
  if (trust_ended_get_fault (snapshot->ended) != NULL)
    g_ptr_array_add (snapshot->reports, g_strdup (trust_ended_get_fault (snapshot->ended)));
  if (trust_journal_get_repair (engine->journal) != NULL)
    g_ptr_array_add (snapshot->reports, g_strdup (trust_journal_get_repair (engine->journal)));
  return snapshot;
}

TrustSnapshot *
trust_engine_copy_snapshot (const TrustSnapshot *current)
{
  TrustSnapshot *copy = trust_snapshot_new (current->generation, current->distribution, current->set, current->states);

  trust_anchor_set_unref (copy->flat);
  copy->flat = trust_anchor_set_ref (current->flat);
  copy->ended = current->ended != NULL ? trust_ended_ref (current->ended) : NULL;
  trust_snapshot_take_crls (copy, current->kept);
  trust_snapshot_take_placed (copy, current->placed);
  trust_snapshot_take_handback (copy, current->handback);
  copy->time = current->time;
  copy->next = current->next;
  for (guint i = 0; i < current->stores->len; i++)
    g_ptr_array_add (copy->stores, trust_store_ref (current->stores->pdata[i]));
  g_ptr_array_extend (copy->reports, current->reports, (GCopyFunc) (void (*) (void)) g_strdup, NULL);
  return copy;
}

void
trust_engine_publish (TrustEngine *engine, TrustSnapshot *next)
{
  g_autoptr (GError) error = NULL;
  gboolean whole = trust_publisher_publish (engine->publisher, engine->published, next, &error);

  if (!whole)
    g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "MESSAGE", "Publishing generation %" G_GUINT64_FORMAT " is not complete: %s",
                      next->generation, error->message);
  g_clear_pointer (&engine->published, trust_snapshot_unref);
  if (whole)
    engine->published = trust_snapshot_ref (next);
  g_clear_error (&error);
  if (!trust_next_note (engine->root, next->next, &error))
    g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "MESSAGE", "What ends at a date ends there only while the service runs: %s", error->message);
}

gboolean
trust_engine_recover (TrustEngine *engine, GError **error)
{
  const TrustJournalIntent *pending = trust_journal_get_pending (engine->journal);
  g_autoptr (TrustApplication) application = NULL;
  g_autoptr (GPtrArray) states = NULL, stores = NULL, crls = NULL, placed = NULL;
  g_autoptr (TrustSnapshot) next = NULL;
  g_autoptr (TrustJournalIntent) intent = NULL;
  guint64 generation = 0;

  if (pending == NULL)
    return TRUE;
  generation = pending->generation;
  g_clear_pointer (&engine->found, trust_found_free);
  application = trust_application_stage (engine->root, pending->files, error);
  if (application == NULL || !trust_application_commit (application, error))
    return FALSE;
  states = trust_engine_load_sources (engine, NULL, error);
  if (states == NULL)
    return FALSE;
  stores = trust_engine_load_stores (engine, NULL);
  crls = trust_engine_load_crls (engine, NULL);
  placed = trust_engine_load_placed (engine, NULL);
  next = trust_engine_make_snapshot (engine, generation, &(TrustReading) { states, stores, crls, placed });
  trust_engine_publish (engine, next);
  /* What the killed writer left half made, readers of a folder see as a link that leads nowhere. */
  trust_publisher_tidy (engine->publisher);
  trust_engine_take_snapshot (engine, next);
  intent = trust_journal_intent_copy (pending);
  if (!trust_journal_append_done (engine->journal, generation, error))
    return FALSE;
  if (engine->journalled != NULL)
    trust_engine_tell_journalled (engine, intent);
  else
    engine->recovered = g_steal_pointer (&intent);
  return TRUE;
}
