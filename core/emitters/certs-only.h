/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates and nothing else in PKCS #7: SignedData of nothing that nobody signed (RFC 5652 section 5.1, RFC 5272 section 4.1). */
#pragma once

#include "core/anchor-set.h"

/* Of SET's anchors. Returns: (transfer full). */
GByteArray *trust_certs_only_write (const TrustAnchorSet *set);
/* Appends a TrustFingerprint of each certificate. FALSE: it is something else, or holds something else. */
gboolean trust_certs_only_read (TrustSpan bytes, GArray *certificates);
