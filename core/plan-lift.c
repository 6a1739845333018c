/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-own.h"

#include "core/error.h"
#include "core/text.h"

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
trust_planner_lift (TrustPlanner *planner, const TrustCertificate *certificate, GError **error)
{
  const TrustAnchorSet *set = planner->place.set;
  TrustSourceState *state = planner->place.state;
  const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (certificate);

  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (set); i++)
    {
      TrustDistrust *distrust = trust_anchor_set_get_distrust (set, i);
      const TrustFingerprint *named = trust_distrust_get_fingerprint (distrust);
      const char *path = trust_origin_get_path (trust_distrust_get_origin (distrust));
      TrustSourceFile *file = state != NULL ? g_hash_table_lookup (state->by_path, path) : NULL;
      g_autofree char *shown = NULL;

      if (trust_origin_get_layer (trust_distrust_get_origin (distrust)) < TRUST_LAYER_ADMINISTRATOR
          || !trust_distrust_names (distrust, certificate))
        continue;
      if (file == NULL || file->n_anchors + file->n_distrusts != 1)
        {
          shown = trust_text_printable (path, 0);
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN, "%s distrusts it, and was not written by anchord; remove that file first",
                       shown);
          return FALSE;
        }
      if (named == NULL || trust_fingerprint_equal (named, fingerprint))
        trust_planner_take_removal (planner, path);
      else if (!g_hash_table_contains (planner->asked, named))
        narrow (planner, distrust);
    }
  return TRUE;
}
