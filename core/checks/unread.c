/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was not looked at may be wrong as well: the audit says where it is blind. */
#include "core/checks/check.h"

static void
run (const TrustCheck *check, const TrustFacts *facts, GPtrArray *out)
{
  for (guint i = 0; facts->faults != NULL && i < facts->faults->len; i++)
    trust_check_tell (check, out, NULL, NULL, g_strdup (facts->faults->pdata[i]),
                      g_strdup ("Ask as root; where it is the journal that is damaged, see: anchorctl log --verify"));
}

const TrustCheck trust_check_unread = {
  .id = "unread",
  .severity = TRUST_SEVERITY_MEDIUM,
  .summary = "What the audit could not look at",
  .run = run,
};
