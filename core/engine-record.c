/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/engine-parts.h"

#include "core/record.h"
#include "core/text.h"

#include <string.h>

/* Does STORE (nullable) itself say something of the certificate with FINGERPRINT? */
static gboolean
speaks_of (const TrustStore *store, const TrustFingerprint *fingerprint)
{
  TrustAnchor *anchor = store != NULL ? trust_anchor_set_lookup (store->set, fingerprint) : NULL;
  TrustDistrust *distrust = store != NULL ? trust_anchor_set_lookup_distrust (store->set, fingerprint) : NULL;

  return (anchor != NULL && g_str_equal (trust_origin_get_source (trust_anchor_get_origin (anchor)), store->state->source))
         || (distrust != NULL && g_str_equal (trust_origin_get_source (trust_distrust_get_origin (distrust)), store->state->source));
}

void
trust_engine_record_store (TrustJournalIntent *intent, const char *name, const TrustSnapshot *before_all, const TrustSnapshot *after_all,
                           guint n_system)
{
  const TrustStore *before = trust_snapshot_find_store (before_all, name), *after = trust_snapshot_find_store (after_all, name);
  g_autofree char *was = trust_store_describe (before), *is = trust_store_describe (after);
  g_autoptr (GHashTable) told = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (TrustAnchorSet) empty = trust_anchor_set_new (none, none);
  GPtrArray *changes = intent->changes;
  guint first = 0;

  if (!g_str_equal (was, is))
    trust_record_add_store (intent, name, was, is);
  for (guint i = 0; i < n_system; i++)
    g_hash_table_add (told, ((TrustJournalChange *) changes->pdata[i])->fingerprint);
  first = changes->len;
  trust_record_store (intent, name, before != NULL ? before->set : empty, after != NULL ? after->set : empty);
  for (guint i = changes->len; i > first; i--)
    {
      const TrustJournalChange *change = changes->pdata[i - 1];
      TrustFingerprint fingerprint;

      if (trust_text_unhex (change->fingerprint, fingerprint.bytes, sizeof fingerprint.bytes) && !speaks_of (before, &fingerprint)
          && !speaks_of (after, &fingerprint) && (before == NULL || after == NULL || g_hash_table_contains (told, change->fingerprint)))
        g_ptr_array_remove_index (changes, i - 1);
    }
}

void
trust_engine_record_stores (TrustJournalIntent *intent, const TrustSnapshot *before, const TrustSnapshot *after)
{
  guint n_system = intent->changes->len;

  for (guint i = 0; i < before->stores->len; i++)
    {
      const TrustStore *was = before->stores->pdata[i], *is = trust_snapshot_find_store (after, was->name);

      if (is == NULL || is->state != was->state)
        trust_engine_record_store (intent, was->name, before, after, n_system);
    }
  for (guint i = 0; i < after->stores->len; i++)
    if (trust_snapshot_find_store (before, ((TrustStore *) after->stores->pdata[i])->name) == NULL)
      trust_engine_record_store (intent, ((TrustStore *) after->stores->pdata[i])->name, before, after, n_system);
}
