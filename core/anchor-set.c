/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/anchor-set.h"

#include <string.h>

/* Distrusts are found by hash; what an issuer and serial name has a key of its own. */
typedef struct
{
  guint64 issuer_id;
  TrustSpan serial; /* borrowed from the distrust or the certificate asked about */
} IssuerSerial;

typedef struct
{
  guint64 subject_id;
  guint32 index;
} SubjectEntry;

struct _TrustAnchorSet
{
  gatomicrefcount refs;
  GPtrArray *anchors;         /* (owned) of TrustAnchor*, sorted by fingerprint */
  GPtrArray *distrusts;       /* (owned) of TrustDistrust*, in the order given */
  SubjectEntry *by_subject;   /* (owned) sorted by subject_id, as many as there are anchors */
  GHashTable *by_fingerprint; /* (owned) TrustFingerprint* -> TrustDistrust*, both borrowed */
  GHashTable *by_key;         /* (owned) the same for keys */
  GHashTable *by_serial;      /* (owned) IssuerSerial* (owned) -> TrustDistrust* */
};

static guint
issuer_serial_hash (gconstpointer p)
{
  const IssuerSerial *key = p;
  guint hash = (guint) key->issuer_id;

  for (gsize i = 0; i < key->serial.size; i++)
    hash = hash * 31 + key->serial.data[i];
  return hash;
}

static gboolean
issuer_serial_equal (gconstpointer a, gconstpointer b)
{
  const IssuerSerial *x = a, *y = b;

  return x->issuer_id == y->issuer_id && trust_span_equal (x->serial, y->serial);
}

static int
compare_anchors (gconstpointer a, gconstpointer b)
{
  return trust_fingerprint_compare (trust_anchor_get_fingerprint (*(TrustAnchor *const *) a),
                                    trust_anchor_get_fingerprint (*(TrustAnchor *const *) b));
}

static int
compare_subjects (const void *a, const void *b)
{
  const SubjectEntry *x = a, *y = b;

  if (x->subject_id != y->subject_id)
    return x->subject_id < y->subject_id ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

static void
index_distrusts (TrustAnchorSet *set)
{
  set->by_fingerprint = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  set->by_key = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  set->by_serial = g_hash_table_new_full (issuer_serial_hash, issuer_serial_equal, g_free, NULL);

  for (guint i = 0; i < set->distrusts->len; i++)
    {
      TrustDistrust *distrust = set->distrusts->pdata[i];
      const TrustFingerprint *fingerprint = trust_distrust_get_fingerprint (distrust);
      const TrustFingerprint *key = trust_distrust_get_key_fingerprint (distrust);
      TrustSpan serial = trust_distrust_get_serial (distrust);

      if (fingerprint != NULL)
        g_hash_table_insert (set->by_fingerprint, (gpointer) fingerprint, distrust);
      if (key != NULL)
        g_hash_table_insert (set->by_key, (gpointer) key, distrust);
      if (serial.size > 0)
        {
          IssuerSerial *named = g_new0 (IssuerSerial, 1);

          named->issuer_id = trust_distrust_get_issuer_id (distrust);
          named->serial = serial;
          g_hash_table_insert (set->by_serial, named, distrust);
        }
    }
}

TrustAnchorSet *
trust_anchor_set_new (GPtrArray *anchors, GPtrArray *distrusts)
{
  TrustAnchorSet *set = g_new0 (TrustAnchorSet, 1);

  g_atomic_ref_count_init (&set->refs);
  set->anchors = g_ptr_array_new_full (anchors->len, (GDestroyNotify) trust_anchor_unref);
  set->distrusts = g_ptr_array_new_full (distrusts->len, (GDestroyNotify) trust_distrust_unref);
  for (guint i = 0; i < anchors->len; i++)
    g_ptr_array_add (set->anchors, trust_anchor_ref (anchors->pdata[i]));
  for (guint i = 0; i < distrusts->len; i++)
    g_ptr_array_add (set->distrusts, trust_distrust_ref (distrusts->pdata[i]));
  g_ptr_array_sort (set->anchors, compare_anchors);

  set->by_subject = g_new (SubjectEntry, set->anchors->len);
  for (guint i = 0; i < set->anchors->len; i++)
    {
      set->by_subject[i].subject_id = trust_certificate_get_subject_id (trust_anchor_get_certificate (set->anchors->pdata[i]));
      set->by_subject[i].index = i;
    }
  if (set->anchors->len > 0)
    qsort (set->by_subject, set->anchors->len, sizeof *set->by_subject, compare_subjects);
  index_distrusts (set);
  return set;
}

TrustAnchorSet *
trust_anchor_set_ref (TrustAnchorSet *set)
{
  g_atomic_ref_count_inc (&set->refs);
  return set;
}

void
trust_anchor_set_unref (TrustAnchorSet *set)
{
  if (!g_atomic_ref_count_dec (&set->refs))
    return;
  g_hash_table_unref (set->by_fingerprint);
  g_hash_table_unref (set->by_key);
  g_hash_table_unref (set->by_serial);
  g_ptr_array_unref (set->anchors);
  g_ptr_array_unref (set->distrusts);
  g_free (set->by_subject);
  g_free (set);
}

guint
trust_anchor_set_get_n_anchors (const TrustAnchorSet *set)
{
  return set->anchors->len;
}

TrustAnchor *
trust_anchor_set_get_anchor (const TrustAnchorSet *set, guint index)
{
  return g_ptr_array_index (set->anchors, index);
}

guint
trust_anchor_set_get_n_distrusts (const TrustAnchorSet *set)
{
  return set->distrusts->len;
}

TrustDistrust *
trust_anchor_set_get_distrust (const TrustAnchorSet *set, guint index)
{
  return g_ptr_array_index (set->distrusts, index);
}

guint
trust_anchor_set_lower_bound (const TrustAnchorSet *set, const TrustFingerprint *fingerprint)
{
  guint low = 0, high = set->anchors->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (trust_fingerprint_compare (trust_anchor_get_fingerprint (set->anchors->pdata[middle]), fingerprint) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

TrustAnchor *
trust_anchor_set_lookup (const TrustAnchorSet *set, const TrustFingerprint *fingerprint)
{
  guint index = trust_anchor_set_lower_bound (set, fingerprint);

  if (index < set->anchors->len && trust_fingerprint_equal (trust_anchor_get_fingerprint (set->anchors->pdata[index]), fingerprint))
    return set->anchors->pdata[index];
  return NULL;
}

TrustDistrust *
trust_anchor_set_find_distrust (const TrustAnchorSet *set, const TrustCertificate *certificate)
{
  TrustDistrust *found = NULL;
  IssuerSerial named = { 0 };

  if (set->distrusts->len == 0)
    return NULL;
  found = g_hash_table_lookup (set->by_fingerprint, trust_certificate_get_fingerprint (certificate));
  if (found == NULL)
    found = g_hash_table_lookup (set->by_key, trust_certificate_get_key_fingerprint (certificate));
  if (found == NULL && g_hash_table_size (set->by_serial) > 0)
    {
      named.issuer_id = trust_certificate_get_issuer_id (certificate);
      named.serial = trust_certificate_get_serial (certificate);
      found = g_hash_table_lookup (set->by_serial, &named);
    }
  return found;
}

TrustDistrust *
trust_anchor_set_lookup_distrust (const TrustAnchorSet *set, const TrustFingerprint *fingerprint)
{
  return g_hash_table_lookup (set->by_fingerprint, fingerprint);
}

void
trust_anchor_set_find_subject (const TrustAnchorSet *set, guint64 subject_id, GPtrArray *out)
{
  guint low = 0, high = set->anchors->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (set->by_subject[middle].subject_id < subject_id)
        low = middle + 1;
      else
        high = middle;
    }
  for (; low < set->anchors->len && set->by_subject[low].subject_id == subject_id; low++)
    g_ptr_array_add (out, set->anchors->pdata[set->by_subject[low].index]);
}

void
trust_anchor_set_diff (const TrustAnchorSet *old_set, const TrustAnchorSet *new_set, TrustAnchorSetDiff *out)
{
  guint i = 0, j = 0;

  out->added = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  out->removed = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  out->changed = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  while (i < old_set->anchors->len || j < new_set->anchors->len)
    {
      TrustAnchor *before = i < old_set->anchors->len ? old_set->anchors->pdata[i] : NULL;
      TrustAnchor *after = j < new_set->anchors->len ? new_set->anchors->pdata[j] : NULL;
      int order = 0;

      if (before != NULL && before == after)
        {
          i++;
          j++;
          continue;
        }
      order = before == NULL ? 1 : after == NULL ? -1 : compare_anchors (&before, &after);
      if (order < 0)
        g_array_append_vals (out->removed, trust_anchor_get_fingerprint (before), 1);
      else if (order > 0)
        g_array_append_vals (out->added, trust_anchor_get_fingerprint (after), 1);
      else if (!trust_anchor_equal (before, after))
        g_array_append_vals (out->changed, trust_anchor_get_fingerprint (after), 1);
      i += order <= 0;
      j += order >= 0;
    }
}

void
trust_anchor_set_diff_clear (TrustAnchorSetDiff *diff)
{
  g_clear_pointer (&diff->added, g_array_unref);
  g_clear_pointer (&diff->removed, g_array_unref);
  g_clear_pointer (&diff->changed, g_array_unref);
}

gboolean
trust_anchor_set_diff_is_empty (const TrustAnchorSetDiff *diff)
{
  return diff->added->len == 0 && diff->removed->len == 0 && diff->changed->len == 0;
}
