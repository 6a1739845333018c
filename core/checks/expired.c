/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/checks/check.h"

static void
run (const TrustCheck *check, const TrustFacts *facts, GPtrArray *out)
{
  const TrustAnchorSet *set = facts->snapshot->set;

  for (guint i = 0; i < trust_anchor_set_get_n_anchors (set); i++)
    {
      const TrustCertificate *certificate = trust_anchor_get_certificate (trust_anchor_set_get_anchor (set, i));
      g_autoptr (GDateTime) end = g_date_time_new_from_unix_utc (trust_certificate_get_not_after (certificate));
      g_autofree char *date = end != NULL ? g_date_time_format (end, "%F") : g_strdup ("an unknown date");
      char hex[TRUST_FINGERPRINT_HEX];

      if (trust_certificate_get_not_after (certificate) >= facts->now)
        continue;
      trust_fingerprint_to_hex (trust_certificate_get_fingerprint (certificate), hex);
      trust_check_tell (check, out, certificate, NULL, g_strdup_printf ("the certificate ended on %s", date),
                        g_strdup_printf ("Take it away: anchorctl remove %.16s, or anchorctl distrust %.16s where it is the distribution's", hex, hex));
    }
}

const TrustCheck trust_check_expired = {
  .id = "expired",
  .severity = TRUST_SEVERITY_LOW,
  .summary = "Anchors whose certificates have ended",
  .run = run,
};
