/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/atomic-fixture.h"

#include <dirent.h>

static guint
count_files (Fixture *f, const char *head)
{
  int fd = openat (f->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fdopendir (fd);
  guint n = 0;

  for (struct dirent *entry = readdir (dir); entry != NULL; entry = readdir (dir))
    n += g_str_has_prefix (entry->d_name, head);
  closedir (dir);
  return n;
}

/* Below and above the number from which on a sync is shared: the same files, in the same two steps. */
static void
test_batch (Fixture *f, gconstpointer data)
{
  static const guint sizes[] = { 0, 1, TRUST_BATCH_MIN - 1, TRUST_BATCH_MIN, TRUST_BATCH_MIN + 1, 3000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (TrustBatch) batch = trust_batch_new ();
      g_autofree char *head = g_strdup_printf ("batch-%u-", sizes[i]);

      for (guint n = 0; n < sizes[i]; n++)
        {
          g_autofree char *name = g_strdup_printf ("%s%u", head, n);

          trust_batch_take (batch, trust_atomic_stage_unsynced (f->dir, name, name, strlen (name), 0640, NULL));
        }
      g_assert_cmpuint (trust_batch_get_n (batch), ==, sizes[i]);
      g_assert_true (trust_batch_sync (batch, NULL));
      g_assert_cmpuint (count_files (f, head), ==, 0);
      g_assert_true (trust_batch_commit (batch, NULL));
      g_assert_cmpuint (trust_batch_get_n (batch), ==, 0);
      g_assert_cmpuint (count_files (f, head), ==, sizes[i]);
      for (guint n = 0; n < sizes[i]; n++)
        {
          g_autofree char *name = g_strdup_printf ("%s%u", head, n);

          assert_content (f->dir, name, name);
        }
    }
  g_assert_cmpuint (count_files (f, ".anchord-"), ==, 0);
}

/* What is not committed leaves nothing, whether it was synced or not. */
static void
test_batch_dropped (Fixture *f, gconstpointer data)
{
  for (guint n = 1; n < 3 * TRUST_BATCH_MIN; n += TRUST_BATCH_MIN - 1)
    {
      TrustBatch *batch = trust_batch_new ();

      for (guint i = 0; i < n; i++)
        {
          g_autofree char *name = g_strdup_printf ("dropped-%u", i);

          trust_batch_take (batch, trust_atomic_stage_unsynced (f->dir, name, "x", 1, 0644, NULL));
        }
      g_assert_cmpuint (count_files (f, ".anchord-"), ==, n);
      if (n > TRUST_BATCH_MIN)
        g_assert_true (trust_batch_sync (batch, NULL));
      trust_batch_free (batch);
      g_assert_cmpuint (count_files (f, ".anchord-"), ==, 0);
      g_assert_cmpuint (count_files (f, "dropped-"), ==, 0);
    }
}

/* A batch holds no more descriptors than a few, however many files it has. */
static void
test_batch_descriptors (Fixture *f, gconstpointer data)
{
  g_autoptr (TrustBatch) batch = trust_batch_new ();
  int first = dup (f->dir), last = -1;

  close (first);
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *name = g_strdup_printf ("open-%u", i);

      trust_batch_take (batch, trust_atomic_stage_unsynced (f->dir, name, "x", 1, 0644, NULL));
    }
  last = dup (f->dir);
  close (last);
  g_assert_cmpint (last, ==, first);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/atomic-batch/files", test_batch);
  ADD ("/atomic-batch/dropped", test_batch_dropped);
  ADD ("/atomic-batch/descriptors", test_batch_descriptors);
  return g_test_run ();
}
