/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names a certificate holds, as name constraints ask for them (RFC 5280 section 4.2.1.10). */
#pragma once

#include "core/certificate.h"
#include "core/constraint.h"

typedef struct
{
  TrustNameKind kind;  /* TRUST_NAME_LAST: a GeneralName of another kind (otherName, x400Address, ediPartyName, registeredID) */
  TrustSpan value;     /* borrowed; as trust_constraints_permit() takes it. Of another kind: the whole element */
  gboolean in_subject; /* the subject itself or an emailAddress in it, not a subjectAltName */
} TrustCertificateName;

/* The value of CERTIFICATE's extension OID (content octets): what its octet string holds, borrowed. FALSE if it has none. */
gboolean trust_certificate_find_extension (const TrustCertificate *certificate, TrustSpan oid, TrustSpan *value);

/* FALSE: no more names are wanted. */
typedef gboolean (*TrustNameVisit) (const TrustCertificateName *name, gpointer data);

/* Calls VISIT for each GeneralName of the subjectAltName, then for the subject if it is not empty, then for each emailAddress in it. (The RFC asks
 * for these only where there is no subjectAltName; asking always can only refuse more.) FALSE: a name or the extension is no DER, or is empty:
 * TRUST_ERROR_INVALID_INPUT; some names may have been visited. TRUE when all were, or VISIT wanted no more. */
gboolean trust_certificate_names_foreach (const TrustCertificate *certificate, TrustNameVisit visit, gpointer data, GError **error);
