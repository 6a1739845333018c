/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal's files read: cut short, changed, closed, taken away, and while they are written. */
#include "core/journal-reader.h"

#include "tests/unit/history-fixture.h"

#include <unistd.h>

#define N_WRITTEN 3000
#define PER_FILE 40

static TrustJournalReader *
open_reader (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  TrustJournalReader *reader = trust_journal_reader_open (f->root, &error);

  g_assert_no_error (error);
  return reader;
}

/* How many records there are, each following the one before; -1: it is damaged. */
static int
count (Fixture *f)
{
  g_autoptr (TrustJournalReader) reader = open_reader (f);
  guint64 last = 0;
  int n = 0;

  for (guint file = 0; file < trust_journal_reader_get_n_files (reader); file++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GArray) spans = trust_journal_reader_get_spans (reader, file, &error);

      if (spans == NULL)
        {
          g_assert_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED);
          return -1;
        }
      for (guint i = 0; i < spans->len; i++, n++)
        {
          const TrustJournalSpan *span = &g_array_index (spans, TrustJournalSpan, i);

          g_assert_true (last == 0 || span->sequence == last + 1);
          last = span->sequence;
          /* All of it can be read. */
          g_assert_null (memchr (span->json, '\0', span->length));
          g_assert_null (memchr (span->hash, '\n', 64));
        }
    }
  return n;
}

static void
store (Fixture *f, const char *bytes, gsize size)
{
  g_autofree char *path = g_build_filename (f->scratch, JOURNAL_FOLDER, "journal", NULL);
  FILE *file = g_fopen (path, "w");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (bytes, 1, size, file), ==, size);
  g_assert_cmpint (fclose (file), ==, 0);
}

/* Four records and where they end. */
static void
make_sample (Fixture *f, gsize ends[4])
{
  static const char *const records[] = { "{\"type\":\"done\",\"generation\":1,\"time\":1}", "{}", "{\"a\":\"anchord1 4 2\"}", "{\"type\":\"x\"}" };

  for (guint i = 0; i < 4; i++)
    {
      put (f, records[i]);
      ends[i] = f->bytes->len;
    }
  save (f);
  g_assert_cmpint (count (f), ==, 4);
}

/* Wherever a crash cuts, and whether what is missing reads as NUL or not: the whole records stand. */
static void
test_cut (Fixture *f, gconstpointer data)
{
  gsize ends[4];

  make_sample (f, ends);
  for (gsize cut = 0; cut < ends[3]; cut++)
    for (guint padded = 0; padded < 2; padded++)
      {
        gsize size = padded ? ends[3] + 5000 : cut;
        g_autofree char *copy = g_malloc0 (size + 1);
        int whole = 0;

        memcpy (copy, f->bytes->str, cut);
        while (ends[whole] <= cut)
          whole++;
        store (f, copy, size);
        g_assert_cmpint (count (f), ==, whole);
      }
}

/* A block of the last record that was never written. */
static void
test_hole (Fixture *f, gconstpointer data)
{
  gsize ends[4];

  make_sample (f, ends);
  for (gsize at = ends[2]; at < ends[3]; at++)
    {
      g_autofree char *copy = g_memdup2 (f->bytes->str, ends[3]);

      memset (copy + at, 0, MIN (10, ends[3] - at));
      store (f, copy, ends[3]);
      g_assert_cmpint (count (f), ==, 3);
    }
}

/* A header that does not fit is damage, in whatever record; other bytes are for those who check hashes. */
static void
test_flip (Fixture *f, gconstpointer data)
{
  static const char bytes[] = { '\n', ' ', '0', '9', 'x', '{', '\x7f', (char) 0xff };
  gsize ends[4];

  make_sample (f, ends);
  for (gsize at = 0; at < ends[3]; at++)
    for (guint i = 0; i < G_N_ELEMENTS (bytes); i++)
      {
        g_autofree char *copy = g_memdup2 (f->bytes->str, ends[3]);
        gsize begin = 0;
        int n = 0;

        copy[at] = bytes[i];
        for (guint record = 0; record < 3 && ends[record] <= at; record++)
          begin = ends[record];
        store (f, copy, ends[3]);
        n = count (f);
        /* Magic, sequence: they can't be others. */
        if (at - begin < 11 && copy[at] != f->bytes->str[at] && begin < ends[2])
          g_assert_cmpint (n, ==, -1);
        g_assert_cmpint (n, <=, 4);
      }
}

/* The last few, without a look at those before. */
static void
test_last (Fixture *f, gconstpointer data)
{
  gsize ends[4];

  make_sample (f, ends);
  /* With the last record whole, and with a torn one behind it. */
  for (guint torn = 0; torn < 2; torn++)
    {
      store (f, f->bytes->str, torn ? ends[3] - 3 : ends[3]);

      g_autoptr (TrustJournalReader) reader = open_reader (f);
      guint whole = torn ? 3 : 4;

      for (guint n = 0; n < 7; n++)
        {
          g_autoptr (GArray) last = trust_journal_reader_get_last (reader, 0, n);

          g_assert_cmpuint (last->len, ==, MIN (n, whole));
          for (guint i = 0; i < last->len; i++)
            g_assert_cmpuint (g_array_index (last, TrustJournalSpan, i).sequence, ==, whole - last->len + i + 1);
        }
    }
  /* A record in front that is none. */
  f->bytes->str[0] = 'A';
  store (f, f->bytes->str, ends[3]);

  g_autoptr (TrustJournalReader) damaged = open_reader (f);
  g_autoptr (GArray) three = trust_journal_reader_get_last (damaged, 0, 3);

  g_assert_cmpuint (three->len, ==, 3);
  g_assert_null (trust_journal_reader_get_last (damaged, 0, 4));
}

/* Only names that the journal gives are its files. */
static void
test_names (Fixture *f, gconstpointer data)
{
  static const char *const others[] = { "journal-1",
                                        "journal-0000000000000000000x",
                                        "journal-000000000000000000001",
                                        "journal-00000000000000000000",
                                        "journal-99999999999999999999",
                                        "journal.old",
                                        "certificates",
                                        "journal-",
                                        "journal-00000000000000000001~" };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *path = g_build_filename (JOURNAL_FOLDER, others[i], NULL);

      test_scratch_write (f->scratch, path, "noise", -1);
    }
  g_assert_cmpint (count (f), ==, 0);
  put (f, "{}");
  rotate (f, 1, "", "");
  put (f, "{}");
  save (f);
  g_assert_cmpint (count (f), ==, 3);
}

/* A file from the middle is gone, or holds other records than its name says. */
static void
test_missing (Fixture *f, gconstpointer data)
{
  g_autofree char *middle = g_build_filename (f->scratch, JOURNAL_FOLDER, "journal-00000000000000000002", NULL);
  g_autofree char *other = g_build_filename (f->scratch, JOURNAL_FOLDER, "journal-00000000000000000003", NULL);

  put (f, "{}");
  rotate (f, 1, "", "");
  rotate (f, 1, "", "");
  save (f);
  g_assert_cmpint (count (f), ==, 3);
  g_assert_cmpint (g_rename (middle, other), ==, 0);
  g_assert_cmpint (count (f), ==, -1);
  g_assert_cmpint (g_unlink (other), ==, 0);
  g_assert_cmpint (count (f), ==, -1);
}

/* A folder or a link where a file should be is refused, not followed. */
static void
test_no_file (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->scratch, JOURNAL_FOLDER, "journal", NULL), *there = g_build_filename (f->scratch, "elsewhere", NULL);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      if (i == 0)
        g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
      else
        {
          test_scratch_write (f->scratch, "elsewhere", "", 0);
          g_assert_cmpint (g_rmdir (path), ==, 0);
          g_assert_cmpint (symlink (there, path), ==, 0);
        }
      g_assert_null (trust_journal_reader_open (f->root, &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE);
    }
}

/* The moment between a rotation's two renames: what is closed is there. */
static void
test_between_renames (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->scratch, JOURNAL_FOLDER, "journal", NULL);

  put (f, "{}");
  put (f, "{}");
  rotate (f, 1, "", "");
  save (f);
  g_assert_cmpint (count (f), ==, 3);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (count (f), ==, 2);
}

/* A rotation gives the file its second name before the next one takes its first: that is one file. */
static void
test_two_names (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->scratch, JOURNAL_FOLDER, "journal", NULL);
  g_autofree char *second = g_strconcat (path, "-00000000000000000003", NULL);

  put (f, "{}");
  put (f, "{}");
  rotate (f, 1, "", "");
  put (f, "{}");
  save (f);
  g_assert_cmpint (link (path, second), ==, 0);
  g_assert_cmpint (count (f), ==, 4);
}

/* Writes record after record, each in two halves, and closes a file now and then, as the journal does. */
static gpointer
write_on (gpointer data)
{
  Fixture *f = data;
  g_autofree char *path = g_build_filename (f->scratch, JOURNAL_FOLDER, "journal", NULL), *next = g_strconcat (path, ".new", NULL);
  FILE *out = g_fopen (path, "w");

  for (guint i = 1; i <= N_WRITTEN; i++)
    {
      gsize begin = 0;

      if (i % PER_FILE == 0)
        {
          g_autofree char *closed = g_strdup_printf ("%s-%020" G_GUINT64_FORMAT, path, f->first);

          fclose (out);
          g_string_truncate (f->bytes, 0);
          f->first = i;
          put (f, "{\"type\":\"begin\"}");
          out = g_fopen (next, "w");
          fwrite (f->bytes->str, 1, f->bytes->len, out);
          fflush (out);
          g_assert_cmpint (g_rename (path, closed), ==, 0);
          g_assert_cmpint (g_rename (next, path), ==, 0);
          continue;
        }
      begin = f->bytes->len;
      put (f, "{\"type\":\"intent\",\"generation\":1,\"time\":1,\"operation\":\"add\"}");
      fwrite (f->bytes->str + begin, 1, 40, out);
      fflush (out);
      /* A failed write is cut off again. */
      if (i % 7 == 0)
        {
          g_assert_cmpint (ftruncate (fileno (out), (off_t) begin), ==, 0);
          g_assert_cmpint (fseek (out, (long) begin, SEEK_SET), ==, 0);
          fwrite (f->bytes->str + begin, 1, 40, out);
        }
      fwrite (f->bytes->str + begin + 40, 1, f->bytes->len - begin - 40, out);
      fflush (out);
    }
  fclose (out);
  return NULL;
}

static void
test_beside_writer (Fixture *f, gconstpointer data)
{
  GThread *writer = NULL;
  int last = 0;

  test_scratch_write (f->scratch, JOURNAL_FOLDER "/journal", "", 0);
  writer = g_thread_new ("writer", write_on, f);
  while (last < N_WRITTEN)
    {
      int now = count (f);

      g_assert_cmpint (now, >=, last);
      last = now;
    }
  g_thread_join (writer);
  g_assert_cmpint (last, ==, N_WRITTEN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add ("/journal-reader/" name, Fixture, NULL, set_up, function, tear_down)
  CASE ("cut", test_cut);
  CASE ("hole", test_hole);
  CASE ("flip", test_flip);
  CASE ("last", test_last);
  CASE ("names", test_names);
  CASE ("missing", test_missing);
  CASE ("no-file", test_no_file);
  CASE ("between-renames", test_between_renames);
  CASE ("two-names", test_two_names);
  CASE ("beside-writer", test_beside_writer);
  return g_test_run ();
}
