/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 5280 4.1.2.5: the moment of notAfter still counts. */
#include "core/checks/check.h"

static void
look_at (const TrustCheck *check, const TrustFacts *facts, const TrustSuspect *suspect, GPtrArray *out)
{
  gint64 end = trust_certificate_get_not_after (suspect->certificate);
  g_autofree char *date = NULL;

  if (end >= facts->now)
    return;
  date = trust_check_dup_date (end);
  trust_check_tell_of (check, out, suspect, g_strdup_printf ("the certificate ended on %s", date),
                       trust_check_dup_removal (suspect, "It is good for nothing any more; take it away", FALSE));
}

const TrustCheck trust_check_expired = {
  .id = "expired",
  .severity = TRUST_SEVERITY_LOW,
  .summary = "Certificates that have ended",
  .look = look_at,
  .once = TRUE,
};
