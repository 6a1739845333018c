/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/store.h"

#include "core/error.h"
#include "core/text.h"

#include <string.h>

#define APP "app/"
#define NAME_MAX_CHARS 64u

TrustStore *
trust_store_new (const char *name, gboolean inherits, TrustPurposes *narrowed, TrustSourceState *state, const char *fault)
{
  TrustStore *store = g_new0 (TrustStore, 1);

  g_atomic_ref_count_init (&store->refs);
  store->name = g_strdup (name);
  store->inherits = inherits && fault == NULL;
  store->narrowed = narrowed != NULL ? trust_purposes_ref (narrowed) : NULL;
  store->state = trust_source_state_ref (state);
  store->fault = g_strdup (fault);
  store->next = TRUST_NEVER;
  store->reports = g_ptr_array_new_with_free_func (g_free);
  return store;
}

TrustStore *
trust_store_with_sets (const TrustStore *store, TrustAnchorSet *base, TrustAnchorSet *set, TrustAnchorSet *flat, gint64 made, gint64 next)
{
  TrustStore *copy = trust_store_new (store->name, store->inherits, store->narrowed, store->state, store->fault);

  copy->base = trust_anchor_set_ref (base);
  copy->set = trust_anchor_set_ref (set);
  copy->flat = trust_anchor_set_ref (flat);
  copy->made = made;
  copy->next = next;
  return copy;
}

TrustStore *
trust_store_ref (TrustStore *store)
{
  g_atomic_ref_count_inc (&store->refs);
  return store;
}

void
trust_store_unref (TrustStore *store)
{
  if (!g_atomic_ref_count_dec (&store->refs))
    return;
  g_free (store->name);
  g_clear_pointer (&store->narrowed, trust_purposes_unref);
  g_clear_pointer (&store->state, trust_source_state_unref);
  g_clear_pointer (&store->base, trust_anchor_set_unref);
  g_clear_pointer (&store->set, trust_anchor_set_unref);
  g_clear_pointer (&store->flat, trust_anchor_set_unref);
  g_ptr_array_unref (store->reports);
  g_free (store->fault);
  g_free (store);
}

static gboolean
is_app_name (const char *name)
{
  const char *rest = name + strlen (APP);
  gsize size = 0;

  if (!g_str_has_prefix (name, APP))
    return FALSE;
  size = strspn (rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
  return size > 0 && size <= NAME_MAX_CHARS && rest[size] == '\0' && g_ascii_isalnum (rest[0]);
}

gboolean
trust_store_check_name (const char *name, GError **error)
{
  g_autofree char *shown = NULL;

  if (g_str_equal (name, TRUST_STORE_SYSTEM) || is_app_name (name))
    return TRUE;
  shown = trust_text_printable (name, NAME_MAX_CHARS);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
               "\"%s\" is no store's name; write \"system\", or \"" APP "\" and 1 to %u letters, digits, dots, underscores and dashes, the first "
               "of them a letter or a digit",
               shown, NAME_MAX_CHARS);
  return FALSE;
}

gboolean
trust_store_check_app_name (const char *name, GError **error)
{
  if (!g_str_equal (name, TRUST_STORE_SYSTEM))
    return trust_store_check_name (name, error);
  g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
                       "\"system\" is the machine's own store, which `anchorctl add`, `remove` and `distrust` change; an application's is "
                       "named \"" APP "NAME\"");
  return FALSE;
}

char *
trust_store_dup_folder (const char *name)
{
  return g_strconcat (TRUST_STORES_FOLDER "/", name, NULL);
}

char *
trust_store_describe (const TrustStore *store)
{
  g_auto (GStrv) names = NULL;
  g_autofree char *joined = NULL;

  if (store == NULL)
    return g_strdup ("no store");
  if (store->fault != NULL)
    return g_strdup_printf ("empty: %s", store->fault);
  names = store->narrowed != NULL ? trust_purposes_dup_names (store->narrowed) : NULL;
  joined = names != NULL ? g_strjoinv (", ", names) : NULL;
  return g_strdup_printf ("%s, for %s%s", store->inherits ? "what the system trusts and its own" : "its own anchors",
                          joined != NULL ? joined : "every purpose", joined != NULL ? " alone" : "");
}

TrustStore *
trust_store_find (const GPtrArray *stores, const char *name)
{
  guint low = 0, high = stores->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      TrustStore *store = g_ptr_array_index (stores, middle);
      int order = strcmp (store->name, name);

      if (order == 0)
        return store;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return NULL;
}
