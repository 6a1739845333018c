/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/error.h"
#include "core/limits.h"
#include "core/sources/file.h"
#include "core/text.h"

#include <errno.h>
#include <string.h>

/* A folder and those above it, to notice a link that leads back up. */
typedef struct _Above Above;
struct _Above
{
  const Above *up;
  guint64 device;
  guint64 inode;
};

typedef struct
{
  TrustRoot *root;
  const TrustSource *source;
  const TrustFolderSpec *spec;
  TrustSourceState *previous; /* (nullable) */
  TrustSourceState *out;
  TrustStat excluded; /* inode 0: none */
  guint n_files;
} Walk;

static gboolean walk_folder (Walk *walk, const char *folder, const TrustStat *stat, const Above *up, guint depth, const char *open_above,
                             GError **error);

static gboolean
is_above (const Above *above, const TrustStat *stat)
{
  for (; above != NULL; above = above->up)
    if (above->device == stat->device && above->inode == stat->inode)
      return TRUE;
  return FALSE;
}

static gboolean
is_excluded (const Walk *walk, const char *path, const TrustStat *stat)
{
  /* By identity as well: our feed reached through a link would make our output our input. */
  return g_strcmp0 (walk->spec->excluded, path) == 0
         || (walk->excluded.inode != 0 && walk->excluded.device == stat->device && walk->excluded.inode == stat->inode);
}

/* A folder found below, or a link to one. */
static gboolean
enter (Walk *walk, const char *path, const TrustStat *target, const Above *above, guint depth, const char *open_above, GError **error)
{
  if (!walk->spec->recursive || is_excluded (walk, path, target) || is_above (above, target))
    return TRUE;
  if (depth >= TRUST_LIMIT_FOLDER_DEPTH)
    {
      g_autofree char *shown = trust_text_printable (path, 0);

      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "%s lies more than %u folders deep: move it up", shown, TRUST_LIMIT_FOLDER_DEPTH);
      return FALSE;
    }
  return walk_folder (walk, path, target, above, depth + 1, open_above, error);
}

static gboolean
take_entry (Walk *walk, const char *path, const Above *above, guint depth, const char *open_folder, GError **error)
{
  TrustFoundFile found = { .path = path, .open_folder = open_folder };
  TrustStat target;
  TrustSourceFile *row = NULL;

  if (!trust_root_lstat (walk->root, path, &found.link))
    return errno == ENOENT || trust_error_set_errno (error, errno, "could not look at", path);
  target = found.link;
  if (S_ISLNK (found.link.mode) && !trust_root_stat (walk->root, path, &target))
    target = found.link;
  /* Who may make such a link chooses what is trusted. */
  if (S_ISDIR (target.mode) && open_folder == NULL && !trust_source_is_owner_safe (walk->root, found.link.uid))
    open_folder = path;
  if (S_ISDIR (target.mode))
    return enter (walk, path, &target, above, depth, open_folder, error);
  if (is_excluded (walk, path, &target))
    return TRUE;
  if (++walk->n_files > TRUST_LIMIT_FOLDER_FILES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "%s holds more than %u files: put several certificates into one",
                   walk->spec->folder, TRUST_LIMIT_FOLDER_FILES);
      return FALSE;
    }
  row = trust_source_load_file (walk->root, walk->source, &found, walk->spec,
                                walk->previous != NULL ? g_hash_table_lookup (walk->previous->by_path, path) : NULL);
  if (row != NULL)
    trust_source_state_take_file (walk->out, row);
  return TRUE;
}

static gboolean
walk_folder (Walk *walk, const char *folder, const TrustStat *stat, const Above *up, guint depth, const char *open_above, GError **error)
{
  g_autoptr (GPtrArray) names = trust_root_list (walk->root, folder);
  g_autofree char *path = NULL;
  const Above here = { up, stat->device, stat->inode };
  gsize size = strlen (folder);
  const char *open_folder = open_above;

  if (names == NULL)
    return errno == ENOENT || errno == ENOTDIR || trust_error_set_errno (error, errno, "could not read the folder", folder);
  /* The group may write: Debian's own local folder is root:staff 2775. The file itself must be root's all the same. */
  if (open_folder == NULL && ((stat->mode & S_IWOTH) != 0 || !trust_source_is_owner_safe (walk->root, stat->uid)))
    open_folder = folder;
  path = g_malloc (size + NAME_MAX + 2);
  memcpy (path, folder, size);
  path[size] = '/';
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = names->pdata[i];

      if (*name == '.' && !walk->spec->hidden)
        continue;
      g_strlcpy (path + size + 1, name, NAME_MAX + 1);
      if (!take_entry (walk, path, &here, depth, open_folder, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
trust_source_read_folder (TrustRoot *root, const TrustSource *source, const TrustFolderSpec *spec, TrustSourceState *previous, TrustSourceState *out,
                          GError **error)
{
  Walk walk = { .root = root, .source = source, .spec = spec, .previous = previous, .out = out };
  TrustStat stat;

  if (!trust_root_stat (root, spec->folder, &stat))
    return errno == ENOENT || errno == ENOTDIR || trust_error_set_errno (error, errno, "could not look at", spec->folder);
  if (spec->excluded != NULL && !trust_root_stat (root, spec->excluded, &walk.excluded))
    walk.excluded.inode = 0;
  return walk_folder (&walk, spec->folder, &stat, NULL, 0, spec->open_above, error);
}

TrustSourceState *
trust_source_load_folders (TrustRoot *root, const TrustSource *source, TrustSourceState *previous, GError **error)
{
  g_autoptr (TrustSourceState) state = trust_source_state_new (source->id, source->layer, source->foreign);

  for (guint i = 0; i < source->n_folders; i++)
    if (!trust_source_read_folder (root, source, &source->folders[i], previous, state, error))
      return NULL;
  trust_source_state_sort (state);
  return g_steal_pointer (&state);
}
