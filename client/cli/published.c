/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/cli/published.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define TREE "/var/lib/anchord/published"

/* clang-format off */
const char *const published_bundles[] = {
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/ssl/cert.pem",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/pki/tls/cert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ca-certificates/extracted/tls-ca-bundle.pem",
  "/var/lib/ca-certificates/ca-bundle.pem",
  NULL
};
/* clang-format on */
/* What else TLS clients read as one file. */
/* clang-format off */
static const char *const others[] = {
  "/etc/ssl/certs/java/cacerts",
  "/etc/pki/java/cacerts",
  "/etc/pki/ca-trust/extracted/java/cacerts",
  "/etc/ca-certificates/extracted/java-cacerts.jks",
  "/var/lib/ca-certificates/java-cacerts",
  "/etc/pki/tls/certs/ca-bundle.trust.crt",
  TREE "/current/tls-ca-bundle.pem",
  NULL
};
/* clang-format on */
/* All below these is made by tools. */
/* clang-format off */
static const char *const folders[] = {
  TREE,
  "/etc/pki/ca-trust/extracted",
  "/etc/ca-certificates/extracted",
  "/var/lib/ca-certificates",
  NULL
};
/* clang-format on */

static void
free_file (PublishedFile *file)
{
  g_free (file->name);
  g_free (file->path);
  g_free (file);
}

/* The kernel's name of what FD is open on. Returns: (transfer full) (nullable). */
static char *
name_of (int fd)
{
  char link[64];
  g_snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  return g_file_read_link (link, NULL);
}

static char *
resolve (TrustRoot *root, const char *path, int flags)
{
  int fd = trust_root_open (root, path, O_PATH | flags, 0);
  char *name = fd >= 0 ? name_of (fd) : NULL;
  if (fd >= 0)
    close (fd);
  return name;
}

static void
add_file (Published *published, const char *name)
{
  TrustStat stat;
  g_autofree char *path = resolve (published->root, name, 0);
  if (path == NULL || !trust_root_stat (published->root, name, &stat) || !S_ISREG (stat.mode) || g_hash_table_contains (published->files, path))
    return;
  PublishedFile *file = g_new (PublishedFile, 1);
  *file = (PublishedFile) { g_strdup (name), g_steal_pointer (&path), stat };
  g_hash_table_insert (published->files, file->path, file);
  if (stat.mtime > published->changed)
    {
      published->changed = stat.mtime;
      published->changed_name = file->name;
    }
}

static void
add_files (Published *published, const char *const *names)
{
  for (; names != NULL && *names != NULL; names++)
    add_file (published, *names);
}

static void
add_folder (Published *published, const char *name)
{
  g_autofree char *path = resolve (published->root, name, O_DIRECTORY);
  if (path != NULL)
    g_ptr_array_add (published->folders, g_strconcat (path, "/", NULL));
}

static void
find_tree (Published *published)
{
  g_autofree char *target = trust_root_read_link (published->root, TREE "/current");
  g_autofree char *path = resolve (published->root, TREE "/bundles", O_DIRECTORY);
  if (path == NULL || target == NULL || !g_str_has_prefix (target, "bundles/"))
    return;
  published->tree = g_strconcat (path, "/", NULL);
  published->current = g_strdup (target + strlen ("bundles/"));
}

Published *
published_new (TrustRoot *root, const char *const *more)
{
  Published *published = g_new0 (Published, 1);
  published->root = trust_root_ref (root);
  published->prefix = resolve (root, "/", O_DIRECTORY);
  if (published->prefix == NULL || strcmp (published->prefix, "/") == 0)
    {
      g_free (published->prefix);
      published->prefix = g_strdup ("");
    }
  published->files = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) free_file);
  published->folders = g_ptr_array_new_with_free_func (g_free);
  add_files (published, published_bundles);
  add_files (published, others);
  add_files (published, more);
  for (const char *const *folder = folders; *folder != NULL; folder++)
    add_folder (published, *folder);
  find_tree (published);
  return published;
}

void
published_free (Published *published)
{
  trust_root_unref (published->root);
  g_free (published->prefix);
  g_hash_table_unref (published->files);
  g_ptr_array_unref (published->folders);
  g_free (published->tree);
  g_free (published->current);
  g_free (published);
}

gboolean
published_knows (const Published *published, const char *path)
{
  if (g_hash_table_contains (published->files, path))
    return TRUE;
  const char *slash = strrchr (path, '/');
  if (slash == NULL || slash[1] == '.')
    return FALSE;
  for (guint i = 0; i < published->folders->len; i++)
    if (g_str_has_prefix (path, g_ptr_array_index (published->folders, i)))
      return TRUE;
  return FALSE;
}

/* What comes behind the generation's name in PATH; NULL: it is of none. */
static const char *
behind_generation (const Published *published, const char *path)
{
  if (published->tree == NULL || !g_str_has_prefix (path, published->tree))
    return NULL;
  return strchr (path + strlen (published->tree), '/');
}

gboolean
published_stat_now (const Published *published, const char *path, TrustStat *now)
{
  const char *rest = behind_generation (published, path);
  if (rest == NULL)
    return g_str_has_prefix (path, published->prefix) && trust_root_stat (published->root, path + strlen (published->prefix), now);
  g_autofree char *current = g_strconcat (TREE "/current", rest, NULL);
  return trust_root_stat (published->root, current, now);
}

guint64
published_get_generation (const Published *published, const char *path)
{
  return behind_generation (published, path) == NULL ? 0 : g_ascii_strtoull (path + strlen (published->tree), NULL, 10);
}
