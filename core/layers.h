/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who decides: the layers' entries into one effective set.
 *
 * The highest layer that names a certificate decides. Distrust of any kind wins within its layer and below; only a strictly
 * higher layer's anchor lifts it. Two trusts for one certificate in one layer: the intersection, reported. A trust that has ended still names
 * its certificate, so that no lower layer's shines through, and gives nothing. */
#pragma once

#include "core/anchor-set.h"
#include "core/ended.h"
#include "core/source-state.h"

/* STATES: of TrustSourceState*, any order, as they are at NOW (seconds since the epoch). ENDED: nullable. REPORTS (nullable): gets char* for
 * conflicts. Linear. Returns: (transfer full). */
TrustAnchorSet *trust_layers_merge (GPtrArray *states, const TrustEnded *ended, gint64 now, GPtrArray *reports);

/* Which files of anchord's own folders a link to /dev/null of a higher layer hides: NULL if there is no such link. */
GHashTable *trust_layers_find_masks (GPtrArray *states);
/* Does anything in FILE of STATE count? MASKS: nullable. */
gboolean trust_layers_counts (GHashTable *masks, const TrustSourceState *state, const TrustSourceFile *file);

/* Every entry that names FINGERPRINT, highest layer first, for `show`: appends borrowed TrustAnchor*. */
void trust_layers_find (GPtrArray *states, const TrustFingerprint *fingerprint, GPtrArray *anchors_out);
