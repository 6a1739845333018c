/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each consumer's file that is shipped, and each example, counts: strictly read, its formats asked for their options; no two write to one place. */
#include "core/consumer-file.h"
#include "core/consumers/placed.h"
#include "tests/lib/support.h"

#include <string.h>

/* Of TrustPlaced*. */
static GPtrArray *shipped;

static void
read_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL), *plain = g_strndup (name, strlen (name) - strlen (TRUST_PLACED_SUFFIX));
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  TrustPlaced *placed = trust_placed_new (plain, path);
  gsize size = 0;

  g_test_message ("%s", path);
  g_assert_true (trust_placed_check_name (plain, &error));
  g_assert_true (g_file_get_contents (path, &text, &size, NULL));
  trust_consumer_file_parse ((TrustSpan) { (const guint8 *) text, size }, placed, &error);
  g_assert_no_error (error);
  trust_placed_check (placed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (placed->outputs->len, >, 0);
  g_assert_cmpstr (placed->description, !=, "");
  /* Only the layout of a distribution may begin by itself. */
  if (placed->by_default)
    g_assert_cmpuint (placed->distributions, !=, ~0u);
  g_ptr_array_add (shipped, placed);
}

static guint
read_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = NULL;
  guint n = 0;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, TRUST_PLACED_SUFFIX))
      {
        read_file (folder, name);
        n++;
      }
  return n;
}

static void
test_files (void)
{
  g_autofree char *source = g_test_build_filename (G_TEST_DIST, "..", "..", "data", "consumers.d", NULL);
  g_autofree char *examples = g_build_filename (source, "examples", NULL);
  g_autofree char *built = g_test_build_filename (G_TEST_BUILT, "..", "..", "data", "consumers.d", NULL);

  g_assert_cmpuint (read_folder (source), >=, 11);
  g_assert_cmpuint (read_folder (built), ==, 1);
  g_assert_cmpuint (read_folder (examples), ==, 3);
}

/* anchord.consumer(5) tells of each. */
static void
test_documentation (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "..", "docs", "man", "anchord.consumer.5.rst", NULL), *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpuint (shipped->len, >, 0);
  for (guint i = 0; i < shipped->len; i++)
    {
      g_autofree char *told = g_strdup_printf ("*%s*", ((const TrustPlaced *) shipped->pdata[i])->name);

      g_test_message ("%s", told);
      g_assert_nonnull (strstr (text, told));
    }
}

/* For one distribution, no two outputs stand in one place. */
static void
test_places (void)
{
  for (guint kind = 0; kind < TRUST_DISTRIBUTION_LAST; kind++)
    {
      g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);

      for (guint i = 0; i < shipped->len; i++)
        {
          const TrustPlaced *placed = shipped->pdata[i];

          for (guint j = 0; (placed->distributions & 1u << kind) != 0 && j < placed->outputs->len; j++)
            {
              const TrustPlacedOutput *output = placed->outputs->pdata[j];

              g_test_message ("%s: %s", placed->name, output->path);
              g_assert_true (g_hash_table_add (places, output->path));
            }
        }
    }
}

/* What a distribution has without anchord, too, stays when it is disabled. */
static void
test_kept (void)
{
  for (guint i = 0; i < shipped->len; i++)
    {
      const TrustPlaced *placed = shipped->pdata[i];

      for (guint j = 0; placed->distributions != ~0u && j < placed->outputs->len; j++)
        {
          const TrustPlacedOutput *output = placed->outputs->pdata[j];
          g_autofree char *name = g_path_get_basename (output->path);

          g_test_message ("%s: %s", placed->name, output->path);
          g_assert_true (output->keep != g_str_has_prefix (name, "anchord"));
        }
    }
}

int
main (int argc, char **argv)
{
  int status = 0;

  g_test_init (&argc, &argv, NULL);
  shipped = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_placed_unref);
  g_test_add_func ("/shipped-consumers/files", test_files);
  g_test_add_func ("/shipped-consumers/documentation", test_documentation);
  g_test_add_func ("/shipped-consumers/places", test_places);
  g_test_add_func ("/shipped-consumers/kept", test_kept);
  status = g_test_run ();
  g_ptr_array_unref (shipped);
  return status;
}
