/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/engine-parts.h"

#include "core/layers.h"
#include "core/record.h"

/* What the files of STORE (nullable) themselves say. What the system trusts and refuses beside them holds in every store, and is told once, of the
 * system: rows of stores that followed from it would be false as soon as it changes. Returns: (transfer full). */
static TrustAnchorSet *
merge_own (const TrustStore *store, const TrustSnapshot *snapshot)
{
  g_autoptr (GPtrArray) states = g_ptr_array_new (), reports = g_ptr_array_new_with_free_func (g_free);

  if (store != NULL)
    g_ptr_array_add (states, store->state);
  return trust_layers_merge (states, snapshot->ended, snapshot->time, reports);
}

void
trust_engine_record_store (TrustJournalIntent *intent, const char *name, const TrustSnapshot *before_all, const TrustSnapshot *after_all)
{
  const TrustStore *before = trust_snapshot_find_store (before_all, name), *after = trust_snapshot_find_store (after_all, name);
  g_autofree char *was = trust_store_describe (before), *is = trust_store_describe (after);
  g_autoptr (TrustAnchorSet) before_own = merge_own (before, before_all), after_own = merge_own (after, after_all);

  if (!g_str_equal (was, is))
    trust_record_add_store (intent, name, was, is);
  trust_record_store (intent, name, before_own, after_own);
}

void
trust_engine_record_stores (TrustJournalIntent *intent, const TrustSnapshot *before, const TrustSnapshot *after)
{
  for (guint i = 0; i < before->stores->len; i++)
    {
      const TrustStore *was = before->stores->pdata[i], *is = trust_snapshot_find_store (after, was->name);

      if (is == NULL || is->state != was->state)
        trust_engine_record_store (intent, was->name, before, after);
    }
  for (guint i = 0; i < after->stores->len; i++)
    if (trust_snapshot_find_store (before, ((TrustStore *) after->stores->pdata[i])->name) == NULL)
      trust_engine_record_store (intent, ((TrustStore *) after->stores->pdata[i])->name, before, after);
}
