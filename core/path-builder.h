/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which paths lead from a leaf to an anchor: depth first, the likeliest issuer first, in bounded work. */
#pragma once

#include "core/anchor-set.h"
#include "core/path.h"

/* Paths that were tried and why each fell; at most so many are kept. */
#define TRUST_PATH_ATTEMPTS_KEPT 16u

typedef struct
{
  GPtrArray *certificates; /* (owned) of TrustCertificate, leaf first */
  gboolean has_anchor;     /* the last is one */
  TrustPathFault fault;
} TrustPathAttempt;

/* What came of a search. */
typedef struct
{
  gboolean found;
  GPtrArray *path;        /* (owned) of TrustCertificate, leaf first, anchor last; empty unless found */
  TrustAnchor *anchor;    /* (borrowed from the set) (nullable) */
  GPtrArray *attempts;    /* (owned) of TrustPathAttempt*: what was tried in vain, in that order */
  guint best;             /* the attempt that tells most; if there is any */
  TrustPathBudget budget; /* what is left */
} TrustPathSearch;

void trust_path_search_clear (TrustPathSearch *search);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TrustPathSearch, trust_path_search_clear)

/* CHAIN: of TrustCertificate, the leaf first, the others in any order. Unless a path is found, OUT has an attempt at least. */
void trust_path_search (const TrustPathQuestion *question, const TrustAnchorSet *set, GPtrArray *chain, TrustPathSearch *out);
