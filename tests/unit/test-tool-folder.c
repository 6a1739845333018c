/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Folders of anchor files, read and written. */
#include "client/cli/folder.h"
#include "core/error.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *above; /* (owned) */
  char *path;  /* (owned) */
} Scratch;

static void
set_up (Scratch *self, gconstpointer data)
{
  self->above = g_dir_make_tmp ("test-folder-XXXXXX", NULL);
  self->path = g_build_filename (self->above, "out", NULL);
}

static void
remove_all (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      if (g_unlink (path) < 0)
        remove_all (path);
    }
  g_rmdir (folder);
}

static void
tear_down (Scratch *self, gconstpointer data)
{
  remove_all (self->above);
  g_free (self->above);
  g_free (self->path);
}

static void
put (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
}

static GHashTable *
make_files (void)
{
  GHashTable *files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  g_hash_table_insert (files, g_strdup ("a.anchor"), g_bytes_new_static ("one", 3));
  g_hash_table_insert (files, g_strdup ("b.distrust"), g_bytes_new_static ("", 0));
  return files;
}

static guint
count_names (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;
  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_list (Scratch *self, gconstpointer data)
{
  static const char *const names[] = { "c.anchor", "a.pem", "B.crt",  "d.distrust",     "e.p11-kit",
                                       "f.der",    "g.cer", "README", ".hidden.anchor", "h.anchor~" };
  static const char *const wanted[] = { "B.crt", "a.pem", "c.anchor", "d.distrust", "e.p11-kit", "f.der", "g.cer" };
  g_autoptr (GPtrArray) left_out = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    put (self->above, names[i]);
  g_auto (GStrv) paths = folder_list (self->above, left_out, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (paths), ==, G_N_ELEMENTS (wanted));
  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      g_autofree char *name = g_path_get_basename (paths[i]);
      g_assert_cmpstr (name, ==, wanted[i]);
    }
  g_assert_cmpuint (left_out->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (left_out, 0), ==, "README");
  g_assert_cmpstr (g_ptr_array_index (left_out, 1), ==, "h.anchor~");
}

static void
test_list_nothing (Scratch *self, gconstpointer data)
{
  g_autoptr (GPtrArray) left_out = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_assert_null (folder_list (self->path, left_out, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND);
}

static void
test_write (Scratch *self, gconstpointer data)
{
  g_autoptr (GHashTable) files = make_files ();
  g_autofree char *first = g_build_filename (self->path, "a.anchor", NULL);
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  struct stat st;
  if (data != NULL)
    g_assert_cmpint (g_mkdir (self->path, 0700), ==, 0);
  g_assert_true (folder_write (self->path, files, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_names (self->path), ==, 2);
  g_assert_cmpuint (count_names (self->above), ==, 1); /* nothing is left beside it */
  g_assert_true (g_file_get_contents (first, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "one");
  g_assert_cmpint (stat (first, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 0111, ==, 0);
}

static void
assert_not_written (Scratch *self, TrustError code)
{
  g_autoptr (GHashTable) files = make_files ();
  g_autoptr (GError) error = NULL;
  guint before = count_names (self->above);
  g_assert_false (folder_write (self->path, files, &error));
  g_assert_error (error, TRUST_ERROR, (int) code);
  g_assert_cmpuint (count_names (self->above), ==, before);
}

static void
test_write_taken (Scratch *self, gconstpointer data)
{
  g_assert_cmpint (g_mkdir (self->path, 0755), ==, 0);
  put (self->path, "mine");
  assert_not_written (self, TRUST_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (count_names (self->path), ==, 1);
}

static void
test_write_no_folder (Scratch *self, gconstpointer data)
{
  put (self->above, "out");
  assert_not_written (self, TRUST_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (g_unlink (self->path), ==, 0);
  g_assert_cmpint (symlink ("/nonexistent", self->path), ==, 0);
  assert_not_written (self, TRUST_ERROR_INVALID_ARGUMENT);
  g_assert_cmpint (g_unlink (self->path), ==, 0);
  g_free (self->path);
  self->path = g_build_filename (self->above, "no", "such", NULL);
  assert_not_written (self, TRUST_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/folder/list", Scratch, NULL, set_up, test_list, tear_down);
  g_test_add ("/folder/list-nothing", Scratch, NULL, set_up, test_list_nothing, tear_down);
  g_test_add ("/folder/write", Scratch, NULL, set_up, test_write, tear_down);
  g_test_add ("/folder/write-into-empty", Scratch, "there", set_up, test_write, tear_down);
  g_test_add ("/folder/write-taken", Scratch, NULL, set_up, test_write_taken, tear_down);
  g_test_add ("/folder/write-no-folder", Scratch, NULL, set_up, test_write_no_folder, tear_down);
  return g_test_run ();
}
