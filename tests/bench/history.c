/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* history FOLDER [RECORDS]: writes a journal of RECORDS (100,000) records below FOLDER, which should be in memory so that fsync costs nothing, and
 * reads it. Each change adds or removes one of 500 anchors with a file of 2 KiB. Prints microseconds an append, and milliseconds, medians of 21. */
#include "core/engine.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define N_ANCHORS 500
#define FILE_BYTES 2048
#define ENDS 1000
#define ROUNDS 21
/* 2026-01-01 */
#define EPOCH G_GINT64_CONSTANT (1767225600000000)

static void
check (const GError *error)
{
  if (error != NULL)
    g_error ("%s", error->message);
}

static TrustJournalIntent *
make_intent (guint64 generation, GBytes *content)
{
  gboolean adds = generation / N_ANCHORS % 2 == 0;
  guint anchor = generation % N_ANCHORS;
  TrustJournalIntent *intent = trust_journal_intent_new (adds ? "add" : "remove");
  TrustJournalChange *change = g_new0 (TrustJournalChange, 1);
  g_autofree char *path = NULL;

  g_snprintf (change->fingerprint, sizeof change->fingerprint, "%064x", anchor);
  path = g_strdup_printf ("/etc/anchord/anchors.d/%s.anchor", change->fingerprint);
  change->title = g_strdup_printf ("Example Root CA %u", anchor);
  change->before = g_strdup (adds ? "" : "trusted server-auth");
  change->after = g_strdup (adds ? "trusted server-auth" : "");
  g_ptr_array_add (intent->changes, change);
  g_ptr_array_add (intent->files, trust_journal_file_new (path, adds ? content : NULL, 0644));
  intent->generation = generation;
  intent->time = EPOCH + (gint64) generation * 60 * G_USEC_PER_SEC;
  g_free (intent->reason);
  intent->reason = g_strdup ("CHG-4711: the new root of the test department");
  intent->caller = trust_caller_new ("bus");
  intent->caller->uid = 1000 + generation % 7;
  return intent;
}

static int
compare (const void *a, const void *b)
{
  double one = *(const double *) a, two = *(const double *) b;

  return (one > two) - (one < two);
}

static double
median (double *values, guint n)
{
  qsort (values, n, sizeof *values, compare);
  return values[n / 2];
}

static void
write_journal (TrustRoot *root, guint n_changes)
{
  g_autofree double *costs = g_new (double, n_changes * 2);
  g_autoptr (GBytes) content = g_bytes_new_take (g_strnfill (FILE_BYTES, 'x'), FILE_BYTES);
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustJournal) journal = trust_journal_open (root, TRUE, &error);

  check (error);
  for (guint i = 0; i < n_changes; i++)
    {
      g_autoptr (TrustJournalIntent) intent = make_intent (i + 1, content);
      gint64 start = g_get_monotonic_time (), middle = 0;

      trust_journal_append_intent (journal, intent, &error);
      check (error);
      middle = g_get_monotonic_time ();
      trust_journal_append_done (journal, i + 1, &error);
      check (error);
      costs[2 * i] = (double) (middle - start);
      costs[2 * i + 1] = (double) (g_get_monotonic_time () - middle);
    }
  if (2 * n_changes >= 2 * ENDS)
    {
      double last = median (costs + 2 * n_changes - ENDS, ENDS);

      g_print ("append\t%.1f\t%.1f\n", median (costs, ENDS), last);
    }
}

/* What is measured: GENERATION goes through the journal. */
typedef void (*Work) (TrustRoot *root, TrustEngine *engine, guint64 generation);

static void
read_log (TrustRoot *root, TrustEngine *engine, guint64 generation)
{
  TrustHistoryQuery query = { .uid = -1, .limit = 50 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustHistory) history = trust_history_open (root, &error);
  g_autoptr (GPtrArray) records = history != NULL ? trust_history_log (history, &query, &error) : NULL;

  check (error);
  if (records->len != 50)
    g_error ("%u records", records->len);
}

/* A certificate's whole history: every record is looked at. */
static void
read_log_of_anchor (TrustRoot *root, TrustEngine *engine, guint64 generation)
{
  TrustPrefix prefix = { .n_digits = 64 };
  TrustHistoryQuery query = { .uid = -1, .anchor = &prefix };
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustHistory) history = trust_history_open (root, &error);
  g_autoptr (GPtrArray) records = NULL;

  prefix.fingerprint.bytes[31] = 7;
  records = history != NULL ? trust_history_log (history, &query, &error) : NULL;
  check (error);
}

static void
read_at (TrustRoot *root, TrustEngine *engine, guint64 generation)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustHistory) history = trust_history_open (root, &error);
  g_autoptr (TrustMoment) moment = history != NULL ? trust_history_at (history, generation, FALSE, &error) : NULL;

  check (error);
  if (moment->generation != generation)
    g_error ("another generation");
}

static void
read_at_date (TrustRoot *root, TrustEngine *engine, guint64 generation)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustHistory) history = trust_history_open (root, &error);
  guint64 found = 0;

  if (history != NULL)
    trust_history_find (history, EPOCH + (gint64) generation * 60 * G_USEC_PER_SEC, &found, &error);
  check (error);
  if (found != generation)
    g_error ("another generation");
  read_at (root, engine, generation);
}

static void
read_at_with_files (TrustRoot *root, TrustEngine *engine, guint64 generation)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustHistory) history = trust_history_open (root, &error);
  g_autoptr (TrustMoment) moment = history != NULL ? trust_history_at (history, generation, TRUE, &error) : NULL;

  check (error);
}

static void
verify (TrustRoot *root, TrustEngine *engine, guint64 generation)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustJournalReport) report = trust_engine_verify_journal (engine, NULL, &error);

  check (error);
}

static void
measure (const char *what, Work work, TrustRoot *root, TrustEngine *engine, guint n_changes)
{
  double costs[ROUNDS], processor[ROUNDS], worst = 0;

  for (guint i = 0; i < ROUNDS; i++)
    {
      guint64 generation = MAX ((guint64) n_changes * i / (ROUNDS - 1), 1);
      gint64 start = g_get_monotonic_time ();
      clock_t ticks = clock ();

      work (root, engine, generation);
      processor[i] = (double) (clock () - ticks) * 1000 / CLOCKS_PER_SEC;
      costs[i] = (double) (g_get_monotonic_time () - start) / 1000;
      worst = MAX (worst, costs[i]);
    }
  g_print ("%s\t%.2f\t%.2f\t%.2f\n", what, median (costs, ROUNDS), worst, median (processor, ROUNDS));
}

int
main (int argc, char **argv)
{
  guint n_changes = (argc > 2 ? (guint) atoi (argv[2]) : 100000) / 2;
  g_autoptr (GError) error = NULL;
  TrustRoot *root = argc > 1 ? trust_root_new (argv[1], &error) : NULL;
  g_autoptr (TrustEngine) engine = NULL;

  if (root == NULL)
    {
      g_printerr ("usage: history FOLDER [RECORDS]%s%s\n", error != NULL ? ": " : "", error != NULL ? error->message : "");
      return 2;
    }
  write_journal (root, n_changes);
  engine = trust_engine_open (argv[1], TRUST_ENGINE_READ_ONLY, &error);
  check (error);
  measure ("log", read_log, root, engine, n_changes);
  measure ("log-anchor", read_log_of_anchor, root, engine, n_changes);
  measure ("at", read_at, root, engine, n_changes);
  measure ("at-date", read_at_date, root, engine, n_changes);
  measure ("at-tree", read_at_with_files, root, engine, n_changes);
  measure ("verify", verify, root, engine, n_changes);
  trust_root_unref (root);
  return 0;
}
