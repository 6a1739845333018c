/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/sources/debian.h"

#include "core/error.h"
#include "core/limits.h"

#include <string.h>

typedef enum
{
  LINES_SELECTED,
  LINES_DESELECTED,
  LINES_MEANT /* selected, or deselected by a `!` of ours */
} Lines;

/* Lines of CONF as the tool's `read -r` takes them. OURS (nullable): paths that our own `!` deselects. */
static GPtrArray *
parse_lines (TrustSpan conf, Lines wanted, GHashTable *ours)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *at = (const char *) conf.data, *end = at + conf.size;

  while (at < end)
    {
      const char *newline = memchr (at, '\n', end - at), *first = at, *last = newline;
      gboolean off = FALSE;
      g_autofree char *name = NULL, *path = NULL;

      /* `read` fails on a line that the file's end cuts, and the loop drops it. */
      if (newline == NULL)
        break;
      at = newline + 1;
      if (first == last || *first == '#')
        continue;
      off = *first == '!';
      if (off != (wanted == LINES_DESELECTED) && !(off && ours != NULL))
        continue;
      first += off;
      while (first < last && (*first == ' ' || *first == '\t'))
        first++;
      while (last > first && (last[-1] == ' ' || last[-1] == '\t'))
        last--;
      name = g_strndup (first, last - first);
      path = off && wanted == LINES_MEANT ? g_strconcat (TRUST_DEBIAN_FOLDER "/", name, NULL) : NULL;
      if (path == NULL || g_hash_table_contains (ours, path))
        g_ptr_array_add (names, g_steal_pointer (&name));
    }
  return g_steal_pointer (&names);
}

GPtrArray *
trust_debian_parse_conf (TrustSpan conf)
{
  return parse_lines (conf, LINES_SELECTED, NULL);
}

GPtrArray *
trust_debian_parse_deselected (TrustSpan conf)
{
  return parse_lines (conf, LINES_DESELECTED, NULL);
}

static GBytes *
read_conf (TrustRoot *root, TrustSourceState *state, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = trust_root_read (root, TRUST_DEBIAN_CONF, TRUST_LIMIT_CONFIGURATION_BYTES, NULL, &local);

  if (bytes != NULL)
    return g_steal_pointer (&bytes);
  if (!g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  g_ptr_array_add (state->faults, g_strdup (TRUST_DEBIAN_CONF " is missing: the distribution's set is empty; "
                                                              "\"dpkg-reconfigure ca-certificates\" writes it anew"));
  return g_bytes_new_static ("", 0);
}

TrustSourceState *
trust_debian_load (TrustRoot *root, const TrustSource *source, TrustSourceState *previous, GError **error)
{
  g_autoptr (TrustSourceState) state = trust_source_state_new (source->id, source->layer, source->foreign);
  g_autoptr (GBytes) conf = read_conf (root, state, error);
  g_autoptr (GHashTable) ours = trust_debian_let_go (root);
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GString) path = g_string_new (NULL);
  gsize size = 0;
  const guint8 *data = NULL;

  if (conf == NULL)
    return NULL;
  data = g_bytes_get_data (conf, &size);
  /* What we deselect, a higher layer refuses; once it no longer does, the distribution trusts it as before. */
  names = parse_lines ((TrustSpan) { data, size }, LINES_MEANT, ours);
  if (names->len > TRUST_LIMIT_FOLDER_FILES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "%s selects %u files, more than %u: shorten it", TRUST_DEBIAN_CONF, names->len,
                   TRUST_LIMIT_FOLDER_FILES);
      return NULL;
    }
  for (guint i = 0; i < names->len; i++)
    {
      TrustSourceFile *file = NULL;

      g_string_printf (path, TRUST_DEBIAN_FOLDER "/%s", (const char *) names->pdata[i]);
      file = g_hash_table_lookup (state->by_path, path->str);
      if (file != NULL)
        file = trust_source_file_ref (file);
      else
        file = trust_source_read_file (root, source, path->str, &source->folders[0],
                                       previous != NULL ? g_hash_table_lookup (previous->by_path, path->str) : NULL);
      trust_source_state_take_file (state, file);
    }
  return g_steal_pointer (&state);
}

GHashTable *
trust_debian_let_go (TrustRoot *root)
{
  g_autoptr (GBytes) bytes = trust_root_read (root, TRUST_DEBIAN_DESELECTED, TRUST_LIMIT_CONFIGURATION_BYTES, NULL, NULL);
  GHashTable *paths = NULL;
  gsize size = 0;
  const char *at = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL, *end = at != NULL ? at + size : NULL;

  if (size == 0)
    return NULL;
  paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  while (at < end)
    {
      const char *newline = memchr (at, '\n', end - at), *last = newline != NULL ? newline : end;

      if (last > at)
        g_hash_table_add (paths, g_strdup_printf (TRUST_DEBIAN_FOLDER "/%.*s", (int) (last - at), at));
      at = last + 1;
    }
  return paths;
}
