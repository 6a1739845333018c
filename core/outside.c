/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/outside.h"

#include "core/atomic.h"
#include "core/error.h"
#include "core/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define CONF_FOLDER "/etc"
#define CONF_NAME "ca-certificates.conf"
#define CONF_PATH CONF_FOLDER "/" CONF_NAME

const TrustOutside trust_outside_direct = { trust_conf_edit };
static const TrustOutside *in_force = &trust_outside_direct;

const TrustOutside *
trust_outside_get (void)
{
  return in_force;
}

void
trust_outside_set (const TrustOutside *outside)
{
  in_force = outside;
}

GPtrArray *
trust_outside_read_names (TrustRoot *root, const char *path)
{
  g_autoptr (GBytes) bytes = trust_root_read (root, path, TRUST_LIMIT_CONFIGURATION_BYTES, NULL, NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  gsize size = 0;
  const char *at = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL, *end = at != NULL ? at + size : NULL;

  while (at < end)
    {
      const char *newline = memchr (at, '\n', end - at), *last = newline != NULL ? newline : end;

      if (last > at)
        g_ptr_array_add (names, g_strndup (at, last - at));
      at = last + 1;
    }
  return names;
}

static GHashTable *
make_set (GPtrArray *names)
{
  GHashTable *set = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < names->len; i++)
    g_hash_table_add (set, names->pdata[i]);
  return set;
}

/* The name on the line of SIZE bytes as the tool's `read -r` takes it. */
static char *
trim (const char *line, gsize size)
{
  while (size > 0 && (*line == ' ' || *line == '\t'))
    {
      line++;
      size--;
    }
  while (size > 0 && (line[size - 1] == ' ' || line[size - 1] == '\t'))
    size--;
  return g_strndup (line, size);
}

static void
edit_line (GString *out, const char *line, gsize size, GHashTable *wanted, GHashTable *released)
{
  gboolean off = size > 0 && *line == '!';
  g_autofree char *name = off ? trim (line + 1, size - 1) : trim (line, size);

  if (off && g_hash_table_contains (released, name) && !g_hash_table_contains (wanted, name))
    g_string_append_len (out, line + 1, size - 1);
  else if (!off && size > 0 && *line != '#' && g_hash_table_contains (wanted, name))
    {
      g_string_append_c (out, '!');
      g_string_append_len (out, line, size);
    }
  else
    g_string_append_len (out, line, size);
}

static GString *
edit_text (GBytes *conf, GHashTable *wanted, GHashTable *released)
{
  gsize size = 0;
  const char *at = g_bytes_get_data (conf, &size), *end = at + size;
  GString *out = g_string_sized_new (size + 256);

  while (at < end)
    {
      const char *newline = memchr (at, '\n', end - at), *last = newline != NULL ? newline : end;

      edit_line (out, at, last - at, wanted, released);
      if (newline != NULL)
        g_string_append_c (out, '\n');
      at = last + 1;
    }
  return out;
}

/* Writes TEXT over the configuration with its owner, group and mode. */
static gboolean
write_conf (TrustRoot *root, const GString *text, GError **error)
{
  int dir_fd = trust_root_open_dir (root, CONF_FOLDER), old_fd = trust_root_open (root, CONF_PATH, O_RDONLY, 0), fd = -1;
  struct stat st, fresh;
  g_autoptr (TrustStaged) staged = NULL;
  gboolean ok = dir_fd >= 0 && old_fd >= 0 && fstat (old_fd, &st) == 0;

  if (!ok)
    trust_error_set_errno (error, errno, "cannot open", CONF_PATH);
  else
    {
      staged = trust_atomic_stage_open (dir_fd, CONF_NAME, st.st_mode & 07777, &fd, error);
      ok = staged != NULL;
    }
  /* The unit that does this may have no right to give files away, and mostly needs none. */
  if (ok
      && (fstat (fd, &fresh) < 0
          || ((fresh.st_uid != st.st_uid || fresh.st_gid != st.st_gid)
              && (fchown (fd, st.st_uid, st.st_gid) < 0 || fchmod (fd, st.st_mode & 07777) < 0))
          || !trust_atomic_write_all (fd, text->str, text->len)))
    ok = trust_error_set_errno (error, errno, "cannot write", CONF_PATH);
  ok = ok && trust_atomic_commit (staged, error) && trust_atomic_sync_dir (dir_fd, error);
  g_clear_pointer (&staged, trust_staged_free);
  if (old_fd >= 0)
    close (old_fd);
  if (dir_fd >= 0)
    close (dir_fd);
  return ok;
}

gboolean
trust_conf_edit (TrustRoot *root, GError **error)
{
  g_autoptr (GPtrArray) deselected = trust_outside_read_names (root, TRUST_OUTSIDE_DESELECTED);
  g_autoptr (GPtrArray) given_back = trust_outside_read_names (root, TRUST_OUTSIDE_RELEASED);
  g_autoptr (GHashTable) released = make_set (given_back);
  g_autoptr (GHashTable) wanted = make_set (deselected);
  g_autoptr (GBytes) conf = NULL;
  GString *text = NULL;
  TrustStat stat;
  gboolean ok = TRUE;

  for (guint i = 0; i < given_back->len; i++)
    g_hash_table_remove (wanted, given_back->pdata[i]);
  if (trust_root_lstat (root, CONF_PATH, &stat) && !S_ISREG (stat.mode))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN, "%s is not a regular file, and is left alone; put a '!' before the names in %s%s by hand",
                   CONF_PATH, trust_root_is_system (root) ? "" : trust_root_get_path (root), TRUST_OUTSIDE_DESELECTED);
      return FALSE;
    }
  conf = trust_root_read (root, CONF_PATH, TRUST_LIMIT_CONFIGURATION_BYTES, NULL, error);
  if (conf == NULL)
    return FALSE;
  text = edit_text (conf, wanted, released);
  if (text->len != g_bytes_get_size (conf) || memcmp (text->str, g_bytes_get_data (conf, NULL), text->len) != 0)
    ok = write_conf (root, text, error);
  g_string_free (text, TRUE);
  return ok;
}

static gboolean
write_names (int dir_fd, const char *path, GPtrArray *names, GError **error)
{
  GString *text = g_string_new (NULL);
  gboolean ok;

  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (text, "%s\n", (const char *) names->pdata[i]);
  ok = trust_atomic_write (dir_fd, strrchr (path, '/') + 1, text->str, text->len, 0644, error);
  g_string_free (text, TRUE);
  return ok;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Adds what OLD holds and WANTED does not to OUT, once. */
static void
collect_released (GPtrArray *old, GHashTable *wanted, GPtrArray *out)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < old->len; i++)
    if (!g_hash_table_contains (wanted, old->pdata[i]) && g_hash_table_add (seen, old->pdata[i]))
      g_ptr_array_add (out, old->pdata[i]);
  g_ptr_array_sort (out, compare_names);
}

static gboolean
same_names (GPtrArray *a, GPtrArray *b)
{
  for (guint i = 0; a->len == b->len && i < a->len; i++)
    if (!g_str_equal (a->pdata[i], b->pdata[i]))
      return FALSE;
  return a->len == b->len;
}

static gboolean
forget_released (int dir_fd, GError **error)
{
  return trust_atomic_remove (dir_fd, strrchr (TRUST_OUTSIDE_RELEASED, '/') + 1, error) && trust_atomic_sync_dir (dir_fd, error);
}

/* First the lists say more than is so, then the configuration is edited, then they say just what is so: at no instant does the
 * configuration carry a `!` of ours that the lists don't name. */
static gboolean
deselect (TrustRoot *root, int dir_fd, GPtrArray *names, GError **error)
{
  g_autoptr (GPtrArray) listed = trust_outside_read_names (root, TRUST_OUTSIDE_DESELECTED);
  g_autoptr (GPtrArray) earlier = trust_outside_read_names (root, TRUST_OUTSIDE_RELEASED);
  g_autoptr (GHashTable) wanted = make_set (names);
  g_autoptr (GPtrArray) old = g_ptr_array_new ();
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autoptr (GPtrArray) released = g_ptr_array_new ();

  g_ptr_array_extend (old, listed, NULL, NULL);
  g_ptr_array_extend (old, earlier, NULL, NULL);
  collect_released (old, wanted, released);
  g_ptr_array_extend (all, names, NULL, NULL);
  g_ptr_array_extend (all, released, NULL, NULL);
  g_ptr_array_sort (all, compare_names);
  if (!same_names (released, earlier)
      && !(released->len > 0 ? write_names (dir_fd, TRUST_OUTSIDE_RELEASED, released, error) : forget_released (dir_fd, error)))
    return FALSE;
  if ((!same_names (all, listed) && !write_names (dir_fd, TRUST_OUTSIDE_DESELECTED, all, error)) || !in_force->edit_conf (root, error))
    return FALSE;
  return released->len == 0 || (write_names (dir_fd, TRUST_OUTSIDE_DESELECTED, names, error) && forget_released (dir_fd, error));
}

gboolean
trust_outside_deselect (TrustRoot *root, GPtrArray *names, GError **error)
{
  int dir_fd = trust_root_make_dir (root, TRUST_OUTSIDE_FOLDER, 0755);
  gboolean ok;

  if (dir_fd < 0)
    return trust_error_set_errno (error, errno, "cannot make", TRUST_OUTSIDE_FOLDER);
  ok = deselect (root, dir_fd, names, error);
  close (dir_fd);
  return ok;
}
