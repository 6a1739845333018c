/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CANNOT 99

/* In a process of its own, which the cage is for good. Returns its exit code: what WHAT gave, or CANNOT where there is no cage. */
static int
in_cage (int (*what) (const char *path), const char *path)
{
  pid_t pid = fork ();
  int status = 0;

  if (pid == 0)
    _exit (trust_cage_enter () ? what (path) : CANNOT);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

static gboolean
has_cage (int code)
{
  if (code == CANNOT)
    g_test_skip ("this kernel filters no system calls for us");
  return code != CANNOT;
}

static int
start_program (const char *path)
{
  char *const words[] = { (char *) "true", NULL };

  return execv ("/bin/true", words) == -1 && errno == EPERM && syscall (__NR_execveat, AT_FDCWD, "/bin/true", words, NULL, 0) == -1 && errno == EPERM
             ? 0
             : 1;
}

static int
start_process (const char *path)
{
  pid_t pid = fork ();

  if (pid == 0)
    _exit (0);
  return pid == -1 && syscall (__NR_clone3, NULL, 0) == -1 && errno == ENOSYS ? 0 : 1;
}

static gpointer
do_nothing (gpointer data)
{
  return data;
}

static int
start_thread (const char *path)
{
  char token;

  return g_thread_join (g_thread_new ("in-cage", do_nothing, &token)) == &token ? 0 : 1;
}

static int
lend_rights (const char *path)
{
  int fd = open (path, O_RDWR);

  if (fd < 0 || fchmod (fd, 0640) != 0)
    return 1;
  if (fchmod (fd, 04755) != -1 || errno != EPERM || fchmod (fd, 02755) != -1 || errno != EPERM)
    return 2;
  return chmod (path, 04755) == -1 && errno == EPERM && fchmodat (AT_FDCWD, path, 0755, 0) == -1 && errno == EPERM ? 0 : 3;
}

/* Nothing is known to put bytes into a file and leave it such a mode, for who has no capability, as the service. */
static int
make_lender (const char *path)
{
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  const struct __user_cap_data_struct none[2] = { 0 };
  g_autofree char *other = g_strconcat (path, ".lender", NULL);
  struct stat before, after;
  int fd = open (other, O_RDWR | O_CREAT | O_EXCL, 04755);

  unlink (other);
  if (fd < 0 || syscall (__NR_capset, &header, none) != 0 || fstat (fd, &before) != 0 || write (fd, "#!", 2) != 2 || fstat (fd, &after) != 0)
    return 1;
  return (before.st_mode & S_ISUID) != 0 && (after.st_mode & S_ISUID) == 0 ? 0 : 2;
}

static void
test_cage (gconstpointer data)
{
  int (*const what) (const char *path) = (int (*) (const char *)) data;
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "anchord-cage-XXXXXX", NULL);
  int fd = g_mkstemp (path), code = in_cage (what, path);

  close (fd);
  g_unlink (path);
  if (has_cage (code))
    g_assert_cmpint (code, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/cage/no-program", start_program, test_cage);
  g_test_add_data_func ("/cage/no-process", start_process, test_cage);
  g_test_add_data_func ("/cage/threads", start_thread, test_cage);
  g_test_add_data_func ("/cage/no-lent-rights", lend_rights, test_cage);
  g_test_add_data_func ("/cage/a-written-file-lends-none", make_lender, test_cage);
  return g_test_run ();
}
