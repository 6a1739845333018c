/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* An anchor in one of anchord's own folders that no record of the journal names: it got there past anchord, and nobody can say by whom. */
#include "core/checks/check.h"
#include "core/text.h"

#include <string.h>

static void
look_at (const TrustCheck *check, const TrustFacts *facts, const TrustSuspect *suspect, GPtrArray *out)
{
  const TrustOrigin *origin = trust_anchor_get_origin (suspect->anchor);
  g_autofree char *path = NULL;

  if (facts->journal == NULL || (suspect->store == NULL && !g_str_has_prefix (trust_origin_get_source (origin), "anchors-"))
      || g_hash_table_contains (facts->journal, trust_certificate_get_fingerprint (suspect->certificate)))
    return;
  path = trust_text_printable (trust_origin_get_path (origin), 0);
  trust_check_tell_of (check, out, suspect, g_strdup_printf ("%s trusts it, and no record of the journal says who put that there", path),
                       trust_check_dup_removal (suspect, "Find out who did; until then take it away", FALSE));
}

const TrustCheck trust_check_unknown_origin = {
  .id = "unknown-origin",
  .severity = TRUST_SEVERITY_HIGH,
  .summary = "Anchors in anchord's folders that no record of the journal names",
  .look = look_at,
};
