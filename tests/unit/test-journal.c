/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal written and read back. */
#include "tests/unit/journal-sample.h"

#include <signal.h>
#include <sys/resource.h>

static void
test_empty (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustJournal) reader = open_journal (f, FALSE);
  GStatBuf st;

  g_assert_cmpuint (trust_journal_get_generation (reader), ==, 0);
  g_assert_cmpuint (count (f), ==, 0);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));

  g_autoptr (TrustJournal) writer = open_journal (f, TRUE);

  g_assert_cmpuint (trust_journal_get_generation (writer), ==, 0);
  g_assert_cmpuint (strspn (trust_journal_get_head (writer), "0"), ==, 64);
  g_assert_null (trust_journal_get_pending (writer));
  g_assert_null (trust_journal_get_repair (writer));
  g_assert_cmpint (g_stat (f->path, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 07777, ==, 0600);
  g_autofree char *folder = g_path_get_dirname (f->path);
  g_assert_cmpint (g_stat (folder, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 07777, ==, 0700);
  g_autofree char *state = g_path_get_dirname (folder);
  g_assert_cmpint (g_stat (state, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 07777, ==, 0755);
}

static void
assert_is_made (const TrustJournalIntent *intent, guint64 generation, gsize content_size)
{
  g_autoptr (TrustJournalIntent) expected = make_intent (generation, content_size);
  const TrustJournalChange *change = g_ptr_array_index (intent->changes, 0);
  const TrustJournalChange *expected_change = g_ptr_array_index (expected->changes, 0);

  g_assert_cmpuint (intent->generation, ==, generation);
  g_assert_cmpint (intent->time, ==, expected->time);
  g_assert_cmpstr (intent->operation, ==, "add");
  g_assert_cmpstr (intent->reason, ==, expected->reason);
  g_assert_cmpuint (intent->target, ==, expected->target);
  g_assert_cmpint (intent->caller->uid, ==, 1000);
  g_assert_cmpint (intent->caller->pid, ==, -1);
  g_assert_cmpint (intent->caller->session, ==, 3);
  g_assert_cmpstr (intent->caller->how, ==, "bus");
  g_assert_cmpuint (intent->changes->len, ==, 1);
  g_assert_cmpstr (change->fingerprint, ==, expected_change->fingerprint);
  g_assert_cmpstr (change->title, ==, expected_change->title);
  g_assert_cmpstr (change->before, ==, "");
  g_assert_cmpstr (change->after, ==, "trusted server-auth");
  g_assert_cmpuint (intent->files->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      const TrustJournalFile *file = g_ptr_array_index (intent->files, i);
      const TrustJournalFile *expected_file = g_ptr_array_index (expected->files, i);

      g_assert_cmpstr (file->path, ==, expected_file->path);
      g_assert_cmpuint (file->mode, ==, expected_file->mode);
      g_assert_true ((file->content == NULL) == (expected_file->content == NULL));
      if (file->content != NULL)
        g_assert_true (g_bytes_equal (file->content, expected_file->content));
    }
}

static void
test_round_trip (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustJournalIntent) intent = make_intent (7, 3000);
  g_autoptr (TrustJournal) writer = open_journal (f, TRUE);

  append_pair (writer, 5, 100);
  g_assert_true (trust_journal_append_intent (writer, intent, &error));
  assert_is_made (trust_journal_get_pending (writer), 7, 3000);

  /* One intent at a time, and only forward. */
  g_autoptr (TrustJournalIntent) next = make_intent (8, 1);
  g_assert_false (trust_journal_append_intent (writer, next, NULL));
  g_assert_false (trust_journal_append_done (writer, 5, NULL));

  g_autoptr (TrustJournal) second = open_journal (f, FALSE);

  g_assert_cmpuint (trust_journal_get_generation (second), ==, 7);
  g_assert_cmpstr (trust_journal_get_head (second), ==, trust_journal_get_head (writer));
  assert_is_made (trust_journal_get_pending (second), 7, 3000);
  g_assert_cmpuint (count (f), ==, 3);
  g_assert_false (trust_journal_append_done (second, 7, NULL));

  g_assert_true (trust_journal_append_done (writer, 7, &error));
  g_assert_null (trust_journal_get_pending (writer));
  next->generation = 7;
  g_assert_false (trust_journal_append_intent (writer, next, NULL));

  g_autoptr (TrustJournal) third = open_journal (f, TRUE);

  g_assert_cmpuint (trust_journal_get_generation (third), ==, 7);
  g_assert_null (trust_journal_get_pending (third));
  g_assert_null (trust_journal_get_repair (third));
  g_assert_cmpuint (count (f), ==, 4);
}

/* What docs/journal.md tells a stranger to compute. */
static void
test_documented_hash (Fixture *f, gconstpointer data)
{
  g_autofree char *bytes = NULL;
  gsize size;
  g_autoptr (TrustJournal) writer = open_journal (f, TRUE);

  append_pair (writer, 1, 10);
  load (f, &bytes, &size);
  g_auto (GStrv) lines = g_strsplit (bytes, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 5);
  g_autofree char *previous = g_strnfill (64, '0');
  for (guint i = 0; i < 4; i += 2)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);

      g_assert_cmpuint (g_strv_length (words), ==, 4);
      g_assert_cmpstr (words[0], ==, "anchord1");
      g_assert_cmpuint (g_ascii_strtoull (words[2], NULL, 10), ==, strlen (lines[i + 1]));
      g_autofree char *text = g_strconcat (previous, words[1], " ", words[2], "\n", lines[i + 1], NULL);
      g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
      g_assert_cmpstr (hash, ==, words[3]);
      g_free (previous);
      previous = g_steal_pointer (&hash);
    }
  g_assert_cmpstr (previous, ==, trust_journal_get_head (writer));
}

/* Records larger than every reading window, so that a header lies at each kind of border. */
static void
test_large (Fixture *f, gconstpointer data)
{
  static const gsize sizes[] = { 3 * 1024 * 1024, 0, 1500 * 1024, 2900, 2940, 2990, 3040, 6000, 12000 };
  g_autoptr (TrustJournal) writer = open_journal (f, TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      append_pair (writer, i + 1, sizes[i]);

      g_autoptr (TrustJournal) reader = open_journal (f, FALSE);

      g_assert_cmpuint (trust_journal_get_generation (reader), ==, i + 1);
      g_assert_cmpuint (count (f), ==, 2 * (i + 1));
    }
  g_autoptr (TrustJournalIntent) intent = make_intent (100, 2 * 1024 * 1024);
  g_assert_true (trust_journal_append_intent (writer, intent, NULL));
  g_autoptr (TrustJournal) reader = open_journal (f, FALSE);
  assert_is_made (trust_journal_get_pending (reader), 100, 2 * 1024 * 1024);
}

/* A header at each distance from the end: whatever window it falls in or across, it is found. */
static void
test_borders (Fixture *f, gconstpointer data)
{
  for (gsize size = 2700; size < 2760; size++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TrustJournal) writer = open_journal (f, TRUE);
      guint64 generation = trust_journal_get_generation (writer) + 1;
      g_autoptr (TrustJournalIntent) intent = make_intent (generation, size);

      trust_journal_append_intent (writer, intent, &error);
      g_assert_no_error (error);

      g_autoptr (TrustJournal) reader = open_journal (f, FALSE);

      assert_is_made (trust_journal_get_pending (reader), generation, size);
      trust_journal_append_done (writer, generation, &error);
      g_assert_no_error (error);
    }
}

/* A full disk, played by a file size limit: the journal is as before, and goes on once there is room. */
static void
test_full_disk (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustJournal) writer = open_journal (f, TRUE);
  g_autoptr (TrustJournalIntent) intent = make_intent (2, 9000);
  g_autofree char *before = NULL, *after = NULL;
  gsize size_before, size_after;
  struct rlimit old, limit;

  append_pair (writer, 1, 10);
  load (f, &before, &size_before);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  limit = old;
  limit.rlim_cur = size_before + 4000;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_false (trust_journal_append_intent (writer, intent, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE);
  load (f, &after, &size_after);
  g_assert_cmpmem (before, size_before, after, size_after);
  g_assert_null (trust_journal_get_pending (writer));
  g_assert_cmpuint (trust_journal_get_generation (writer), ==, 1);
  append_pair (writer, 2, 9000);
  g_assert_cmpuint (count (f), ==, 4);
}

/* A record in a file that was moved away would be lost unseen. */
static void
test_moved_away (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustJournal) writer = open_journal (f, TRUE);
  g_autoptr (TrustJournalIntent) intent = make_intent (2, 10);
  g_autofree char *aside = g_strconcat (f->path, ".aside", NULL);

  append_pair (writer, 1, 10);
  g_assert_cmpint (g_rename (f->path, aside), ==, 0);
  g_assert_false (trust_journal_append_intent (writer, intent, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE);
  g_clear_error (&error);
  store (f, "", 0);
  g_assert_false (trust_journal_append_intent (writer, intent, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/journal/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("empty", test_empty);
  ADD ("round-trip", test_round_trip);
  ADD ("documented-hash", test_documented_hash);
  ADD ("large", test_large);
  ADD ("borders", test_borders);
  ADD ("full-disk", test_full_disk);
  ADD ("moved-away", test_moved_away);
  return g_test_run ();
}
