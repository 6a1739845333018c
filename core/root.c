/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/root.h"

#include "core/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* openat2 gives EAGAIN when a rename races with a ".." it walks. */
#define RESOLVE_TRIES 128

struct _TrustRoot
{
  gatomicrefcount ref_count;
  int fd;
  gboolean is_system;
  char *path; /* (owned) */
};

static void
close_keeping_errno (int fd)
{
  int saved_errno = errno;

  close (fd);
  errno = saved_errno;
}

TrustRoot *
trust_root_new (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  struct stat own, system_root;

  if (fd < 0)
    {
      trust_error_set_errno (error, errno, "cannot open the root folder", path);
      return NULL;
    }

  TrustRoot *root = g_new0 (TrustRoot, 1);

  g_atomic_ref_count_init (&root->ref_count);
  root->fd = fd;
  root->path = g_strdup (path);
  root->is_system = fstat (fd, &own) == 0 && stat ("/", &system_root) == 0 && own.st_dev == system_root.st_dev && own.st_ino == system_root.st_ino;
  return root;
}

TrustRoot *
trust_root_ref (TrustRoot *root)
{
  g_atomic_ref_count_inc (&root->ref_count);
  return root;
}

void
trust_root_unref (TrustRoot *root)
{
  if (!g_atomic_ref_count_dec (&root->ref_count))
    return;
  close (root->fd);
  g_free (root->path);
  g_free (root);
}

const char *
trust_root_get_path (TrustRoot *root)
{
  return root->path;
}

gboolean
trust_root_is_system (TrustRoot *root)
{
  return root->is_system;
}

static int
open_resolved (int dir_fd, const char *path, int flags, mode_t mode, guint64 resolve)
{
  struct open_how how = {
    .flags = (guint64) (guint) (flags | O_CLOEXEC),
    .mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? mode & 07777 : 0,
    .resolve = resolve | RESOLVE_NO_MAGICLINKS,
  };
  long fd = -1;

  /* With O_PATH nothing is opened, so openat2 refuses the other flags. */
  if ((flags & O_PATH) == 0)
    how.flags |= O_NOCTTY;
  if ((flags & (O_PATH | O_DIRECTORY)) == 0)
    how.flags |= O_NONBLOCK;
  for (guint try = 0; try < RESOLVE_TRIES; try++)
    {
      fd = syscall (SYS_openat2, dir_fd, path, &how, sizeof how);
      if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
        break;
    }
  return (int) fd;
}

int
trust_root_open (TrustRoot *root, const char *path, int flags, mode_t mode)
{
  return open_resolved (root->fd, path, flags, mode, RESOLVE_IN_ROOT);
}

int
trust_root_open_dir (TrustRoot *root, const char *path)
{
  return trust_root_open (root, path, O_RDONLY | O_DIRECTORY, 0);
}

/* Makes NAME in PARENT. Its mode is MODE whatever the umask: a folder of certificates that only root may enter trusts nothing. */
static int
make_one_dir (int parent, const char *name, mode_t mode)
{
  if (mkdirat (parent, name, mode) < 0)
    return errno == EEXIST ? 0 : -1;

  int fd = openat (parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  if (fd < 0)
    return -1;

  int result = fchmod (fd, mode) < 0 || fsync (parent) < 0 ? -1 : 0;

  close_keeping_errno (fd);
  return result;
}

int
trust_root_open_plain_dir (TrustRoot *root, const char *path)
{
  return open_resolved (root->fd, path, O_RDONLY | O_DIRECTORY, 0, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
}

/* OPEN: with which of the functions above its parts are opened. */
static int
make_dir (TrustRoot *root, const char *path, mode_t mode, int (*open) (TrustRoot *root, const char *path))
{
  int fd = open (root, path);

  if (fd >= 0 || errno != ENOENT)
    return fd;

  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  g_autoptr (GString) prefix = g_string_new ("/");

  fd = open (root, "/");
  for (char **part = parts; *part != NULL && fd >= 0; part++)
    {
      if (**part == '\0')
        continue;
      g_string_append_printf (prefix, "%s/", *part);

      int next = open (root, prefix->str);

      if (next < 0 && errno == ENOENT && make_one_dir (fd, *part, mode) == 0)
        next = open (root, prefix->str);
      close_keeping_errno (fd);
      fd = next;
    }
  return fd;
}

int
trust_root_make_dir (TrustRoot *root, const char *path, mode_t mode)
{
  return make_dir (root, path, mode, trust_root_open_dir);
}

int
trust_root_make_plain_dir (TrustRoot *root, const char *path, mode_t mode)
{
  return make_dir (root, path, mode, trust_root_open_plain_dir);
}

void
trust_stat_from (TrustStat *out, const struct stat *st)
{
  *out = (TrustStat) {
    .device = st->st_dev,
    .inode = st->st_ino,
    .size = st->st_size,
    .mtime = (gint64) st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
    .ctime = (gint64) st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec,
    .mode = st->st_mode,
    .uid = st->st_uid,
  };
}

gboolean
trust_stat_equal (const TrustStat *a, const TrustStat *b)
{
  return a->device == b->device && a->inode == b->inode && a->size == b->size && a->mtime == b->mtime && a->ctime == b->ctime && a->mode == b->mode
         && a->uid == b->uid;
}

static gboolean
stat_with (TrustRoot *root, const char *path, int flags, TrustStat *out)
{
  int fd = trust_root_open (root, path, O_PATH | flags, 0);
  struct stat st;

  if (fd < 0)
    return FALSE;

  gboolean ok = fstat (fd, &st) == 0;

  close_keeping_errno (fd);
  if (ok)
    trust_stat_from (out, &st);
  return ok;
}

gboolean
trust_root_stat (TrustRoot *root, const char *path, TrustStat *out)
{
  return stat_with (root, path, 0, out);
}

gboolean
trust_root_lstat (TrustRoot *root, const char *path, TrustStat *out)
{
  return stat_with (root, path, O_NOFOLLOW, out);
}

char *
trust_root_read_link (TrustRoot *root, const char *path)
{
  int fd = trust_root_open (root, path, O_PATH | O_NOFOLLOW, 0);
  struct stat st;
  char target[PATH_MAX];
  ssize_t size = -1;

  if (fd < 0)
    return NULL;
  if (fstat (fd, &st) == 0)
    size = S_ISLNK (st.st_mode) ? readlinkat (fd, "", target, sizeof target) : (errno = EINVAL, -1);
  close_keeping_errno (fd);
  return size < 0 ? NULL : g_strndup (target, (gsize) size);
}

/* Where DIR_FD lies inside the root, or NULL with errno. What /proc says is only believed when the same folder is found there. */
static char *
path_of_dir (TrustRoot *root, int dir_fd)
{
  char links[2][PATH_MAX];
  int fds[2] = { root->fd, dir_fd };

  for (guint i = 0; i < 2; i++)
    {
      char name[64];
      ssize_t size;

      g_snprintf (name, sizeof name, "/proc/self/fd/%d", fds[i]);
      size = readlink (name, links[i], PATH_MAX - 1);
      if (size < 0)
        return NULL;
      links[i][size] = '\0';
    }

  gsize length = strcmp (links[0], "/") == 0 ? 0 : strlen (links[0]);
  struct stat own;
  TrustStat found;

  if (strncmp (links[0], links[1], length) != 0 || fstat (dir_fd, &own) < 0)
    return errno = EXDEV, NULL;

  g_autofree char *path = g_strconcat ("/", links[1] + length, NULL);

  if (!trust_root_stat (root, path, &found))
    return NULL;
  if (found.device != own.st_dev || found.inode != own.st_ino)
    return errno = EXDEV, NULL;
  return g_steal_pointer (&path);
}

/* openat2's RESOLVE_IN_ROOT takes the folder it starts from for the root. So a path that stays below DIR_FD is tried first, and
 * one that leaves it (by an absolute or a ".." link) is resolved again from the root. */
int
trust_root_open_at (TrustRoot *root, int dir_fd, const char *name, int flags)
{
  if (dir_fd < 0 || *name == '/')
    return trust_root_open (root, name, flags, 0);

  int fd = open_resolved (dir_fd, name, flags, 0, RESOLVE_BENEATH);

  if (fd >= 0 || errno != EXDEV)
    return fd;

  g_autofree char *dir = path_of_dir (root, dir_fd);

  if (dir == NULL)
    return -1;

  g_autofree char *path = g_build_filename (dir, name, NULL);

  return trust_root_open (root, path, flags, 0);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Consumes FD. */
static GPtrArray *
list_fd (int fd)
{
  DIR *dir = fdopendir (fd);
  struct dirent *entry;

  if (dir == NULL)
    {
      close_keeping_errno (fd);
      return NULL;
    }

  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  while (errno = 0, (entry = readdir (dir)) != NULL)
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      g_ptr_array_add (names, g_strdup (entry->d_name));

  int read_errno = errno;

  closedir (dir);
  if (read_errno != 0)
    return errno = read_errno, NULL;
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

GPtrArray *
trust_root_list (TrustRoot *root, const char *path)
{
  int fd = trust_root_open_dir (root, path);

  return fd < 0 ? NULL : list_fd (fd);
}

/* Another file system mounted inside is not part of the tree: EXDEV. */
static gboolean
remove_entry (int parent, const char *name, dev_t device)
{
  struct stat st;

  if (fstatat (parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
    return errno == ENOENT;
  if (!S_ISDIR (st.st_mode))
    return unlinkat (parent, name, 0) == 0 || errno == ENOENT;
  if (st.st_dev != device)
    return errno = EXDEV, FALSE;

  int fd = openat (parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  int listed = fd < 0 ? -1 : fcntl (fd, F_DUPFD_CLOEXEC, 0);
  g_autoptr (GPtrArray) names = listed < 0 ? NULL : list_fd (listed);
  gboolean ok = names != NULL;

  for (guint i = 0; ok && i < names->len; i++)
    ok = remove_entry (fd, g_ptr_array_index (names, i), device);
  if (fd >= 0)
    close_keeping_errno (fd);
  return ok && (unlinkat (parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT);
}

gboolean
trust_root_remove_tree (TrustRoot *root, const char *path)
{
  g_autofree char *parent_path = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  struct stat st;

  if (strcmp (name, "/") == 0 || strcmp (name, ".") == 0 || strcmp (name, "..") == 0)
    return errno = EINVAL, FALSE;

  int parent = trust_root_open_dir (root, parent_path);

  if (parent < 0)
    return errno == ENOENT;

  gboolean ok = fstat (parent, &st) == 0 && remove_entry (parent, name, st.st_dev);

  close_keeping_errno (parent);
  return ok;
}
