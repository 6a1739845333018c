/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-own.h"

#include "core/error.h"
#include "core/text.h"

/* What refuses the certificate in SET; NULL if nothing does. */
static const TrustDistrust *
find_refusal (const TrustAnchorSet *set, const TrustFingerprint *fingerprint, const TrustCertificate *certificate)
{
  if (trust_anchor_set_lookup (set, fingerprint) != NULL)
    return NULL;
  return certificate != NULL ? trust_anchor_set_find_distrust (set, certificate) : trust_anchor_set_lookup_distrust (set, fingerprint);
}

static char *
dup_place (const TrustOrigin *origin)
{
  const char *path = trust_origin_get_path (origin);

  return trust_text_printable (path[0] != '\0' ? path : trust_origin_get_source (origin), 0);
}

/* The row of a certificate as SET has it. */
static void
tell_one (TrustPlanner *planner, const TrustAnchorSet *set, const TrustFingerprint *fingerprint, TrustCertificate *certificate)
{
  const TrustDistrust *refusal = find_refusal (set, fingerprint, certificate);
  TrustAnchor *anchor = trust_anchor_set_lookup (set, fingerprint);
  g_autofree char *place = NULL;

  if (refusal != NULL)
    place = dup_place (trust_distrust_get_origin (refusal));
  else if (anchor != NULL)
    place = dup_place (trust_anchor_get_origin (anchor));
  trust_outcome_add (planner->plan->outcome, fingerprint, certificate, refusal != NULL ? TRUST_RESULT_STILL_REFUSED : TRUST_RESULT_RESTORED,
                     place != NULL ? place : "");
}

/* An entry that names no certificate is called by its file's name. */
static gboolean
restore_bare (TrustPlanner *planner, const TrustFingerprint *name, GError **error)
{
  GPtrArray *files = trust_planner_find_distrusts (planner, name);

  if (!trust_planner_check_files (files, error))
    return FALSE;
  trust_planner_take_removals (planner, files, NULL);
  g_array_append_vals (planner->touched, name, 1);
  return TRUE;
}

static gboolean
restore (TrustPlanner *planner, const TrustPrefix *prefix, GError **error)
{
  g_autoptr (GError) local = NULL;
  TrustFingerprint fingerprint;
  TrustCertificate *certificate = NULL;
  guint n = 0;
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (&prefix->fingerprint, hex);
  if (prefix->n_digits == 64 && trust_planner_is_again (planner, &prefix->fingerprint))
    return TRUE;
  if (prefix->n_digits != 64)
    {
      hex[MIN (prefix->n_digits, 64)] = '\0';
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, "%s: give the whole fingerprint, all 64 digits of it, to restore it", hex);
      return FALSE;
    }
  if (!trust_planner_resolve (planner, prefix, &fingerprint, &certificate, &local))
    {
      if (trust_planner_find_distrusts (planner, &prefix->fingerprint) != NULL)
        return restore_bare (planner, &prefix->fingerprint, error);
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!trust_planner_check_lift (planner, &fingerprint, certificate, &n, error))
    return FALSE;
  if (n > 0)
    {
      trust_planner_lift (planner, &fingerprint, certificate);
      g_array_append_val (planner->touched, fingerprint);
    }
  else if (find_refusal (planner->place.set, &fingerprint, certificate) != NULL)
    tell_one (planner, planner->place.set, &fingerprint, certificate);
  else
    trust_outcome_add (planner->plan->outcome, &fingerprint, certificate, TRUST_RESULT_ALREADY, NULL);
  return TRUE;
}

static gboolean
plan (TrustPlanner *planner, GError **error)
{
  return trust_planner_each_prefix (planner, restore, error);
}

static void
tell (TrustPlanner *planner)
{
  for (guint i = 0; i < planner->touched->len; i++)
    {
      TrustPrefix whole = { g_array_index (planner->touched, TrustFingerprint, i), 64 };
      TrustFingerprint fingerprint = whole.fingerprint;
      TrustCertificate *certificate = NULL;

      trust_planner_resolve (planner, &whole, &fingerprint, &certificate, NULL);
      tell_one (planner, planner->plan->set, &fingerprint, certificate);
    }
}

const TrustPlanKind trust_plan_restore = { .plan = plan, .tell = tell };
