/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-own.h"

#include "core/error.h"
#include "core/text.h"

/* Why what nobody here added cannot be removed. */
static gboolean
refuse (const TrustPlanner *planner, const TrustFingerprint *fingerprint, GError **error)
{
  TrustAnchor *effective = trust_anchor_set_lookup (planner->place.set, fingerprint);
  TrustDistrust *distrust = trust_anchor_set_lookup_distrust (planner->place.set, fingerprint);
  g_autofree char *path = NULL;
  char hex[TRUST_FINGERPRINT_HEX];

  if (effective == NULL)
    {
      trust_fingerprint_to_hex (fingerprint, hex);
      path = trust_text_printable (distrust != NULL ? trust_origin_get_path (trust_distrust_get_origin (distrust)) : "", 0);
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND,
                   "It is not trusted: %s refuses it. To refuse it no longer: `anchorctl restore %s`; to trust it by an entry of your own: "
                   "`anchorctl add FILE --override-distrust`",
                   distrust != NULL ? path : "a distrust of its key", hex);
      return FALSE;
    }
  path = trust_text_printable (trust_origin_get_path (trust_anchor_get_origin (effective)), 0);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN,
               "It was not added through anchord: %s (%s layer) trusts it; remove it there, or use `anchorctl distrust`", path,
               trust_layer_get_name (trust_origin_get_layer (trust_anchor_get_origin (effective))));
  return FALSE;
}

static gboolean
remove_prefix (TrustPlanner *planner, const TrustPrefix *prefix, GError **error)
{
  TrustFingerprint fingerprint;
  TrustCertificate *certificate = NULL;
  GPtrArray *own = NULL;

  if (!trust_planner_resolve (planner, prefix, &fingerprint, &certificate, error))
    return FALSE;
  if (trust_planner_is_again (planner, &fingerprint))
    return TRUE;
  own = trust_planner_find_anchors (planner, &fingerprint);
  if (own == NULL)
    return refuse (planner, &fingerprint, error);
  if (!trust_planner_check_files (own, error))
    return FALSE;
  trust_planner_take_removals (planner, own, NULL);
  g_array_append_val (planner->touched, fingerprint);
  return TRUE;
}

static gboolean
plan (TrustPlanner *planner, GError **error)
{
  return trust_planner_each_prefix (planner, remove_prefix, error);
}

void
trust_planner_tell_removals (TrustPlanner *planner)
{
  for (guint i = 0; i < planner->touched->len; i++)
    {
      const TrustFingerprint *fingerprint = &g_array_index (planner->touched, TrustFingerprint, i);
      TrustAnchor *left = trust_anchor_set_lookup (planner->plan->set, fingerprint);
      TrustAnchor *before = trust_anchor_set_lookup (planner->snapshot->set, fingerprint);
      TrustCertificate *certificate = before != NULL ? trust_anchor_get_certificate (before) : NULL;

      trust_outcome_add (planner->plan->outcome, fingerprint, certificate, left != NULL ? TRUST_RESULT_STILL_TRUSTED : TRUST_RESULT_REMOVED,
                         left != NULL ? trust_origin_get_path (trust_anchor_get_origin (left)) : NULL);
    }
}

const TrustPlanKind trust_plan_remove = { .plan = plan, .tell = trust_planner_tell_removals };
