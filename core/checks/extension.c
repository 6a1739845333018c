/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 5280 4.2: who meets a critical extension that it does not know must refuse the certificate; and one that is not as its standard has it is read
 * differently by everybody. */
#include "core/checks/check.h"

static void
look_at (const TrustCheck *check, const TrustFacts *facts, const TrustSuspect *suspect, GPtrArray *out)
{
  const TrustExtensions *extensions = suspect->extensions;
  g_autofree char *oid = NULL;

  if (extensions->fault != NULL)
    trust_check_tell_of (check, out, suspect, g_strdup_printf ("%s: programs differ in what they make of it", extensions->fault),
                         g_strdup ("None here, whoever runs the CA made it so; ask them for a renewed certificate"));
  if (!extensions->has_unknown_critical)
    return;
  oid = trust_der_dup_oid (extensions->unknown_critical);
  trust_check_tell_of (check, out, suspect,
                       g_strdup_printf ("it has a critical extension that is not known here, %s: programs must refuse it",
                                        oid != NULL ? oid : "with a damaged name"),
                       g_strdup ("None here, whoever runs the CA made it so; ask them for a renewed certificate"));
}

const TrustCheck trust_check_extension = {
  .id = "extension",
  .severity = TRUST_SEVERITY_LOW,
  .summary = "Extensions that are damaged, or critical and unknown",
  .look = look_at,
  .once = TRUE,
};
