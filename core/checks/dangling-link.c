/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/checks/check.h"

#include "core/text.h"

/* Masks a file of a lower layer; an image may have no devices. */
#define MASK "/dev/null"

static void
run (const TrustCheck *check, const TrustFacts *facts, GPtrArray *out)
{
  for (guint i = 0; facts->paths != NULL && i < facts->paths->len; i++)
    {
      const TrustFoundPath *found = facts->paths->pdata[i];
      g_autofree char *target = NULL, *shown = NULL;

      if (!found->is_dangling || g_strcmp0 (found->target, MASK) == 0)
        continue;
      target = trust_text_printable (found->target, 0);
      shown = trust_text_printable (found->path, 0);
      trust_check_tell (check, out, NULL, found->path, g_strdup_printf ("it is a link to %s, where nothing is", target),
                        g_strdup_printf ("Take it away, or put back what it leads to: rm %s", shown));
    }
}

const TrustCheck trust_check_dangling_link = {
  .id = "dangling-link",
  .severity = TRUST_SEVERITY_LOW,
  .summary = "Links in the places of trust that lead to nothing",
  .run = run,
};
