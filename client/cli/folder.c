/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/folder.h"

#include "core/error.h"
#include "core/limits.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const suffixes[] = { ".anchor", ".distrust", ".pem", ".crt", ".cer", ".der", ".p11-kit" };

static gboolean
counts (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (name, suffixes[i]))
      return TRUE;
  return FALSE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
set_errno (GError **error, const char *path, int number)
{
  g_autofree char *name = trust_text_printable (path, 0);
  g_set_error (error, TRUST_ERROR, number == ENOENT ? TRUST_ERROR_NOT_FOUND : TRUST_ERROR_STORAGE, "%s: %s", name, g_strerror (number));
  return FALSE;
}

char **
folder_list (const char *folder, GPtrArray *left_out, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  if (dir == NULL)
    {
      set_errno (error, folder, errno);
      return NULL;
    }
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    {
      if (name[0] == '.')
        continue;
      if (counts (name))
        g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
      else
        g_ptr_array_add (left_out, g_strdup (name));
      if (paths->len > TRUST_LIMIT_FOLDER_FILES)
        {
          g_autofree char *safe = trust_text_printable (folder, 0);
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, _ ("%s holds more than %u files; put several certificates into one"), safe,
                       TRUST_LIMIT_FOLDER_FILES);
          return NULL;
        }
    }
  g_ptr_array_sort (paths, compare_names);
  g_ptr_array_sort (left_out, compare_names);
  g_ptr_array_add (paths, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&paths), FALSE);
}

static gboolean
write_all (int fd, GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  while (size > 0)
    {
      ssize_t n = write (fd, data, size);
      if (n < 0 && errno != EINTR)
        return FALSE;
      data += MAX (n, 0);
      size -= (gsize) MAX (n, 0);
    }
  return fsync (fd) == 0;
}

static gboolean
write_file (int folder, const char *name, GBytes *bytes)
{
  int fd = openat (folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (fd < 0)
    return FALSE;
  gboolean ok = write_all (fd, bytes);
  int saved = errno;
  ok = close (fd) == 0 && ok;
  errno = saved;
  return ok;
}

static gboolean
write_files (int folder, GHashTable *files)
{
  GHashTableIter iter;
  gpointer name, bytes;
  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &name, &bytes))
    if (!write_file (folder, name, bytes))
      return FALSE;
  return fsync (folder) == 0;
}

/* What was begun goes. */
static void
discard (const char *path, int folder, GHashTable *files)
{
  GHashTableIter iter;
  gpointer name;
  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    unlinkat (folder, name, 0);
  g_rmdir (path);
}

/* Only what is not there, or empty, may be taken over. */
static gboolean
check_free (const char *path, GError **error)
{
  struct stat st;
  if (lstat (path, &st) < 0)
    return errno == ENOENT || set_errno (error, path, errno);
  g_autoptr (GDir) dir = S_ISDIR (st.st_mode) ? g_dir_open (path, 0, NULL) : NULL;
  if (dir != NULL && g_dir_read_name (dir) == NULL)
    return TRUE;
  g_autofree char *name = trust_text_printable (path, 0);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("%s is there and is no empty folder; name another one"), name);
  return FALSE;
}

/* A rename takes the place of an empty folder, but not of one that was filled meanwhile. */
static gboolean
move_there (const char *from, const char *path)
{
  g_autofree char *above = g_path_get_dirname (path);
  if (g_rename (from, path) < 0)
    return FALSE;
  int fd = open (above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0)
    {
      fsync (fd);
      close (fd);
    }
  return TRUE;
}

gboolean
folder_write (const char *given, GHashTable *files, GError **error)
{
  g_autofree char *path = g_canonicalize_filename (given, NULL);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *above = g_path_get_dirname (path);
  g_autofree char *begun = g_strdup_printf ("%s/.%.100s.XXXXXX", above, name);
  if (!check_free (path, error))
    return FALSE;
  if (g_mkdtemp_full (begun, 0755) == NULL)
    return set_errno (error, above, errno);
  int folder = open (begun, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  gboolean ok = folder >= 0 && write_files (folder, files) && move_there (begun, path);
  int saved = errno;
  if (!ok)
    discard (begun, folder, files);
  if (folder >= 0)
    close (folder);
  return ok || set_errno (error, path, saved);
}
