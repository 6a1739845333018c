/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/engine-parts.h"

#include "core/apply.h"
#include "core/plan.h"
#include "core/record.h"
#include "core/sources/consumers.h"
#include "core/sources/stores.h"
#include "core/stores.h"
#include "core/text.h"

#include <string.h>

/* Of states, stores or revocation lists: are they the same objects? */
static gboolean
are_same (const GPtrArray *a, const GPtrArray *b)
{
  return a->len == b->len && (a->len == 0 || memcmp (a->pdata, b->pdata, a->len * sizeof (gpointer)) == 0);
}

/* The last good sets are kept for the day a guarded source fails. A failure here costs that day only. */
static void
keep_good_sets (TrustEngine *engine, const GPtrArray *states, const GPtrArray *stores, GPtrArray *reports)
{
  trust_stores_keep (engine->root, stores, reports);
  for (guint i = 0; i < states->len; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!trust_source_keep (engine->root, states->pdata[i], &error))
        g_ptr_array_add (reports, g_strdup (error->message));
    }
}

gboolean
trust_engine_begin (TrustEngine *engine, GError **error)
{
  if (engine->flags != TRUST_ENGINE_WRITABLE)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, "The store was opened for reading only");
      return FALSE;
    }
  return trust_engine_recover (engine, error);
}

/* Files that the plan made have a stat now; with it the next refresh takes them over unread. */
static void
fill_stats (TrustEngine *engine, const TrustPlan *plan)
{
  for (guint i = 0; i < plan->fresh->len; i++)
    {
      TrustSourceFile *file = plan->fresh->pdata[i];

      trust_root_stat (engine->root, trust_origin_get_path (file->origin), &file->stat);
    }
  for (guint i = 0; i < plan->crls->len; i++)
    {
      TrustKeptCrl *kept = plan->crls->pdata[i];

      if (kept->stat.inode == 0 && kept->crl != NULL)
        trust_root_stat (engine->root, kept->path, &kept->stat);
    }
}

static void
tell_consumers (const TrustSnapshot *snapshot, TrustOutcome *outcome)
{
  for (guint i = 0; i < snapshot->consumers->len; i++)
    {
      const TrustConsumerStatus *status = snapshot->consumers->pdata[i];

      if (status->fault != NULL)
        g_ptr_array_add (outcome->notices, g_strdup_printf ("Consumer %s was not brought up to date: %s", status->id, status->fault));
    }
}

/* Temporaries, so that a full disk says so while nothing has changed; the intent; the files; the consumers; the record that it is done. */
static gboolean
commit (TrustEngine *engine, const TrustJournalIntent *intent, TrustSnapshot *next, const TrustPlan *plan, GError **error)
{
  g_autoptr (TrustApplication) application = trust_application_stage (engine->root, intent->files, error);

  if (application == NULL || !trust_journal_append_intent (engine->journal, intent, error))
    return FALSE;
  if (!trust_application_commit (application, error))
    {
      g_prefix_error (error, "The change is recorded but was not written whole; it is finished before the next one: ");
      return FALSE;
    }
  if (plan != NULL)
    fill_stats (engine, plan);
  trust_engine_publish (engine, next);
  if (!trust_journal_append_done (engine->journal, next->generation, error))
    return FALSE;
  trust_engine_take_snapshot (engine, next);
  return TRUE;
}

/* Does INTENT change nothing but that trusts ended, at NEXT's time? */
static gboolean
is_end_alone (const TrustJournalIntent *intent, const TrustSnapshot *next, const TrustAnchorSetDiff *diff)
{
  g_autoptr (GHashTable) ended = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);

  for (guint s = 0; s < next->states->len; s++)
    {
      const TrustSourceState *state = next->states->pdata[s];

      for (guint i = 0; i < state->files->len; i++)
        {
          const TrustSourceFile *file = state->files->pdata[i];

          for (guint n = 0; n < file->n_anchors; n++)
            if (trust_ended_has (next->ended, file->anchors[n], next->time))
              g_hash_table_add (ended, (gpointer) trust_anchor_get_fingerprint (file->anchors[n]));
        }
    }
  for (guint i = 0; i < diff->removed->len; i++)
    if (!g_hash_table_contains (ended, &g_array_index (diff->removed, TrustFingerprint, i)))
      return FALSE;
  return intent->changes->len == diff->removed->len;
}

/* What has ended goes into INTENT's files, and gives it its name if it is all. */
static void
take_ended (TrustJournalIntent *intent, const TrustSnapshot *next, const TrustAnchorSetDiff *diff)
{
  g_autoptr (GBytes) content = trust_ended_write (next->ended);

  g_ptr_array_add (intent->files, trust_journal_file_new (TRUST_ENDED_PATH, content, 0644));
  if (!is_end_alone (intent, next, diff))
    return;
  g_free (intent->operation);
  intent->operation = g_strdup ("until");
}

/* Publishes NEXT as what the sources say at its time, with a record of its own if trust changed since BEFORE or in a store, or has ended, or
 * a revocation list came or went (not SAME_OTHERS). */
static gboolean
take_in (TrustEngine *engine, TrustSnapshot *next, const TrustBefore *before, gboolean same_others, gboolean *changed_out, GError **error)
{
  g_autoptr (TrustCaller) caller = trust_caller_new ("source");
  g_autoptr (TrustJournalIntent) intent = NULL;
  g_auto (TrustAnchorSetDiff) diff = { 0 };

  if (next->generation > 0 && !engine->unwritten && same_others && trust_record_is_unchanged (before, next->set))
    {
      /* No trust changed, but files that a consumer mirrors, or what flat files may hold, may have. */
      trust_engine_publish (engine, next);
      trust_engine_take_snapshot (engine, next);
      return TRUE;
    }
  next->generation++;
  intent = trust_record_intent ("source", NULL, caller, next->generation, before, next->set, &diff);
  trust_record_add_crls (intent, before->crls, next->kept);
  if (before->placed != NULL)
    trust_record_add_placed (intent, before->placed, next->placed);
  if (engine->unwritten)
    take_ended (intent, next, &diff);
  if (!commit (engine, intent, next, NULL, error))
    return FALSE;
  engine->unwritten = FALSE;
  if (changed_out != NULL)
    *changed_out = TRUE;
  if (engine->changed != NULL)
    engine->changed (next->generation, &diff, engine->changed_data);
  return TRUE;
}

/* Has the time come at which something changes by itself? A clock that went back is looked at again, and a damaged list of what has ended. */
static gboolean
is_due (const TrustEngine *engine, const TrustSnapshot *current, gint64 now)
{
  return engine->unwritten || now >= current->next || now < current->time
         || (current->ended != NULL && trust_ended_get_fault (current->ended) != NULL);
}

/* The sources and stores as they are now, and the time. */
static gboolean
look_again (TrustEngine *engine, const TrustReading *reading, gboolean *changed_out, GError **error)
{
  g_autoptr (TrustSnapshot) current = trust_engine_get_snapshot (engine);
  g_autoptr (TrustSnapshot) next = trust_engine_make_snapshot (engine, trust_journal_get_generation (engine->journal), reading);
  g_autoptr (GHashTable) published = NULL;
  TrustBefore before = { current->set, NULL, current->kept, current->placed };
  gboolean same_stores = trust_stores_are_equal (current->stores, next->stores);
  gboolean same_crls = trust_kept_crls_are_equal (current->kept, next->kept);
  gboolean same_placed = trust_placed_are_equal (current->placed, next->placed);

  keep_good_sets (engine, reading->states, reading->stores, next->reports);
  if (!engine->compared)
    {
      published = trust_publisher_read_set (engine->publisher);
      before.set = NULL;
      before.published = published;
      same_stores = trust_publisher_shows_stores (engine->publisher, next->stores);
    }
  if (!take_in (engine, next, &before, same_stores && same_crls && same_placed, changed_out, error))
    return FALSE;
  engine->compared = TRUE;
  return TRUE;
}

/* What time alone changes comes before any other change, in a transaction of its own. */
static gboolean
end_what_is_due (TrustEngine *engine, GError **error)
{
  g_autoptr (TrustSnapshot) current = trust_engine_get_snapshot (engine);
  const TrustReading reading = { current->states, current->stores, current->kept, current->placed };

  return !is_due (engine, current, trust_engine_get_time (engine)) || look_again (engine, &reading, NULL, error);
}

/* A change on its way. */
typedef struct
{
  TrustSnapshot *current;       /* (owned) */
  TrustPlan *plan;              /* (owned) */
  TrustSnapshot *next;          /* (owned) (nullable) NULL: there is nothing to do */
  TrustJournalIntent *intent;   /* (owned) (nullable) */
  TrustAnchorSetDiff diff;
} Step;

static void
step_clear (Step *step)
{
  g_clear_pointer (&step->current, trust_snapshot_unref);
  g_clear_pointer (&step->plan, trust_plan_free);
  g_clear_pointer (&step->next, trust_snapshot_unref);
  g_clear_pointer (&step->intent, trust_journal_intent_free);
  trust_anchor_set_diff_clear (&step->diff);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Step, step_clear)

/* Does STORE (nullable) itself say something of the certificate with FINGERPRINT? */
static gboolean
speaks_of (const TrustStore *store, const TrustFingerprint *fingerprint)
{
  TrustAnchor *anchor = store != NULL ? trust_anchor_set_lookup (store->set, fingerprint) : NULL;
  TrustDistrust *distrust = store != NULL ? trust_anchor_set_lookup_distrust (store->set, fingerprint) : NULL;

  return (anchor != NULL && g_str_equal (trust_origin_get_source (trust_anchor_get_origin (anchor)), store->state->source))
         || (distrust != NULL && g_str_equal (trust_origin_get_source (trust_distrust_get_origin (distrust)), store->state->source));
}

/* What differs in the store NAME. What follows from the N_SYSTEM first rows, the system's, and what a store that comes or goes only inherits, is not
 * said again. */
static void
record_store (Step *step, const char *name, guint n_system)
{
  const TrustStore *before = trust_snapshot_find_store (step->current, name), *after = trust_snapshot_find_store (step->next, name);
  g_autofree char *was = trust_store_describe (before), *is = trust_store_describe (after);
  g_autoptr (GHashTable) told = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (TrustAnchorSet) empty = trust_anchor_set_new (none, none);
  GPtrArray *changes = step->intent->changes;
  guint first = 0;

  if (!g_str_equal (was, is))
    trust_record_add_store (step->intent, name, was, is);
  for (guint i = 0; i < n_system; i++)
    g_hash_table_add (told, ((TrustJournalChange *) changes->pdata[i])->fingerprint);
  first = changes->len;
  trust_record_store (step->intent, name, before != NULL ? before->set : empty, after != NULL ? after->set : empty);
  for (guint i = changes->len; i > first; i--)
    {
      const TrustJournalChange *change = changes->pdata[i - 1];
      TrustFingerprint fingerprint;

      if (trust_text_unhex (change->fingerprint, fingerprint.bytes, sizeof fingerprint.bytes) && !speaks_of (before, &fingerprint)
          && !speaks_of (after, &fingerprint) && (before == NULL || after == NULL || g_hash_table_contains (told, change->fingerprint)))
        g_ptr_array_remove_index (changes, i - 1);
    }
}

/* What a change does in the stores that it is about; what the system's changes do to all stores follows from them. */
static void
record_stores (Step *step, const TrustChange *change)
{
  guint n_system = step->intent->changes->len;

  if (change->store != NULL)
    record_store (step, change->store, n_system);
  if (!trust_engine_goes_back (change))
    return;
  for (guint i = 0; i < step->current->stores->len; i++)
    {
      const TrustStore *before = step->current->stores->pdata[i], *after = trust_snapshot_find_store (step->next, before->name);

      if (after == NULL || after->state != before->state)
        record_store (step, before->name, n_system);
    }
  for (guint i = 0; i < step->next->stores->len; i++)
    if (trust_snapshot_find_store (step->current, ((TrustStore *) step->next->stores->pdata[i])->name) == NULL)
      record_store (step, ((TrustStore *) step->next->stores->pdata[i])->name, n_system);
}

/* What CHANGE comes to now, as GENERATION. Writes nothing. */
static gboolean
prepare (TrustEngine *engine, const TrustChange *change, const TrustCaller *caller, guint64 generation, Step *step, GError **error)
{
  gint64 now = trust_engine_get_time (engine);
  TrustBefore before = { NULL, NULL, NULL, NULL };
  guint64 target = 0;

  step->current = trust_engine_get_snapshot (engine);
  before.set = step->current->set;
  step->plan = trust_engine_plan (engine, step->current, change, caller, now, &target, error);
  if (step->plan == NULL)
    return FALSE;
  if (step->plan->files->len == 0)
    return TRUE;
  step->next = trust_snapshot_new (generation, engine->distribution, step->plan->set, step->plan->states);
  g_ptr_array_extend (step->next->reports, step->plan->reports, (GCopyFunc) (void (*) (void)) g_strdup, NULL);
  trust_engine_take_stores (step->next, step->plan->stores);
  trust_snapshot_take_crls (step->next, step->plan->crls);
  trust_snapshot_take_placed (step->next, step->plan->placed);
  step->next->ended = step->plan->ended != NULL ? trust_ended_ref (step->plan->ended) : NULL;
  trust_engine_settle_snapshot (step->next, step->plan->flat, step->plan->flat_next, now);
  step->intent = trust_record_intent (trust_change_kind_get_name (change->kind), change->reason, caller, generation, &before,
                                      step->next->set, &step->diff);
  step->intent->target = target;
  g_ptr_array_unref (step->intent->files);
  step->intent->files = g_ptr_array_ref (step->plan->files);
  record_stores (step, change);
  trust_record_add_crls (step->intent, step->current->kept, step->plan->crls);
  trust_record_add_placed (step->intent, step->current->placed, step->plan->placed);
  return TRUE;
}

/* PATH as a source, a store or the revocation lists of SNAPSHOT have it; NULL if none has. */
static const TrustStat *
find_stat (const TrustSnapshot *snapshot, const char *path)
{
  const TrustSourceFile *row = NULL;

  for (guint i = 0; i < snapshot->kept->len; i++)
    if (g_str_equal (((TrustKeptCrl *) snapshot->kept->pdata[i])->path, path))
      return &((TrustKeptCrl *) snapshot->kept->pdata[i])->stat;

  for (guint i = 0; row == NULL && i < snapshot->states->len; i++)
    row = g_hash_table_lookup (((TrustSourceState *) snapshot->states->pdata[i])->by_path, path);
  for (guint i = 0; row == NULL && i < snapshot->stores->len; i++)
    row = g_hash_table_lookup (((TrustStore *) snapshot->stores->pdata[i])->state->by_path, path);
  return row != NULL ? &row->stat : NULL;
}

/* Has somebody changed, since SNAPSHOT was read, an entry that PLAN writes over or takes away? What it says now would be lost unread, and one that is
 * gone would come back. */
static gboolean
is_overtaken (TrustEngine *engine, const TrustSnapshot *snapshot, const TrustPlan *plan)
{
  for (guint i = 0; i < plan->files->len; i++)
    {
      const char *path = ((TrustJournalFile *) plan->files->pdata[i])->path;
      const TrustStat *known = NULL;
      gboolean is_there = FALSE;
      TrustStat now;

      if (g_str_has_suffix (path, "/")
          || (!g_str_has_prefix (path, TRUST_ANCHORS_FOLDER "/") && !g_str_has_prefix (path, TRUST_STORES_FOLDER "/")
              && !g_str_has_prefix (path, TRUST_CRLS_FOLDER "/")))
        continue;
      known = find_stat (snapshot, path);
      is_there = trust_root_lstat (engine->root, path, &now);
      if (is_there != (known != NULL) || (is_there && !S_ISLNK (now.mode) && !trust_stat_equal (&now, known)))
        return TRUE;
    }
  return FALSE;
}

/* The same for what is on disk: a look at the sources comes first where they have moved on, and for what is about all of them. */
static gboolean
prepare_latest (TrustEngine *engine, const TrustChange *change, const TrustCaller *caller, Step *step, GError **error)
{
  if (trust_engine_goes_back (change) && !trust_engine_refresh (engine, NULL, error))
    return FALSE;
  if (!prepare (engine, change, caller, trust_journal_get_generation (engine->journal) + 1, step, error))
    return FALSE;
  if (!is_overtaken (engine, step->current, step->plan))
    return TRUE;
  step_clear (step);
  return trust_engine_refresh (engine, NULL, error)
         && prepare (engine, change, caller, trust_journal_get_generation (engine->journal) + 1, step, error);
}

TrustOutcome *
trust_engine_apply (TrustEngine *engine, const TrustChange *change, const TrustCaller *caller, GError **error)
{
  g_auto (Step) step = { 0 };
  TrustOutcome *outcome = NULL;

  if (!trust_engine_begin (engine, error) || !end_what_is_due (engine, error) || !prepare_latest (engine, change, caller, &step, error))
    return NULL;
  if (step.next == NULL)
    return g_steal_pointer (&step.plan->outcome);
  if (!commit (engine, step.intent, step.next, step.plan, error))
    return NULL;
  outcome = g_steal_pointer (&step.plan->outcome);
  outcome->generation = step.next->generation;
  tell_consumers (step.next, outcome);
  if (engine->changed != NULL)
    engine->changed (step.next->generation, &step.diff, engine->changed_data);
  return outcome;
}

TrustOutcome *
trust_engine_preview (TrustEngine *engine, const TrustChange *change, const TrustCaller *caller, GPtrArray **changes_out, GError **error)
{
  g_auto (Step) step = { 0 };

  if (!prepare (engine, change, caller, 0, &step, error))
    return NULL;
  *changes_out = step.intent != NULL ? g_ptr_array_ref (step.intent->changes)
                                     : g_ptr_array_new_with_free_func ((GDestroyNotify) trust_journal_change_free);
  return g_steal_pointer (&step.plan->outcome);
}

gboolean
trust_engine_refresh (TrustEngine *engine, gboolean *changed_out, GError **error)
{
  g_autoptr (TrustSnapshot) current = NULL;
  g_autoptr (GPtrArray) states = NULL, stores = NULL, crls = NULL, placed = NULL;

  if (changed_out != NULL)
    *changed_out = FALSE;
  if (!trust_engine_begin (engine, error))
    return FALSE;
  current = trust_engine_get_snapshot (engine);
  states = trust_engine_load_sources (engine, current, error);
  if (states == NULL)
    return FALSE;
  stores = trust_engine_load_stores (engine, current);
  crls = trust_engine_load_crls (engine, current);
  placed = trust_engine_load_placed (engine, current);
  if (engine->published != NULL && are_same (states, current->states) && are_same (stores, current->stores) && are_same (crls, current->kept)
      && are_same (placed, current->placed)
      && !is_due (engine, current, trust_engine_get_time (engine)))
    return TRUE;
  return look_again (engine, &(TrustReading) { states, stores, crls, placed }, changed_out, error);
}

gboolean
trust_engine_heal (TrustEngine *engine, GError **error)
{
  g_autoptr (TrustSnapshot) current = NULL;
  g_autoptr (TrustSnapshot) next = NULL;
  gboolean healed = FALSE;

  if (!trust_engine_begin (engine, error))
    return FALSE;
  current = trust_engine_get_snapshot (engine);
  next = trust_engine_copy_snapshot (current);
  if (!trust_publisher_heal (engine->publisher, next, &healed, error))
    return FALSE;
  if (healed)
    g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "MESSAGE", "Put right what another tool wrote over generation %" G_GUINT64_FORMAT,
                      next->generation);
  g_clear_pointer (&engine->published, trust_snapshot_unref);
  engine->published = trust_snapshot_ref (next);
  trust_engine_take_snapshot (engine, next);
  return TRUE;
}
