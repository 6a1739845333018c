/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* anchord-hooks: runs the distribution's hooks with the lines that wait in the queue. They are other packages' programs: outside
 * the service's sandbox, one change after the other, each change once. */
#include "core/hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOCK_PATH "/var/lib/anchord/hooks/lock"
#define CERTS_FOLDER "/etc/ssl/certs"
#define POLL_SECONDS 1
/* How long a held dpkg lock is waited for before the service manager is left to try again. Seconds. */
#define WAIT_SECONDS 600
/* What the hook of ca-certificates-java gives back when dpkg's lock is held. */
#define JAVA_HOOK "jks-keystore"
#define JAVA_LOCKED 2
#define EXIT_LATER 75

static const char *const environment[] = { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8",
                                           "DEBIAN_FRONTEND=noninteractive", NULL };

static void say (const char *format, ...) G_GNUC_PRINTF (1, 2);

static void
say (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  fputs ("anchord-hooks: ", stderr);
  vfprintf (stderr, format, arguments);
  fputc ('\n', stderr);
  va_end (arguments);
}

/* The names that `run-parts --test` lists: letters, digits, '_' and '-' only, executable, in the C locale's order. */
static GPtrArray *
list_hooks (TrustRoot *root)
{
  g_autoptr (GPtrArray) names = trust_root_list (root, TRUST_HOOKS_FOLDER);
  GPtrArray *hooks = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      const char *name = names->pdata[i];
      g_autofree char *path = g_build_filename (TRUST_HOOKS_FOLDER, name, NULL);
      TrustStat stat;

      if (name[strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-")] == '\0' && trust_root_stat (root, path, &stat) && S_ISREG (stat.mode)
          && (stat.mode & 0111))
        g_ptr_array_add (hooks, g_strdup (name));
    }
  return hooks;
}

/* FALSE: still held after a long time. NOW: whoever holds it has called us and waits, as for the distribution's own tool. */
static gboolean
wait_for_dpkg (TrustRoot *root, gboolean now)
{
  for (guint waited = 0; !now && trust_hooks_is_held (root); waited += POLL_SECONDS)
    {
      if (waited == 0)
        say ("waiting for the package manager");
      if (waited >= WAIT_SECONDS)
        return FALSE;
      sleep (POLL_SECONDS);
    }
  return TRUE;
}

static void
become_hook (int input_fd, int folder_fd, const char *path)
{
  const char *arguments[] = { path, NULL };

  if (dup2 (input_fd, STDIN_FILENO) < 0 || dup2 (STDERR_FILENO, STDOUT_FILENO) < 0 || (folder_fd >= 0 && fchdir (folder_fd) < 0))
    _exit (126);
  execve (path, (char *const *) (guintptr) arguments, (char *const *) (guintptr) environment);
  _exit (127);
}

/* Its exit code; 128 + N where signal N ended it. */
static int
run_hook (TrustRoot *root, const char *hook, const char *change)
{
  g_autofree char *input = g_build_filename (TRUST_HOOKS_PENDING, change, NULL);
  g_autofree char *path = g_build_filename (trust_root_get_path (root), TRUST_HOOKS_FOLDER, hook, NULL);
  int input_fd = trust_root_open (root, input, O_RDONLY, 0), folder_fd = trust_root_open_dir (root, CERTS_FOLDER), status = 0;
  pid_t child = input_fd >= 0 ? fork () : -1;

  if (child == 0)
    become_hook (input_fd, folder_fd, path);
  while (child > 0 && waitpid (child, &status, 0) < 0 && errno == EINTR)
    ;
  if (input_fd >= 0)
    close (input_fd);
  if (folder_fd >= 0)
    close (folder_fd);
  if (child < 0)
    return 126;
  return WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
}

/* One change to every hook. A hook that fails is reported, and has had its turn, as with the distribution's tool. FALSE: later.
 */
static gboolean
run_change (TrustRoot *root, const char *change, gboolean now)
{
  g_autoptr (GPtrArray) hooks = list_hooks (root);

  for (guint i = 0; i < hooks->len; i++)
    {
      const char *hook = hooks->pdata[i];
      int code;

      do
        {
          if (!wait_for_dpkg (root, now))
            return FALSE;
          code = run_hook (root, hook, change);
        }
      while (!now && code == JAVA_LOCKED && g_str_equal (hook, JAVA_HOOK) && trust_hooks_is_held (root));
      if (code != 0)
        say ("E: %s exited with code %d.", hook, code);
    }
  return TRUE;
}

static int
run_queue (TrustRoot *root, gboolean now)
{
  for (;;)
    {
      g_autoptr (GPtrArray) changes = trust_hooks_list (root);
      g_autoptr (GError) error = NULL;

      if (changes->len == 0)
        return EXIT_SUCCESS;
      if (!run_change (root, changes->pdata[0], now))
        {
          say ("the package manager is still at work; %u changes wait", changes->len);
          return EXIT_LATER;
        }
      if (!trust_hooks_finish (root, changes->pdata[0], &error))
        {
          say ("%s", error->message);
          return EXIT_FAILURE;
        }
    }
}

int
main (int argc, char **argv)
{
  g_autofree char *path = NULL;
  gboolean now = FALSE;
  const GOptionEntry entries[] = { { "root", 0, 0, G_OPTION_ARG_FILENAME, &path, "The root to work in, instead of /", "DIR" },
                                   { "now", 0, 0, G_OPTION_ARG_NONE, &now, "Don't wait for a package manager: for its own scripts", NULL },
                                   G_OPTION_ENTRY_NULL };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TrustRoot) root = NULL;
  int lock_fd, code;

  g_option_context_set_summary (context, "Runs the hooks of " TRUST_HOOKS_FOLDER " for changes that they have not seen.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1)
    {
      fprintf (stderr, "anchord-hooks: %s\n", error != NULL ? error->message : "no argument is expected");
      return 2;
    }
  root = trust_root_new (path != NULL ? path : "/", &error);
  if (root == NULL)
    {
      say ("%s", error->message);
      return EXIT_FAILURE;
    }
  if (trust_hooks_count (root) == 0)
    return EXIT_SUCCESS;
  lock_fd = trust_root_lock (root, LOCK_PATH, WAIT_SECONDS * 1000, &error);
  if (lock_fd < 0)
    {
      say ("%s", error->message);
      return EXIT_LATER;
    }
  code = run_queue (root, now);
  close (lock_fd);
  return code;
}
