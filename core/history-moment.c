/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/history-record.h"

#include "core/error.h"
#include "core/journal-fold.h"

#include <string.h>

static void
state_free (gpointer data)
{
  TrustHistoryState *state = data;

  g_free (state->title);
  g_free (state->settings);
  g_free (state);
}

static void
history_file_free (gpointer data)
{
  TrustHistoryFile *file = data;

  g_free (file->path);
  g_bytes_unref (file->content);
  g_free (file);
}

void
trust_moment_free (TrustMoment *moment)
{
  g_ptr_array_unref (moment->states);
  g_clear_pointer (&moment->files, g_ptr_array_unref);
  g_free (moment);
}

static TrustMoment *
make_moment (const TrustJournalFold *fold, gboolean with_files)
{
  g_autoptr (GPtrArray) states = trust_journal_fold_list_states (fold), files = NULL;
  TrustMoment *moment = g_new0 (TrustMoment, 1);

  moment->generation = trust_journal_fold_get_generation (fold);
  moment->time = trust_journal_fold_get_time (fold);
  moment->states = g_ptr_array_new_full (states->len, state_free);
  for (guint i = 0; i < states->len; i++)
    {
      const TrustJournalState *from = states->pdata[i];
      TrustHistoryState *state = g_new0 (TrustHistoryState, 1);

      memcpy (state->fingerprint, from->fingerprint, sizeof state->fingerprint);
      state->title = g_strdup (from->title);
      state->settings = g_strdup (from->settings);
      state->generation = from->generation;
      state->time = from->time;
      g_ptr_array_add (moment->states, state);
    }
  if (!with_files)
    return moment;
  files = trust_journal_fold_list_files (fold);
  moment->files = g_ptr_array_new_full (files->len, history_file_free);
  for (guint i = 0; i < files->len; i++)
    {
      const TrustJournalTreeFile *from = files->pdata[i];
      TrustHistoryFile *file = g_new0 (TrustHistoryFile, 1);

      file->path = g_strdup (from->path);
      file->content = trust_journal_tree_file_decode (from);
      file->mode = from->mode;
      g_ptr_array_add (moment->files, file);
    }
  return moment;
}

/* The file whose records lead to GENERATION: the newest that begins before it, for its `begin` has another time than the change itself. */
static gboolean
find_file (TrustHistory *history, guint64 generation, guint *file_out, GError **error)
{
  const TrustHistoryBase *bases = trust_history_get_bases (history, error);

  if (bases == NULL)
    return FALSE;
  for (guint file = history->n_files; file-- > 0;)
    {
      *file_out = file;
      if (bases[file].generation < generation || (bases[file].generation == generation && file == 0))
        return TRUE;
    }
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND,
               "generation %" G_GUINT64_FORMAT " is no longer kept: the journal begins with %" G_GUINT64_FORMAT, generation, bases[0].generation);
  return FALSE;
}

/* Feeds FOLD the records of FILE up to GENERATION. */
static gboolean
feed (TrustHistory *history, guint file, guint64 generation, TrustJournalFold *fold, GError **error)
{
  const GArray *spans = trust_history_get_spans (history, file, error);

  for (guint i = 0; spans != NULL && i < spans->len; i++)
    {
      const TrustJournalSpan *span = &g_array_index (spans, TrustJournalSpan, i);
      g_autoptr (GError) reason = NULL;
      TrustJournalPeek head;

      if (!trust_raw_peek (span, &head, error))
        return FALSE;
      if (head.generation > generation)
        return TRUE;
      if (!trust_journal_fold_feed (fold, span->json, span->length, &reason))
        return trust_raw_set_damaged (error, span, reason->message);
    }
  return spans != NULL;
}

TrustMoment *
trust_history_at (TrustHistory *history, guint64 generation, gboolean with_files, GError **error)
{
  g_autoptr (TrustJournalFold) fold = trust_journal_fold_new ();
  guint64 newest = 0;
  guint file = 0;

  if (history->n_files > 0 && (!find_file (history, generation, &file, error) || !feed (history, file, generation, fold, error)))
    return NULL;
  if (trust_journal_fold_get_generation (fold) == generation)
    return make_moment (fold, with_files);
  if (!trust_history_find (history, G_MAXINT64, &newest, error))
    return NULL;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND,
               generation > newest ? "there is no generation %" G_GUINT64_FORMAT " yet; the newest is %" G_GUINT64_FORMAT
                                   : "there is no generation %" G_GUINT64_FORMAT "; the one before it is %" G_GUINT64_FORMAT,
               generation, generation > newest ? newest : trust_journal_fold_get_generation (fold));
  return NULL;
}

/* What a state is of: a certificate in a store, or what its title says. Returns: (transfer full). */
static char *
make_key (const TrustHistoryState *state)
{
  return g_strconcat (state->fingerprint[0] != '\0' ? state->fingerprint : state->title, "\n", trust_journal_get_place (state->settings), NULL);
}

/* Adds a row where the two (nullable) differ. */
static void
add_difference (GPtrArray *out, const TrustHistoryState *before, const TrustHistoryState *after)
{
  const TrustHistoryState *one = after != NULL ? after : before;
  TrustJournalChange *change = NULL;

  if (before != NULL && after != NULL && g_str_equal (before->settings, after->settings))
    return;
  change = g_new0 (TrustJournalChange, 1);
  memcpy (change->fingerprint, one->fingerprint, sizeof change->fingerprint);
  change->title = g_strdup (*one->title == '\0' && before != NULL ? before->title : one->title);
  change->before = g_strdup (before != NULL ? before->settings : "");
  change->after = g_strdup (after != NULL ? after->settings : "");
  g_ptr_array_add (out, change);
}

static int
compare_changes (gconstpointer a, gconstpointer b)
{
  const TrustJournalChange *one = *(const TrustJournalChange *const *) a, *two = *(const TrustJournalChange *const *) b;
  int order = strcmp (one->fingerprint, two->fingerprint);

  if (order == 0)
    order = strcmp (one->title, two->title);
  if (order == 0)
    order = strcmp (one->before, two->before);
  return order != 0 ? order : strcmp (one->after, two->after);
}

GPtrArray *
trust_moment_diff (const TrustMoment *from, const TrustMoment *to)
{
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_journal_change_free);
  g_autoptr (GHashTable) before = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer gone = NULL;

  for (guint i = 0; i < from->states->len; i++)
    g_hash_table_insert (before, make_key (from->states->pdata[i]), from->states->pdata[i]);
  for (guint i = 0; i < to->states->len; i++)
    {
      g_autofree char *key = make_key (to->states->pdata[i]);

      add_difference (out, g_hash_table_lookup (before, key), to->states->pdata[i]);
      g_hash_table_remove (before, key);
    }
  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, NULL, &gone))
    add_difference (out, gone, NULL);
  g_ptr_array_sort (out, compare_changes);
  return out;
}
