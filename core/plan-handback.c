/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The distribution's files given back to its tool, and taken up again. Only the mark is written here, and what is to be kept: what becomes of the
 * files follows from the mark, when consumers are published. */
#include "core/plan-own.h"

#include "core/debian-name.h"
#include "core/emitters/emitter.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/text.h"

#include <string.h>

static const TrustFingerprint none = { { 0 } };

static gboolean
check_mark (const TrustHandback *handback, GError **error)
{
  if (handback == NULL || handback->fault == NULL)
    return TRUE;
  g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_DAMAGED, handback->fault);
  return FALSE;
}

/* One row for each consumer whose files are not anchord's own. */
static void
tell_consumers (TrustPlanner *planner, TrustResult result)
{
  const TrustSnapshot *snapshot = planner->snapshot;

  if (snapshot->distribution == TRUST_DISTRIBUTION_DEBIAN)
    trust_outcome_add_titled (planner->plan->outcome, &none, "debian", result, NULL);
  for (guint i = 0; i < snapshot->placed->len; i++)
    {
      const TrustPlaced *placed = snapshot->placed->pdata[i];

      if (placed->enabled)
        trust_outcome_add_titled (planner->plan->outcome, &none, placed->name, result, NULL);
    }
}

/* Why ANCHOR, of the administrator's own, cannot be left to the distribution's tool; NULL if it can. A static text. */
static const char *
find_obstacle (const TrustPlanner *planner, const TrustAnchor *anchor)
{
  const TrustSnapshot *snapshot = planner->snapshot;
  const TrustAnchor *effective = trust_anchor_set_lookup (snapshot->set, trust_anchor_get_fingerprint (anchor));

  if (effective == NULL)
    return "it is not trusted: it has ended, or is refused";
  if (trust_settings_is_limited (trust_anchor_get_settings (anchor)) || trust_settings_is_limited (trust_anchor_get_settings (effective)))
    return "its trust is limited, which the distribution's tool would not know";
  if (!trust_anchor_has_purpose (effective, TRUST_PURPOSE_SERVER_AUTH))
    return "it is not trusted for servers, and the distribution's tool would trust it for them";
  return NULL;
}

/* The bytes of ANCHOR's file for the tool, and its name. Of plain certificates p11-kit would trust each for everything. (transfer full) */
static GBytes *
make_file (TrustDistributionKind distribution, TrustAnchor *anchor, char **name_out, GError **error)
{
  g_autofree char *name = trust_debian_feed_name (anchor);
  g_autoptr (GPtrArray) one = NULL, no_distrusts = NULL;
  g_autoptr (TrustAnchorSet) set = NULL;
  TrustEmitterInput input = { 0 };
  GString *bytes = NULL;

  if (distribution == TRUST_DISTRIBUTION_DEBIAN || distribution == TRUST_DISTRIBUTION_ALPINE)
    {
      bytes = g_string_new (NULL);
      trust_emitter_pem_bundle.emit (anchor, bytes);
      *name_out = g_steal_pointer (&name);
      return g_string_free_to_bytes (bytes);
    }
  one = g_ptr_array_new ();
  no_distrusts = g_ptr_array_new ();
  g_ptr_array_add (one, anchor);
  set = trust_anchor_set_new (one, no_distrusts);
  input.set = set;
  *name_out = g_strdup_printf ("%.*s.p11-kit", (int) (strlen (name) - strlen (".crt")), name);
  return trust_emitter_write (&trust_emitter_p11_kit, &input, error);
}

/* ANCHOR into FOLDER, and KEPT, and its row. What stands under its name already is not written over. */
static gboolean
keep_anchor (TrustPlanner *planner, const char *folder, TrustAnchor *anchor, GPtrArray *kept, GError **error)
{
  const TrustFingerprint *fingerprint = trust_anchor_get_fingerprint (anchor);
  const TrustCertificate *certificate = trust_anchor_get_certificate (anchor);
  const char *obstacle = folder != NULL ? find_obstacle (planner, anchor) : "this distribution has no folder for it";
  TrustOutcome *outcome = planner->plan->outcome;
  g_autofree char *name = NULL, *path = NULL;
  g_autoptr (GBytes) bytes = NULL;
  TrustFingerprint digest;
  TrustStat stat;

  if (obstacle != NULL)
    {
      trust_outcome_add (outcome, fingerprint, certificate, TRUST_RESULT_NOT_KEPT, obstacle);
      return TRUE;
    }
  bytes = make_file (planner->snapshot->distribution, trust_anchor_set_lookup (planner->snapshot->set, fingerprint), &name, error);
  if (bytes == NULL)
    return FALSE;
  path = g_build_filename (folder, name, NULL);
  if (trust_root_lstat (planner->root, path, &stat))
    {
      g_autoptr (GBytes) there = S_ISREG (stat.mode) ? trust_root_read (planner->root, path, TRUST_LIMIT_ANCHOR_FILE_BYTES, NULL, NULL) : NULL;
      gboolean same = there != NULL && g_bytes_equal (there, bytes);
      g_autofree char *detail = same ? g_strdup (path) : g_strdup_printf ("%s is somebody else's", path);

      trust_outcome_add (outcome, fingerprint, certificate, same ? TRUST_RESULT_KEPT : TRUST_RESULT_NOT_KEPT, detail);
      return TRUE;
    }
  trust_fingerprint_of (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &digest);
  g_ptr_array_add (planner->plan->files, trust_journal_file_new (path, bytes, 0644));
  g_ptr_array_add (kept, trust_handback_kept_new (path, &digest));
  trust_outcome_add (outcome, fingerprint, certificate, TRUST_RESULT_KEPT, path);
  return TRUE;
}

/* Each anchor of the administrator's own folder, once. */
static gboolean
keep_anchors (TrustPlanner *planner, GPtrArray *kept, GError **error)
{
  const TrustSourceState *state = planner->place.state;
  const char *folder = trust_handback_get_folder (planner->snapshot->distribution);

  for (guint i = 0; state != NULL && i < state->files->len; i++)
    {
      const TrustSourceFile *file = state->files->pdata[i];

      for (guint n = 0; n < file->n_anchors; n++)
        if (g_hash_table_add (planner->seen, g_memdup2 (trust_anchor_get_fingerprint (file->anchors[n]), sizeof (TrustFingerprint)))
            && !keep_anchor (planner, folder, file->anchors[n], kept, error))
          return FALSE;
    }
  return TRUE;
}

static gboolean
hand_back (TrustPlanner *planner, GError **error)
{
  const TrustHandback *before = planner->snapshot->handback;
  const TrustChange *change = planner->change;
  TrustPlan *plan = planner->plan;
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_handback_kept_free);
  g_autoptr (TrustHandback) handback = NULL;
  g_autoptr (GBytes) content = NULL;

  if (!check_mark (before, error))
    return FALSE;
  if (before != NULL)
    {
      trust_outcome_add_titled (plan->outcome, &none, TRUST_HANDBACK_PATH, TRUST_RESULT_ALREADY,
                                before->by == TRUST_HANDBACK_PACKAGE ? "handed back by the package" : "handed back by an administrator");
      return TRUE;
    }
  tell_consumers (planner, TRUST_RESULT_HANDED_BACK);
  if (change->keep_anchors && !keep_anchors (planner, kept, error))
    return FALSE;
  handback = trust_handback_new (change->by_package ? TRUST_HANDBACK_PACKAGE : TRUST_HANDBACK_ADMINISTRATOR, planner->now, kept);
  content = trust_handback_write (handback);
  g_ptr_array_add (plan->files, trust_journal_file_new (TRUST_HANDBACK_PATH, content, 0644));
  g_clear_pointer (&plan->handback, trust_handback_unref);
  plan->handback = g_steal_pointer (&handback);
  return TRUE;
}

/* What was kept goes, unless somebody changed it: it is that one's then. */
static void
take_kept (TrustPlanner *planner, const TrustHandback *handback)
{
  const char *folder = trust_handback_get_folder (planner->snapshot->distribution);

  for (guint i = 0; i < handback->kept->len; i++)
    {
      const TrustHandbackKept *kept = handback->kept->pdata[i];
      g_autofree char *above = g_path_get_dirname (kept->path);
      g_autoptr (GBytes) bytes = trust_root_read (planner->root, kept->path, TRUST_LIMIT_ANCHOR_FILE_BYTES, NULL, NULL);
      TrustFingerprint digest;
      TrustStat stat;

      if (bytes == NULL || g_strcmp0 (above, folder) != 0 || !trust_root_lstat (planner->root, kept->path, &stat) || !S_ISREG (stat.mode))
        continue;
      trust_fingerprint_of (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &digest);
      if (trust_fingerprint_equal (&digest, &kept->digest))
        trust_planner_take_removal (planner, kept->path);
    }
}

static gboolean
resume (TrustPlanner *planner, GError **error)
{
  const TrustHandback *before = planner->snapshot->handback;
  TrustPlan *plan = planner->plan;

  if (!check_mark (before, error))
    return FALSE;
  if (before == NULL || (planner->change->by_package && before->by != TRUST_HANDBACK_PACKAGE))
    {
      trust_outcome_add_titled (plan->outcome, &none, TRUST_HANDBACK_PATH, TRUST_RESULT_ALREADY,
                                before == NULL ? "not handed back" : "handed back by an administrator, whose word stands");
      return TRUE;
    }
  tell_consumers (planner, TRUST_RESULT_TAKEN_UP);
  trust_planner_take_removal (planner, TRUST_HANDBACK_PATH);
  take_kept (planner, before);
  g_clear_pointer (&plan->handback, trust_handback_unref);
  return TRUE;
}

const TrustPlanKind trust_plan_handback = { .plan = hand_back };
const TrustPlanKind trust_plan_resume = { .plan = resume };
