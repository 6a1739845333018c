/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/found.h"

#include "core/limits.h"
#include "core/sources/file.h"

#include <string.h>

#define ANCHORS_FOLDER "/etc/anchord/anchors.d"
#define ANCHORS_SOURCE "anchors-etc"
#define NULL_DEVICE "/dev/null"
#define LINK_MODE (S_IFLNK | 0777)

/* What the journal has of a file. */
typedef struct
{
  TrustFingerprint digest;
  guint32 mode;
  guint round;     /* of the look that last came by */
  TrustStat *stat; /* (owned) (nullable) when it had that digest */
} Known;

struct _TrustFound
{
  GHashTable *known; /* (owned) char* (owned) -> Known* (owned) */
  guint round;
};

typedef struct
{
  TrustFound *found;
  TrustRoot *root;
  GPtrArray *out;
  GPtrArray *rows;
  gsize size; /* of the contents in OUT */
  gboolean is_full;
} Look;

/* What is looked at. Other files of the tree say nothing of trust. */
static const char *const folders[] = { ANCHORS_FOLDER "/", TRUST_STORES_FOLDER "/", TRUST_CRLS_FOLDER "/", TRUST_PLACED_FOLDER "/" };

static void
known_free (Known *known)
{
  g_free (known->stat);
  g_free (known);
}

static gboolean
is_looked_at (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    if (g_str_has_prefix (path, folders[i]))
      return TRUE;
  return FALSE;
}

static void
learn (TrustFound *found, const char *path, GBytes *content, guint32 mode)
{
  Known *known = NULL;

  if (!is_looked_at (path) || g_str_has_suffix (path, "/"))
    return;
  if (content == NULL)
    {
      g_hash_table_remove (found->known, path);
      return;
    }
  known = g_new0 (Known, 1);
  trust_fingerprint_of (g_bytes_get_data (content, NULL), g_bytes_get_size (content), &known->digest);
  known->mode = mode;
  g_hash_table_replace (found->known, g_strdup (path), known);
}

TrustFound *
trust_found_new (const TrustJournalFold *fold)
{
  TrustFound *found = g_new0 (TrustFound, 1);
  g_autoptr (GPtrArray) files = trust_journal_fold_list_files (fold);

  found->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) known_free);
  for (guint i = 0; i < files->len; i++)
    {
      const TrustJournalTreeFile *file = files->pdata[i];
      g_autoptr (GBytes) content = trust_journal_tree_file_decode (file);

      learn (found, file->path, content, file->mode);
    }
  return found;
}

void
trust_found_free (TrustFound *found)
{
  if (found == NULL)
    return;
  g_hash_table_unref (found->known);
  g_free (found);
}

void
trust_found_learn (TrustFound *found, const GPtrArray *files)
{
  for (guint i = 0; i < files->len; i++)
    {
      const TrustJournalFile *file = files->pdata[i];

      learn (found, file->path, file->content, file->mode);
    }
}

/* The entry for PATH, which this look came by. (nullable) */
static Known *
visit (Look *look, const char *path)
{
  Known *known = g_hash_table_lookup (look->found->known, path);

  if (known != NULL)
    known->round = look->found->round;
  return known;
}

static gboolean
is_known (const Known *known, const TrustFingerprint *digest, guint32 mode)
{
  return known != NULL && known->mode == mode && trust_fingerprint_equal (&known->digest, digest);
}

/* CONTENT stands at PATH. Is it news, and does it fit? */
static gboolean
take (Look *look, const char *path, Known *known, GBytes *content, guint32 mode)
{
  TrustFingerprint digest;

  trust_fingerprint_of (g_bytes_get_data (content, NULL), g_bytes_get_size (content), &digest);
  if (is_known (known, &digest, mode))
    return FALSE;
  if (look->size > 0 && look->size + g_bytes_get_size (content) > TRUST_LIMIT_JOURNAL_FOUND_BYTES)
    {
      look->is_full = TRUE;
      return FALSE;
    }
  look->size += g_bytes_get_size (content);
  g_ptr_array_add (look->out, trust_journal_file_new (path, content, mode));
  return TRUE;
}

static void
take_link (Look *look, const char *path, const char *target)
{
  g_autoptr (GBytes) content = g_bytes_new (target, strlen (target));

  take (look, path, visit (look, path), content, LINK_MODE);
}

/* The file at PATH as it is now. NULL: it is gone again, or nothing that a journal should hold. (transfer full) (nullable) */
static GBytes *
read_file (Look *look, const char *path, gsize limit, TrustStat *stat)
{
  g_autoptr (GBytes) content = trust_root_read (look->root, path, limit, stat, NULL);

  if (content == NULL || memmem (g_bytes_get_data (content, NULL), g_bytes_get_size (content), "PRIVATE KEY-----", 16) != NULL)
    return NULL;
  return g_steal_pointer (&content);
}

/* A file of which no digest is at hand. */
static void
look_at_file (Look *look, const char *path, gsize limit, const TrustStat *stat)
{
  Known *known = visit (look, path);
  g_autoptr (GBytes) content = NULL;
  TrustStat read;

  if (known != NULL && known->stat != NULL && trust_stat_equal (known->stat, stat))
    return;
  content = read_file (look, path, limit, &read);
  if (content == NULL)
    return;
  if (!take (look, path, known, content, read.mode & 07777) && known != NULL && !look->is_full)
    {
      g_free (known->stat);
      known->stat = g_memdup2 (&read, sizeof read);
    }
}

/* A row of a source or a store. */
static void
look_at_row (Look *look, TrustSourceFile *row)
{
  const char *path = trust_origin_get_path (row->origin);
  static const TrustFingerprint none;
  g_autoptr (GBytes) content = NULL;
  TrustStat read;

  if (!is_looked_at (path))
    return;
  if (row->status == TRUST_FILE_MASKED)
    take_link (look, path, NULL_DEVICE);
  else if (row->status == TRUST_FILE_LAST_GOOD)
    visit (look, path);
  else if (row->status == TRUST_FILE_IGNORED && g_str_has_suffix (path, "/" TRUST_STORE_CONF))
    look_at_file (look, path, TRUST_LIMIT_ANCHOR_FILE_BYTES, &row->stat);
  else if (row->status == TRUST_FILE_TAKEN && !trust_fingerprint_equal (&row->digest, &none))
    {
      Known *known = visit (look, path);

      if (is_known (known, &row->digest, row->stat.mode & 07777))
        return;
      content = read_file (look, path, TRUST_LIMIT_ANCHOR_FILE_BYTES, &read);
      if (content != NULL && take (look, path, known, content, read.mode & 07777))
        g_ptr_array_add (look->rows, row);
    }
}

static void
look_at_state (Look *look, const TrustSourceState *state)
{
  for (guint i = 0; i < state->files->len; i++)
    look_at_row (look, state->files->pdata[i]);
}

/* Consumers' files and the markers beside them. */
static void
look_at_placed (Look *look)
{
  g_autoptr (GPtrArray) names = trust_root_list (look->root, TRUST_PLACED_FOLDER);

  if (names == NULL || trust_source_is_open (look->root, TRUST_PLACED_FOLDER))
    return;
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = names->pdata[i];
      g_autofree char *path = g_build_filename (TRUST_PLACED_FOLDER, name, NULL), *link = NULL, *insecurity = NULL;
      TrustFoundFile file = { .path = path };
      TrustStat target;

      if (*name == '.' || !trust_root_lstat (look->root, path, &file.link)
          || !(g_str_has_suffix (name, TRUST_PLACED_SUFFIX) || g_str_has_suffix (name, TRUST_PLACED_ENABLED)
               || g_str_has_suffix (name, TRUST_PLACED_DISABLED)))
        continue;
      link = trust_root_read_link (look->root, path);
      if (!trust_root_stat (look->root, path, &target))
        target = file.link;
      insecurity = trust_source_find_insecurity (look->root, &file, &target);
      if (g_strcmp0 (link, NULL_DEVICE) == 0)
        take_link (look, path, NULL_DEVICE);
      else if (insecurity == NULL)
        look_at_file (look, path, TRUST_LIMIT_CONSUMER_FILE_BYTES, &target);
    }
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* What this look did not come by. */
static void
take_gone (Look *look)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer path = NULL, known = NULL;

  g_hash_table_iter_init (&iter, look->found->known);
  while (g_hash_table_iter_next (&iter, &path, &known))
    if (((Known *) known)->round != look->found->round)
      g_ptr_array_add (gone, path);
  g_ptr_array_sort (gone, compare_paths);
  for (guint i = 0; i < gone->len; i++)
    g_ptr_array_add (look->out, trust_journal_file_new (gone->pdata[i], NULL, 0));
}

gboolean
trust_found_look (TrustFound *found, TrustRoot *root, const TrustSnapshot *snapshot, GPtrArray *out, GPtrArray *rows)
{
  Look look = { .found = found, .root = root, .out = out, .rows = rows };
  const TrustSourceState *state = trust_snapshot_find_state (snapshot, ANCHORS_SOURCE);

  found->round++;
  if (state != NULL)
    look_at_state (&look, state);
  for (guint i = 0; i < snapshot->stores->len; i++)
    look_at_state (&look, ((TrustStore *) snapshot->stores->pdata[i])->state);
  for (guint i = 0; i < snapshot->kept->len; i++)
    {
      const TrustKeptCrl *kept = snapshot->kept->pdata[i];

      if (kept->fault == NULL && is_looked_at (kept->path))
        look_at_file (&look, kept->path, 2 * (gsize) TRUST_LIMIT_CRL_BYTES, &kept->stat);
    }
  look_at_placed (&look);
  take_gone (&look);
  return !look.is_full;
}
