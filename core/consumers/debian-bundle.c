/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/debian.h"

#include <string.h>
#include <sys/stat.h>

/* A piece ends where a PEM block does, within so much and so many blocks; another kind is looked for by its length. */
#define WINDOW (256 * 1024)
#define BLOCKS_MAX 8
#define LENGTHS_MAX 64

static const char end_line[] = "-----END CERTIFICATE-----";

/* Is PIECE what stands at OFFSET? The tool adds a newline where a file has none at its end, and that is not in the file's hash.
 */
static gboolean
stands_at (int fd, goffset offset, const TrustPiece *piece)
{
  TrustFingerprint digest;
  char last = '\0';

  if (!trust_pieces_hash (fd, offset, piece->length, &digest))
    return FALSE;
  if (trust_fingerprint_equal (&digest, &piece->id))
    return TRUE;
  return piece->length > 0 && trust_pieces_read (fd, offset + (goffset) piece->length - 1, 1, &last) && last == '\n'
         && trust_pieces_hash (fd, offset, piece->length - 1, &digest) && trust_fingerprint_equal (&digest, &piece->id);
}

/* The pieces that a bundle in another order still lacks. */
typedef struct
{
  GHashTable *by_id;   /* (owned) TrustFingerprint* (borrowed) -> owned Lacking* */
  GHashTable *lengths; /* (owned) set: lengths of pieces */
  GArray *found;       /* (owned) of TrustPiece */
} Search;

typedef struct
{
  gsize length;
  guint n;
} Lacking;

/* The piece of LENGTH bytes at OFFSET, if it is one that is still lacking: taken. */
static gboolean
take (Search *search, int fd, goffset offset, gsize length)
{
  TrustPiece piece = { { { 0 } }, length };
  Lacking *lacking = NULL;

  if (!g_hash_table_contains (search->lengths, GSIZE_TO_POINTER (length)))
    return FALSE;
  for (guint shorter = 0; shorter < 2 && lacking == NULL; shorter++)
    {
      if (length < shorter || !trust_pieces_hash (fd, offset, length - shorter, &piece.id))
        return FALSE;
      lacking = g_hash_table_lookup (search->by_id, &piece.id);
    }
  if (lacking == NULL || lacking->n == 0 || lacking->length != length || !stands_at (fd, offset, &piece))
    return FALSE;
  lacking->n--;
  g_array_append_val (search->found, piece);
  return TRUE;
}

static gboolean
take_next (Search *search, int fd, goffset offset, gsize left, char *window)
{
  gsize size = MIN (left, WINDOW);
  const char *at = window;
  GHashTableIter iter;
  gpointer length;

  if (!trust_pieces_read (fd, offset, size, window))
    return FALSE;
  for (guint i = 0; i < BLOCKS_MAX && at != NULL; i++)
    {
      const char *block = memmem (at, size - (gsize) (at - window), end_line, sizeof end_line - 1);

      at = block != NULL ? memchr (block, '\n', size - (gsize) (block - window)) : NULL;
      if (at != NULL && take (search, fd, offset, (gsize) (++at - window)))
        return TRUE;
    }
  if (g_hash_table_size (search->lengths) > LENGTHS_MAX)
    return FALSE;
  g_hash_table_iter_init (&iter, search->lengths);
  while (g_hash_table_iter_next (&iter, &length, NULL))
    if (GPOINTER_TO_SIZE (length) > 0 && GPOINTER_TO_SIZE (length) <= left && take (search, fd, offset, GPOINTER_TO_SIZE (length)))
      return TRUE;
  return FALSE;
}

/* The local part, from piece FIRST on, in the order it has in FD from OFFSET on; NULL if it is not just these pieces. */
static GArray *
match_reordered (int fd, GArray *pieces, guint first, goffset offset, gsize total)
{
  Search search = { g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, NULL, g_free), g_hash_table_new (NULL, NULL),
                    g_array_new (FALSE, FALSE, sizeof (TrustPiece)) };
  g_autofree char *window = g_malloc (WINDOW);
  gboolean ok = TRUE;

  if (first > 0)
    g_array_append_vals (search.found, pieces->data, first);
  for (guint i = first; i < pieces->len; i++)
    {
      TrustPiece *piece = &g_array_index (pieces, TrustPiece, i);
      Lacking *lacking = g_hash_table_lookup (search.by_id, &piece->id);

      if (piece->length == 0)
        continue;
      if (lacking == NULL)
        {
          lacking = g_new0 (Lacking, 1);
          lacking->length = piece->length;
          g_hash_table_insert (search.by_id, &piece->id, lacking);
        }
      lacking->n++;
      g_hash_table_add (search.lengths, GSIZE_TO_POINTER (piece->length));
    }
  while (ok && (gsize) offset < total)
    {
      ok = take_next (&search, fd, offset, total - (gsize) offset, window);
      if (ok)
        offset += g_array_index (search.found, TrustPiece, search.found->len - 1).length;
    }
  g_hash_table_unref (search.by_id);
  g_hash_table_unref (search.lengths);
  if (ok)
    return search.found;
  g_array_unref (search.found);
  return NULL;
}

GArray *
trust_debian_bundle_match (int fd, const TrustDebianInput *input)
{
  GArray *pieces = input->pieces;
  gsize total = trust_pieces_total (pieces);
  goffset offset = 0, local = 0;
  struct stat st;

  if (fstat (fd, &st) < 0 || !S_ISREG (st.st_mode) || (gsize) st.st_size != total)
    return NULL;
  for (guint i = 0; i < pieces->len; i++)
    {
      const TrustPiece *piece = &g_array_index (pieces, TrustPiece, i);

      if (i == input->n_configured)
        local = offset;
      if (!stands_at (fd, offset, piece))
        return i < input->n_configured ? NULL : match_reordered (fd, pieces, input->n_configured, local, total);
      offset += piece->length;
    }
  return g_array_copy (pieces);
}
