/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/checks/check.h"

#include <inttypes.h>

static void
run (const TrustCheck *check, const TrustFacts *facts, GPtrArray *out)
{
  const TrustSnapshot *snapshot = facts->snapshot;

  /* Where nothing was ever published, nobody reads it. */
  if (snapshot->generation == 0)
    return;
  for (guint i = 0; i < snapshot->consumers->len; i++)
    {
      const TrustConsumerStatus *status = snapshot->consumers->pdata[i];
      gboolean is_older = status->enabled && status->generation != 0 && status->generation < snapshot->generation;
      g_autofree char *where = g_strconcat ("consumer ", status->id, NULL);
      GString *text = NULL;

      /* What the distribution's tool makes of its own files is tool-result's. */
      if (status->current || status->against->len > 0)
        continue;
      text = g_string_new (status->fault != NULL ? status->fault : "its files are not what they should be");
      if (is_older)
        g_string_append_printf (text, " (they show generation %" PRIu64 " of %" PRIu64 ")", status->generation, snapshot->generation);
      trust_check_tell (check, out, NULL, where, g_string_free (text, FALSE),
                        g_strdup ("`anchorctl consumers` says more; the service, or `anchord --once`, tries again"));
    }
}

const TrustCheck trust_check_stale_generation = {
  .id = "stale-generation",
  .severity = TRUST_SEVERITY_HIGH,
  .summary = "Consumers that do not show what is trusted now",
  .run = run,
};
