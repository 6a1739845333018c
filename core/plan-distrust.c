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

/* The entry that stands for NAME; NULL if there is none. */
static const TrustDistrust *
find_standing (const TrustPlanner *planner, const TrustFingerprint *name)
{
  const GPtrArray *files = trust_planner_find_distrusts (planner, name);

  if (files == NULL || g_hash_table_contains (planner->narrowed, name))
    return NULL;
  for (guint n = 0; n < ((TrustSourceFile *) files->pdata[0])->n_distrusts; n++)
    {
      const TrustDistrust *distrust = ((TrustSourceFile *) files->pdata[0])->distrusts[n];
      TrustFingerprint other;

      trust_planner_name_distrust (distrust, &other);
      if (trust_fingerprint_equal (&other, name))
        return distrust;
    }
  return NULL;
}

static gboolean
same_fingerprints (const TrustFingerprint *a, const TrustFingerprint *b)
{
  return a == NULL || b == NULL ? a == b : trust_fingerprint_equal (a, b);
}

gboolean
trust_planner_name_the_same (const TrustDistrust *a, const TrustDistrust *b)
{
  return same_fingerprints (trust_distrust_get_fingerprint (a), trust_distrust_get_fingerprint (b))
         && same_fingerprints (trust_distrust_get_key_fingerprint (a), trust_distrust_get_key_fingerprint (b))
         && trust_span_equal (trust_distrust_get_issuer_der (a), trust_distrust_get_issuer_der (b))
         && trust_span_equal (trust_distrust_get_serial (a), trust_distrust_get_serial (b));
}

TrustDistrust *
trust_planner_widen (TrustDistrust *distrust, const TrustDistrust *stands)
{
  const TrustFingerprint *key = trust_distrust_get_key_fingerprint (distrust);
  const TrustDistrust *by_serial = distrust;

  if (stands == NULL)
    return trust_distrust_ref (distrust);
  if (key == NULL)
    key = trust_distrust_get_key_fingerprint (stands);
  if (trust_distrust_get_serial (distrust).size == 0)
    by_serial = stands;
  return trust_distrust_new (trust_distrust_get_fingerprint (distrust), key, trust_distrust_get_issuer_der (by_serial),
                             trust_distrust_get_serial (by_serial),
                             trust_distrust_get_certificate (distrust) != NULL ? trust_distrust_get_certificate (distrust)
                                                                               : trust_distrust_get_certificate (stands),
                             trust_distrust_get_origin (distrust), trust_distrust_get_note (distrust));
}

gboolean
trust_planner_refuse (TrustPlanner *planner, TrustDistrust *distrust, GError **error)
{
  const TrustFingerprint *named = trust_distrust_get_fingerprint (distrust);
  TrustOrigin *origin = trust_distrust_get_origin (distrust);
  TrustFingerprint name;
  GPtrArray *files = NULL, *anchors = named != NULL ? trust_planner_find_anchors (planner, named) : NULL;
  const TrustDistrust *stands = NULL;
  g_autoptr (TrustDistrust) wide = NULL;

  trust_planner_name_distrust (distrust, &name);
  files = trust_planner_find_distrusts (planner, &name);
  stands = find_standing (planner, &name);
  wide = trust_planner_widen (distrust, planner->change->replace ? NULL : stands);
  g_ptr_array_add (planner->refused, trust_distrust_ref (wide));
  if (stands != NULL && trust_planner_name_the_same (stands, wide) && anchors == NULL && !planner->change->set_aside)
    {
      trust_outcome_add (planner->plan->outcome, &name, trust_distrust_get_certificate (wide), TRUST_RESULT_ALREADY, NULL);
      return TRUE;
    }
  if (!trust_planner_check_files (files, error) || !trust_planner_check_files (anchors, error)
      || !trust_planner_check_target (planner, origin, &name, error))
    return FALSE;
  trust_planner_take_removals (planner, anchors, NULL);
  trust_planner_take_removals (planner, files, trust_origin_get_path (origin));
  trust_outcome_add (planner->plan->outcome, &name, trust_distrust_get_certificate (wide), TRUST_RESULT_DISTRUSTED, NULL);
  trust_planner_take_distrust (planner, g_steal_pointer (&wide));
  return TRUE;
}

static gboolean
check_reach (const TrustPlanner *planner, const TrustCertificate *certificate, GError **error)
{
  const char *why = NULL;

  if (planner->change->cert_only && planner->change->serial)
    why = "--cert-only and --serial cannot go together; --serial leaves the key out, too";
  else if (planner->change->serial && certificate == NULL)
    why = "--serial needs the certificate, of which only the fingerprint is known here; give its file";
  if (why == NULL)
    return TRUE;
  g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, why);
  return FALSE;
}

/* A certificate and its key, or its cross-signs stay valid, unless less is asked for. */
static gboolean
distrust_one (TrustPlanner *planner, const TrustFingerprint *fingerprint, TrustCertificate *certificate, GError **error)
{
  const TrustChange *change = planner->change;
  g_autoptr (TrustOrigin) origin = trust_planner_make_origin (planner, fingerprint, TRUE);
  TrustSpan issuer = { NULL, 0 }, serial = { NULL, 0 };
  const TrustFingerprint *key = NULL;
  g_autoptr (TrustDistrust) distrust = NULL;
  TrustNote *note = NULL;

  if (!check_reach (planner, certificate, error))
    return FALSE;
  if (g_hash_table_contains (planner->fresh, trust_origin_get_path (origin)))
    return TRUE;
  if (change->serial)
    {
      issuer = trust_certificate_get_issuer_der (certificate);
      serial = trust_certificate_get_serial (certificate);
    }
  else if (certificate != NULL && !change->cert_only)
    key = trust_certificate_get_key_fingerprint (certificate);
  note = trust_note_new (change->label, change->reason, planner->added_by, planner->now);
  distrust = trust_distrust_new (fingerprint, key, issuer, serial, certificate, origin, note);
  g_clear_pointer (&note, trust_note_unref);
  return trust_planner_refuse (planner, distrust, error);
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
  return trust_planner_each_certificate (planner, distrust_certificate, error) && trust_planner_each_prefix (planner, distrust_prefix, error)
         && deal_with_foreign (planner, error);
}

static void
tell (TrustPlanner *planner)
{
  for (guint i = 0; i < planner->aside->len; i++)
    trust_plan_tell_losses (planner->aside->pdata[i], planner->snapshot, planner->plan->set, planner->plan->outcome->notices);
}

const TrustPlanKind trust_plan_distrust = { .plan = plan, .tell = tell };
