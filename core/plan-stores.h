/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every store with its sets, over the system's. */
#pragma once

#include "core/ended.h"
#include "core/store.h"

/* What stores are made over. All borrowed. */
typedef struct
{
  TrustAnchorSet *set;     /* the system's */
  TrustAnchorSet *flat;    /* as flat files may show it */
  gint64 flat_next;        /* when that changes by time alone */
  const TrustEnded *ended; /* (nullable) */
  gint64 now;              /* seconds since the epoch */
} TrustStoresBase;

/* LOADED (of TrustStore*, with or without sets) over BASE: those whose sets are just that already are taken over as they are.
 * Returns: (transfer full): of TrustStore*, in LOADED's order. */
GPtrArray *trust_plan_make_stores (const GPtrArray *loaded, const TrustStoresBase *base);
/* STATES and those of STORES. Returns: (transfer container): of borrowed TrustSourceState*. */
GPtrArray *trust_plan_gather_states (const GPtrArray *states, const GPtrArray *stores);
