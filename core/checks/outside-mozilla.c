/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Not wrong, but good to know: what this machine trusts beside the list that browsers and distributions share. */
#include "core/checks/check.h"

static void
look_at (const TrustCheck *check, const TrustFacts *facts, const TrustSuspect *suspect, GPtrArray *out)
{
  if (facts->mozilla == NULL || g_hash_table_contains (facts->mozilla, trust_certificate_get_fingerprint (suspect->certificate)))
    return;
  trust_check_tell_of (check, out, suspect, g_strdup ("it is not in the distribution's copy of Mozilla's list"),
                       trust_check_dup_removal (suspect, "None is needed if you know it; else take it away", FALSE));
}

const TrustCheck trust_check_outside_mozilla = {
  .id = "outside-mozilla",
  .severity = TRUST_SEVERITY_INFO,
  .summary = "Anchors that are not in the distribution's copy of Mozilla's list",
  .look = look_at,
  .once = TRUE,
};
