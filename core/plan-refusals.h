/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Distrusts by what they name: all of them that reach one certificate, in constant time. */
#pragma once

#include "core/anchor.h"

typedef struct _TrustRefusals TrustRefusals;

TrustRefusals *trust_refusals_new (void);
void trust_refusals_free (TrustRefusals *refusals);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustRefusals, trust_refusals_free)
/* DISTRUST is borrowed and must outlive REFUSALS. */
void trust_refusals_add (TrustRefusals *refusals, TrustDistrust *distrust);
/* Those that name FINGERPRINT, or CERTIFICATE (nullable: only its fingerprint is known) by its key or its issuer and serial number: of borrowed
 * TrustDistrust*, each once. Returns: (transfer full). */
GPtrArray *trust_refusals_find (const TrustRefusals *refusals, const TrustFingerprint *fingerprint, const TrustCertificate *certificate);
