/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One key under several certificates: who has it speaks as all of them, and a distrust by key meets all of them. */
#include "core/checks/check.h"

static int
compare (gconstpointer a, gconstpointer b)
{
  const TrustSuspect *one = a, *other = b;

  return trust_fingerprint_compare (trust_certificate_get_key_fingerprint (one->certificate),
                                    trust_certificate_get_key_fingerprint (other->certificate));
}

static void
tell (const TrustCheck *check, const TrustFacts *facts, const GPtrArray *suspects, GPtrArray *out)
{
  const TrustSuspect *first = suspects->pdata[0];
  gboolean one_name = TRUE;

  for (guint i = 1; i < suspects->len && one_name; i++)
    one_name = trust_certificate_get_subject_id (((const TrustSuspect *) suspects->pdata[i])->certificate)
               == trust_certificate_get_subject_id (first->certificate);
  for (guint i = 0; i < suspects->len; i++)
    {
      const TrustSuspect *suspect = suspects->pdata[i];
      g_autofree char *others = NULL;

      if (!trust_suspect_is_of_place (suspect, suspects))
        continue;
      others = trust_check_dup_others (suspects, suspect);
      trust_check_tell_of (check, out, suspect, g_strdup_printf ("its key is that of %s, too", others),
                           trust_check_dup_removal (suspect,
                                                    one_name ? "None is needed while all are of one CA; to refuse this one alone"
                                                             : "Ask whoever runs these CAs why; to refuse this one alone",
                                                    TRUE))
          ->severity
          = one_name ? TRUST_SEVERITY_LOW : TRUST_SEVERITY_MEDIUM;
    }
}

static void
run (const TrustCheck *check, const TrustFacts *facts, GPtrArray *out)
{
  trust_check_group (check, facts, compare, tell, out);
}

const TrustCheck trust_check_duplicate_key = {
  .id = "duplicate-key",
  .severity = TRUST_SEVERITY_LOW,
  .summary = "Certificates that share one key",
  .run = run,
};
