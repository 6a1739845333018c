/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The whole journal, held against itself. */
#include "core/engine-parts.h"
#include "core/journal-chain.h"
#include "core/journal-reader.h"
#include "core/journal-scan.h"

#include <string.h>

void
trust_journal_report_free (TrustJournalReport *report)
{
  g_free (report->repaired);
  g_ptr_array_unref (report->faults);
  g_free (report);
}

/* FALSE: RECORD is not the one that was written, or not what follows REPORT->head. */
static gboolean
take_record (TrustJournalReport *report, const TrustJournalSpan *record, GError **error)
{
  char hash[TRUST_JOURNAL_HASH_DIGITS + 1];
  TrustJournalPeek peek;

  if (report->n_records == 0)
    {
      report->first = record->sequence;
      if (record->sequence > 1 && !trust_journal_peek_previous (record->json, record->length, report->head))
        return trust_journal_set_damaged (error, record->sequence, 0, "it does not say what stood before it");
    }
  trust_journal_chain_hash (report->head, record->sequence, record->json, record->length, hash);
  if (memcmp (hash, record->hash, TRUST_JOURNAL_HASH_DIGITS) != 0)
    return trust_journal_set_damaged (error, record->sequence, 0, "its content does not have the hash it names");
  memcpy (report->head, hash, sizeof hash);
  report->n_records++;
  if (!trust_journal_peek (record->json, record->length, &peek, error))
    return FALSE;
  report->generation = peek.generation;
  return TRUE;
}

static gboolean
walk (TrustJournalReader *reader, const char *head, gboolean *found, TrustJournalReport *report, GError **error)
{
  for (guint file = 0; file < trust_journal_reader_get_n_files (reader); file++)
    {
      g_autoptr (GArray) spans = trust_journal_reader_get_spans (reader, file, error);

      for (guint i = 0; spans != NULL && i < spans->len; i++)
        {
          const TrustJournalSpan *span = &g_array_index (spans, TrustJournalSpan, i);

          if (!take_record (report, span, error))
            return FALSE;
          *found = *found || (head != NULL && strcmp (report->head, head) == 0);
        }
      if (spans == NULL)
        return FALSE;
    }
  return TRUE;
}

TrustJournalReport *
trust_engine_verify_journal (TrustEngine *engine, const char *head, GError **error)
{
  TrustJournalReader *reader = trust_journal_reader_open (engine->root, error);
  TrustJournalReport *report = NULL;
  g_autoptr (GError) reason = NULL;
  gboolean found = head == NULL;

  if (reader == NULL)
    return NULL;
  report = g_new0 (TrustJournalReport, 1);
  memcpy (report->head, TRUST_JOURNAL_NO_HASH, sizeof report->head);
  report->faults = g_ptr_array_new_with_free_func (g_free);
  report->repaired = g_strdup (trust_journal_get_repair (engine->journal));
  if (!walk (reader, head, &found, report, &reason))
    g_ptr_array_add (report->faults, g_strdup (reason->message));
  else if (!found)
    g_ptr_array_add (report->faults, g_strdup_printf ("no record has the hash %s: the journal is not the one that it was taken from, or its end was "
                                                      "cut off", head));
  trust_journal_reader_free (reader);
  return report;
}
