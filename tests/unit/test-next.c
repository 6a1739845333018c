/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/error.h"
#include "core/next.h"
#include "tests/lib/support.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *scratch;
  TrustRoot *root;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->scratch = test_scratch_new ();
  f->root = trust_root_new (f->scratch, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  trust_root_unref (f->root);
  test_scratch_remove (f->scratch);
  g_free (f->scratch);
}

static void
note (Fixture *f, gint64 next)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (trust_next_note (f->root, next, &error));
  g_assert_no_error (error);
}

static gint64
take (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  gint64 next = 0;

  g_assert_true (trust_next_take (f->root, &next, &error));
  g_assert_no_error (error);
  return next;
}

static void
watch (Fixture *f, gint64 next)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (trust_next_watch (f->root, next, &error));
  g_assert_no_error (error);
}

static gboolean
is_marked (Fixture *f)
{
  return test_scratch_exists (f->scratch, TRUST_NEXT_MARK);
}

static void
assert_date (Fixture *f, const char *expected)
{
  g_autofree char *text = test_scratch_read (f->scratch, TRUST_NEXT_DATE);

  g_assert_cmpstr (text, ==, expected);
}

/* Where nothing ever ends, nothing is written. */
static void
test_never (Fixture *f, gconstpointer data)
{
  note (f, G_MAXINT64);
  g_assert_false (test_scratch_exists (f->scratch, "/var"));
  g_assert_cmpint (take (f), ==, G_MAXINT64);
  g_assert_false (test_scratch_exists (f->scratch, "/var"));
}

/* Each date that is not watched yet leaves a mark; one that is watched leaves none, and writes nothing. */
static void
test_mark (Fixture *f, gconstpointer data)
{
  note (f, 1000);
  assert_date (f, "1000\n");
  g_assert_true (is_marked (f));
  g_assert_cmpint (take (f), ==, 1000);
  g_assert_false (is_marked (f));
  watch (f, 1000);
  note (f, 1000);
  g_assert_false (is_marked (f));
  note (f, 900);
  g_assert_true (is_marked (f));
  /* The date changes while the watcher is at work. */
  g_assert_cmpint (take (f), ==, 900);
  note (f, 800);
  watch (f, 900);
  g_assert_true (is_marked (f));
  g_assert_cmpint (take (f), ==, 800);
  watch (f, 800);
  note (f, G_MAXINT64);
  assert_date (f, NULL);
  g_assert_true (is_marked (f));
  g_assert_cmpint (take (f), ==, G_MAXINT64);
  watch (f, G_MAXINT64);
  note (f, G_MAXINT64);
  g_assert_false (is_marked (f));
}

/* After a boot nobody watches, whatever was watched before; and a mark that a writer died before setting is set by the next. */
static void
test_boot (Fixture *f, gconstpointer data)
{
  g_autofree char *watched = g_build_filename (f->scratch, TRUST_NEXT_WATCHED, NULL);

  note (f, 1000);
  take (f);
  watch (f, 1000);
  g_assert_no_errno (g_unlink (watched));
  note (f, 1000);
  g_assert_true (is_marked (f));
}

/* What is no date is none, and is written over. */
static void
test_damaged (Fixture *f, gconstpointer data)
{
  static const char *const bad[] = {
    "", "soon\n", "-5\n", "0\n", "99999999999999999999999999\n", "1000 x\n", "1000000000000000000000000000000000000000\n"
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      test_scratch_write (f->scratch, TRUST_NEXT_DATE, bad[i], -1);
      g_assert_cmpint (take (f), ==, G_MAXINT64);
      note (f, 1000);
      assert_date (f, "1000\n");
      g_assert_cmpint (take (f), ==, 1000);
    }
}

/* A folder that can't be made is an error that names it. */
static void
test_failure (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  test_scratch_write (f->scratch, "/var", "in the way", -1);
  g_assert_false (trust_next_note (f->root, 1000, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, TRUST_NEXT_FOLDER));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/next/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("never", test_never);
  ADD ("mark", test_mark);
  ADD ("boot", test_boot);
  ADD ("damaged", test_damaged);
  ADD ("failure", test_failure);
  return g_test_run ();
}
