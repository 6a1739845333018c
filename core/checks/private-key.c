/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/checks/check.h"

#include "core/text.h"

/* A file behind several names is told once for each of them that is no link. */
static void
run (const TrustCheck *check, const TrustFacts *facts, GPtrArray *out)
{
  for (guint i = 0; facts->paths != NULL && i < facts->paths->len; i++)
    {
      const TrustFoundPath *found = facts->paths->pdata[i];
      gboolean is_open = (found->stat.mode & S_IROTH) != 0;
      g_autofree char *shown = NULL;

      if (!found->has_private_key)
        continue;
      shown = trust_text_printable (found->path, 0);
      trust_check_tell (check, out, NULL, found->path,
                        g_strdup_printf ("%s %s",
                                         found->target != NULL ? "it leads to a private key among what is trusted, and"
                                                               : "a private key stands in it, among what is trusted, and",
                                         is_open ? "everybody may read it" : "tools copy such files to where everybody may read them"),
                        g_strdup_printf ("Move the key away from %s%s", shown,
                                         is_open ? ", make a new one, and have its certificates revoked: it is known" : ""));
    }
}

const TrustCheck trust_check_private_key = {
  .id = "private-key",
  .severity = TRUST_SEVERITY_CRITICAL,
  .summary = "Private keys in the places of trust",
  .run = run,
};
