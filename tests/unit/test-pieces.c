/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/pieces.h"
#include "core/error.h"
#include "tests/lib/support.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  char *scratch;
  TrustRoot *root;
  int dir_fd;
  GPtrArray *texts; /* what each piece is */
  GArray *pieces;
  guint n_filled; /* pieces that had to be made */
  gboolean lies;  /* make something else than announced */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->scratch = test_scratch_new ();
  f->root = trust_root_new (f->scratch, NULL);
  f->dir_fd = trust_root_open_dir (f->root, "/");
  f->texts = g_ptr_array_new_with_free_func (g_free);
  f->pieces = g_array_new (FALSE, FALSE, sizeof (TrustPiece));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  close (f->dir_fd);
  trust_root_unref (f->root);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
  g_ptr_array_unref (f->texts);
  g_array_unref (f->pieces);
}

/* One letter a piece: "abc" is three pieces of different lengths. */
static void
set_pieces (Fixture *f, const char *letters)
{
  g_ptr_array_set_size (f->texts, 0);
  g_array_set_size (f->pieces, 0);
  f->n_filled = 0;
  for (; *letters != '\0'; letters++)
    {
      char *text = g_strnfill ((gsize) (*letters - 'a') * 7 + 1, *letters);
      TrustPiece piece = { .length = strlen (text) };

      trust_fingerprint_of (text, piece.length, &piece.id);
      g_array_append_val (f->pieces, piece);
      g_ptr_array_add (f->texts, text);
    }
}

static gboolean
fill (gpointer user_data, guint index, GString *out, GError **error)
{
  Fixture *f = user_data;

  f->n_filled++;
  g_string_append (out, f->texts->pdata[index]);
  if (f->lies)
    g_string_append_c (out, 'x');
  return TRUE;
}

static TrustStaged *
stage (Fixture *f, TrustPiecesOld *old, int *fd, GError **error)
{
  return trust_pieces_stage (f->dir_fd, "bundle", 0644, f->pieces, old, fill, f, fd, error);
}

static void
assert_written (Fixture *f)
{
  GString *expected = g_string_new (NULL);
  g_autofree char *found = test_scratch_read (f->scratch, "bundle");

  for (guint i = 0; i < f->texts->len; i++)
    g_string_append (expected, f->texts->pdata[i]);
  g_assert_cmpstr (found, ==, expected->str);
  g_assert_cmpuint (trust_pieces_total (f->pieces), ==, expected->len);
  g_string_free (expected, TRUE);
}

static void
write_first (Fixture *f, const char *letters, TrustPiecesOld *old)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustStaged) staged = NULL;
  struct stat st;

  set_pieces (f, letters);
  staged = stage (f, NULL, &old->fd, &error);
  g_assert_no_error (error);
  g_assert_true (trust_atomic_commit (staged, &error));
  g_assert_cmpuint (f->n_filled, ==, strlen (letters));
  assert_written (f);
  g_assert_no_errno (fstat (old->fd, &st));
  trust_stat_from (&old->stat, &st);
  old->pieces = g_array_copy (f->pieces);
}

/* From old to new, only new letters are made, whatever the order. */
static void
test_runs (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *from, *to;
    guint made;
  } rows[] = { { "abc", "abc", 0 },   { "abc", "abdc", 1 },      { "abc", "dabc", 1 }, { "abc", "abcd", 1 }, { "abc", "ac", 0 },
               { "abc", "bc", 0 },    { "abc", "ab", 0 },        { "abc", "", 0 },     { "", "abc", 3 },     { "abc", "cba", 0 },
               { "abc", "def", 3 },   { "abcdef", "afedcb", 0 }, { "aaa", "aa", 0 },   { "aa", "aaaa", 0 },  { "abab", "baba", 0 },
               { "abc", "aebdc", 2 }, { "abcd", "acgd", 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TrustStaged) staged = NULL;
      TrustPiecesOld old = { .fd = -1 };

      write_first (f, rows[i].from, &old);
      set_pieces (f, rows[i].to);
      staged = stage (f, &old, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (trust_atomic_commit (staged, &error));
      assert_written (f);
      g_assert_cmpuint (f->n_filled, <=, rows[i].made + 2);
      if (!g_str_equal (rows[i].to, "aaaa"))
        g_assert_cmpuint (f->n_filled, ==, rows[i].made);
      close (old.fd);
      g_array_unref (old.pieces);
    }
}

/* An old file that is not what was left there is not copied from. */
static void
test_old_touched (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustStaged) staged = NULL;
  TrustPiecesOld old = { .fd = -1 };
  int fd = -1;

  write_first (f, "abc", &old);
  fd = trust_root_open (f->root, "/bundle", O_WRONLY, 0);
  g_assert_cmpint (pwrite (fd, "XX", 2, 3), ==, 2);
  close (fd);
  set_pieces (f, "abcd");
  staged = stage (f, &old, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (trust_atomic_commit (staged, &error));
  g_assert_cmpuint (f->n_filled, ==, 4);
  assert_written (f);
  close (old.fd);
  g_array_unref (old.pieces);
}

static void
test_lies (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  set_pieces (f, "abc");
  f->lies = TRUE;
  g_assert_null (stage (f, NULL, NULL, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_FAILED);
  g_assert_false (test_scratch_exists (f->scratch, "bundle"));
  g_assert_cmpuint (trust_atomic_sweep (f->dir_fd), ==, 0);
}

static void
test_compare (Fixture *f, gconstpointer data)
{
  TrustPiecesOld old = { .fd = -1 };
  TrustFingerprint digest, whole;

  write_first (f, "abc", &old);
  g_assert_true (trust_pieces_compare (old.fd, f->pieces, fill, f));
  g_assert_true (trust_pieces_hash (old.fd, 1, 8, &digest));
  trust_fingerprint_of ("bbbbbbbb", 8, &whole);
  g_assert_true (trust_fingerprint_equal (&digest, &whole));
  g_assert_false (trust_pieces_hash (old.fd, 1, 10000, &digest));
  set_pieces (f, "acb");
  g_assert_false (trust_pieces_compare (old.fd, f->pieces, fill, f));
  set_pieces (f, "ab");
  g_assert_false (trust_pieces_compare (old.fd, f->pieces, fill, f));
  close (old.fd);
  g_array_unref (old.pieces);
}

/* A file of many chunks, so that copying and hashing have to loop. */
static void
test_large (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustStaged) staged = NULL;
  g_autofree char *letters = g_strnfill (8000, 'z');
  TrustPiecesOld old = { .fd = -1 };

  letters[4000] = 'm';
  write_first (f, letters, &old);
  letters[4000] = 'n';
  set_pieces (f, letters);
  staged = stage (f, &old, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (trust_atomic_commit (staged, &error));
  g_assert_cmpuint (f->n_filled, ==, 1);
  assert_written (f);
  close (old.fd);
  g_array_unref (old.pieces);
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/pieces/runs", test_runs);
  ADD ("/pieces/old-touched", test_old_touched);
  ADD ("/pieces/lies", test_lies);
  ADD ("/pieces/compare", test_compare);
  ADD ("/pieces/large", test_large);
  return g_test_run ();
}
