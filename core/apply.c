/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/apply.h"

#include "core/atomic.h"
#include "core/error.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct _TrustApplication
{
  TrustRoot *root;        /* (owned) */
  const GPtrArray *files; /* borrowed */
  GHashTable *folders;    /* (owned) path -> descriptor + 1 */
  TrustBatch *batch;      /* (owned) the new contents */
};

static void
close_folder (gpointer fd)
{
  close (GPOINTER_TO_INT (fd) - 1);
}

/* A path that ends in a slash is a folder's. */
static gboolean
is_folder (const char *path)
{
  return g_str_has_suffix (path, "/");
}

/* The folder that PATH lies in. (transfer full) */
static char *
dup_parent (const char *path)
{
  g_autofree char *bare = g_strndup (path, strlen (path) - (is_folder (path) ? 1 : 0));

  return g_path_get_dirname (bare);
}

static int
open_folder (TrustApplication *application, const char *path, GError **error)
{
  g_autofree char *folder = dup_parent (path);
  int fd = GPOINTER_TO_INT (g_hash_table_lookup (application->folders, folder)) - 1;

  if (fd >= 0)
    return fd;
  fd = trust_root_make_dir (application->root, folder, 0755);
  if (fd < 0)
    {
      trust_error_set_errno (error, errno, "Cannot open folder", folder);
      return -1;
    }
  g_hash_table_insert (application->folders, g_steal_pointer (&folder), GINT_TO_POINTER (fd + 1));
  return fd;
}

static const char *
name_of (const TrustJournalFile *file)
{
  return strrchr (file->path, '/') + 1;
}

/* A folder goes once it is empty. */
static gboolean
remove_one (TrustApplication *application, const TrustJournalFile *file, GError **error)
{
  int fd = open_folder (application, file->path, error);
  g_autofree char *folder = is_folder (file->path) ? g_strndup (file->path, strlen (file->path) - 1) : NULL;

  if (fd < 0)
    return FALSE;
  return folder != NULL ? trust_atomic_remove_dir (fd, strrchr (folder, '/') + 1, error) : trust_atomic_remove (fd, name_of (file), error);
}

TrustApplication *
trust_application_stage (TrustRoot *root, const GPtrArray *files, GError **error)
{
  g_autoptr (TrustApplication) application = g_new0 (TrustApplication, 1);

  application->root = trust_root_ref (root);
  application->files = files;
  application->folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, close_folder);
  application->batch = trust_batch_new ();
  for (guint i = 0; i < files->len; i++)
    {
      const TrustJournalFile *file = files->pdata[i];
      int fd = open_folder (application, file->path, error);
      TrustStaged *staged = NULL;
      gconstpointer data = NULL;
      gsize size = 0;

      if (fd < 0)
        return NULL;
      if (file->content == NULL)
        continue;
      data = g_bytes_get_data (file->content, &size);
      staged = trust_atomic_stage_unsynced (fd, name_of (file), data, size, file->mode, error);
      if (staged == NULL)
        return NULL;
      trust_batch_take (application->batch, staged);
    }
  if (!trust_batch_sync (application->batch, error))
    return NULL;
  return g_steal_pointer (&application);
}

gboolean
trust_application_commit (TrustApplication *application, GError **error)
{
  GHashTableIter iter;
  gpointer fd = NULL;

  if (!trust_batch_commit (application->batch, error))
    return FALSE;
  for (guint i = 0; i < application->files->len; i++)
    {
      const TrustJournalFile *file = application->files->pdata[i];

      if (file->content == NULL && !remove_one (application, file, error))
        return FALSE;
    }
  g_hash_table_iter_init (&iter, application->folders);
  while (g_hash_table_iter_next (&iter, NULL, &fd))
    if (!trust_atomic_sync_dir (GPOINTER_TO_INT (fd) - 1, error))
      return FALSE;
  return TRUE;
}

void
trust_application_free (TrustApplication *application)
{
  trust_batch_free (application->batch);
  g_hash_table_unref (application->folders);
  trust_root_unref (application->root);
  g_free (application);
}

void
trust_application_sweep (TrustRoot *root, const char *folder)
{
  int fd = trust_root_open_dir (root, folder);

  if (fd < 0)
    return;
  trust_atomic_sweep (fd);
  close (fd);
}
