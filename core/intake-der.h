/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a DER object is when it is not a certificate, told by its structure. */
#pragma once

#include "core/der.h"

/* Is it a private key: PKCS #8 (RFC 5958 section 2), encrypted too (section 3), PKCS #1 (RFC 8017 A.1.2), SEC 1 (RFC 5915
 * section 3) or a DSA key as OpenSSL writes it? A cut one as well. */
gboolean trust_intake_der_is_private_key (TrustSpan der);
/* "is a certificate request (CSR); …" with what to do, or NULL when it is nothing known. */
const char *trust_intake_der_describe (TrustSpan der);
