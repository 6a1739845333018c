/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificate policies along a path: RFC 5280 section 6.1 with the graph of RFC 9618, which holds a policy once at each depth and so cannot be made
 * to grow without bound. */
#pragma once

#include "core/extensions.h"

/* RFC 5280 6.1.1 (c), (e), (f), (g). Policies are content octets of OIDs, borrowed. */
typedef struct
{
  const TrustSpan *initial_policies; /* (nullable) NULL: any policy */
  guint n_initial_policies;
  gboolean explicit_policy;
  gboolean inhibit_mapping;
  gboolean inhibit_any_policy;
} TrustPolicyInput;

typedef struct _TrustPolicyTree TrustPolicyTree;

/* N_CERTIFICATES: of the path, without the anchor. Returns: (transfer full). */
TrustPolicyTree *trust_policy_tree_new (const TrustPolicyInput *input, guint n_certificates);
void trust_policy_tree_free (TrustPolicyTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustPolicyTree, trust_policy_tree_free)
/* What was done so far: policies, expected policies and edges. */
guint trust_policy_tree_get_work (const TrustPolicyTree *tree);
/* The next certificate from the anchor down: 6.1.3 (d)-(f), and 6.1.4 (a), (b), (h)-(j) or, for the last, 6.1.5 (a), (b), (g). EXTENSIONS' DER must
 * outlive TREE. Returns: NULL, or what is wrong, a static text to stand after "its policies do not hold: ". */
const char *trust_policy_tree_step (TrustPolicyTree *tree, const TrustExtensions *extensions, gboolean is_self_issued);
