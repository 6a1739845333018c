/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "compat/hooks.h"

#include "core/atomic.h"
#include "core/hooks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* For hooks that run. Milliseconds. */
#define WAIT_MS 30000
#define LOCK_FOLDER "/var/lib/anchord/hooks"
#define LOCK_PATH LOCK_FOLDER "/lock" /* anchord-hooks takes it as well */

void
compat_hooks_begin (CompatHooks *hooks, const CompatPlaces *places)
{
  int folder_fd = places->has_hooks ? trust_root_make_dir (places->root, LOCK_FOLDER, 0755) : -1;

  *hooks = (CompatHooks) { places, -1, g_ptr_array_new_with_free_func (g_free) };
  if (folder_fd < 0)
    return;
  close (folder_fd);
  /* While the package manager, our caller perhaps, is at work, anchord-hooks may hold it until that is done. */
  hooks->lock_fd = trust_root_lock (places->root, LOCK_PATH, trust_hooks_is_held (places->root) ? 0 : WAIT_MS, NULL);
}

void
compat_hooks_clear (CompatHooks *hooks)
{
  g_clear_pointer (&hooks->taken, g_ptr_array_unref);
  if (hooks->lock_fd >= 0)
    close (hooks->lock_fd);
  hooks->lock_fd = -1;
}

/* What came into the queue since, in its order, behind what was taken. */
static void
take_waiting (CompatHooks *hooks)
{
  g_autoptr (GPtrArray) names = trust_hooks_list (hooks->places->root);

  for (guint i = 0; i < names->len; i++)
    if (!g_ptr_array_find_with_equal_func (hooks->taken, names->pdata[i], g_str_equal, NULL))
      g_ptr_array_add (hooks->taken, g_strdup (names->pdata[i]));
}

/* LINES with the folder FROM called TO: the queue of an image has the image's own paths, whoever works on it from outside.
 * Returns: (transfer full). */
static char *
translate (const char *lines, const char *from, const char *to)
{
  g_auto (GStrv) split = g_strsplit (lines, "\n", -1);
  GString *out = g_string_new (NULL);

  for (guint i = 0; split[i] != NULL; i++)
    {
      const char *line = split[i];

      if (*line == '\0')
        continue;
      g_string_append_c (out, *line);
      if (g_str_has_prefix (line + 1, from) && line[1 + strlen (from)] == '/')
        g_string_append_printf (out, "%s%s\n", to, line + 1 + strlen (from));
      else
        g_string_append_printf (out, "%s\n", line + 1);
    }
  return g_string_free (out, FALSE);
}

/* Behind all that waits: of the last one's generation. */
static guint64
last_generation (TrustRoot *root)
{
  g_autoptr (GPtrArray) names = trust_hooks_list (root);

  return names->len > 0 ? g_ascii_strtoull (names->pdata[names->len - 1], NULL, 10) : 0;
}

gboolean
compat_hooks_keep (CompatHooks *hooks, const char *lines, GError **error)
{
  /* Hooks that are not to run now see the lines later, whoever runs the queue. */
  gboolean is_later = hooks->places->has_hooks && *hooks->places->hooks.shown == '\0';
  g_autofree char *kept = NULL;

  if (hooks->lock_fd >= 0)
    take_waiting (hooks);
  if (*lines == '\0' || (hooks->lock_fd < 0 && !is_later))
    return TRUE;
  kept = translate (lines, hooks->places->etc.shown, hooks->places->etc.path);
  if (!trust_hooks_queue (hooks->places->root, last_generation (hooks->places->root), kept, error))
    return FALSE;
  if (hooks->lock_fd >= 0)
    take_waiting (hooks);
  return TRUE;
}

/* TEXT behind what stands in OUT, but for those that say of a name what LAST (its owned name -> sign) has as said of it last: the service may have
 * seen the same file come, and linked it, while we did. N: the numbers of '+' and '-'. */
static void
append_lines (GString *out, GHashTable *last, const char *text, guint n[2])
{
  g_auto (GStrv) split = g_strsplit (text, "\n", -1);

  for (guint i = 0; split[i] != NULL; i++)
    {
      const char *line = split[i];

      if (*line == '\0' || g_hash_table_lookup (last, line + 1) == GINT_TO_POINTER (*line))
        continue;
      g_hash_table_insert (last, g_strdup (line + 1), GINT_TO_POINTER (*line));
      g_string_append_printf (out, "%s\n", line);
      n[*line == '-']++;
    }
}

GString *
compat_hooks_gather (CompatHooks *hooks, const char *lines, guint *n_added, guint *n_removed)
{
  g_autoptr (GHashTable) last = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_known = hooks->taken->len, known[2] = { 0, 0 }, fresh[2] = { 0, 0 };
  GString *all = g_string_new (NULL);

  if (hooks->lock_fd < 0)
    return g_string_append (all, lines);
  take_waiting (hooks);
  for (guint i = 0; i < hooks->taken->len; i++)
    {
      g_autoptr (GBytes) bytes = trust_hooks_read (hooks->places->root, hooks->taken->pdata[i], NULL);
      g_autofree char *waiting = bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : g_strdup ("");
      g_autofree char *text = translate (waiting, hooks->places->etc.path, hooks->places->etc.shown);

      append_lines (all, last, text, i < n_known ? known : fresh);
    }
  *n_added += fresh[0];
  *n_removed += fresh[1];
  return all;
}

/* A program without a known form is a shell script, as for the shell that runs the distribution's tool. */
static void
become_hook (int input_fd, const char *path)
{
  const char *arguments[] = { path, NULL };
  const char *script[] = { "/bin/sh", path, NULL };
  int fault = 0;

  if (dup2 (input_fd, STDIN_FILENO) < 0)
    _exit (126);
  execv (path, (char *const *) (guintptr) arguments);
  if (errno == ENOEXEC)
    execv (script[0], (char *const *) (guintptr) script);
  fault = errno;
  fprintf (stderr, "update-ca-certificates: %s: %s\n", path, fault == ENOENT ? "not found" : g_strerror (fault));
  _exit (fault == ENOENT ? 127 : 126);
}

/* All lines at once: a hook that does not read them holds nobody up. */
static int
write_lines (const GString *lines)
{
  FILE *file = tmpfile ();
  int fd = -1;

  if (file != NULL && fwrite (lines->str, 1, lines->len, file) == lines->len && fflush (file) == 0)
    fd = dup (fileno (file));
  if (file != NULL)
    fclose (file);
  if (fd >= 0)
    lseek (fd, 0, SEEK_SET);
  return fd;
}

/* Its exit code as a shell has it. */
static int
run_hook (const char *path, const GString *lines)
{
  int fd = write_lines (lines), status = 0;
  pid_t child = -1;

  fflush (NULL);
  child = fd >= 0 ? fork () : -1;
  if (child == 0)
    become_hook (fd, path);
  while (child > 0 && waitpid (child, &status, 0) < 0 && errno == EINTR)
    ;
  if (fd >= 0)
    close (fd);
  if (child < 0)
    return 126;
  return WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
}

/* As run-parts names them: ASCII letters, digits, '_' and '-', a file that may be run, in the order of their bytes. */
static gboolean
is_hook (TrustRoot *host, const CompatPlaces *places, const char *name)
{
  g_autofree char *path = g_build_filename (places->hooks.path, name, NULL);
  TrustStat stat;

  if (name[strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-")] != '\0')
    return FALSE;
  if (!trust_root_stat (host, path, &stat))
    fprintf (stderr, "run-parts: component %s/%s is a broken symbolic link\n", places->hooks.shown, name);
  else
    return S_ISREG (stat.mode) && (stat.mode & 0111) != 0;
  return FALSE;
}

void
compat_hooks_run (CompatHooks *hooks, const GString *lines)
{
  const CompatPlaces *places = hooks->places;
  g_autoptr (TrustRoot) host = trust_root_new ("/", NULL);
  g_autoptr (GPtrArray) names = host != NULL && *places->hooks.shown != '\0' ? trust_root_list (host, places->hooks.path) : NULL;

  if (names == NULL)
    return;
  printf ("Running hooks in %s...\n", places->hooks.shown);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_strconcat (places->hooks.shown, "/", names->pdata[i], NULL);
      g_autofree char *host_path = *path == '/' ? g_strdup (path) : g_build_filename (places->hooks.path, names->pdata[i], NULL);
      int code = is_hook (host, places, names->pdata[i]) ? run_hook (host_path, lines) : 0;

      if (code != 0)
        printf ("E: %s exited with code %d.\n", path, code);
    }
  for (guint i = 0; i < hooks->taken->len; i++)
    trust_hooks_finish (places->root, hooks->taken->pdata[i], NULL);
  printf ("done.\n");
}
