/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every certificate that any source or store names, trusted, refused or overruled, found by the beginning of its fingerprint. */
#pragma once

#include "core/change.h"
#include "core/snapshot.h"

typedef struct _TrustKnown TrustKnown;

/* Borrows from SNAPSHOT, which must outlive it. Returns: (transfer full). */
TrustKnown *trust_known_new (const TrustSnapshot *snapshot);
void trust_known_free (TrustKnown *known);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustKnown, trust_known_free)

/* The one certificate that PREFIX means: TRUST_ERROR_NOT_FOUND or TRUST_ERROR_AMBIGUOUS otherwise. CERTIFICATE_OUT is borrowed, and NULL for a
 * distrust of a bare hash. */
gboolean trust_known_resolve (const TrustKnown *known, const TrustPrefix *prefix, TrustFingerprint *out, TrustCertificate **certificate_out,
                              GError **error);
