/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A CA's certificate that was renewed: its name and key in another one that lasts longer, is in force, and is trusted for as much at least. The old
 * one adds nothing. */
#include "core/checks/check.h"

static int
compare (gconstpointer a, gconstpointer b)
{
  const TrustSuspect *one = a, *other = b;
  guint64 name = trust_certificate_get_subject_id (one->certificate), other_name = trust_certificate_get_subject_id (other->certificate);

  if (name != other_name)
    return name < other_name ? -1 : 1;
  return trust_fingerprint_compare (trust_certificate_get_key_fingerprint (one->certificate),
                                    trust_certificate_get_key_fingerprint (other->certificate));
}

static gint64
get_end (const TrustSuspect *suspect)
{
  return trust_certificate_get_not_after (suspect->certificate);
}

/* Of SUSPECTS, those in force, the one that lasts longest. (nullable) */
static const TrustSuspect *
find_newest (const TrustFacts *facts, const GPtrArray *suspects)
{
  const TrustSuspect *newest = NULL;

  for (guint i = 0; i < suspects->len; i++)
    {
      const TrustSuspect *suspect = suspects->pdata[i];

      if (trust_certificate_get_not_before (suspect->certificate) <= facts->now && get_end (suspect) >= facts->now
          && (newest == NULL || get_end (suspect) > get_end (newest)))
        newest = suspect;
    }
  return newest;
}

static void
tell (const TrustCheck *check, const TrustFacts *facts, const GPtrArray *suspects, GPtrArray *out)
{
  const TrustSuspect *newest = find_newest (facts, suspects);
  g_autofree char *name = NULL, *date = NULL;

  if (newest == NULL)
    return;
  name = trust_check_dup_name (newest->certificate);
  date = trust_check_dup_date (get_end (newest));
  for (guint i = 0; i < suspects->len; i++)
    {
      const TrustSuspect *suspect = suspects->pdata[i];

      if (trust_suspect_is_of_place (suspect, suspects) && get_end (suspect) < get_end (newest)
          && trust_settings_is_within (trust_anchor_get_settings (suspect->anchor), trust_anchor_get_settings (newest->anchor)))
        trust_check_tell_of (check, out, suspect, g_strdup_printf ("it was renewed: %s has its name and key, and lasts until %s", name, date),
                             trust_check_dup_removal (suspect, "It adds nothing; take it away", TRUE));
    }
}

static void
run (const TrustCheck *check, const TrustFacts *facts, GPtrArray *out)
{
  trust_check_group (check, facts, compare, tell, out);
}

const TrustCheck trust_check_replaced = {
  .id = "replaced",
  .severity = TRUST_SEVERITY_LOW,
  .summary = "Certificates whose renewed ones are trusted, too",
  .run = run,
};
