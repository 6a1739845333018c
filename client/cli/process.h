/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One running process, as /proc shows it to whoever asks: who it is, what started it, when. */
#pragma once

#include <glib.h>

typedef struct
{
  gint64 pid;
  int fd;           /* (owned) its folder in /proc: never another process's */
  gint64 started;   /* nanoseconds since the epoch; the clock ticks are 10 ms apart */
  char *unit;       /* (owned) (nullable) systemd's unit that it belongs to: "ssh.service" */
  gint64 unit_user; /* whose manager has that unit; -1: the system's */
  char *session;    /* (owned) (nullable) else the login session */
} Process;

/* FOLDER: /proc. NAME: a process's entry in it. NULL: it is gone, ended, or a thread of the kernel. Returns: (transfer full). */
Process *process_open (int folder, const char *name);
void process_free (Process *process);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Process, process_free)
/* The first bytes of a file of it, up to SIZE - 1, ended by a NUL. Returns how many; -1 with errno. */
gssize process_read (const Process *process, const char *name, char *buffer, gsize size);
/* What a link of it says. Returns: (transfer full) (nullable), then with errno. */
char *process_read_link (const Process *process, const char *name);
/* The words it was started with, whoever chose them: escaped, cut. Returns: (transfer full). */
char *process_read_command (const Process *process);
gint64 process_read_user (const Process *process); /* -1: not known */
/* Takes PATH, a line of /proc/PID/cgroup behind its colons, apart. */
void process_parse_cgroup (Process *process, const char *path);
/* Is NAME what systemd may call a unit of the kinds that can be started again? */
gboolean process_is_unit (const char *name);
