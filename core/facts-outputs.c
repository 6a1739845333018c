/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/facts.h"

#include "core/consumers/placed.h"

static void
output_free (gpointer data)
{
  TrustFoundOutput *output = data;

  g_free (output->consumer);
  g_free (output->path);
  g_ptr_array_unref (output->losses);
  g_free (output);
}

static void
add_output (GPtrArray *out, const TrustSnapshot *snapshot, const TrustPlaced *placed, const TrustPlacedOutput *output, TrustAnchorSet *set)
{
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_loss_free);
  g_autoptr (TrustAnchorSet) fits = trust_placed_output_fit (output, set, snapshot->time, losses);
  TrustFoundOutput *found = NULL;

  if (fits == NULL)
    return;
  found = g_new0 (TrustFoundOutput, 1);
  found->consumer = g_strdup (placed->name);
  found->path = g_strdup (output->path);
  found->set = set;
  found->losses = g_steal_pointer (&losses);
  g_ptr_array_add (out, found);
}

GPtrArray *
trust_facts_find_outputs (const TrustSnapshot *snapshot)
{
  GPtrArray *out = g_ptr_array_new_with_free_func (output_free);

  for (guint i = 0; i < snapshot->placed->len; i++)
    {
      const TrustPlaced *placed = snapshot->placed->pdata[i];
      TrustAnchorSet *set = trust_snapshot_find_set (snapshot, placed->store);

      for (guint n = 0; placed->enabled && set != NULL && n < placed->outputs->len; n++)
        add_output (out, snapshot, placed, placed->outputs->pdata[n], set);
    }
  return out;
}
