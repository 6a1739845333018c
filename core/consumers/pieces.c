/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/pieces.h"

#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <unistd.h>

#define CHUNK (256 * 1024)

typedef struct
{
  int fd;
  int old_fd;
  goffset written;   /* bytes of the new file so far */
  goffset run_start; /* of the old file */
  gsize run_length;
  GString *fresh; /* (owned) made, not written yet */
  GArray *checks; /* (owned) of Check */
} Writer;

/* A fresh stretch of the new file. */
typedef struct
{
  goffset offset;
  gsize length;
  TrustFingerprint digest;
} Check;

gsize
trust_pieces_total (GArray *pieces)
{
  gsize total = 0;

  for (guint i = 0; i < pieces->len; i++)
    total += g_array_index (pieces, TrustPiece, i).length;
  return total;
}

gboolean
trust_pieces_read (int fd, goffset offset, gsize size, void *out)
{
  guint8 *at = out;

  while (size > 0)
    {
      ssize_t n = pread (fd, at, size, offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      at += n;
      offset += n;
      size -= (gsize) n;
    }
  return TRUE;
}

gboolean
trust_pieces_hash (int fd, goffset offset, gsize size, TrustFingerprint *out)
{
  g_autofree guint8 *buffer = g_malloc (MIN (size, CHUNK) + 1);
  gnutls_hash_hd_t hash;
  gboolean ok = TRUE;

  if (size <= CHUNK)
    {
      ok = trust_pieces_read (fd, offset, size, buffer);
      if (ok)
        trust_fingerprint_of (buffer, size, out);
      return ok;
    }
  if (gnutls_hash_init (&hash, GNUTLS_DIG_SHA256) < 0)
    return FALSE;
  while (ok && size > 0)
    {
      gsize n = MIN (size, CHUNK);

      ok = trust_pieces_read (fd, offset, n, buffer) && gnutls_hash (hash, buffer, n) == 0;
      offset += n;
      size -= n;
    }
  gnutls_hash_deinit (hash, out->bytes);
  return ok;
}

/* Through the page cache where the kernel does not copy between these files. */
static gboolean
copy_by_hand (int from, goffset offset, int to, gsize size)
{
  g_autofree guint8 *buffer = g_malloc (MIN (size, CHUNK));

  while (size > 0)
    {
      gsize n = MIN (size, CHUNK);

      if (!trust_pieces_read (from, offset, n, buffer))
        {
          errno = EIO;
          return FALSE;
        }
      if (!trust_atomic_write_all (to, buffer, n))
        return FALSE;
      offset += n;
      size -= n;
    }
  return TRUE;
}

static gboolean
copy_range (int from, goffset offset, int to, gsize size)
{
  off_t at = offset;

  while (size > 0)
    {
      ssize_t n = copy_file_range (from, &at, to, NULL, size, 0);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return copy_by_hand (from, at, to, size);
      size -= (gsize) n;
    }
  return TRUE;
}

static gboolean
flush (Writer *writer)
{
  gboolean ok = TRUE;

  if (writer->run_length > 0)
    ok = copy_range (writer->old_fd, writer->run_start, writer->fd, writer->run_length);
  writer->written += writer->run_length;
  writer->run_length = 0;
  if (ok && writer->fresh->len > 0)
    {
      Check check = { writer->written, writer->fresh->len, { { 0 } } };

      trust_fingerprint_of (writer->fresh->str, writer->fresh->len, &check.digest);
      g_array_append_val (writer->checks, check);
      ok = trust_atomic_write_all (writer->fd, writer->fresh->str, writer->fresh->len);
      writer->written += writer->fresh->len;
      g_string_truncate (writer->fresh, 0);
    }
  return ok;
}

static gboolean
put_old (Writer *writer, goffset offset, gsize length)
{
  if (writer->fresh->len > 0 || (writer->run_length > 0 && writer->run_start + (goffset) writer->run_length != offset))
    if (!flush (writer))
      return FALSE;
  if (writer->run_length == 0)
    writer->run_start = offset;
  writer->run_length += length;
  return TRUE;
}

static gboolean
put_fresh (Writer *writer, const TrustPiece *piece, guint index, TrustPieceFill fill, gpointer user_data, GError **error)
{
  gsize before = 0;

  if ((writer->run_length > 0 || writer->fresh->len > CHUNK) && !flush (writer))
    return trust_error_set_errno (error, errno, "cannot write", "a bundle");
  before = writer->fresh->len;
  if (!fill (user_data, index, writer->fresh, error))
    return FALSE;
  if (writer->fresh->len - before != piece->length)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, "a piece of a bundle has %zu bytes where %zu were expected", writer->fresh->len - before,
                   piece->length);
      return FALSE;
    }
  return TRUE;
}

static gboolean
is_same_piece (const TrustPiece *a, const TrustPiece *b)
{
  return a->length == b->length && trust_fingerprint_equal (&a->id, &b->id);
}

/* id -> offset + 1 of the pieces of OLD between the common head and tail. */
static GHashTable *
index_middle (GArray *old, guint head, guint end, goffset offset)
{
  GHashTable *offsets = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, NULL, g_free);

  for (guint i = head; i < end; i++)
    {
      TrustPiece *piece = &g_array_index (old, TrustPiece, i);
      goffset *value = g_new (goffset, 2);

      value[0] = offset;
      value[1] = (goffset) piece->length;
      g_hash_table_insert (offsets, &piece->id, value);
      offset += piece->length;
    }
  return offsets;
}

static gboolean
write_pieces (Writer *writer, GArray *pieces, GArray *old, TrustPieceFill fill, gpointer user_data, GError **error)
{
  guint n_old = old != NULL ? old->len : 0, head = 0, tail = 0;
  goffset offset = 0, tail_offset = old != NULL ? (goffset) trust_pieces_total (old) : 0;
  g_autoptr (GHashTable) middle = NULL;
  gboolean ok = TRUE;

  while (head < n_old && head < pieces->len && is_same_piece (&g_array_index (pieces, TrustPiece, head), &g_array_index (old, TrustPiece, head)))
    offset += g_array_index (old, TrustPiece, head++).length;
  while (tail < n_old - head && tail < pieces->len - head
         && is_same_piece (&g_array_index (pieces, TrustPiece, pieces->len - 1 - tail), &g_array_index (old, TrustPiece, n_old - 1 - tail)))
    tail_offset -= g_array_index (old, TrustPiece, n_old - 1 - tail++).length;
  if (n_old > head + tail)
    middle = index_middle (old, head, n_old - tail, offset);

  ok = offset == 0 || put_old (writer, 0, offset);
  for (guint i = head; ok && i < pieces->len - tail; i++)
    {
      const TrustPiece *piece = &g_array_index (pieces, TrustPiece, i);
      goffset *at = middle != NULL ? g_hash_table_lookup (middle, &piece->id) : NULL;

      if (at != NULL && at[1] == (goffset) piece->length)
        ok = put_old (writer, at[0], piece->length);
      else if (!put_fresh (writer, piece, i, fill, user_data, error))
        return FALSE;
    }
  ok = ok && (tail == 0 || put_old (writer, tail_offset, trust_pieces_total (old) - tail_offset)) && flush (writer);
  return ok || trust_error_set_errno (error, errno, "cannot write", "a bundle");
}

static gboolean
set_changed_error (GError **error, const char *name)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE, "%s is not what was written to it; it is made anew at the next publishing", name);
  return FALSE;
}

/* Reads back what the page cache holds now. */
static gboolean
verify (Writer *writer, const char *name, gsize total, const TrustPiecesOld *old, GError **error)
{
  struct stat st;
  TrustStat now;
  TrustFingerprint digest;

  if (fstat (writer->fd, &st) < 0 || (gsize) st.st_size != total || (gsize) writer->written != total)
    return set_changed_error (error, name);
  if (old != NULL)
    {
      if (fstat (old->fd, &st) < 0)
        return set_changed_error (error, name);
      trust_stat_from (&now, &st);
      if (now.size != old->stat.size || now.mtime != old->stat.mtime)
        return set_changed_error (error, name);
    }
  for (guint i = 0; i < writer->checks->len; i++)
    {
      const Check *check = &g_array_index (writer->checks, Check, i);

      if (!trust_pieces_hash (writer->fd, check->offset, check->length, &digest) || !trust_fingerprint_equal (&digest, &check->digest))
        return set_changed_error (error, name);
    }
  return TRUE;
}

/* OLD, if it may be copied from. */
static const TrustPiecesOld *
usable (const TrustPiecesOld *old)
{
  struct stat st;
  TrustStat now;

  if (old == NULL || old->fd < 0 || old->pieces == NULL || fstat (old->fd, &st) < 0)
    return NULL;
  trust_stat_from (&now, &st);
  return trust_stat_equal (&now, &old->stat) && (gsize) st.st_size == trust_pieces_total (old->pieces) ? old : NULL;
}

TrustStaged *
trust_pieces_stage (int dir_fd, const char *name, mode_t mode, GArray *pieces, const TrustPiecesOld *old, TrustPieceFill fill, gpointer user_data,
                    int *fd_out, GError **error)
{
  Writer writer = { .fd = -1, .old_fd = -1 };
  const TrustPiecesOld *source = usable (old);
  g_autoptr (TrustStaged) staged = trust_atomic_stage_open (dir_fd, name, mode, &writer.fd, error);
  int kept = -1;
  gboolean ok;

  if (staged == NULL)
    return NULL;
  writer.old_fd = source != NULL ? source->fd : -1;
  writer.fresh = g_string_new (NULL);
  writer.checks = g_array_new (FALSE, FALSE, sizeof (Check));
  ok = write_pieces (&writer, pieces, source != NULL ? source->pieces : NULL, fill, user_data, error)
       && verify (&writer, name, trust_pieces_total (pieces), source, error);
  g_string_free (writer.fresh, TRUE);
  g_array_unref (writer.checks);
  if (ok && fd_out != NULL)
    kept = fcntl (writer.fd, F_DUPFD_CLOEXEC, 3);
  if (!ok || !trust_atomic_finish (staged, error))
    {
      if (kept >= 0)
        close (kept);
      return NULL;
    }
  if (fd_out != NULL)
    *fd_out = kept;
  return g_steal_pointer (&staged);
}

gboolean
trust_pieces_compare (int fd, GArray *pieces, TrustPieceFill fill, gpointer user_data)
{
  struct stat st;
  GString *made = NULL;
  g_autofree guint8 *buffer = NULL;
  goffset offset = 0;
  gsize largest = 0;
  gboolean same = fstat (fd, &st) == 0 && S_ISREG (st.st_mode) && (gsize) st.st_size == trust_pieces_total (pieces);

  if (!same)
    return FALSE;
  for (guint i = 0; i < pieces->len; i++)
    largest = MAX (largest, g_array_index (pieces, TrustPiece, i).length);
  buffer = g_malloc (largest + 1);
  made = g_string_sized_new (largest);
  for (guint i = 0; same && i < pieces->len; i++)
    {
      gsize length = g_array_index (pieces, TrustPiece, i).length;

      g_string_truncate (made, 0);
      same = fill (user_data, i, made, NULL) && made->len == length && trust_pieces_read (fd, offset, length, buffer)
             && memcmp (made->str, buffer, length) == 0;
      offset += length;
    }
  g_string_free (made, TRUE);
  return same;
}
