/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 5280 4.2.1.2: a CA's certificate must have subjectKeyIdentifier. 4.2.1.1: the authorityKeyIdentifier of what signed itself names its own key;
 * of what is merely issued to its own name, as in a change of keys, it names the other one. */
#include "core/checks/check.h"
#include "core/signature.h"

static gboolean
signed_itself (const TrustSuspect *suspect)
{
  TrustSignatureKind kind;

  const TrustExtensions *parts = suspect->extensions;

  trust_signature_identify (parts->outer_algorithm, &kind);
  return trust_signature_check (trust_certificate_get_key_info_der (suspect->certificate), &kind, parts->tbs, parts->signature)
         == TRUST_SIGNATURE_GOOD;
}

/* RFC 5280 4.2.1.1: all that it says of the issuer is of one certificate: here it can only be this one. */
static gboolean
names_another (const TrustSuspect *suspect)
{
  const TrustExtensions *extensions = suspect->extensions;
  TrustSpan key = extensions->authority_key_id, serial = extensions->authority_serial;

  return (key.size > 0 && extensions->subject_key_id.size > 0 && !trust_span_equal (key, extensions->subject_key_id))
         || (serial.size > 0 && !trust_span_equal (serial, trust_certificate_get_serial (suspect->certificate)));
}

static void
look_at (const TrustCheck *check, const TrustFacts *facts, const TrustSuspect *suspect, GPtrArray *out)
{
  const TrustExtensions *extensions = suspect->extensions;
  const char *text = NULL;

  if (trust_certificate_is_ca (suspect->certificate) && !trust_extensions_has (extensions, TRUST_EXTENSION_SUBJECT_KEY_ID))
    text = "it is a CA without subjectKeyIdentifier: programs find it by its name alone";
  else if (trust_certificate_is_self_issued (suspect->certificate) && names_another (suspect) && signed_itself (suspect))
    text = "it signed itself, but its authorityKeyIdentifier names another certificate: programs may look for a CA above it";
  if (text != NULL)
    trust_check_tell_of (check, out, suspect, g_strdup (text),
                         g_strdup ("None here, whoever runs the CA made it so; where a program refuses it, ask them for a renewed certificate"));
}

const TrustCheck trust_check_key_identifier = {
  .id = "key-identifier",
  .severity = TRUST_SEVERITY_LOW,
  .summary = "CAs without subjectKeyIdentifier, or with one that their own authorityKeyIdentifier denies",
  .look = look_at,
  .once = TRUE,
};
