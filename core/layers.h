/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who decides: the layers' entries into one effective set.
 *
 * The highest layer that names a certificate decides. Distrust of any kind wins within its layer and below; only a strictly
 * higher layer's anchor lifts it. Two trusts for one certificate in one layer: the intersection, reported. */
#pragma once

#include "core/anchor-set.h"
#include "core/source-state.h"

/* STATES: of TrustSourceState*, any order. REPORTS (nullable): gets char* for conflicts. Linear. Returns: (transfer full). */
TrustAnchorSet *trust_layers_merge (GPtrArray *states, GPtrArray *reports);

/* Every entry that names FINGERPRINT, highest layer first, for `show`: appends borrowed TrustAnchor*. */
void trust_layers_find (GPtrArray *states, const TrustFingerprint *fingerprint, GPtrArray *anchors_out);
