/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-own.h"

#include "core/error.h"
#include "core/plan-foreign.h"
#include "core/text.h"

/* The distribution's tool would take a file of its administrator folder in again: it is set aside, or it stops the change. */
static gboolean
deal_with_foreign (TrustPlanner *planner, GError **error)
{
  g_autoptr (GPtrArray) found = trust_plan_find_foreign (planner->root, planner->snapshot, planner->refused);

  for (guint i = 0; i < found->len; i++)
    {
      TrustSourceFile *file = found->pdata[i];
      const char *path = trust_origin_get_path (file->origin);
      g_autofree char *shown = trust_text_printable (path, 0);
      TrustJournalFile *copy = NULL;

      if (!planner->change->set_aside)
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN,
                       "%s holds it, and is not anchord's; remove that file, or use --set-aside to move it to " TRUST_ASIDE_FOLDER, shown);
          return FALSE;
        }
      copy = trust_plan_copy_aside (planner->root, file, error);
      if (copy == NULL)
        return FALSE;
      g_ptr_array_add (planner->plan->files, copy);
      trust_planner_take_removal (planner, path);
      g_ptr_array_add (planner->aside, file);
    }
  return TRUE;
}

/* The entry that stands for FINGERPRINT alone in its file; NULL if there is none. */
static const TrustDistrust *
find_standing (const GPtrArray *files)
{
  for (guint i = 0; files != NULL && i < files->len; i++)
    {
      const TrustSourceFile *file = files->pdata[i];

      if (file->n_anchors + file->n_distrusts == 1)
        return file->distrusts[0];
    }
  return NULL;
}

static gboolean
distrust_one (TrustPlanner *planner, const TrustFingerprint *fingerprint, TrustCertificate *certificate, GError **error)
{
  const TrustChange *change = planner->change;
  const TrustFingerprint *key = certificate != NULL && !change->cert_only ? trust_certificate_get_key_fingerprint (certificate) : NULL;
  g_autoptr (TrustOrigin) origin = trust_planner_make_origin (planner, fingerprint, TRUE);
  GPtrArray *own = trust_planner_find_distrusts (planner, fingerprint), *anchors = trust_planner_find_anchors (planner, fingerprint);
  const TrustDistrust *stands = find_standing (own);
  TrustNote *note = trust_note_new (change->label, change->reason, planner->added_by, planner->now);
  TrustSpan none = { NULL, 0 };
  g_autoptr (TrustDistrust) distrust = NULL;

  /* To refuse again never refuses less: what stands names its key still. */
  if (key == NULL && stands != NULL)
    key = trust_distrust_get_key_fingerprint (stands);
  distrust = trust_distrust_new (fingerprint, key, stands != NULL ? trust_distrust_get_issuer_der (stands) : none,
                                 stands != NULL ? trust_distrust_get_serial (stands) : none, certificate, origin, note);
  g_clear_pointer (&note, trust_note_unref);
  g_ptr_array_add (planner->refused, trust_distrust_ref (distrust));
  if (stands != NULL && anchors == NULL && !change->set_aside
      && (key == NULL || trust_distrust_get_key_fingerprint (stands) != NULL))
    {
      trust_outcome_add (planner->plan->outcome, fingerprint, certificate, TRUST_RESULT_ALREADY, NULL);
      return TRUE;
    }
  if (!trust_planner_check_files (own, error) || !trust_planner_check_files (anchors, error))
    return FALSE;
  trust_planner_take_removals (planner, anchors, NULL);
  trust_planner_take_removals (planner, own, trust_origin_get_path (origin));
  trust_outcome_add (planner->plan->outcome, fingerprint, certificate, TRUST_RESULT_DISTRUSTED, NULL);
  trust_planner_take_distrust (planner, g_steal_pointer (&distrust));
  return TRUE;
}

static gboolean
distrust_certificate (TrustPlanner *planner, TrustCertificate *certificate, GError **error)
{
  return distrust_one (planner, trust_certificate_get_fingerprint (certificate), certificate, error);
}

static gboolean
distrust_prefix (TrustPlanner *planner, const TrustPrefix *prefix, GError **error)
{
  g_autoptr (GError) local = NULL;
  TrustFingerprint fingerprint;
  TrustCertificate *certificate = NULL;

  if (trust_planner_resolve (planner, prefix, &fingerprint, &certificate, &local))
    return distrust_one (planner, &fingerprint, certificate, error);
  if (prefix->n_digits == 64 && g_error_matches (local, TRUST_ERROR, TRUST_ERROR_NOT_FOUND))
    return distrust_one (planner, &prefix->fingerprint, NULL, error);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
plan (TrustPlanner *planner, GError **error)
{
  return trust_planner_each_certificate (planner, distrust_certificate, error)
         && trust_planner_each_prefix (planner, distrust_prefix, error) && deal_with_foreign (planner, error);
}

static void
tell (TrustPlanner *planner)
{
  for (guint i = 0; i < planner->aside->len; i++)
    trust_plan_tell_losses (planner->aside->pdata[i], planner->snapshot, planner->plan->set, planner->plan->outcome->notices);
}

const TrustPlanKind trust_plan_distrust = { plan, tell };
