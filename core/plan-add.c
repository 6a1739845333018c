/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-own.h"

#include "core/error.h"
#include "core/policy.h"

static gboolean
same_texts (const char *a, const char *b)
{
  return a == NULL || b == NULL ? a == b : g_str_equal (a, b);
}

/* Does OWN say all that is wanted already? A reason alone changes nothing. */
static gboolean
is_already (const TrustAnchor *own, TrustSettings *wanted, const char *label, const TrustFingerprint *replaces)
{
  const TrustNote *note = trust_anchor_get_note (own);
  const TrustFingerprint *followed = trust_note_get_replaces (note);

  return trust_settings_equal (trust_anchor_get_settings (own), wanted) && (label == NULL || same_texts (label, trust_note_get_label (note)))
         && (replaces == NULL || (followed != NULL && trust_fingerprint_equal (followed, replaces)));
}

/* The note of a new entry: what is not said now stays as the entry before, OWN (nullable), had it. Returns: (transfer full) (nullable). */
static TrustNote *
make_note (const TrustPlanner *planner, const TrustAnchor *own, const TrustWords *words)
{
  TrustNote *before = own != NULL ? trust_anchor_get_note (own) : NULL, *note = NULL, *whole = NULL;
  const TrustFingerprint *replaces = words->replaces != NULL ? words->replaces : trust_note_get_replaces (before);

  note = trust_note_new (words->label != NULL ? words->label : trust_note_get_label (before),
                         words->reason != NULL ? words->reason : trust_note_get_reason (before), planner->added_by, planner->now);
  if (replaces == NULL)
    return note;
  whole = trust_note_with_replaces (note, replaces);
  g_clear_pointer (&note, trust_note_unref);
  return whole;
}

gboolean
trust_planner_add (TrustPlanner *planner, TrustCertificate *certificate, TrustSettings *wanted, const TrustWords *words, GError **error)
{
  const TrustChange *change = planner->change;
  const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (certificate);
  TrustAnchor *effective = trust_anchor_set_lookup (planner->place.set, fingerprint), *own = trust_planner_find_own (planner, fingerprint);
  GPtrArray *files = trust_planner_find_anchors (planner, fingerprint);
  g_autoptr (TrustOrigin) origin = trust_planner_make_origin (planner, fingerprint, FALSE);
  TrustNote *note = NULL;

  if (own != NULL && is_already (own, wanted, words->label, words->replaces) && (effective != NULL || trust_planner_has_ended (planner, own)))
    {
      trust_outcome_add (planner->plan->outcome, fingerprint, certificate, TRUST_RESULT_ALREADY, NULL);
      return TRUE;
    }
  if (!trust_policy_admit (certificate, change, planner->place.set, planner->now, error) || !trust_planner_check_files (files, error)
      || !trust_planner_check_target (planner, origin, fingerprint, error)
      || (change->override_distrust && !trust_planner_check_lift (planner, fingerprint, certificate, NULL, error)))
    return FALSE;
  if (change->override_distrust)
    trust_planner_lift (planner, fingerprint, certificate);
  trust_planner_take_removals (planner, files, trust_origin_get_path (origin));
  note = make_note (planner, own, words);
  trust_outcome_add (planner->plan->outcome, fingerprint, certificate,
                     effective == NULL ? TRUST_RESULT_ADDED
                     : files == NULL   ? TRUST_RESULT_PINNED
                                       : TRUST_RESULT_CHANGED,
                     words->detail);
  trust_planner_take_anchor (planner, trust_anchor_new (certificate, wanted, origin, note));
  g_clear_pointer (&note, trust_note_unref);
  return TRUE;
}

/* The settings an add gives: never less than what is effective now, unless asked to replace. NULL with ERROR set. (transfer full) */
static TrustSettings *
settings_for_add (TrustPlanner *planner, const TrustFingerprint *fingerprint, GError **error)
{
  const TrustChange *change = planner->change;
  const TrustSettings *base = change->replace ? NULL : trust_planner_find_base (planner, fingerprint);
  TrustAnchor *ended = change->replace || base != NULL ? NULL : trust_planner_find_ended (planner, fingerprint);
  g_autoptr (TrustPurposes) asked = change->purposes != NULL ? trust_purposes_ref (change->purposes)
                                                             : trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustPurposes) all = base != NULL ? trust_purposes_union (asked, trust_settings_get_purposes (base)) : trust_purposes_ref (asked);
  g_autoptr (TrustSettings) wanted = NULL;

  if (ended != NULL && (change->named & TRUST_NAMES_UNTIL) == 0)
    {
      trust_planner_refuse_ended (ended, "--until with another date, or --until never", error);
      return NULL;
    }
  if ((change->named & TRUST_NAMES_UNTIL) != 0 && !trust_planner_check_until (planner, fingerprint, change->limits.until, error))
    return NULL;
  wanted = trust_planner_merge_settings (planner, fingerprint, all, ended != NULL ? trust_anchor_get_settings (ended) : base);
  if (!trust_planner_check_reduction (base, wanted, error) || (!change->replace && !trust_planner_check_flat (planner, fingerprint, wanted, error)))
    return NULL;
  return g_steal_pointer (&wanted);
}

static gboolean
add (TrustPlanner *planner, TrustCertificate *certificate, GError **error)
{
  const TrustChange *change = planner->change;
  TrustWords words = { .label = change->label, .reason = change->reason, .replaces = planner->followed, .detail = planner->succession };
  g_autoptr (TrustSettings) wanted = NULL;

  if (!trust_planner_check_store (planner, certificate, error))
    return FALSE;
  wanted = settings_for_add (planner, trust_certificate_get_fingerprint (certificate), error);
  return wanted != NULL && trust_planner_add (planner, certificate, wanted, &words, error);
}

static gboolean
refuse_succession (GError **error, const char *why)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, "--replaces: %s", why);
  return FALSE;
}

/* Was the only certificate of the change refused, and made a row with keep_going? */
static gboolean
is_refused (const TrustPlanner *planner)
{
  const GPtrArray *rows = planner->plan->outcome->rows;

  return rows->len > 0 && ((TrustOutcomeRow *) rows->pdata[rows->len - 1])->result == TRUST_RESULT_REFUSED;
}

/* The one that is replaced is trusted until the day it retires, if that is named. */
static gboolean
retire (TrustPlanner *planner, TrustCertificate *certificate, GError **error)
{
  const TrustFingerprint *old = planner->followed;
  const TrustSettings *base = trust_planner_find_base (planner, old);
  TrustAnchor *own = trust_planner_find_own (planner, old), *effective = trust_anchor_set_lookup (planner->place.set, old);
  const TrustAnchor *spoken = own != NULL ? own : effective;
  GPtrArray *files = trust_planner_find_anchors (planner, old);
  TrustLimits limits = base != NULL ? *trust_settings_get_limits (base) : TRUST_LIMITS_NONE;
  g_autoptr (TrustOrigin) origin = trust_planner_make_origin (planner, old, FALSE);
  g_autoptr (TrustSettings) settings = NULL;

  if (base == NULL || spoken == NULL)
    return refuse_succession (error, "that certificate is not trusted now, so there is nothing to retire");
  if (!trust_planner_check_date (planner, "--retire", planner->change->retire, error) || !trust_planner_check_files (files, error)
      || !trust_planner_check_target (planner, origin, old, error))
    return FALSE;
  /* Flat files that hold it now go on to, until the day. One that ends earlier by itself does. */
  limits.accept_loss = limits.accept_loss || (limits.constraints == NULL && limits.until == TRUST_NEVER)
                       || trust_planner_find_distributed (planner, old) != NULL;
  limits.until = MIN (limits.until, planner->change->retire);
  settings = trust_settings_new_limited (trust_settings_get_purposes (base), &limits);
  if (own != NULL && trust_settings_equal (trust_anchor_get_settings (own), settings))
    {
      trust_outcome_add (planner->plan->outcome, old, certificate, TRUST_RESULT_ALREADY, NULL);
      return TRUE;
    }
  trust_planner_take_removals (planner, files, trust_origin_get_path (origin));
  trust_outcome_add (planner->plan->outcome, old, certificate, TRUST_RESULT_CHANGED, NULL);
  trust_planner_take_anchor (planner, trust_anchor_new (trust_anchor_get_certificate (spoken), settings, origin, trust_anchor_get_note (spoken)));
  return TRUE;
}

/* --replaces: finds the one that is replaced. Its trust goes on beside the new one's, until its day or until somebody ends it. */
static gboolean
find_followed (TrustPlanner *planner, TrustCertificate **certificate_out, GError **error)
{
  const TrustChange *change = planner->change;
  char hex[TRUST_FINGERPRINT_HEX];

  if (change->certificates->len != 1)
    return refuse_succession (error, "give just one certificate that replaces it");
  if (!trust_planner_resolve (planner, &change->replaces, &planner->followed_fingerprint, certificate_out, error))
    {
      g_prefix_error (error, "--replaces: ");
      return FALSE;
    }
  planner->followed = &planner->followed_fingerprint;
  if (trust_fingerprint_equal (planner->followed, trust_certificate_get_fingerprint (change->certificates->pdata[0])))
    return refuse_succession (error, "a certificate cannot replace itself");
  trust_fingerprint_to_hex (planner->followed, hex);
  if (change->retire == TRUST_NEVER && trust_anchor_set_lookup (planner->place.set, planner->followed) != NULL)
    planner->succession = g_strdup_printf ("the one it replaces stays trusted; `anchorctl set %s --until DATE` or `anchorctl remove %s` retires it",
                                           hex, hex);
  return TRUE;
}

static gboolean
plan (TrustPlanner *planner, GError **error)
{
  TrustCertificate *followed = NULL;

  if (planner->change->has_replaces && !find_followed (planner, &followed, error))
    return FALSE;
  if (!trust_planner_each_certificate (planner, add, error))
    return FALSE;
  /* What nothing follows does not retire. */
  return planner->change->retire == TRUST_NEVER || planner->followed == NULL || is_refused (planner) || retire (planner, followed, error);
}

const TrustPlanKind trust_plan_add = { .plan = plan, .tell = trust_planner_tell };
