/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-rollback.h"

#include "core/error.h"
#include "core/policy.h"
#include "core/text.h"

static gboolean
is_more (const TrustAnchorSet *before, const TrustAnchor *anchor)
{
  TrustAnchor *held = trust_anchor_set_lookup (before, trust_anchor_get_fingerprint (anchor));

  return held == NULL || !trust_settings_is_within (trust_anchor_get_settings (anchor), trust_anchor_get_settings (held));
}

/* May ANCHOR, which would be trusted for more than BEFORE has it, be? Nothing that has ended begins again by itself. */
static gboolean
admit (TrustPlanner *planner, const TrustAnchorSet *before, const TrustAnchor *anchor, GError **error)
{
  const TrustFingerprint *fingerprint = trust_anchor_get_fingerprint (anchor);
  TrustAnchor *ended = trust_anchor_set_lookup (before, fingerprint) == NULL ? trust_planner_find_ended (planner, fingerprint) : NULL;
  TrustChange relaxed = *planner->change;

  /* Whose distrust holds is a rollback's own business. */
  relaxed.override_distrust = TRUE;
  if (ended != NULL)
    return trust_planner_refuse_ended (ended, "--until with another date to `anchorctl add`, and go back after that", error);
  return trust_origin_get_layer (trust_anchor_get_origin (anchor)) != TRUST_LAYER_ADMINISTRATOR
         || trust_policy_admit (trust_anchor_get_certificate (anchor), &relaxed, before, planner->now, error);
}

/* A lower layer distrusts ANCHOR now, and an entry of the administrator's lifts that: nobody knows whether it did at the time. */
static gboolean
check_lower (TrustRollback *rollback, const TrustReturn *back, const TrustAnchor *anchor, GError **error)
{
  const TrustCertificate *certificate = trust_anchor_get_certificate (anchor);
  const TrustDistrust *distrust = trust_anchor_set_find_distrust (back->set, certificate);
  g_autofree char *shown = NULL;
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (trust_anchor_get_fingerprint (anchor), hex);
  if (trust_anchor_set_lookup (back->set, trust_anchor_get_fingerprint (anchor)) != NULL || distrust == NULL
      || trust_origin_get_layer (trust_distrust_get_origin (distrust)) == TRUST_LAYER_ADMINISTRATOR || trust_rollback_lifts (rollback, hex, NULL))
    return TRUE;
  shown = trust_text_printable (trust_origin_get_path (trust_distrust_get_origin (distrust)), 0);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_DISTRUSTED, "%s distrusts it (%s layer); to trust it all the same give --lift-distrust %s", shown,
               trust_layer_get_name (trust_origin_get_layer (trust_distrust_get_origin (distrust))), hex);
  return FALSE;
}

static gboolean
is_refused (const TrustRefusals *refusals, const TrustAnchor *anchor)
{
  g_autoptr (GPtrArray) found = trust_refusals_find (refusals, trust_anchor_get_fingerprint (anchor), trust_anchor_get_certificate (anchor));

  return found->len > 0;
}

static gboolean
prefix_title (GError **error, GError *local, const TrustAnchor *anchor)
{
  g_autofree char *title = trust_certificate_dup_title (trust_anchor_get_certificate (anchor)), *shown = trust_text_printable (title, 120);

  g_propagate_prefixed_error (error, local, "%s: ", shown);
  return FALSE;
}

/* The entries of ROW, which comes. *LEFT_OUT: it does not. */
static gboolean
admit_row (TrustRollback *rollback, TrustReturn *back, const TrustReturn *system, const TrustSourceFile *row, gboolean *left_out, GError **error)
{
  TrustPlanner *planner = rollback->planner;
  guint n_refused = 0;

  for (guint i = 0; i < row->n_anchors && !*left_out; i++)
    {
      const TrustAnchor *anchor = row->anchors[i];
      GError *local = NULL;

      if (is_refused (back->refusals, anchor) || is_refused (system->refusals, anchor))
        n_refused++;
      else if (is_more (back->set, anchor) && !trust_planner_has_ended (planner, anchor)
               && (!check_lower (rollback, back, anchor, &local) || !admit (planner, back->set, anchor, &local)))
        {
          *left_out = trust_planner_go_on (planner, trust_anchor_get_fingerprint (anchor), trust_anchor_get_certificate (anchor), &local);
          if (!*left_out)
            return prefix_title (error, local, anchor);
        }
    }
  /* What a distrust that stays refuses would begin to count when that is lifted: it does not come. */
  *left_out = *left_out || (n_refused > 0 && n_refused == row->n_anchors && row->n_distrusts == 0);
  return TRUE;
}

gboolean
trust_return_admit (TrustRollback *rollback, TrustReturn *back, const TrustReturn *system, GError **error)
{
  TrustPlanner *planner = rollback->planner;

  g_clear_pointer (&planner->ended, g_hash_table_unref);
  trust_planner_set_place (planner, back->source, back->folder, back->state, back->set);
  for (guint i = 0; i < back->coming->len;)
    {
      TrustComing *coming = back->coming->pdata[i];
      gboolean left_out = FALSE;

      if (!admit_row (rollback, back, system, coming->row, &left_out, error))
        return FALSE;
      if (left_out)
        {
          g_hash_table_remove (back->arrivals, trust_origin_get_path (coming->row->origin));
          g_ptr_array_remove_index (back->coming, i);
        }
      else
        i++;
    }
  return TRUE;
}

/* What AFTER trusts for more than BEFORE does. SOURCE (nullable): only what that one says. */
static gboolean
check_set (TrustPlanner *planner, const TrustAnchorSet *before, const TrustAnchorSet *after, const char *source, GError **error)
{
  for (guint i = 0; i < trust_anchor_set_get_n_anchors (after); i++)
    {
      const TrustAnchor *anchor = trust_anchor_set_get_anchor (after, i);
      const TrustOrigin *origin = trust_anchor_get_origin (anchor);
      GError *local = NULL;

      if ((source == NULL || g_str_equal (trust_origin_get_source (origin), source)) && is_more (before, anchor)
          && !g_hash_table_contains (planner->fresh, trust_origin_get_path (origin)) && !admit (planner, before, anchor, &local))
        return prefix_title (error, local, anchor);
    }
  return TRUE;
}

gboolean
trust_rollback_check (TrustPlanner *planner, GError **error)
{
  const TrustSnapshot *snapshot = planner->snapshot;
  const TrustPlan *plan = planner->plan;

  g_clear_pointer (&planner->ended, g_hash_table_unref);
  trust_planner_set_place (planner, TRUST_ANCHORS_SOURCE, TRUST_ANCHORS_FOLDER, trust_snapshot_find_state (snapshot, TRUST_ANCHORS_SOURCE),
                           snapshot->set);
  if (!check_set (planner, snapshot->set, plan->set, NULL, error))
    return FALSE;
  for (guint i = 0; i < plan->stores->len; i++)
    {
      const TrustStore *after = plan->stores->pdata[i], *before = trust_store_find (snapshot->stores, after->name);
      g_autofree char *folder = trust_store_dup_folder (after->name);

      if (before == NULL || before->state == after->state)
        continue;
      g_clear_pointer (&planner->ended, g_hash_table_unref);
      trust_planner_set_place (planner, before->state->source, folder, before->state, before->set);
      if (!check_set (planner, before->set, after->set, before->state->source, error))
        return FALSE;
    }
  return TRUE;
}
