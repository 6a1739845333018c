/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/cli/process.h"

#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NANOSECONDS G_GINT64_CONSTANT (1000000000)
#define COMMAND_CHARS 160
/* Fields of /proc/PID/stat behind the command's name, from 0: proc(5) counts from 3. */
#define FIELD_FLAGS 6
#define FIELD_START 19
#define IS_KERNEL_THREAD 0x00200000u
#define MAX_UNIT 255

static gint64
read_clock (clockid_t clock)
{
  struct timespec time;
  clock_gettime (clock, &time);
  return (gint64) time.tv_sec * NANOSECONDS + time.tv_nsec;
}

gssize
process_read (const Process *process, const char *name, char *buffer, gsize size)
{
  int fd = openat (process->fd, name, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return -1;
  gsize length = 0;
  ssize_t n = 1;
  while (length < size - 1 && (n = read (fd, buffer + length, size - 1 - length)) > 0)
    length += (gsize) n;
  int saved = errno;
  close (fd);
  errno = saved;
  buffer[length] = '\0';
  return n < 0 ? -1 : (gssize) length;
}

char *
process_read_link (const Process *process, const char *name)
{
  char buffer[4096];
  ssize_t n = readlinkat (process->fd, name, buffer, sizeof buffer);
  return n < 0 ? NULL : g_strndup (buffer, (gsize) n);
}

/* FALSE: gone, ended, or none that runs programs. */
static gboolean
read_start (Process *process)
{
  char text[1024];
  if (process_read (process, "stat", text, sizeof text) < 0)
    return FALSE;
  const char *rest = strrchr (text, ')'); /* the name before it may hold anything */
  g_auto (GStrv) fields = g_strsplit (rest == NULL || rest[1] == '\0' ? "" : rest + 2, " ", FIELD_START + 2);
  if (g_strv_length (fields) <= FIELD_START || strchr ("ZX", fields[0][0]) != NULL
      || (g_ascii_strtoull (fields[FIELD_FLAGS], NULL, 10) & IS_KERNEL_THREAD) != 0)
    return FALSE;
  gint64 ticks = g_ascii_strtoll (fields[FIELD_START], NULL, 10);
  gint64 boot = read_clock (CLOCK_REALTIME) - read_clock (CLOCK_BOOTTIME);
  process->started = boot + ticks * (NANOSECONDS / sysconf (_SC_CLK_TCK));
  return TRUE;
}

gboolean
process_is_unit (const char *name)
{
  static const char *const kinds[] = { ".service", ".scope", ".socket", ".target", NULL };
  gsize length = strlen (name);
  const char *kind = strrchr (name, '.');
  return length <= MAX_UNIT && kind != NULL && kind != name && g_strv_contains (kinds, kind)
         && strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_.\\@-") == length;
}

/* "user@1000.service", "session-3.scope": the number. -1: NAME is none. */
static gint64
number_between (const char *name, const char *before, const char *behind)
{
  guint64 number;
  if (!g_str_has_prefix (name, before) || !g_str_has_suffix (name, behind) || strlen (name) < strlen (before) + strlen (behind))
    return -1;
  g_autofree char *digits = g_strndup (name + strlen (before), strlen (name) - strlen (before) - strlen (behind));
  return g_ascii_string_to_unsigned (digits, 10, 0, G_MAXUINT32, &number, NULL) ? (gint64) number : -1;
}

void
process_parse_cgroup (Process *process, const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", 64);
  gint64 manager = -1;
  for (char **part = parts; *part != NULL; part++)
    {
      const char *name = **part == '_' ? *part + 1 : *part; /* systemd's escape of what the kernel would take for its own */
      g_autofree char *session = g_str_has_prefix (name, "session-") && g_str_has_suffix (name, ".scope")
                                     ? g_strndup (name + strlen ("session-"), strlen (name) - strlen ("session-.scope"))
                                     : NULL;
      if (manager < 0 && (manager = number_between (name, "user@", ".service")) >= 0)
        continue;
      if (session != NULL && session[0] != '\0' && strspn (session, "abcdefghijklmnopqrstuvwxyz0123456789") == strlen (session))
        {
          process->session = g_steal_pointer (&session);
          return;
        }
      if ((g_str_has_suffix (name, ".service") || g_str_has_suffix (name, ".scope")) && process_is_unit (name))
        {
          process->unit = g_strdup (name);
          process->unit_user = manager;
          return;
        }
    }
}

/* Of systemd's own hierarchy, or of the one that there is. */
static void
read_cgroup (Process *process)
{
  char text[8192];
  if (process_read (process, "cgroup", text, sizeof text) < 0)
    return;
  g_auto (GStrv) lines = g_strsplit (text, "\n", 0);
  for (char **line = lines; *line != NULL && process->unit == NULL && process->session == NULL; line++)
    {
      const char *path = g_str_has_prefix (*line, "0::") ? *line + 3 : strstr (*line, ":name=systemd:");
      if (path != NULL)
        process_parse_cgroup (process, *path == ':' ? path + strlen (":name=systemd:") : path);
    }
}

Process *
process_open (int folder, const char *name)
{
  guint64 pid;
  if (!g_ascii_string_to_unsigned (name, 10, 1, G_MAXINT32, &pid, NULL))
    return NULL;
  int fd = openat (folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return NULL;
  g_autoptr (Process) process = g_new0 (Process, 1);
  process->pid = (gint64) pid;
  process->fd = fd;
  process->unit_user = -1;
  if (!read_start (process))
    return NULL;
  read_cgroup (process);
  return g_steal_pointer (&process);
}

void
process_free (Process *process)
{
  close (process->fd);
  g_free (process->unit);
  g_free (process->session);
  g_free (process);
}

char *
process_read_command (const Process *process)
{
  char text[4096];
  gssize n = process_read (process, "cmdline", text, sizeof text);
  while (n > 0 && text[n - 1] == '\0')
    n--;
  if (n <= 0 && (n = process_read (process, "comm", text, sizeof text)) > 0 && text[n - 1] == '\n')
    n--;
  for (gssize i = 0; i < n; i++)
    if (text[i] == '\0')
      text[i] = ' ';
  return trust_text_printable_bytes (text, (gsize) MAX (n, 0), COMMAND_CHARS);
}

gint64
process_read_user (const Process *process)
{
  char text[4096];
  if (process_read (process, "status", text, sizeof text) < 0)
    return -1;
  const char *line = strstr (text, "\nUid:\t");
  return line == NULL ? -1 : (gint64) g_ascii_strtoull (line + strlen ("\nUid:\t"), NULL, 10);
}
