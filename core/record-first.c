/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the journal is told when there is no moment before: what it does not have yet. And the certificates that it has not seen. */
#include "core/record.h"

#include "core/limits.h"
#include "core/text.h"

#include <string.h>

static void
add (TrustJournalIntent *intent, const char *hex, const char *title, const char *before, const char *after)
{
  TrustJournalChange *change = g_new0 (TrustJournalChange, 1);

  g_strlcpy (change->fingerprint, hex, sizeof change->fingerprint);
  change->title = g_strdup (title);
  change->before = g_strdup (before);
  change->after = g_strdup (after);
  g_ptr_array_add (intent->changes, change);
}

static void
add_certificate (TrustJournalIntent *intent, const TrustJournalFold *fold, const TrustAnchorSet *set, const TrustFingerprint *fingerprint,
                 const TrustCertificate *certificate)
{
  g_autofree char *after = trust_record_describe (set, fingerprint), *title = NULL;
  const TrustJournalState *state = NULL;
  char hex[65];

  trust_fingerprint_to_hex (fingerprint, hex);
  state = trust_journal_fold_find_state (fold, hex);
  if (state != NULL && g_str_equal (state->settings, after))
    return;
  title = certificate != NULL ? trust_certificate_dup_title (certificate) : g_strdup ("");
  add (intent, hex, title, state != NULL ? state->settings : "", after);
}

static void
add_set (TrustJournalIntent *intent, const TrustJournalFold *fold, const TrustAnchorSet *set)
{
  g_autoptr (GHashTable) told = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);

  for (guint i = 0; i < trust_anchor_set_get_n_anchors (set); i++)
    {
      TrustAnchor *anchor = trust_anchor_set_get_anchor (set, i);

      add_certificate (intent, fold, set, trust_anchor_get_fingerprint (anchor), trust_anchor_get_certificate (anchor));
    }
  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (set); i++)
    {
      TrustDistrust *distrust = trust_anchor_set_get_distrust (set, i);
      const TrustFingerprint *named = trust_distrust_get_fingerprint (distrust);

      if (named != NULL && trust_anchor_set_lookup (set, named) == NULL && g_hash_table_add (told, (gpointer) named))
        add_certificate (intent, fold, set, named, trust_distrust_get_certificate (distrust));
    }
}

/* The revocation lists that count: "SHA256" -> TrustKeptCrl*. (transfer full) */
static GHashTable *
index_crls (const GPtrArray *kept)
{
  GHashTable *index = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < kept->len; i++)
    {
      const TrustKeptCrl *crl = kept->pdata[i];
      char hex[65];

      trust_fingerprint_to_hex (&crl->id, hex);
      if (crl->fault == NULL)
        g_hash_table_insert (index, g_strdup (hex), kept->pdata[i]);
    }
  return index;
}

static void
add_crls (TrustJournalIntent *intent, const TrustJournalFold *fold, GHashTable *crls)
{
  GHashTableIter iter;
  gpointer hex = NULL, kept = NULL;

  g_hash_table_iter_init (&iter, crls);
  while (g_hash_table_iter_next (&iter, &hex, &kept))
    if (trust_journal_fold_find_state (fold, hex) == NULL)
      {
        g_autofree char *issuer = trust_kept_crl_dup_title (((TrustKeptCrl *) kept)->crl), *title = g_strconcat ("revocation list of ", issuer, NULL);
        g_autofree char *after = trust_kept_crl_describe (kept);

        add (intent, hex, title, "not kept", after);
      }
}

/* Consumers that are enabled. */
static GHashTable *
index_placed (const GPtrArray *placed)
{
  GHashTable *index = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < placed->len; i++)
    if (((TrustPlaced *) placed->pdata[i])->enabled)
      g_hash_table_add (index, g_strconcat ("consumer ", ((TrustPlaced *) placed->pdata[i])->name, NULL));
  return index;
}

static void
add_fresh (TrustJournalIntent *intent, GHashTable *had, GHashTable *titles, const char *before, const char *after)
{
  GHashTableIter iter;
  gpointer title = NULL;

  g_hash_table_iter_init (&iter, titles);
  while (g_hash_table_iter_next (&iter, &title, NULL))
    if (!g_hash_table_contains (had, title))
      add (intent, "", title, before, after);
}

void
trust_record_since (TrustJournalIntent *intent, const TrustJournalFold *fold, const TrustSnapshot *after)
{
  g_autoptr (GPtrArray) states = trust_journal_fold_list_states (fold);
  g_autoptr (GHashTable) crls = index_crls (after->kept), placed = index_placed (after->placed), keys = trust_record_list_keys (after->set);
  g_autoptr (GHashTable) had = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < states->len; i++)
    {
      const TrustJournalState *state = states->pdata[i];
      gboolean is_key = g_str_equal (state->settings, "distrusted"), is_consumer = g_str_has_prefix (state->title, "consumer ");
      TrustFingerprint fingerprint;

      if (*state->fingerprint == '\0')
        g_hash_table_add (had, state->title);
      if (*state->fingerprint == '\0' && is_key && !g_hash_table_contains (keys, state->title))
        add (intent, "", state->title, "distrusted", "");
      else if (*state->fingerprint == '\0' && is_consumer && !g_hash_table_contains (placed, state->title))
        add (intent, "", state->title, "enabled", "disabled");
      else if (g_str_has_prefix (state->settings, "kept: ") && !g_hash_table_contains (crls, state->fingerprint))
        add (intent, state->fingerprint, state->title, state->settings, "not kept");
      else if ((is_key || g_str_has_prefix (state->settings, "trusted ")) && *trust_journal_get_place (state->settings) == '\0'
               && trust_text_unhex (state->fingerprint, fingerprint.bytes, sizeof fingerprint.bytes))
        {
          g_autofree char *now = trust_record_describe (after->set, &fingerprint);

          if (*now == '\0')
            add (intent, state->fingerprint, state->title, state->settings, "");
        }
    }
  add_set (intent, fold, after->set);
  add_fresh (intent, had, keys, "", "distrusted");
  add_crls (intent, fold, crls);
  add_fresh (intent, had, placed, "disabled", "enabled");
}

/* What ROWS hold. (transfer full) */
static GHashTable *
index_rows (const GPtrArray *rows)
{
  GHashTable *held = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);

  for (guint i = 0; i < rows->len; i++)
    {
      const TrustSourceFile *row = rows->pdata[i];

      for (guint n = 0; n < row->n_anchors; n++)
        g_hash_table_add (held, (gpointer) trust_anchor_get_fingerprint (row->anchors[n]));
      for (guint n = 0; n < row->n_distrusts; n++)
        if (trust_distrust_get_certificate (row->distrusts[n]) != NULL)
          g_hash_table_add (held, (gpointer) trust_certificate_get_fingerprint (trust_distrust_get_certificate (row->distrusts[n])));
    }
  return held;
}

/* (nullable) (transfer none) */
static const TrustCertificate *
find_certificate (const TrustAnchorSet *set, const TrustFingerprint *fingerprint)
{
  TrustAnchor *anchor = set != NULL ? trust_anchor_set_lookup (set, fingerprint) : NULL;
  TrustDistrust *distrust = set != NULL && anchor == NULL ? trust_anchor_set_lookup_distrust (set, fingerprint) : NULL;

  if (anchor != NULL)
    return trust_anchor_get_certificate (anchor);
  return distrust != NULL ? trust_distrust_get_certificate (distrust) : NULL;
}

void
trust_record_add_certificates (TrustJournalIntent *intent, const TrustSnapshot *after, const GPtrArray *rows)
{
  g_autoptr (GHashTable) held = index_rows (rows);
  gsize left = TRUST_LIMIT_JOURNAL_CERTIFICATES_BYTES;

  for (guint i = 0; i < intent->changes->len; i++)
    {
      const TrustJournalChange *change = intent->changes->pdata[i];
      const TrustCertificate *certificate = NULL;
      TrustFingerprint fingerprint;
      TrustSpan der;

      if (*change->before != '\0' || !trust_text_unhex (change->fingerprint, fingerprint.bytes, sizeof fingerprint.bytes)
          || g_hash_table_contains (held, &fingerprint))
        continue;
      certificate = find_certificate (after->set, &fingerprint);
      if (certificate == NULL && *trust_journal_get_place (change->after) != '\0')
        certificate = find_certificate (trust_snapshot_find_set (after, trust_journal_get_place (change->after)), &fingerprint);
      if (certificate == NULL)
        continue;
      der = trust_certificate_get_der (certificate);
      if (der.size > left)
        return;
      left -= der.size;
      g_ptr_array_add (intent->certificates, g_bytes_new (der.data, der.size));
      g_hash_table_add (held, (gpointer) trust_certificate_get_fingerprint (certificate));
    }
}
