/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-own.h"

#include "core/error.h"
#include "core/layers.h"
#include "core/loss.h"
#include "core/text.h"

/* "2027-01-01 00:00:00 UTC". Returns: (transfer full). */
static char *
dup_date (gint64 time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time);

  return date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M:%S UTC") : g_strdup_printf ("second %" G_GINT64_FORMAT, time);
}

TrustAnchor *
trust_planner_find_own (const TrustPlanner *planner, const TrustFingerprint *fingerprint)
{
  const GPtrArray *files = trust_planner_find_anchors (planner, fingerprint);
  const TrustSourceFile *file = files != NULL && files->len == 1 ? files->pdata[0] : NULL;

  for (guint i = 0; file != NULL && i < file->n_anchors; i++)
    if (trust_fingerprint_equal (trust_anchor_get_fingerprint (file->anchors[i]), fingerprint))
      return file->anchors[i];
  return NULL;
}

gboolean
trust_planner_has_ended (const TrustPlanner *planner, const TrustAnchor *anchor)
{
  return trust_ended_has (planner->snapshot->ended, anchor, planner->now);
}

static void
index_ended (TrustPlanner *planner, GHashTable *masks, const TrustSourceState *state)
{
  for (guint i = 0; i < state->files->len; i++)
    {
      const TrustSourceFile *file = state->files->pdata[i];

      for (guint n = 0; trust_layers_counts (masks, state, file) && n < file->n_anchors; n++)
        {
          gpointer fingerprint = (gpointer) trust_anchor_get_fingerprint (file->anchors[n]);
          TrustAnchor *held = g_hash_table_lookup (planner->ended, fingerprint);

          if (trust_planner_has_ended (planner, file->anchors[n])
              && (held == NULL || state->layer >= trust_origin_get_layer (trust_anchor_get_origin (held))))
            g_hash_table_replace (planner->ended, fingerprint, file->anchors[n]);
        }
    }
}

TrustAnchor *
trust_planner_find_ended (TrustPlanner *planner, const TrustFingerprint *fingerprint)
{
  const TrustSnapshot *snapshot = planner->snapshot;

  if (planner->ended == NULL)
    {
      g_autoptr (GHashTable) masks = trust_layers_find_masks (snapshot->states);

      planner->ended = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
      for (guint i = 0; i < snapshot->states->len; i++)
        index_ended (planner, masks, snapshot->states->pdata[i]);
      if (planner->place.state != NULL)
        index_ended (planner, NULL, planner->place.state);
    }
  return g_hash_table_lookup (planner->ended, fingerprint);
}

const TrustSettings *
trust_planner_find_base (const TrustPlanner *planner, const TrustFingerprint *fingerprint)
{
  TrustAnchor *own = trust_planner_find_own (planner, fingerprint), *effective = trust_anchor_set_lookup (planner->place.set, fingerprint);

  if (own != NULL && !trust_planner_has_ended (planner, own))
    return trust_anchor_get_settings (own);
  return effective != NULL ? trust_anchor_get_settings (effective) : NULL;
}

TrustAnchor *
trust_planner_find_distributed (const TrustPlanner *planner, const TrustFingerprint *fingerprint)
{
  TrustAnchor *effective = trust_anchor_set_lookup (planner->place.set, fingerprint);

  return effective != NULL && trust_origin_get_layer (trust_anchor_get_origin (effective)) == TRUST_LAYER_DISTRIBUTION ? effective : NULL;
}

gboolean
trust_planner_check_flat (const TrustPlanner *planner, const TrustFingerprint *fingerprint, TrustSettings *wanted, GError **error)
{
  TrustAnchor *distributed = trust_planner_find_distributed (planner, fingerprint);
  g_autoptr (TrustOrigin) origin = NULL;
  g_autoptr (GPtrArray) anchors = NULL, none = NULL;
  g_autoptr (TrustAnchorSet) set = NULL, flat = NULL;
  g_autoptr (TrustPurposes) kept = NULL;
  const TrustPurposes *held = NULL;
  TrustAnchor *left = NULL;

  if (distributed == NULL || !trust_settings_is_limited (wanted))
    return TRUE;
  origin = trust_planner_make_origin (planner, fingerprint, FALSE);
  anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  none = g_ptr_array_new ();
  g_ptr_array_add (anchors, trust_anchor_new (trust_anchor_get_certificate (distributed), wanted, origin, NULL));
  set = trust_anchor_set_new (anchors, none);
  flat = trust_loss_flatten (set, &trust_loss_policy_default, planner->now, NULL, NULL);
  left = trust_anchor_set_lookup (flat, fingerprint);
  held = trust_settings_get_purposes (trust_anchor_get_settings (distributed));
  kept = left != NULL ? trust_purposes_intersect (held, trust_settings_get_purposes (trust_anchor_get_settings (left))) : NULL;
  if (kept != NULL && trust_purposes_equal (kept, held))
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_POLICY,
               "flat files hold it because it is the distribution's, and would not hold an entry of your own, for they cannot say what limits it; "
               "adding takes nothing away: give --replace, or use `anchorctl set`");
  return FALSE;
}

TrustSettings *
trust_planner_merge_settings (const TrustPlanner *planner, const TrustFingerprint *fingerprint, TrustPurposes *purposes, const TrustSettings *base)
{
  const TrustChange *change = planner->change;
  TrustLimits limits = base != NULL ? *trust_settings_get_limits (base) : TRUST_LIMITS_NONE;

  if (change->named & TRUST_NAMES_CONSTRAINTS)
    limits.constraints = change->limits.constraints;
  if (change->named & TRUST_NAMES_DISTRUST_AFTER)
    limits.distrust_after = change->limits.distrust_after;
  if (change->named & TRUST_NAMES_UNTIL)
    limits.until = change->limits.until;
  if (change->named & TRUST_NAMES_ACCEPT_LOSS)
    limits.accept_loss = change->limits.accept_loss;
  else if ((change->named & (TRUST_NAMES_CONSTRAINTS | TRUST_NAMES_UNTIL)) == 0 && limits.constraints != NULL
           && trust_planner_find_distributed (planner, fingerprint) != NULL)
    limits.accept_loss = TRUE;
  return trust_settings_new_limited (purposes, &limits);
}

gboolean
trust_planner_check_reduction (const TrustSettings *base, const TrustSettings *wanted, GError **error)
{
  g_autofree char *has = NULL;

  if (base == NULL || trust_settings_is_within (base, wanted))
    return TRUE;
  has = trust_settings_describe (base);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_POLICY,
               "it would be trusted for less than it is now (%s), and adding takes nothing away; give --replace, or use `anchorctl set`", has);
  return FALSE;
}

gboolean
trust_planner_check_date (const TrustPlanner *planner, const char *option, gint64 time, GError **error)
{
  g_autofree char *date = NULL;

  if (time > planner->now)
    return TRUE;
  date = dup_date (time);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
               "%s %s lies in the past; give a date to come, or use `anchorctl remove` or `anchorctl distrust`", option, date);
  return FALSE;
}

gboolean
trust_planner_check_until (const TrustPlanner *planner, const TrustFingerprint *fingerprint, gint64 until, GError **error)
{
  g_autofree char *date = NULL;

  if (!trust_planner_check_date (planner, "--until", until, error))
    return FALSE;
  if (!trust_ended_lists (planner->snapshot->ended, fingerprint, until))
    return TRUE;
  date = dup_date (until);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_POLICY,
               "its trust until %s has ended before, by a clock that was later than it is now, and stays ended; give another date", date);
  return FALSE;
}

gboolean
trust_planner_refuse_ended (const TrustAnchor *ended, const char *options, GError **error)
{
  g_autofree char *date = dup_date (trust_settings_get_until (trust_anchor_get_settings (ended)));
  g_autofree char *path = trust_text_printable (trust_origin_get_path (trust_anchor_get_origin (ended)), 0);

  g_set_error (error, TRUST_ERROR, TRUST_ERROR_POLICY, "its trust ended %s, as %s says; to trust it again give %s", date, path, options);
  return FALSE;
}
