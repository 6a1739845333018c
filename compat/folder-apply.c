/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "compat/folder.h"

#include "core/atomic.h"
#include "core/error.h"
#include "core/limits.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static gboolean
is_hash_link (const CompatName *name)
{
  return !g_str_has_suffix (name->name, ".pem");
}

/* NAME.pem before the hash links that lead to it, which may reach the disk in any order but for a sync between. */
static gboolean
set_links (const CompatFolder *folder, const GPtrArray *names, gboolean hashes, GError **error)
{
  gboolean any = FALSE;

  for (guint i = 0; i < names->len; i++)
    {
      const CompatName *name = names->pdata[i];

      if (is_hash_link (name) != hashes || name->target == NULL || g_strcmp0 (name->target, name->was) == 0)
        continue;
      if (!trust_atomic_symlink (folder->fd, name->target, name->name, error))
        return FALSE;
      any = TRUE;
    }
  return !any || trust_atomic_sync_dir (folder->fd, error);
}

static gboolean
remove_links (const CompatFolder *folder, const GPtrArray *names, gboolean hashes, GError **error)
{
  gboolean any = FALSE;

  /* The last of a chain first: OpenSSL stops looking at a gap. */
  for (guint i = names->len; i > 0; i--)
    {
      const CompatName *name = names->pdata[i - 1];

      if (is_hash_link (name) != hashes || name->target != NULL || name->was == NULL)
        continue;
      if (!trust_atomic_remove (folder->fd, name->name, error))
        return FALSE;
      any = TRUE;
    }
  return !any || trust_atomic_sync_dir (folder->fd, error);
}

static gboolean
remove_deeper (const CompatFolder *folder, GError **error)
{
  for (guint i = 0; i < folder->deeper->len; i++)
    {
      g_autofree char *path = g_build_filename (folder->places->etc.path, folder->deeper->pdata[i], NULL);
      g_autofree char *above = g_path_get_dirname (path), *name = g_path_get_basename (path);
      int fd = trust_root_open_dir (folder->places->root, above);
      gboolean ok = fd >= 0 && trust_atomic_remove (fd, name, error) && trust_atomic_sync_dir (fd, error);

      if (fd < 0)
        return trust_error_set_errno (error, errno, "cannot open", above);
      close (fd);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

/* Does the bundle stand there as it shall be: its bytes, a file of its own, and everybody's to read? */
static gboolean
is_bundle (const CompatFolder *folder, const GString *bundle)
{
  g_autofree char *path = g_build_filename (folder->places->etc.path, folder->places->bundle, NULL);
  g_autoptr (GBytes) bytes = NULL;
  TrustStat stat;

  if (!trust_root_lstat (folder->places->root, path, &stat) || !S_ISREG (stat.mode) || (stat.mode & 07777) != 0644 || stat.uid != geteuid ()
      || stat.size != (gint64) bundle->len)
    return FALSE;
  bytes = trust_root_read (folder->places->root, path, MAX (bundle->len, 1), NULL, NULL);
  return bytes != NULL && g_bytes_get_size (bytes) == bundle->len && memcmp (g_bytes_get_data (bytes, NULL), bundle->str, bundle->len) == 0;
}

/* And what a killed run of the distribution's tool left there, to which its next one would have added. */
static gboolean
place_bundle (CompatFolder *folder, TrustStaged *staged, GError **error)
{
  g_autofree char *left = g_strconcat (folder->places->bundle, ".new", NULL);

  if (staged != NULL && (!trust_atomic_commit (staged, error) || !trust_atomic_sync_dir (folder->fd, error)))
    return FALSE;
  return compat_folder_get (folder, left, FALSE) == NULL || trust_atomic_remove (folder->fd, left, error);
}

gboolean
compat_folder_apply (CompatFolder *folder, const GString *bundle, gboolean is_alone, GError **error)
{
  g_autoptr (TrustStaged) staged = NULL;
  g_autoptr (GPtrArray) names = compat_folder_list_all (folder);

  if (is_alone)
    trust_atomic_sweep (folder->fd);
  if (bundle != NULL && !is_bundle (folder, bundle))
    {
      staged = trust_atomic_stage (folder->fd, folder->places->bundle, bundle->str, bundle->len, 0644, error);
      if (staged == NULL)
        return FALSE;
    }
  return set_links (folder, names, FALSE, error) && set_links (folder, names, TRUE, error) && remove_links (folder, names, TRUE, error)
         && remove_links (folder, names, FALSE, error) && remove_deeper (folder, error) && (bundle == NULL || place_bundle (folder, staged, error));
}
