/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/lookup.h"

#include <glib/gi18n-lib.h>

void
trust_lookup_foreach (const TrustSnapshot *snapshot, TrustLookupFunc func, gpointer user_data)
{
  for (guint s = snapshot->states->len; s-- > 0;)
    {
      const TrustSourceState *state = snapshot->states->pdata[s];

      for (guint f = 0; f < state->files->len; f++)
        {
          const TrustSourceFile *file = state->files->pdata[f];

          for (guint a = 0; a < file->n_anchors; a++)
            if (!func (file->anchors[a], user_data))
              return;
        }
    }
}

typedef struct
{
  const TrustPrefix *prefix;
  TrustNamed *out;
  gboolean found;
  gboolean ambiguous;
} Search;

/* Takes FINGERPRINT as the one found. FALSE: it is not the first one. */
static gboolean
search_take (Search *search, const TrustFingerprint *fingerprint)
{
  if (search->found && !trust_fingerprint_equal (&search->out->fingerprint, fingerprint))
    {
      search->ambiguous = TRUE;
      return FALSE;
    }
  search->out->fingerprint = *fingerprint;
  search->found = TRUE;
  return TRUE;
}

static void
search_set (Search *search, const TrustAnchorSet *set)
{
  guint n = trust_anchor_set_get_n_anchors (set);

  for (guint i = trust_anchor_set_lower_bound (set, &search->prefix->fingerprint); i < n && !search->ambiguous; i++)
    {
      TrustAnchor *anchor = trust_anchor_set_get_anchor (set, i);

      if (!trust_fingerprint_has_prefix (trust_anchor_get_fingerprint (anchor), &search->prefix->fingerprint, search->prefix->n_digits))
        break;
      if (search_take (search, trust_anchor_get_fingerprint (anchor)))
        search->out->anchor = anchor;
    }

  n = trust_anchor_set_get_n_distrusts (set);
  for (guint i = 0; i < n && !search->ambiguous; i++)
    {
      TrustDistrust *distrust = trust_anchor_set_get_distrust (set, i);
      const TrustFingerprint *fingerprint = trust_distrust_get_fingerprint (distrust);

      if (fingerprint == NULL || !trust_fingerprint_has_prefix (fingerprint, &search->prefix->fingerprint, search->prefix->n_digits))
        continue;
      if (search_take (search, fingerprint) && search->out->distrust == NULL)
        search->out->distrust = distrust;
    }
}

static gboolean
search_anchor (TrustAnchor *anchor, gpointer user_data)
{
  Search *search = user_data;
  const TrustFingerprint *fingerprint = trust_anchor_get_fingerprint (anchor);

  if (!trust_fingerprint_has_prefix (fingerprint, &search->prefix->fingerprint, search->prefix->n_digits))
    return TRUE;
  if (search_take (search, fingerprint) && search->out->anchor == NULL)
    search->out->anchor = anchor;
  return !search->ambiguous;
}

gboolean
trust_lookup (const TrustSnapshot *snapshot, const TrustPrefix *prefix, TrustNamed *out, GError **error)
{
  Search search = { .prefix = prefix, .out = out };
  char hex[TRUST_FINGERPRINT_HEX];

  *out = (TrustNamed) { .effective = TRUE };
  search_set (&search, snapshot->set);
  if (!search.found)
    {
      out->effective = FALSE;
      trust_lookup_foreach (snapshot, search_anchor, &search);
      if (search.found && !search.ambiguous && out->anchor != NULL)
        out->distrust = trust_anchor_set_find_distrust (snapshot->set, trust_anchor_get_certificate (out->anchor));
    }
  if (search.found && !search.ambiguous)
    return TRUE;

  trust_fingerprint_to_hex (&prefix->fingerprint, hex);
  hex[MIN (prefix->n_digits, TRUST_FINGERPRINT_HEX - 1)] = '\0';
  if (search.ambiguous)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_AMBIGUOUS, _ ("More than one certificate's fingerprint begins with %s; give more digits"), hex);
  else
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND, _ ("No known certificate has the fingerprint %s; \"anchorctl list\" shows them"), hex);
  return FALSE;
}

gboolean
trust_lookup_store (const TrustSnapshot *snapshot, const char *name, GError **error)
{
  if (trust_snapshot_find_set (snapshot, name) != NULL)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND, _ ("There is no store \"%s\"; see anchorctl store list"), name);
  return FALSE;
}
