/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the distribution trusted and then dropped, mostly for a reason, and only an administrator's own entry keeps trusted. */
#include "core/checks/check.h"
#include "core/text.h"

static void
tell (const TrustCheck *check, const TrustSuspect *suspect, guint64 generation, GPtrArray *out)
{
  g_autofree char *path = trust_text_printable (trust_origin_get_path (trust_anchor_get_origin (suspect->anchor)), 0);

  trust_check_tell_of (check, out, suspect,
                       g_strdup_printf ("since generation %" G_GUINT64_FORMAT " another source trusted it, which no longer does; only %s does now",
                                        generation, path),
                       trust_check_dup_removal (suspect, "Find out why it was dropped; unless you must have it, take it away", FALSE));
}

static void
run (const TrustCheck *check, const TrustFacts *facts, GPtrArray *out)
{
  g_autoptr (GArray) suspects = NULL;

  if (facts->journal == NULL)
    return;
  suspects = trust_suspects_new (facts);
  for (guint i = 0; i < suspects->len; i++)
    {
      const TrustSuspect *suspect = &g_array_index (suspects, TrustSuspect, i);
      const TrustOrigin *origin = trust_anchor_get_origin (suspect->anchor);
      const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (suspect->certificate);
      const TrustJournalFact *fact = g_hash_table_lookup (facts->journal, fingerprint);

      if (fact != NULL && fact->from_others > 0 && suspect->store == NULL && !suspect->is_elsewhere
          && trust_origin_get_layer (origin) == TRUST_LAYER_ADMINISTRATOR && !trust_origin_is_foreign (origin))
        tell (check, suspect, fact->from_others, out);
    }
}

const TrustCheck trust_check_origin_withdrawn = {
  .id = "origin-withdrawn",
  .severity = TRUST_SEVERITY_MEDIUM,
  .summary = "Anchors that only the administrator still trusts, whose own source dropped them",
  .run = run,
};
