/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/atomic.h"

#include "core/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/xattr.h>
#include <unistd.h>

#define TEMPORARY_HEAD ".anchord-"
#define TEMPORARY_TAIL ".tmp"
#define TEMPORARY_RANDOM 6
#define TEMPORARY_LENGTH (sizeof TEMPORARY_HEAD - 1 + TEMPORARY_RANDOM + sizeof TEMPORARY_TAIL - 1)
#define TEMPORARY_TRIES 64
#define LABEL_ATTRIBUTE "security.selinux"
#define LABEL_MAX_BYTES 4096

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

struct _TrustStaged
{
  int dir_fd;        /* (borrowed): ten thousand staged files must not need ten thousand descriptors */
  int fd;            /* (owned), -1 once synced, or left to a batch */
  gboolean pending;  /* is there a temporary to remove? */
  gboolean unsynced; /* its descriptor is closed, and its batch has to sync the file system */
  char temporary[TEMPORARY_LENGTH + 1];
  char name[]; /* NUL-terminated */
};

/* "WHAT FOLDER/NAME: STRERROR". The folder is looked up for the message only. */
static gboolean
set_error (GError **error, int saved_errno, const char *what, int dir_fd, const char *name)
{
  char link[64], folder[PATH_MAX];
  ssize_t size;

  g_snprintf (link, sizeof link, "/proc/self/fd/%d", dir_fd);
  size = readlink (link, folder, sizeof folder - 1);
  folder[MAX (size, 0)] = '\0';

  g_autofree char *path = g_build_filename (folder, name, NULL);

  return trust_error_set_errno (error, saved_errno, what, path);
}

static gboolean
is_plain_name (const char *name)
{
  return *name != '\0' && strchr (name, '/') == NULL && strcmp (name, ".") != 0 && strcmp (name, "..") != 0;
}

static void
make_temporary_name (char *out)
{
  guint64 random;
  char *at = stpcpy (out, TEMPORARY_HEAD);

  if (getrandom (&random, sizeof random, 0) != sizeof random)
    random = (guint64) g_random_int () << 32 | g_random_int ();
  for (guint i = 0; i < TEMPORARY_RANDOM; i++, random /= sizeof alphabet - 1)
    *at++ = alphabet[random % (sizeof alphabet - 1)];
  strcpy (at, TEMPORARY_TAIL);
}

static gboolean
is_temporary_name (const char *name)
{
  const gsize head = sizeof TEMPORARY_HEAD - 1;

  return strlen (name) == TEMPORARY_LENGTH && strncmp (name, TEMPORARY_HEAD, head) == 0 && strspn (name + head, alphabet) == TEMPORARY_RANDOM
         && strcmp (name + head + TEMPORARY_RANDOM, TEMPORARY_TAIL) == 0;
}

gboolean
trust_atomic_write_all (int fd, const void *bytes, gsize size)
{
  const guint8 *at = bytes;

  while (size > 0)
    {
      ssize_t n = write (fd, at, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      at += n;
      size -= (gsize) n;
    }
  return TRUE;
}

/* Gives FD the label of what stands at NAME, so that a confined reader may read the new file too. No label, or no right to set
 * one: nothing. */
static void
copy_label (int dir_fd, const char *name, int fd)
{
  struct stat st;
  char label[LABEL_MAX_BYTES];

  if (fstatat (dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG (st.st_mode))
    return;

  int old = openat (dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

  if (old < 0)
    return;

  ssize_t size = fgetxattr (old, LABEL_ATTRIBUTE, label, sizeof label);

  if (size > 0)
    (void) fsetxattr (fd, LABEL_ATTRIBUTE, label, (gsize) size, 0);
  close (old);
}

TrustStaged *
trust_atomic_stage_open (int dir_fd, const char *name, mode_t mode, int *fd_out, GError **error)
{
  gsize name_size = strlen (name) + 1;
  g_autoptr (TrustStaged) staged = g_malloc0 (sizeof *staged + name_size);

  memcpy (staged->name, name, name_size);
  staged->dir_fd = dir_fd;
  staged->fd = -1;
  errno = EINVAL;
  if (is_plain_name (name))
    for (guint try = 0; try < TEMPORARY_TRIES && staged->fd < 0 && (try == 0 || errno == EEXIST); try++)
      {
        make_temporary_name (staged->temporary);
        staged->fd = openat (dir_fd, staged->temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
      }
  if (staged->fd < 0)
    {
      set_error (error, errno, "cannot make a temporary file for", dir_fd, name);
      return NULL;
    }
  staged->pending = TRUE;
  if (fchmod (staged->fd, mode) < 0)
    {
      set_error (error, errno, "cannot set the mode of", dir_fd, name);
      return NULL;
    }
  copy_label (dir_fd, name, staged->fd);
  *fd_out = staged->fd;
  return g_steal_pointer (&staged);
}

gboolean
trust_atomic_finish (TrustStaged *staged, GError **error)
{
  if (staged->fd < 0)
    return TRUE;

  int synced = fsync (staged->fd);
  int saved_errno = errno;

  close (staged->fd);
  staged->fd = -1;
  return synced == 0 || set_error (error, saved_errno, "cannot sync", staged->dir_fd, staged->name);
}

TrustStaged *
trust_atomic_stage_unsynced (int dir_fd, const char *name, const void *bytes, gsize size, mode_t mode, GError **error)
{
  int fd;
  g_autoptr (TrustStaged) staged = trust_atomic_stage_open (dir_fd, name, mode, &fd, error);

  if (staged == NULL)
    return NULL;
  if (!trust_atomic_write_all (fd, bytes, size))
    {
      set_error (error, errno, "cannot write", dir_fd, name);
      return NULL;
    }
  return g_steal_pointer (&staged);
}

TrustStaged *
trust_atomic_stage (int dir_fd, const char *name, const void *bytes, gsize size, mode_t mode, GError **error)
{
  g_autoptr (TrustStaged) staged = trust_atomic_stage_unsynced (dir_fd, name, bytes, size, mode, error);

  if (staged == NULL || !trust_atomic_finish (staged, error))
    return NULL;
  return g_steal_pointer (&staged);
}

gboolean
trust_atomic_commit (TrustStaged *staged, GError **error)
{
  g_assert (!staged->unsynced);
  if (!trust_atomic_finish (staged, error))
    return FALSE;
  if (renameat (staged->dir_fd, staged->temporary, staged->dir_fd, staged->name) < 0)
    return set_error (error, errno, "cannot put in place", staged->dir_fd, staged->name);
  staged->pending = FALSE;
  return TRUE;
}

void
trust_staged_free (TrustStaged *staged)
{
  if (staged == NULL)
    return;
  if (staged->fd >= 0)
    close (staged->fd);
  if (staged->pending)
    unlinkat (staged->dir_fd, staged->temporary, 0);
  g_free (staged);
}

struct _TrustBatch
{
  GPtrArray *staged; /* (owned) of TrustStaged* */
};

TrustBatch *
trust_batch_new (void)
{
  TrustBatch *batch = g_new0 (TrustBatch, 1);

  batch->staged = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_staged_free);
  return batch;
}

void
trust_batch_free (TrustBatch *batch)
{
  g_ptr_array_unref (batch->staged);
  g_free (batch);
}

guint
trust_batch_get_n (const TrustBatch *batch)
{
  return batch->staged->len;
}

/* Closes its descriptor unsynced: ten thousand must not need ten thousand. What it holds is in the kernel's hands, for syncfs(). */
static void
leave (TrustStaged *staged)
{
  if (staged->fd < 0)
    return;
  close (staged->fd);
  staged->fd = -1;
  staged->unsynced = TRUE;
}

void
trust_batch_take (TrustBatch *batch, TrustStaged *staged)
{
  g_ptr_array_add (batch->staged, staged);
  if (batch->staged->len == TRUST_BATCH_MIN)
    g_ptr_array_foreach (batch->staged, (GFunc) (void (*) (void)) leave, NULL);
  else if (batch->staged->len > TRUST_BATCH_MIN)
    leave (staged);
}

/* syncfs() of the file system of STAGED's folder, unless DEVICES (of dev_t) has it. Its errors are those of all writes since it was opened (Linux
 * 5.8). */
static gboolean
sync_file_system (const TrustStaged *staged, GArray *devices, GError **error)
{
  struct stat st;

  if (fstat (staged->dir_fd, &st) < 0)
    return set_error (error, errno, "cannot look at the folder of", staged->dir_fd, staged->name);
  for (guint i = 0; i < devices->len; i++)
    if (g_array_index (devices, dev_t, i) == st.st_dev)
      return TRUE;
  if (syncfs (staged->dir_fd) < 0)
    return set_error (error, errno, "cannot sync", staged->dir_fd, staged->name);
  g_array_append_val (devices, st.st_dev);
  return TRUE;
}

gboolean
trust_batch_sync (TrustBatch *batch, GError **error)
{
  g_autoptr (GArray) devices = g_array_new (FALSE, FALSE, sizeof (dev_t));
  int last = -1;

  for (guint i = 0; i < batch->staged->len; i++)
    {
      TrustStaged *staged = batch->staged->pdata[i];

      /* Many in a row share their folder. */
      if (staged->unsynced && staged->dir_fd != last && !sync_file_system (staged, devices, error))
        return FALSE;
      if (staged->unsynced)
        last = staged->dir_fd;
      if (!trust_atomic_finish (staged, error))
        return FALSE;
    }
  for (guint i = 0; i < batch->staged->len; i++)
    ((TrustStaged *) batch->staged->pdata[i])->unsynced = FALSE;
  return TRUE;
}

gboolean
trust_batch_commit (TrustBatch *batch, GError **error)
{
  if (!trust_batch_sync (batch, error))
    return FALSE;
  for (guint i = 0; i < batch->staged->len; i++)
    if (!trust_atomic_commit (batch->staged->pdata[i], error))
      return FALSE;
  g_ptr_array_set_size (batch->staged, 0);
  return TRUE;
}

gboolean
trust_atomic_write (int dir_fd, const char *name, const void *bytes, gsize size, mode_t mode, GError **error)
{
  g_autoptr (TrustStaged) staged = trust_atomic_stage (dir_fd, name, bytes, size, mode, error);

  return staged != NULL && trust_atomic_commit (staged, error) && trust_atomic_sync_dir (dir_fd, error);
}

/* Renames TEMPORARY to NAME. Where both are one inode already, rename() does nothing and leaves both: so it is unlinked in any
 * case. */
static gboolean
put_in_place (int dir_fd, const char *temporary, const char *name, GError **error)
{
  int result = renameat (dir_fd, temporary, dir_fd, name);
  int saved_errno = errno;

  unlinkat (dir_fd, temporary, 0);
  return result == 0 || set_error (error, saved_errno, "cannot put in place", dir_fd, name);
}

gboolean
trust_atomic_symlink (int dir_fd, const char *target, const char *name, GError **error)
{
  char temporary[TEMPORARY_LENGTH + 1];
  int result = -1;

  errno = EINVAL;
  if (is_plain_name (name))
    for (guint try = 0; try < TEMPORARY_TRIES && result < 0 && (try == 0 || errno == EEXIST); try++)
      {
        make_temporary_name (temporary);
        result = symlinkat (target, dir_fd, temporary);
      }
  if (result < 0)
    return set_error (error, errno, "cannot make the link", dir_fd, name);
  return put_in_place (dir_fd, temporary, name, error);
}

static gboolean
copy (int old_dir_fd, const char *old_name, int new_dir_fd, const char *new_name, GError **error)
{
  struct stat st;
  char buffer[65536];
  ssize_t n = 0;
  int out;
  int in = openat (old_dir_fd, old_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

  if (in < 0 || fstat (in, &st) < 0)
    {
      set_error (error, errno, "cannot copy", old_dir_fd, old_name);
      if (in >= 0)
        close (in);
      return FALSE;
    }

  g_autoptr (TrustStaged) staged = trust_atomic_stage_open (new_dir_fd, new_name, st.st_mode & 07777, &out, error);
  gboolean ok = staged != NULL;

  while (ok && (n = read (in, buffer, sizeof buffer)) > 0)
    ok = trust_atomic_write_all (out, buffer, (gsize) n) || set_error (error, errno, "cannot write", new_dir_fd, new_name);
  if (ok && n < 0)
    ok = set_error (error, errno, "cannot read", old_dir_fd, old_name);
  close (in);
  return ok && trust_atomic_commit (staged, error);
}

gboolean
trust_atomic_link (int old_dir_fd, const char *old_name, int new_dir_fd, const char *new_name, GError **error)
{
  char temporary[TEMPORARY_LENGTH + 1];
  int result;

  if (!is_plain_name (old_name) || !is_plain_name (new_name))
    return set_error (error, EINVAL, "cannot link", new_dir_fd, new_name);
  /* link() itself is atomic, but never replaces. */
  result = linkat (old_dir_fd, old_name, new_dir_fd, new_name, 0);
  if (result == 0)
    return TRUE;
  for (guint try = 0; try < TEMPORARY_TRIES && result < 0 && errno == EEXIST; try++)
    {
      make_temporary_name (temporary);
      result = linkat (old_dir_fd, old_name, new_dir_fd, temporary, 0);
    }
  if (result == 0)
    return put_in_place (new_dir_fd, temporary, new_name, error);
  if (errno == EXDEV || errno == EPERM || errno == EMLINK || errno == EOPNOTSUPP || errno == ENOSYS)
    return copy (old_dir_fd, old_name, new_dir_fd, new_name, error);
  return set_error (error, errno, "cannot link", new_dir_fd, new_name);
}

gboolean
trust_atomic_remove (int dir_fd, const char *name, GError **error)
{
  if (!is_plain_name (name))
    return set_error (error, EINVAL, "cannot remove", dir_fd, name);
  if (unlinkat (dir_fd, name, 0) == 0 || errno == ENOENT)
    return TRUE;
  return set_error (error, errno, "cannot remove", dir_fd, name);
}

gboolean
trust_atomic_remove_dir (int dir_fd, const char *name, GError **error)
{
  if (!is_plain_name (name))
    return set_error (error, EINVAL, "cannot remove", dir_fd, name);
  if (unlinkat (dir_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR)
    return TRUE;
  return set_error (error, errno, "cannot remove", dir_fd, name);
}

int
trust_atomic_make_dir (int dir_fd, const char *name, mode_t mode, GError **error)
{
  int fd = -1;

  errno = EINVAL;
  if (is_plain_name (name) && mkdirat (dir_fd, name, mode) == 0)
    fd = openat (dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  /* Whatever the umask. */
  if (fd >= 0 && fchmod (fd, mode) == 0)
    return fd;
  set_error (error, errno, "cannot make the folder", dir_fd, name);
  if (fd >= 0)
    close (fd);
  return -1;
}

gboolean
trust_atomic_rename (int old_dir_fd, const char *old_name, int new_dir_fd, const char *new_name, GError **error)
{
  if (!is_plain_name (old_name) || !is_plain_name (new_name))
    return set_error (error, EINVAL, "cannot rename", old_dir_fd, old_name);
  if (renameat (old_dir_fd, old_name, new_dir_fd, new_name) == 0)
    return TRUE;
  return set_error (error, errno, "cannot rename", old_dir_fd, old_name);
}

gboolean
trust_atomic_sync_dir (int dir_fd, GError **error)
{
  return fsync (dir_fd) == 0 || set_error (error, errno, "cannot sync the folder", dir_fd, "");
}

guint
trust_atomic_sweep (int dir_fd)
{
  int fd = openat (dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fd < 0 ? NULL : fdopendir (fd);
  struct dirent *entry;
  guint swept = 0;

  if (dir == NULL)
    {
      if (fd >= 0)
        close (fd);
      return 0;
    }
  while ((entry = readdir (dir)) != NULL)
    if (is_temporary_name (entry->d_name) && unlinkat (dir_fd, entry->d_name, 0) == 0)
      swept++;
  closedir (dir);
  return swept;
}
