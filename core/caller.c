/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/caller.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TrustCaller *
trust_caller_new (const char *how)
{
  TrustCaller *caller = g_new0 (TrustCaller, 1);

  caller->uid = caller->pid = caller->login_uid = caller->session = -1;
  caller->unit = g_strdup ("");
  caller->command = g_strdup ("");
  caller->executable = g_strdup ("");
  caller->how = g_strdup (how);
  return caller;
}

TrustCaller *
trust_caller_new_self (const char *how)
{
  TrustCaller *caller = trust_caller_new (how);

  caller->uid = getuid ();
  trust_caller_read_process (caller, getpid ());
  return caller;
}

/* Reads a small /proc file; "" if it can't be. */
static void
read_small (int proc_fd, const char *name, char *buffer, gsize size)
{
  int fd = openat (proc_fd, name, O_RDONLY | O_CLOEXEC);
  gssize n = fd >= 0 ? read (fd, buffer, size - 1) : -1;

  if (fd >= 0)
    close (fd);
  buffer[MAX (n, 0)] = '\0';
}

/* Field 22 of stat(5); the command in parentheses may hold anything, so count from the last ')'. */
static guint64
start_time (int proc_fd)
{
  char stat[1024];
  char *field = NULL;

  read_small (proc_fd, "stat", stat, sizeof stat);
  field = strrchr (stat, ')');
  for (guint i = 2; field != NULL && i < 22; i++)
    field = strchr (field + 1, ' ');
  return field != NULL ? g_ascii_strtoull (field + 1, NULL, 10) : 0;
}

/* -1 for "not set", which the kernel writes as 2^32 - 1. */
static gint64
read_audit_id (int proc_fd, const char *name)
{
  char text[32];
  gint64 id = 0;

  read_small (proc_fd, name, text, sizeof text);
  if (*text == '\0')
    return -1;
  id = g_ascii_strtoll (text, NULL, 10);
  return id == G_MAXUINT32 ? -1 : id;
}

/* The last path element that names a unit: "0::/system.slice/ssh.service" gives "ssh.service". */
static char *
read_unit (int proc_fd)
{
  char text[4096];
  g_auto (GStrv) lines = NULL;

  read_small (proc_fd, "cgroup", text, sizeof text);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *path = g_str_has_prefix (lines[i], "0::") ? lines[i] + 3 : strstr (lines[i], ":name=systemd:");
      g_auto (GStrv) parts = NULL;

      if (path == NULL)
        continue;
      parts = g_strsplit (path, "/", -1);
      for (guint n = g_strv_length (parts); n > 0; n--)
        if (g_str_has_suffix (parts[n - 1], ".service") || g_str_has_suffix (parts[n - 1], ".scope"))
          return g_utf8_make_valid (parts[n - 1], -1);
    }
  return g_strdup ("");
}

gboolean
trust_caller_read_process (TrustCaller *caller, gint64 pid)
{
  char path[32], command[64], executable[4096];
  guint64 started = 0;
  gssize n = 0;
  int fd = -1;

  g_snprintf (path, sizeof path, "/proc/%" G_GINT64_FORMAT, pid);
  fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return FALSE;
  started = start_time (fd);
  read_small (fd, "comm", command, sizeof command);
  n = readlinkat (fd, "exe", executable, sizeof executable - 1);
  executable[MAX (n, 0)] = '\0';
  g_free (caller->unit);
  caller->unit = read_unit (fd);
  caller->login_uid = read_audit_id (fd, "loginuid");
  caller->session = read_audit_id (fd, "sessionid");
  g_free (caller->command);
  caller->command = g_utf8_make_valid (g_strchomp (command), -1);
  g_free (caller->executable);
  caller->executable = g_utf8_make_valid (executable, -1);
  caller->pid = pid;
  if (started != 0 && started == start_time (fd))
    {
      close (fd);
      return TRUE;
    }
  close (fd);
  caller->pid = caller->login_uid = caller->session = -1;
  *caller->unit = *caller->command = *caller->executable = '\0';
  return FALSE;
}

TrustCaller *
trust_caller_copy (const TrustCaller *caller)
{
  TrustCaller *copy = g_memdup2 (caller, sizeof *caller);

  copy->unit = g_strdup (caller->unit);
  copy->command = g_strdup (caller->command);
  copy->executable = g_strdup (caller->executable);
  copy->how = g_strdup (caller->how);
  return copy;
}

void
trust_caller_free (TrustCaller *caller)
{
  g_free (caller->unit);
  g_free (caller->command);
  g_free (caller->executable);
  g_free (caller->how);
  g_free (caller);
}
