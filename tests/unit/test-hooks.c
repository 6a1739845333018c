/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/hooks.h"
#include "core/error.h"
#include "tests/lib/support.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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
queue (Fixture *f, guint64 generation, const char *lines)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (trust_hooks_queue (f->root, generation, lines, &error));
  g_assert_no_error (error);
}

static void
assert_queue (Fixture *f, const char *expected)
{
  g_autoptr (GPtrArray) names = trust_hooks_list (f->root);
  GString *found = g_string_new (NULL);

  for (guint i = 0; i < names->len; i++)
    {
      g_autoptr (GBytes) bytes = trust_hooks_read (f->root, names->pdata[i], NULL);

      g_string_append_printf (found, "[%s]%.*s", (char *) names->pdata[i], (int) g_bytes_get_size (bytes), (char *) g_bytes_get_data (bytes, NULL));
    }
  g_assert_cmpstr (found->str, ==, expected);
  g_assert_cmpuint (trust_hooks_count (f->root), ==, names->len);
  g_string_free (found, TRUE);
}

static void
test_queue (Fixture *f, gconstpointer data)
{
  queue (f, 1, "+a\n");
  assert_queue (f, "");
  test_scratch_write (f->scratch, "/etc/ca-certificates/update.d/hook", "", -1);
  queue (f, 9, "+a\n");
  queue (f, 10, "-a\n");
  queue (f, 10, "-a\n");
  queue (f, 10, "-a\n+b\n");
  queue (f, 11, "");
  assert_queue (f, "[9]+a\n[10]-a\n[10.1]+b\n");
  g_assert_true (trust_hooks_finish (f->root, "10", NULL));
  assert_queue (f, "[9]+a\n[10.1]+b\n");
  g_assert_true (trust_hooks_finish (f->root, "10", NULL));
  test_scratch_write (f->scratch, TRUST_HOOKS_PENDING "/.anchord-abcdef.tmp", "x", -1);
  test_scratch_write (f->scratch, TRUST_HOOKS_PENDING "/12x", "x", -1);
  test_scratch_write (f->scratch, TRUST_HOOKS_PENDING "/13.", "x", -1);
  assert_queue (f, "[9]+a\n[10.1]+b\n");
}

/* Another process holds dpkg's lock. */
static void
test_held (Fixture *f, gconstpointer data)
{
  int pipes[2], fd;
  pid_t child;
  char byte;

  g_assert_false (trust_hooks_is_held (f->root));
  test_scratch_write (f->scratch, "/var/lib/dpkg/lock-frontend", "", -1);
  test_scratch_write (f->scratch, "/var/lib/dpkg/lock", "", -1);
  g_assert_false (trust_hooks_is_held (f->root));
  fd = trust_root_open (f->root, "/var/lib/dpkg/lock", O_RDWR, 0);
  g_assert_no_errno (pipe (pipes));
  child = fork ();
  if (child == 0)
    {
      struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

      if (fcntl (fd, F_SETLK, &lock) != 0 || write (pipes[1], "x", 1) != 1)
        _exit (1);
      pause ();
      _exit (0);
    }
  g_assert_cmpint (read (pipes[0], &byte, 1), ==, 1);
  g_assert_true (trust_hooks_is_held (f->root));
  g_assert_no_errno (kill (child, SIGKILL));
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  g_assert_false (trust_hooks_is_held (f->root));
  close (pipes[0]);
  close (pipes[1]);
  close (fd);
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/hooks/queue", test_queue);
  ADD ("/hooks/held", test_held);
  return g_test_run ();
}
