/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the audit asks of the journal, certificate by certificate: one walk over all of its records. */
#include "core/history-record.h"

#include "core/text.h"

#include <string.h>

/* The fact of the certificate with the 64 digits DIGITS, made where there is none. (transfer none) (nullable) */
static TrustJournalFact *
find_fact (GHashTable *facts, const guint8 *digits)
{
  TrustFingerprint fingerprint;
  TrustJournalFact *fact = NULL;

  if (!trust_text_unhex ((const char *) digits, fingerprint.bytes, sizeof fingerprint.bytes))
    return NULL;
  fact = g_hash_table_lookup (facts, &fingerprint);
  if (fact == NULL)
    {
      fact = g_new0 (TrustJournalFact, 1);
      g_hash_table_insert (facts, g_memdup2 (&fingerprint, sizeof fingerprint), fact);
    }
  return fact;
}

static void
note (TrustJournalFact *fact, guint64 generation, gint64 time, gboolean distrusted)
{
  if (fact->first == 0)
    fact->first = generation;
  fact->last = generation;
  fact->last_time = time / G_USEC_PER_SEC;
  fact->was_distrusted |= distrusted;
}

static gboolean
begins_with (TrustSpan text, const char *head)
{
  return text.size >= strlen (head) && memcmp (text.data, head, strlen (head)) == 0;
}

/* The certificates in what others changed in the administrator's tree. Returns: (transfer full): a set of TrustFingerprint*. */
static GHashTable *
list_found (TrustSpan found)
{
  GHashTable *set = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, g_free, NULL);
  TrustRawWalk walk;
  TrustRawFile file;

  trust_raw_walk_begin (&walk, found);
  while (trust_raw_next_file (&walk, &file))
    {
      g_autofree char *path = file.path;
      g_autoptr (GBytes) content = file.content.data != NULL ? trust_raw_decode (file.content) : NULL;
      g_autoptr (GPtrArray) certificates = content != NULL ? trust_history_list_certificates (content) : NULL;

      for (guint i = 0; certificates != NULL && i < certificates->len; i++)
        g_hash_table_add (set, g_memdup2 (trust_certificate_get_fingerprint (certificates->pdata[i]), sizeof (TrustFingerprint)));
    }
  return set;
}

/* A source made certificates trusted in SPAN's record. Those whose bytes it keeps came from no file of the administrator's tree. */
static gboolean
note_others (GHashTable *facts, const TrustJournalSpan *span, guint64 generation, GError **error)
{
  g_autoptr (GHashTable) found = NULL;
  TrustRawRecord record;
  TrustRawWalk walk;
  TrustSpan text;

  if (!trust_raw_record_read (span, TRUST_RAW_ALL, &record, error))
    return FALSE;
  trust_raw_walk_begin (&walk, record.certificates);
  while (trust_raw_next_string (&walk, &text))
    {
      g_autoptr (GBytes) der = trust_raw_decode (text);
      TrustFingerprint fingerprint;
      TrustJournalFact *fact = NULL;

      if (found == NULL)
        found = list_found (record.found);
      trust_fingerprint_of (g_bytes_get_data (der, NULL), g_bytes_get_size (der), &fingerprint);
      fact = g_hash_table_lookup (facts, &fingerprint);
      if (fact != NULL && fact->from_others == 0 && fact->last == generation && !g_hash_table_contains (found, &fingerprint))
        fact->from_others = generation;
    }
  return TRUE;
}

static gboolean
note_record (GHashTable *facts, const TrustJournalSpan *span, GError **error)
{
  gboolean others = FALSE;
  TrustJournalPeek head;
  TrustRawRecord record;
  TrustRawWalk walk;
  TrustRawRow row;

  if (!trust_raw_peek (span, &head, error))
    return FALSE;
  if (head.type != TRUST_JOURNAL_INTENT)
    return TRUE;
  if (!trust_raw_record_read (span, TRUST_RAW_SMALL, &record, error))
    return FALSE;
  trust_raw_walk_begin (&walk, record.changes);
  while (trust_raw_next_row (&walk, &row))
    {
      TrustJournalFact *fact = row.fingerprint.size == 64 ? find_fact (facts, row.fingerprint.data) : NULL;

      if (fact == NULL)
        continue;
      note (fact, head.generation, head.time, begins_with (row.after, "distrusted"));
      others |= row.before.size == 0 && begins_with (row.after, "trusted");
    }
  if (walk.bad)
    return trust_raw_set_damaged (error, span, "its changes are not JSON of a known shape");
  return !others || !begins_with (record.operation, "\"source\"") || note_others (facts, span, head.generation, error);
}

/* What was so before the first record that is kept. */
static gboolean
note_base (GHashTable *facts, TrustHistory *history, GError **error)
{
  const TrustHistoryBase *bases = trust_history_get_bases (history, error);
  g_autoptr (TrustMoment) moment = NULL;

  if (bases == NULL || history->n_files == 0 || bases[0].generation == 0)
    return bases != NULL;
  moment = trust_history_at (history, bases[0].generation, FALSE, error);
  for (guint i = 0; moment != NULL && i < moment->states->len; i++)
    {
      const TrustHistoryState *state = moment->states->pdata[i];
      TrustJournalFact *fact = state->fingerprint[0] != '\0' ? find_fact (facts, (const guint8 *) state->fingerprint) : NULL;

      if (fact != NULL)
        note (fact, state->generation, state->time, g_str_has_prefix (state->settings, "distrusted"));
    }
  return moment != NULL;
}

GHashTable *
trust_history_list_facts (TrustHistory *history, GError **error)
{
  g_autoptr (GHashTable) facts = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, g_free, g_free);

  if (!note_base (facts, history, error))
    return NULL;
  for (guint file = 0; file < history->n_files; file++)
    {
      const GArray *spans = trust_history_get_spans (history, file, error);

      if (spans == NULL)
        return NULL;
      for (guint i = 0; i < spans->len; i++)
        if (!note_record (facts, &g_array_index (spans, TrustJournalSpan, i), error))
          return NULL;
    }
  return g_steal_pointer (&facts);
}
