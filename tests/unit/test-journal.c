/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal: written, read back, cut short at every byte, flipped at every byte. */
#include "core/error.h"
#include "core/journal.h"
#include "core/limits.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

typedef struct
{
  char *folder;     /* (owned) */
  char *path;       /* (owned) the journal's host path */
  TrustRoot *root;  /* (owned) */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->folder = g_dir_make_tmp ("test-journal-XXXXXX", &error);
  g_assert_no_error (error);
  f->path = g_build_filename (f->folder, "var/lib/anchord/journal/journal", NULL);
  f->root = trust_root_new (f->folder, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_assert_true (trust_root_remove_tree (f->root, "/var"));
  trust_root_unref (f->root);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
  g_free (f->path);
}

static TrustJournal *
open_journal (Fixture *f, gboolean writable)
{
  g_autoptr (GError) error = NULL;
  TrustJournal *journal = trust_journal_open (f->root, writable, &error);

  g_assert_no_error (error);
  return journal;
}

static TrustJournalIntent *
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

static void
append_pair (TrustJournal *journal, guint64 generation, gsize content_size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustJournalIntent) intent = make_intent (generation, content_size);

  trust_journal_append_intent (journal, intent, &error);
  g_assert_no_error (error);
  trust_journal_append_done (journal, generation, &error);
  g_assert_no_error (error);
}

static void
load (Fixture *f, char **bytes, gsize *size)
{
  g_autoptr (GError) error = NULL;

  g_file_get_contents (f->path, bytes, size, &error);
  g_assert_no_error (error);
}

/* Not g_file_set_contents(), which syncs. */
static void
store (Fixture *f, const char *bytes, gsize size)
{
  FILE *file = g_fopen (f->path, "w");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (bytes, 1, size, file), ==, size);
  g_assert_cmpint (fclose (file), ==, 0);
}

static guint64
count (TrustJournal *journal)
{
  g_autoptr (GError) error = NULL;
  guint64 n_records = 0;

  trust_journal_verify (journal, &n_records, &error);
  g_assert_no_error (error);
  return n_records;
}

static void
test_empty (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustJournal) reader = open_journal (f, FALSE);
  GStatBuf st;

  g_assert_cmpuint (trust_journal_get_generation (reader), ==, 0);
  g_assert_cmpuint (count (reader), ==, 0);
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
  g_assert_cmpuint (count (second), ==, 3);
  g_assert_false (trust_journal_append_done (second, 7, NULL));

  g_assert_true (trust_journal_append_done (writer, 7, &error));
  g_assert_null (trust_journal_get_pending (writer));
  next->generation = 7;
  g_assert_false (trust_journal_append_intent (writer, next, NULL));

  g_autoptr (TrustJournal) third = open_journal (f, TRUE);

  g_assert_cmpuint (trust_journal_get_generation (third), ==, 7);
  g_assert_null (trust_journal_get_pending (third));
  g_assert_null (trust_journal_get_repair (third));
  g_assert_cmpuint (count (third), ==, 4);
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
      g_assert_cmpuint (count (reader), ==, 2 * (i + 1));
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

/* Four records, their ends. */
static void
make_sample (Fixture *f, char **bytes, gsize *size, gsize ends[4])
{
  g_autoptr (TrustJournal) writer = open_journal (f, TRUE);
  const char *p;

  append_pair (writer, 1, 20);
  append_pair (writer, 2, 40);
  load (f, bytes, size);
  p = *bytes;
  for (guint i = 0; i < 4; i++)
    {
      p = strchr (strchr (p, '\n') + 1, '\n') + 1;
      ends[i] = (gsize) (p - *bytes);
    }
  g_assert_cmpuint (ends[3], ==, *size);
}

/* Whatever byte a crash cuts at: the whole records stand, the rest is cut off, and the journal goes on. */
static void
test_cut (Fixture *f, gconstpointer data)
{
  g_autofree char *bytes = NULL;
  gsize size, ends[4];

  make_sample (f, &bytes, &size, ends);
  for (gsize cut = 0; cut < size; cut++)
    for (guint nuls = 0; nuls < (cut % 5 == 0 ? 2 : 1); nuls++)
      {
        guint whole = 0;
        gsize padded = nuls ? size + 5000 : cut;
        g_autofree char *copy = g_malloc0 (padded + 1);

        memcpy (copy, bytes, cut);
        store (f, copy, padded);
        while (ends[whole] <= cut)
          whole++;

        g_autoptr (TrustJournal) reader = open_journal (f, FALSE);
        g_autoptr (TrustJournal) writer = open_journal (f, TRUE);
        guint64 generation = trust_journal_get_generation (writer);
        gboolean clean = cut == 0 ? !nuls : !nuls && whole > 0 && ends[whole - 1] == cut;
        GStatBuf st;

        g_assert_cmpuint (count (reader), ==, whole);
        g_assert_cmpuint (count (writer), ==, whole);
        g_assert_cmpuint (generation, ==, (whole + 1) / 2);
        g_assert_true ((trust_journal_get_pending (writer) != NULL) == (whole % 2 == 1));
        g_assert_true ((trust_journal_get_repair (writer) == NULL) == clean);
        g_assert_true ((trust_journal_get_repair (reader) == NULL) == clean);
        g_assert_cmpint (g_stat (f->path, &st), ==, 0);
        g_assert_cmpuint ((gsize) st.st_size, ==, whole > 0 ? ends[whole - 1] : 0);
        if (whole % 2 == 1)
          g_assert_true (trust_journal_append_done (writer, generation, NULL));
        else
          append_pair (writer, generation + 1, 1);
        g_assert_cmpuint (count (writer), >, whole);
      }
}

/* A block in the middle of the last record that never reached the disk reads as NULs. */
static void
test_hole (Fixture *f, gconstpointer data)
{
  g_autofree char *bytes = NULL;
  gsize size, ends[4];

  make_sample (f, &bytes, &size, ends);
  for (gsize at = ends[2]; at + 10 <= size; at++)
    {
      g_autofree char *copy = g_memdup2 (bytes, size);

      memset (copy + at, 0, 10);
      store (f, copy, size);

      g_autoptr (TrustJournal) writer = open_journal (f, TRUE);

      g_assert_cmpuint (count (writer), ==, 3);
      g_assert_nonnull (trust_journal_get_repair (writer));
      g_assert_cmpuint (trust_journal_get_pending (writer)->generation, ==, 2);
    }
}

/* Any changed byte is seen: at the latest by a walk of the chain. */
static void
test_flip (Fixture *f, gconstpointer data)
{
  static const guint8 masks[] = { 0x01, 0x20, 0x80, 0xff };
  g_autofree char *bytes = NULL;
  gsize size, ends[4];

  make_sample (f, &bytes, &size, ends);
  for (gsize at = 0; at < size; at++)
    for (guint m = 0; m <= G_N_ELEMENTS (masks); m++)
      {
        g_autoptr (GError) error = NULL;
        g_autofree char *copy = g_memdup2 (bytes, size);

        /* The last round makes it a newline, which could pretend to end a line. */
        if (m < G_N_ELEMENTS (masks))
          copy[at] = (char) (copy[at] ^ masks[m]);
        else
          copy[at] = '\n';
        if (copy[at] == bytes[at])
          continue;
        store (f, copy, size);

        g_autoptr (TrustJournal) reader = trust_journal_open (f->root, FALSE, &error);

        /* A NUL in the last record is what an unwritten block looks like: it is left out, and said. */
        if (copy[at] == '\0' && at >= ends[2])
          {
            g_assert_no_error (error);
            g_assert_nonnull (trust_journal_get_repair (reader));
            g_assert_cmpuint (count (reader), ==, 3);
            continue;
          }
        if (reader != NULL)
          g_assert_false (trust_journal_verify (reader, NULL, &error));
        g_assert_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED);
        g_assert_nonnull (strstr (error->message, "at byte "));
        /* Opening looks at the last record: it must not take a changed one. */
        if (at >= ends[2])
          g_assert_null (reader);
      }
}

/* Records taken out, swapped or repeated. */
static void
test_rearranged (Fixture *f, gconstpointer data)
{
  static const int orders[][5] = { { 1, 2, 3, -1 }, { 0, 2, 3, -1 }, { 0, 1, 3, -1 }, { 0, 2, 1, 3, -1 }, { 0, 1, 2, 3, 3 },
                                   { 1, 0, 2, 3, -1 }, { 3, -1 }, { 0, 1, 2, 2, 3 } };
  g_autofree char *bytes = NULL;
  gsize size, ends[4];

  make_sample (f, &bytes, &size, ends);
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GString) copy = g_string_new (NULL);

      for (guint k = 0; k < 5 && orders[i][k] >= 0; k++)
        {
          gsize from = orders[i][k] > 0 ? ends[orders[i][k] - 1] : 0;

          g_string_append_len (copy, bytes + from, (gssize) (ends[orders[i][k]] - from));
        }
      store (f, copy->str, copy->len);

      g_autoptr (TrustJournal) reader = trust_journal_open (f->root, FALSE, &error);

      if (reader != NULL)
        g_assert_false (trust_journal_verify (reader, NULL, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED);
    }
}

static void
test_damaged_message (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL, *offset = NULL;
  gsize size, ends[4];

  make_sample (f, &bytes, &size, ends);
  bytes[ends[1] + 200] ^= 1;
  store (f, bytes, size);
  g_autoptr (TrustJournal) reader = open_journal (f, FALSE);
  g_assert_false (trust_journal_verify (reader, NULL, &error));
  offset = g_strdup_printf ("record 3 at byte %" G_GSIZE_FORMAT ":", ends[1]);
  g_assert_nonnull (strstr (error->message, offset));
}

/* One whole first record that holds JSON. */
static void
store_record (Fixture *f, const char *json)
{
  g_autofree char *text = g_strdup_printf ("%064d1 %" G_GSIZE_FORMAT "\n%s", 0, strlen (json), json);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  g_autofree char *record = g_strdup_printf ("anchord1 1 %" G_GSIZE_FORMAT " %s\n%s\n", strlen (json), hash, json);

  store (f, record, strlen (record));
}

/* Well hashed, but not ours: a clear error, no crash. */
static void
test_hostile (Fixture *f, gconstpointer data)
{
  static const char *const contents[] = {
    "", "{}", "[]", "null", "\"text\"", "{\"type\":\"done\"}", "{\"type\":\"done\",\"generation\":0}",
    "{\"type\":\"done\",\"generation\":-4}", "{\"type\":\"done\",\"generation\":\"4\"}", "{\"type\":3,\"generation\":3}",
    "{\"type\":{},\"generation\":3}", "{\"type\":\"other\",\"generation\":3}", "{\"type\":\"intent\",\"generation\":3}",
    "{\"type\":\"intent\",\"generation\":3,\"operation\":\"add\",\"changes\":{},\"files\":[]}",
    "{\"type\":\"intent\",\"generation\":3,\"operation\":\"add\",\"changes\":[],\"files\":[3]}",
    "{\"type\":\"intent\",\"generation\":3,\"operation\":\"add\",\"changes\":[],\"files\":[null]}",
    "{\"type\":\"intent\",\"generation\":3,\"operation\":\"add\",\"changes\":[],\"files\":[{}]}",
    "{\"type\":\"intent\",\"generation\":3,\"operation\":\"add\",\"changes\":[],\"files\":[{\"path\":\"etc\"}]}",
    "{\"type\":\"intent\",\"generation\":3,\"operation\":\"add\",\"changes\":[],\"files\":[{\"path\":[]}]}",
    "{\"type\":\"intent\",\"generation\":3,\"operation\":\"add\",\"changes\":[],\"files\":[{\"path\":\"/a\",\"content\":5}]}",
    "{\"type\":\"intent\",\"generation\":3,\"operation\":\"add\",\"changes\":[{\"sha256\":\"zz\"}],\"files\":[]}",
    "{\"type\":\"intent\",\"generation\":3,\"operation\":\"add\",\"changes\":[{}],\"files\":[]}",
    "{\"type\":\"done\",\"generation\":3", "{\"type\":\"done\",\"generation\":3}}", "\xff\xfe", "{\"a\":\"\xff\"}",
  };

  trust_journal_free (open_journal (f, TRUE));
  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autoptr (GError) error = NULL;

      store_record (f, contents[i]);
      g_assert_null (trust_journal_open (f->root, FALSE, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED);
    }
  g_autoptr (GError) error = NULL;
  g_autofree char *deep = g_strnfill (1000000, '[');
  store_record (f, deep);
  g_assert_null (trust_journal_open (f->root, FALSE, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED);

  store_record (f, "{\"type\":\"done\",\"generation\":3,\"time\":1}");
  g_autoptr (TrustJournal) reader = open_journal (f, FALSE);
  g_assert_cmpuint (trust_journal_get_generation (reader), ==, 3);
}

static void
test_not_a_journal (Fixture *f, gconstpointer data)
{
  static const char *const texts[] = {
    "hello, this is not a journal\n", "anchord2 1 2 3\n", "anchord1\n", "anchord1 1 5\n", "anchord1 x", "anchord1 01 5 ",
    "anchord1 1 99999999999999999999999 ", "\nanchord1 1 5 ", "x",
  };
  g_autoptr (TrustJournal) made = open_journal (f, TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      store (f, texts[i], strlen (texts[i]));
      g_assert_null (trust_journal_open (f->root, TRUE, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED);
      g_clear_error (&error);
      g_assert_null (trust_journal_open (f->root, FALSE, &error));
    }
  /* A length over the limit is refused before anything is allocated for it. */
  g_autoptr (GError) error = NULL;
  g_autofree char *huge = g_strdup_printf ("anchord1 1 %u %064d\n", TRUST_LIMIT_JOURNAL_RECORD_BYTES + 1, 0);
  store (f, huge, strlen (huge));
  g_assert_null (trust_journal_open (f->root, TRUE, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED);

  g_clear_error (&error);
  g_assert_cmpint (g_unlink (f->path), ==, 0);
  g_assert_cmpint (g_mkdir (f->path, 0700), ==, 0);
  g_assert_null (trust_journal_open (f->root, FALSE, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE);
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
  g_assert_cmpuint (count (writer), ==, 4);
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
  ADD ("cut-at-every-byte", test_cut);
  ADD ("hole", test_hole);
  ADD ("flip-every-byte", test_flip);
  ADD ("rearranged", test_rearranged);
  ADD ("damaged-message", test_damaged_message);
  ADD ("hostile-content", test_hostile);
  ADD ("not-a-journal", test_not_a_journal);
  ADD ("full-disk", test_full_disk);
  ADD ("moved-away", test_moved_away);
  return g_test_run ();
}
