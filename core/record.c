/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/record.h"

char *
trust_record_describe (const TrustAnchorSet *set, const TrustFingerprint *fingerprint)
{
  TrustAnchor *anchor = trust_anchor_set_lookup (set, fingerprint);
  g_autofree char *settings = NULL;

  if (anchor == NULL)
    return g_strdup (trust_anchor_set_lookup_distrust (set, fingerprint) != NULL ? "distrusted" : "");
  settings = trust_settings_describe (trust_anchor_get_settings (anchor));
  return g_strconcat ("trusted ", settings, NULL);
}

static char *
describe_before (const TrustBefore *before, const TrustFingerprint *fingerprint)
{
  const char *settings = NULL;

  if (before->set != NULL)
    return trust_record_describe (before->set, fingerprint);
  settings = g_hash_table_lookup (before->published, fingerprint);
  return settings != NULL ? g_strconcat ("trusted ", settings, NULL) : g_strdup ("");
}

/* trust_anchor_set_diff() against what the last run published, of which no certificates are known any more. */
static void
diff_published (GHashTable *published, const TrustAnchorSet *after, TrustAnchorSetDiff *out)
{
  GHashTableIter iter;
  gpointer key = NULL;

  out->added = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  out->removed = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  out->changed = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  for (guint i = 0; i < trust_anchor_set_get_n_anchors (after); i++)
    {
      TrustAnchor *anchor = trust_anchor_set_get_anchor (after, i);
      const TrustFingerprint *fingerprint = trust_anchor_get_fingerprint (anchor);
      const char *settings = g_hash_table_lookup (published, fingerprint);
      g_autofree char *now = trust_settings_describe (trust_anchor_get_settings (anchor));

      if (settings == NULL)
        g_array_append_vals (out->added, fingerprint, 1);
      else if (!g_str_equal (settings, now))
        g_array_append_vals (out->changed, fingerprint, 1);
    }
  g_hash_table_iter_init (&iter, published);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (trust_anchor_set_lookup (after, key) == NULL)
      g_array_append_vals (out->removed, key, 1);
}

static void
add_changes (TrustJournalIntent *intent, const TrustBefore *before, const TrustAnchorSet *after, const GArray *fingerprints)
{
  for (guint i = 0; i < fingerprints->len; i++)
    {
      const TrustFingerprint *fingerprint = &g_array_index (fingerprints, TrustFingerprint, i);
      TrustAnchor *anchor = trust_anchor_set_lookup (after, fingerprint);
      TrustJournalChange *change = g_new0 (TrustJournalChange, 1);

      if (anchor == NULL && before->set != NULL)
        anchor = trust_anchor_set_lookup (before->set, fingerprint);
      trust_fingerprint_to_hex (fingerprint, change->fingerprint);
      change->title = anchor != NULL ? trust_certificate_dup_title (trust_anchor_get_certificate (anchor)) : g_strdup ("");
      change->before = describe_before (before, fingerprint);
      change->after = trust_record_describe (after, fingerprint);
      g_ptr_array_add (intent->changes, change);
    }
}

/* Distrusts are no anchors: those that only one of the sets has. */
static GArray *
diff_distrusts (const TrustAnchorSet *before, const TrustAnchorSet *after)
{
  GArray *changed = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));

  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (after); i++)
    {
      const TrustFingerprint *named = trust_distrust_get_fingerprint (trust_anchor_set_get_distrust (after, i));

      if (named != NULL && trust_anchor_set_lookup_distrust (before, named) == NULL && trust_anchor_set_lookup (before, named) == NULL)
        g_array_append_vals (changed, named, 1);
    }
  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (before); i++)
    {
      const TrustFingerprint *named = trust_distrust_get_fingerprint (trust_anchor_set_get_distrust (before, i));

      if (named != NULL && trust_anchor_set_lookup_distrust (after, named) == NULL && trust_anchor_set_lookup (after, named) == NULL)
        g_array_append_vals (changed, named, 1);
    }
  return changed;
}

TrustJournalIntent *
trust_record_intent (const char *operation, const char *reason, const TrustCaller *caller, guint64 generation, const TrustBefore *before,
             const TrustAnchorSet *after, TrustAnchorSetDiff *diff)
{
  TrustJournalIntent *intent = trust_journal_intent_new (operation);

  intent->generation = generation;
  intent->time = g_get_real_time ();
  g_free (intent->reason);
  intent->reason = g_strdup (reason != NULL ? reason : "");
  g_clear_pointer (&intent->caller, trust_caller_free);
  intent->caller = trust_caller_copy (caller);
  if (before->set != NULL)
    trust_anchor_set_diff (before->set, after, diff);
  else
    diff_published (before->published, after, diff);
  add_changes (intent, before, after, diff->removed);
  add_changes (intent, before, after, diff->added);
  add_changes (intent, before, after, diff->changed);
  if (before->set != NULL)
    {
      g_autoptr (GArray) distrusts = diff_distrusts (before->set, after);

      add_changes (intent, before, after, distrusts);
    }
  return intent;
}

void
trust_record_add_store (TrustJournalIntent *intent, const char *name, const char *before, const char *after)
{
  TrustJournalChange *change = g_new0 (TrustJournalChange, 1);

  change->title = g_strdup (name);
  change->before = g_strdup (before);
  change->after = g_strdup (after);
  g_ptr_array_add (intent->changes, change);
}

/* The list BEFORE goes, or AFTER comes; the other is NULL. */
static void
add_crl (TrustJournalIntent *intent, const TrustKeptCrl *before, const TrustKeptCrl *after)
{
  const TrustKeptCrl *one = before != NULL ? before : after;
  g_autofree char *issuer = trust_kept_crl_dup_title (one->crl);
  TrustJournalChange *change = g_new0 (TrustJournalChange, 1);

  trust_fingerprint_to_hex (&one->id, change->fingerprint);
  change->title = g_strdup_printf ("revocation list of %s", issuer);
  change->before = before != NULL ? trust_kept_crl_describe (before) : g_strdup ("not kept");
  change->after = after != NULL ? trust_kept_crl_describe (after) : g_strdup ("not kept");
  g_ptr_array_add (intent->changes, change);
}

/* The ids of those that count. (transfer full) */
static GHashTable *
index_crls (const GPtrArray *crls)
{
  GHashTable *index = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);

  for (guint i = 0; i < crls->len; i++)
    if (((TrustKeptCrl *) crls->pdata[i])->fault == NULL)
      g_hash_table_add (index, &((TrustKeptCrl *) crls->pdata[i])->id);
  return index;
}

void
trust_record_add_crls (TrustJournalIntent *intent, const GPtrArray *before, const GPtrArray *after)
{
  g_autoptr (GHashTable) were = before != after ? index_crls (before) : NULL, are = before != after ? index_crls (after) : NULL;

  if (before == after)
    return;
  for (guint i = 0; i < before->len; i++)
    {
      const TrustKeptCrl *kept = before->pdata[i];

      if (kept->fault == NULL && !g_hash_table_contains (are, &kept->id))
        add_crl (intent, kept, NULL);
    }
  for (guint i = 0; i < after->len; i++)
    {
      const TrustKeptCrl *kept = after->pdata[i];

      if (kept->fault == NULL && !g_hash_table_contains (were, &kept->id))
        add_crl (intent, NULL, kept);
    }
}

static void
add_where (char **words, const char *store)
{
  char *whole = **words != '\0' ? g_strconcat (*words, " in ", store, NULL) : NULL;

  if (whole == NULL)
    return;
  g_free (*words);
  *words = whole;
}

void
trust_record_store (TrustJournalIntent *intent, const char *store, const TrustAnchorSet *before_set, const TrustAnchorSet *after)
{
  const TrustBefore before = { before_set, NULL, NULL, NULL };
  g_auto (TrustAnchorSetDiff) diff = { 0 };
  g_autoptr (GArray) distrusts = diff_distrusts (before_set, after);
  guint first = intent->changes->len;

  trust_anchor_set_diff (before_set, after, &diff);
  add_changes (intent, &before, after, diff.removed);
  add_changes (intent, &before, after, diff.added);
  add_changes (intent, &before, after, diff.changed);
  add_changes (intent, &before, after, distrusts);
  for (guint i = first; i < intent->changes->len; i++)
    {
      TrustJournalChange *change = intent->changes->pdata[i];

      add_where (&change->before, store);
      add_where (&change->after, store);
    }
}

gboolean
trust_record_is_unchanged (const TrustBefore *before, const TrustAnchorSet *after)
{
  g_auto (TrustAnchorSetDiff) diff = { 0 };
  g_autoptr (GArray) distrusts = NULL;

  if (before->set == NULL)
    {
      diff_published (before->published, after, &diff);
      return trust_anchor_set_diff_is_empty (&diff);
    }
  trust_anchor_set_diff (before->set, after, &diff);
  distrusts = diff_distrusts (before->set, after);
  return trust_anchor_set_diff_is_empty (&diff) && distrusts->len == 0;
}

static void
add_placed (TrustJournalIntent *intent, const char *name, gboolean is_enabled)
{
  g_autofree char *title = g_strconcat ("consumer ", name, NULL);

  trust_record_add_store (intent, title, is_enabled ? "disabled" : "enabled", is_enabled ? "enabled" : "disabled");
}

void
trust_record_add_placed (TrustJournalIntent *intent, const GPtrArray *before, const GPtrArray *after)
{
  for (guint i = 0; i < before->len; i++)
    {
      const TrustPlaced *was = before->pdata[i], *is = trust_placed_find (after, was->name);

      if (was->enabled && (is == NULL || !is->enabled))
        add_placed (intent, was->name, FALSE);
    }
  for (guint i = 0; i < after->len; i++)
    {
      const TrustPlaced *is = after->pdata[i], *was = trust_placed_find (before, is->name);

      if (is->enabled && (was == NULL || !was->enabled))
        add_placed (intent, is->name, TRUE);
    }
}
