/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 5280 4.2.1.9: a CA's certificate must have basicConstraints, and mark them critical. */
#include "core/checks/check.h"

#define REMEDY "None here, whoever runs the CA made it so; where a program refuses it, ask them for a renewed certificate"

static void
look_at (const TrustCheck *check, const TrustFacts *facts, const TrustSuspect *suspect, GPtrArray *out)
{
  const TrustExtensions *extensions = suspect->extensions;
  gboolean signs = trust_extensions_has (extensions, TRUST_EXTENSION_KEY_USAGE) && (extensions->usage & TRUST_USAGE_KEY_CERT_SIGN) != 0;

  if (!trust_extensions_has (extensions, TRUST_EXTENSION_BASIC_CONSTRAINTS))
    {
      /* Where nothing says that it is a CA, not-a-ca tells. */
      if (signs)
        trust_check_tell_of (check, out, suspect, g_strdup ("it may sign certificates as its keyUsage says, but has no basicConstraints"),
                             g_strdup (REMEDY));
      return;
    }
  if (trust_certificate_is_ca (suspect->certificate) && !trust_extensions_is_critical (extensions, TRUST_EXTENSION_BASIC_CONSTRAINTS))
    trust_check_tell_of (check, out, suspect, g_strdup ("it is a CA whose basicConstraints are not marked critical"), g_strdup (REMEDY));
}

const TrustCheck trust_check_basic_constraints = {
  .id = "basic-constraints",
  .severity = TRUST_SEVERITY_LOW,
  .summary = "CAs without critical basicConstraints",
  .look = look_at,
  .once = TRUE,
};
