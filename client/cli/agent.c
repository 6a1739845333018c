/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/cli/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

#define NOTIFY_FD 3
#define NOTIFY_FD_TEXT "3"

/* Blocks until the agent has registered: it then closes its end. */
static void
wait_for_registration (int fd)
{
  char byte;
  while (read (fd, &byte, 1) < 0 && errno == EINTR)
    continue;
}

GSubprocess *
agent_start (void)
{
  if (getuid () == 0 || !isatty (STDIN_FILENO) || !isatty (STDERR_FILENO))
    return NULL;
  int ends[2];
  if (!g_unix_open_pipe (ends, FD_CLOEXEC, NULL))
    return NULL;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_INHERIT);
  g_subprocess_launcher_take_fd (launcher, ends[1], NOTIFY_FD);
  GSubprocess *agent = g_subprocess_launcher_spawn (launcher, NULL, "pkttyagent", "--notify-fd", NOTIFY_FD_TEXT, "--fallback", NULL);
  g_subprocess_launcher_close (launcher); /* our copy of the writing end, or the wait never ends */
  if (agent != NULL)
    wait_for_registration (ends[0]);
  close (ends[0]);
  return agent;
}

void
agent_stop (GSubprocess *agent)
{
  if (agent == NULL)
    return;
  g_subprocess_send_signal (agent, SIGTERM);
  g_subprocess_wait (agent, NULL, NULL);
  g_object_unref (agent);
}
