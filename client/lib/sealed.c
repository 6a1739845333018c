/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/lib/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
fail (GError **error, const char *what)
{
  int saved_errno = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), "%s: %s", what, g_strerror (saved_errno));
  return FALSE;
}

static gboolean
fill_and_seal (int fd, GBytes *bytes, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  while (size > 0)
    {
      ssize_t n = write (fd, data, size);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return fail (error, "writing the input to memory failed");
      data += n;
      size -= (gsize) n;
    }
  if (fcntl (fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
    return fail (error, "sealing the input failed");
  return TRUE;
}

GUnixFDList *
anchord_sealed_new (GBytes *bytes, GError **error)
{
  int fd = memfd_create ("anchord-input", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0)
    {
      fail (error, "no memory file for the input");
      return NULL;
    }
  if (!fill_and_seal (fd, bytes, error))
    {
      close (fd);
      return NULL;
    }
  return g_unix_fd_list_new_from_array (&fd, 1); /* takes the descriptor */
}

static GBytes *
map_fd (int fd, guint64 size, GError **error)
{
  const int wanted = F_SEAL_WRITE | F_SEAL_SHRINK;
  int seals = fcntl (fd, F_GET_SEALS);
  struct stat st;
  if (seals < 0 || (seals & wanted) != wanted || fstat (fd, &st) < 0 || (guint64) st.st_size != size)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the service answered with a file that is not sealed or not whole");
      return NULL;
    }
  g_autoptr (GMappedFile) mapped = g_mapped_file_new_from_fd (fd, FALSE, error);
  return mapped == NULL ? NULL : g_mapped_file_get_bytes (mapped);
}

GBytes *
anchord_sealed_map (GUnixFDList *fds, guint64 size, GError **error)
{
  if (fds == NULL || g_unix_fd_list_get_length (fds) != 1)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the service answered without the promised file");
      return NULL;
    }
  int fd = g_unix_fd_list_get (fds, 0, error);
  if (fd < 0)
    return NULL;
  GBytes *bytes = map_fd (fd, size, error);
  close (fd);
  return bytes;
}
