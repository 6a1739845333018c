/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-own.h"

#include "core/error.h"
#include "core/text.h"

/* The administrator layer's refusals that are effective in the place, made when first asked for. */
static TrustRefusals *
get_refusals (TrustPlanner *planner)
{
  const TrustAnchorSet *set = planner->place.set;

  if (planner->refusals != NULL)
    return planner->refusals;
  planner->refusals = trust_refusals_new ();
  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (set); i++)
    {
      TrustDistrust *distrust = trust_anchor_set_get_distrust (set, i);

      if (trust_origin_get_layer (trust_distrust_get_origin (distrust)) == TRUST_LAYER_ADMINISTRATOR)
        trust_refusals_add (planner->refusals, distrust);
    }
  return planner->refusals;
}

/* May the file of DISTRUST go: does it stand in the place, and hold nothing else? */
static gboolean
check_own (const TrustPlanner *planner, const TrustDistrust *distrust, GError **error)
{
  const TrustSourceState *state = planner->place.state;
  const char *path = trust_origin_get_path (trust_distrust_get_origin (distrust));
  const TrustSourceFile *file = state != NULL ? g_hash_table_lookup (state->by_path, path) : NULL;
  g_autofree char *shown = NULL;

  if (file != NULL && file->n_anchors + file->n_distrusts == 1)
    return TRUE;
  shown = trust_text_printable (path, 0);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN,
               file != NULL ? "%s distrusts it, and holds other entries besides; edit that file by hand"
                            : "%s distrusts it, and was not written by anchord for this store; remove that file first",
               shown);
  return FALSE;
}

/* DISTRUST, which also names a certificate that nobody asks for, keeps refusing that one, but no longer its key. */
static void
narrow (TrustPlanner *planner, const TrustDistrust *distrust)
{
  const TrustFingerprint *named = trust_distrust_get_fingerprint (distrust);
  const char *path = trust_origin_get_path (trust_distrust_get_origin (distrust));
  g_autoptr (TrustOrigin) origin = trust_planner_make_origin (planner, named, TRUE);
  TrustSpan none = { NULL, 0 };

  if (!g_hash_table_add (planner->narrowed, (gpointer) named))
    return;
  if (!g_str_equal (path, trust_origin_get_path (origin)))
    trust_planner_take_removal (planner, path);
  trust_planner_take_distrust (planner, trust_distrust_new (named, NULL, none, none, trust_distrust_get_certificate (distrust), origin,
                                                            trust_distrust_get_note (distrust)));
}

gboolean
trust_planner_check_lift (TrustPlanner *planner, const TrustFingerprint *fingerprint, const TrustCertificate *certificate, guint *n_out,
                          GError **error)
{
  g_autoptr (GPtrArray) found = trust_refusals_find (get_refusals (planner), fingerprint, certificate);

  for (guint i = 0; i < found->len; i++)
    if (!check_own (planner, found->pdata[i], error))
      return FALSE;
  if (n_out != NULL)
    *n_out = found->len;
  return TRUE;
}

void
trust_planner_lift (TrustPlanner *planner, const TrustFingerprint *fingerprint, const TrustCertificate *certificate)
{
  g_autoptr (GPtrArray) found = trust_refusals_find (get_refusals (planner), fingerprint, certificate);

  for (guint i = 0; i < found->len; i++)
    {
      const TrustDistrust *distrust = found->pdata[i];
      const TrustFingerprint *named = trust_distrust_get_fingerprint (distrust);

      if (named == NULL || trust_fingerprint_equal (named, fingerprint))
        trust_planner_take_removal (planner, trust_origin_get_path (trust_distrust_get_origin (distrust)));
      else if (!g_hash_table_contains (planner->asked, named))
        narrow (planner, distrust);
    }
}
