/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal of several files: closed and begun anew, kept within its quota, verified as one chain, and damaged in every way. */
#include "core/journal-rotate.h"

#include "tests/lib/support.h"
#include "tests/unit/journal-sample.h"

#define CHANGES 6
#define KEPT_ALL (64u * 1024 * 1024)

/* The files' names, oldest first, and their bytes. */
typedef struct
{
  GPtrArray *names; /* (owned) of char* */
  GPtrArray *bytes; /* (owned) of GBytes* */
} Files;

static void
files_clear (Files *files)
{
  g_clear_pointer (&files->names, g_ptr_array_unref);
  g_clear_pointer (&files->bytes, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Files, files_clear)

static char *
in_folder (Fixture *f, const char *name)
{
  return g_build_filename (f->folder, TRUST_JOURNAL_FOLDER, name, NULL);
}

static void
put (Fixture *f, const char *name, const void *bytes, gsize size)
{
  g_autofree char *path = in_folder (f, name);
  FILE *file = g_fopen (path, "w");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (bytes, 1, size, file), ==, size);
  g_assert_cmpint (fclose (file), ==, 0);
}

static void
put_bytes (Fixture *f, const Files *files, guint index)
{
  put (f, files->names->pdata[index], g_bytes_get_data (files->bytes->pdata[index], NULL), g_bytes_get_size (files->bytes->pdata[index]));
}

/* "journal" last. */
static void
read_files (Fixture *f, Files *out)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) closed = trust_journal_list_closed (f->root, &error);

  g_assert_no_error (error);
  out->names = g_ptr_array_new_with_free_func (g_free);
  out->bytes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < closed->len; i++)
    g_ptr_array_add (out->names, g_strdup (g_array_index (closed, TrustJournalClosed, i).name));
  g_ptr_array_add (out->names, g_strdup ("journal"));
  for (guint i = 0; i < out->names->len; i++)
    {
      g_autofree char *path = in_folder (f, out->names->pdata[i]), *bytes = NULL;
      gsize size = 0;

      g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
      g_ptr_array_add (out->bytes, g_bytes_new_take (g_steal_pointer (&bytes), size));
    }
}

/* Small changes, each in a file of its own name. */
static void
append_small (TrustJournal *journal, guint64 generation)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustJournalIntent) intent = trust_journal_intent_new ("add");
  g_autofree char *path = g_strdup_printf ("/etc/anchord/anchors.d/%u.anchor", (guint) (generation % 3));
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, generation);
  g_autoptr (GBytes) content = g_bytes_new (text, strlen (text));
  TrustJournalChange *change = g_new0 (TrustJournalChange, 1);

  intent->generation = generation;
  memset (change->fingerprint, 'a' + (int) (generation % 3), 64);
  change->title = g_strdup ("A \"CA\"");
  change->before = g_strdup ("");
  change->after = g_strdup_printf ("trusted server-auth;until=%" G_GUINT64_FORMAT, generation);
  g_ptr_array_add (intent->changes, change);
  g_ptr_array_add (intent->files, trust_journal_file_new (path, content, 0644));
  trust_journal_append_intent (journal, intent, &error);
  g_assert_no_error (error);
  trust_journal_append_done (journal, generation, &error);
  g_assert_no_error (error);
}

/* Some files of some records each. */
static void
make_files (Fixture *f, Files *out)
{
  g_autoptr (TrustJournal) journal = open_journal (f, TRUE);

  for (guint64 i = 1; i <= CHANGES; i++)
    {
      if (i % 2 == 0)
        trust_journal_set_limits (journal, 100, KEPT_ALL);
      append_small (journal, i);
    }
  if (out != NULL)
    read_files (f, out);
}

/* "LETTER|SETTINGS|GENERATION" and "NAME=CONTENT" of all that is so. */
static char *
describe_end (TrustJournal *journal)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustJournalFold) fold = trust_journal_read_fold (journal, &error);
  g_autoptr (GPtrArray) states = NULL, files = NULL;
  GString *out = g_string_new (NULL);

  g_assert_no_error (error);
  states = trust_journal_fold_list_states (fold);
  files = trust_journal_fold_list_files (fold);
  for (guint i = 0; i < states->len; i++)
    {
      const TrustJournalState *state = states->pdata[i];

      g_string_append_printf (out, "%.1s|%s|%" G_GUINT64_FORMAT "\n", state->fingerprint, state->settings, state->generation);
    }
  for (guint i = 0; i < files->len; i++)
    {
      g_autoptr (GBytes) content = trust_journal_tree_file_decode (files->pdata[i]);

      g_string_append_printf (out, "%s=%.*s\n", strrchr (((TrustJournalTreeFile *) files->pdata[i])->path, '/') + 1, (int) g_bytes_get_size (content),
                              (const char *) g_bytes_get_data (content, NULL));
    }
  return g_string_free (out, FALSE);
}

/* What is so is carried over, whoever opens it, and the chain is one. */
static void
test_rotates (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustJournal) one = open_journal (f, TRUE), small = NULL;
  g_autofree char *expected = NULL;
  g_auto (Files) files = { 0 };
  guint64 n_records = 0;

  for (guint64 i = 1; i <= CHANGES; i++)
    append_small (one, i);
  expected = describe_end (one);
  g_assert_cmpuint (count (f), ==, 2 * CHANGES);
  g_clear_pointer (&one, trust_journal_free);
  g_assert_true (trust_root_remove_tree (f->root, "/var"));

  small = open_journal (f, TRUE);
  for (guint64 i = 1; i <= CHANGES; i++)
    {
      trust_journal_set_limits (small, 100, KEPT_ALL);
      append_small (small, i);
      n_records = count (f);
      if (i % 2 == 0)
        {
          g_clear_pointer (&small, trust_journal_free);
          small = open_journal (f, TRUE);
          g_assert_null (trust_journal_get_repair (small));
        }
      g_assert_cmpuint (trust_journal_get_generation (small), ==, i);
    }
  read_files (f, &files);
  g_assert_cmpuint (files.names->len, ==, CHANGES);
  g_assert_cmpuint (n_records, ==, 2 * CHANGES + CHANGES - 1);
  g_assert_cmpstr (files.names->pdata[0], ==, "journal-00000000000000000001");
  g_assert_cmpstr (files.names->pdata[1], ==, "journal-00000000000000000003");
  g_autofree char *end = describe_end (small);
  g_assert_cmpstr (end, ==, expected);
}

/* A file that begins with much is not closed for little. */
static void
test_is_rare (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustJournal) journal = open_journal (f, TRUE);
  g_auto (Files) files = { 0 };

  append_pair (journal, 1, 20000);
  trust_journal_set_limits (journal, 100, KEPT_ALL);
  for (guint64 i = 2; i <= 20; i++)
    append_small (journal, i);
  read_files (f, &files);
  g_assert_cmpuint (files.names->len, ==, 2);
}

/* A crash left the second name, or a temporary: all is as before it. */
static void
test_unfinished (Fixture *f, gconstpointer data)
{
  g_auto (Files) files = { 0 }, after = { 0 };
  g_autoptr (TrustJournal) reader = NULL, writer = NULL;
  GBytes *last = NULL;
  guint64 n_records = 0;
  char name[32];

  make_files (f, &files);
  n_records = count (f);
  last = files.bytes->pdata[files.bytes->len - 1];
  trust_journal_closed_name (g_ascii_strtoull ((const char *) g_bytes_get_data (last, NULL) + strlen (TRUST_JOURNAL_MAGIC), NULL, 10), name);
  put (f, name, g_bytes_get_data (last, NULL), g_bytes_get_size (last));
  put (f, ".anchord-abc123.tmp", "x", 1);
  g_assert_cmpuint (count (f), ==, n_records);
  reader = open_journal (f, FALSE);
  writer = open_journal (f, TRUE);
  g_assert_cmpuint (trust_journal_get_generation (reader), ==, CHANGES);
  g_assert_cmpuint (count (f), ==, n_records);
  read_files (f, &after);
  g_assert_cmpuint (after.names->len, ==, files.names->len);
  append_small (writer, CHANGES + 1);
  g_assert_cmpuint (count (f), ==, n_records + 2);
}

/* An emptied or missing file beside closed ones is damage, not a new journal. */
static void
test_missing_end (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  make_files (f, NULL);
  store (f, "", 0);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_null (trust_journal_open (f->root, i % 2 == 0, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED);
      g_clear_error (&error);
      g_assert_false (is_whole (f, NULL, NULL));
      if (i == 1)
        g_assert_cmpint (g_unlink (f->path), ==, 0);
    }
}

static void
test_flip (Fixture *f, gconstpointer data)
{
  static const guint8 masks[] = { 0x01, 0x80 };
  g_auto (Files) files = { 0 };

  make_files (f, &files);
  g_assert_cmpuint (files.names->len, >=, 4);
  for (guint n = 0; n < files.names->len; n++)
    {
      gsize size = 0;
      const char *bytes = g_bytes_get_data (files.bytes->pdata[n], &size);

      for (gsize at = 0; at < size; at++)
        for (guint m = 0; m < G_N_ELEMENTS (masks); m++)
          {
            g_autofree char *copy = g_memdup2 (bytes, size), *fault = NULL;

            copy[at] = (char) (copy[at] ^ masks[m]);
            put (f, files.names->pdata[n], copy, size);
            g_assert_false (is_whole (f, NULL, &fault));
            g_assert_nonnull (strstr (fault, files.names->pdata[n]));
            g_assert_nonnull (strstr (fault, " at byte "));
          }
      put_bytes (f, &files, n);
    }
  g_assert_true (is_whole (f, NULL, NULL));
}

/* Where each record of BYTES ends. (transfer full) */
static GArray *
find_ends (GBytes *bytes)
{
  GArray *ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  gsize size = 0;
  const char *data = g_bytes_get_data (bytes, &size);

  for (gsize at = 0; at < size;)
    {
      const char *line = memchr (data + at, '\n', size - at), *end = memchr (line + 1, '\n', size - (gsize) (line + 1 - data));

      at = (gsize) (end + 1 - data);
      g_array_append_val (ends, at);
    }
  return ends;
}

static void
append_record (GString *out, GBytes *bytes, const GArray *ends, guint index)
{
  gsize from = index > 0 ? g_array_index (ends, gsize, index - 1) : 0;

  g_string_append_len (out, (const char *) g_bytes_get_data (bytes, NULL) + from, (gssize) (g_array_index (ends, gsize, index) - from));
}

/* A record taken out, put in twice, cut short, or swapped with the one after it: in each file, each record. */
static void
test_records (Fixture *f, gconstpointer data)
{
  g_auto (Files) files = { 0 };

  make_files (f, &files);
  for (guint n = 0; n < files.names->len; n++)
    {
      GBytes *bytes = files.bytes->pdata[n];
      g_autoptr (GArray) ends = find_ends (bytes);
      gboolean is_last = n + 1 == files.names->len;

      for (guint i = 0; i < ends->len; i++)
        for (guint how = 0; how < 4; how++)
          {
            g_autoptr (GString) copy = g_string_new (NULL);
            gboolean is_end = is_last && i + 1 == ends->len;

            for (guint k = 0; k < ends->len; k++)
              {
                gsize before = copy->len;

                if (k == i && how == 0)
                  continue;
                if (k == i && how == 3 && k + 1 < ends->len)
                  append_record (copy, bytes, ends, k + 1);
                append_record (copy, bytes, ends, k);
                if (k == i && how == 1)
                  append_record (copy, bytes, ends, k);
                if (k == i && how == 2)
                  g_string_set_size (copy, before + (copy->len - before) / 2);
                if (k == i && how == 3)
                  k++;
              }
            if (copy->len == g_bytes_get_size (bytes) && memcmp (copy->str, g_bytes_get_data (bytes, NULL), copy->len) == 0)
              continue;
            put (f, files.names->pdata[n], copy->str, copy->len);
            /* What is gone from the end only a head from outside, or the store, can tell. */
            if (is_end && (how == 0 || how == 2))
              {
                g_autofree char *whole = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)), *head = NULL;
                const char *line = g_strrstr (whole, "\n" TRUST_JOURNAL_MAGIC) + 1;

                head = g_strndup (strchr (line, '\n') - 64, 64);
                g_assert_true (is_whole (f, NULL, NULL));
                g_assert_false (is_whole (f, head, NULL));
              }
            else
              g_assert_false (is_whole (f, NULL, NULL));
          }
      put_bytes (f, &files, n);
    }
  g_assert_true (is_whole (f, NULL, NULL));
}

/* Whole files taken out, swapped, emptied, copied under another name. */
static void
test_files (Fixture *f, gconstpointer data)
{
  g_auto (Files) files = { 0 };
  g_autofree char *head = NULL;
  g_autoptr (TrustJournal) journal = NULL;

  make_files (f, &files);
  journal = open_journal (f, FALSE);
  head = g_strdup (trust_journal_get_head (journal));
  for (guint n = 1; n < files.names->len; n++)
    {
      g_autofree char *path = in_folder (f, files.names->pdata[n]), *other = in_folder (f, "journal-00000000000000000002");
      GBytes *before = files.bytes->pdata[n - 1], *bytes = files.bytes->pdata[n];

      g_assert_cmpint (g_unlink (path), ==, 0);
      g_assert_false (is_whole (f, NULL, NULL));
      put (f, files.names->pdata[n], "", 0);
      g_assert_false (is_whole (f, NULL, NULL));
      put (f, files.names->pdata[n], g_bytes_get_data (before, NULL), g_bytes_get_size (before));
      /* The file that is written to may begin as the last closed one does: the rotation was not finished. Then its end is what is missing. */
      g_assert_cmpint (is_whole (f, NULL, NULL), ==, n + 1 == files.names->len);
      g_assert_false (is_whole (f, head, NULL));
      put (f, files.names->pdata[n - 1], g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      g_assert_false (is_whole (f, NULL, NULL));
      put_bytes (f, &files, n - 1);
      put_bytes (f, &files, n);
      put (f, "journal-00000000000000000002", g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      g_assert_false (is_whole (f, NULL, NULL));
      g_assert_cmpint (g_unlink (other), ==, 0);
      g_assert_true (is_whole (f, NULL, NULL));
    }
}

/* A record with a right hash that somebody appended: the head from outside is no longer the last. */
static void
test_forged (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *head = NULL, *wrong = g_strnfill (64, 'a');
  g_autoptr (TrustJournalReport) report = NULL;
  g_autoptr (TrustJournal) journal = NULL;

  make_files (f, NULL);
  journal = open_journal (f, TRUE);
  head = g_strdup (trust_journal_get_head (journal));
  g_assert_true (is_whole (f, head, NULL));
  append_small (journal, 99);
  report = trust_journal_verify (f->root, head, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (report->faults->len, ==, 0);
  g_assert_cmpuint (report->last, ==, report->asked + 2);
  g_assert_cmpstr (report->head, !=, head);
  g_assert_false (is_whole (f, wrong, NULL));
}

static void
assert_kept (Fixture *f, GBytes *der)
{
  g_autofree char *path = in_folder (f, TRUST_JOURNAL_CERTIFICATES), *kept = NULL, *line = NULL;
  gsize size = 0, der_size = 0;
  const void *bytes = g_bytes_get_data (der, &der_size);
  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, der);
  const char *at = NULL;

  line = g_strdup_printf ("%s %" G_GSIZE_FORMAT "\n", hash, der_size);
  g_assert_true (g_file_get_contents (path, &kept, &size, NULL));
  at = memmem (kept, size, line, strlen (line));
  g_assert_nonnull (at);
  g_assert_cmpmem (at + strlen (line), der_size, bytes, der_size);
  g_assert_cmpint (at[strlen (line) + der_size], ==, '\n');
  g_assert_null (memmem (at + 1, size - (gsize) (at + 1 - kept), line, strlen (line)));
}

/* The oldest go; what they say of certificates stays, once, and the chain says where it starts. */
static void
test_quota (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustJournal) journal = open_journal (f, TRUE);
  g_autoptr (TestCertificate) one = test_certificate_new_root ("CN=One"), two = test_certificate_new_root ("CN=Two"),
                              three = test_certificate_new_root ("CN=Three");
  TestCertificate *all[] = { one, two, three };
  g_autoptr (TrustJournalReport) report = NULL;
  g_autofree char *certificates = in_folder (f, TRUST_JOURNAL_CERTIFICATES);
  g_auto (Files) files = { 0 };

  /* What a crash left of an entry. */
  trust_journal_set_limits (journal, 100, KEPT_ALL);
  put (f, TRUST_JOURNAL_CERTIFICATES, "0123", 4);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (TrustJournalIntent) intent = trust_journal_intent_new ("add");
      TrustSpan der = trust_certificate_get_der (all[i % 3]->certificate);
      g_autofree char *pem = test_certificate_dup_pem (all[i % 3]), *base64 = g_base64_encode (der.data, der.size);
      g_autofree char *head = g_strdup_printf ("[Distrust]\nVersion=1\nCertificate=%s\n", base64);

      intent->generation = i + 1;
      if (i % 3 == 0)
        g_ptr_array_add (intent->certificates, g_bytes_new (der.data, der.size));
      else
        {
          g_autoptr (GBytes) content = i == 1 ? g_bytes_new (pem, strlen (pem)) : g_bytes_new (head, strlen (head));

          g_ptr_array_add (i == 1 ? intent->files : intent->found, trust_journal_file_new ("/etc/anchord/anchors.d/x", content, 0644));
        }
      trust_journal_append_intent (journal, intent, &error);
      g_assert_no_error (error);
      trust_journal_append_done (journal, i + 1, &error);
      g_assert_no_error (error);
    }
  trust_journal_set_limits (journal, 100, 0);
  append_small (journal, 10);
  read_files (f, &files);
  g_assert_cmpuint (files.names->len, ==, 1);
  for (guint i = 0; i < 3; i++)
    {
      TrustSpan der = trust_certificate_get_der (all[i]->certificate);
      g_autoptr (GBytes) bytes = g_bytes_new (der.data, der.size);

      assert_kept (f, bytes);
    }
  report = trust_journal_verify (f->root, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (report->faults->len, ==, 0);
  g_assert_cmpuint (report->first, >, 1);
  g_assert_cmpuint (report->n_records, ==, 3);
  g_assert_cmpuint (report->generation, ==, 10);
  g_clear_pointer (&journal, trust_journal_free);
  journal = open_journal (f, TRUE);
  g_assert_cmpuint (trust_journal_get_generation (journal), ==, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/journal-files/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("rotates", test_rotates);
  ADD ("is-rare", test_is_rare);
  ADD ("unfinished", test_unfinished);
  ADD ("missing-end", test_missing_end);
  ADD ("flip-every-byte", test_flip);
  ADD ("every-record", test_records);
  ADD ("every-file", test_files);
  ADD ("forged", test_forged);
  ADD ("quota", test_quota);
  return g_test_run ();
}
