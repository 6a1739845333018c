/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/cli/containers.h"

#include "core/limits.h"
#include "core/text.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_LINE 8192

typedef struct
{
  guint64 name_space;
  guint processes;
  gint64 pid;
  char *command;    /* (owned) */
  char *unit;       /* (owned) "" for none */
  const char *path; /* (nullable) a row of published_bundles; NULL: all is as it should be */
  const char *state;
  gint64 time; /* seconds */
} Container;

struct _Containers
{
  const Published *ours;
  GHashTable *digests;       /* (owned) a row of published_bundles -> char*: of ours */
  GHashTable *by_name_space; /* (owned) guint64 -> Container, borrowed */
  GPtrArray *all;            /* (owned) of Container */
};

static void
free_container (Container *container)
{
  g_free (container->command);
  g_free (container->unit);
  g_free (container);
}

Containers *
containers_new (const Published *ours)
{
  Containers *containers = g_new0 (Containers, 1);
  containers->ours = ours;
  containers->digests = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, g_free);
  containers->by_name_space = g_hash_table_new (g_int64_hash, g_int64_equal);
  containers->all = g_ptr_array_new_with_free_func ((GDestroyNotify) free_container);
  return containers;
}

void
containers_free (Containers *containers)
{
  g_hash_table_unref (containers->digests);
  g_hash_table_unref (containers->by_name_space);
  g_ptr_array_unref (containers->all);
  g_free (containers);
}

/* Returns: (transfer full) (nullable). */
static char *
digest_of (const Published *published, const char *path)
{
  g_autoptr (GBytes) bytes = trust_root_read (published->root, path, TRUST_LIMIT_INPUT_BYTES, NULL, NULL);
  return bytes == NULL ? NULL : g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
}

static gboolean
differs (Containers *containers, const char *path, const Published *its)
{
  if (!g_hash_table_contains (containers->digests, path))
    g_hash_table_insert (containers->digests, (gpointer) path, digest_of (containers->ours, path));
  const char *wanted = g_hash_table_lookup (containers->digests, path);
  g_autofree char *found = digest_of (its, path);
  return wanted != NULL && found != NULL && strcmp (wanted, found) != 0;
}

/* Is a file that is no longer anywhere else mounted on PATH? The kernel says so of what a mount shows. */
static gboolean
is_pinned (const Process *process, const char *path)
{
  int fd = openat (process->fd, "mountinfo", O_RDONLY | O_CLOEXEC);
  FILE *stream = fd < 0 ? NULL : fdopen (fd, "re");
  if (stream == NULL)
    return FALSE;
  gboolean found = FALSE;
  for (char line[MAX_LINE]; !found && fgets (line, sizeof line, stream) != NULL;)
    {
      g_auto (GStrv) fields = g_strsplit (line, " ", 6);
      found = g_strv_length (fields) > 5 && strcmp (fields[4], path) == 0 && g_str_has_suffix (fields[3], "//deleted");
    }
  fclose (stream);
  return found;
}

/* The first bundle that is not this machine's. */
static void
compare (Containers *containers, Container *container, const Process *process, const Published *its)
{
  TrustStat mine, theirs;
  for (const char *const *path = published_bundles; *path != NULL; path++)
    {
      if (!trust_root_stat (containers->ours->root, *path, &mine) || !trust_root_stat (its->root, *path, &theirs)
          || (mine.device == theirs.device && mine.inode == theirs.inode))
        continue;
      gboolean pinned = is_pinned (process, *path);
      if (!pinned && !differs (containers, *path, its))
        continue;
      container->path = *path;
      container->state = pinned ? "pinned" : "differs";
      container->time = theirs.mtime / (1000 * 1000 * 1000);
      return;
    }
}

void
containers_add (Containers *containers, guint64 name_space, const Process *process, const Published *its)
{
  Container *container = g_hash_table_lookup (containers->by_name_space, &name_space);
  if (container != NULL)
    {
      container->processes++;
      return;
    }
  if (containers->all->len >= TRUST_LIMIT_PROCESSES)
    return;
  container = g_new0 (Container, 1);
  *container = (Container) { .name_space = name_space, .processes = 1, .pid = process->pid };
  container->command = process_read_command (process);
  container->unit = g_strdup (process->unit == NULL ? "" : process->unit);
  compare (containers, container, process, its);
  g_ptr_array_add (containers->all, container);
  g_hash_table_insert (containers->by_name_space, &container->name_space, container);
}

GVariant *
containers_list (Containers *containers)
{
  GVariantBuilder rows;
  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < containers->all->len; i++)
    {
      const Container *container = g_ptr_array_index (containers->all, i);
      GVariantDict row;
      if (container->path == NULL)
        continue;
      g_variant_dict_init (&row, NULL);
      g_variant_dict_insert (&row, "pid", "x", container->pid);
      g_variant_dict_insert (&row, "processes", "u", container->processes);
      g_variant_dict_insert (&row, "command", "s", container->command);
      g_variant_dict_insert (&row, "unit", "s", container->unit);
      g_variant_dict_insert (&row, "path", "s", container->path);
      g_variant_dict_insert (&row, "state", "s", container->state);
      g_variant_dict_insert (&row, "time", "x", container->time);
      g_variant_builder_add_value (&rows, g_variant_dict_end (&row));
    }
  return g_variant_builder_end (&rows);
}
