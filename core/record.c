/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/record.h"

#include "core/name.h"
#include "core/text.h"

#include <string.h>

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

/* The title of what FINGERPRINT names in SET; NULL where SET has no such certificate. (transfer full) (nullable) */
static char *
dup_title (const TrustAnchorSet *set, const TrustFingerprint *fingerprint)
{
  TrustAnchor *anchor = set != NULL ? trust_anchor_set_lookup (set, fingerprint) : NULL;
  TrustDistrust *distrust = set != NULL && anchor == NULL ? trust_anchor_set_lookup_distrust (set, fingerprint) : NULL;
  TrustCertificate *certificate = anchor != NULL ? trust_anchor_get_certificate (anchor) : NULL;

  if (distrust != NULL)
    certificate = trust_distrust_get_certificate (distrust);
  return certificate != NULL ? trust_certificate_dup_title (certificate) : NULL;
}

static void
add_changes (TrustJournalIntent *intent, const TrustBefore *before, const TrustAnchorSet *after, const GArray *fingerprints)
{
  for (guint i = 0; i < fingerprints->len; i++)
    {
      const TrustFingerprint *fingerprint = &g_array_index (fingerprints, TrustFingerprint, i);
      TrustJournalChange *change = g_new0 (TrustJournalChange, 1);

      trust_fingerprint_to_hex (fingerprint, change->fingerprint);
      change->title = dup_title (after, fingerprint);
      if (change->title == NULL)
        change->title = dup_title (before->set, fingerprint);
      if (change->title == NULL)
        change->title = g_strdup ("");
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

static void
add_key_title (GHashTable *titles, const TrustDistrust *distrust)
{
  const TrustFingerprint *key = trust_distrust_get_key_fingerprint (distrust);
  TrustSpan issuer = trust_distrust_get_issuer_der (distrust), serial = trust_distrust_get_serial (distrust);
  char hex[65];

  if (key != NULL)
    {
      trust_fingerprint_to_hex (key, hex);
      g_hash_table_add (titles, g_strconcat ("key ", hex, NULL));
    }
  if (issuer.size > 0)
    {
      g_autofree char *number = trust_text_hex (serial.data, serial.size), *name = trust_name_attribute (issuer, "\x55\x04\x03", 3);
      TrustFingerprint digest;

      trust_fingerprint_of (issuer.data, issuer.size, &digest);
      trust_fingerprint_to_hex (&digest, hex);
      g_hash_table_add (titles, g_strdup_printf ("serial %s of %s (issuer %s)", number, name != NULL ? name : "a CA without a name", hex));
    }
}

GHashTable *
trust_record_list_keys (const TrustAnchorSet *set)
{
  GHashTable *titles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (set); i++)
    {
      TrustDistrust *distrust = trust_anchor_set_get_distrust (set, i);

      if (trust_distrust_get_fingerprint (distrust) == NULL)
        add_key_title (titles, distrust);
    }
  return titles;
}

static int
compare_titles (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* What stands in ONE and not in OTHER, sorted. (transfer container) */
static GPtrArray *
subtract (GHashTable *one, GHashTable *other)
{
  GPtrArray *out = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer title = NULL;

  g_hash_table_iter_init (&iter, one);
  while (g_hash_table_iter_next (&iter, &title, NULL))
    if (!g_hash_table_contains (other, title))
      g_ptr_array_add (out, title);
  g_ptr_array_sort (out, compare_titles);
  return out;
}

/* Keys and numbers that are refused from now on, or no longer. */
static void
diff_keys (TrustJournalIntent *intent, const TrustAnchorSet *before, const TrustAnchorSet *after)
{
  g_autoptr (GHashTable) were = trust_record_list_keys (before), are = trust_record_list_keys (after);
  g_autoptr (GPtrArray) gone = subtract (were, are), fresh = subtract (are, were);

  for (guint i = 0; i < gone->len; i++)
    trust_record_add_store (intent, gone->pdata[i], "distrusted", "");
  for (guint i = 0; i < fresh->len; i++)
    trust_record_add_store (intent, fresh->pdata[i], "", "distrusted");
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
  if (before->fold != NULL)
    return intent;
  add_changes (intent, before, after, diff->removed);
  add_changes (intent, before, after, diff->added);
  add_changes (intent, before, after, diff->changed);
  if (before->set != NULL)
    {
      g_autoptr (GArray) distrusts = diff_distrusts (before->set, after);

      add_changes (intent, before, after, distrusts);
      diff_keys (intent, before->set, after);
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
  const TrustBefore before = { before_set, NULL, NULL };
  g_auto (TrustAnchorSetDiff) diff = { 0 };
  g_autoptr (GArray) distrusts = diff_distrusts (before_set, after);
  guint first = intent->changes->len;

  trust_anchor_set_diff (before_set, after, &diff);
  add_changes (intent, &before, after, diff.removed);
  add_changes (intent, &before, after, diff.added);
  add_changes (intent, &before, after, diff.changed);
  add_changes (intent, &before, after, distrusts);
  diff_keys (intent, before_set, after);
  for (guint i = first; i < intent->changes->len; i++)
    {
      TrustJournalChange *change = intent->changes->pdata[i];

      add_where (&change->before, store);
      add_where (&change->after, store);
    }
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
