/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/engine-parts.h"

#include "core/kept-crl.h"
#include "core/placed.h"
#include "core/text.h"

/* Records that are looked at together: more each time, for each page is looked for from its file's end. */
#define FIRST_PAGE 64u
#define PAGE_GROWTH 4u

/* What a change goes back to. */
typedef struct
{
  guint64 target;   /* the generation; of an undo the one that is undone */
  gint64 time;      /* when that was made; microseconds since the epoch */
  GHashTable *only; /* (owned) (nullable) a set of paths (owned) */
} Target;

static void
target_clear (Target *target)
{
  g_clear_pointer (&target->only, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Target, target_clear)

gboolean
trust_engine_goes_back (const TrustChange *change)
{
  return change->kind == TRUST_CHANGE_ROLLBACK || change->kind == TRUST_CHANGE_UNDO;
}

/* Is PATH a file of the administrator's tree that anchord writes? */
static gboolean
is_of_tree (const char *path)
{
  static const char *const folders[] = { TRUST_ANCHORS_FOLDER "/", TRUST_STORES_FOLDER "/", TRUST_CRLS_FOLDER "/", TRUST_PLACED_FOLDER "/" };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    if (g_str_has_prefix (path, folders[i]) && !g_str_has_suffix (path, "/"))
      return TRUE;
  return FALSE;
}

/* The files of the tree that INTENT wrote. (transfer full) (nullable): none */
static GHashTable *
list_written (const TrustJournalIntent *intent)
{
  g_autoptr (GHashTable) paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < intent->files->len; i++)
    {
      const char *path = ((TrustJournalFile *) intent->files->pdata[i])->path;

      if (is_of_tree (path))
        g_hash_table_add (paths, g_strdup (path));
    }
  return g_hash_table_size (paths) > 0 ? g_steal_pointer (&paths) : NULL;
}

/* Is RECORD the change to undo? UNDONE: a set of generations that were undone already. */
static gboolean
take_record (const TrustHistoryRecord *record, GHashTable *undone, Target *out)
{
  const TrustJournalIntent *intent = record->intent;

  if (!record->is_done || g_str_equal (intent->operation, "source") || g_str_equal (intent->operation, "until"))
    return FALSE;
  if (g_str_equal (intent->operation, "undo"))
    {
      g_hash_table_add (undone, g_memdup2 (&intent->target, sizeof intent->target));
      return FALSE;
    }
  if (g_hash_table_contains (undone, &intent->generation))
    return FALSE;
  out->only = list_written (intent);
  out->target = intent->generation;
  out->time = intent->time;
  return out->only != NULL;
}

/* Is it what somebody was shown, and said yes to? */
static gboolean
check_shown (const Target *target, const TrustWhen *when, GError **error)
{
  if (when->kind != TRUST_WHEN_GENERATION || when->generation == target->target)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_BUSY,
               "Generation %" G_GUINT64_FORMAT " was to be undone, and generation %" G_GUINT64_FORMAT " was made meanwhile; try again",
               when->generation, target->target);
  return FALSE;
}

/* The last change of the tree that was not undone yet: each undo goes one further back. WHEN: "now", or the generation that is expected. */
static gboolean
find_last (TrustHistory *history, const TrustWhen *when, Target *out, GError **error)
{
  g_autoptr (GHashTable) undone = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  TrustHistoryQuery query = { .uid = -1, .limit = FIRST_PAGE, .with_files = TRUE };
  guint n_seen = 0;

  for (;;)
    {
      g_autoptr (GPtrArray) records = trust_history_log (history, &query, error);

      if (records == NULL)
        return FALSE;
      for (guint i = 0; i < records->len; i++)
        if (take_record (records->pdata[i], undone, out))
          return check_shown (out, when, error);
      query.to = records->len > 0 ? ((TrustHistoryRecord *) records->pdata[records->len - 1])->intent->generation - 1 : 0;
      if (records->len < query.limit || query.to == 0)
        break;
      n_seen += records->len;
      if (n_seen >= TRUST_LIMIT_UNDO_RECORDS)
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED,
                       "None of the last %u changes can be undone, and no more are looked at; `anchorctl rollback` goes back to any of them", n_seen);
          return FALSE;
        }
      query.limit = MIN (PAGE_GROWTH * query.limit, TRUST_LIMIT_UNDO_RECORDS - n_seen);
    }
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND,
               "There is nothing to undo: the journal holds no change by anchord that was not undone; `anchorctl log` shows what it holds");
  return FALSE;
}

static gboolean
find_target (TrustHistory *history, const TrustChange *change, Target *out, GError **error)
{
  return change->kind == TRUST_CHANGE_UNDO ? find_last (history, &change->when, out, error)
                                           : trust_history_resolve (history, &change->when, &out->target, error);
}

/* (transfer full): of TrustJournalFile*. */
static GPtrArray *
list_files (const TrustMoment *moment)
{
  GPtrArray *files = g_ptr_array_new_full (moment->files->len, (GDestroyNotify) trust_journal_file_free);

  for (guint i = 0; i < moment->files->len; i++)
    {
      const TrustHistoryFile *file = moment->files->pdata[i];

      g_ptr_array_add (files, trust_journal_file_new (file->path, file->content, file->mode));
    }
  return files;
}

/* What is undone must still stand as it was left: else somebody's later work would be lost. */
static gboolean
check_untouched (TrustEngine *engine, TrustHistory *history, const Target *target, GError **error)
{
  g_autoptr (TrustMoment) moment = trust_history_at (history, target->target, TRUE, error);
  g_autoptr (GHashTable) left = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer path = NULL;

  for (guint i = 0; moment != NULL && i < moment->files->len; i++)
    g_hash_table_insert (left, ((TrustHistoryFile *) moment->files->pdata[i])->path, moment->files->pdata[i]);
  if (moment == NULL)
    return FALSE;
  g_hash_table_iter_init (&iter, target->only);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    {
      const TrustHistoryFile *file = g_hash_table_lookup (left, path);
      TrustStat stat;
      g_autoptr (GBytes) bytes = trust_root_read (engine->root, path, TRUST_LIMIT_INPUT_BYTES, &stat, NULL);
      g_autofree char *shown = NULL;

      if (file == NULL || bytes == NULL ? file == NULL && bytes == NULL : g_bytes_equal (file->content, bytes))
        continue;
      shown = trust_text_printable (path, 0);
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN,
                   "%s was changed since generation %" G_GUINT64_FORMAT ", which would be undone; `anchorctl rollback %" G_GUINT64_FORMAT
                   "` goes back all the same",
                   shown, target->target, target->target - 1);
      return FALSE;
    }
  return TRUE;
}

static TrustPlan *
plan_return (TrustEngine *engine, const TrustSnapshot *snapshot, const TrustChange *change, const TrustCaller *caller, gint64 now,
             guint64 *target_out, GError **error)
{
  g_autoptr (TrustHistory) history = trust_history_open (engine->root, error);
  g_auto (Target) target = { 0 };
  g_autoptr (TrustMoment) moment = NULL;
  g_autoptr (GPtrArray) files = NULL;
  TrustPlanTree tree = { 0 };

  if (history == NULL || !find_target (history, change, &target, error)
      || (target.only != NULL && !check_untouched (engine, history, &target, error)))
    return NULL;
  *target_out = target.target;
  moment = trust_history_at (history, target.only != NULL ? target.target - 1 : target.target, TRUE, error);
  if (moment == NULL)
    return NULL;
  files = list_files (moment);
  tree = (TrustPlanTree) { moment->generation, files, target.only };
  return trust_plan_new_rollback (engine->root, snapshot, change, &tree, caller, now, error);
}

TrustPlan *
trust_engine_plan (TrustEngine *engine, const TrustSnapshot *snapshot, const TrustChange *change, const TrustCaller *caller, gint64 now,
                   guint64 *target_out, GError **error)
{
  *target_out = 0;
  return trust_engine_goes_back (change) ? plan_return (engine, snapshot, change, caller, now, target_out, error)
                                         : trust_plan_new (engine->root, snapshot, change, caller, now, error);
}

gboolean
trust_engine_find_target (TrustEngine *engine, const TrustChange *change, guint64 *generation_out, gint64 *time_out, GError **error)
{
  g_autoptr (TrustHistory) history = trust_history_open (engine->root, error);
  g_auto (Target) target = { 0 };
  g_autoptr (TrustMoment) moment = NULL;

  if (history == NULL || !find_target (history, change, &target, error))
    return FALSE;
  moment = trust_history_at (history, target.target, FALSE, error);
  if (moment == NULL)
    return FALSE;
  *generation_out = target.target;
  *time_out = moment->time / G_USEC_PER_SEC;
  return TRUE;
}
