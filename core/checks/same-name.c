/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One subject with different keys: usual while a CA changes its key, and else one CA that takes another one's name. RFC 5280 4.1.2.6 and 7.1: names
 * are compared without case and runs of blanks. */
#include "core/checks/check.h"

static int
compare (gconstpointer a, gconstpointer b)
{
  const TrustSuspect *one = a, *other = b;
  guint64 name = trust_certificate_get_subject_id (one->certificate), other_name = trust_certificate_get_subject_id (other->certificate);

  return name < other_name ? -1 : name > other_name;
}

static const TrustFingerprint *
get_key (const TrustSuspect *suspect)
{
  return trust_certificate_get_key_fingerprint (suspect->certificate);
}

/* The first of SUSPECTS with each key, those of few keys: enough to name some others to everybody. */
static GPtrArray *
find_some (const GPtrArray *suspects)
{
  GPtrArray *some = g_ptr_array_new ();

  for (guint i = 0; i < suspects->len && some->len < 4; i++)
    {
      gboolean is_new = TRUE;

      for (guint j = 0; j < some->len && is_new; j++)
        is_new = !trust_fingerprint_equal (get_key (suspects->pdata[i]), get_key (some->pdata[j]));
      if (is_new)
        g_ptr_array_add (some, suspects->pdata[i]);
    }
  return some;
}

static void
tell (const TrustCheck *check, const TrustFacts *facts, const GPtrArray *suspects, GPtrArray *out)
{
  g_autoptr (GPtrArray) some = find_some (suspects);

  if (some->len < 2)
    return;
  for (guint i = 0; i < suspects->len; i++)
    {
      const TrustSuspect *suspect = suspects->pdata[i], *other = some->pdata[0];
      g_autofree char *name = NULL;

      if (!trust_suspect_is_of_place (suspect, suspects))
        continue;
      if (trust_fingerprint_equal (get_key (suspect), get_key (other)))
        other = some->pdata[1];
      name = trust_check_dup_name (other->certificate);
      trust_check_tell_of (check, out, suspect, g_strdup_printf ("its subject is also that of %s, which has another key", name),
                           g_strdup ("See that both are of the same CA, and take the one away that it no longer uses"));
    }
}

static void
run (const TrustCheck *check, const TrustFacts *facts, GPtrArray *out)
{
  trust_check_group (check, facts, compare, tell, out);
}

const TrustCheck trust_check_same_name = {
  .id = "same-name",
  .severity = TRUST_SEVERITY_LOW,
  .summary = "Certificates of one name with different keys",
  .run = run,
};
