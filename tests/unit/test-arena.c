/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/arena.h"

#include "tests/lib/support.h"

#include <string.h>

#define N_COPIES 3000

typedef struct
{
  const guint8 *at;
  gsize size;
  guint8 fill;
} Copy;

static Copy
copy_one (guint i)
{
  Copy copy = { NULL, 500 + i % 1000, (guint8) (i * 7) };
  g_autofree guint8 *bytes = g_malloc (copy.size);

  memset (bytes, copy.fill, copy.size);
  copy.at = trust_arena_copy (bytes, copy.size);
  return copy;
}

static gboolean
is_whole (const Copy *copy)
{
  for (gsize i = 0; i < copy->size; i++)
    if (copy->at[i] != copy->fill)
      return FALSE;
  return TRUE;
}

/* Is ADDRESS mapped from a file, to be read only? */
static gboolean
is_file_backed (const guint8 *address)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/maps", &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit_set (lines[i], " -", 7);

      if (g_strv_length (fields) == 7 && (guintptr) address >= g_ascii_strtoull (fields[0], NULL, 16)
          && (guintptr) address < g_ascii_strtoull (fields[1], NULL, 16))
        return fields[2][0] == 'r' && strchr (lines[i], '/') != NULL;
    }
  return FALSE;
}

static gpointer
read_all (gpointer data)
{
  const Copy *copies = data;

  for (guint round = 0; round < 20; round++)
    for (guint i = 0; i < N_COPIES; i++)
      g_assert_true (is_whole (&copies[i]));
  return NULL;
}

static void
test_spill (void)
{
  g_autofree char *scratch = test_scratch_new ();
  g_autoptr (TrustRoot) root = trust_root_new (scratch, NULL);
  g_autofree Copy *copies = g_new (Copy, N_COPIES);
  GThread *reader = NULL;
  gsize moved = 0;

  for (guint i = 0; i < N_COPIES; i++)
    copies[i] = copy_one (i);
  g_assert_false (is_file_backed (copies[0].at));
  reader = g_thread_new ("reader", read_all, copies);
  moved = trust_arena_spill (root, "/");
  g_thread_join (reader);
  if (moved == 0)
    {
      g_test_skip ("this file system has no O_TMPFILE");
    }
  else
    {
      g_assert_cmpuint (moved, >, 2 * 1024 * 1024);
      g_assert_true (is_file_backed (copies[0].at));
      g_assert_cmpuint (trust_arena_spill (root, "/"), ==, 0);
    }
  for (guint i = 0; i < N_COPIES; i++)
    {
      g_assert_true (is_whole (&copies[i]));
      trust_arena_release (copies[i].at, copies[i].size);
    }
  test_scratch_remove (scratch);
}

/* A folder that is not there: everything stays as it was. */
static void
test_no_folder (void)
{
  g_autofree char *scratch = test_scratch_new ();
  g_autoptr (TrustRoot) root = trust_root_new (scratch, NULL);
  Copy copies[200];

  for (guint i = 0; i < G_N_ELEMENTS (copies); i++)
    copies[i] = copy_one (i);
  g_assert_cmpuint (trust_arena_spill (root, "/absent"), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (copies); i++)
    {
      g_assert_true (is_whole (&copies[i]));
      trust_arena_release (copies[i].at, copies[i].size);
    }
  test_scratch_remove (scratch);
}

static void
test_largest (void)
{
  g_autofree guint8 *bytes = g_malloc0 (TRUST_ARENA_MAX_BYTES);
  const guint8 *copies[12];

  for (guint i = 0; i < G_N_ELEMENTS (copies); i++)
    copies[i] = trust_arena_copy (bytes, TRUST_ARENA_MAX_BYTES);
  for (guint i = 0; i < G_N_ELEMENTS (copies); i++)
    {
      g_assert_cmpmem (copies[i], TRUST_ARENA_MAX_BYTES, bytes, TRUST_ARENA_MAX_BYTES);
      trust_arena_release (copies[i], TRUST_ARENA_MAX_BYTES);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/arena/spill", test_spill);
  g_test_add_func ("/arena/no-folder", test_no_folder);
  g_test_add_func ("/arena/largest", test_largest);
  return g_test_run ();
}
