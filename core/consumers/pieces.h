/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bundle as a row of pieces. A new bundle takes the runs of pieces that it shares with the old file from there, and only the
 * others are made. */
#pragma once

#include "core/atomic.h"
#include "core/certificate.h"
#include "core/root.h"

typedef struct
{
  TrustFingerprint id; /* equal ids are equal bytes */
  gsize length;        /* in the file */
} TrustPiece;

/* Appends piece INDEX's bytes to OUT. */
typedef gboolean (*TrustPieceFill) (gpointer user_data, guint index, GString *out, GError **error);

/* A file as it was last written or compared. Nothing is known of it while `pieces` is NULL. */
typedef struct
{
  int fd; /* (borrowed) open for reading, or -1 */
  TrustStat stat;
  GArray *pieces; /* (borrowed) (nullable) of TrustPiece */
} TrustPiecesOld;

/* Writes PIECES to a temporary beside NAME and syncs it. OLD (nullable): where unchanged pieces are copied from, if the file
 * behind `fd` still is what `stat` says; it is looked at again after the copy. What was written is checked by length, and what
 * was made anew is read back against its hash. FD_OUT (nullable) gets a descriptor of the new file, closed by the caller.
 * Returns: (transfer full). */
TrustStaged *trust_pieces_stage (int dir_fd, const char *name, mode_t mode, GArray *pieces, const TrustPiecesOld *old, TrustPieceFill fill,
                                 gpointer user_data, int *fd_out, GError **error);
/* Does FD hold exactly PIECES? Reads and makes each. */
gboolean trust_pieces_compare (int fd, GArray *pieces, TrustPieceFill fill, gpointer user_data);
gsize trust_pieces_total (GArray *pieces);
/* SHA-256 of SIZE bytes of FD from OFFSET. FALSE when they cannot be read. */
gboolean trust_pieces_hash (int fd, goffset offset, gsize size, TrustFingerprint *out);
/* Reads exactly SIZE bytes at OFFSET; FALSE at the file's end or on an error. */
gboolean trust_pieces_read (int fd, goffset offset, gsize size, void *out);
