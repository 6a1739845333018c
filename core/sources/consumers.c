/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/sources/consumers.h"

#include "core/consumer-file.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/sources/file.h"
#include "core/text.h"

#include <errno.h>
#include <string.h>

#define NULL_DEVICE "/dev/null"

/* The administrator's come first: they count for the vendor's. */
static const char *const folders[] = { TRUST_PLACED_FOLDER, TRUST_PLACED_FOLDER_USR };

typedef struct
{
  TrustRoot *root;
  TrustDistributionKind distribution;
  const GPtrArray *before; /* (nullable) */
  GHashTable *seen;        /* (owned) a set of char* (owned): names that count already, or are masked */
  GHashTable *markers;     /* (owned) a set of char* (owned): "java.enabled" */
  GPtrArray *out;          /* of TrustPlaced* */
} Walk;

static gboolean
has_marker (const Walk *walk, const char *name, const char *suffix)
{
  g_autofree char *marker = g_strconcat (name, suffix, NULL);

  return g_hash_table_contains (walk->markers, marker);
}

/* Disabling wins. */
static TrustPlacedMark
find_mark (const Walk *walk, const char *name)
{
  if (has_marker (walk, name, TRUST_PLACED_DISABLED))
    return TRUST_PLACED_MARKED_DISABLED;
  return has_marker (walk, name, TRUST_PLACED_ENABLED) ? TRUST_PLACED_MARKED_ENABLED : TRUST_PLACED_UNSAID;
}

/* Why the file at PATH does not count, printable; what it says is in PLACED otherwise. (transfer full) (nullable) */
static char *
read_file (Walk *walk, TrustPlaced *placed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = trust_root_read (walk->root, placed->path, TRUST_LIMIT_CONSUMER_FILE_BYTES, &placed->stat, &error);
  TrustSpan span = { NULL, 0 };

  if (bytes != NULL)
    {
      span.data = g_bytes_get_data (bytes, &span.size);
      placed->content = g_bytes_ref (bytes);
    }
  if (bytes != NULL && trust_consumer_file_parse (span, placed, &error) && trust_placed_check_name (placed->name, &error))
    {
      return NULL;
    }
  return trust_text_printable (error->message, 0);
}

static void
take_file (Walk *walk, const char *name, const char *path, const char *open_folder)
{
  TrustPlaced *before = walk->before != NULL ? trust_placed_find (walk->before, name) : NULL;
  TrustFoundFile found = { .path = path, .open_folder = open_folder };
  g_autoptr (TrustPlaced) placed = NULL;
  g_autofree char *link = trust_root_read_link (walk->root, path), *insecurity = NULL;
  TrustStat target;

  if (!g_hash_table_add (walk->seen, g_strdup (name)) || g_strcmp0 (link, NULL_DEVICE) == 0 || !trust_root_lstat (walk->root, path, &found.link))
    return;
  if (!trust_root_stat (walk->root, path, &target))
    target = found.link;
  insecurity = trust_source_find_insecurity (walk->root, &found, &target);
  if (before != NULL && g_str_equal (before->path, path) && trust_stat_equal (&before->stat, &target)
      && g_strcmp0 (before->insecurity, insecurity) == 0)
    {
      g_ptr_array_add (walk->out, trust_placed_with_mark (before, find_mark (walk, name), walk->distribution));
      return;
    }
  placed = trust_placed_new (name, path);
  placed->stat = target;
  placed->insecurity = g_steal_pointer (&insecurity);
  placed->fault = placed->insecurity != NULL ? g_strdup (placed->insecurity) : read_file (walk, placed);
  placed->mark = find_mark (walk, name);
  trust_placed_decide (placed, walk->distribution);
  g_ptr_array_add (walk->out, g_steal_pointer (&placed));
}

static void
walk_folder (Walk *walk, const char *folder)
{
  g_autoptr (GPtrArray) names = trust_root_list (walk->root, folder);
  const char *open_folder = names != NULL && trust_source_is_open (walk->root, folder) ? folder : NULL;

  for (guint i = 0; names != NULL && i < names->len && walk->out->len < TRUST_LIMIT_CONSUMERS; i++)
    {
      const char *entry = names->pdata[i];
      g_autofree char *path = g_build_filename (folder, entry, NULL);
      g_autofree char *name = g_strndup (entry, strlen (entry) - MIN (strlen (entry), strlen (TRUST_PLACED_SUFFIX)));

      if (*entry != '.' && g_str_has_suffix (entry, TRUST_PLACED_SUFFIX))
        take_file (walk, name, path, open_folder);
    }
}

/* Those of a folder that others may write to say nothing. */
static void
read_markers (Walk *walk)
{
  g_autoptr (GPtrArray) names = trust_root_list (walk->root, TRUST_PLACED_FOLDER);

  if (names == NULL || trust_source_is_open (walk->root, TRUST_PLACED_FOLDER))
    return;
  for (guint i = 0; i < names->len; i++)
    if (g_str_has_suffix (names->pdata[i], TRUST_PLACED_ENABLED) || g_str_has_suffix (names->pdata[i], TRUST_PLACED_DISABLED))
      g_hash_table_add (walk->markers, g_strdup (names->pdata[i]));
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const TrustPlaced *const *) a)->name, (*(const TrustPlaced *const *) b)->name);
}

GPtrArray *
trust_placed_load (TrustRoot *root, TrustDistributionKind distribution, const GPtrArray *previous)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) markers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_placed_unref);
  Walk walk = { root, distribution, previous, seen, markers, out };

  read_markers (&walk);
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    walk_folder (&walk, folders[i]);
  g_ptr_array_sort (out, compare_names);
  return out;
}

gboolean
trust_placed_are_equal (const GPtrArray *a, const GPtrArray *b)
{
  return a->len == b->len && (a->len == 0 || memcmp (a->pdata, b->pdata, a->len * sizeof (gpointer)) == 0);
}

TrustSourceState *
trust_placed_load_folder (TrustRoot *root, const TrustSource *source, TrustSourceState *previous, GError **error)
{
  return trust_source_state_new (source->id, source->layer, source->foreign);
}
