/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/anchor-set.h"

#include "core/extensions.h"

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
  guint32 key; /* hash of its key identifier; 0 where it has none, or no namesake */
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
  gsize has_digest;           /* g_once_init_enter() */
  TrustFingerprint digest;
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
  if (x->key != y->key)
    return x->key < y->key ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

static guint32
hash_key_id (TrustSpan key_id)
{
  guint32 hash = 5381;

  for (gsize i = 0; i < key_id.size; i++)
    hash = hash * 33 + key_id.data[i];
  return key_id.size > 0 ? MAX (hash, 1) : 0;
}

/* Where many anchors have one name, their key identifiers tell them apart (RFC 4158 3.5.12). */
static void
index_namesakes (TrustAnchorSet *set)
{
  for (guint from = 0, to = 0; from < set->anchors->len; from = to)
    {
      for (to = from + 1; to < set->anchors->len && set->by_subject[to].subject_id == set->by_subject[from].subject_id;)
        to++;
      for (guint i = from; to - from > 1 && i < to; i++)
        {
          const TrustAnchor *anchor = set->anchors->pdata[set->by_subject[i].index];
          TrustExtensions extensions;

          if (trust_extensions_read (trust_certificate_get_der (trust_anchor_get_certificate (anchor)), &extensions))
            set->by_subject[i].key = hash_key_id (extensions.subject_key_id);
        }
      if (to - from > 1)
        qsort (&set->by_subject[from], to - from, sizeof *set->by_subject, compare_subjects);
    }
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
      set->by_subject[i].key = 0;
      set->by_subject[i].index = i;
    }
  if (set->anchors->len > 0)
    qsort (set->by_subject, set->anchors->len, sizeof *set->by_subject, compare_subjects);
  index_namesakes (set);
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

static void
append_span (GString *out, TrustSpan span)
{
  guint64 size = span.size;

  g_string_append_len (out, (const char *) &size, sizeof size);
  if (span.size > 0)
    g_string_append_len (out, (const char *) span.data, (gssize) span.size);
}

static void
append_fingerprint (GString *out, const TrustFingerprint *fingerprint)
{
  append_span (out, (TrustSpan) { fingerprint != NULL ? fingerprint->bytes : NULL, fingerprint != NULL ? sizeof fingerprint->bytes : 0 });
}

static void
append_text (GString *out, const char *text)
{
  append_span (out, (TrustSpan) { (const guint8 *) text, strlen (text) });
}

static void
append_anchor (GString *out, const TrustAnchor *anchor)
{
  const TrustSettings *settings = trust_anchor_get_settings (anchor);
  g_autofree char *words = trust_settings_describe (settings);

  append_fingerprint (out, trust_anchor_get_fingerprint (anchor));
  append_text (out, words);
  append_text (out, trust_note_get_label (trust_anchor_get_note (anchor)));
  g_string_append_c (out, (char) trust_origin_get_layer (trust_anchor_get_origin (anchor)));
  g_string_append_c (out, trust_settings_accepts_loss (settings) ? 1 : 0);
}

static void
append_distrust (GString *out, const TrustDistrust *distrust)
{
  append_fingerprint (out, trust_distrust_get_fingerprint (distrust));
  append_fingerprint (out, trust_distrust_get_key_fingerprint (distrust));
  append_span (out, trust_distrust_get_issuer_der (distrust));
  append_span (out, trust_distrust_get_serial (distrust));
  append_text (out, trust_note_get_label (trust_distrust_get_note (distrust)));
  g_string_append_c (out, trust_distrust_get_certificate (distrust) != NULL ? 1 : 0);
}

const TrustFingerprint *
trust_anchor_set_get_digest (TrustAnchorSet *set)
{
  GString *out = NULL;

  if (!g_once_init_enter (&set->has_digest))
    return &set->digest;
  out = g_string_new (NULL);
  for (guint i = 0; i < set->anchors->len; i++)
    append_anchor (out, set->anchors->pdata[i]);
  g_string_append_c (out, '\n');
  for (guint i = 0; i < set->distrusts->len; i++)
    append_distrust (out, set->distrusts->pdata[i]);
  trust_fingerprint_of (out->str, out->len, &set->digest);
  g_string_free (out, TRUE);
  g_once_init_leave (&set->has_digest, 1);
  return &set->digest;
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

/* The first entry that is not below (SUBJECT_ID, KEY). */
static guint
find_entry (const TrustAnchorSet *set, guint64 subject_id, guint32 key)
{
  guint low = 0, high = set->anchors->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const SubjectEntry *entry = &set->by_subject[middle];

      if (entry->subject_id < subject_id || (entry->subject_id == subject_id && entry->key < key))
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

void
trust_anchor_set_find_subject_key (const TrustAnchorSet *set, guint64 subject_id, TrustSpan key_id, GPtrArray *out)
{
  guint first = find_entry (set, subject_id, 0), next = first + 1;
  guint32 key = hash_key_id (key_id);
  gboolean is_alone = next >= set->anchors->len || set->by_subject[next].subject_id != subject_id;

  if (first >= set->anchors->len || set->by_subject[first].subject_id != subject_id)
    return;
  if (is_alone)
    {
      g_ptr_array_add (out, set->anchors->pdata[set->by_subject[first].index]);
      return;
    }
  for (guint i = find_entry (set, subject_id, key);
       i < set->anchors->len && set->by_subject[i].subject_id == subject_id && set->by_subject[i].key == key; i++)
    g_ptr_array_add (out, set->anchors->pdata[set->by_subject[i].index]);
}

void
trust_anchor_set_find_subject (const TrustAnchorSet *set, guint64 subject_id, GPtrArray *out)
{
  guint low = find_entry (set, subject_id, 0);

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
