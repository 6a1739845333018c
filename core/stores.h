/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a store's own files come to over the system's set. */
#pragma once

#include "core/store.h"

/* The effective set of STORE: SYSTEM's anchors if it inherits them, where its own files say nothing of them, and its own; less what its own files or
 * SYSTEM refuse; for the store's purposes alone. A refusal of SYSTEM's holds in every store: only what lifts it there lifts it here. Limits stay as
 * they are. OWN: the store's files merged alone (core/layers.h); not used where the store has a fault: then the set is empty. REPORTS (nullable) gets
 * char*: which of its own anchors SYSTEM refuses. SYSTEM itself (a new reference) where nothing differs. Returns: (transfer full). */
TrustAnchorSet *trust_stores_combine (const TrustStore *store, TrustAnchorSet *system, const TrustAnchorSet *own, GPtrArray *reports);
/* Do both (of TrustStore* with sets, by name) trust and refuse just the same? */
gboolean trust_stores_are_equal (const GPtrArray *a, const GPtrArray *b);
