/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/hooks.h"

#include "core/atomic.h"
#include "core/error.h"
#include "core/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  guint64 generation;
  guint64 part;
} Place;

static const char *const dpkg_locks[] = { "/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock", NULL };

static gboolean
parse_name (const char *name, Place *out)
{
  char *end = NULL;

  if (!g_ascii_isdigit (*name))
    return FALSE;
  out->generation = g_ascii_strtoull (name, &end, 10);
  out->part = 0;
  if (*end == '\0')
    return TRUE;
  if (*end != '.' || !g_ascii_isdigit (end[1]))
    return FALSE;
  out->part = g_ascii_strtoull (end + 1, &end, 10);
  return *end == '\0';
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  Place x = { 0 }, y = { 0 };

  parse_name (*(const char *const *) a, &x);
  parse_name (*(const char *const *) b, &y);
  if (x.generation != y.generation)
    return x.generation < y.generation ? -1 : 1;
  return x.part < y.part ? -1 : x.part > y.part;
}

GPtrArray *
trust_hooks_list (TrustRoot *root)
{
  g_autoptr (GPtrArray) all = trust_root_list (root, TRUST_HOOKS_PENDING);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  Place place;

  for (guint i = 0; all != NULL && i < all->len; i++)
    if (parse_name (all->pdata[i], &place))
      g_ptr_array_add (names, g_strdup (all->pdata[i]));
  g_ptr_array_sort (names, compare_names);
  return names;
}

guint
trust_hooks_count (TrustRoot *root)
{
  g_autoptr (GPtrArray) names = trust_hooks_list (root);

  return names->len;
}

GBytes *
trust_hooks_read (TrustRoot *root, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (TRUST_HOOKS_PENDING, name, NULL);

  return trust_root_read (root, path, TRUST_LIMIT_INPUT_BYTES, NULL, error);
}

/* Takes the lines of NAME out of LINES, a set. */
static gboolean
forget_waiting (TrustRoot *root, const char *name, GHashTable *waiting, GError **error)
{
  g_autoptr (GBytes) bytes = trust_hooks_read (root, name, error);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (bytes == NULL)
    return FALSE;
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_hash_table_add (waiting, g_strdup (lines[i]));
  return TRUE;
}

/* LINES without those that wait for GENERATION already; PART_OUT is the first free part. */
static GString *
select_new (TrustRoot *root, guint64 generation, const char *lines, guint64 *part_out, GError **error)
{
  g_autoptr (GPtrArray) names = trust_hooks_list (root);
  g_autoptr (GHashTable) waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) split = g_strsplit (lines, "\n", -1);
  GString *fresh = NULL;
  Place place;

  *part_out = 0;
  for (guint i = 0; i < names->len; i++)
    {
      parse_name (names->pdata[i], &place);
      if (place.generation != generation)
        continue;
      *part_out = place.part + 1;
      if (!forget_waiting (root, names->pdata[i], waiting, error))
        return NULL;
    }
  fresh = g_string_new (NULL);
  for (guint i = 0; split[i] != NULL; i++)
    if (*split[i] != '\0' && !g_hash_table_contains (waiting, split[i]))
      g_string_append_printf (fresh, "%s\n", split[i]);
  return fresh;
}

gboolean
trust_hooks_queue (TrustRoot *root, guint64 generation, const char *lines, GError **error)
{
  TrustStat stat;
  g_autofree char *name = NULL;
  GString *fresh = NULL;
  guint64 part = 0;
  gboolean ok = TRUE;
  int dir_fd = -1;

  if (!trust_root_stat (root, TRUST_HOOKS_FOLDER, &stat) || !S_ISDIR (stat.mode))
    return TRUE;
  fresh = select_new (root, generation, lines, &part, error);
  if (fresh == NULL)
    return FALSE;
  if (fresh->len > 0)
    {
      name = part == 0 ? g_strdup_printf ("%" G_GUINT64_FORMAT, generation)
                       : g_strdup_printf ("%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT, generation, part);
      dir_fd = trust_root_make_dir (root, TRUST_HOOKS_PENDING, 0755);
      ok = dir_fd >= 0 ? trust_atomic_write (dir_fd, name, fresh->str, fresh->len, 0644, error)
                       : trust_error_set_errno (error, errno, "cannot make", TRUST_HOOKS_PENDING);
    }
  if (dir_fd >= 0)
    close (dir_fd);
  g_string_free (fresh, TRUE);
  return ok;
}

gboolean
trust_hooks_finish (TrustRoot *root, const char *name, GError **error)
{
  int dir_fd = trust_root_open_dir (root, TRUST_HOOKS_PENDING);
  gboolean ok;

  if (dir_fd < 0)
    return trust_error_set_errno (error, errno, "cannot open", TRUST_HOOKS_PENDING);
  ok = trust_atomic_remove (dir_fd, name, error) && trust_atomic_sync_dir (dir_fd, error);
  close (dir_fd);
  return ok;
}

gboolean
trust_hooks_is_held (TrustRoot *root)
{
  gboolean held = FALSE;

  for (guint i = 0; dpkg_locks[i] != NULL && !held; i++)
    {
      struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
      int fd = trust_root_open (root, dpkg_locks[i], O_RDONLY, 0);

      if (fd < 0)
        continue;
      held = fcntl (fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
      close (fd);
    }
  return held;
}
