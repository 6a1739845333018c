/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that are the old one or the new one, never between. Two steps, so that many can share their syncs:
 * stage (temporary beside its target, written, synced) and commit (one rename). Temporaries are named ".anchord-XXXXXX.tmp",
 * so no consumer's pattern (.pem .crt .cer .crl, HHHHHHHH.N) takes them. Folders are synced by trust_atomic_sync_dir(). */
#pragma once

#include <gio/gio.h>
#include <sys/stat.h>

typedef struct _TrustStaged TrustStaged;

/* Writes BYTES to a temporary in DIR_FD (borrowed: it stays open until the last trust_staged_free) and syncs it (data and
 * size). Of an existing NAME the SELinux label (security.selinux) is taken over, owner and mode are not. MODE is set exactly,
 * whatever the umask. Returns: (transfer full). */
TrustStaged *trust_atomic_stage (int dir_fd, const char *name, const void *bytes, gsize size, mode_t mode, GError **error);
/* An empty temporary to be filled through its descriptor (borrowed), then finished by trust_atomic_finish(), which syncs it. */
TrustStaged *trust_atomic_stage_open (int dir_fd, const char *name, mode_t mode, int *fd_out, GError **error);
gboolean trust_atomic_finish (TrustStaged *staged, GError **error);
/* The same in one, not yet synced: for a batch. */
TrustStaged *trust_atomic_stage_unsynced (int dir_fd, const char *name, const void *bytes, gsize size, mode_t mode, GError **error);
/* Renames the temporary over its name. */
gboolean trust_atomic_commit (TrustStaged *staged, GError **error);
/* Frees; an uncommitted temporary is removed. */
void trust_staged_free (TrustStaged *staged);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustStaged, trust_staged_free)

/* Many staged files that share a sync: from TRUST_BATCH_MIN on their descriptors are closed at once, and one syncfs() of each file system makes
 * all of them durable, in place of an fsync() each. */
typedef struct _TrustBatch TrustBatch;
#define TRUST_BATCH_MIN 16u

TrustBatch *trust_batch_new (void);
/* Frees; temporaries that were not committed are removed. */
void trust_batch_free (TrustBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustBatch, trust_batch_free)
guint trust_batch_get_n (const TrustBatch *batch);
/* Takes STAGED (transfer full), which has been filled. */
void trust_batch_take (TrustBatch *batch, TrustStaged *staged);
/* Makes all temporaries durable. */
gboolean trust_batch_sync (TrustBatch *batch, GError **error);
/* The same, where it is not done yet; then renames them over their names, in their order, and empties the batch. */
gboolean trust_batch_commit (TrustBatch *batch, GError **error);

/* stage + commit + folder sync. */
gboolean trust_atomic_write (int dir_fd, const char *name, const void *bytes, gsize size, mode_t mode, GError **error);
/* A symbolic link put in place by rename (no sync). */
gboolean trust_atomic_symlink (int dir_fd, const char *target, const char *name, GError **error);
/* NEW_NAME becomes a hard link of OLD_NAME, or, where link() fails (EXDEV, EPERM, EMLINK, ENOTSUP), a synced copy. */
gboolean trust_atomic_link (int old_dir_fd, const char *old_name, int new_dir_fd, const char *new_name, GError **error);
/* unlinkat; a missing name is fine. */
gboolean trust_atomic_remove (int dir_fd, const char *name, GError **error);
/* The same for a folder; one that holds something, or that is none, stays and is fine too. */
gboolean trust_atomic_remove_dir (int dir_fd, const char *name, GError **error);
/* A new folder, not synced: its descriptor, or -1. */
int trust_atomic_make_dir (int dir_fd, const char *name, mode_t mode, GError **error);
/* renameat within or between folders of one file system. */
gboolean trust_atomic_rename (int old_dir_fd, const char *old_name, int new_dir_fd, const char *new_name, GError **error);
/* fsync of a folder. */
gboolean trust_atomic_sync_dir (int dir_fd, GError **error);
/* Removes temporaries left by a killed writer in DIR_FD. Returns how many. */
guint trust_atomic_sweep (int dir_fd);
/* write() until all is written; FALSE with errno. */
gboolean trust_atomic_write_all (int fd, const void *bytes, gsize size);
