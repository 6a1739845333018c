/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/root.h"

#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* "image" is the root; "outside" lies beside it and holds what no path may reach. */
typedef struct
{
  char *scratch;
  char *image;
  TrustRoot *root;
} Fixture;

static char *
in_image (Fixture *f, const char *path)
{
  return g_build_filename (f->image, path, NULL);
}

static void
put (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
put_link (Fixture *f, const char *target, const char *name)
{
  g_autofree char *path = in_image (f, name);

  g_assert_no_errno (symlink (target, path));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *etc = NULL;
  g_autofree char *outside = NULL;

  f->scratch = g_dir_make_tmp ("anchord-root-XXXXXX", &error);
  g_assert_no_error (error);
  f->image = g_build_filename (f->scratch, "image", NULL);
  etc = in_image (f, "etc/sub");
  outside = g_build_filename (f->scratch, "outside", NULL);
  g_assert_no_errno (g_mkdir_with_parents (etc, 0755));
  g_assert_no_errno (g_mkdir (outside, 0755));
  put (outside, "secret", "secret");
  put (f->scratch, "secret", "secret");
  put (f->image, "etc/inside", "inside");
  f->root = trust_root_new (f->image, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustRoot) all = trust_root_new ("/", &error);

  g_assert_no_error (error);
  g_assert_true (trust_root_remove_tree (all, f->scratch));
  g_assert_false (g_file_test (f->scratch, G_FILE_TEST_EXISTS));
  trust_root_unref (f->root);
  g_free (f->image);
  g_free (f->scratch);
}

static void
assert_reads (Fixture *f, const char *path, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = trust_root_read (f->root, path, 1000, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, strlen (expected));
}

static void
assert_not_found (Fixture *f, const char *path)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (trust_root_read (f->root, path, 1000, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
assert_refused (Fixture *f, const char *path, TrustError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (trust_root_read (f->root, path, 1000, NULL, &error));
  g_assert_error (error, TRUST_ERROR, (int) code);
}

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
test_special_files (Fixture *f, gconstpointer data)
{
  g_autofree char *fifo = in_image (f, "etc/fifo");
  g_autofree char *device = in_image (f, "etc/device");
  g_autofree char *socket_path = in_image (f, "etc/s");
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int listener = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_no_errno (mkfifo (fifo, 0600));
  assert_refused (f, "/etc/fifo", TRUST_ERROR_STORAGE);
  g_strlcpy (address.sun_path, socket_path, sizeof address.sun_path);
  g_assert_no_errno (bind (listener, (struct sockaddr *) &address, sizeof address));
  assert_refused (f, "/etc/s", TRUST_ERROR_STORAGE);
  close (listener);
  if (mknod (device, S_IFCHR | 0600, makedev (1, 5)) == 0)
    assert_refused (f, "/etc/device", TRUST_ERROR_STORAGE);
  assert_refused (f, "/etc", TRUST_ERROR_STORAGE);
  assert_refused (f, "/", TRUST_ERROR_STORAGE);
}

/* A file its reader has no right to. Root has every right, so a child gives its own up. */
static void
test_unreadable (Fixture *f, gconstpointer data)
{
  g_autofree char *path = in_image (f, "etc/inside");
  int status;

  g_assert_no_errno (chmod (path, 0));
  g_assert_no_errno (chmod (f->scratch, 0755));

  pid_t pid = fork ();

  if (pid == 0)
    {
      g_autoptr (GError) error = NULL;

      if (geteuid () == 0 && (setgid (65534) < 0 || setuid (65534) < 0))
        _exit (2);
      _exit (trust_root_read (f->root, "/etc/inside", 1000, NULL, &error) == NULL
                     && g_error_matches (error, TRUST_ERROR, TRUST_ERROR_STORAGE)
                     && strstr (error->message, "/etc/inside") != NULL
                 ? 0
                 : 1);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
}

static void
test_limits (Fixture *f, gconstpointer data)
{
  g_autofree char *huge = in_image (f, "etc/huge");
  int fd = open (huge, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) all = trust_root_read (f->root, "/etc/inside", 6, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (all), ==, 6);
  g_assert_null (trust_root_read (f->root, "/etc/inside", 5, NULL, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED);
  g_assert_no_errno (ftruncate (fd, (off_t) 1 << 40));
  close (fd);
  assert_refused (f, "/etc/huge", TRUST_ERROR_LIMIT_EXCEEDED);
}

static void
test_empty (Fixture *f, gconstpointer data)
{
  put (f->image, "etc/empty", "");
  assert_reads (f, "/etc/empty", "");
}

/* A file of /proc has content, and a size of 0. */
static void
test_proc (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustRoot) all = trust_root_new ("/", &error);
  g_autoptr (GBytes) bytes = trust_root_read (all, "/proc/self/status", 1 << 20, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), >, 100);
  g_assert_null (trust_root_read (all, "/proc/self/status", 100, NULL, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED);
}

static gpointer
keep_appending (gpointer data)
{
  int *shared = data;
  int fd;

  while ((fd = g_atomic_int_get (shared)) >= 0)
    {
      g_assert_cmpint (write (fd, "0123456789abcdef", 16), ==, 16);
      g_usleep (20);
    }
  return NULL;
}

/* What is read is one state of the file: never a size that its stat does not have. */
static void
test_growing (Fixture *f, gconstpointer data)
{
  g_autofree char *path = in_image (f, "etc/growing");
  int fd = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  int shared = fd;
  GThread *writer = g_thread_new ("writer", keep_appending, &shared);

  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (GError) error = NULL;
      TrustStat st;
      g_autoptr (GBytes) bytes = trust_root_read (f->root, "/etc/growing", 1 << 30, &st, &error);

      if (bytes == NULL)
        g_assert_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE);
      else if (st.size > 0)
        g_assert_cmpuint (g_bytes_get_size (bytes), ==, (gsize) st.size);
    }
  g_atomic_int_set (&shared, -1);
  g_thread_join (writer);
  close (fd);
}

/* By a folder's descriptor: links that stay, links that leave the folder, links that try to leave the root. */
static void
test_read_at (Fixture *f, gconstpointer data)
{
  g_autofree char *secret = g_build_filename (f->scratch, "secret", NULL);
  int dir = trust_root_open_dir (f->root, "/etc/sub");
  const char *good[] = { "plain", "beside", "above", "absolute", "../inside", "/etc/inside" };
  const char *bad[] = { "out", "dots", "missing", "../../../secret" };

  put (f->image, "etc/sub/plain", "inside");
  put_link (f, "plain", "etc/sub/beside");
  put_link (f, "../inside", "etc/sub/above");
  put_link (f, "/etc/inside", "etc/sub/absolute");
  put_link (f, secret, "etc/sub/out");
  put_link (f, "../../../secret", "etc/sub/dots");
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = trust_root_read_at (f->root, dir, good[i], 1000, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "inside", 6);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (trust_root_read_at (f->root, dir, bad[i], 1000, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    }
  close (dir);
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

static gpointer
unlock_later (gpointer data)
{
  g_usleep (50000);
  close (GPOINTER_TO_INT (data));
  return NULL;
}

static void
test_lock (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int held = trust_root_lock (f->root, "/run/anchord/lock", 0, &error);
  TrustStat st;

  g_assert_no_error (error);
  g_assert_true (trust_root_stat (f->root, "/run/anchord/lock", &st));
  g_assert_cmpuint (st.mode, ==, S_IFREG | 0600);

  /* OFD: it keeps out another descriptor of the same process too. */
  gint64 start = g_get_monotonic_time ();

  g_assert_cmpint (trust_root_lock (f->root, "/run/anchord/lock", 0, &error), ==, -1);
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_cmpint (trust_root_lock (f->root, "/run/anchord/lock", 30, &error), ==, -1);
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 30000);

  GThread *thread = g_thread_new ("unlock", unlock_later, GINT_TO_POINTER (held));
  int next = trust_root_lock (f->root, "/run/anchord/lock", 60000, &error);

  g_assert_no_error (error);
  g_thread_join (thread);
  close (next);

  g_assert_cmpint (trust_root_lock (f->root, "/etc", 0, &error), ==, -1);
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE);
}

/* A lock on a deleted file would keep nobody out. */
static void
test_lock_deleted (Fixture *f, gconstpointer data)
{
  g_autofree char *path = in_image (f, "etc/lock");
  int first = trust_root_lock (f->root, "/etc/lock", 0, NULL);
  int second;

  g_assert_no_errno (unlink (path));
  second = trust_root_lock (f->root, "/etc/lock", 0, NULL);
  g_assert_cmpint (second, >=, 0);
  g_assert_cmpint (trust_root_lock (f->root, "/etc/lock", 0, NULL), ==, -1);
  close (first);
  close (second);
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/root/new", test_new);
  ADD ("/root/escapes", test_escapes);
  ADD ("/root/loop", test_loop);
  g_test_add_func ("/root/magic-links", test_magic_links);
  ADD ("/root/special-files", test_special_files);
  ADD ("/root/unreadable", test_unreadable);
  ADD ("/root/limits", test_limits);
  ADD ("/root/empty", test_empty);
  g_test_add_func ("/root/proc", test_proc);
  ADD ("/root/growing", test_growing);
  ADD ("/root/read-at", test_read_at);
  ADD ("/root/stat", test_stat);
  ADD ("/root/read-link", test_read_link);
  ADD ("/root/make-dir", test_make_dir);
  ADD ("/root/list", test_list);
  ADD ("/root/list-many", test_list_many);
  ADD ("/root/remove-tree", test_remove_tree);
  ADD ("/root/lock", test_lock);
  ADD ("/root/lock-deleted", test_lock_deleted);
  return g_test_run ();
}
