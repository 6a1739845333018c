/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every store with its sets, over the system's. */
#pragma once

#include "core/ended.h"
#include "core/store.h"

/* LOADED (of TrustStore*, with or without sets) over SYSTEM at NOW (seconds), with what has ENDED (nullable): those whose sets are just that already
 * are taken over as they are. Returns: (transfer full): of TrustStore*, in LOADED's order. */
GPtrArray *trust_plan_make_stores (const GPtrArray *loaded, TrustAnchorSet *system, const TrustEnded *ended, gint64 now);
/* STATES and those of STORES. Returns: (transfer container): of borrowed TrustSourceState*. */
GPtrArray *trust_plan_gather_states (const GPtrArray *states, const GPtrArray *stores);
