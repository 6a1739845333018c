/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/constraint-kind.h"

guint
trust_subtrees_search (const GPtrArray *list, TrustSpan key, guint *comparisons)
{
  guint from = 0, to = trust_subtrees_length (list);

  while (from < to)
    {
      guint middle = from + (to - from) / 2;
      const TrustSubtree *subtree = list->pdata[middle];

      if (comparisons != NULL)
        ++*comparisons;
      if (trust_key_compare (subtree->key, key) <= 0)
        from = middle + 1;
      else
        to = middle;
    }
  return from;
}

const TrustSubtree *
trust_subtrees_find_cover (const GPtrArray *list, TrustSpan key, guint *comparisons)
{
  guint at = trust_subtrees_search (list, key, comparisons);
  const TrustSubtree *before = at > 0 ? list->pdata[at - 1] : NULL;

  /* What begins KEY stands right before it: anything between the two would begin like it, and be covered. */
  return before != NULL && trust_key_begins (key, before->key) ? before : NULL;
}

static void
insert (GPtrArray **list, TrustSubtree *subtree)
{
  guint at = trust_subtrees_search (*list, subtree->key, NULL), n_covered = 0;
  const TrustSubtree *before = at > 0 ? (*list)->pdata[at - 1] : NULL;

  if (before != NULL && trust_key_begins (subtree->key, before->key))
    {
      /* Of one name spelt twice, the same stays whatever came first. */
      if (before->key.size != subtree->key.size || trust_key_compare (before->name, subtree->name) <= 0)
        return;
      g_ptr_array_remove_index (*list, --at);
    }
  if (*list == NULL)
    *list = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_subtree_unref);
  while (at + n_covered < (*list)->len && trust_key_begins (((TrustSubtree *) (*list)->pdata[at + n_covered])->key, subtree->key))
    n_covered++;
  if (n_covered > 0)
    g_ptr_array_remove_range (*list, at, n_covered);
  g_ptr_array_insert (*list, (int) at, trust_subtree_ref (subtree));
}

/* Is every name of KIND in LIST? */
static gboolean
is_everything (const GPtrArray *list, TrustNameKind kind)
{
  const TrustSubtree *first = list != NULL && list->len > 0 ? list->pdata[0] : NULL;

  if (kind == TRUST_NAME_IP)
    return first != NULL && list->len == 2 && first->key.size == 1 && ((TrustSubtree *) list->pdata[1])->key.size == 1;
  return first != NULL && first->key.size == (kind == TRUST_NAME_DIRECTORY ? 0 : 1);
}

gboolean
trust_rules_are_set (const TrustKindRules *rules)
{
  return rules->is_restricted || trust_subtrees_length (rules->excluded) > 0;
}

gboolean
trust_rules_are_closed (const TrustKindRules *rules)
{
  return rules->is_restricted && trust_subtrees_length (rules->permitted) == 0;
}

void
trust_rules_close (TrustKindRules *rules)
{
  g_clear_pointer (&rules->permitted, g_ptr_array_unref);
  g_clear_pointer (&rules->excluded, g_ptr_array_unref);
  rules->is_restricted = TRUE;
}

void
trust_rules_add (TrustKindRules *rules, TrustNameKind kind, gboolean excluded, TrustSubtree *subtree)
{
  if (trust_rules_are_closed (rules))
    return;
  insert (excluded ? &rules->excluded : &rules->permitted, subtree);
  rules->is_restricted |= !excluded;
  if (is_everything (rules->excluded, kind))
    trust_rules_close (rules);
}
