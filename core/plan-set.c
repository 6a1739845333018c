/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-own.h"

#include "core/error.h"
#include "core/text.h"

static gboolean
refuse (const TrustPlanner *planner, const TrustFingerprint *fingerprint, GError **error)
{
  TrustDistrust *distrust = trust_anchor_set_lookup_distrust (planner->place.set, fingerprint);
  g_autofree char *path = distrust != NULL ? trust_text_printable (trust_origin_get_path (trust_distrust_get_origin (distrust)), 0) : NULL;
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (fingerprint, hex);
  if (path != NULL)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_DISTRUSTED, "It is not trusted: %s refuses it. `anchorctl restore %s` takes that back", path, hex);
  else
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND,
                 "It is not trusted now, so there is nothing to set (`anchorctl why %s` tells why); add it with `anchorctl add FILE`", hex);
  return FALSE;
}

/* The settings that SPOKEN's become. NULL with ERROR set. (transfer full) */
static TrustSettings *
make_settings (const TrustPlanner *planner, const TrustAnchor *spoken, GError **error)
{
  const TrustChange *change = planner->change;
  const TrustSettings *base = trust_anchor_get_settings (spoken);
  TrustPurposes *purposes = change->purposes != NULL ? change->purposes : trust_settings_get_purposes (base);

  if (trust_purposes_is_empty (purposes))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
                   "trusted for no purpose is not trusted; use `anchorctl remove` or `anchorctl distrust`");
      return NULL;
    }
  if ((change->named & TRUST_NAMES_UNTIL) == 0 && trust_planner_has_ended (planner, spoken))
    {
      trust_planner_refuse_ended (spoken, "--until with another date, or --until never", error);
      return NULL;
    }
  if ((change->named & TRUST_NAMES_UNTIL) != 0
      && !trust_planner_check_until (planner, trust_anchor_get_fingerprint (spoken), change->limits.until, error))
    return NULL;
  return trust_planner_merge_settings (planner, trust_anchor_get_fingerprint (spoken), purposes, base);
}

/* Is nothing but what SPOKEN says asked for? */
static gboolean
is_already (const TrustChange *change, const TrustAnchor *spoken, const TrustSettings *wanted)
{
  const TrustNote *note = trust_anchor_get_note (spoken);

  return trust_settings_equal (trust_anchor_get_settings (spoken), wanted)
         && (change->label == NULL || g_str_equal (change->label, trust_note_get_label (note)))
         && (change->reason == NULL || g_str_equal (change->reason, trust_note_get_reason (note)));
}

/* SPOKEN's note with what the change says, and who added it and when: an entry from below is added now. Returns: (transfer full) (nullable). */
static TrustNote *
make_note (const TrustPlanner *planner, const TrustAnchor *spoken, gboolean is_own)
{
  const TrustChange *change = planner->change;
  const TrustNote *before = trust_anchor_get_note (spoken);
  const TrustFingerprint *replaces = trust_note_get_replaces (before);
  TrustNote *note = trust_note_new (change->label != NULL ? change->label : trust_note_get_label (before),
                                    change->reason != NULL ? change->reason : trust_note_get_reason (before),
                                    is_own ? trust_note_get_added_by (before) : planner->added_by,
                                    is_own ? trust_note_get_added (before) : planner->now);
  TrustNote *whole = NULL;

  if (replaces == NULL)
    return note;
  whole = trust_note_with_replaces (note, replaces);
  g_clear_pointer (&note, trust_note_unref);
  return whole;
}

static gboolean
set_prefix (TrustPlanner *planner, const TrustPrefix *prefix, GError **error)
{
  TrustFingerprint fingerprint;
  TrustCertificate *certificate = NULL;
  TrustAnchor *own = NULL, *effective = NULL, *spoken = NULL;
  GPtrArray *files = NULL;
  g_autoptr (TrustSettings) wanted = NULL;
  g_autoptr (TrustOrigin) origin = NULL;
  TrustNote *note = NULL;

  if (!trust_planner_resolve (planner, prefix, &fingerprint, &certificate, error))
    return FALSE;
  if (trust_planner_is_again (planner, &fingerprint))
    return TRUE;
  own = trust_planner_find_own (planner, &fingerprint);
  effective = trust_anchor_set_lookup (planner->place.set, &fingerprint);
  if (effective == NULL && (own == NULL || !trust_planner_has_ended (planner, own)))
    return refuse (planner, &fingerprint, error);
  spoken = own != NULL ? own : effective;
  files = trust_planner_find_anchors (planner, &fingerprint);
  origin = trust_planner_make_origin (planner, &fingerprint, FALSE);
  wanted = make_settings (planner, spoken, error);
  if (wanted == NULL)
    return FALSE;
  if (is_already (planner->change, spoken, wanted))
    {
      trust_outcome_add (planner->plan->outcome, &fingerprint, certificate, TRUST_RESULT_ALREADY, NULL);
      return TRUE;
    }
  if (!trust_planner_check_files (files, error) || !trust_planner_check_target (planner, origin, &fingerprint, error))
    return FALSE;
  trust_planner_take_removals (planner, files, trust_origin_get_path (origin));
  note = make_note (planner, spoken, own != NULL);
  trust_outcome_add (planner->plan->outcome, &fingerprint, certificate, TRUST_RESULT_CHANGED, NULL);
  trust_planner_take_anchor (planner, trust_anchor_new (trust_anchor_get_certificate (spoken), wanted, origin, note));
  g_clear_pointer (&note, trust_note_unref);
  return TRUE;
}

static gboolean
plan (TrustPlanner *planner, GError **error)
{
  return trust_planner_each_prefix (planner, set_prefix, error);
}

const TrustPlanKind trust_plan_set = { .plan = plan, .tell = trust_planner_tell };
