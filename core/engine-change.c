/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/engine-parts.h"

#include "core/apply.h"
#include "core/plan.h"
#include "core/record.h"
#include "core/sources/consumers.h"
#include "core/sources/handback.h"
#include "core/sources/stores.h"
#include "core/stores.h"

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

/* Is CHANGE about who writes the distribution's files, and not about what they show? */
static gboolean
is_of_consumers (const TrustChange *change)
{
  return change->kind == TRUST_CHANGE_HANDBACK || change->kind == TRUST_CHANGE_RESUME || change->kind == TRUST_CHANGE_CONSUMER_ENABLE
         || change->kind == TRUST_CHANGE_CONSUMER_DISABLE;
}

static void
tell_consumers (const TrustSnapshot *snapshot, const TrustChange *change, TrustOutcome *outcome)
{
  for (guint i = 0; i < snapshot->consumers->len; i++)
    {
      const TrustConsumerStatus *status = snapshot->consumers->pdata[i];

      if (status->fault != NULL)
        g_ptr_array_add (outcome->notices, g_strdup_printf ("Consumer %s was not brought up to date: %s", status->id, status->fault));
      else if (status->handed_back && !is_of_consumers (change))
        g_ptr_array_add (outcome->notices,
                         g_strdup_printf ("Consumer %s is handed back: its files are the distribution's tool's, and do not follow this", status->id));
      for (guint n = 0; change->kind == TRUST_CHANGE_HANDBACK && n < status->drift->len; n++)
        g_ptr_array_add (outcome->notices, g_strdup_printf ("Consumer %s: %s", status->id, (const char *) status->drift->pdata[n]));
    }
}

/* Temporaries, so that a full disk says so while nothing has changed; the intent; the files; the consumers; the record that it is done. */
static gboolean
commit (TrustEngine *engine, const TrustJournalIntent *intent, TrustSnapshot *next, const TrustPlan *plan, GError **error)
{
  g_autoptr (TrustApplication) application = trust_application_stage (engine->root, intent->files, error);

  if (application == NULL || !trust_journal_append_intent (engine->journal, intent, error))
    return FALSE;
  if (engine->found != NULL)
    {
      trust_found_learn (engine->found, intent->found);
      trust_found_learn (engine->found, intent->files);
    }
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
  trust_engine_tell_journalled (engine, intent);
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
  return intent->changes->len == diff->removed->len && intent->found->len == 0;
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

/* A look at the sources, held against what was so before. */
typedef struct
{
  TrustSnapshot *next;        /* (owned) */
  TrustJournalFold *fold;     /* (owned) (nullable) what the journal has; NULL: BEFORE is all that there is to know */
  GHashTable *published;      /* (owned) (nullable) what the last run published: this one has not published yet */
  TrustJournalIntent *intent; /* (owned) */
  GPtrArray *rows;            /* (owned) of TrustSourceFile* (borrowed): what others changed */
  TrustAnchorSetDiff diff;
  gboolean same_others; /* stores, revocation lists and consumers are what they were */
  gboolean more;        /* others changed more than one record should hold */
} Look;

static void
look_clear (Look *look)
{
  g_clear_pointer (&look->next, trust_snapshot_unref);
  g_clear_pointer (&look->fold, trust_journal_fold_free);
  g_clear_pointer (&look->published, g_hash_table_unref);
  g_clear_pointer (&look->intent, trust_journal_intent_free);
  g_clear_pointer (&look->rows, g_ptr_array_unref);
  trust_anchor_set_diff_clear (&look->diff);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Look, look_clear)

/* What the journal has is read once; what is written to it afterwards is known. */
static void
read_journal (TrustEngine *engine, Look *look)
{
  g_autoptr (GError) error = NULL;

  if (engine->found != NULL && engine->compared)
    return;
  look->fold = trust_journal_read_fold (engine->journal, &error);
  if (look->fold == NULL)
    g_ptr_array_add (look->next->reports, g_strdup_printf ("What others changed is not journalled: %s", error->message));
  else if (engine->found == NULL)
    engine->found = trust_found_new (look->fold);
}

/* Fills LOOK's intent: what is otherwise than in BEFORE, or than in the journal where this is the first look. */
static void
compare (TrustEngine *engine, Look *look, const TrustSnapshot *before)
{
  g_autoptr (TrustCaller) caller = trust_caller_new ("source");
  TrustBefore was = { before->set, NULL, NULL };

  read_journal (engine, look);
  if (!engine->compared)
    {
      look->published = trust_publisher_read_set (engine->publisher);
      was = (TrustBefore) { NULL, look->published, look->fold };
    }
  look->intent = trust_record_intent ("source", NULL, caller, look->next->generation + 1, &was, look->next->set, &look->diff);
  if (was.fold != NULL)
    trust_record_since (look->intent, was.fold, look->next);
  else
    {
      trust_record_add_crls (look->intent, before->kept, look->next->kept);
      trust_record_add_placed (look->intent, before->placed, look->next->placed);
      trust_engine_record_stores (look->intent, before, look->next);
    }
  look->rows = g_ptr_array_new ();
  look->more = engine->found != NULL && !trust_found_look (engine->found, engine->root, look->next, look->intent->found, look->rows);
  trust_record_add_certificates (look->intent, look->next, look->rows);
}

/* Publishes what LOOK found, with a record of its own if trust or the administrator's tree changed, or trust has ended. */
static gboolean
take_in (TrustEngine *engine, Look *look, gboolean *changed_out, GError **error)
{
  TrustSnapshot *next = look->next;

  if (next->generation > 0 && !engine->unwritten && look->same_others && look->intent->changes->len == 0 && look->intent->found->len == 0
      && trust_anchor_set_diff_is_empty (&look->diff))
    {
      /* No trust changed, but files that a consumer mirrors, or what flat files may hold, may have. */
      trust_engine_publish (engine, next);
      trust_engine_take_snapshot (engine, next);
      return TRUE;
    }
  next->generation++;
  if (engine->unwritten)
    take_ended (look->intent, next, &look->diff);
  if (!commit (engine, look->intent, next, NULL, error))
    return FALSE;
  engine->unwritten = FALSE;
  if (changed_out != NULL)
    *changed_out = TRUE;
  if (engine->changed != NULL)
    engine->changed (next->generation, &look->diff, engine->changed_data);
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
  for (gboolean more = TRUE; more;)
    {
      g_autoptr (TrustSnapshot) current = trust_engine_get_snapshot (engine);
      g_auto (Look) look = { .next = trust_engine_make_snapshot (engine, trust_journal_get_generation (engine->journal), reading) };

      look.same_others = trust_kept_crls_are_equal (current->kept, look.next->kept) && trust_placed_are_equal (current->placed, look.next->placed)
                         && trust_handback_equal (current->handback, look.next->handback)
                         && (engine->compared ? trust_stores_are_equal (current->stores, look.next->stores)
                                              : trust_publisher_shows_stores (engine->publisher, look.next->stores));
      keep_good_sets (engine, reading->states, reading->stores, look.next->reports);
      compare (engine, &look, current);
      if (!take_in (engine, &look, changed_out, error))
        return FALSE;
      engine->compared = TRUE;
      more = look.more;
    }
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
  TrustSnapshot *current;     /* (owned) */
  TrustPlan *plan;            /* (owned) */
  TrustSnapshot *next;        /* (owned) (nullable) NULL: there is nothing to do */
  TrustJournalIntent *intent; /* (owned) (nullable) */
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

/* What CHANGE comes to now, as GENERATION. Writes nothing. */
static gboolean
prepare (TrustEngine *engine, const TrustChange *change, const TrustCaller *caller, guint64 generation, Step *step, GError **error)
{
  gint64 now = trust_engine_get_time (engine);
  TrustBefore before = { NULL, NULL, NULL };
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
  trust_snapshot_take_handback (step->next, step->plan->handback);
  step->next->ended = step->plan->ended != NULL ? trust_ended_ref (step->plan->ended) : NULL;
  trust_engine_settle_snapshot (step->next, step->plan->flat, step->plan->flat_next, now);
  step->intent = trust_record_intent (trust_change_kind_get_name (change->kind), change->reason, caller, generation, &before, step->next->set,
                                      &step->diff);
  step->intent->target = target;
  g_ptr_array_unref (step->intent->files);
  step->intent->files = g_ptr_array_ref (step->plan->files);
  /* What the system's changes do to all stores follows from them. */
  if (trust_engine_goes_back (change))
    trust_engine_record_stores (step->intent, step->current, step->next);
  else if (change->store != NULL)
    trust_engine_record_store (step->intent, change->store, step->current, step->next);
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

/* The mark stands already; what a full disk or a lock kept from being given back then, is now. */
static TrustOutcome *
finish_handback (TrustEngine *engine, const TrustChange *change, Step *step, GError **error)
{
  g_autoptr (TrustSnapshot) now = NULL;

  if (!trust_engine_heal (engine, error))
    return NULL;
  now = trust_engine_get_snapshot (engine);
  tell_consumers (now, change, step->plan->outcome);
  return g_steal_pointer (&step->plan->outcome);
}

TrustOutcome *
trust_engine_apply (TrustEngine *engine, const TrustChange *change, const TrustCaller *caller, GError **error)
{
  g_auto (Step) step = { 0 };
  g_autoptr (TrustOutcome) outcome = NULL;

  if (!trust_engine_begin (engine, error) || !end_what_is_due (engine, error) || !prepare_latest (engine, change, caller, &step, error))
    return NULL;
  if (step.next == NULL)
    return change->kind == TRUST_CHANGE_HANDBACK ? finish_handback (engine, change, &step, error) : g_steal_pointer (&step.plan->outcome);
  trust_record_add_certificates (step.intent, step.next, step.plan->fresh);
  if (!commit (engine, step.intent, step.next, step.plan, error))
    return NULL;
  outcome = g_steal_pointer (&step.plan->outcome);
  outcome->generation = step.next->generation;
  tell_consumers (step.next, change, outcome);
  if (engine->changed != NULL)
    engine->changed (step.next->generation, &step.diff, engine->changed_data);
  /* What was put into others' folders, or taken out, is theirs: it is taken in as such. */
  if ((change->kind == TRUST_CHANGE_HANDBACK || change->kind == TRUST_CHANGE_RESUME) && step.plan->files->len > 1
      && !trust_engine_refresh (engine, NULL, error))
    return NULL;
  return g_steal_pointer (&outcome);
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
  g_autoptr (TrustHandback) handback = NULL;

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
  handback = trust_handback_read (engine->root);
  if (engine->published != NULL && are_same (states, current->states) && are_same (stores, current->stores) && are_same (crls, current->kept)
      && are_same (placed, current->placed) && trust_handback_equal (handback, current->handback)
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
