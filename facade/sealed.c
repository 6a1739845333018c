/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/sealed.h"

#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEALS_NEEDED (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static int
peek_sealed (GUnixFDList *fds, gint32 handle, GError **error)
{
  int n_fds = 0;
  const int *list = fds != NULL ? g_unix_fd_list_peek_fds (fds, &n_fds) : NULL;

  if (handle < 0 || handle >= n_fds)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("The message names a file descriptor that it does not carry"));
      return -1;
    }

  int seals = fcntl (list[handle], F_GET_SEALS);

  if (seals < 0 || (seals & SEALS_NEEDED) != SEALS_NEEDED)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
                   _ ("The file descriptor is not a memfd sealed against shrinking, growing and writing; copy the input into one and "
                      "seal it"));
      return -1;
    }
  return list[handle];
}

GBytes *
trust_sealed_read (GUnixFDList *fds, gint32 handle, gsize max_bytes, GError **error)
{
  int fd = peek_sealed (fds, handle, error);
  struct stat st;

  if (fd < 0)
    return NULL;
  if (fstat (fd, &st) < 0 || !S_ISREG (st.st_mode))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("The file descriptor is not a memfd"));
      return NULL;
    }
  if ((guint64) st.st_size > max_bytes)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, _ ("The memfd holds %zu bytes; at most %zu are taken"), (gsize) st.st_size,
                   max_bytes);
      return NULL;
    }

  gsize size = (gsize) st.st_size, done = 0;
  g_autofree guint8 *copy = g_malloc (MAX (size, 1));

  while (done < size)
    {
      gssize n = pread (fd, copy + done, size - done, (off_t) done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("The memfd could not be read to its end"));
          return NULL;
        }
      done += (gsize) n;
    }
  return g_bytes_new_take (g_steal_pointer (&copy), size);
}

static gboolean
write_all (int fd, const guint8 *data, gsize size)
{
  for (gsize done = 0; done < size;)
    {
      gssize n = write (fd, data + done, size - done);

      if (n < 0 && errno != EINTR)
        return FALSE;
      done += (gsize) MAX (n, 0);
    }
  return TRUE;
}

int
trust_sealed_new (const char *name, GBytes *bytes, GError **error)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  int fd = memfd_create (name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

  if (fd >= 0 && write_all (fd, data, size) && fcntl (fd, F_ADD_SEALS, SEALS_NEEDED | F_SEAL_SEAL) == 0)
    return fd;
  trust_error_set_errno (error, errno, "can't make a memfd for", name);
  if (fd >= 0)
    close (fd);
  return -1;
}

int
trust_sealed_reopen (int fd, GError **error)
{
  char path[64];

  g_snprintf (path, sizeof path, "/proc/self/fd/%d", fd);

  int fresh = open (path, O_RDONLY | O_CLOEXEC);

  if (fresh < 0)
    trust_error_set_errno (error, errno, "can't open", path);
  return fresh;
}
