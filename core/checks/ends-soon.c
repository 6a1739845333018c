/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What somebody set on this machine: the end of a trust, or of the trust in what is issued later. */
#include "core/checks/check.h"

static gboolean
is_soon (const TrustFacts *facts, gint64 time)
{
  return time > facts->now && time - facts->now <= facts->within;
}

static char *
dup_remedy (const TrustSuspect *suspect, const char *words, const char *option)
{
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (suspect->certificate), hex);
  if (suspect->store != NULL)
    return g_strdup_printf ("%s: anchorctl store add %s FILE --replace %s DATE", words, suspect->store->name, option);
  return g_strdup_printf ("%s: anchorctl set %.16s %s DATE", words, hex, option);
}

static void
look_at (const TrustCheck *check, const TrustFacts *facts, const TrustSuspect *suspect, GPtrArray *out)
{
  const TrustSettings *settings = trust_anchor_get_settings (suspect->anchor);
  const GArray *after = trust_settings_get_limits (settings)->distrust_after;

  if (is_soon (facts, trust_settings_get_until (settings)))
    {
      g_autofree char *date = trust_check_dup_date (trust_settings_get_until (settings));

      trust_check_tell_of (check, out, suspect, g_strdup_printf ("its trust ends on %s", date),
                           dup_remedy (suspect, "Have its successor in place by then, or give it longer", "--until"));
    }
  if (after == NULL || trust_suspect_is_distributed (suspect))
    return;
  for (guint i = 0; i < after->len; i++)
    {
      const TrustDistrustAfter *row = &g_array_index (after, TrustDistrustAfter, i);
      g_autofree char *date = NULL;

      if (!is_soon (facts, row->time) || !trust_suspect_is_for (suspect, row->purpose))
        continue;
      date = trust_check_dup_date (row->time);
      trust_check_tell_of (check, out, suspect, g_strdup_printf ("what it issues from %s on is not trusted for %s", date, row->purpose),
                           dup_remedy (suspect, "Have its successor in place by then, or give it longer", "--distrust-after"))
          ->severity
          = TRUST_SEVERITY_LOW;
    }
}

const TrustCheck trust_check_ends_soon = {
  .id = "ends-soon",
  .severity = TRUST_SEVERITY_MEDIUM,
  .summary = "Trust that ends soon by a date set here",
  .look = look_at,
};
