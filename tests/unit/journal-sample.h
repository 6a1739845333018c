/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A journal in a scratch root, for the tests of the journal. */
#pragma once

#include "core/error.h"
#include "core/journal-verify.h"
#include "core/journal.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *folder;    /* (owned) */
  char *path;      /* (owned) the journal's host path */
  TrustRoot *root; /* (owned) */
} Fixture;

static inline void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  /* Thousands of syncs: in memory where that is possible. */
  f->folder = g_strdup ("/dev/shm/test-journal-XXXXXX");
  if (g_mkdtemp (f->folder) == NULL)
    {
      g_free (f->folder);
      f->folder = g_dir_make_tmp ("test-journal-XXXXXX", &error);
      g_assert_no_error (error);
    }
  f->path = g_build_filename (f->folder, "var/lib/anchord/journal/journal", NULL);
  f->root = trust_root_new (f->folder, &error);
  g_assert_no_error (error);
}

static inline void
tear_down (Fixture *f, gconstpointer data)
{
  g_assert_true (trust_root_remove_tree (f->root, "/var"));
  trust_root_unref (f->root);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
  g_free (f->path);
}

static inline TrustJournal *
open_journal (Fixture *f, gboolean writable)
{
  g_autoptr (GError) error = NULL;
  TrustJournal *journal = trust_journal_open (f->root, writable, &error);

  g_assert_no_error (error);
  return journal;
}

static inline TrustJournalIntent *
make_intent (guint64 generation, gsize content_size)
{
  TrustJournalIntent *intent = trust_journal_intent_new ("add");
  TrustJournalChange *change = g_new0 (TrustJournalChange, 1);
  g_autofree guint8 *bytes = g_malloc (content_size + 1);

  for (gsize i = 0; i < content_size; i++)
    bytes[i] = (guint8) (i * 7 + i / 256);

  g_autoptr (GBytes) content = g_bytes_new (bytes, content_size);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);

  intent->generation = generation;
  intent->time = 1700000000123456;
  intent->target = 7;
  g_free (intent->reason);
  intent->reason = g_strdup ("CHG-42 \"quoted\" \\ \n\t\xe2\x80\xae anchord1 1 1");
  intent->caller = trust_caller_new ("bus");
  intent->caller->uid = 1000;
  intent->caller->session = 3;
  memset (change->fingerprint, 'a', 64);
  change->title = g_strdup ("Corp\nanchord1 Root");
  change->before = g_strdup ("");
  change->after = g_strdup ("trusted server-auth");
  g_ptr_array_add (intent->changes, change);
  g_ptr_array_add (intent->files, trust_journal_file_new ("/etc/anchord/anchors.d/a.anchor", content, 0644));
  g_ptr_array_add (intent->files, trust_journal_file_new ("/etc/\xff\xfe odd", empty, 0600));
  g_ptr_array_add (intent->files, trust_journal_file_new ("/etc/gone", NULL, 0));
  return intent;
}

static inline void
append_pair (TrustJournal *journal, guint64 generation, gsize content_size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustJournalIntent) intent = make_intent (generation, content_size);

  trust_journal_append_intent (journal, intent, &error);
  g_assert_no_error (error);
  trust_journal_append_done (journal, generation, &error);
  g_assert_no_error (error);
}

static inline void
load (Fixture *f, char **bytes, gsize *size)
{
  g_autoptr (GError) error = NULL;

  g_file_get_contents (f->path, bytes, size, &error);
  g_assert_no_error (error);
}

/* Not g_file_set_contents(), which syncs. */
static inline void
store (Fixture *f, const char *bytes, gsize size)
{
  FILE *file = g_fopen (f->path, "w");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (bytes, 1, size, file), ==, size);
  g_assert_cmpint (fclose (file), ==, 0);
}

/* Walks all of it: FALSE where something is wrong. FAULT_OUT (nullable): (transfer full) what, first. */
static inline gboolean
is_whole (Fixture *f, const char *head, char **fault_out)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustJournalReport) report = trust_journal_verify (f->root, head, &error);

  g_assert_no_error (error);
  if (fault_out != NULL && report->faults->len > 0)
    *fault_out = g_strdup (report->faults->pdata[0]);
  return report->faults->len == 0;
}

static inline guint64
count (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustJournalReport) report = trust_journal_verify (f->root, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (report->faults->len, ==, 0);
  return report->n_records;
}
