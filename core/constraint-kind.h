/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What constraints say of one kind of name: two sorted lists in which no subtree covers another. core/constraint's own. */
#pragma once

#include "core/constraint-key.h"

typedef struct
{
  GPtrArray *permitted;   /* (owned) (nullable) of TrustSubtree* */
  GPtrArray *excluded;    /* (owned) (nullable) */
  gboolean is_restricted; /* only what is permitted is; perhaps nothing: then the lists are empty */
} TrustKindRules;

struct _TrustConstraints
{
  gatomicrefcount refs;
  TrustKindRules kinds[TRUST_NAME_LAST];
  guint n_added;
  guint none_said; /* mask of kinds of which somebody said that none is permitted */
};

static inline guint
trust_subtrees_length (const GPtrArray *list)
{
  return list != NULL ? list->len : 0;
}

/* How many of LIST have a key that is not above KEY. COMPARISONS: nullable. */
guint trust_subtrees_search (const GPtrArray *list, TrustSpan key, guint *comparisons);
/* The subtree of LIST that covers KEY; NULL if none does. */
const TrustSubtree *trust_subtrees_find_cover (const GPtrArray *list, TrustSpan key, guint *comparisons);
/* A constraint of either sort, on names of KIND? */
gboolean trust_rules_are_set (const TrustKindRules *rules);
/* Is nothing of the kind permitted? Then the lists are empty. */
gboolean trust_rules_are_closed (const TrustKindRules *rules);
/* Adds one. SUBTREE: (transfer none). */
void trust_rules_add (TrustKindRules *rules, TrustNameKind kind, gboolean excluded, TrustSubtree *subtree);
/* From now on no name of that kind is permitted. */
void trust_rules_close (TrustKindRules *rules);
/* trust_constraints_add() for what has been read already. */
gboolean trust_constraints_take (TrustConstraints *constraints, TrustNameKind kind, gboolean excluded, TrustSubtree *subtree, GError **error);
