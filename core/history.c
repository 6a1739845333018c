/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/history-record.h"

#include "core/error.h"

#include <string.h>

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

gboolean
trust_history_is_pending (TrustHistory *history, guint file, guint index)
{
  const GArray *spans = history->spans->pdata[file];

  return file + 1 == history->n_files && index + 1 == spans->len;
}

gboolean
trust_history_get_base (TrustHistory *history, guint file, guint64 *generation_out, gint64 *time_out, GError **error)
{
  g_autoptr (GError) reason = NULL;
  TrustJournalSpan first;
  TrustJournalPeek record;

  *generation_out = 0;
  *time_out = 0;
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
  *generation_out = record.generation;
  *time_out = record.time;
  return TRUE;
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
         || (query->until != 0 && record->time >= query->until)
         || record->generation < query->from || (query->to != 0 && record->generation > query->to);
}

static gboolean
fits (const TrustRawRecord *record, const TrustHistoryQuery *query)
{
  return (query->uid < 0 || trust_raw_is_of_uid (record->caller, query->uid))
         && (query->operation == NULL || is_operation (record->operation, query->operation))
         && (query->anchor == NULL || is_about (record->changes, query->anchor));
}

/* Adds the record at INDEX of FILE to OUT, if QUERY asks for it. */
static gboolean
take_record (TrustHistory *history, guint file, guint index, const TrustHistoryQuery *query, GPtrArray *out, GError **error)
{
  const TrustJournalSpan *span = &g_array_index ((GArray *) history->spans->pdata[file], TrustJournalSpan, index);
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
  taken->is_done = !trust_history_is_pending (history, file, index);
  g_ptr_array_add (out, taken);
  return TRUE;
}

/* How much OUT holds. */
typedef struct
{
  guint n_records;
  guint n_rows;
  guint n_before;   /* the last record */
} Rows;

static gboolean
is_full (const GPtrArray *out, Rows *rows, const TrustHistoryQuery *query)
{
  for (; rows->n_records < out->len; rows->n_records++)
    {
      const TrustJournalIntent *intent = ((TrustHistoryRecord *) out->pdata[rows->n_records])->intent;

      rows->n_before = rows->n_rows;
      rows->n_rows += intent->changes->len + intent->files->len + intent->found->len;
    }
  return (query->limit != 0 && out->len == query->limit) || (query->rows != 0 && rows->n_before >= query->rows);
}

GPtrArray *
trust_history_log (TrustHistory *history, const TrustHistoryQuery *query, GError **error)
{
  g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_history_record_free);
  guint64 base = G_MAXUINT64;
  gint64 time = 0;
  Rows rows = { 0, 0, 0 };

  /* What stands before a file is not younger than its base. */
  for (guint file = history->n_files; file-- > 0 && base >= query->from;)
    {
      const GArray *spans = NULL;

      if (!trust_history_get_base (history, file, &base, &time, error))
        return NULL;
      if (query->to != 0 && base >= query->to)
        continue;
      spans = trust_history_get_spans (history, file, error);
      if (spans == NULL)
        return NULL;
      for (guint index = spans->len; index-- > 0;)
        {
          if (!take_record (history, file, index, query, out, error))
            return NULL;
          if (is_full (out, &rows, query))
            return g_steal_pointer (&out);
        }
    }
  return g_steal_pointer (&out);
}

/* The newest generation that FILE makes, of those that stood at TIME; 0: none did. */
static gboolean
find_in_file (TrustHistory *history, guint file, gint64 time, guint64 *generation_out, GError **error)
{
  const GArray *spans = trust_history_get_spans (history, file, error);

  *generation_out = 0;
  if (spans == NULL)
    return FALSE;
  for (guint index = spans->len; index-- > 0;)
    {
      TrustJournalPeek head;

      if (!trust_raw_peek (&g_array_index (spans, TrustJournalSpan, index), &head, error))
        return FALSE;
      if (head.type == TRUST_JOURNAL_INTENT && head.time <= time && !trust_history_is_pending (history, file, index))
        {
          *generation_out = head.generation;
          return TRUE;
        }
    }
  return TRUE;
}

gboolean
trust_history_find (TrustHistory *history, gint64 time, guint64 *generation_out, GError **error)
{
  guint64 base = 0;
  gint64 begun = 0;

  *generation_out = 0;
  for (guint file = history->n_files; file-- > 0;)
    {
      if (!find_in_file (history, file, time, generation_out, error))
        return FALSE;
      if (*generation_out != 0)
        return TRUE;
    }
  if (history->n_files == 0)
    return TRUE;
  if (!trust_history_get_base (history, 0, &base, &begun, error))
    return FALSE;
  *generation_out = base;
  if (base == 0 || begun <= time)
    return TRUE;

  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (begun / G_USEC_PER_SEC);
  g_autofree char *text = date != NULL ? g_date_time_format_iso8601 (date) : g_strdup ("?");

  g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND, "the journal is not kept that far back: it begins with generation %" G_GUINT64_FORMAT
               ", as it stood on %s", base, text);
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
