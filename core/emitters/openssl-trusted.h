/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* OpenSSL's TRUSTED CERTIFICATE blocks, in one file or in a folder. */
#pragma once

#include "core/emitters/emitter.h"

void trust_openssl_trusted_append (GString *out, const TrustAnchor *anchor);
/* The certificate that DISTRUST refuses by itself, which these blocks can say: NULL if there is none. (transfer none) */
TrustCertificate *trust_openssl_trusted_refused (const TrustDistrust *distrust);
/* For one with such a certificate. */
void trust_openssl_trusted_append_refused (GString *out, const TrustDistrust *distrust);
/* Is every certificate of THEIRS for no uses that OURS does not name, and refused where it is there? */
gboolean trust_openssl_trusted_is_within (GBytes *theirs, GBytes *ours);
