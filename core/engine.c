/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/engine.h"

#include "core/apply.h"
#include "core/arena.h"
#include "core/hooks.h"
#include "core/journal.h"
#include "core/layers.h"
#include "core/plan.h"
#include "core/publish.h"
#include "core/record.h"
#include "core/root.h"
#include "core/sources/source.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>
#include <unistd.h>

#define STATE_FOLDER "/var/lib/anchord"
#define LOCK_PATH STATE_FOLDER "/lock"
#define LOCK_TIMEOUT_MS 2000

struct _TrustEngine
{
  TrustRoot *root;             /* (owned) */
  TrustEngineFlags flags;
  int lock_fd;                 /* -1: read only */
  TrustDistributionKind distribution;
  TrustJournal *journal;       /* (owned) */
  TrustPublisher *publisher;   /* (owned) (nullable) read only has none */
  gboolean compared;           /* the sources were held against what the last run published */
  TrustEngineChanged changed;
  gpointer changed_data;
  GMutex lock;                 /* guards `snapshot` */
  TrustSnapshot *snapshot;     /* (owned) */
  TrustSnapshot *published;    /* (owned) (nullable) what the consumers show; NULL: not known yet */
};

/* The sources of this distribution, read again; what did not change is the PREVIOUS state itself. Returns: of TrustSourceState*, or NULL. */
static GPtrArray *
load_sources (TrustEngine *engine, const TrustSnapshot *previous, GError **error)
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
      g_ptr_array_add (states, state);
    }
  return g_steal_pointer (&states);
}

static gboolean
same_states (const GPtrArray *a, const GPtrArray *b)
{
  return a->len == b->len && memcmp (a->pdata, b->pdata, a->len * sizeof (gpointer)) == 0;
}

/* The last good sets are kept for the day a guarded source fails. A failure here costs that day only. */
static void
keep_good_sets (TrustEngine *engine, const GPtrArray *states, GPtrArray *reports)
{
  for (guint i = 0; i < states->len; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!trust_source_keep (engine->root, states->pdata[i], &error))
        g_ptr_array_add (reports, g_strdup (error->message));
    }
}

static void
take_snapshot (TrustEngine *engine, TrustSnapshot *next)
{
  g_autoptr (TrustSnapshot) old = NULL;

  g_mutex_lock (&engine->lock);
  old = engine->snapshot;
  engine->snapshot = trust_snapshot_ref (next);
  g_mutex_unlock (&engine->lock);
}

static TrustSnapshot *
make_snapshot (TrustEngine *engine, guint64 generation, GPtrArray *states)
{
  g_autoptr (GPtrArray) reports = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (TrustAnchorSet) set = trust_layers_merge (states, reports);
  TrustSnapshot *snapshot = trust_snapshot_new (generation, engine->distribution, set, states);

  g_ptr_array_extend_and_steal (snapshot->reports, g_steal_pointer (&reports));
  if (trust_journal_get_repair (engine->journal) != NULL)
    g_ptr_array_add (snapshot->reports, g_strdup (trust_journal_get_repair (engine->journal)));
  return snapshot;
}

/* Makes the consumers show NEXT. A consumer's failure stands in its status and leaves the others and the store alone. */
static void
publish (TrustEngine *engine, TrustSnapshot *next)
{
  g_autoptr (GError) error = NULL;
  gboolean whole = trust_publisher_publish (engine->publisher, engine->published, next, &error);

  if (!whole)
    g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "MESSAGE", "Publishing generation %" G_GUINT64_FORMAT " is not complete: %s",
                      next->generation, error->message);
  g_clear_pointer (&engine->published, trust_snapshot_unref);
  if (whole)
    engine->published = trust_snapshot_ref (next);
}

/* Rolls forward what a killed writer had announced: its files, then the consumers. */
static gboolean
recover (TrustEngine *engine, GError **error)
{
  const TrustJournalIntent *pending = trust_journal_get_pending (engine->journal);
  g_autoptr (TrustApplication) application = NULL;
  g_autoptr (GPtrArray) states = NULL;
  g_autoptr (TrustSnapshot) next = NULL;
  guint64 generation = 0;

  if (pending == NULL)
    return TRUE;
  generation = pending->generation;
  application = trust_application_stage (engine->root, pending->files, error);
  if (application == NULL || !trust_application_commit (application, error))
    return FALSE;
  states = load_sources (engine, NULL, error);
  if (states == NULL)
    return FALSE;
  next = make_snapshot (engine, generation, states);
  publish (engine, next);
  take_snapshot (engine, next);
  return trust_journal_append_done (engine->journal, generation, error);
}

/* The same moment, for what its consumers are found to be. */
static TrustSnapshot *
copy_snapshot (const TrustSnapshot *current)
{
  TrustSnapshot *copy = trust_snapshot_new (current->generation, current->distribution, current->set, current->states);

  g_ptr_array_extend (copy->reports, current->reports, (GCopyFunc) (void (*) (void)) g_strdup, NULL);
  return copy;
}

/* Where a killed writer may have left a temporary. The folders that consumers read are swept when idle: they may be large. */
static const char *const swept[] = { TRUST_ANCHORS_FOLDER, TRUST_ASIDE_FOLDER, STATE_FOLDER "/last-good", STATE_FOLDER "/published",
                                     STATE_FOLDER "/debian", TRUST_HOOKS_PENDING, "/etc" };

static gboolean
open_writable (TrustEngine *engine, GError **error)
{
  int fd = trust_root_make_dir (engine->root, STATE_FOLDER, 0755);

  if (fd < 0)
    return trust_error_set_errno (error, errno, "Cannot make", STATE_FOLDER);
  close (fd);
  engine->lock_fd = trust_root_lock (engine->root, LOCK_PATH, LOCK_TIMEOUT_MS, error);
  if (engine->lock_fd < 0)
    {
      g_prefix_error (error, "Another anchord writes to this store (if it is the service, use anchorctl without --root): ");
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (swept); i++)
    trust_application_sweep (engine->root, swept[i]);
  engine->publisher = trust_publisher_new (engine->root, engine->distribution);
  return TRUE;
}

TrustEngine *
trust_engine_open (const char *root_path, TrustEngineFlags flags, GError **error)
{
  g_autoptr (TrustEngine) engine = g_new0 (TrustEngine, 1);
  g_autoptr (GPtrArray) states = NULL;
  g_autoptr (TrustSnapshot) snapshot = NULL;

  g_mutex_init (&engine->lock);
  engine->lock_fd = -1;
  engine->flags = flags;
  engine->root = trust_root_new (root_path, error);
  if (engine->root == NULL)
    return NULL;
  engine->distribution = trust_distribution_detect (engine->root);
  if (flags == TRUST_ENGINE_WRITABLE && !open_writable (engine, error))
    return NULL;
  engine->journal = trust_journal_open (engine->root, flags == TRUST_ENGINE_WRITABLE, error);
  if (engine->journal == NULL)
    return NULL;
  if (flags == TRUST_ENGINE_WRITABLE && !recover (engine, error))
    return NULL;
  if (engine->snapshot != NULL)
    return g_steal_pointer (&engine);
  states = load_sources (engine, NULL, error);
  if (states == NULL)
    return NULL;
  snapshot = make_snapshot (engine, trust_journal_get_generation (engine->journal), states);
  take_snapshot (engine, snapshot);
  return g_steal_pointer (&engine);
}

void
trust_engine_free (TrustEngine *engine)
{
  g_clear_pointer (&engine->snapshot, trust_snapshot_unref);
  g_clear_pointer (&engine->published, trust_snapshot_unref);
  g_clear_pointer (&engine->publisher, trust_publisher_free);
  g_clear_pointer (&engine->journal, trust_journal_free);
  if (engine->lock_fd >= 0)
    close (engine->lock_fd);
  g_clear_pointer (&engine->root, trust_root_unref);
  g_mutex_clear (&engine->lock);
  g_free (engine);
}

void
trust_engine_set_listener (TrustEngine *engine, TrustEngineChanged changed, gpointer user_data)
{
  engine->changed = changed;
  engine->changed_data = user_data;
}

TrustSnapshot *
trust_engine_get_snapshot (TrustEngine *engine)
{
  TrustSnapshot *snapshot = NULL;

  g_mutex_lock (&engine->lock);
  snapshot = trust_snapshot_ref (engine->snapshot);
  g_mutex_unlock (&engine->lock);
  return snapshot;
}

TrustSnapshot *
trust_engine_look (TrustEngine *engine)
{
  g_autoptr (TrustSnapshot) current = trust_engine_get_snapshot (engine);
  g_autoptr (TrustPublisher) publisher = NULL;
  TrustSnapshot *seen = NULL;

  if (current->consumers->len > 0)
    return g_steal_pointer (&current);
  seen = copy_snapshot (current);
  publisher = trust_publisher_new (engine->root, engine->distribution);
  trust_publisher_look (publisher, seen);
  return seen;
}

/* May a change begin? One that was announced and could not be finished (a full disk) is finished first. */
static gboolean
begin (TrustEngine *engine, GError **error)
{
  if (engine->flags != TRUST_ENGINE_WRITABLE)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, "The store was opened for reading only");
      return FALSE;
    }
  return recover (engine, error);
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
  publish (engine, next);
  if (!trust_journal_append_done (engine->journal, next->generation, error))
    return FALSE;
  take_snapshot (engine, next);
  return TRUE;
}

TrustOutcome *
trust_engine_apply (TrustEngine *engine, const TrustChange *change, const TrustCaller *caller, GError **error)
{
  g_autoptr (TrustSnapshot) current = NULL;
  g_autoptr (TrustPlan) plan = NULL;
  g_autoptr (TrustSnapshot) next = NULL;
  g_autoptr (TrustJournalIntent) intent = NULL;
  g_auto (TrustAnchorSetDiff) diff = { 0 };
  TrustBefore before = { NULL, NULL };
  TrustOutcome *outcome = NULL;

  if (!begin (engine, error))
    return NULL;
  current = trust_engine_get_snapshot (engine);
  before.set = current->set;
  plan = trust_plan_new (engine->root, current, change, caller, g_get_real_time () / G_USEC_PER_SEC, error);
  if (plan == NULL)
    return NULL;
  if (plan->files->len == 0)
    return g_steal_pointer (&plan->outcome);

  next = trust_snapshot_new (trust_journal_get_generation (engine->journal) + 1, engine->distribution, plan->set, plan->states);
  g_ptr_array_extend (next->reports, plan->reports, (GCopyFunc) (void (*) (void)) g_strdup, NULL);
  intent = trust_record_intent (trust_change_kind_get_name (change->kind), change->reason, caller, next->generation, &before, next->set, &diff);
  g_ptr_array_unref (intent->files);
  intent->files = g_ptr_array_ref (plan->files);
  if (!commit (engine, intent, next, plan, error))
    return NULL;
  outcome = g_steal_pointer (&plan->outcome);
  outcome->generation = next->generation;
  tell_consumers (next, outcome);
  if (engine->changed != NULL)
    engine->changed (next->generation, &diff, engine->changed_data);
  return outcome;
}

/* Publishes NEXT as what the sources say now, with a record of its own if trust changed since BEFORE. */
static gboolean
take_in (TrustEngine *engine, TrustSnapshot *next, const TrustBefore *before, gboolean *changed_out, GError **error)
{
  g_autoptr (TrustCaller) caller = trust_caller_new ("source");
  g_autoptr (TrustJournalIntent) intent = NULL;
  g_auto (TrustAnchorSetDiff) diff = { 0 };

  if (next->generation > 0 && trust_record_is_unchanged (before, next->set))
    {
      /* No trust changed, but files that a consumer mirrors may have. */
      publish (engine, next);
      take_snapshot (engine, next);
      return TRUE;
    }
  next->generation++;
  intent = trust_record_intent ("source", NULL, caller, next->generation, before, next->set, &diff);
  if (!commit (engine, intent, next, NULL, error))
    return FALSE;
  if (changed_out != NULL)
    *changed_out = TRUE;
  if (engine->changed != NULL)
    engine->changed (next->generation, &diff, engine->changed_data);
  return TRUE;
}

gboolean
trust_engine_refresh (TrustEngine *engine, gboolean *changed_out, GError **error)
{
  g_autoptr (TrustSnapshot) current = NULL;
  g_autoptr (GPtrArray) states = NULL;
  g_autoptr (TrustSnapshot) next = NULL;
  g_autoptr (GHashTable) published = NULL;
  TrustBefore before = { NULL, NULL };

  if (changed_out != NULL)
    *changed_out = FALSE;
  if (!begin (engine, error))
    return FALSE;
  current = trust_engine_get_snapshot (engine);
  before.set = current->set;
  states = load_sources (engine, current, error);
  if (states == NULL)
    return FALSE;
  if (engine->published != NULL && same_states (states, current->states))
    return TRUE;
  next = make_snapshot (engine, trust_journal_get_generation (engine->journal), states);
  keep_good_sets (engine, states, next->reports);
  if (!engine->compared)
    {
      published = trust_publisher_read_set (engine->publisher);
      before.set = NULL;
      before.published = published;
    }
  if (!take_in (engine, next, &before, changed_out, error))
    return FALSE;
  engine->compared = TRUE;
  return TRUE;
}

gboolean
trust_engine_heal (TrustEngine *engine, GError **error)
{
  g_autoptr (TrustSnapshot) current = NULL;
  g_autoptr (TrustSnapshot) next = NULL;
  gboolean healed = FALSE;

  if (!begin (engine, error))
    return FALSE;
  current = trust_engine_get_snapshot (engine);
  next = copy_snapshot (current);
  if (!trust_publisher_heal (engine->publisher, next, &healed, error))
    return FALSE;
  if (healed)
    g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "MESSAGE", "Put right what another tool wrote over generation %" G_GUINT64_FORMAT,
                      next->generation);
  g_clear_pointer (&engine->published, trust_snapshot_unref);
  engine->published = trust_snapshot_ref (next);
  take_snapshot (engine, next);
  return TRUE;
}

void
trust_engine_tidy (TrustEngine *engine)
{
  if (engine->publisher == NULL)
    return;
  trust_publisher_tidy (engine->publisher);
}

void
trust_engine_give_back_memory (TrustEngine *engine)
{
  trust_arena_spill (engine->root, STATE_FOLDER);
  malloc_trim (0);
}

guint
trust_engine_count_waiting_hooks (TrustEngine *engine)
{
  return trust_hooks_count (engine->root);
}

gboolean
trust_engine_is_distribution_busy (TrustEngine *engine)
{
  return trust_hooks_is_held (engine->root);
}

void
trust_engine_get_watched (TrustEngine *engine, GPtrArray **sources, GPtrArray **consumers)
{
  *sources = g_ptr_array_new ();
  for (guint i = 0; i < trust_n_sources; i++)
    for (guint n = 0; (trust_sources[i].distributions & (1u << engine->distribution)) != 0 && trust_sources[i].watched[n] != NULL; n++)
      g_ptr_array_add (*sources, (gpointer) trust_sources[i].watched[n]);
  *consumers = engine->publisher != NULL ? trust_publisher_get_watched (engine->publisher) : g_ptr_array_new ();
}
