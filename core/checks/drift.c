/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/checks/check.h"

#include <string.h>

/* What consumers call anchors that somebody took away; those are told one by one, with their certificates. */
#define WITHDRAWN "withdrawn outside: "
#define TAKEN_OUT ": somebody took out "
/* What a consumer says that has nobody to read it. */
#define UNUSED "nothing is placed"

static void
tell_withdrawn (const TrustCheck *check, const TrustFacts *facts, const TrustConsumerStatus *status, const char *where, GPtrArray *out)
{
  for (guint i = 0; i < status->withdrawn->len; i++)
    {
      const TrustFingerprint *fingerprint = &g_array_index (status->withdrawn, TrustFingerprint, i);
      const TrustAnchor *anchor = trust_anchor_set_lookup (facts->snapshot->set, fingerprint);
      char hex[TRUST_FINGERPRINT_HEX];

      trust_fingerprint_to_hex (fingerprint, hex);
      trust_check_tell (check, out, anchor != NULL ? trust_anchor_get_certificate (anchor) : NULL, where,
                        g_strdup_printf ("somebody took %.16s out of the files of %s, and it stays out", hex, status->id),
                        g_str_equal (status->id, "debian")
                            ? g_strdup_printf ("Remove it and add it again to bring it back, or distrust it for all: anchorctl distrust %.16s", hex)
                            : g_strdup_printf ("Bring it back: anchorctl consumer repair %s; or distrust it for all: anchorctl distrust %.16s",
                                               status->id, hex));
    }
}

static gboolean
is_told (const char *drift)
{
  return g_str_has_prefix (drift, WITHDRAWN) || strstr (drift, TAKEN_OUT) != NULL || g_str_has_prefix (drift, UNUSED);
}

static void
run (const TrustCheck *check, const TrustFacts *facts, GPtrArray *out)
{
  const GPtrArray *consumers = facts->snapshot->consumers;

  for (guint i = 0; i < consumers->len; i++)
    {
      const TrustConsumerStatus *status = consumers->pdata[i];
      g_autofree char *where = g_strconcat ("consumer ", status->id, NULL);

      if (!status->enabled)
        continue;
      tell_withdrawn (check, facts, status, where, out);
      for (guint n = 0; n < status->drift->len; n++)
        if (!is_told (status->drift->pdata[n]))
          trust_check_tell (check, out, NULL, where, g_strdup (status->drift->pdata[n]),
                            g_strdup ("Find out who wrote there, and take it away, or add here what it trusts; `anchorctl consumers` shows all"));
    }
}

const TrustCheck trust_check_drift = {
  .id = "drift",
  .severity = TRUST_SEVERITY_MEDIUM,
  .summary = "Files of consumers that somebody else changed",
  .run = run,
};
