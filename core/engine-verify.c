/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal's end held against the store: the journal may be whole in itself, and another one, or lack its end. */
#include "core/engine-parts.h"
#include "core/journal-reader.h"
#include "core/record.h"

#include <string.h>

#define CURRENT "/var/lib/anchord/published/current"
#define CURRENT_HEAD "bundles/"
/* A change that is being made is waited for. */
#define TRIES 20
#define WAIT_US (50 * 1000)
/* Certificates that are named one by one. */
#define NAMED_MAX 5

/* What is published, by the link that moves with it; 0 where nothing is. */
static guint64
read_published (TrustEngine *engine)
{
  g_autofree char *target = trust_root_read_link (engine->root, CURRENT);

  return target != NULL && g_str_has_prefix (target, CURRENT_HEAD) ? g_ascii_strtoull (target + strlen (CURRENT_HEAD), NULL, 10) : 0;
}

/* The end of the journal that READER shows. (transfer full) (nullable) */
static TrustJournalFold *
read_fold (TrustJournalReader *reader, GError **error)
{
  g_autoptr (TrustJournalFold) fold = trust_journal_fold_new ();
  guint n_files = trust_journal_reader_get_n_files (reader);
  g_autoptr (GArray) spans = n_files > 0 ? trust_journal_reader_get_spans (reader, n_files - 1, error) : NULL;

  if (n_files > 0 && spans == NULL)
    return NULL;
  for (guint i = 0; spans != NULL && i < spans->len; i++)
    {
      const TrustJournalSpan *span = &g_array_index (spans, TrustJournalSpan, i);
      g_autoptr (GError) reason = NULL;

      if (!trust_journal_fold_feed (fold, span->json, span->length, &reason))
        {
          trust_journal_set_damaged (error, span->sequence, 0, reason->message);
          return NULL;
        }
    }
  return g_steal_pointer (&fold);
}

static void
tell_state (GPtrArray *names, const char *hex, const char *journal, const char *store)
{
  g_ptr_array_add (names, g_strdup_printf ("%.16s… is \"%s\" there and \"%s\" here", hex, journal, store));
}

/* What SET has otherwise than FOLD. NAMES gets char*. */
static void
compare_set (const TrustJournalFold *fold, const TrustAnchorSet *set, GPtrArray *names)
{
  g_autoptr (TrustJournalIntent) missing = trust_journal_intent_new ("verify");
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (TrustSnapshot) snapshot = trust_snapshot_new (0, TRUST_DISTRIBUTION_NONE, (TrustAnchorSet *) set, none);

  trust_record_since (missing, fold, snapshot);
  for (guint i = 0; i < missing->changes->len; i++)
    {
      const TrustJournalChange *change = missing->changes->pdata[i];
      gboolean is_trust = *change->fingerprint != '\0' && !g_str_has_prefix (change->before, "kept: ");

      if (is_trust || g_str_equal (change->before, "distrusted") || g_str_equal (change->after, "distrusted"))
        tell_state (names, is_trust ? change->fingerprint : change->title, change->before, change->after);
    }
}

/* The same of what the last run published, which shows no distrusts. */
static void
compare_published (const TrustJournalFold *fold, GHashTable *published, GPtrArray *names)
{
  g_autoptr (GPtrArray) states = trust_journal_fold_list_states (fold);
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer key = NULL, settings = NULL;

  g_hash_table_iter_init (&iter, published);
  while (g_hash_table_iter_next (&iter, &key, &settings))
    {
      char hex[TRUST_FINGERPRINT_HEX];
      g_autofree char *now = g_strconcat ("trusted ", settings, NULL);
      const TrustJournalState *state = NULL;

      trust_fingerprint_to_hex (key, hex);
      state = trust_journal_fold_find_state (fold, hex);
      if (state == NULL || !g_str_equal (state->settings, now))
        tell_state (names, hex, state != NULL ? state->settings : "", now);
      g_hash_table_add (told, g_strdup (hex));
    }
  for (guint i = 0; i < states->len; i++)
    {
      const TrustJournalState *state = states->pdata[i];

      if (*state->fingerprint != '\0' && g_str_has_prefix (state->settings, "trusted ") && *trust_journal_get_place (state->settings) == '\0'
          && !g_hash_table_contains (told, state->fingerprint))
        tell_state (names, state->fingerprint, state->settings, "");
    }
}

static void
tell_names (GPtrArray *faults, GPtrArray *names, guint64 generation)
{
  g_autofree char *joined = NULL;
  guint n = names->len;

  if (n == 0)
    return;
  g_ptr_array_set_size (names, (int) MIN (n, NAMED_MAX));
  g_ptr_array_add (names, NULL);
  joined = g_strjoinv (", ", (char **) names->pdata);
  g_ptr_array_add (faults, g_strdup_printf ("the journal ends at generation %" G_GUINT64_FORMAT " with other trust than the store has, of %u "
                                            "certificates: %s%s; somebody changed one of them past anchord",
                                            generation, n, joined, n > NAMED_MAX ? ", …" : ""));
}

/* FALSE: a change is being made; ask again. */
static gboolean
compare (TrustEngine *engine, const TrustJournalFold *fold, gboolean is_last_try, GPtrArray *faults)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) published = NULL;
  gboolean is_live = engine->flags == TRUST_ENGINE_WRITABLE && engine->compared;
  guint64 journal = trust_journal_fold_get_generation (fold), pending = trust_journal_fold_get_pending (fold);
  guint64 here = MAX (read_published (engine), is_live ? snapshot->generation : 0);

  if (here > MAX (journal, pending))
    {
      g_ptr_array_add (faults, g_strdup_printf ("the journal ends at generation %" G_GUINT64_FORMAT ", and the store shows %" G_GUINT64_FORMAT
                                                ": records are missing at its end; restore it from a backup",
                                                journal, here));
      return TRUE;
    }
  if (pending != 0 || (is_live && journal != snapshot->generation))
    {
      if (is_last_try && pending == 0)
        g_ptr_array_add (faults, g_strdup_printf ("the journal says that generation %" G_GUINT64_FORMAT
                                                  " is done, and the service is at %" G_GUINT64_FORMAT ": somebody else wrote to it",
                                                  journal, snapshot->generation));
      return is_last_try;
    }
  if (is_live)
    compare_set (fold, snapshot->set, names);
  else
    {
      g_autoptr (TrustPublisher) publisher = trust_publisher_new (engine->root, engine->distribution);

      published = trust_publisher_read_set (publisher);
      if (g_hash_table_size (published) > 0)
        compare_published (fold, published, names);
    }
  tell_names (faults, names, journal);
  return TRUE;
}

static gboolean
compare_end (TrustEngine *engine, GPtrArray *faults, GError **error)
{
  for (guint try = 1;; try++)
    {
      TrustJournalReader *reader = trust_journal_reader_open (engine->root, error);
      g_autoptr (TrustJournalFold) fold = reader != NULL ? read_fold (reader, error) : NULL;
      gboolean done = fold == NULL || compare (engine, fold, try == TRIES, faults);

      g_clear_pointer (&fold, trust_journal_fold_free);
      g_clear_pointer (&reader, trust_journal_reader_free);
      if (done)
        return *error == NULL;
      g_usleep (WAIT_US);
    }
}

TrustJournalReport *
trust_engine_verify_journal (TrustEngine *engine, const char *head, GError **error)
{
  g_autoptr (TrustJournalReport) report = trust_journal_verify (engine->root, head, error);
  g_autoptr (GError) reason = NULL;

  if (report == NULL)
    return NULL;
  if (report->repaired == NULL)
    report->repaired = g_strdup (trust_journal_get_repair (engine->journal));
  /* Where the chain is broken, what it ends in says nothing. */
  if (report->faults->len == 0 && !compare_end (engine, report->faults, &reason))
    g_ptr_array_add (report->faults, g_strdup (reason->message));
  return g_steal_pointer (&report);
}
