/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/facts.h"

#include "core/consumers/debian.h"
#include "core/consumers/own.h"
#include "core/emitters/emitter.h"
#include "core/limits.h"
#include "core/sources/debian.h"
#include "core/sources/source.h"
#include "core/text.h"

#include <errno.h>
#include <string.h>

/* A file, whatever its names. */
typedef struct
{
  guint64 device;
  guint64 inode;
} Identity;

/* What stands in it. */
typedef struct
{
  Identity identity;
  guint n_certificates;
  gboolean has_private_key;
} Content;

typedef struct
{
  TrustRoot *root;
  GPtrArray *found;     /* (owned) of TrustFoundPath* */
  GHashTable *by_path;  /* (owned) path (borrowed from the rows) -> TrustFoundPath* */
  GHashTable *listed;   /* (owned) a set of paths (borrowed the same way): folders that were gone through */
  GHashTable *sources;  /* (owned) path -> TrustSourceFile*, both borrowed from the snapshot */
  GHashTable *contents; /* (owned) Identity* (borrowed) -> Content* */
  guint64 bytes_left;
  guint n_unreadable; /* what could not be opened, or is too much */
  char *unreadable;   /* (owned) (nullable) the first of these */
  gboolean is_full;
} Search;

typedef enum
{
  PLACE_PLAIN = 0,
  PLACE_DEEP = 1 << 0, /* with what lies in its sub-folders */
  PLACE_OURS = 1 << 1, /* held against its hashes elsewhere: it is not looked into */
} PlaceFlags;

/* Where to look, and for whom. */
typedef struct
{
  const char *path;
  const char *owner;
  const char *excluded; /* (nullable) left to somebody else */
  PlaceFlags flags;
} Place;

static guint
hash_identity (gconstpointer data)
{
  const Identity *identity = data;

  return (guint) (identity->inode ^ identity->inode >> 32 ^ identity->device * 31);
}

static gboolean
equal_identities (gconstpointer a, gconstpointer b)
{
  const Identity *one = a, *other = b;

  return one->device == other->device && one->inode == other->inode;
}

static void
found_free (gpointer data)
{
  TrustFoundPath *found = data;

  g_free (found->path);
  g_free (found->owner);
  g_free (found->target);
  g_free (found);
}

static void
note_unreadable (Search *search, const char *path)
{
  search->n_unreadable++;
  if (search->unreadable == NULL)
    search->unreadable = g_strdup (path);
}

/* What its source found in FOUND, where that still is the file it read. */
static gboolean
take_from_source (const Search *search, const TrustFoundPath *found, Content *content)
{
  const TrustSourceFile *file = g_hash_table_lookup (search->sources, found->path);

  if (file == NULL || !trust_stat_equal (&file->stat, &found->stat) || (file->status != TRUST_FILE_TAKEN && file->status != TRUST_FILE_PRIVATE_KEY))
    return FALSE;
  content->n_certificates = file->n_anchors;
  content->has_private_key = file->status == TRUST_FILE_PRIVATE_KEY;
  return TRUE;
}

static void
read_content (Search *search, const TrustFoundPath *found, Content *content)
{
  g_autoptr (GBytes) bytes = NULL;
  gsize size = 0;
  const void *data;

  if ((guint64) found->stat.size <= search->bytes_left)
    bytes = trust_root_read (search->root, found->path, TRUST_LIMIT_INPUT_BYTES, NULL, NULL);
  if (bytes == NULL)
    {
      note_unreadable (search, found->path);
      return;
    }
  data = g_bytes_get_data (bytes, &size);
  search->bytes_left -= MIN (search->bytes_left, size);
  trust_facts_look_into (data, size, &content->n_certificates, &content->has_private_key);
}

static void
look_into (Search *search, TrustFoundPath *found)
{
  const Identity identity = { found->stat.device, found->stat.inode };
  Content *content = g_hash_table_lookup (search->contents, &identity);

  if (content == NULL)
    {
      content = g_new0 (Content, 1);
      content->identity = identity;
      if (!take_from_source (search, found, content))
        read_content (search, found, content);
      g_hash_table_insert (search->contents, &content->identity, content);
    }
  found->n_certificates = content->n_certificates;
  found->has_private_key = content->has_private_key;
}

/* The row of PATH, made where there is none yet. NULL: nothing is there, or there are too many. */
static TrustFoundPath *
find_row (Search *search, const char *path, const Place *place)
{
  TrustFoundPath *found = g_hash_table_lookup (search->by_path, path);
  TrustStat link;

  if (found != NULL)
    return found;
  if (!trust_root_lstat (search->root, path, &link))
    {
      if (errno != ENOENT && errno != ENOTDIR)
        note_unreadable (search, path);
      return NULL;
    }
  if (search->found->len >= TRUST_LIMIT_AUDIT_PATHS)
    {
      search->is_full = TRUE;
      return NULL;
    }
  found = g_new0 (TrustFoundPath, 1);
  found->path = g_strdup (path);
  found->owner = g_strdup (place->owner);
  found->stat = link;
  if (S_ISLNK (link.mode))
    {
      found->target = trust_root_read_link (search->root, path);
      found->is_dangling = !trust_root_stat (search->root, path, &found->stat);
    }
  g_ptr_array_add (search->found, found);
  g_hash_table_insert (search->by_path, found->path, found);
  if (S_ISREG (found->stat.mode) && (place->flags & PLACE_OURS) == 0)
    look_into (search, found);
  return found;
}

static void go_through (Search *search, TrustFoundPath *folder, const Place *place, guint depth);

static void
take_entry (Search *search, const char *path, const Place *place, guint depth)
{
  TrustFoundPath *found = g_strcmp0 (path, place->excluded) != 0 ? find_row (search, path, place) : NULL;

  /* A link to a folder is no more than a link here: what it leads to is somebody's place, or nobody's. */
  if (found != NULL && (place->flags & PLACE_DEEP) && S_ISDIR (found->stat.mode) && found->target == NULL && depth < TRUST_LIMIT_FOLDER_DEPTH)
    go_through (search, found, place, depth + 1);
}

static void
go_through (Search *search, TrustFoundPath *folder, const Place *place, guint depth)
{
  g_autoptr (GPtrArray) names = NULL;

  if (!g_hash_table_add (search->listed, folder->path))
    return;
  names = trust_root_list (search->root, folder->path);
  if (names == NULL)
    {
      note_unreadable (search, folder->path);
      return;
    }
  for (guint i = 0; i < names->len && !search->is_full; i++)
    {
      g_autofree char *path = g_build_filename (folder->path, names->pdata[i], NULL);

      take_entry (search, path, place, depth);
    }
}

/* PLACE itself, and the folders above it. */
static TrustFoundPath *
take_above (Search *search, const Place *place)
{
  const Place above = { .owner = place->owner, .flags = PLACE_OURS };

  for (const char *slash = place->path; slash != NULL; slash = strchr (slash + 1, '/'))
    {
      g_autofree char *folder = g_strndup (place->path, MAX ((gsize) (slash - place->path), 1));

      find_row (search, folder, &above);
    }
  return find_row (search, place->path, place);
}

static void
take_place (Search *search, const Place *place)
{
  TrustFoundPath *found = take_above (search, place);

  if (found != NULL && S_ISDIR (found->stat.mode) && !found->is_dangling)
    go_through (search, found, place, 0);
}

static void
take_source (Search *search, const TrustSource *source)
{
  g_autofree char *owner = g_strconcat ("source ", source->id, NULL);

  for (guint i = 0; i < source->n_folders; i++)
    {
      const TrustFolderSpec *spec = &source->folders[i];

      take_place (search, &(Place) { spec->folder, owner, spec->excluded, spec->recursive ? PLACE_DEEP : PLACE_PLAIN });
    }
  /* Folders and files that are read in a way of their own. */
  for (const char *const *path = source->watched; path != NULL && *path != NULL; path++)
    take_place (search, &(Place) { *path, owner, NULL, source->n_folders == 0 ? PLACE_DEEP : PLACE_PLAIN });
}

/* The files of STATE that lie behind links. */
static void
take_state (Search *search, const TrustSourceState *state)
{
  g_autofree char *owner = g_strconcat ("source ", state->source, NULL);
  const Place place = { .owner = owner };

  for (guint i = 0; i < state->files->len; i++)
    find_row (search, trust_origin_get_path (((const TrustSourceFile *) state->files->pdata[i])->origin), &place);
}

static void
take_placed (Search *search, const TrustPlaced *placed)
{
  g_autofree char *owner = g_strconcat ("consumer ", placed->name, NULL);

  for (guint i = 0; placed->enabled && i < placed->outputs->len; i++)
    {
      const TrustPlacedOutput *output = placed->outputs->pdata[i];
      const TrustEmitter *emitter = trust_emitter_find (output->format);

      const Place place = { output->path, owner, NULL, PLACE_PLAIN };

      if (emitter != NULL && emitter->is_folder)
        take_place (search, &place);
      else
        take_above (search, &place);
    }
}

static void
take_consumers (Search *search, const TrustSnapshot *snapshot)
{
  static const Place own[] = { { TRUST_OWN_CURRENT, "consumer own", NULL, PLACE_DEEP | PLACE_OURS },
                               { TRUST_OWN_HASHED, "consumer own", NULL, PLACE_OURS } },
                     debian[] = { { TRUST_DEBIAN_FEED_FOLDER, "consumer debian", NULL, PLACE_DEEP },
                                  { TRUST_DEBIAN_CERTS, "consumer debian", NULL, PLACE_DEEP } };

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    take_place (search, &own[i]);
  for (guint i = 0; snapshot->distribution == TRUST_DISTRIBUTION_DEBIAN && i < G_N_ELEMENTS (debian); i++)
    take_place (search, &debian[i]);
  for (guint i = 0; i < snapshot->placed->len; i++)
    take_placed (search, snapshot->placed->pdata[i]);
}

static void
know_sources (Search *search, const TrustSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->states->len; i++)
    {
      const TrustSourceState *state = snapshot->states->pdata[i];

      for (guint n = 0; n < state->files->len; n++)
        {
          TrustSourceFile *file = state->files->pdata[n];

          g_hash_table_insert (search->sources, (gpointer) (guintptr) trust_origin_get_path (file->origin), file);
        }
    }
}

static void
tell_faults (const Search *search, GPtrArray *faults)
{
  g_autofree char *shown = trust_text_printable (search->unreadable, 0);

  if (search->n_unreadable > 0)
    g_ptr_array_add (faults, g_strdup_printf ("%u files or folders could not be looked into, the first of them %s", search->n_unreadable, shown));
  if (search->is_full)
    g_ptr_array_add (faults,
                     g_strdup_printf ("there are more than %u files in the places of trust; the others were not looked at", TRUST_LIMIT_AUDIT_PATHS));
}

GPtrArray *
trust_facts_find_paths (TrustRoot *root, const TrustSnapshot *snapshot, GPtrArray *faults)
{
  g_autoptr (GHashTable) by_path = g_hash_table_new (g_str_hash, g_str_equal), listed = g_hash_table_new (g_str_hash, g_str_equal),
                         sources = g_hash_table_new (g_str_hash, g_str_equal),
                         contents = g_hash_table_new_full (hash_identity, equal_identities, NULL, g_free);
  Search search = {
    .root = root, .by_path = by_path, .listed = listed, .sources = sources, .contents = contents, .bytes_left = TRUST_LIMIT_AUDIT_BYTES
  };

  search.found = g_ptr_array_new_with_free_func (found_free);
  know_sources (&search, snapshot);
  for (guint i = 0; i < trust_n_sources; i++)
    if (trust_sources[i].distributions & (1u << snapshot->distribution))
      take_source (&search, &trust_sources[i]);
  for (guint i = 0; i < snapshot->states->len; i++)
    take_state (&search, snapshot->states->pdata[i]);
  take_consumers (&search, snapshot);
  if (faults != NULL)
    tell_faults (&search, faults);
  g_free (search.unreadable);
  return search.found;
}
