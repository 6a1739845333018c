/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/layers.h"

#include "core/name.h"
#include "core/text.h"

#include <string.h>

/* More of them tell nothing more. */
#define MAX_REPORTS 100u
/* Of settings in a report. Characters. */
#define MAX_SHOWN 200u

/* In what two entries for one certificate may differ. */
typedef enum
{
  DIFFERENT_PURPOSES = 1 << 0,
  DIFFERENT_NAMES = 1 << 1,
  DIFFERENT_DATES = 1 << 2,
  DIFFERENT_END = 1 << 3,
  DIFFERENT_LOSS = 1 << 4
} Difference;

/* In the order of their bits. */
static const char *const differences[] = { "purposes", "permitted names", "distrust-after dates", "ends", "acceptance of losses" };

/* What the layers say of one certificate so far. */
typedef struct
{
  TrustAnchor *anchor;     /* (borrowed) of the highest layer; the one to show */
  TrustSettings *settings; /* (owned) what all entries of that layer allow */
  guint differences;       /* of Difference: in what its entries differ */
  gboolean has_ended;      /* one of them has */
} Claim;

typedef struct
{
  GHashTable *masks;          /* (owned) (nullable) basename (borrowed) -> layer + 1 of the highest mask */
  GHashTable *claims;         /* (owned) TrustFingerprint* (borrowed) -> Claim* */
  GHashTable *by_certificate; /* (owned) TrustFingerprint* (borrowed) -> TrustDistrust* of the highest layer */
  GHashTable *by_key;         /* (owned) the same, by key */
  GHashTable *by_serial;      /* (owned) issuer and serial (GBytes) -> GPtrArray of TrustDistrust* (borrowed) */
  GPtrArray *distrusts;       /* (owned) of TrustDistrust* (borrowed) */
  const TrustEnded *ended;    /* (nullable) */
  gint64 now;
  GPtrArray *reports; /* (nullable) */
  guint n_reports;
} Merge;

static void
claim_free (gpointer data)
{
  Claim *claim = data;

  trust_settings_unref (claim->settings);
  g_free (claim);
}

G_GNUC_PRINTF (2, 3)
static void
report (Merge *merge, const char *format, ...)
{
  va_list args;

  if (merge->reports == NULL || ++merge->n_reports > MAX_REPORTS)
    return;
  va_start (args, format);
  g_ptr_array_add (merge->reports, g_strdup_vprintf (format, args));
  va_end (args);
}

static const char *
base_name (const TrustSourceFile *file)
{
  const char *path = trust_origin_get_path (file->origin), *slash = strrchr (path, '/');

  return slash != NULL ? slash + 1 : path;
}

/* Masks go between anchord's own folders only: nothing else goes by name. */
static gboolean
is_anchor_folder (const TrustSourceState *state)
{
  return g_str_has_prefix (state->source, "anchors-");
}

GHashTable *
trust_layers_find_masks (GPtrArray *states)
{
  GHashTable *masks = NULL;

  for (guint i = 0; i < states->len; i++)
    {
      const TrustSourceState *state = states->pdata[i];

      for (guint j = 0; is_anchor_folder (state) && j < state->files->len; j++)
        {
          const TrustSourceFile *file = state->files->pdata[j];
          const char *name = base_name (file);

          if (file->status != TRUST_FILE_MASKED)
            continue;
          if (masks == NULL)
            masks = g_hash_table_new (g_str_hash, g_str_equal);
          if (GPOINTER_TO_UINT (g_hash_table_lookup (masks, name)) < (guint) state->layer + 1)
            g_hash_table_insert (masks, (gpointer) name, GUINT_TO_POINTER ((guint) state->layer + 1));
        }
    }
  return masks;
}

gboolean
trust_layers_counts (GHashTable *masks, const TrustSourceState *state, const TrustSourceFile *file)
{
  if (file->status != TRUST_FILE_TAKEN && file->status != TRUST_FILE_LAST_GOOD)
    return FALSE;
  return masks == NULL || !is_anchor_folder (state) || GPOINTER_TO_UINT (g_hash_table_lookup (masks, base_name (file))) <= (guint) state->layer + 1;
}

static TrustLayer
layer_of (const TrustAnchor *anchor)
{
  return trust_origin_get_layer (trust_anchor_get_origin (anchor));
}

/* Of two entries in one layer the one to show, whatever their order: our own before another tool's, then by source and path. */
static gboolean
is_shown_before (const TrustAnchor *a, const TrustAnchor *b)
{
  const TrustOrigin *x = trust_anchor_get_origin (a), *y = trust_anchor_get_origin (b);
  int order = trust_origin_is_foreign (x) - trust_origin_is_foreign (y);

  if (order == 0)
    order = strcmp (trust_origin_get_source (x), trust_origin_get_source (y));
  if (order == 0)
    order = strcmp (trust_origin_get_path (x), trust_origin_get_path (y));
  return order < 0;
}

static guint
compare_settings (const TrustSettings *a, const TrustSettings *b)
{
  const TrustLimits *x = trust_settings_get_limits (a), *y = trust_settings_get_limits (b);
  g_autoptr (TrustPurposes) none = trust_purposes_new_mask (0);
  TrustLimits dates_x = TRUST_LIMITS_NONE, dates_y = TRUST_LIMITS_NONE;
  g_autoptr (TrustSettings) only_x = NULL, only_y = NULL;
  guint found = 0;

  dates_x.distrust_after = x->distrust_after;
  dates_y.distrust_after = y->distrust_after;
  only_x = trust_settings_new_limited (none, &dates_x);
  only_y = trust_settings_new_limited (none, &dates_y);
  found |= trust_purposes_equal (trust_settings_get_purposes (a), trust_settings_get_purposes (b)) ? 0 : DIFFERENT_PURPOSES;
  found |= trust_constraints_equal (x->constraints, y->constraints) ? 0 : DIFFERENT_NAMES;
  found |= trust_settings_equal (only_x, only_y) ? 0 : DIFFERENT_DATES;
  found |= x->until == y->until ? 0 : DIFFERENT_END;
  found |= x->accept_loss == y->accept_loss ? 0 : DIFFERENT_LOSS;
  return found;
}

static void
claim (Merge *merge, TrustAnchor *anchor)
{
  gpointer key = (gpointer) trust_anchor_get_fingerprint (anchor);
  Claim *held = g_hash_table_lookup (merge->claims, key);
  TrustSettings *settings = trust_anchor_get_settings (anchor);
  TrustSettings *both = NULL;

  if (held == NULL || layer_of (anchor) > layer_of (held->anchor))
    {
      Claim *made = g_new0 (Claim, 1);

      made->anchor = anchor;
      made->settings = trust_settings_ref (settings);
      made->has_ended = trust_ended_has (merge->ended, anchor, merge->now);
      g_hash_table_replace (merge->claims, key, made);
      return;
    }
  if (layer_of (anchor) < layer_of (held->anchor))
    return;
  held->has_ended = held->has_ended || trust_ended_has (merge->ended, anchor, merge->now);
  if (!trust_settings_equal (held->settings, settings))
    {
      held->differences |= compare_settings (held->settings, settings);
      both = trust_settings_intersect (held->settings, settings);
      trust_settings_unref (held->settings);
      held->settings = both;
    }
  if (is_shown_before (anchor, held->anchor))
    held->anchor = anchor;
}

static TrustLayer
refused_in (const TrustDistrust *distrust)
{
  return trust_origin_get_layer (trust_distrust_get_origin (distrust));
}

static void
refuse (GHashTable *index, const TrustFingerprint *name, TrustDistrust *distrust)
{
  TrustDistrust *held = name != NULL ? g_hash_table_lookup (index, name) : NULL;

  if (name == NULL)
    return;
  if (held == NULL || refused_in (distrust) > refused_in (held))
    g_hash_table_insert (index, (gpointer) name, distrust);
}

/* (transfer full) */
static GBytes *
serial_key (guint64 issuer_id, TrustSpan serial)
{
  guint8 *key = g_malloc (sizeof issuer_id + serial.size);

  memcpy (key, &issuer_id, sizeof issuer_id);
  memcpy (key + sizeof issuer_id, serial.data, serial.size);
  return g_bytes_new_take (key, sizeof issuer_id + serial.size);
}

static void
take_distrust (Merge *merge, TrustDistrust *distrust)
{
  TrustSpan serial = trust_distrust_get_serial (distrust);

  g_ptr_array_add (merge->distrusts, distrust);
  refuse (merge->by_certificate, trust_distrust_get_fingerprint (distrust), distrust);
  refuse (merge->by_key, trust_distrust_get_key_fingerprint (distrust), distrust);
  if (serial.size > 0)
    {
      g_autoptr (GBytes) key = serial_key (trust_name_id (trust_distrust_get_issuer_der (distrust)), serial);
      GPtrArray *same = g_hash_table_lookup (merge->by_serial, key);

      if (same == NULL)
        {
          same = g_ptr_array_new ();
          g_hash_table_insert (merge->by_serial, g_bytes_ref (key), same);
        }
      g_ptr_array_add (same, distrust);
    }
}

static TrustDistrust *
higher (TrustDistrust *a, TrustDistrust *b)
{
  if (a == NULL || b == NULL)
    return a != NULL ? a : b;
  return refused_in (b) > refused_in (a) ? b : a;
}

/* The distrust of the highest layer that names CERTIFICATE. */
static TrustDistrust *
find_refusal (Merge *merge, const TrustCertificate *certificate)
{
  TrustDistrust *found = g_hash_table_lookup (merge->by_certificate, trust_certificate_get_fingerprint (certificate));

  found = higher (found, g_hash_table_lookup (merge->by_key, trust_certificate_get_key_fingerprint (certificate)));
  if (g_hash_table_size (merge->by_serial) > 0)
    {
      g_autoptr (GBytes) key = serial_key (trust_certificate_get_issuer_id (certificate), trust_certificate_get_serial (certificate));
      GPtrArray *same = g_hash_table_lookup (merge->by_serial, key);

      for (guint i = 0; same != NULL && i < same->len; i++)
        if (trust_distrust_names (same->pdata[i], certificate))
          found = higher (found, same->pdata[i]);
    }
  return found;
}

static char *
dup_shown_title (const TrustAnchor *anchor)
{
  g_autofree char *title = trust_certificate_dup_title (trust_anchor_get_certificate (anchor));

  return trust_text_printable (title, 64);
}

static char *
dup_shown_path (const TrustOrigin *origin)
{
  return trust_text_printable (trust_origin_get_path (origin), 0);
}

/* "purposes and permitted names". */
static char *
dup_differences (guint mask)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (differences); i++)
    if ((mask & 1u << i) != 0)
      {
        mask &= ~(1u << i);
        g_string_append_printf (out, "%s%s", out->len == 0 ? "" : mask == 0 ? " and " : ", ", differences[i]);
      }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
report_conflict (Merge *merge, const Claim *held)
{
  g_autofree char *title = dup_shown_title (held->anchor);
  g_autofree char *path = dup_shown_path (trust_anchor_get_origin (held->anchor));
  g_autofree char *what = dup_differences (held->differences);
  g_autofree char *left = trust_settings_describe (held->settings);
  g_autofree char *shown = trust_text_printable (left, MAX_SHOWN);

  if (trust_purposes_is_empty (trust_settings_get_purposes (held->settings)))
    report (merge, "\"%s\" (%s) is not trusted: the entries for it in the %s layer have no purpose in common", title, path,
            trust_layer_get_name (layer_of (held->anchor)));
  else
    report (merge, "\"%s\" (%s) has entries with different %s in the %s layer: only what all of them allow counts (%s)", title, path, what,
            trust_layer_get_name (layer_of (held->anchor)), shown);
}

/* Adds what HELD comes to. ANCHORS: owned references. */
static void
decide (Merge *merge, const Claim *held, GPtrArray *anchors)
{
  TrustDistrust *refusal = find_refusal (merge, trust_anchor_get_certificate (held->anchor));
  const TrustOrigin *refused_by = refusal != NULL ? trust_distrust_get_origin (refusal) : NULL;

  if (refusal != NULL && trust_origin_get_layer (refused_by) >= layer_of (held->anchor))
    {
      g_autofree char *title = NULL, *path = NULL, *refused_path = NULL;

      if (trust_origin_get_layer (refused_by) > layer_of (held->anchor))
        return;
      title = dup_shown_title (held->anchor);
      path = dup_shown_path (trust_anchor_get_origin (held->anchor));
      refused_path = dup_shown_path (refused_by);
      report (merge, "\"%s\" (%s) is not trusted: %s in the same layer distrusts it", title, path, refused_path);
      return;
    }
  if (held->has_ended)
    return;
  if (held->differences != 0)
    report_conflict (merge, held);
  if (trust_purposes_is_empty (trust_settings_get_purposes (held->settings)))
    return;
  g_ptr_array_add (anchors, trust_settings_equal (held->settings, trust_anchor_get_settings (held->anchor))
                                ? trust_anchor_ref (held->anchor)
                                : trust_anchor_with_settings (held->anchor, held->settings));
}

static void
take_state (Merge *merge, const TrustSourceState *state)
{
  for (guint i = 0; i < state->files->len; i++)
    {
      const TrustSourceFile *file = state->files->pdata[i];

      if (!trust_layers_counts (merge->masks, state, file))
        continue;
      for (guint j = 0; j < file->n_anchors; j++)
        claim (merge, file->anchors[j]);
      for (guint j = 0; j < file->n_distrusts; j++)
        take_distrust (merge, file->distrusts[j]);
    }
}

static int
compare_claims (gconstpointer a, gconstpointer b)
{
  const Claim *x = *(Claim *const *) a, *y = *(Claim *const *) b;

  return trust_fingerprint_compare (trust_anchor_get_fingerprint (x->anchor), trust_anchor_get_fingerprint (y->anchor));
}

TrustAnchorSet *
trust_layers_merge (GPtrArray *states, const TrustEnded *ended, gint64 now, GPtrArray *reports)
{
  Merge merge = { .masks = trust_layers_find_masks (states), .ended = ended, .now = now, .reports = reports };
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  g_autoptr (GPtrArray) claims = NULL;
  GHashTableIter iter;
  gpointer value = NULL;
  TrustAnchorSet *set = NULL;

  merge.claims = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, NULL, claim_free);
  merge.by_certificate = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  merge.by_key = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  merge.by_serial = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, (GDestroyNotify) g_ptr_array_unref);
  merge.distrusts = g_ptr_array_new ();
  for (guint i = 0; i < states->len; i++)
    take_state (&merge, states->pdata[i]);
  /* Sorted, so that the reports come in the same order every time. */
  claims = g_ptr_array_sized_new (g_hash_table_size (merge.claims));
  g_hash_table_iter_init (&iter, merge.claims);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (claims, value);
  g_ptr_array_sort (claims, compare_claims);
  for (guint i = 0; i < claims->len; i++)
    decide (&merge, claims->pdata[i], anchors);
  if (merge.n_reports > MAX_REPORTS)
    g_ptr_array_add (reports, g_strdup_printf ("and %u more conflicts", merge.n_reports - MAX_REPORTS));
  set = trust_anchor_set_new (anchors, merge.distrusts);
  g_clear_pointer (&merge.masks, g_hash_table_unref);
  g_hash_table_unref (merge.claims);
  g_hash_table_unref (merge.by_certificate);
  g_hash_table_unref (merge.by_key);
  g_hash_table_unref (merge.by_serial);
  g_ptr_array_unref (merge.distrusts);
  return set;
}

static int
compare_layers (gconstpointer a, gconstpointer b)
{
  const TrustAnchor *x = *(TrustAnchor *const *) a, *y = *(TrustAnchor *const *) b;

  if (layer_of (x) != layer_of (y))
    return layer_of (x) > layer_of (y) ? -1 : 1;
  return is_shown_before (y, x) - is_shown_before (x, y);
}

void
trust_layers_find (GPtrArray *states, const TrustFingerprint *fingerprint, GPtrArray *anchors_out)
{
  GHashTable *masks = trust_layers_find_masks (states);
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  for (guint i = 0; i < states->len; i++)
    {
      const TrustSourceState *state = states->pdata[i];

      for (guint j = 0; j < state->files->len; j++)
        {
          const TrustSourceFile *file = state->files->pdata[j];

          for (guint k = 0; trust_layers_counts (masks, state, file) && k < file->n_anchors; k++)
            if (trust_fingerprint_equal (trust_anchor_get_fingerprint (file->anchors[k]), fingerprint))
              g_ptr_array_add (found, file->anchors[k]);
        }
    }
  g_ptr_array_sort (found, compare_layers);
  g_ptr_array_extend_and_steal (anchors_out, g_steal_pointer (&found));
  g_clear_pointer (&masks, g_hash_table_unref);
}
