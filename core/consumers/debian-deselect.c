/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/debian.h"

#include "core/limits.h"
#include "core/outside.h"
#include "core/sources/debian.h"

#include <string.h>

#define DISTRIBUTION_SOURCE "debian-distribution"

static const TrustSource *
find_source (const char *id)
{
  for (guint i = 0; i < trust_n_sources; i++)
    if (g_str_equal (trust_sources[i].id, id))
      return &trust_sources[i];
  return NULL;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
is_refused (TrustDebianJudge *judge, const TrustSourceFile *file)
{
  return file->n_anchors > 0 && trust_debian_judge_file (judge, file) == TRUST_DEBIAN_REFUSED;
}

static void
take_listed (TrustDebianJudge *judge, TrustSourceState *state, GHashTable *names)
{
  for (guint i = 0; i < state->files->len; i++)
    {
      const TrustSourceFile *file = state->files->pdata[i];
      const char *path = trust_origin_get_path (file->origin);

      if (file->stat.inode != 0 && g_str_has_prefix (path, TRUST_DEBIAN_SHARE_FOLDER "/") && is_refused (judge, file))
        g_hash_table_add (names, g_strdup (path + strlen (TRUST_DEBIAN_SHARE_FOLDER "/")));
    }
}

/* A name that carries our `!` already: does the reason still hold? In the first of two passes it does, and so it does for a file that
 * is not there to be asked. */
static void
take_earlier (TrustDebianJudge *judge, TrustSourceState *state, const char *name, TrustDebianDeselection *deselection, GHashTable *names)
{
  const TrustSource *source = find_source (DISTRIBUTION_SOURCE);
  g_autofree char *path = g_strconcat (TRUST_DEBIAN_SHARE_FOLDER "/", name, NULL);
  TrustSourceFile *known = state != NULL ? g_hash_table_lookup (state->by_path, path) : NULL;
  g_autoptr (TrustSourceFile) file = NULL;

  if (known != NULL && known->status == TRUST_FILE_TAKEN && !(judge->flags & TRUST_PUBLISH_REMOVALS))
    return;
  if (source != NULL)
    file = trust_source_read_file (judge->root, source, path, &source->folders[0], NULL);
  if ((judge->flags & TRUST_PUBLISH_REMOVALS) || file == NULL || file->status != TRUST_FILE_TAKEN || is_refused (judge, file))
    g_hash_table_add (names, g_strdup (name));
  else
    g_hash_table_insert (deselection->reselected, g_steal_pointer (&path), g_steal_pointer (&file));
}

TrustDebianDeselection *
trust_debian_deselection_new (TrustDebianJudge *judge)
{
  TrustDebianDeselection *deselection = g_new0 (TrustDebianDeselection, 1);
  TrustSourceState *state = trust_snapshot_find_state (judge->next, DISTRIBUTION_SOURCE);
  g_autoptr (GPtrArray) earlier = trust_outside_read_names (judge->root, TRUST_OUTSIDE_DESELECTED);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer name;

  deselection->names = g_ptr_array_new_with_free_func (g_free);
  deselection->reselected = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) trust_source_file_unref);
  if (state != NULL)
    take_listed (judge, state, names);
  for (guint i = 0; i < earlier->len; i++)
    take_earlier (judge, state, earlier->pdata[i], deselection, names);
  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (deselection->names, g_strdup (name));
  g_ptr_array_sort (deselection->names, compare_names);
  return deselection;
}

void
trust_debian_deselection_free (TrustDebianDeselection *deselection)
{
  g_ptr_array_unref (deselection->names);
  g_hash_table_unref (deselection->reselected);
  g_free (deselection);
}

gboolean
trust_debian_deselection_contains (const TrustDebianDeselection *deselection, const char *path)
{
  const char *name = NULL;
  guint low = 0, high = deselection->names->len;

  if (!g_str_has_prefix (path, TRUST_DEBIAN_SHARE_FOLDER "/"))
    return FALSE;
  name = path + strlen (TRUST_DEBIAN_SHARE_FOLDER "/");
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      int order = strcmp (deselection->names->pdata[middle], name);

      if (order == 0)
        return TRUE;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return FALSE;
}

void
trust_debian_deselection_collect (const TrustDebianDeselection *deselection, const TrustSnapshot *next, GHashTable *out)
{
  TrustSourceState *state = trust_snapshot_find_state (next, DISTRIBUTION_SOURCE);

  for (guint i = 0; state != NULL && i < state->files->len; i++)
    {
      const TrustSourceFile *file = state->files->pdata[i];

      if (!trust_debian_deselection_contains (deselection, trust_origin_get_path (file->origin)))
        continue;
      for (guint n = 0; n < file->n_anchors; n++)
        g_hash_table_add (out, g_memdup2 (trust_anchor_get_fingerprint (file->anchors[n]), sizeof (TrustFingerprint)));
    }
}

gboolean
trust_debian_deselection_is_done (TrustRoot *root, const TrustDebianDeselection *deselection)
{
  g_autoptr (GPtrArray) listed = trust_outside_read_names (root, TRUST_OUTSIDE_DESELECTED);
  g_autoptr (GPtrArray) released = trust_outside_read_names (root, TRUST_OUTSIDE_RELEASED);
  g_autoptr (GBytes) conf = NULL;
  g_autoptr (GPtrArray) selected = NULL;
  TrustSpan text = { NULL, 0 };

  if (released->len > 0 || listed->len != deselection->names->len)
    return FALSE;
  for (guint i = 0; i < listed->len; i++)
    if (!g_str_equal (listed->pdata[i], deselection->names->pdata[i]))
      return FALSE;
  if (listed->len == 0)
    return TRUE;
  conf = trust_root_read (root, TRUST_DEBIAN_CONF, TRUST_LIMIT_CONFIGURATION_BYTES, NULL, NULL);
  if (conf == NULL)
    return TRUE;
  text.data = g_bytes_get_data (conf, &text.size);
  selected = trust_debian_parse_conf (text);
  for (guint i = 0; i < selected->len; i++)
    {
      g_autofree char *path = g_strconcat (TRUST_DEBIAN_SHARE_FOLDER "/", selected->pdata[i], NULL);

      if (trust_debian_deselection_contains (deselection, path))
        return FALSE;
    }
  return TRUE;
}
