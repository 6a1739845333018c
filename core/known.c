/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/known.h"

#include "core/error.h"

/* A certificate that some source names; CERTIFICATE is NULL for a distrust of a bare hash. */
typedef struct
{
  const TrustFingerprint *fingerprint;
  TrustCertificate *certificate;
} Known;

struct _TrustKnown
{
  GArray *entries; /* (owned) of Known, sorted by fingerprint, those with a certificate before those without */
};

static int
compare_known (gconstpointer a, gconstpointer b)
{
  const Known *x = a, *y = b;
  int order = trust_fingerprint_compare (x->fingerprint, y->fingerprint);

  /* Those with a certificate first, so that they survive the removal of doubles. */
  return order != 0 ? order : (y->certificate != NULL) - (x->certificate != NULL);
}

static void
gather (GArray *entries, const TrustSourceFile *file)
{
  for (guint n = 0; n < file->n_anchors; n++)
    {
      Known known = { trust_anchor_get_fingerprint (file->anchors[n]), trust_anchor_get_certificate (file->anchors[n]) };

      g_array_append_val (entries, known);
    }
  for (guint n = 0; n < file->n_distrusts; n++)
    {
      Known known = { trust_distrust_get_fingerprint (file->distrusts[n]), trust_distrust_get_certificate (file->distrusts[n]) };

      if (known.fingerprint != NULL)
        g_array_append_val (entries, known);
    }
}

static void
gather_state (GArray *entries, const TrustSourceState *state)
{
  for (guint i = 0; i < state->files->len; i++)
    gather (entries, state->files->pdata[i]);
}

TrustKnown *
trust_known_new (const TrustSnapshot *snapshot)
{
  TrustKnown *known = g_new0 (TrustKnown, 1);

  known->entries = g_array_new (FALSE, FALSE, sizeof (Known));
  for (guint s = 0; s < snapshot->states->len; s++)
    gather_state (known->entries, snapshot->states->pdata[s]);
  for (guint s = 0; s < snapshot->stores->len; s++)
    gather_state (known->entries, ((TrustStore *) snapshot->stores->pdata[s])->state);
  g_array_sort (known->entries, compare_known);
  return known;
}

void
trust_known_free (TrustKnown *known)
{
  g_array_unref (known->entries);
  g_free (known);
}

/* The index of the first known fingerprint >= FINGERPRINT. */
static guint
known_lower_bound (const GArray *known, const TrustFingerprint *fingerprint)
{
  guint low = 0, high = known->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (trust_fingerprint_compare (g_array_index (known, Known, middle).fingerprint, fingerprint) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

gboolean
trust_known_resolve (const TrustKnown *all, const TrustPrefix *prefix, TrustFingerprint *out, TrustCertificate **certificate_out, GError **error)
{
  char hex[TRUST_FINGERPRINT_HEX];
  const Known *first = NULL;
  guint n = 0;

  trust_fingerprint_to_hex (&prefix->fingerprint, hex);
  hex[MIN (prefix->n_digits, 64)] = '\0';
  for (guint i = known_lower_bound (all->entries, &prefix->fingerprint); i < all->entries->len; i++)
    {
      const Known *known = &g_array_index (all->entries, Known, i);

      if (!trust_fingerprint_has_prefix (known->fingerprint, &prefix->fingerprint, prefix->n_digits))
        break;
      if (first == NULL || !trust_fingerprint_equal (first->fingerprint, known->fingerprint))
        n++;
      first = first != NULL ? first : known;
    }
  if (n == 0)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND, "No certificate %s is known here; `anchorctl list --all` shows those that are", hex);
      return FALSE;
    }
  if (n > 1)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_AMBIGUOUS, "%s begins more than one fingerprint; give more digits", hex);
      return FALSE;
    }
  *out = *first->fingerprint;
  *certificate_out = first->certificate;
  return TRUE;
}
