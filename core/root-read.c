/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/root.h"

#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* A read is repeated when the file changed meanwhile. */
#define READ_TRIES 4
/* What is read at a time once a file turned out longer than its stat said. Bytes. */
#define READ_STEP (64u * 1024)

static int
fail (int error_number)
{
  errno = error_number;
  return -1;
}

/* Looks before it opens: opening a FIFO wakes its writer, and opening a device may do anything. -1 with errno; ENXIO: not a
 * regular file. */
static int
open_regular (TrustRoot *root, int dir_fd, const char *name, struct stat *st)
{
  int fd = trust_root_open_at (root, dir_fd, name, O_PATH);
  struct stat looked;

  if (fd < 0)
    return -1;

  gboolean ok = fstat (fd, &looked) == 0;

  close (fd);
  if (!ok)
    return fail (EIO);
  if (!S_ISREG (looked.st_mode))
    return fail (S_ISDIR (looked.st_mode) ? EISDIR : ENXIO);

  fd = trust_root_open_at (root, dir_fd, name, O_RDONLY);
  if (fd < 0)
    return -1;
  if (fstat (fd, st) < 0 || !S_ISREG (st->st_mode))
    {
      close (fd);
      return fail (ENXIO);
    }
  return fd;
}

static gboolean
set_too_large (GError **error, const char *name, gsize max_bytes)
{
  g_autofree char *shown = trust_text_printable (name, 0);

  g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "%s is larger than the %" G_GSIZE_FORMAT " bytes that are read", shown, max_bytes);
  return FALSE;
}

static gboolean
set_open_error (GError **error, int saved_errno, const char *name)
{
  g_autofree char *shown = trust_text_printable (name, 0);

  if (saved_errno == ENOENT || saved_errno == ENOTDIR)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "there is no file %s", shown);
  else if (saved_errno == EISDIR)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE, "%s is a folder, not a file: name a file in it", shown);
  else if (saved_errno == ENXIO)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE, "%s is not a regular file (a FIFO, socket or device): give a file", shown);
  else
    trust_error_set_errno (error, saved_errno, "cannot open", name);
  return FALSE;
}

/* Reads FD to its end, or to where it is seen to be longer than EXPECTED. A file of /proc says size 0 and has content all the
 * same. */
static GByteArray *
read_all (int fd, gsize expected, gsize max_bytes, const char *name, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_sized_new ((guint) expected + 1);
  gsize have = 0;

  for (;;)
    {
      gsize room = MIN (have <= expected ? expected - have + 1 : READ_STEP, max_bytes - have + 1);
      ssize_t n;

      g_byte_array_set_size (out, (guint) (have + room));
      n = read (fd, out->data + have, room);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          trust_error_set_errno (error, errno, "cannot read", name);
          return NULL;
        }
      have += (gsize) n;
      if (have > max_bytes)
        {
          set_too_large (error, name, max_bytes);
          return NULL;
        }
      if (n == 0 || (expected > 0 && have >= expected))
        break;
    }
  g_byte_array_set_size (out, (guint) have);
  return g_steal_pointer (&out);
}

/* One try. NULL without an error when the file changed while it was read. */
static GBytes *
read_once (TrustRoot *root, int dir_fd, const char *name, gsize max_bytes, TrustStat *stat_out, GError **error)
{
  struct stat st;
  int fd = open_regular (root, dir_fd, name, &st);

  if (fd < 0)
    {
      set_open_error (error, errno, name);
      return NULL;
    }
  if ((guint64) st.st_size > max_bytes)
    {
      close (fd);
      set_too_large (error, name, max_bytes);
      return NULL;
    }

  g_autoptr (GByteArray) content = read_all (fd, (gsize) st.st_size, max_bytes, name, error);
  TrustStat before, after;

  trust_stat_from (&before, &st);
  if (content != NULL && fstat (fd, &st) < 0)
    {
      trust_error_set_errno (error, errno, "cannot look at", name);
      g_clear_pointer (&content, g_byte_array_unref);
    }
  close (fd);
  if (content == NULL)
    return NULL;

  trust_stat_from (&after, &st);
  if (!trust_stat_equal (&before, &after) || (before.size > 0 && (guint64) before.size != content->len))
    return NULL;
  if (stat_out != NULL)
    *stat_out = before;
  return g_byte_array_free_to_bytes (g_steal_pointer (&content));
}

GBytes *
trust_root_read_at (TrustRoot *root, int dir_fd, const char *name, gsize max_bytes, TrustStat *stat_out, GError **error)
{
  g_autofree char *shown = NULL;

  for (guint try = 0; try < READ_TRIES; try++)
    {
      GError *local = NULL;
      GBytes *bytes = read_once (root, dir_fd, name, MIN (max_bytes, G_MAXINT32), stat_out, &local);

      if (bytes != NULL)
        return bytes;
      if (local != NULL)
        {
          g_propagate_error (error, local);
          return NULL;
        }
    }
  shown = trust_text_printable (name, 0);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE, "%s keeps changing while it is read: try again when its writer is done", shown);
  return NULL;
}

GBytes *
trust_root_read (TrustRoot *root, const char *path, gsize max_bytes, TrustStat *stat_out, GError **error)
{
  return trust_root_read_at (root, -1, path, max_bytes, stat_out, error);
}
