/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-own.h"

#include "core/loss.h"
#include "core/text.h"

/* More of them tell nothing more. */
#define MAX_NOTICES 20u

/* What there are flat files for, and which they are. */
#define FLAT_PURPOSES (1u << TRUST_PURPOSE_SERVER_AUTH | 1u << TRUST_PURPOSE_EMAIL_PROTECTION | 1u << TRUST_PURPOSE_CODE_SIGNING)
#define FLAT_FILES "the PEM bundles and hashed folders, the distribution's bundle"

/* Files for the MISSING purposes leave out what others hold: only a date does that. */
static char *
tell_missing (guint missing, const char *shown)
{
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (missing);
  g_auto (GStrv) names = trust_purposes_dup_names (purposes);
  g_autofree char *joined = g_strjoinv (" and ", names);

  return g_strdup_printf ("\"%s\" is in no flat file (" FLAT_FILES ") for %s: they cannot say its distrust-after, which is long past", shown, joined);
}

/* Why flat files leave out EFFECTIVE, a trust in what is SHOWN. NULL if they don't. (transfer full) */
static char *
tell_flat (const TrustAnchorSet *flat, TrustAnchor *effective, const char *shown)
{
  TrustSettings *settings = trust_anchor_get_settings (effective);
  TrustAnchor *held = trust_anchor_set_lookup (flat, trust_anchor_get_fingerprint (effective));
  guint wanted = trust_purposes_get_mask (trust_settings_get_purposes (settings)) & FLAT_PURPOSES;
  guint missing = wanted & ~(held != NULL ? trust_purposes_get_mask (trust_settings_get_purposes (trust_anchor_get_settings (held))) : 0);
  guint losses = trust_loss_of_anchor (effective);
  gboolean constraints = (losses & 1u << TRUST_LOSS_CONSTRAINTS) != 0, until = (losses & 1u << TRUST_LOSS_UNTIL) != 0;

  if (missing == 0)
    return NULL;
  if (missing != wanted)
    return tell_missing (missing, shown);
  if ((!constraints && !until) || trust_settings_accepts_loss (settings))
    return g_strdup_printf ("\"%s\" is in no flat file (" FLAT_FILES "): they cannot say its distrust-after, which is long past", shown);
  return g_strdup_printf ("\"%s\" is in no flat file (" FLAT_FILES "): they cannot say its %s%s%s; --accept-loss has them hold it without", shown,
                          constraints ? trust_loss_get_name (TRUST_LOSS_CONSTRAINTS) : "", constraints && until ? " and " : "",
                          until ? trust_loss_get_name (TRUST_LOSS_UNTIL) : "");
}

/* What a taken ANCHOR comes to in the new set, if that is not what it says. (transfer full) (nullable) */
static char *
tell_anchor (const TrustPlanner *planner, TrustAnchor *anchor)
{
  const TrustFingerprint *fingerprint = trust_anchor_get_fingerprint (anchor);
  const TrustStore *store = trust_planner_find_store (planner);
  TrustAnchor *effective = trust_anchor_set_lookup (store != NULL ? store->set : planner->plan->set, fingerprint);
  g_autofree char *title = trust_certificate_dup_title (trust_anchor_get_certificate (anchor)), *shown = trust_text_printable (title, 64);
  g_autofree char *counts = NULL;
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (fingerprint, hex);
  if (effective == NULL)
    return g_strdup_printf (trust_ended_has (planner->plan->ended, anchor, planner->now)
                                ? "\"%s\" is not trusted: the trust in it has ended; `anchorctl why %s` tells more"
                                : "\"%s\" is not trusted all the same; `anchorctl why %s` tells who says otherwise",
                            shown, hex);
  /* That a store is narrowed is said once, for all. */
  if ((store == NULL || store->narrowed == NULL)
      && !trust_settings_is_within (trust_anchor_get_settings (anchor), trust_anchor_get_settings (effective)))
    {
      counts = trust_settings_describe (trust_anchor_get_settings (effective));
      return g_strdup_printf ("\"%s\" is trusted only as far as the layer's other entries for it allow (%s); `anchorctl why %s` tells which", shown,
                              counts, hex);
    }
  return tell_flat (store != NULL ? store->flat : planner->plan->flat, effective, shown);
}

void
trust_planner_tell (TrustPlanner *planner)
{
  GPtrArray *notices = planner->plan->outcome->notices;
  guint n = 0;

  for (guint i = 0; i < planner->plan->fresh->len; i++)
    {
      const TrustSourceFile *file = planner->plan->fresh->pdata[i];

      for (guint k = 0; k < file->n_anchors; k++)
        {
          char *notice = tell_anchor (planner, file->anchors[k]);

          if (notice != NULL && ++n <= MAX_NOTICES)
            g_ptr_array_add (notices, g_steal_pointer (&notice));
          g_free (notice);
        }
    }
  if (n > MAX_NOTICES)
    g_ptr_array_add (notices, g_strdup_printf ("and %u more of this kind", n - MAX_NOTICES));
}
