/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What it costs to read foreign certificates in another process (docs/decisions.md, "Foreign bytes are read in the service").
 *   apart FOLDER COUNT   every .crt of FOLDER, each way COUNT times over: microseconds a file (median), one line a way:
 *     here      in this process
 *     standing  in a process that was forked once, under a filter that leaves read(), write() and memory
 *     forked    in one forked for each file, under the same filter
 *     program   in a program that is started for each file
 *   apart --one          the program: a certificate on standard input, its DER on standard output
 * The helpers give the DER back; a real one would have to say all that the service asks of a certificate. */
#include "core/engine.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST (64 * 1024)

typedef void (*Way) (const guint8 *data, gsize size);

static int standing = -1;

#define MAY(nr) BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1), BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* From here on: what it has open, and memory. */
static void
shut_in (void)
{
  struct sock_filter rules[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
    MAY (__NR_read),
    MAY (__NR_write),
    MAY (__NR_exit),
    MAY (__NR_exit_group),
    MAY (__NR_rt_sigreturn),
    MAY (__NR_brk),
    MAY (__NR_mmap),
    MAY (__NR_munmap),
    MAY (__NR_mremap),
    MAY (__NR_madvise),
    MAY (__NR_futex),
    MAY (__NR_getrandom),
    MAY (__NR_getpid),
    MAY (__NR_clock_gettime),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  const struct sock_fprog program = { G_N_ELEMENTS (rules), rules };

  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    g_error ("no filter here");
}

static void
leave (void)
{
  syscall (__NR_exit, 0);
}

static gsize
decode (const guint8 *data, gsize size, guint8 *out)
{
  g_autoptr (GPtrArray) found = trust_engine_decode (data, size, NULL);
  TrustSpan der;

  if (found == NULL || found->len != 1)
    return 0;
  der = trust_certificate_get_der (found->pdata[0]);
  if (der.size > MOST)
    return 0;
  memcpy (out, der.data, der.size);
  return der.size;
}

static void
answer_one (int fd)
{
  guint8 in[MOST], out[MOST];
  gssize size = read (fd, in, sizeof in);
  gsize got = size > 0 ? decode (in, (gsize) size, out) : 0;

  if (size <= 0 || write (fd, out, got) != (gssize) got)
    leave ();
}

static void
ask (int fd, const guint8 *data, gsize size)
{
  guint8 out[MOST];

  if (write (fd, data, size) != (gssize) size || read (fd, out, sizeof out) <= 0)
    g_error ("the helper does not answer");
}

static int
fork_helper (gboolean once, pid_t *pid_out)
{
  int pair[2];

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0 || (*pid_out = fork ()) < 0)
    g_error ("no helper");
  if (*pid_out == 0)
    {
      close (pair[0]);
      shut_in ();
      do
        answer_one (pair[1]);
      while (!once);
      leave ();
    }
  close (pair[1]);
  return pair[0];
}

static void
way_here (const guint8 *data, gsize size)
{
  guint8 out[MOST];

  if (decode (data, size, out) == 0)
    g_error ("a file does not decode");
}

static void
way_standing (const guint8 *data, gsize size)
{
  ask (standing, data, size);
}

static void
way_forked (const guint8 *data, gsize size)
{
  pid_t pid = 0;
  int fd = fork_helper (TRUE, &pid);

  ask (fd, data, size);
  close (fd);
  waitpid (pid, NULL, 0);
}

static void
way_program (const guint8 *data, gsize size)
{
  guint8 out[MOST];
  int pair[2];
  pid_t pid = -1;

  if (socketpair (AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0 || (pid = vfork ()) < 0)
    g_error ("no helper");
  if (pid == 0)
    {
      dup2 (pair[1], STDIN_FILENO);
      dup2 (pair[1], STDOUT_FILENO);
      execl ("/proc/self/exe", "apart", "--one", NULL);
      _exit (1);
    }
  close (pair[1]);
  if (write (pair[0], data, size) != (gssize) size || read (pair[0], out, sizeof out) <= 0)
    g_error ("the program does not answer");
  close (pair[0]);
  waitpid (pid, NULL, 0);
}

static int
compare (const void *a, const void *b)
{
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

static void
measure (const char *name, Way way, GPtrArray *files, guint count)
{
  g_autofree double *took = g_new (double, files->len *count);
  guint n = 0;

  for (guint round = 0; round < count; round++)
    for (guint i = 0; i < files->len; i++)
      {
        gsize size = 0;
        const guint8 *data = g_bytes_get_data (files->pdata[i], &size);
        gint64 begin = g_get_monotonic_time ();

        way (data, size);
        took[n++] = (double) (g_get_monotonic_time () - begin);
      }
  qsort (took, n, sizeof *took, compare);
  printf ("%s %.0f\n", name, took[n / 2]);
}

static GPtrArray *
read_files (const char *folder)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = NULL;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      char *content = NULL;
      gsize size = 0;

      if (g_str_has_suffix (name, ".crt") && g_file_get_contents (path, &content, &size, NULL))
        g_ptr_array_add (files, g_bytes_new_take (content, size));
    }
  if (files->len == 0)
    g_error ("no .crt in %s", folder);
  return files;
}

int
main (int argc, char **argv)
{
  if (argc == 2 && g_str_equal (argv[1], "--one"))
    {
      guint8 in[MOST], out[MOST];
      gssize size = read (STDIN_FILENO, in, sizeof in);
      gsize got = size > 0 ? decode (in, (gsize) size, out) : 0;

      return write (STDOUT_FILENO, out, got) == (gssize) got ? 0 : 1;
    }
  if (argc != 3)
    {
      fprintf (stderr, "apart FOLDER COUNT\n");
      return 2;
    }

  g_autoptr (GPtrArray) files = read_files (argv[1]);
  guint count = (guint) strtoul (argv[2], NULL, 10);
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (files->pdata[0], &size);
  pid_t pid = 0;

  way_here (data, size);
  measure ("here", way_here, files, count);
  standing = fork_helper (FALSE, &pid);
  measure ("standing", way_standing, files, count);
  measure ("forked", way_forked, files, count);
  measure ("program", way_program, files, count);
  if (system ("grep -E 'Private_Dirty|^Pss:' /proc/self/smaps_rollup") != 0)
    g_error ("no figures of memory");

  g_autofree char *helper = g_strdup_printf ("grep -E 'Private_Dirty|^Pss:' /proc/%d/smaps_rollup", (int) pid);

  if (system (helper) != 0)
    g_error ("no figures of memory");
  kill (pid, SIGKILL);
  return 0;
}
