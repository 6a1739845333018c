/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The root every path of the core is resolved in: "/" for the daemon, an image's folder for the offline tool.
 * openat2 (RESOLVE_IN_ROOT) means that no link, absolute or hostile, leads out of it. root.c is, with core/atomic.c, the only
 * place that calls anything taking a path; everything else passes absolute paths *inside the root* ("/etc/anchord"). */
#pragma once

#include <gio/gio.h>
#include <sys/stat.h>

typedef struct _TrustRoot TrustRoot;

/* A file's identity and change marks: what tells, without reading it, that it is the file read before. */
typedef struct
{
  guint64 device;
  guint64 inode;
  gint64 size;  /* bytes */
  gint64 mtime; /* nanoseconds */
  gint64 ctime; /* nanoseconds */
  guint32 mode;
  guint32 uid;
} TrustStat;

/* Opens the folder PATH (a host path, absolute or relative) as a root. Returns: (transfer full). */
TrustRoot *trust_root_new (const char *path, GError **error);
TrustRoot *trust_root_ref (TrustRoot *root);
void trust_root_unref (TrustRoot *root);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustRoot, trust_root_unref)

/* The host path it was opened with, for messages. */
const char *trust_root_get_path (TrustRoot *root);
/* Is it the system's own root "/"? */
gboolean trust_root_is_system (TrustRoot *root);

/* openat2 below the root; O_CLOEXEC, O_NOCTTY and O_NONBLOCK (for files) are added. Returns a descriptor or -1 with errno. */
int trust_root_open (TrustRoot *root, const char *path, int flags, mode_t mode);
/* The same by a path relative to the folder DIR_FD (or absolute in the root; -1: the root). Links still end inside the root. */
int trust_root_open_at (TrustRoot *root, int dir_fd, const char *path, int flags);
/* A folder's descriptor (O_DIRECTORY | O_RDONLY) or -1 with errno. Final link followed inside the root. */
int trust_root_open_dir (TrustRoot *root, const char *path);
/* The same, made with its parents where missing (mode for new ones). New folders' parents are synced. -1 with errno. */
int trust_root_make_dir (TrustRoot *root, const char *path, mode_t mode);
/* The same two where no component of PATH may be a link: ELOOP. */
int trust_root_open_plain_dir (TrustRoot *root, const char *path);
int trust_root_make_plain_dir (TrustRoot *root, const char *path, mode_t mode);
/* Like stat (follows links inside the root) and lstat. FALSE with errno. */
gboolean trust_root_stat (TrustRoot *root, const char *path, TrustStat *out);
gboolean trust_root_lstat (TrustRoot *root, const char *path, TrustStat *out);
void trust_stat_from (TrustStat *out, const struct stat *st);
gboolean trust_stat_equal (const TrustStat *a, const TrustStat *b);
/* The link's target, or NULL with errno. Returns: (transfer full). */
char *trust_root_read_link (TrustRoot *root, const char *path);

/* Reads a whole regular file of at most MAX_BYTES; folders, FIFOs, sockets and devices are refused without blocking.
 * A missing file is G_IO_ERROR_NOT_FOUND (domain G_IO_ERROR), everything else TRUST_ERROR. STAT_OUT (nullable) is the fstat of
 * what was read, unchanged over the read. Returns: (transfer full). */
GBytes *trust_root_read (TrustRoot *root, const char *path, gsize max_bytes, TrustStat *stat_out, GError **error);
/* The same by descriptor and name (no slash) or path relative to DIR_FD, still inside the root. */
GBytes *trust_root_read_at (TrustRoot *root, int dir_fd, const char *name, gsize max_bytes, TrustStat *stat_out, GError **error);

/* The names in a folder, sorted by byte value, without "." and "..". NULL with errno. Returns: (transfer full). */
GPtrArray *trust_root_list (TrustRoot *root, const char *path);

/* Removes a folder and everything in it (no links followed). Missing is fine. FALSE with errno. */
gboolean trust_root_remove_tree (TrustRoot *root, const char *path);

/* The lock that covers daemon and offline tool (an OFD write lock on PATH, made with mode 0600). TIMEOUT_MS 0 tries once.
 * Returns: the descriptor that holds it, closed by the caller; -1 with TRUST_ERROR_BUSY when another holds it. */
int trust_root_lock (TrustRoot *root, const char *path, guint timeout_ms, GError **error);
/* Another program's lock: flock (2), exclusive, on the file or folder PATH, which is there. Returns and fails as trust_root_lock(). */
int trust_root_flock (TrustRoot *root, const char *path, guint timeout_ms, GError **error);
