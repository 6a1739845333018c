/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 5280 4.2.1.3: a CA's certificate must have keyUsage with keyCertSign, and should mark it critical. */
#include "core/checks/check.h"

static void
look_at (const TrustCheck *check, const TrustFacts *facts, const TrustSuspect *suspect, GPtrArray *out)
{
  const TrustExtensions *extensions = suspect->extensions;
  const char *text = NULL;
  TrustSeverity severity = check->severity;

  if (!trust_certificate_is_ca (suspect->certificate))
    return;
  if (!trust_extensions_has (extensions, TRUST_EXTENSION_KEY_USAGE))
    text = "it is a CA without keyUsage";
  else if ((extensions->usage & TRUST_USAGE_KEY_CERT_SIGN) == 0)
    {
      severity = TRUST_SEVERITY_MEDIUM;
      text = "it is a CA whose keyUsage lacks keyCertSign: programs refuse what it issued";
    }
  else if (!trust_extensions_is_critical (extensions, TRUST_EXTENSION_KEY_USAGE))
    {
      severity = TRUST_SEVERITY_INFO;
      text = "it is a CA whose keyUsage is not marked critical";
    }
  if (text == NULL)
    return;
  trust_check_tell_of (check, out, suspect, g_strdup (text),
                       g_strdup ("None here, whoever runs the CA made it so; where a program refuses it, ask them for a renewed certificate"))
      ->severity
      = severity;
}

const TrustCheck trust_check_key_usage = {
  .id = "key-usage",
  .severity = TRUST_SEVERITY_LOW,
  .summary = "CAs without keyUsage, or without keyCertSign in it",
  .look = look_at,
  .once = TRUE,
};
