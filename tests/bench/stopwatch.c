/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* stopwatch COMMAND... -- ARGUMENT...: runs COMMAND once with each ARGUMENT, and prints the milliseconds from before its start
 * to its exit, one line each. The command's own output is dropped. An ARGUMENT "-" stands for none. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double
now (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_MONOTONIC, &ts);
  return ts.tv_sec * 1e3 + ts.tv_nsec / 1e6;
}

int
main (int argc, char **argv)
{
  int split = 1;
  posix_spawn_file_actions_t actions;

  while (split < argc && strcmp (argv[split], "--") != 0)
    split++;
  if (split < 2 || split >= argc - 1)
    {
      fprintf (stderr, "usage: stopwatch COMMAND... -- ARGUMENT...\n");
      return 2;
    }
  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_addopen (&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen (&actions, 1, "/dev/null", O_WRONLY, 0);
  for (int i = split + 1; i < argc; i++)
    {
      char **command = calloc (split + 1, sizeof *command);
      int status = 0;
      pid_t pid;
      double start, end;

      memcpy (command, argv + 1, (split - 1) * sizeof *command);
      if (strcmp (argv[i], "-") != 0)
        command[split - 1] = argv[i];
      start = now ();
      if (posix_spawnp (&pid, command[0], &actions, NULL, command, environ) != 0 || waitpid (pid, &status, 0) < 0)
        {
          perror (command[0]);
          return 1;
        }
      end = now ();
      free (command);
      if (status != 0)
        {
          fprintf (stderr, "stopwatch: %s %s: status %d\n", argv[1], argv[i], status);
          return 1;
        }
      printf ("%.3f\n", end - start);
      fflush (stdout);
    }
  return 0;
}
