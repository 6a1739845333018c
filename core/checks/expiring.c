/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What ends within the time that is asked about. A distribution brings its roots' successors itself; nobody brings an administrator's. */
#include "core/checks/check.h"

static char *
dup_remedy (const TrustSuspect *suspect)
{
  if (trust_suspect_is_in_file (suspect))
    return g_strdup ("Get its successor from whoever runs the CA");
  return g_strdup (trust_suspect_is_distributed (suspect) ? "The distribution brings its successor, if there is one: keep its packages up to date"
                                                          : "Get its successor from whoever runs the CA, and add it: anchorctl add FILE");
}

static void
look_at (const TrustCheck *check, const TrustFacts *facts, const TrustSuspect *suspect, GPtrArray *out)
{
  gint64 end = trust_certificate_get_not_after (suspect->certificate);
  gboolean theirs = trust_suspect_is_distributed (suspect);
  g_autofree char *date = NULL;
  TrustFinding *finding = NULL;

  if (end < facts->now || end - facts->now > facts->within)
    return;
  date = trust_check_dup_date (end);
  finding = trust_check_tell_of (check, out, suspect, g_strdup_printf ("the certificate ends on %s", date), dup_remedy (suspect));
  if (theirs)
    finding->severity = TRUST_SEVERITY_LOW;
}

const TrustCheck trust_check_expiring = {
  .id = "expiring",
  .severity = TRUST_SEVERITY_MEDIUM,
  .summary = "Certificates that end soon",
  .look = look_at,
  .once = TRUE,
};
