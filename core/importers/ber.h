/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bounded reader of BER elements (X.690 section 8): what core/der.h reads, and indefinite or long lengths and strings in pieces, which PKCS #7 and
 * PKCS #12 files are written with. Nothing is re-encoded: a certificate inside keeps its bytes. */
#pragma once

#include "core/der.h"

/* Takes the first element off IN. `content` of an indefinite one ends before its end of contents. FALSE, IN unchanged, when there is none, it is not
 * BER, or elements of indefinite length are nested deeper than TRUST_LIMIT_NESTING. Linear in the element's size. */
gboolean trust_ber_next (TrustSpan *in, TrustDer *out);
/* The same, and its tag must be TAG. */
gboolean trust_ber_expect (TrustSpan *in, guint8 tag, TrustDer *out);
/* An OCTET STRING (identifier TAG: 0x04, or 0x80 for an implicit [0]) in one piece or in many. *OUT is the bytes; *JOINED (transfer full) (nullable)
 * holds them if they were in pieces. FALSE, IN unchanged, if it is none. */
gboolean trust_ber_octets (TrustSpan *in, guint8 tag, TrustSpan *out, GByteArray **joined);
/* A small INTEGER that is not negative, at most MAX. */
gboolean trust_ber_number (TrustSpan *in, guint64 max, guint64 *out);
