/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes that are kept for long and seldom read (the DER of ten thousand certificates), in blocks that can be handed to the page
 * cache: after trust_arena_spill() they are clean pages of an unlinked file, which the kernel may drop and read again, and no
 * longer private memory. Addresses do not change. Thread-safe. One arena a process. */
#pragma once

#include "core/root.h"

/* The largest run of bytes one call takes. */
#define TRUST_ARENA_MAX_BYTES (192u * 1024)

/* A copy of SIZE bytes, to be read only. Returns: (transfer full): given back by trust_arena_release(). */
const guint8 *trust_arena_copy (const void *bytes, gsize size);
void trust_arena_release (const guint8 *bytes, gsize size);

/* Writes what was copied since to a file without a name in FOLDER below ROOT, and maps it in place of the memory. What is less than a few
 * pages stays. A full disk or a file system without O_TMPFILE leaves everything as it was. Returns: how many bytes moved. */
gsize trust_arena_spill (TrustRoot *root, const char *folder);
