/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The anchors that checks look at, one by one or in groups. */
#include "core/checks/check.h"

static void
add_suspect (GArray *suspects, const TrustAnchor *anchor, const TrustStore *store)
{
  TrustSuspect suspect = { .anchor = anchor, .certificate = trust_anchor_get_certificate (anchor), .store = store };

  g_array_append_val (suspects, suspect);
}

static int
compare_suspects (gconstpointer a, gconstpointer b)
{
  const TrustSuspect *one = a, *other = b;

  return trust_fingerprint_compare (trust_certificate_get_fingerprint (one->certificate), trust_certificate_get_fingerprint (other->certificate));
}

/* What STORE's files say and its set has from them. */
static void
add_own (GArray *suspects, const TrustStore *store)
{
  guint first = suspects->len, n = 0;

  for (guint i = 0; i < store->state->files->len; i++)
    {
      const TrustSourceFile *file = store->state->files->pdata[i];

      for (guint j = 0; j < file->n_anchors; j++)
        {
          const TrustAnchor *anchor = trust_anchor_set_lookup (store->set, trust_anchor_get_fingerprint (file->anchors[j]));

          if (anchor != NULL && g_str_equal (trust_origin_get_source (trust_anchor_get_origin (anchor)), store->state->source))
            add_suspect (suspects, anchor, store);
        }
    }
  if (suspects->len <= first)
    return;
  /* Two files may name one certificate; the set has it once. */
  qsort (&g_array_index (suspects, TrustSuspect, first), suspects->len - first, sizeof (TrustSuspect), compare_suspects);
  for (guint i = first; i < suspects->len; i++)
    if (i == first || g_array_index (suspects, TrustSuspect, i).anchor != g_array_index (suspects, TrustSuspect, first + n - 1).anchor)
      g_array_index (suspects, TrustSuspect, first + n++) = g_array_index (suspects, TrustSuspect, i);
  g_array_set_size (suspects, first + n);
}

/* The certificates that sources other than the administrator's own folder trust. Returns: (transfer full): a set of borrowed TrustFingerprint*. */
static GHashTable *
list_others (const TrustSnapshot *snapshot)
{
  GHashTable *others = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);

  for (guint i = 0; i < snapshot->states->len; i++)
    {
      const TrustSourceState *state = snapshot->states->pdata[i];

      if (state->layer == TRUST_LAYER_ADMINISTRATOR && !state->foreign)
        continue;
      for (guint j = 0; j < state->files->len; j++)
        for (guint k = 0; k < ((const TrustSourceFile *) state->files->pdata[j])->n_anchors; k++)
          g_hash_table_add (others, (gpointer) trust_anchor_get_fingerprint (((const TrustSourceFile *) state->files->pdata[j])->anchors[k]));
    }
  return others;
}

/* Marks those of SUSPECTS, the system's, that are the administrator's own and others' too. */
static void
mark_elsewhere (const TrustSnapshot *snapshot, GArray *suspects)
{
  g_autoptr (GHashTable) others = NULL;

  for (guint i = 0; i < suspects->len; i++)
    {
      TrustSuspect *suspect = &g_array_index (suspects, TrustSuspect, i);
      const TrustOrigin *origin = trust_anchor_get_origin (suspect->anchor);

      if (trust_origin_get_layer (origin) != TRUST_LAYER_ADMINISTRATOR || trust_origin_is_foreign (origin))
        continue;
      if (others == NULL)
        others = list_others (snapshot);
      suspect->is_elsewhere = g_hash_table_contains (others, trust_certificate_get_fingerprint (suspect->certificate));
    }
}

GArray *
trust_suspects_new (const TrustFacts *facts)
{
  const TrustSnapshot *snapshot = facts->snapshot;
  guint n = trust_anchor_set_get_n_anchors (snapshot->set);
  GArray *suspects = g_array_sized_new (FALSE, FALSE, sizeof (TrustSuspect), n);

  for (guint i = 0; i < n; i++)
    add_suspect (suspects, trust_anchor_set_get_anchor (snapshot->set, i), NULL);
  mark_elsewhere (snapshot, suspects);
  for (guint i = 0; i < snapshot->stores->len; i++)
    {
      const TrustStore *store = snapshot->stores->pdata[i];

      if (store->set != NULL && store->state != NULL)
        add_own (suspects, store);
    }
  return suspects;
}

/* By what is asked for, then by certificate. */
static int
compare_in_order (gconstpointer a, gconstpointer b, gpointer compare)
{
  const TrustSuspect *one = *(const TrustSuspect *const *) a, *other = *(const TrustSuspect *const *) b;
  int order = ((GCompareFunc) compare) (one, other);

  return order != 0 ? order : compare_suspects (one, other);
}

/* The first of SUSPECTS (sorted) that is not before SUSPECT. */
static guint
find_first (const GPtrArray *suspects, const TrustSuspect *suspect, GCompareFunc compare)
{
  guint low = 0, high = suspects->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (compare (suspects->pdata[middle], suspect) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* The end of the run of equals that begins at FIRST. */
static guint
find_end (const GPtrArray *suspects, guint first, GCompareFunc compare)
{
  guint end = first + 1;

  while (end < suspects->len && compare (suspects->pdata[first], suspects->pdata[end]) == 0)
    end++;
  return end;
}

/* Adds those of SYSTEM that equal SUSPECT, and that STORE has from there. */
static void
add_inherited (GPtrArray *group, const GPtrArray *system, const TrustSuspect *suspect, GCompareFunc compare)
{
  for (guint i = find_first (system, suspect, compare); i < system->len && compare (system->pdata[i], suspect) == 0; i++)
    {
      const TrustSuspect *other = system->pdata[i];
      const TrustAnchor *anchor = trust_anchor_set_lookup (suspect->store->set, trust_certificate_get_fingerprint (other->certificate));

      if (anchor != NULL && !g_str_equal (trust_origin_get_source (trust_anchor_get_origin (anchor)), suspect->store->state->source))
        g_ptr_array_add (group, (gpointer) other);
    }
}

/* The groups among PLACE (sorted), the system's or a store's own; SYSTEM: NULL, or what the store may have beside them. */
static void
hand_out (const TrustCheck *check, const TrustFacts *facts, const GPtrArray *place, const GPtrArray *system, GCompareFunc compare,
          TrustCheckGroup group, GPtrArray *out)
{
  for (guint i = 0, end; i < place->len; i = end)
    {
      g_autoptr (GPtrArray) found = g_ptr_array_new ();

      end = find_end (place, i, compare);
      for (guint j = i; j < end; j++)
        g_ptr_array_add (found, place->pdata[j]);
      if (system != NULL)
        add_inherited (found, system, place->pdata[i], compare);
      if (found->len >= 2)
        group (check, facts, found, out);
    }
}

void
trust_check_group (const TrustCheck *check, const TrustFacts *facts, GCompareFunc compare, TrustCheckGroup group, GPtrArray *out)
{
  g_autoptr (GArray) suspects = trust_suspects_new (facts);
  g_autoptr (GPtrArray) system = g_ptr_array_new ();

  for (guint i = 0, end; i < suspects->len; i = end)
    {
      const TrustStore *store = g_array_index (suspects, TrustSuspect, i).store;
      g_autoptr (GPtrArray) place = store == NULL ? g_ptr_array_ref (system) : g_ptr_array_new ();

      for (end = i; end < suspects->len && g_array_index (suspects, TrustSuspect, end).store == store; end++)
        g_ptr_array_add (place, &g_array_index (suspects, TrustSuspect, end));
      g_ptr_array_sort_with_data (place, compare_in_order, (gpointer) compare);
      hand_out (check, facts, place, store != NULL ? system : NULL, compare, group, out);
    }
}

gboolean
trust_suspect_is_of_place (const TrustSuspect *suspect, const GPtrArray *suspects)
{
  return suspect->store == ((const TrustSuspect *) suspects->pdata[0])->store;
}
