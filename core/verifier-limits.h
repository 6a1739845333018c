/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an anchor is limited to, held against a path that stands otherwise: `until`, distrust-after, imposed constraints. It does not know how the
 * path was found: who looks for paths asks it of each, and goes on with the next where this one is refused. */
#pragma once

#include "core/snapshot.h"
#include "core/verifier-words.h"

/* NULL: PATH keeps to what ANCHOR, its last link, is limited to. The constraints are held against the names of every certificate below the anchor, as
 * RFC 5280 6.1.3 (b) and (c) ask: SAN, subject and the subject's e-mail addresses, but for self-issued certificates between anchor and leaf; a leaf
 * that is the anchor itself is held against them as well. So is QUESTION's name (nullable: it is not known to be the leaf's), as a
 * wildcard may stand for what is excluded. *COMPARISONS counts up to TRUST_LIMIT_NAME_COMPARISONS, whatever the number of
 * calls; what is refused for that alone has the reason TRUST_REASON_BUDGET_EXHAUSTED. Returns: (transfer full) (nullable). */
TrustVerdict *trust_verifier_limits_check (const TrustPath *path, const TrustAnchor *anchor, const TrustQuestion *question, guint *comparisons);
/* VERDICT, on a path that found no anchor: where the one that it leads to is missing only because its trust has ended, it says that from now on. */
void trust_verifier_limits_explain (const TrustSnapshot *snapshot, const TrustQuestion *question, TrustVerdict *verdict);
