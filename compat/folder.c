/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "compat/folder.h"

#include "core/error.h"
#include "core/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as the kernel follows */

static void
name_free (gpointer data)
{
  CompatName *name = data;

  g_free (name->name);
  g_free (name->was);
  g_free (name->target);
  g_free (name);
}

CompatName *
compat_folder_get (CompatFolder *folder, const char *name, gboolean make)
{
  CompatName *entry = g_hash_table_lookup (folder->names, name);

  if (entry != NULL || !make)
    return entry;
  entry = g_new0 (CompatName, 1);
  entry->name = g_strdup (name);
  g_hash_table_insert (folder->names, entry->name, entry);
  return entry;
}

static void
look_at (CompatFolder *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder->places->etc.path, name, NULL);
  CompatName *entry = compat_folder_get (folder, name, TRUE);
  TrustStat stat;

  entry->was = trust_root_read_link (folder->places->root, path);
  entry->target = g_strdup (entry->was);
  entry->is_file = entry->was == NULL;
  entry->is_folder = entry->is_file && trust_root_lstat (folder->places->root, path, &stat) && S_ISDIR (stat.mode);
}

gboolean
compat_folder_open (CompatFolder *folder, const CompatPlaces *places, GError **error)
{
  g_autoptr (GPtrArray) names = NULL;

  *folder = (CompatFolder) { .places = places, .fd = trust_root_open_dir (places->root, places->etc.path) };
  if (folder->fd < 0)
    return trust_error_set_errno (error, errno, "cannot enter", places->etc.shown);
  folder->names = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, name_free);
  folder->contents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  folder->deeper = g_ptr_array_new_with_free_func (g_free);
  folder->deeper_names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  folder->orphans = g_ptr_array_new_with_free_func (g_free);
  folder->lines = g_string_new (NULL);
  names = trust_root_list (places->root, places->etc.path);
  if (names == NULL)
    return trust_error_set_errno (error, errno, "cannot read", places->etc.shown);
  for (guint i = 0; i < names->len; i++)
    look_at (folder, names->pdata[i]);
  return TRUE;
}

void
compat_folder_clear (CompatFolder *folder)
{
  if (folder->fd >= 0)
    close (folder->fd);
  g_clear_pointer (&folder->names, g_hash_table_unref);
  g_clear_pointer (&folder->contents, g_hash_table_unref);
  g_clear_pointer (&folder->deeper, g_ptr_array_unref);
  g_clear_pointer (&folder->deeper_names, g_hash_table_unref);
  g_clear_pointer (&folder->orphans, g_ptr_array_unref);
  if (folder->lines != NULL)
    g_string_free (folder->lines, TRUE);
  folder->fd = -1;
}

static gboolean
is_there (const CompatName *name)
{
  return name != NULL && (name->target != NULL || name->is_file);
}

/* The path that NAME leads to, through the folder as it shall be. Returns: (transfer full): NULL where it leads nowhere in the folder. */
static char *
follow (const CompatFolder *folder, const CompatName *name)
{
  const char *etc = folder->places->etc.path;

  for (guint i = 0; i < LINKS_MAX && is_there (name); i++)
    {
      if (name->target == NULL)
        return g_build_filename (etc, name->name, NULL);
      if (*name->target == '/')
        return g_strdup (name->target);
      if (strchr (name->target, '/') != NULL)
        return g_build_filename (etc, name->target, NULL);
      name = g_hash_table_lookup (folder->names, name->target);
    }
  return NULL;
}

/* Does NAME lead to something? TO_FILE: to a regular file. */
static gboolean
leads (const CompatFolder *folder, const CompatName *name, gboolean to_file)
{
  g_autofree char *path = follow (folder, name);
  TrustStat stat;

  return path != NULL && trust_root_stat (folder->places->root, path, &stat) && (!to_file || S_ISREG (stat.mode));
}

/* Links in folders below go by the same rules. */
typedef gboolean (*IsGone) (const CompatFolder *folder, const char *path, const char *target);

static gboolean
begins_with (const CompatPlace *place, const char *target)
{
  return g_str_has_prefix (target, place->shown) || g_str_has_prefix (target, place->path);
}

/* Is it a link to a certificate that the tool made a link for? */
static gboolean
is_ours (const CompatFolder *folder, const char *target)
{
  return begins_with (&folder->places->certs, target) || begins_with (&folder->places->local, target);
}

static gboolean
is_stale (const CompatFolder *folder, const char *path, const char *target)
{
  TrustStat stat;

  return is_ours (folder, target) || !trust_root_stat (folder->places->root, path, &stat) || !S_ISREG (stat.mode);
}

static gboolean
is_orphan (const CompatFolder *folder, const char *path, const char *target)
{
  TrustStat stat;

  return !trust_root_stat (folder->places->root, path, &stat);
}

static void
walk_deeper (CompatFolder *folder, const char *below, IsGone is_gone, guint depth)
{
  g_autofree char *path = g_build_filename (folder->places->etc.path, below, NULL);
  g_autoptr (GPtrArray) names = depth <= TRUST_LIMIT_FOLDER_DEPTH ? trust_root_list (folder->places->root, path) : NULL;

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      g_autofree char *tail = g_build_filename (below, names->pdata[i], NULL);
      g_autofree char *inner = g_build_filename (path, names->pdata[i], NULL), *target = trust_root_read_link (folder->places->root, inner);
      TrustStat stat;

      if (target == NULL && trust_root_lstat (folder->places->root, inner, &stat) && S_ISDIR (stat.mode))
        walk_deeper (folder, tail, is_gone, depth + 1);
      else if (target != NULL && is_gone (folder, inner, target) && g_hash_table_add (folder->deeper_names, g_strdup (tail)))
        g_ptr_array_add (folder->deeper, g_steal_pointer (&tail));
    }
}

static void
walk_all_deeper (CompatFolder *folder, IsGone is_gone)
{
  g_autoptr (GPtrArray) names = compat_folder_list (folder);

  for (guint i = 0; i < names->len; i++)
    if (((const CompatName *) names->pdata[i])->is_folder)
      walk_deeper (folder, ((const CompatName *) names->pdata[i])->name, is_gone, 0);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const CompatName *const *) a)->name, (*(const CompatName *const *) b)->name);
}

GPtrArray *
compat_folder_list_all (const CompatFolder *folder)
{
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, folder->names);
  while (g_hash_table_iter_next (&iter, NULL, &name))
    g_ptr_array_add (names, name);
  g_ptr_array_sort (names, compare_names);
  return names;
}

GPtrArray *
compat_folder_list (const CompatFolder *folder)
{
  g_autoptr (GPtrArray) all = compat_folder_list_all (folder);
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < all->len; i++)
    if (is_there (all->pdata[i]))
      g_ptr_array_add (names, all->pdata[i]);
  return names;
}

void
compat_folder_clear_links (CompatFolder *folder)
{
  g_autoptr (GPtrArray) names = compat_folder_list (folder), left = NULL;

  for (guint i = 0; i < names->len; i++)
    {
      CompatName *name = names->pdata[i];

      if (name->target == NULL || !is_ours (folder, name->target))
        continue;
      name->is_cleared = TRUE;
      g_clear_pointer (&name->target, g_free);
    }
  left = compat_folder_list (folder);
  for (guint i = 0; i < left->len; i++)
    {
      CompatName *name = left->pdata[i];

      if (name->target != NULL && !leads (folder, name, TRUE))
        g_clear_pointer (&name->target, g_free);
    }
  walk_all_deeper (folder, is_stale);
}

/* A line for the hooks, as the tool names the link. */
static void
tell (CompatFolder *folder, char sign, const CompatName *name)
{
  g_string_append_printf (folder->lines, "%c%s/%s\n", sign, folder->places->etc.shown, name->name);
  *(sign == '+' ? &folder->n_added : &folder->n_removed) += 1;
}

/* The link of a deselected name goes: any link of the name that the tool looks for, and one of the name that it makes if that leads to the file. */
static void
deselect (CompatFolder *folder, const CompatInput *input)
{
  g_autofree char *base = g_path_get_basename (input->shown);
  g_autofree char *plain = g_str_has_suffix (base, ".crt") && strlen (base) > 4 ? g_strndup (base, strlen (base) - 4) : g_strdup (base);
  g_autofree char *name = g_strconcat (plain, ".pem", NULL);
  CompatName *entry = compat_folder_get (folder, name, FALSE), *own = compat_folder_get (folder, input->name, FALSE);

  if (entry != NULL)
    g_clear_pointer (&entry->target, g_free);
  if (own != NULL && g_strcmp0 (own->target, input->target) == 0)
    g_clear_pointer (&own->target, g_free);
}

/* A folder of that name stays: the tool would put a link into it, with each run another time. */
static void
link_one (CompatFolder *folder, const CompatInput *input)
{
  CompatName *entry = compat_folder_get (folder, input->name, TRUE);

  if (entry->is_folder)
    {
      fprintf (stderr, "W: %s/%s is a folder: no link to %s.\n", folder->places->etc.shown, input->name, input->shown);
      return;
    }
  g_free (entry->target);
  entry->target = g_strdup (input->target);
}

void
compat_folder_link (CompatFolder *folder, const CompatInputs *inputs)
{
  g_autoptr (GHashTable) told = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < inputs->deselected->len; i++)
    deselect (folder, inputs->deselected->pdata[i]);
  for (guint i = 0; i < inputs->files->len; i++)
    link_one (folder, inputs->files->pdata[i]);
  for (guint i = 0; i < inputs->files->len; i++)
    {
      const CompatName *entry = compat_folder_get (folder, ((const CompatInput *) inputs->files->pdata[i])->name, FALSE);

      if (entry->target != NULL && (entry->is_cleared || g_strcmp0 (entry->was, entry->target) != 0) && g_hash_table_add (told, (gpointer) entry))
        tell (folder, '+', entry);
    }
}

void
compat_folder_unlink (CompatFolder *folder)
{
  g_autoptr (GPtrArray) names = compat_folder_list_all (folder);

  for (guint i = 0; i < names->len; i++)
    {
      CompatName *entry = names->pdata[i];

      if (entry->was == NULL || !g_str_has_suffix (entry->name, ".pem"))
        continue;
      if (entry->target != NULL && is_ours (folder, entry->target) && !leads (folder, entry, FALSE))
        g_clear_pointer (&entry->target, g_free);
      if (entry->target == NULL)
        tell (folder, '-', entry);
    }
}

void
compat_folder_drop_orphans (CompatFolder *folder)
{
  g_autoptr (GPtrArray) names = compat_folder_list (folder);
  guint n_before = folder->deeper->len;

  for (guint i = 0; i < names->len; i++)
    {
      CompatName *name = names->pdata[i];

      if (name->target == NULL || leads (folder, name, FALSE))
        continue;
      g_clear_pointer (&name->target, g_free);
      g_ptr_array_add (folder->orphans, g_build_filename (folder->places->etc.shown, name->name, NULL));
    }
  walk_all_deeper (folder, is_orphan);
  for (guint i = n_before; i < folder->deeper->len; i++)
    g_ptr_array_add (folder->orphans, g_build_filename (folder->places->etc.shown, folder->deeper->pdata[i], NULL));
}

GBytes *
compat_folder_read (CompatFolder *folder, const CompatName *name)
{
  char *path = follow (folder, name);
  GBytes *bytes = path != NULL ? g_hash_table_lookup (folder->contents, path) : NULL;

  if (bytes != NULL || path == NULL)
    {
      g_free (path);
      return bytes != NULL ? g_bytes_ref (bytes) : NULL;
    }
  bytes = trust_root_read (folder->places->root, path, TRUST_LIMIT_INPUT_BYTES, NULL, NULL);
  if (bytes == NULL)
    g_free (path);
  else
    g_hash_table_insert (folder->contents, path, g_bytes_ref (bytes));
  return bytes;
}
