/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-own.h"

#include "core/policy.h"

/* The settings an add gives: never less than what is effective now, unless asked to replace. */
static TrustSettings *
settings_for_add (const TrustPlanner *planner, TrustAnchor *effective)
{
  g_autoptr (TrustPurposes) asked = planner->change->purposes != NULL ? trust_purposes_ref (planner->change->purposes)
                                                                      : trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustPurposes) all = NULL;

  if (effective == NULL || planner->change->replace)
    return trust_settings_new (asked);
  all = trust_purposes_union (asked, trust_settings_get_purposes (trust_anchor_get_settings (effective)));
  return trust_settings_new (all);
}

static gboolean
add (TrustPlanner *planner, TrustCertificate *certificate, GError **error)
{
  const TrustChange *change = planner->change;
  const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (certificate);
  TrustAnchor *effective = trust_anchor_set_lookup (planner->place.set, fingerprint);
  GPtrArray *own = trust_planner_find_anchors (planner, fingerprint);
  g_autoptr (TrustSettings) settings = settings_for_add (planner, effective);
  g_autoptr (TrustOrigin) origin = trust_planner_make_origin (planner, fingerprint, FALSE);
  TrustNote *note = NULL;

  if (own != NULL && effective != NULL && trust_settings_equal (trust_anchor_get_settings (effective), settings)
      && (change->label == NULL || g_str_equal (change->label, trust_note_get_label (trust_anchor_get_note (effective)))))
    {
      trust_outcome_add (planner->plan->outcome, fingerprint, certificate, TRUST_RESULT_ALREADY, NULL);
      return TRUE;
    }
  if (!trust_policy_admit (certificate, change, planner->place.set, planner->now, error) || !trust_planner_check_files (own, error)
      || (change->override_distrust && !trust_planner_lift (planner, certificate, error)))
    return FALSE;
  trust_planner_take_removals (planner, own, trust_origin_get_path (origin));

  note = trust_note_new (change->label, change->reason, planner->added_by, planner->now);
  trust_outcome_add (planner->plan->outcome, fingerprint, certificate,
                     effective == NULL ? TRUST_RESULT_ADDED : own == NULL ? TRUST_RESULT_PINNED : TRUST_RESULT_CHANGED, NULL);
  trust_planner_take_anchor (planner, trust_anchor_new (certificate, settings, origin, note));
  g_clear_pointer (&note, trust_note_unref);
  return TRUE;
}

static gboolean
plan (TrustPlanner *planner, GError **error)
{
  return trust_planner_each_certificate (planner, add, error);
}

const TrustPlanKind trust_plan_add = { plan, NULL };
