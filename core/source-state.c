/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/source-state.h"

#include <string.h>

static const char *const status_names[] = { "taken", "last-good", "unparsable", "insecure", "private-key", "missing", "masked", "ignored" };
G_STATIC_ASSERT (G_N_ELEMENTS (status_names) == TRUST_FILE_IGNORED + 1);

const char *
trust_file_status_get_name (TrustFileStatus status)
{
  return status <= TRUST_FILE_IGNORED ? status_names[status] : "unknown";
}

TrustSourceFile *
trust_source_file_ref (TrustSourceFile *file)
{
  g_atomic_ref_count_inc (&file->refs);
  return file;
}

void
trust_source_file_unref (TrustSourceFile *file)
{
  if (!g_atomic_ref_count_dec (&file->refs))
    return;
  for (guint i = 0; i < file->n_anchors; i++)
    trust_anchor_unref (file->anchors[i]);
  for (guint i = 0; i < file->n_distrusts; i++)
    trust_distrust_unref (file->distrusts[i]);
  g_free (file->anchors);
  g_free (file->distrusts);
  g_free (file->fault);
  g_clear_pointer (&file->origin, trust_origin_unref);
  g_free (file);
}

TrustSourceState *
trust_source_state_new (const char *source, TrustLayer layer, gboolean foreign)
{
  TrustSourceState *state = g_new0 (TrustSourceState, 1);

  g_atomic_ref_count_init (&state->refs);
  state->source = source;
  state->layer = layer;
  state->foreign = foreign;
  state->by_path = g_hash_table_new (g_str_hash, g_str_equal);
  state->files = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_file_unref);
  state->faults = g_ptr_array_new_with_free_func (g_free);
  return state;
}

void
trust_source_state_take_file (TrustSourceState *state, TrustSourceFile *file)
{
  g_ptr_array_add (state->files, file);
  g_hash_table_insert (state->by_path, (gpointer) trust_origin_get_path (file->origin), file);
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  const TrustSourceFile *x = *(TrustSourceFile *const *) a, *y = *(TrustSourceFile *const *) b;

  return strcmp (trust_origin_get_path (x->origin), trust_origin_get_path (y->origin));
}

void
trust_source_state_sort (TrustSourceState *state)
{
  g_ptr_array_sort (state->files, compare_paths);
}

TrustSourceState *
trust_source_state_ref (TrustSourceState *state)
{
  g_atomic_ref_count_inc (&state->refs);
  return state;
}

void
trust_source_state_unref (TrustSourceState *state)
{
  if (!g_atomic_ref_count_dec (&state->refs))
    return;
  g_hash_table_unref (state->by_path);
  g_ptr_array_unref (state->files);
  g_ptr_array_unref (state->faults);
  g_free (state);
}

guint
trust_source_state_count_anchors (const TrustSourceState *state)
{
  guint n = 0;

  for (guint i = 0; i < state->files->len; i++)
    n += ((TrustSourceFile *) state->files->pdata[i])->n_anchors;
  return n;
}
