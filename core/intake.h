/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes into certificates: the form is known by content, never by a name's suffix. A format is one file and one row. */
#pragma once

#include "core/certificate.h"

typedef struct _TrustIntakeFormat TrustIntakeFormat;
struct _TrustIntakeFormat
{
  const char *name; /* "pem", "der" */
  gboolean (*probe) (TrustSpan input);
  /* Appends TrustCertificate* to OUT. Errors name the object's number and its byte offset. */
  gboolean (*decode) (TrustSpan input, GPtrArray *out, GError **error);
};

extern const TrustIntakeFormat trust_intake_format_der;
extern const TrustIntakeFormat trust_intake_format_pem;

/* NULL-terminated, in the order they are probed. */
extern const TrustIntakeFormat *const trust_intake_formats[];

/* All certificates in BYTES, in order, exact duplicates dropped. Within the limits of core/limits.h. A private key anywhere is
 * TRUST_ERROR_PRIVATE_KEY. Nothing found is TRUST_ERROR_INVALID_INPUT that says what the bytes look like (empty, text, noise, a PKCS#12…).
 * Returns: (transfer full): of TrustCertificate. */
GPtrArray *trust_intake_decode (const void *bytes, gsize size, GError **error);

/* For the decoders of other forms (core/importers). Are all BEGIN lines of INPUT, whole or not, within the limit and none a private key's? */
gboolean trust_intake_check_begins (TrustSpan input, GError **error);
/* What INPUT looks like that holds nothing known, and what to do: "it is empty …", "text in UTF-16; …". Never NULL. */
const char *trust_intake_describe (TrustSpan input);
