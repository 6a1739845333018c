/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/next.h"

#include "core/atomic.h"
#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define DATE_BYTES 32
#define NEVER G_MAXINT64

/* The date in PATH; what is no date is none. */
static gint64
read_date (TrustRoot *root, const char *path)
{
  g_autoptr (GBytes) bytes = trust_root_read (root, path, DATE_BYTES, NULL, NULL);
  g_autofree char *text = bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;
  gint64 date = NEVER;

  if (text != NULL && g_ascii_string_to_signed (g_strchomp (text), 10, 1, NEVER, &date, NULL))
    return date;
  return NEVER;
}

static gboolean
write_date (TrustRoot *root, const char *folder, const char *path, gint64 date, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT "\n", date), *name = g_path_get_basename (path);
  int dir_fd = trust_root_make_dir (root, folder, 0755);
  gboolean ok;

  if (dir_fd < 0)
    return trust_error_set_errno (error, errno, "cannot make", folder);
  ok = date == NEVER ? trust_atomic_remove (dir_fd, name, error) : trust_atomic_write (dir_fd, name, text, strlen (text), 0644, error);
  close (dir_fd);
  return ok;
}

static gboolean
set_mark (TrustRoot *root, GError **error)
{
  int dir_fd = trust_root_make_dir (root, TRUST_NEXT_FOLDER, 0755);
  int fd = dir_fd >= 0 ? trust_root_open (root, TRUST_NEXT_MARK, O_WRONLY | O_CREAT | O_NOFOLLOW, 0644) : -1;

  if (dir_fd >= 0)
    close (dir_fd);
  if (fd < 0)
    return trust_error_set_errno (error, errno, "cannot make", TRUST_NEXT_MARK);
  close (fd);
  return TRUE;
}

gboolean
trust_next_note (TrustRoot *root, gint64 next, GError **error)
{
  TrustStat stat;

  if (read_date (root, TRUST_NEXT_DATE) != next && !write_date (root, TRUST_NEXT_FOLDER, TRUST_NEXT_DATE, next, error))
    return FALSE;
  /* A mark that could not be set, or was lost with its watcher, is set by whoever publishes next. */
  if (read_date (root, TRUST_NEXT_WATCHED) == next || trust_root_lstat (root, TRUST_NEXT_MARK, &stat))
    return TRUE;
  return set_mark (root, error);
}

gboolean
trust_next_take (TrustRoot *root, gint64 *next_out, GError **error)
{
  int dir_fd = trust_root_open_dir (root, TRUST_NEXT_FOLDER);
  gboolean ok = dir_fd < 0 || trust_atomic_remove (dir_fd, "changed", error);

  if (dir_fd >= 0)
    close (dir_fd);
  if (ok)
    *next_out = read_date (root, TRUST_NEXT_DATE);
  return ok;
}

gboolean
trust_next_watch (TrustRoot *root, gint64 next, GError **error)
{
  return write_date (root, "/run/anchord", TRUST_NEXT_WATCHED, next, error);
}
