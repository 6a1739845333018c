/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/terminal.h"

#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Signals that would leave the terminal without echo. */
static const int guarded[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGALRM, SIGTSTP, SIGTTIN, SIGTTOU };
static volatile sig_atomic_t caught[_NSIG];

typedef struct
{
  int fd;
  struct termios before;
  struct sigaction actions[G_N_ELEMENTS (guarded)];
} Quiet;

static void
note_signal (int number)
{
  caught[number] = 1;
}

/* From here on a signal only interrupts the read. */
static gboolean
quiet_begin (Quiet *quiet, int fd)
{
  struct sigaction action = { .sa_handler = note_signal };
  struct termios silent;
  quiet->fd = fd;
  if (tcgetattr (fd, &quiet->before) < 0)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (guarded); i++)
    {
      caught[guarded[i]] = 0;
      sigaction (guarded[i], &action, &quiet->actions[i]);
    }
  silent = quiet->before;
  silent.c_lflag &= ~(tcflag_t) (ECHO | ECHOE | ECHOK);
  silent.c_lflag |= ICANON | ECHONL;
  while (tcsetattr (fd, TCSAFLUSH, &silent) < 0 && errno == EINTR && !caught[SIGTTOU])
    continue;
  return TRUE;
}

/* The terminal as it was, then the signals that came, as if they came now. Returns TRUE where one came and the process goes on (it was stopped). */
static gboolean
quiet_end (Quiet *quiet)
{
  gboolean any = FALSE;
  while (tcsetattr (quiet->fd, TCSAFLUSH, &quiet->before) < 0 && errno == EINTR && !caught[SIGTTOU])
    continue;
  for (gsize i = 0; i < G_N_ELEMENTS (guarded); i++)
    sigaction (guarded[i], &quiet->actions[i], NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (guarded); i++)
    if (caught[guarded[i]])
      {
        any = TRUE;
        raise (guarded[i]);
      }
  return any;
}

typedef enum
{
  LINE_WHOLE,
  LINE_INTERRUPTED,
  LINE_ENDED,
  LINE_TOO_LONG,
} Line;

static gboolean
interrupted (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (guarded); i++)
    if (caught[guarded[i]])
      return TRUE;
  return FALSE;
}

/* BUFFER has SIZE bytes, one of them for the NUL. What is too long is read to its end, or the shell would get the rest. */
static Line
read_line (int fd, char *buffer, gsize size)
{
  gsize used = 0;
  Line line = LINE_WHOLE;
  for (;;)
    {
      char c;
      ssize_t n = interrupted () ? -1 : read (fd, &c, 1);
      if (n < 0 && interrupted ())
        return LINE_INTERRUPTED;
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return LINE_ENDED;
      if (c == '\n' || c == '\r')
        break;
      if (used + 1 >= size || c == '\0')
        line = LINE_TOO_LONG;
      else
        buffer[used++] = c;
    }
  buffer[used] = '\0';
  return line;
}

static void
write_prompt (int fd, const char *prompt)
{
  for (gsize left = strlen (prompt); left > 0;)
    {
      ssize_t n = write (fd, prompt, left);
      if (n < 0 && errno != EINTR)
        return;
      prompt += MAX (n, 0);
      left -= (gsize) MAX (n, 0);
    }
}

/* Asks until a line came whole, was none, or a signal ended the process. */
static Line
ask (int fd, const char *prompt, char *buffer, gsize size)
{
  for (;;)
    {
      Quiet quiet;
      if (!quiet_begin (&quiet, fd))
        return LINE_ENDED;
      write_prompt (fd, prompt);
      Line line = read_line (fd, buffer, size);
      if (line != LINE_WHOLE)
        explicit_bzero (buffer, size);
      if (!quiet_end (&quiet) || line != LINE_INTERRUPTED)
        return line;
    }
}

char *
terminal_ask_secret (const char *prompt, gsize max_bytes, GError **error)
{
  int fd = open ("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (fd < 0)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_PASSPHRASE,
                   _ ("a pass phrase is needed, and there is no terminal to ask on; use --passphrase-file or --passphrase-fd"));
      return NULL;
    }
  char *buffer = g_malloc0 (max_bytes + 1);
  Line line = ask (fd, prompt, buffer, max_bytes + 1);
  close (fd);
  if (line == LINE_WHOLE)
    return buffer;
  g_free (buffer); /* wiped already */
  if (line == LINE_TOO_LONG)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_PASSPHRASE, _ ("a pass phrase has at most %zu bytes"), max_bytes);
  else
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_PASSPHRASE, _ ("no pass phrase was given"));
  return NULL;
}
