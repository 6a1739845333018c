/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 5280 4.2.1.9: without cA the key must not verify certificates. Versions 1 and 2 have no place to say so (6.1.4 (k)). */
#include "core/checks/check.h"

static void
look_at (const TrustCheck *check, const TrustFacts *facts, const TrustSuspect *suspect, GPtrArray *out)
{
  guint version = trust_certificate_get_version (suspect->certificate);
  TrustFinding *finding = NULL;

  if (trust_certificate_is_ca (suspect->certificate))
    return;
  if (version < 3)
    {
      trust_check_tell_of (check, out, suspect,
                           g_strdup_printf ("a version %u certificate does not say whether it is a CA: some programs take it for one, others do not",
                                            version),
                           trust_check_dup_removal (suspect, "Get a version 3 certificate of that CA, and take this one away", TRUE));
      return;
    }
  finding = trust_check_tell_of (check, out, suspect, g_strdup ("it is no CA's certificate: at best it is trusted for itself"),
                                 trust_check_dup_removal (suspect, "Trust the CA that issued it, and take this one away", FALSE));
  finding->severity = TRUST_SEVERITY_LOW;
}

const TrustCheck trust_check_not_a_ca = {
  .id = "not-a-ca",
  .severity = TRUST_SEVERITY_MEDIUM,
  .summary = "Anchors that are no CAs",
  .look = look_at,
  .once = TRUE,
};
