/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/lib/root-fixture.h"

#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>

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
      _exit (trust_root_read (f->root, "/etc/inside", 1000, NULL, &error) == NULL && g_error_matches (error, TRUST_ERROR, TRUST_ERROR_STORAGE)
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/root-read/special-files", test_special_files);
  ADD ("/root-read/unreadable", test_unreadable);
  ADD ("/root-read/limits", test_limits);
  ADD ("/root-read/empty", test_empty);
  g_test_add_func ("/root-read/proc", test_proc);
  ADD ("/root-read/growing", test_growing);
  ADD ("/root-read/read-at", test_read_at);
  return g_test_run ();
}
