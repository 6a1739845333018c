/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/stores.h"

#include "core/text.h"

#define TITLE_CHARS 64u

typedef struct
{
  const TrustStore *store;
  TrustAnchorSet *system;
  const TrustAnchorSet *own;
  GHashTable *named;    /* (owned) set of TrustFingerprint* (borrowed): what its own files name, whatever came of it */
  GHashTable *settings; /* (owned) TrustSettings* (borrowed) -> TrustSettings* (owned): narrowed */
  GPtrArray *anchors;   /* (owned) of TrustAnchor* */
  GPtrArray *reports;   /* (nullable) */
} Combination;

/* An entry that ended, or that another of its own contradicts, still speaks for its certificate: the system's does not shine through. */
static GHashTable *
find_named (const TrustSourceState *state)
{
  GHashTable *named = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);

  for (guint i = 0; i < state->files->len; i++)
    {
      const TrustSourceFile *file = state->files->pdata[i];

      for (guint n = 0; (file->status == TRUST_FILE_TAKEN || file->status == TRUST_FILE_LAST_GOOD) && n < file->n_anchors; n++)
        g_hash_table_add (named, (gpointer) trust_anchor_get_fingerprint (file->anchors[n]));
    }
  return named;
}

/* SETTINGS for the store's purposes alone: (transfer none). Most anchors share theirs. */
static TrustSettings *
narrow_settings (Combination *combination, TrustSettings *settings)
{
  TrustSettings *narrowed = g_hash_table_lookup (combination->settings, settings);
  g_autoptr (TrustPurposes) purposes = NULL;

  if (narrowed != NULL)
    return narrowed;
  purposes = trust_purposes_intersect (trust_settings_get_purposes (settings), combination->store->narrowed);
  narrowed = trust_purposes_equal (purposes, trust_settings_get_purposes (settings)) ? trust_settings_ref (settings)
                                                                                     : trust_settings_with_purposes (settings, purposes);
  g_hash_table_insert (combination->settings, settings, narrowed);
  return narrowed;
}

static void
take (Combination *combination, TrustAnchor *anchor)
{
  TrustSettings *settings = trust_anchor_get_settings (anchor), *narrowed = NULL;

  if (combination->store->narrowed == NULL)
    {
      g_ptr_array_add (combination->anchors, trust_anchor_ref (anchor));
      return;
    }
  narrowed = narrow_settings (combination, settings);
  if (!trust_purposes_is_empty (trust_settings_get_purposes (narrowed)))
    g_ptr_array_add (combination->anchors, narrowed == settings ? trust_anchor_ref (anchor) : trust_anchor_with_settings (anchor, narrowed));
}

static void
take_inherited (Combination *combination)
{
  for (guint i = 0; i < trust_anchor_set_get_n_anchors (combination->system); i++)
    {
      TrustAnchor *anchor = trust_anchor_set_get_anchor (combination->system, i);

      if (!g_hash_table_contains (combination->named, trust_anchor_get_fingerprint (anchor))
          && trust_anchor_set_find_distrust (combination->own, trust_anchor_get_certificate (anchor)) == NULL)
        take (combination, anchor);
    }
}

static void
report_refused (Combination *combination, const TrustAnchor *anchor, const TrustDistrust *distrust)
{
  g_autofree char *title = trust_certificate_dup_title (trust_anchor_get_certificate (anchor));
  g_autofree char *shown = trust_text_printable (title, TITLE_CHARS);
  g_autofree char *path = trust_text_printable (trust_origin_get_path (trust_anchor_get_origin (anchor)), 0);
  g_autofree char *refused = trust_text_printable (trust_origin_get_path (trust_distrust_get_origin (distrust)), 0);

  if (combination->reports != NULL)
    g_ptr_array_add (combination->reports,
                     g_strdup_printf ("\"%s\" (%s) is not trusted: %s distrusts it for the whole system", shown, path, refused));
}

static void
take_own (Combination *combination)
{
  for (guint i = 0; i < trust_anchor_set_get_n_anchors (combination->own); i++)
    {
      TrustAnchor *anchor = trust_anchor_set_get_anchor (combination->own, i);
      TrustDistrust *distrust = trust_anchor_set_find_distrust (combination->system, trust_anchor_get_certificate (anchor));

      if (distrust == NULL || trust_anchor_set_lookup (combination->system, trust_anchor_get_fingerprint (anchor)) != NULL)
        take (combination, anchor);
      else
        report_refused (combination, anchor, distrust);
    }
}

/* What refuses in the system refuses here, and so do the store's own. */
static TrustAnchorSet *
make_set (GPtrArray *anchors, const TrustAnchorSet *system, const TrustAnchorSet *own)
{
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new ();

  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (system); i++)
    g_ptr_array_add (distrusts, trust_anchor_set_get_distrust (system, i));
  for (guint i = 0; own != NULL && i < trust_anchor_set_get_n_distrusts (own); i++)
    g_ptr_array_add (distrusts, trust_anchor_set_get_distrust (own, i));
  return trust_anchor_set_new (anchors, distrusts);
}

TrustAnchorSet *
trust_stores_combine (const TrustStore *store, TrustAnchorSet *system, const TrustAnchorSet *own, GPtrArray *reports)
{
  Combination combination = { .store = store, .system = system, .own = own, .reports = reports };
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);

  if (store->fault != NULL)
    return make_set (anchors, system, NULL);
  combination.anchors = anchors;
  combination.named = find_named (store->state);
  combination.settings = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) trust_settings_unref);
  if (store->inherits && store->narrowed == NULL && g_hash_table_size (combination.named) == 0 && trust_anchor_set_get_n_distrusts (own) == 0)
    system = trust_anchor_set_ref (system);
  else
    {
      if (store->inherits)
        take_inherited (&combination);
      take_own (&combination);
      system = make_set (anchors, system, own);
    }
  g_hash_table_unref (combination.named);
  g_hash_table_unref (combination.settings);
  return system;
}

static gboolean
refuse_the_same (const TrustAnchorSet *a, const TrustAnchorSet *b)
{
  guint n = trust_anchor_set_get_n_distrusts (a);

  if (n != trust_anchor_set_get_n_distrusts (b))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!trust_distrust_equal (trust_anchor_set_get_distrust (a, i), trust_anchor_set_get_distrust (b, i)))
      return FALSE;
  return TRUE;
}

gboolean
trust_stores_are_equal (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    {
      const TrustStore *x = a->pdata[i], *y = b->pdata[i];
      g_auto (TrustAnchorSetDiff) diff = { 0 };

      if (!g_str_equal (x->name, y->name))
        return FALSE;
      if (x->set == y->set)
        continue;
      trust_anchor_set_diff (x->set, y->set, &diff);
      if (!trust_anchor_set_diff_is_empty (&diff) || !refuse_the_same (x->set, y->set))
        return FALSE;
    }
  return TRUE;
}
