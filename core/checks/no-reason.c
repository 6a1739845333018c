/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whoever trusts something beside the distribution's set should have said why: nobody else knows when it may go. */
#include "core/checks/check.h"

static void
look_at (const TrustCheck *check, const TrustFacts *facts, const TrustSuspect *suspect, GPtrArray *out)
{
  const TrustOrigin *origin = trust_anchor_get_origin (suspect->anchor);
  char hex[TRUST_FINGERPRINT_HEX];
  char *remedy = NULL;

  if (trust_origin_get_layer (origin) != TRUST_LAYER_ADMINISTRATOR || trust_note_get_reason (trust_anchor_get_note (suspect->anchor))[0] != '\0')
    return;
  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (suspect->certificate), hex);
  if (suspect->store != NULL)
    remedy = g_strdup_printf ("Take it out (anchorctl store remove %s %.16s) and add it again, saying why: anchorctl store add %s FILE --reason TEXT",
                              suspect->store->name, hex, suspect->store->name);
  else
    remedy = g_strdup_printf ("Say why: anchorctl set %.16s --reason TEXT", hex);
  trust_check_tell_of (check, out, suspect, g_strdup ("an administrator trusts it, and nobody said why"), remedy);
}

const TrustCheck trust_check_no_reason = {
  .id = "no-reason",
  .severity = TRUST_SEVERITY_LOW,
  .summary = "Anchors of the administrator's without a reason",
  .look = look_at,
};
