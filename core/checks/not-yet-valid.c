/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 5280 4.1.2.5: the moment of notBefore counts already. */
#include "core/checks/check.h"

static void
look_at (const TrustCheck *check, const TrustFacts *facts, const TrustSuspect *suspect, GPtrArray *out)
{
  gint64 begin = trust_certificate_get_not_before (suspect->certificate);
  g_autofree char *date = NULL;

  if (begin <= facts->now)
    return;
  date = trust_check_dup_date (begin);
  trust_check_tell_of (check, out, suspect, g_strdup_printf ("the certificate is not valid before %s, and nothing it issued is", date),
                       g_strdup ("See whether the clock is right: timedatectl"));
}

const TrustCheck trust_check_not_yet_valid = {
  .id = "not-yet-valid",
  .severity = TRUST_SEVERITY_LOW,
  .summary = "Certificates whose time has not come",
  .look = look_at,
  .once = TRUE,
};
