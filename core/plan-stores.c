/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-stores.h"

#include "core/layers.h"
#include "core/loss.h"
#include "core/stores.h"
#include "core/text.h"

G_GNUC_PRINTF (3, 4)
static void
report (TrustStore *store, const char *path, const char *format, ...)
{
  g_autofree char *shown = path != NULL ? trust_text_printable (path, 0) : NULL, *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (store->reports, g_strdup_printf ("%s: %s%s%s", store->name, path != NULL ? shown : "", path != NULL ? ": " : "", text));
}

/* What is wrong with the store and its files, and what its entries contradict. */
static void
fill_reports (TrustStore *store, const GPtrArray *conflicts)
{
  if (store->fault != NULL)
    report (store, NULL, "it is empty: %s", store->fault);
  for (guint i = 0; i < store->state->faults->len; i++)
    report (store, NULL, "%s", (const char *) store->state->faults->pdata[i]);
  for (guint i = 0; i < store->state->files->len; i++)
    {
      const TrustSourceFile *file = store->state->files->pdata[i];

      if (file->fault != NULL)
        report (store, trust_origin_get_path (file->origin), "%s", file->fault);
    }
  for (guint i = 0; i < conflicts->len; i++)
    report (store, NULL, "%s", (const char *) conflicts->pdata[i]);
}

/* When the first of the store's own trusts ends after NOW. */
static gint64
find_next_end (const TrustSourceState *state, gint64 now)
{
  gint64 next = TRUST_NEVER;

  for (guint i = 0; i < state->files->len; i++)
    {
      const TrustSourceFile *file = state->files->pdata[i];

      for (guint n = 0; n < file->n_anchors; n++)
        {
          gint64 until = trust_settings_get_until (trust_anchor_get_settings (file->anchors[n]));

          next = until > now ? MIN (next, until) : next;
        }
    }
  return next;
}

/* SET as flat files may show it; that of the system is known already. (transfer full) */
static TrustAnchorSet *
flatten (TrustAnchorSet *set, const TrustStoresBase *base, gint64 *next)
{
  if (set != base->set)
    return trust_loss_flatten (set, &trust_loss_policy_default, base->now, next, NULL);
  *next = base->flat_next;
  return trust_anchor_set_ref (base->flat);
}

static TrustStore *
make_store (const TrustStore *loaded, const TrustStoresBase *base)
{
  g_autoptr (GPtrArray) conflicts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) states = g_ptr_array_new ();
  g_autoptr (TrustAnchorSet) own = NULL, set = NULL, flat = NULL;
  gint64 next = TRUST_NEVER;
  TrustStore *store = NULL;

  g_ptr_array_add (states, loaded->state);
  own = trust_layers_merge (states, base->ended, base->now, conflicts);
  set = trust_stores_combine (loaded, base->set, own, conflicts);
  flat = flatten (set, base, &next);
  store = trust_store_with_sets (loaded, base->set, set, flat, base->now, MIN (next, find_next_end (loaded->state, base->now)));
  fill_reports (store, conflicts);
  return store;
}

GPtrArray *
trust_plan_make_stores (const GPtrArray *loaded, const TrustStoresBase *base)
{
  GPtrArray *stores = g_ptr_array_new_full (loaded->len, (GDestroyNotify) trust_store_unref);

  for (guint i = 0; i < loaded->len; i++)
    {
      TrustStore *store = loaded->pdata[i];
      gboolean is_made = store->base == base->set && store->made <= base->now && base->now < store->next;

      g_ptr_array_add (stores, is_made ? trust_store_ref (store) : make_store (store, base));
    }
  return stores;
}

GPtrArray *
trust_plan_gather_states (const GPtrArray *states, const GPtrArray *stores)
{
  GPtrArray *all = g_ptr_array_sized_new (states->len + stores->len);

  for (guint i = 0; i < states->len; i++)
    g_ptr_array_add (all, states->pdata[i]);
  for (guint i = 0; i < stores->len; i++)
    g_ptr_array_add (all, ((TrustStore *) stores->pdata[i])->state);
  return all;
}
