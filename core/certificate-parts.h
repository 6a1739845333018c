/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where in a certificate's DER its parts lie (RFC 5280 section 4.1). core/certificate's own. */
#pragma once

#include "core/der.h"

typedef struct
{
  guint version;    /* 1, 2, 3 */
  TrustSpan serial; /* content octets */
  TrustSpan issuer; /* whole elements */
  TrustSpan subject;
  TrustSpan key_info;
  gint64 not_before; /* seconds since the epoch */
  gint64 not_after;
  gboolean is_ca;
  gboolean may_sign;
  gboolean has_md5_signature; /* or an older digest */
} TrustParts;

/* NULL, or what is wrong with DER: a static text to stand after "this is no certificate: ". */
const char *trust_parts_read (TrustSpan der, TrustParts *out);
/* A UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 has them, in seconds since the epoch. FALSE, or it is none. */
gboolean trust_parts_read_time (TrustSpan *in, gint64 *out);
/* "P-256" and 256 of a whole SubjectPublicKeyInfo with that named curve; NULL, BITS unchanged, for other curves and keys. */
const char *trust_parts_get_curve (TrustSpan key_info, guint *bits);
