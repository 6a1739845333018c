/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/lib/root-fixture.h"

static void
test_new (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *missing = in_image (f, "missing\n");
  g_autoptr (TrustRoot) all = trust_root_new ("/", NULL);

  g_assert_null (trust_root_new (missing, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, "missing\\u{A}"));
  g_assert_true (trust_root_is_system (all));
  g_assert_false (trust_root_is_system (f->root));
  g_assert_cmpstr (trust_root_get_path (f->root), ==, f->image);
}

/* No link and no ".." leads out of the root. */
static void
test_escapes (Fixture *f, gconstpointer data)
{
  g_autofree char *secret = g_build_filename (f->scratch, "secret", NULL);
  g_autofree char *deep = g_strdup_printf ("../../../../../../../../../..%s", secret);

  put_link (f, secret, "etc/absolute");
  put_link (f, deep, "etc/dots");
  put_link (f, f->scratch, "etc/folder");
  put_link (f, "..", "etc/up");
  put_link (f, "/etc/inside", "etc/home");
  put_link (f, "../../../../etc/inside", "etc/above");
  put_link (f, "/proc/self/root", "etc/magic");
  assert_not_found (f, "/etc/absolute");
  assert_not_found (f, "/etc/dots");
  assert_not_found (f, "/etc/folder/secret");
  assert_not_found (f, "/../secret");
  assert_not_found (f, "/etc/up/../secret");
  assert_not_found (f, "/../../../../../etc/passwd");
  assert_not_found (f, "/etc/magic/etc/passwd");
  assert_not_found (f, "/etc/inside/below");
  assert_not_found (f, "");
  assert_reads (f, "/etc/home", "inside");
  assert_reads (f, "/etc/above", "inside");
  assert_reads (f, "/../../etc/up/etc/inside", "inside");
  assert_reads (f, "etc/inside", "inside");
}

static void
test_loop (Fixture *f, gconstpointer data)
{
  put_link (f, "b", "etc/a");
  put_link (f, "a", "etc/b");
  put_link (f, "missing", "etc/dangling");
  assert_refused (f, "/etc/a", TRUST_ERROR_STORAGE);
  assert_not_found (f, "/etc/dangling");
  g_assert_cmpint (trust_root_open (f->root, "/etc/a", O_RDONLY, 0), ==, -1);
  g_assert_cmpint (errno, ==, ELOOP);
}

/* The links of /proc that jump anywhere are never followed. */
static void
test_magic_links (void)
{
  g_autoptr (TrustRoot) all = trust_root_new ("/", NULL);

  g_assert_cmpint (trust_root_open (all, "/proc/self/root/etc", O_RDONLY | O_DIRECTORY, 0), ==, -1);
  g_assert_cmpint (errno, ==, ELOOP);
}

static void
test_stat (Fixture *f, gconstpointer data)
{
  TrustStat a, b, link;
  g_autoptr (GError) error = NULL;

  put_link (f, "inside", "etc/link");
  g_assert_true (trust_root_stat (f->root, "/etc/inside", &a));
  g_assert_true (trust_root_stat (f->root, "/etc/link", &b));
  g_assert_true (trust_root_lstat (f->root, "/etc/link", &link));
  g_assert_true (trust_stat_equal (&a, &b));
  g_assert_false (trust_stat_equal (&a, &link));
  g_assert_true (S_ISLNK (link.mode));
  g_assert_cmpint (a.size, ==, 6);
  g_assert_cmpuint (a.uid, ==, getuid ());
  g_assert_cmpint (a.mtime, >, G_GINT64_CONSTANT (1000000000000000000));
  g_assert_false (trust_root_stat (f->root, "/etc/missing", &a));
  g_assert_cmpint (errno, ==, ENOENT);

  g_autoptr (GBytes) bytes = trust_root_read (f->root, "/etc/link", 100, &link, &error);

  g_assert_no_error (error);
  g_assert_true (trust_stat_equal (&b, &link));
}

static void
test_read_link (Fixture *f, gconstpointer data)
{
  put_link (f, "/somewhere/else", "etc/link");
  put_link (f, "/etc", "config");

  g_autofree char *target = trust_root_read_link (f->root, "/config/link");

  g_assert_cmpstr (target, ==, "/somewhere/else");
  g_assert_null (trust_root_read_link (f->root, "/etc/inside"));
  g_assert_cmpint (errno, ==, EINVAL);
  g_assert_null (trust_root_read_link (f->root, "/etc/missing"));
  g_assert_cmpint (errno, ==, ENOENT);
}

static void
test_make_dir (Fixture *f, gconstpointer data)
{
  g_autofree char *outside = g_build_filename (f->scratch, "outside", NULL);
  mode_t old_mask = umask (0077);
  int fd = trust_root_make_dir (f->root, "/var/lib//anchord/", 0755);
  TrustStat st;

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  umask (old_mask);
  g_assert_true (trust_root_stat (f->root, "/var/lib/anchord", &st));
  g_assert_cmpuint (st.mode, ==, S_IFDIR | 0755);
  fd = trust_root_make_dir (f->root, "/var/lib/anchord", 0700);
  close (fd);
  g_assert_true (trust_root_stat (f->root, "/var/lib/anchord", &st));
  g_assert_cmpuint (st.mode, ==, S_IFDIR | 0755);

  g_assert_cmpint (trust_root_make_dir (f->root, "/etc/inside/x", 0755), ==, -1);
  g_assert_cmpint (errno, ==, ENOTDIR);

  /* A link out of the root: nothing is made behind it. */
  g_autofree char *made = g_build_filename (outside, "made", NULL);

  put_link (f, outside, "etc/out");
  g_assert_cmpint (trust_root_make_dir (f->root, "/etc/out/made", 0755), ==, -1);
  g_assert_cmpint (errno, ==, ENOENT);
  g_assert_false (g_file_test (made, G_FILE_TEST_EXISTS));
}

static void
test_list (Fixture *f, gconstpointer data)
{
  const char *names[] = { "b", "B", "a b", "-x", "\xff", "ü", "a", ".hidden", "..x" };
  const char *sorted[] = { "-x", "..x", ".hidden", "B", "a", "a b", "b", "ü", "\xff" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename ("etc/sub", names[i], NULL);

      put (f->image, path, "");
    }

  g_autoptr (GPtrArray) list = trust_root_list (f->root, "/etc/sub");

  g_assert_cmpuint (list->len, ==, G_N_ELEMENTS (sorted));
  for (guint i = 0; i < list->len; i++)
    g_assert_cmpstr (g_ptr_array_index (list, i), ==, sorted[i]);
  g_assert_null (trust_root_list (f->root, "/etc/missing"));
  g_assert_cmpint (errno, ==, ENOENT);
  g_assert_null (trust_root_list (f->root, "/etc/inside"));
  g_assert_cmpint (errno, ==, ENOTDIR);
}

static void
test_list_many (Fixture *f, gconstpointer data)
{
  const guint n = 20000;
  int dir = trust_root_open_dir (f->root, "/etc/sub");

  for (guint i = 0; i < n; i++)
    {
      char name[16];

      g_snprintf (name, sizeof name, "%08x.0", i * 2654435761u);
      g_assert_no_errno (symlinkat ("x", dir, name));
    }
  close (dir);

  gint64 start = g_get_monotonic_time ();
  g_autoptr (GPtrArray) list = trust_root_list (f->root, "/etc/sub");

  g_test_message ("20,000 names listed in %" G_GINT64_FORMAT " us", g_get_monotonic_time () - start);
  g_assert_cmpuint (list->len, ==, n);
  for (guint i = 1; i < n; i++)
    g_assert_cmpstr (g_ptr_array_index (list, i - 1), <, g_ptr_array_index (list, i));
}

static void
test_remove_tree (Fixture *f, gconstpointer data)
{
  g_autofree char *outside = g_build_filename (f->scratch, "outside", NULL);
  g_autofree char *secret = g_build_filename (outside, "secret", NULL);
  int fd = trust_root_make_dir (f->root, "/var/a/b/c", 0755);

  close (fd);
  put (f->image, "var/a/b/file", "x");
  put_link (f, outside, "var/a/b/link");
  put_link (f, "/etc", "var/alias");
  g_assert_true (trust_root_remove_tree (f->root, "/var/a"));
  g_assert_true (trust_root_remove_tree (f->root, "/var/a"));
  g_assert_true (trust_root_remove_tree (f->root, "/missing/a"));
  g_assert_true (g_file_test (secret, G_FILE_TEST_EXISTS));

  /* The link itself, not what it names. */
  g_assert_true (trust_root_remove_tree (f->root, "/var/alias"));
  assert_reads (f, "/etc/inside", "inside");

  g_assert_false (trust_root_remove_tree (f->root, "/"));
  g_assert_cmpint (errno, ==, EINVAL);
  g_assert_false (trust_root_remove_tree (f->root, "/etc/.."));
  g_assert_cmpint (errno, ==, EINVAL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/root/new", test_new);
  ADD ("/root/escapes", test_escapes);
  ADD ("/root/loop", test_loop);
  g_test_add_func ("/root/magic-links", test_magic_links);
  ADD ("/root/stat", test_stat);
  ADD ("/root/read-link", test_read_link);
  ADD ("/root/make-dir", test_make_dir);
  ADD ("/root/list", test_list);
  ADD ("/root/list-many", test_list_many);
  ADD ("/root/remove-tree", test_remove_tree);
  return g_test_run ();
}
