/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/sources/intermediates.h"

#include "core/sources/source.h"
#include "core/text.h"

struct _TrustIntermediates
{
  GMutex lock;             /* guards what follows */
  TrustRoot *root;         /* (owned) */
  TrustSourceState *state; /* (owned) (nullable) as last read */
  TrustAnchorSet *set;     /* (owned) of STATE */
};

static const char *const suffixes[] = { ".pem", ".crt", ".cer", ".der", NULL };
static const TrustFolderSpec folders[] = { { .folder = TRUST_INTERMEDIATES_FOLDER_USR, .suffixes = suffixes },
                                           { .folder = TRUST_INTERMEDIATES_FOLDER, .suffixes = suffixes } };
/* Not a row of the table of sources: what it holds names no trust. */
static const TrustSource source = { .id = "intermediates",
                                    .layer = TRUST_LAYER_ADMINISTRATOR,
                                    .load = trust_source_load_folders,
                                    .folders = folders,
                                    .n_folders = G_N_ELEMENTS (folders) };

TrustIntermediates *
trust_intermediates_new (TrustRoot *root)
{
  TrustIntermediates *intermediates = g_new0 (TrustIntermediates, 1);

  g_mutex_init (&intermediates->lock);
  intermediates->root = trust_root_ref (root);
  return intermediates;
}

void
trust_intermediates_free (TrustIntermediates *intermediates)
{
  g_clear_pointer (&intermediates->state, trust_source_state_unref);
  g_clear_pointer (&intermediates->set, trust_anchor_set_unref);
  trust_root_unref (intermediates->root);
  g_mutex_clear (&intermediates->lock);
  g_free (intermediates);
}

/* Each certificate once, whatever number of files hold it. */
static TrustAnchorSet *
make_set (const TrustSourceState *state)
{
  g_autoptr (GPtrArray) anchors = g_ptr_array_new (), distrusts = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);

  for (guint i = 0; state != NULL && i < state->files->len; i++)
    {
      const TrustSourceFile *file = state->files->pdata[i];

      for (guint n = 0; n < file->n_anchors; n++)
        if (g_hash_table_add (seen, (gpointer) trust_anchor_get_fingerprint (file->anchors[n])))
          g_ptr_array_add (anchors, file->anchors[n]);
    }
  return trust_anchor_set_new (anchors, distrusts);
}

static void
add_reports (const TrustSourceState *state, GPtrArray *reports)
{
  for (guint i = 0; state != NULL && i < state->files->len; i++)
    {
      const TrustSourceFile *file = state->files->pdata[i];
      g_autofree char *path = trust_text_printable (trust_origin_get_path (file->origin), 0);

      if (file->fault != NULL)
        g_ptr_array_add (reports, g_strdup_printf ("%s: %s", path, file->fault));
    }
}

TrustAnchorSet *
trust_intermediates_look (TrustIntermediates *intermediates, GPtrArray *reports)
{
  g_autoptr (GError) error = NULL;
  TrustSourceState *state = NULL;
  TrustAnchorSet *set = NULL;

  g_mutex_lock (&intermediates->lock);
  state = trust_source_load (intermediates->root, &source, intermediates->state, &error);
  if (state != NULL && state != intermediates->state)
    {
      g_clear_pointer (&intermediates->set, trust_anchor_set_unref);
      g_clear_pointer (&intermediates->state, trust_source_state_unref);
      intermediates->state = g_steal_pointer (&state);
    }
  g_clear_pointer (&state, trust_source_state_unref);
  if (intermediates->set == NULL)
    intermediates->set = make_set (intermediates->state);
  if (reports != NULL)
    add_reports (intermediates->state, reports);
  if (reports != NULL && error != NULL)
    g_ptr_array_add (reports, g_strdup (error->message));
  set = trust_anchor_set_ref (intermediates->set);
  g_mutex_unlock (&intermediates->lock);
  return set;
}
