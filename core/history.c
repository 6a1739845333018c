/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/history-record.h"

#include "core/error.h"

#include <string.h>

/* What is read of a file's end at first: most who ask want no more. */
#define LAST_RECORDS 256
/* Text of a row that is not counted. */
#define ROW_BYTES 512

TrustHistory *
trust_history_open (TrustRoot *root, GError **error)
{
  TrustJournalReader *reader = trust_journal_reader_open (root, error);
  TrustHistory *self = NULL;

  if (reader == NULL)
    return NULL;
  self = g_new0 (TrustHistory, 1);
  self->root = trust_root_ref (root);
  self->reader = reader;
  self->n_files = trust_journal_reader_get_n_files (reader);
  self->spans = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_ptr_array_set_size (self->spans, (int) self->n_files);
  return self;
}

void
trust_history_free (TrustHistory *history)
{
  /* A slot that was not filled must not be freed. */
  for (guint i = 0; i < history->spans->len; i++)
    g_clear_pointer ((GArray **) &history->spans->pdata[i], g_array_unref);
  g_ptr_array_set_free_func (history->spans, NULL);
  g_ptr_array_unref (history->spans);
  g_clear_pointer (&history->bases, g_array_unref);
  trust_journal_reader_free (history->reader);
  trust_root_unref (history->root);
  g_free (history);
}

void
trust_history_record_free (TrustHistoryRecord *record)
{
  trust_journal_intent_free (record->intent);
  g_free (record);
}

const GArray *
trust_history_get_spans (TrustHistory *history, guint file, GError **error)
{
  if (history->spans->pdata[file] == NULL)
    history->spans->pdata[file] = trust_journal_reader_get_spans (history->reader, file, error);
  return history->spans->pdata[file];
}

static gboolean
read_base (TrustHistory *history, guint file, TrustHistoryBase *out, GError **error)
{
  g_autoptr (GError) reason = NULL;
  TrustJournalSpan first;
  TrustJournalPeek record;

  *out = (TrustHistoryBase) { 0, 0 };
  if (!trust_journal_reader_get_first (history->reader, file, &first, &reason))
    {
      if (reason == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  if (!trust_raw_peek (&first, &record, error))
    return FALSE;
  if (record.type != TRUST_JOURNAL_BEGIN)
    return first.sequence == 1 || trust_raw_set_damaged (error, &first, "it begins a file, and does not say what was so before it");
  *out = (TrustHistoryBase) { record.generation, record.time };
  return TRUE;
}

const TrustHistoryBase *
trust_history_get_bases (TrustHistory *history, GError **error)
{
  if (history->bases != NULL)
    return (const TrustHistoryBase *) (const void *) history->bases->data;

  g_autoptr (GArray) bases = g_array_sized_new (FALSE, FALSE, sizeof (TrustHistoryBase), history->n_files + 1);

  for (guint file = 0; file < history->n_files; file++)
    {
      TrustHistoryBase base;

      if (!read_base (history, file, &base, error))
        return NULL;
      g_array_append_val (bases, base);
    }
  history->bases = g_steal_pointer (&bases);
  return (const TrustHistoryBase *) (const void *) history->bases->data;
}

gboolean
trust_history_walk_begin (TrustHistoryWalk *walk, TrustHistory *history, guint file, GError **error)
{
  GArray *spans = history->spans->pdata[file];

  walk->history = history;
  walk->file = file;
  walk->is_whole = spans != NULL;
  walk->spans = spans != NULL ? g_array_ref (spans) : trust_journal_reader_get_last (history->reader, file, LAST_RECORDS);
  if (walk->spans == NULL && trust_history_get_spans (history, file, error) == NULL)
    return FALSE;
  if (walk->spans == NULL)
    {
      walk->spans = g_array_ref (history->spans->pdata[file]);
      walk->is_whole = TRUE;
    }
  walk->index = walk->spans->len;
  return TRUE;
}

gboolean
trust_history_walk_next (TrustHistoryWalk *walk, const TrustJournalSpan **span_out, GError **error)
{
  *span_out = NULL;
  if (walk->index == 0 && !walk->is_whole)
    {
      GArray *last = walk->spans;

      if (trust_history_get_spans (walk->history, walk->file, error) == NULL)
        return FALSE;
      walk->spans = g_array_ref (walk->history->spans->pdata[walk->file]);
      walk->is_whole = TRUE;
      walk->index = walk->spans->len - last->len;
      g_array_unref (last);
    }
  if (walk->index > 0)
    *span_out = &g_array_index (walk->spans, TrustJournalSpan, --walk->index);
  return TRUE;
}

gboolean
trust_history_walk_is_pending (const TrustHistoryWalk *walk)
{
  return walk->file + 1 == walk->history->n_files && walk->index + 1 == walk->spans->len;
}

void
trust_history_walk_clear (TrustHistoryWalk *walk)
{
  g_clear_pointer (&walk->spans, g_array_unref);
}

/* Is the value VALUE the string OPERATION? */
static gboolean
is_operation (TrustSpan value, const char *operation)
{
  return value.size == strlen (operation) + 2 && memcmp (value.data + 1, operation, value.size - 2) == 0;
}

/* Does one of CHANGES name a certificate whose fingerprint begins with the digits of PREFIX? */
static gboolean
is_about (TrustSpan changes, const TrustPrefix *prefix)
{
  char digits[TRUST_FINGERPRINT_HEX];
  TrustRawWalk walk;
  TrustRawRow row;

  trust_fingerprint_to_hex (&prefix->fingerprint, digits);
  trust_raw_walk_begin (&walk, changes);
  while (trust_raw_next_row (&walk, &row))
    if (row.fingerprint.size >= prefix->n_digits && memcmp (row.fingerprint.data, digits, prefix->n_digits) == 0)
      return TRUE;
  return FALSE;
}

/* Is a record with such a head out of the question? */
static gboolean
is_outside (const TrustJournalPeek *record, const TrustHistoryQuery *query)
{
  return record->type != TRUST_JOURNAL_INTENT || (query->since != 0 && record->time < query->since)
         || (query->until != 0 && record->time >= query->until) || record->generation < query->from
         || (query->to != 0 && record->generation > query->to);
}

static gboolean
fits (const TrustRawRecord *record, const TrustHistoryQuery *query)
{
  return (query->uid < 0 || trust_raw_is_of_uid (record->caller, query->uid))
         && (query->operation == NULL || is_operation (record->operation, query->operation))
         && (query->anchor == NULL || is_about (record->changes, query->anchor));
}

/* Adds the record SPAN, to which WALK came last, to OUT, if QUERY asks for it. */
static gboolean
take_record (const TrustHistoryWalk *walk, const TrustJournalSpan *span, const TrustHistoryQuery *query, GPtrArray *out, GError **error)
{
  TrustJournalPeek head;
  TrustRawRecord record;
  g_autoptr (TrustJournalIntent) intent = NULL;
  TrustHistoryRecord *taken = NULL;

  if (!trust_raw_peek (span, &head, error))
    return FALSE;
  if (is_outside (&head, query))
    return TRUE;
  if (!trust_raw_record_read (span, query->with_files ? TRUST_RAW_ALL : TRUST_RAW_SMALL, &record, error))
    return FALSE;
  if (!fits (&record, query))
    return TRUE;
  intent = trust_raw_to_intent (&record, &head, span, error);
  if (intent == NULL)
    return FALSE;
  taken = g_new0 (TrustHistoryRecord, 1);
  taken->sequence = span->sequence;
  memcpy (taken->hash, span->hash, sizeof taken->hash - 1);
  taken->intent = g_steal_pointer (&intent);
  taken->is_done = !trust_history_walk_is_pending (walk);
  g_ptr_array_add (out, taken);
  return TRUE;
}

guint
trust_history_weigh_row (const char *one, const char *two, const char *three)
{
  gsize size = (one != NULL ? strlen (one) : 0) + (two != NULL ? strlen (two) : 0) + (three != NULL ? strlen (three) : 0);

  return 1 + (guint) (size / ROW_BYTES);
}

guint
trust_history_weigh (const TrustHistoryRecord *record)
{
  const GPtrArray *files[] = { record->intent->files, record->intent->found };
  guint weight = 0;

  for (guint i = 0; i < record->intent->changes->len; i++)
    {
      const TrustJournalChange *change = record->intent->changes->pdata[i];

      weight += trust_history_weigh_row (change->title, change->before, change->after);
    }
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    for (guint j = 0; j < files[i]->len; j++)
      weight += trust_history_weigh_row (((const TrustJournalFile *) files[i]->pdata[j])->path, NULL, NULL);
  return weight;
}

/* How much OUT holds. */
typedef struct
{
  guint n_records;
  guint n_rows;
  guint n_before; /* the last record */
} Rows;

static gboolean
is_full (const GPtrArray *out, Rows *rows, const TrustHistoryQuery *query)
{
  for (; rows->n_records < out->len; rows->n_records++)
    {
      rows->n_before = rows->n_rows;
      rows->n_rows += trust_history_weigh (out->pdata[rows->n_records]);
    }
  return (query->limit != 0 && out->len == query->limit) || (query->rows != 0 && rows->n_before >= query->rows);
}

/* Adds what QUERY asks for of FILE to OUT. */
static gboolean
log_file (TrustHistory *history, guint file, const TrustHistoryQuery *query, Rows *rows, GPtrArray *out, GError **error)
{
  g_auto (TrustHistoryWalk) walk = { .spans = NULL };
  const TrustJournalSpan *span = NULL;

  if (!trust_history_walk_begin (&walk, history, file, error) || !trust_history_walk_next (&walk, &span, error))
    return FALSE;
  while (span != NULL && !is_full (out, rows, query))
    if (!take_record (&walk, span, query, out, error) || !trust_history_walk_next (&walk, &span, error))
      return FALSE;
  return TRUE;
}

GPtrArray *
trust_history_log (TrustHistory *history, const TrustHistoryQuery *query, GError **error)
{
  g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_history_record_free);
  const TrustHistoryBase *bases = trust_history_get_bases (history, error);
  Rows rows = { 0, 0, 0 };

  if (bases == NULL)
    return NULL;
  /* Generations only rise; times do not: a clock may be set back, and so they bound nothing. */
  for (guint file = history->n_files; file-- > 0 && !is_full (out, &rows, query);)
    {
      if ((query->to == 0 || bases[file].generation < query->to) && !log_file (history, file, query, &rows, out, error))
        return NULL;
      if (bases[file].generation < query->from)
        break;
    }
  return g_steal_pointer (&out);
}

/* The newest generation that FILE makes, of those that stood at TIME; 0: none did. */
static gboolean
find_in_file (TrustHistory *history, guint file, gint64 time, guint64 *generation_out, GError **error)
{
  g_auto (TrustHistoryWalk) walk = { .spans = NULL };
  const TrustJournalSpan *span = NULL;

  *generation_out = 0;
  if (!trust_history_walk_begin (&walk, history, file, error) || !trust_history_walk_next (&walk, &span, error))
    return FALSE;
  while (span != NULL)
    {
      TrustJournalPeek head;

      if (!trust_raw_peek (span, &head, error))
        return FALSE;
      if (head.type == TRUST_JOURNAL_INTENT && head.time <= time && !trust_history_walk_is_pending (&walk))
        {
          *generation_out = head.generation;
          return TRUE;
        }
      if (!trust_history_walk_next (&walk, &span, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
trust_history_find (TrustHistory *history, gint64 time, guint64 *generation_out, GError **error)
{
  const TrustHistoryBase *bases = trust_history_get_bases (history, error);

  *generation_out = 0;
  if (bases == NULL)
    return FALSE;
  /* Where a clock was set back, a file that began later may have the answer. */
  for (guint file = history->n_files; file-- > 0;)
    {
      if (!find_in_file (history, file, time, generation_out, error))
        return FALSE;
      if (*generation_out != 0)
        return TRUE;
    }
  if (history->n_files == 0)
    return TRUE;
  *generation_out = bases[0].generation;
  if (bases[0].generation == 0 || bases[0].time <= time)
    return TRUE;

  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (bases[0].time / G_USEC_PER_SEC);
  g_autofree char *text = date != NULL ? g_date_time_format_iso8601 (date) : g_strdup ("?");

  g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND,
               "the journal is not kept that far back: it begins with generation %" G_GUINT64_FORMAT ", as it stood on %s", bases[0].generation,
               text);
  return FALSE;
}

gboolean
trust_history_resolve (TrustHistory *history, const TrustWhen *when, guint64 *generation_out, GError **error)
{
  if (when->kind != TRUST_WHEN_GENERATION)
    return trust_history_find (history, when->kind == TRUST_WHEN_NOW ? G_MAXINT64 : when->time, generation_out, error);
  *generation_out = when->generation;
  return TRUE;
}
