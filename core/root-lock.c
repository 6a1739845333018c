/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/root.h"

#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

static int
open_lock (TrustRoot *root, const char *path)
{
  int fd = trust_root_open (root, path, O_RDWR | O_CREAT, 0600);

  if (fd >= 0 || errno != ENOENT)
    return fd;

  g_autofree char *parent = g_path_get_dirname (path);

  fd = trust_root_make_dir (root, parent, 0755);
  if (fd < 0)
    return -1;
  close (fd);
  return trust_root_open (root, path, O_RDWR | O_CREAT, 0600);
}

/* A lock on a file that was deleted meanwhile keeps nobody out. */
static gboolean
is_still_there (TrustRoot *root, const char *path, int fd)
{
  struct stat st;
  TrustStat named;

  return fstat (fd, &st) == 0 && trust_root_stat (root, path, &named) && named.device == st.st_dev && named.inode == st.st_ino;
}

int
trust_root_lock (TrustRoot *root, const char *path, guint timeout_ms, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) timeout_ms * 1000;
  gulong pause = 500; /* microseconds */

  for (;;)
    {
      struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
      int fd = open_lock (root, path);

      if (fd < 0)
        return trust_error_set_errno (error, errno, "cannot open the lock", path), -1;
      if (fcntl (fd, F_OFD_SETLK, &lock) == 0)
        {
          if (is_still_there (root, path, fd))
            return fd;
        }
      else if (errno != EAGAIN && errno != EACCES && errno != EINTR)
        {
          trust_error_set_errno (error, errno, "cannot lock", path);
          close (fd);
          return -1;
        }
      close (fd);
      if (g_get_monotonic_time () >= deadline)
        break;
      g_usleep (pause);
      pause = MIN (pause * 2, 20000);
    }

  g_autofree char *shown = trust_text_printable (path, 0);

  g_set_error (error, TRUST_ERROR, TRUST_ERROR_BUSY,
               "another program holds the lock %s under %s (the daemon, or anchorctl --root): try again when it is done", shown,
               trust_root_get_path (root));
  return -1;
}

int
trust_root_flock (TrustRoot *root, const char *path, guint timeout_ms, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) timeout_ms * 1000;
  int fd = trust_root_open (root, path, O_RDONLY, 0);
  g_autofree char *shown = NULL;

  if (fd < 0)
    return trust_error_set_errno (error, errno, "cannot open the lock", path), -1;
  while (flock (fd, LOCK_EX | LOCK_NB) < 0)
    {
      if (errno == EINTR)
        continue;
      if (errno != EWOULDBLOCK || g_get_monotonic_time () >= deadline)
        {
          shown = trust_text_printable (path, 0);
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_BUSY, "another program holds the lock %s: try again when it is done", shown);
          close (fd);
          return -1;
        }
      g_usleep (5000);
    }
  return fd;
}
