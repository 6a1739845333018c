/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/cli/compare.h"

#include <string.h>

#define TRUSTED "trusted"
#define DISTRUSTED "distrusted"

static void
row_free (gpointer data)
{
  CompareRow *row = data;
  g_free (row->fingerprint);
  g_free (row->title);
  g_free (row->settings);
  g_free (row);
}

CompareSide *
compare_side_new (const char *kind, const char *name)
{
  CompareSide *side = g_new0 (CompareSide, 1);
  side->kind = kind;
  side->name = g_strdup (name);
  side->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, row_free);
  return side;
}

void
compare_side_free (CompareSide *side)
{
  g_free (side->name);
  g_hash_table_unref (side->rows);
  g_free (side);
}

void
compare_side_add (CompareSide *side, const char *key, const char *fingerprint, const char *title, const char *settings, gboolean is_unsaid)
{
  CompareRow *row = g_new0 (CompareRow, 1);
  row->fingerprint = g_strdup (fingerprint);
  row->title = g_strdup (title);
  row->settings = g_strdup (settings);
  row->is_unsaid = is_unsaid;
  g_hash_table_replace (side->rows, g_strdup (key), row);
}

static gboolean
is_trusted (const char *settings)
{
  return g_str_has_prefix (settings, TRUSTED);
}

/* A row of the system's store: the word alone, or with settings, and no store behind them. */
static gboolean
is_of_system (const CompareRow *row)
{
  gboolean known = is_trusted (row->settings) || strcmp (row->settings, DISTRUSTED) == 0;
  return known && row->fingerprint[0] != '\0' && strstr (row->settings, " in ") == NULL;
}

static gboolean
is_other (gpointer key, gpointer row, gpointer data)
{
  return !is_of_system (row);
}

void
compare_side_narrow (CompareSide *side)
{
  g_hash_table_foreach_remove (side->rows, is_other, NULL);
}

/* The part of what PIECE ("until=…") says. */
static const char *
part_of (const char *piece)
{
  static const char *const parts[] = { "distrust-after", "until", "accept-loss" };
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (g_str_has_prefix (piece, parts[i]))
      return parts[i];
  return "constraints";
}

static void
add_part (GPtrArray *parts, const char *part)
{
  if (!g_ptr_array_find_with_equal_func (parts, part, g_str_equal, NULL))
    g_ptr_array_add (parts, g_strdup (part));
}

/* Each of PIECES that OTHERS do not have, but for the first, which holds the purposes. */
static void
add_parts (GPtrArray *parts, char **pieces, char **others)
{
  for (guint i = 1; pieces[0] != NULL && pieces[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *) others, pieces[i]))
      add_part (parts, part_of (pieces[i]));
}

/* NULL: they are the same. Returns: (transfer full) (nullable). */
static char **
find_parts (const CompareRow *a, const CompareRow *b)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) ours = g_strsplit (a->settings, ";", -1), theirs = g_strsplit (b->settings, ";", -1);
  if (is_trusted (a->settings) != is_trusted (b->settings))
    add_part (parts, "trust");
  else if (!a->is_unsaid && !b->is_unsaid && strcmp (a->settings, b->settings) != 0)
    {
      if (g_strcmp0 (ours[0], theirs[0]) != 0)
        add_part (parts, "purposes");
      add_parts (parts, ours, theirs);
      add_parts (parts, theirs, ours);
    }
  if (parts->len == 0)
    return NULL;
  g_ptr_array_add (parts, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&parts), FALSE);
}

static void
difference_free (gpointer data)
{
  CompareDifference *difference = data;
  g_strfreev (difference->parts);
  g_free (difference);
}

static void
add (GPtrArray *out, const CompareRow *a, const CompareRow *b, char **parts)
{
  CompareDifference *difference = g_new0 (CompareDifference, 1);
  difference->a = a;
  difference->b = b;
  difference->parts = parts;
  g_ptr_array_add (out, difference);
}

static int
place_of (const CompareDifference *difference)
{
  return difference->b == NULL ? 0 : difference->a == NULL ? 1 : 2;
}

static int
compare_differences (gconstpointer a, gconstpointer b)
{
  const CompareDifference *one = *(const CompareDifference *const *) a, *other = *(const CompareDifference *const *) b;
  const CompareRow *first = one->a != NULL ? one->a : one->b, *second = other->a != NULL ? other->a : other->b;
  int order = place_of (one) - place_of (other);
  if (order == 0)
    order = strcmp (first->title, second->title);
  if (order == 0)
    order = strcmp (first->fingerprint, second->fingerprint);
  return order != 0 ? order : strcmp (first->settings, second->settings);
}

GPtrArray *
compare_sides (const CompareSide *a, const CompareSide *b, guint *same_out)
{
  GPtrArray *out = g_ptr_array_new_with_free_func (difference_free);
  GHashTableIter iter;
  gpointer key, row;
  *same_out = 0;
  g_hash_table_iter_init (&iter, a->rows);
  while (g_hash_table_iter_next (&iter, &key, &row))
    {
      const CompareRow *other = g_hash_table_lookup (b->rows, key);
      char **parts = other == NULL ? NULL : find_parts (row, other);
      if (other == NULL || parts != NULL)
        add (out, row, other, parts);
      else
        (*same_out)++;
    }
  g_hash_table_iter_init (&iter, b->rows);
  while (g_hash_table_iter_next (&iter, &key, &row))
    if (!g_hash_table_contains (a->rows, key))
      add (out, NULL, row, NULL);
  g_ptr_array_sort (out, compare_differences);
  return out;
}
