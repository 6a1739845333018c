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
  char hex[TRUST_FINGERPRINT_HEX] = { 0 };
  TrustFingerprint fingerprint;
  TrustJournalFact *fact = NULL;

  memcpy (hex, digits, sizeof hex - 1);
  if (!trust_text_unhex (hex, fingerprint.bytes, sizeof fingerprint.bytes))
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

static GHashTable *
new_facts (void)
{
  return g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, g_free, g_free);
}

/* (transfer full) */
static GHashTable *
copy_facts (GHashTable *known)
{
  GHashTable *facts = new_facts ();
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, known);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (facts, g_memdup2 (key, sizeof (TrustFingerprint)), g_memdup2 (value, sizeof (TrustJournalFact)));
  return facts;
}

/* The sequence of the last record that there is; 0: there is none. */
static gboolean
find_last (TrustHistory *history, guint64 *out, GError **error)
{
  *out = 0;
  for (guint file = history->n_files; file-- > 0 && *out == 0;)
    {
      const GArray *spans = trust_history_get_spans (history, file, error);

      if (spans == NULL)
        return FALSE;
      if (spans->len > 0)
        *out = g_array_index (spans, TrustJournalSpan, spans->len - 1).sequence;
    }
  return TRUE;
}

/* The file that the record behind SEQUENCE stands in. */
static guint
find_file (TrustHistory *history, guint64 sequence)
{
  TrustJournalSpan first;

  for (guint file = history->n_files; file-- > 1;)
    if (trust_journal_reader_get_first (history->reader, file, &first, NULL) && first.sequence <= sequence + 1)
      return file;
  return 0;
}

/* Takes in the records behind SEQUENCE; files before theirs are not walked. */
static gboolean
note_records (GHashTable *facts, TrustHistory *history, guint64 sequence, GError **error)
{
  for (guint file = find_file (history, sequence); file < history->n_files; file++)
    {
      const GArray *spans = trust_history_get_spans (history, file, error);

      if (spans == NULL)
        return FALSE;
      for (guint i = 0; i < spans->len; i++)
        if (g_array_index (spans, TrustJournalSpan, i).sequence > sequence
            && !note_record (facts, &g_array_index (spans, TrustJournalSpan, i), error))
          return FALSE;
    }
  return TRUE;
}

GHashTable *
trust_history_list_facts (TrustHistory *history, GHashTable *known, guint64 *sequence, GError **error)
{
  g_autoptr (GHashTable) facts = NULL;
  guint64 last = 0;

  if (!find_last (history, &last, error))
    return NULL;
  if (known != NULL && last == *sequence)
    return g_hash_table_ref (known);
  /* A journal that ends before what was seen of it is another one. */
  facts = known != NULL && last > *sequence ? copy_facts (known) : new_facts ();
  if (known == NULL || last < *sequence)
    {
      if (!note_base (facts, history, error) || !note_records (facts, history, 0, error))
        return NULL;
    }
  else if (!note_records (facts, history, *sequence, error))
    return NULL;
  *sequence = last;
  return g_steal_pointer (&facts);
}
