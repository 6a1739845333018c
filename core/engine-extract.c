/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/engine-parts.h"

#include "core/emitters/emitter.h"

GPtrArray *
trust_engine_extract (const TrustSnapshot *snapshot, const char *format, const char *purpose, GHashTable *options, GError **error)
{
  const TrustEmitter *emitter = trust_emitter_find (format);
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_entry_free);
  g_autoptr (TrustAnchorSet) fits = NULL;
  GBytes *bytes = NULL;

  if (emitter == NULL || emitter->merges || (purpose == NULL && trust_emitter_is_flat (emitter)))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, "Nothing can be extracted in the format \"%s\"", format);
      return NULL;
    }
  fits = trust_emitter_fit (emitter, snapshot->set, purpose, &trust_loss_policy_default, snapshot->time, NULL);

  const TrustEmitterInput input = { .set = fits, .purpose = purpose, .options = options };

  if (emitter->is_folder)
    {
      emitter->list (&input, entries);
      return g_steal_pointer (&entries);
    }
  bytes = trust_emitter_write (emitter, &input, error);
  if (bytes == NULL)
    return NULL;
  g_ptr_array_add (entries, trust_entry_new (g_strdup (""), NULL, bytes));
  return g_steal_pointer (&entries);
}
