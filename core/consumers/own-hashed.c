/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/own.h"

#include "core/atomic.h"
#include "core/emitters/emitter.h"
#include "core/error.h"
#include "core/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ENTRY_NAME_MAX 24
#define ENTRY_MAX_BYTES (4 * TRUST_LIMIT_CERTIFICATE_BYTES)

/* One file wanted in, or out of, a bucket. */
typedef struct
{
  guint32 hash;
  gboolean wanted; /* FALSE: to go */
  gboolean placed;
  TrustAnchor *anchor;     /* (borrowed) */
  TrustFingerprint digest; /* of the file's bytes */
} Item;

typedef struct
{
  TrustRoot *root;
  int dir_fd;
  gboolean everything; /* what no item wants goes away */
  gboolean dry;        /* nothing is written */
  TrustBatch *batch;   /* (borrowed) new entries, not in place yet */
  gboolean *wrote;
} Folder;

static void
format_name (char out[ENTRY_NAME_MAX], guint32 hash, guint index)
{
  g_snprintf (out, ENTRY_NAME_MAX, "%08x.%u", hash, index);
}

static gboolean
parse_name (const char *name, guint32 *hash, guint *index)
{
  char again[ENTRY_NAME_MAX];
  int end = 0;

  if (sscanf (name, "%8x.%u%n", hash, index, &end) != 2 || name[end] != '\0')
    return FALSE;
  format_name (again, *hash, *index);
  return g_str_equal (name, again);
}

static void
add_item (GArray *items, TrustAnchor *anchor, gboolean wanted)
{
  Item item = { trust_certificate_get_openssl_hash (trust_anchor_get_certificate (anchor)), wanted, FALSE, anchor, { { 0 } } };
  GString *bytes = g_string_new (NULL);

  trust_emitter_openssl_dir.emit (anchor, bytes);
  trust_fingerprint_of (bytes->str, bytes->len, &item.digest);
  g_string_free (bytes, TRUE);
  g_array_append_val (items, item);
}

static TrustAnchor *
next_server_anchor (const TrustAnchorSet *set, guint *index)
{
  while (set != NULL && *index < trust_anchor_set_get_n_anchors (set))
    {
      TrustAnchor *anchor = trust_anchor_set_get_anchor (set, *index);

      if (trust_anchor_has_purpose (anchor, TRUST_PURPOSE_SERVER_AUTH))
        return anchor;
      (*index)++;
    }
  return NULL;
}

/* What differs from OLD (nullable: all of NEXT). */
static GArray *
collect_items (const TrustAnchorSet *old, const TrustAnchorSet *next)
{
  GArray *items = g_array_new (FALSE, FALSE, sizeof (Item));
  guint i = 0, j = 0;

  for (;;)
    {
      TrustAnchor *before = next_server_anchor (old, &i), *after = next_server_anchor (next, &j);
      int order;

      if (before == NULL && after == NULL)
        return items;
      order = before == NULL  ? 1
              : after == NULL ? -1
                              : trust_fingerprint_compare (trust_anchor_get_fingerprint (before), trust_anchor_get_fingerprint (after));
      if (order != 0)
        add_item (items, order < 0 ? before : after, order > 0);
      i += order <= 0;
      j += order >= 0;
    }
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const Item *x = a, *y = b;

  if (x->hash != y->hash)
    return x->hash < y->hash ? -1 : 1;
  return trust_fingerprint_compare (trust_anchor_get_fingerprint (x->anchor), trust_anchor_get_fingerprint (y->anchor));
}

/* Is the file NAME to stay? The item that wants it is marked. */
static gboolean
keeps (Folder *folder, const char *name, Item *items, guint n_items)
{
  g_autoptr (GBytes) bytes = trust_root_read_at (folder->root, folder->dir_fd, name, ENTRY_MAX_BYTES, NULL, NULL);
  TrustFingerprint digest;

  if (bytes == NULL)
    return FALSE;
  trust_fingerprint_of (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &digest);
  for (guint i = 0; i < n_items; i++)
    if (trust_fingerprint_equal (&digest, &items[i].digest))
      {
        if (!items[i].wanted || items[i].placed)
          return FALSE;
        items[i].placed = TRUE;
        return TRUE;
      }
  return !folder->everything;
}

static gboolean
stage_entry (Folder *folder, const char *name, const Item *item, GError **error)
{
  GString *bytes = NULL;
  TrustStaged *staged = NULL;

  *folder->wrote = TRUE;
  if (folder->dry)
    return TRUE;
  bytes = g_string_new (NULL);
  trust_emitter_openssl_dir.emit (item->anchor, bytes);
  staged = trust_atomic_stage_unsynced (folder->dir_fd, name, bytes->str, bytes->len, 0644, error);
  if (staged != NULL)
    trust_batch_take (folder->batch, staged);
  g_string_free (bytes, TRUE);
  return staged != NULL;
}

/* The last kept entry at or above LIMIT, or -1. */
static int
find_last_kept (const GArray *kept, guint limit)
{
  for (guint i = kept->len; i > limit; i--)
    if (g_array_index (kept, gboolean, i - 1))
      return (int) i - 1;
  return -1;
}

/* Entries from N on go, the last first: what stays has been linked lower before. */
static gboolean
cut_chain (Folder *folder, guint32 hash, guint n, guint length, GError **error)
{
  char name[ENTRY_NAME_MAX];

  for (guint i = length; i > n; i--)
    {
      format_name (name, hash, i - 1);
      *folder->wrote = TRUE;
      if (!folder->dry && !trust_atomic_remove (folder->dir_fd, name, error))
        return FALSE;
    }
  return TRUE;
}

/* KEPT: for each entry of the chain, whether it stays. Holes are filled from the chain's end (as a link: the entry is there
 * twice, never not at all), then with what is new; only then is the end cut off. */
static gboolean
arrange_chain (Folder *folder, guint32 hash, GArray *kept, Item *items, guint n_items, GError **error)
{
  guint n = 0, next_item = 0, length = kept->len;
  char name[ENTRY_NAME_MAX], other[ENTRY_NAME_MAX];

  for (guint i = 0; i < kept->len; i++)
    n += g_array_index (kept, gboolean, i);
  for (guint i = 0; i < n_items; i++)
    n += items[i].wanted && !items[i].placed;
  for (guint i = 0; i < n; i++)
    {
      int last;

      if (i < kept->len && g_array_index (kept, gboolean, i))
        continue;
      format_name (name, hash, i);
      last = find_last_kept (kept, n);
      if (last >= 0)
        {
          format_name (other, hash, last);
          *folder->wrote = TRUE;
          if (!folder->dry && !trust_atomic_link (folder->dir_fd, other, folder->dir_fd, name, error))
            return FALSE;
          g_array_index (kept, gboolean, last) = FALSE;
          continue;
        }
      while (next_item < n_items && (!items[next_item].wanted || items[next_item].placed))
        next_item++;
      items[next_item].placed = TRUE;
      if (!stage_entry (folder, name, &items[next_item], error))
        return FALSE;
    }
  if (length <= n)
    return TRUE;
  return trust_batch_commit (folder->batch, error) && cut_chain (folder, hash, n, length, error);
}

/* ITEMS: all of one bucket. LENGTH: of its chain, where it is known from a listing; else it is probed. */
static gboolean
fix_bucket (Folder *folder, guint32 hash, Item *items, guint n_items, guint listed, GError **error)
{
  g_autoptr (GArray) kept = g_array_new (FALSE, TRUE, sizeof (gboolean));
  char name[ENTRY_NAME_MAX];

  for (guint i = 0; folder->everything ? i < listed : TRUE; i++)
    {
      gboolean keep;
      struct stat st;

      format_name (name, hash, i);
      if (!folder->everything)
        {
          int fd = trust_root_open_at (folder->root, folder->dir_fd, name, O_RDONLY | O_NOFOLLOW);
          gboolean there = fd >= 0 && fstat (fd, &st) == 0;

          if (fd >= 0)
            close (fd);
          if (!there)
            break;
        }
      keep = keeps (folder, name, items, n_items);
      g_array_append_val (kept, keep);
    }
  return arrange_chain (folder, hash, kept, items, n_items, error);
}

/* hash -> the number of the last entry + 1, for every bucket in the folder. Entries of other names than ours are not touched. */
static GHashTable *
list_buckets (TrustRoot *root)
{
  g_autoptr (GPtrArray) names = trust_root_list (root, TRUST_OWN_HASHED);
  GHashTable *lengths = g_hash_table_new (NULL, NULL);
  guint32 hash;
  guint index;

  for (guint i = 0; names != NULL && i < names->len; i++)
    if (parse_name (names->pdata[i], &hash, &index) && index < 65536
        && index + 1 > GPOINTER_TO_UINT (g_hash_table_lookup (lengths, GUINT_TO_POINTER (hash))))
      g_hash_table_insert (lengths, GUINT_TO_POINTER (hash), GUINT_TO_POINTER (index + 1));
  return lengths;
}

/* Buckets that nobody wants any more. */
static gboolean
empty_buckets (Folder *folder, GHashTable *lengths, GError **error)
{
  GHashTableIter iter;
  gpointer hash, length;

  g_hash_table_iter_init (&iter, lengths);
  while (g_hash_table_iter_next (&iter, &hash, &length))
    if (!cut_chain (folder, GPOINTER_TO_UINT (hash), 0, GPOINTER_TO_UINT (length), error))
      return FALSE;
  return TRUE;
}

gboolean
trust_own_publish_hashed (TrustRoot *root, int dir_fd, const TrustAnchorSet *old, const TrustAnchorSet *next, gboolean dry, gboolean *wrote,
                          GError **error)
{
  g_autoptr (GArray) items = collect_items (old, next);
  g_autoptr (GHashTable) lengths = old == NULL ? list_buckets (root) : NULL;
  g_autoptr (TrustBatch) batch = trust_batch_new ();
  Folder folder = { root, dir_fd, old == NULL, dry, batch, wrote };

  g_array_sort (items, compare_items);
  for (guint i = 0, n = 1; i < items->len; i += n)
    {
      Item *first = &g_array_index (items, Item, i);
      gpointer key = GUINT_TO_POINTER (first->hash);
      guint listed = lengths != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (lengths, key)) : 0;

      for (n = 1; i + n < items->len && first[n].hash == first->hash; n++)
        ;
      if (!fix_bucket (&folder, first->hash, first, n, listed, error))
        return FALSE;
      if (lengths != NULL)
        g_hash_table_remove (lengths, key);
    }
  return trust_batch_commit (folder.batch, error) && (lengths == NULL || empty_buckets (&folder, lengths, error));
}
