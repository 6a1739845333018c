/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Trusts that have ended, and stay so whatever the clock says later: the pairs of a certificate and the `until` of a trust in it, as they stand in
 * /var/lib/anchord/ended. Immutable. */
#pragma once

#include "core/anchor.h"
#include "core/root.h"
#include "core/source-state.h"

#define TRUST_ENDED_PATH "/var/lib/anchord/ended"

typedef struct _TrustEnded TrustEnded;

/* What stands under ROOT; no file is none. Never fails: with a file that can't be read whole, every trust with an `until` counts as ended, for nobody
 * knows which did. Returns: (transfer full). */
TrustEnded *trust_ended_read (TrustRoot *root);
TrustEnded *trust_ended_ref (TrustEnded *ended);
void trust_ended_unref (TrustEnded *ended);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustEnded, trust_ended_unref)
/* What is wrong with the file, and what to do; NULL if nothing. */
const char *trust_ended_get_fault (const TrustEnded *ended);
guint trust_ended_get_n (const TrustEnded *ended);

/* Has the trust that ANCHOR gives ended at NOW (seconds since the epoch)? ENDED: nullable, none is written down. */
gboolean trust_ended_has (const TrustEnded *ended, const TrustAnchor *anchor, gint64 now);
/* Is just this pair written down? */
gboolean trust_ended_lists (const TrustEnded *ended, const TrustFingerprint *fingerprint, gint64 until);

/* ENDED with what has ended at NOW in STATES (of TrustSourceState*), counting or not; NULL if that is nothing more, or a damaged file would be
 * written over. More than TRUST_LIMIT_ENDED: those that no file names any more go first, then the oldest. Returns: (transfer full) (nullable). */
TrustEnded *trust_ended_gather (const TrustEnded *ended, const GPtrArray *states, gint64 now);
/* The file's content. Returns: (transfer full). */
GBytes *trust_ended_write (const TrustEnded *ended);
