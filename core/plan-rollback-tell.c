/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-rollback.h"

#include "core/text.h"

#define MAX_FILES 20u

/* Two sets of one store, before and after. */
typedef struct
{
  TrustPlanner *planner;
  const TrustAnchorSet *before;
  const TrustAnchorSet *after;
  const char *store; /* (nullable) the system's */
} Pair;

/* One row a certificate and store. */
static void
add_row (const Pair *pair, const TrustFingerprint *fingerprint, TrustResult result, const char *detail)
{
  TrustAnchor *anchor = trust_anchor_set_lookup (pair->after, fingerprint);
  TrustDistrust *distrust = trust_anchor_set_lookup_distrust (pair->after, fingerprint);
  TrustCertificate *certificate = NULL;
  g_autofree char *where = pair->store != NULL ? g_strconcat ("in ", pair->store, NULL) : g_strdup (detail);

  if (anchor == NULL)
    anchor = trust_anchor_set_lookup (pair->before, fingerprint);
  if (distrust == NULL)
    distrust = trust_anchor_set_lookup_distrust (pair->before, fingerprint);
  if (anchor != NULL)
    certificate = trust_anchor_get_certificate (anchor);
  else if (distrust != NULL)
    certificate = trust_distrust_get_certificate (distrust);
  trust_outcome_add (pair->planner->plan->outcome, fingerprint, certificate, result, where);
}

static gboolean
refuses (const TrustAnchorSet *set, const TrustFingerprint *fingerprint)
{
  return trust_anchor_set_lookup (set, fingerprint) == NULL && trust_anchor_set_lookup_distrust (set, fingerprint) != NULL;
}

static void
tell_anchors (const Pair *pair)
{
  g_auto (TrustAnchorSetDiff) diff = { 0 };

  trust_anchor_set_diff (pair->before, pair->after, &diff);
  for (guint i = 0; i < diff.added->len; i++)
    add_row (pair, &g_array_index (diff.added, TrustFingerprint, i), TRUST_RESULT_ADDED, NULL);
  for (guint i = 0; i < diff.changed->len; i++)
    add_row (pair, &g_array_index (diff.changed, TrustFingerprint, i), TRUST_RESULT_CHANGED, NULL);
  for (guint i = 0; i < diff.removed->len; i++)
    {
      const TrustFingerprint *fingerprint = &g_array_index (diff.removed, TrustFingerprint, i);

      add_row (pair, fingerprint, refuses (pair->after, fingerprint) ? TRUST_RESULT_DISTRUSTED : TRUST_RESULT_REMOVED, NULL);
    }
}

/* Refusals of what was no anchor before, and is none after. */
static void
tell_distrusts (const Pair *pair)
{
  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (pair->after); i++)
    {
      const TrustFingerprint *named = trust_distrust_get_fingerprint (trust_anchor_set_get_distrust (pair->after, i));

      if (named != NULL && refuses (pair->after, named) && trust_anchor_set_lookup (pair->before, named) == NULL && !refuses (pair->before, named))
        add_row (pair, named, TRUST_RESULT_DISTRUSTED, NULL);
    }
  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (pair->before); i++)
    {
      const TrustFingerprint *named = trust_distrust_get_fingerprint (trust_anchor_set_get_distrust (pair->before, i));

      if (named != NULL && refuses (pair->before, named) && trust_anchor_set_lookup (pair->after, named) == NULL && !refuses (pair->after, named))
        add_row (pair, named, TRUST_RESULT_RESTORED, "");
    }
}

/* Entries that came back and do not count: their trust has ended, or something refuses them. */
static void
tell_idle (TrustPlanner *planner, const TrustSourceFile *row, const TrustAnchorSet *set)
{
  for (guint i = 0; i < row->n_anchors; i++)
    {
      TrustAnchor *anchor = row->anchors[i];
      g_autofree char *title = trust_certificate_dup_title (trust_anchor_get_certificate (anchor)), *shown = trust_text_printable (title, 64);
      char hex[TRUST_FINGERPRINT_HEX];

      if (trust_anchor_set_lookup (set, trust_anchor_get_fingerprint (anchor)) != NULL)
        continue;
      trust_fingerprint_to_hex (trust_anchor_get_fingerprint (anchor), hex);
      g_ptr_array_add (planner->plan->outcome->notices,
                       g_strdup_printf (trust_ended_has (planner->plan->ended, anchor, planner->now)
                                            ? "\"%s\" is not trusted: the trust in it has ended; `anchorctl why %s` tells more"
                                            : "\"%s\" is not trusted all the same; `anchorctl why %s` tells who says otherwise",
                                        shown, hex));
    }
}

/* What changes no certificate's trust by itself, as an entry that names a key alone, is told by its files. */
static void
tell_files (TrustPlanner *planner)
{
  const TrustPlan *plan = planner->plan;
  const TrustFingerprint none = { { 0 } };

  if (plan->outcome->rows->len > 0)
    return;
  for (guint i = 0; i < MIN (plan->files->len, MAX_FILES); i++)
    trust_outcome_add_titled (plan->outcome, &none, ((TrustJournalFile *) plan->files->pdata[i])->path, TRUST_RESULT_CHANGED, NULL);
}

static void
tell_store (TrustPlanner *planner, const char *name)
{
  const TrustStore *before = trust_store_find (planner->snapshot->stores, name), *after = trust_store_find (planner->plan->stores, name);
  g_autofree char *was = trust_store_describe (before), *is = trust_store_describe (after);

  if (!g_str_equal (was, is))
    {
      const TrustFingerprint none = { { 0 } };
      g_autofree char *title = g_strconcat ("store ", name, NULL), *detail = g_strdup_printf ("%s; it was: %s", is, was);

      trust_outcome_add_titled (planner->plan->outcome, &none, title, TRUST_RESULT_CHANGED, detail);
    }
  if (before == NULL || after == NULL || before->state == after->state)
    return;
  tell_anchors (&(Pair) { planner, before->set, after->set, name });
  tell_distrusts (&(Pair) { planner, before->set, after->set, name });
}

void
trust_rollback_tell_rows (TrustPlanner *planner)
{
  const TrustPlan *plan = planner->plan;
  const Pair system = { planner, planner->snapshot->set, plan->set, NULL };

  tell_anchors (&system);
  tell_distrusts (&system);
  for (guint i = 0; i < planner->snapshot->stores->len; i++)
    tell_store (planner, ((TrustStore *) planner->snapshot->stores->pdata[i])->name);
  for (guint i = 0; i < plan->stores->len; i++)
    if (trust_store_find (planner->snapshot->stores, ((TrustStore *) plan->stores->pdata[i])->name) == NULL)
      tell_store (planner, ((TrustStore *) plan->stores->pdata[i])->name);
  for (guint i = 0; i < plan->fresh->len; i++)
    {
      const TrustSourceFile *row = plan->fresh->pdata[i];
      const char *source = trust_origin_get_source (row->origin);

      for (guint n = 0; n < plan->stores->len; n++)
        if (g_str_equal (((TrustStore *) plan->stores->pdata[n])->state->source, source))
          tell_idle (planner, row, ((TrustStore *) plan->stores->pdata[n])->set);
      if (g_str_equal (source, TRUST_ANCHORS_SOURCE))
        tell_idle (planner, row, plan->set);
    }
  tell_files (planner);
}
