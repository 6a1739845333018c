/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/atomic.h"

#include "core/error.h"
#include "core/root.h"

#include "tests/unit/atomic-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

static struct stat
stat_of (int dir, const char *name)
{
  struct stat st;

  g_assert_no_errno (fstatat (dir, name, &st, AT_SYMLINK_NOFOLLOW));
  return st;
}

static void
put (int dir, const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (trust_atomic_write (dir, name, text, strlen (text), 0644, &error));
  g_assert_no_error (error);
}

static void
test_write (Fixture *f, gconstpointer data)
{
  mode_t old_mask = umask (0077);

  put (f->dir, "a", "first");
  umask (old_mask);
  assert_content (f->dir, "a", "first");
  g_assert_cmpuint (stat_of (f->dir, "a").st_mode, ==, S_IFREG | 0644);

  struct stat before = stat_of (f->dir, "a");

  put (f->dir, "a", "second");
  assert_content (f->dir, "a", "second");
  g_assert_cmpuint (stat_of (f->dir, "a").st_ino, !=, before.st_ino);
  g_assert_true (trust_atomic_write (f->dir, "empty", NULL, 0, 0400, NULL));
  assert_content (f->dir, "empty", "");
  g_assert_cmpuint (stat_of (f->dir, "empty").st_mode, ==, S_IFREG | 0400);
}

/* Nothing is seen before the commit; what is not committed goes. */
static void
test_stage (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  put (f->dir, "a", "old");
  {
    g_autoptr (TrustStaged) staged = trust_atomic_stage (f->dir, "a", "new", 3, 0644, &error);
    g_autoptr (GPtrArray) names = names_in (f);
    const char *temporary = g_ptr_array_index (names, 0);

    g_assert_no_error (error);
    g_assert_cmpuint (names->len, ==, 2);
    g_assert_cmpuint (strlen (temporary), ==, strlen (".anchord-XXXXXX.tmp"));
    g_assert_true (g_str_has_prefix (temporary, ".anchord-") && g_str_has_suffix (temporary, ".tmp"));
    assert_content (f->dir, temporary, "new");
    assert_content (f->dir, "a", "old");
  }
  assert_content (f->dir, "a", "old");

  g_autoptr (GPtrArray) names = names_in (f);
  g_autoptr (TrustStaged) staged = trust_atomic_stage (f->dir, "a", "new", 3, 0644, &error);

  g_assert_cmpuint (names->len, ==, 1);
  g_assert_true (trust_atomic_commit (staged, &error));
  assert_content (f->dir, "a", "new");
}

static void
test_stage_open (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int fd = -1;
  g_autoptr (TrustStaged) staged = trust_atomic_stage_open (f->dir, "a", 0600, &fd, &error);

  g_assert_no_error (error);
  g_assert_true (trust_atomic_write_all (fd, "one ", 4));
  g_assert_true (trust_atomic_write_all (fd, "two", 3));
  g_assert_true (trust_atomic_finish (staged, &error));
  g_assert_true (trust_atomic_finish (staged, &error));
  g_assert_true (trust_atomic_commit (staged, &error));
  assert_content (f->dir, "a", "one two");
  g_assert_cmpuint (stat_of (f->dir, "a").st_mode, ==, S_IFREG | 0600);
}

/* Many staged at once need no descriptor each. */
static void
test_stage_many (Fixture *f, gconstpointer data)
{
  const guint n = 300;
  struct rlimit old, low;
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_staged_free);

  g_assert_no_errno (getrlimit (RLIMIT_NOFILE, &old));
  low = (struct rlimit) { 64, old.rlim_max };
  g_assert_no_errno (setrlimit (RLIMIT_NOFILE, &low));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *name = g_strdup_printf ("%u", i);

      g_ptr_array_add (all, trust_atomic_stage (f->dir, name, name, strlen (name), 0644, &error));
      g_assert_no_error (error);
    }
  g_assert_no_errno (setrlimit (RLIMIT_NOFILE, &old));
  for (guint i = 0; i < n; i++)
    g_assert_true (trust_atomic_commit (g_ptr_array_index (all, i), NULL));
  assert_content (f->dir, "299", "299");
}

static void
test_label (Fixture *f, gconstpointer data)
{
  const char label[] = "system_u:object_r:cert_t:s0";
  char found[100];

  put (f->dir, "a", "old");

  int fd = openat (f->dir, "a", O_RDONLY | O_CLOEXEC);
  int set = fsetxattr (fd, "security.selinux", label, sizeof label, 0);

  close (fd);
  if (set < 0)
    {
      g_test_skip ("this file system or user cannot set labels");
      return;
    }
  put (f->dir, "a", "new");
  fd = openat (f->dir, "a", O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (fgetxattr (fd, "security.selinux", found, sizeof found), ==, sizeof label);
  g_assert_cmpstr (found, ==, label);
  close (fd);
}

static void
test_symlink (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  char target[100];

  put (f->dir, "a", "file");
  g_assert_true (trust_atomic_symlink (f->dir, "one", "link", &error));
  g_assert_true (trust_atomic_symlink (f->dir, "two", "link", &error));
  g_assert_true (trust_atomic_symlink (f->dir, "three", "a", &error));
  g_assert_cmpint (readlinkat (f->dir, "link", target, sizeof target), ==, 3);
  g_assert_cmpmem (target, 3, "two", 3);
  g_assert_true (S_ISLNK (stat_of (f->dir, "a").st_mode));

  /* Writing over a link replaces the link, not what it names. */
  put (f->dir, "two", "kept");
  put (f->dir, "link", "file now");
  assert_content (f->dir, "two", "kept");
  assert_content (f->dir, "link", "file now");
}

static void
test_link (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  put (f->dir, "a", "alpha");
  put (f->dir, "b", "beta");
  g_assert_true (trust_atomic_link (f->dir, "a", f->dir, "new", &error));
  g_assert_cmpuint (stat_of (f->dir, "new").st_ino, ==, stat_of (f->dir, "a").st_ino);
  g_assert_true (trust_atomic_link (f->dir, "b", f->dir, "new", &error));
  g_assert_cmpuint (stat_of (f->dir, "new").st_ino, ==, stat_of (f->dir, "b").st_ino);

  /* Again: rename() between two names of one inode does nothing, and must leave no temporary. */
  g_assert_true (trust_atomic_link (f->dir, "b", f->dir, "new", &error));
  g_assert_cmpuint (stat_of (f->dir, "new").st_nlink, ==, 2);
  g_assert_true (trust_atomic_link (f->dir, "b", f->dir, "b", &error));
  g_assert_cmpuint (stat_of (f->dir, "b").st_nlink, ==, 2);

  g_assert_false (trust_atomic_link (f->dir, "missing", f->dir, "new", &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE);
  assert_content (f->dir, "new", "beta");
}

/* Between file systems a link becomes a copy. */
static void
test_link_copies (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  char name[] = "/dev/shm/anchord-atomic-XXXXXX";
  int other = g_mkdtemp (name) == NULL ? -1 : open (name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  struct stat here, there;

  g_assert_no_errno (fstat (f->dir, &here));
  if (other < 0 || fstat (other, &there) < 0 || here.st_dev == there.st_dev)
    g_test_skip ("there is no second file system");
  else
    {
      g_assert_true (trust_atomic_write (f->dir, "a", "alpha", 5, 0640, NULL));
      g_assert_true (trust_atomic_link (f->dir, "a", other, "copy", &error));
      g_assert_true (trust_atomic_link (f->dir, "a", other, "copy", &error));
      assert_content (other, "copy", "alpha");
      g_assert_cmpuint (stat_of (other, "copy").st_mode, ==, S_IFREG | 0640);
      g_assert_true (trust_atomic_remove (other, "copy", &error));
      g_assert_false (trust_atomic_rename (f->dir, "a", other, "moved", &error));
      g_assert_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE);
    }
  if (other >= 0)
    {
      close (other);
      g_assert_no_errno (rmdir (name));
    }
}

static void
test_remove_and_rename (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  put (f->dir, "a", "alpha");
  g_assert_true (trust_atomic_rename (f->dir, "a", f->dir, "b", &error));
  g_assert_true (trust_atomic_remove (f->dir, "b", &error));
  g_assert_true (trust_atomic_remove (f->dir, "b", &error));
  g_assert_no_errno (mkdirat (f->dir, "folder", 0755));
  g_assert_false (trust_atomic_remove (f->dir, "folder", &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE);
  g_clear_error (&error);
  g_assert_false (trust_atomic_write (f->dir, "folder", "x", 1, 0644, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE);
}

/* A name is one component. The message shows it escaped, with its folder. */
static void
test_names (Fixture *f, gconstpointer data)
{
  const char *bad[] = { "", ".", "..", "a/b", "/etc/x", "../x" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      GError *errors[5] = { NULL };

      g_assert_false (trust_atomic_write (f->dir, bad[i], "x", 1, 0644, &errors[0]));
      g_assert_false (trust_atomic_symlink (f->dir, "x", bad[i], &errors[1]));
      g_assert_false (trust_atomic_remove (f->dir, bad[i], &errors[2]));
      g_assert_false (trust_atomic_rename (f->dir, bad[i], f->dir, "x", &errors[3]));
      g_assert_false (trust_atomic_link (f->dir, "x", f->dir, bad[i], &errors[4]));
      for (guint j = 0; j < 5; j++)
        {
          g_assert_error (errors[j], TRUST_ERROR, TRUST_ERROR_STORAGE);
          g_clear_error (&errors[j]);
        }
    }

  g_autoptr (GError) error = NULL;

  g_assert_false (trust_atomic_rename (f->dir, "bad\x1b[2Jname", f->dir, "x", &error));
  g_assert_nonnull (strstr (error->message, f->path));
  g_assert_nonnull (strstr (error->message, "bad\\u{1B}[2Jname"));
}

static void
test_sweep (Fixture *f, gconstpointer data)
{
  const char *kept[] = { ".anchord-abc.tmp", ".anchord-abcdefg.tmp", "x.anchord-abcdef.tmp", ".anchord-abcdef.pem" };

  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    close (openat (f->dir, kept[i], O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  close (openat (f->dir, ".anchord-0aZ9bY.tmp", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  g_assert_no_errno (symlinkat ("x", f->dir, ".anchord-abcdef.tmp"));
  g_assert_cmpuint (trust_atomic_sweep (f->dir), ==, 2);
  g_assert_cmpuint (trust_atomic_sweep (f->dir), ==, 0);

  g_autoptr (GPtrArray) names = names_in (f);

  g_assert_cmpuint (names->len, ==, 4);
  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    unlinkat (f->dir, kept[i], 0);
}

/* Runs PART in a child with namespaces of its own, where DIR is a tmpfs of 64 KiB. Returns its exit status; 77 where that is
 * not allowed. */
static int
in_tiny_file_system (const char *dir, int (*part) (const char *dir))
{
  int status;
  pid_t pid = fork ();

  if (pid == 0)
    {
      if (geteuid () == 0 ? unshare (CLONE_NEWNS) < 0 : unshare (CLONE_NEWUSER | CLONE_NEWNS) < 0)
        _exit (77);
      if (mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mount ("tmpfs", dir, "tmpfs", 0, "size=64k") < 0)
        _exit (77);
      _exit (part (dir));
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

/* A full file system: the error says so, the old file stays whole, and no temporary keeps the space taken. */
static int
fill_up (const char *path)
{
  int dir = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_autofree char *big = g_malloc0 (200000);
  g_autoptr (GError) error = NULL;

  if (!trust_atomic_write (dir, "a", "old", 3, 0644, NULL))
    return 1;
  if (trust_atomic_write (dir, "a", big, 200000, 0644, &error) || strstr (error->message, g_strerror (ENOSPC)) == NULL)
    return 2;
  assert_content (dir, "a", "old");
  if (trust_atomic_sweep (dir) != 0)
    return 3;
  return trust_atomic_write (dir, "a", big, 50000, 0644, NULL) ? 0 : 4;
}

static int
make_read_only (const char *path)
{
  int dir;
  g_autoptr (GError) error = NULL;

  if (mount (NULL, path, NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
    return 77;
  dir = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (trust_atomic_write (dir, "a", "x", 1, 0644, &error) || strstr (error->message, g_strerror (EROFS)) == NULL)
    return 1;
  return 0;
}

static void
test_faults (Fixture *f, gconstpointer data)
{
  int full = in_tiny_file_system (f->path, fill_up);
  int read_only = in_tiny_file_system (f->path, make_read_only);

  if (full == 77 || read_only == 77)
    {
      g_test_skip ("this user may not mount");
      return;
    }
  g_assert_cmpint (full, ==, 0);
  g_assert_cmpint (read_only, ==, 0);
}

/* A reader that polls sees the old file or the new one, whole. */
static gpointer
keep_writing (gpointer data)
{
  Fixture *f = data;

  for (guint i = 0; i < 300; i++)
    {
      char content[200];

      memset (content, 'a' + (int) (i % 26), sizeof content);
      g_assert_true (trust_atomic_write (f->dir, "a", content, sizeof content, 0644, NULL));
    }
  return NULL;
}

static void
test_never_between (Fixture *f, gconstpointer data)
{
  put (f->dir, "a", "");

  GThread *writer = g_thread_new ("writer", keep_writing, f);

  for (guint i = 0; i < 3000; i++)
    {
      char content[201];
      int fd = openat (f->dir, "a", O_RDONLY | O_CLOEXEC);
      ssize_t n = read (fd, content, sizeof content);

      g_assert_true (n == 0 || n == 200);
      for (ssize_t j = 1; j < n; j++)
        g_assert_cmpint (content[j], ==, content[0]);
      close (fd);
    }
  g_thread_join (writer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/atomic/write", test_write);
  ADD ("/atomic/stage", test_stage);
  ADD ("/atomic/stage-open", test_stage_open);
  ADD ("/atomic/stage-many", test_stage_many);
  ADD ("/atomic/label", test_label);
  ADD ("/atomic/symlink", test_symlink);
  ADD ("/atomic/link", test_link);
  ADD ("/atomic/link-copies", test_link_copies);
  ADD ("/atomic/remove-and-rename", test_remove_and_rename);
  ADD ("/atomic/names", test_names);
  ADD ("/atomic/sweep", test_sweep);
  ADD ("/atomic/faults", test_faults);
  ADD ("/atomic/never-between", test_never_between);
  return g_test_run ();
}
