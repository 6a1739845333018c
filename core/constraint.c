/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/constraint.h"

#include "core/constraint-kind.h"
#include "core/error.h"
#include "core/limits.h"

TrustConstraints *
trust_constraints_new (void)
{
  TrustConstraints *constraints = g_new0 (TrustConstraints, 1);

  g_atomic_ref_count_init (&constraints->refs);
  return constraints;
}

TrustConstraints *
trust_constraints_ref (TrustConstraints *constraints)
{
  g_atomic_ref_count_inc (&constraints->refs);
  return constraints;
}

void
trust_constraints_unref (TrustConstraints *constraints)
{
  if (!g_atomic_ref_count_dec (&constraints->refs))
    return;
  for (guint kind = 0; kind < TRUST_NAME_LAST; kind++)
    {
      g_clear_pointer (&constraints->kinds[kind].permitted, g_ptr_array_unref);
      g_clear_pointer (&constraints->kinds[kind].excluded, g_ptr_array_unref);
    }
  g_free (constraints);
}

static gboolean
refuse_contradiction (TrustNameKind kind, GError **error)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
               "There is an empty permitted %s subtree, which permits no such name, and one that is not empty; leave one of them out",
               trust_name_kind_get_name (kind));
  return FALSE;
}

gboolean
trust_constraints_take (TrustConstraints *constraints, TrustNameKind kind, gboolean excluded, TrustSubtree *subtree, GError **error)
{
  if (!excluded && (constraints->none_said & 1u << kind) != 0)
    return refuse_contradiction (kind, error);
  if (constraints->n_added >= TRUST_LIMIT_SUBTREES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "More than %u subtrees in the constraints of one trust; name fewer, larger ones",
                   TRUST_LIMIT_SUBTREES);
      return FALSE;
    }
  constraints->n_added++;
  trust_rules_add (&constraints->kinds[kind], kind, excluded, subtree);
  return TRUE;
}

gboolean
trust_constraints_add (TrustConstraints *constraints, TrustNameKind kind, gboolean excluded, const char *text, GError **error)
{
  g_autoptr (TrustSubtree) subtree = NULL;
  TrustKindRules *rules = NULL;

  g_return_val_if_fail (kind < TRUST_NAME_LAST, FALSE);
  rules = &constraints->kinds[kind];
  if (!excluded && *text == '\0')
    {
      if (rules->is_restricted && !trust_rules_are_closed (rules))
        return refuse_contradiction (kind, error);
      constraints->none_said |= 1u << kind;
      trust_rules_close (rules);
      return TRUE;
    }
  subtree = trust_subtree_parse (kind, text, error);
  return subtree != NULL && trust_constraints_take (constraints, kind, excluded, subtree, error);
}

gboolean
trust_constraints_is_empty (const TrustConstraints *constraints)
{
  for (guint kind = 0; constraints != NULL && kind < TRUST_NAME_LAST; kind++)
    if (trust_rules_are_set (&constraints->kinds[kind]))
      return FALSE;
  return TRUE;
}

static gboolean
list_equal (const GPtrArray *a, const GPtrArray *b)
{
  guint n = trust_subtrees_length (a);

  if (trust_subtrees_length (b) != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const TrustSubtree *x = a->pdata[i], *y = b->pdata[i];

      if (x != y && (!trust_span_equal (x->key, y->key) || !trust_span_equal (x->name, y->name)))
        return FALSE;
    }
  return TRUE;
}

gboolean
trust_constraints_equal (const TrustConstraints *a, const TrustConstraints *b)
{
  if (a == b)
    return TRUE;
  if (a == NULL || b == NULL)
    return trust_constraints_is_empty (a) && trust_constraints_is_empty (b);
  for (guint kind = 0; kind < TRUST_NAME_LAST; kind++)
    {
      const TrustKindRules *x = &a->kinds[kind], *y = &b->kinds[kind];

      if (x->is_restricted != y->is_restricted || !list_equal (x->permitted, y->permitted) || !list_equal (x->excluded, y->excluded))
        return FALSE;
    }
  return TRUE;
}

static void
add_list (TrustKindRules *rules, TrustNameKind kind, gboolean excluded, const GPtrArray *list)
{
  for (guint i = 0; i < trust_subtrees_length (list); i++)
    trust_rules_add (rules, kind, excluded, list->pdata[i]);
}

/* Adds as permitted what of LIST lies in OTHER. */
static void
add_covered (TrustKindRules *rules, TrustNameKind kind, const GPtrArray *list, const GPtrArray *other)
{
  for (guint i = 0; i < trust_subtrees_length (list); i++)
    {
      TrustSubtree *subtree = list->pdata[i];

      if (trust_subtrees_find_cover (other, subtree->key, NULL) != NULL)
        trust_rules_add (rules, kind, FALSE, subtree);
    }
}

static void
intersect_kind (TrustKindRules *out, TrustNameKind kind, const TrustKindRules *a, const TrustKindRules *b)
{
  if (a->is_restricted && b->is_restricted)
    {
      /* Two subtrees have nothing in common, or one is in the other. */
      add_covered (out, kind, a->permitted, b->permitted);
      add_covered (out, kind, b->permitted, a->permitted);
      if (!out->is_restricted)
        trust_rules_close (out);
    }
  else if (trust_rules_are_closed (a) || trust_rules_are_closed (b))
    trust_rules_close (out);
  else
    add_list (out, kind, FALSE, a->is_restricted ? a->permitted : b->permitted);
  add_list (out, kind, TRUE, a->excluded);
  add_list (out, kind, TRUE, b->excluded);
}

TrustConstraints *
trust_constraints_intersect (TrustConstraints *a, TrustConstraints *b)
{
  TrustConstraints *both = NULL;

  if (trust_constraints_is_empty (a) || trust_constraints_is_empty (b) || a == b)
    {
      TrustConstraints *one = trust_constraints_is_empty (a) ? b : a;

      return trust_constraints_is_empty (one) ? NULL : trust_constraints_ref (one);
    }
  both = trust_constraints_new ();
  for (guint kind = 0; kind < TRUST_NAME_LAST; kind++)
    intersect_kind (&both->kinds[kind], kind, &a->kinds[kind], &b->kinds[kind]);
  return both;
}

gboolean
trust_constraints_is_restricted (const TrustConstraints *constraints, TrustNameKind kind)
{
  return constraints != NULL && kind < TRUST_NAME_LAST && constraints->kinds[kind].is_restricted;
}

guint
trust_constraints_get_n (const TrustConstraints *constraints, TrustNameKind kind, gboolean excluded)
{
  if (constraints == NULL || kind >= TRUST_NAME_LAST)
    return 0;
  return trust_subtrees_length (excluded ? constraints->kinds[kind].excluded : constraints->kinds[kind].permitted);
}

const TrustSubtree *
trust_constraints_get (const TrustConstraints *constraints, TrustNameKind kind, gboolean excluded, guint index)
{
  g_return_val_if_fail (index < trust_constraints_get_n (constraints, kind, excluded), NULL);
  return (excluded ? constraints->kinds[kind].excluded : constraints->kinds[kind].permitted)->pdata[index];
}
