/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/output.h"

#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
refuse (const char *path, const char *why, GError **error)
{
  g_autofree char *name = trust_text_printable (path, 0);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE, "%s: %s", name, why);
  return FALSE;
}

static gboolean
write_all (int fd, const char *data, gsize size)
{
  while (size > 0)
    {
      ssize_t n = write (fd, data, size);
      if (n < 0 && errno != EINTR)
        return FALSE;
      data += MAX (n, 0);
      size -= (gsize) MAX (n, 0);
    }
  return fchmod (fd, 0644) == 0 && fsync (fd) == 0;
}

static void
sync_folder (const char *folder)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

gboolean
output_write (const char *path, const char *data, gsize size, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *begun = g_build_filename (folder, ".anchorctl-XXXXXX", NULL);
  struct stat st;
  if (path[0] == '\0' || (lstat (path, &st) == 0 && S_ISDIR (st.st_mode)))
    return refuse (path, _ ("is a folder; name a file in it"), error);
  int fd = g_mkstemp_full (begun, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    return refuse (folder, g_strerror (errno), error);
  gboolean ok = write_all (fd, data, size);
  int saved = errno;
  if (close (fd) != 0 && ok)
    {
      ok = FALSE;
      saved = errno;
    }
  if (ok && g_rename (begun, path) != 0)
    {
      ok = FALSE;
      saved = errno;
    }
  if (ok)
    sync_folder (folder);
  else
    g_unlink (begun);
  return ok || refuse (path, g_strerror (saved), error);
}
