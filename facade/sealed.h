/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sealed memfds: the only descriptors that come in, and how bundles go out. */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

/* Copies what descriptor number HANDLE of FDS holds. It must be a memfd with F_SEAL_SHRINK, F_SEAL_GROW and F_SEAL_WRITE, of at
 * most MAX_BYTES; anything else (file, pipe, FIFO, socket, folder) is TRUST_ERROR_INVALID_ARGUMENT without being read, so nothing
 * can block or change meanwhile. FDS nullable. Returns: (transfer full). */
GBytes *trust_sealed_read (GUnixFDList *fds, gint32 handle, gsize max_bytes, GError **error);
/* A memfd holding BYTES with all seals set, or -1. */
int trust_sealed_new (const char *name, GBytes *bytes, GError **error);
/* A read-only descriptor of the same file with an offset of its own, or -1: descriptors that are passed on share theirs. */
int trust_sealed_reopen (int fd, GError **error);
