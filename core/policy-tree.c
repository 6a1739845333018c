/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/policy-tree.h"

#include <string.h>

#define TAG_OID 0x06
#define TAG_SEQUENCE 0x30
/* Policies, expected policies and edges of one path, all together. No path that means well has more than a few dozen. */
#define WORK_MAX 16384u

static const TrustSpan any_policy = { (const guint8 *) "\x55\x1d\x20\x00", 4 }; /* RFC 5280 4.2.1.4 */

/* A policy at one depth. */
typedef struct
{
  TrustSpan policy;
  GArray *expected;   /* (owned) of TrustSpan */
  GArray *parents;    /* (owned) of guint: indexes in the depth above */
  gboolean is_wanted; /* leads to the last depth */
} Node;

struct _TrustPolicyTree
{
  const TrustPolicyInput *input;
  guint n_certificates;
  guint done;            /* certificates so far */
  GPtrArray *depths;     /* (owned) of GPtrArray of Node*; NULL when the graph is empty */
  guint explicit_policy; /* RFC 5280 6.1.2 (d), (f), (e) */
  guint policy_mapping;
  guint inhibit_any;
  guint work;
};

static guint
span_hash (gconstpointer key)
{
  const TrustSpan *span = key;
  guint hash = 5381;

  for (gsize i = 0; i < span->size; i++)
    hash = hash * 33 + span->data[i];
  return hash;
}

static gboolean
span_equal (gconstpointer a, gconstpointer b)
{
  return trust_span_equal (*(const TrustSpan *) a, *(const TrustSpan *) b);
}

static void
node_free (gpointer data)
{
  Node *node = data;

  g_array_unref (node->expected);
  g_array_unref (node->parents);
  g_free (node);
}

/* A node that expects just its own policy (RFC 5280 6.1.3 (d)). */
static Node *
add_node (TrustPolicyTree *tree, GPtrArray *depth, TrustSpan policy)
{
  Node *node = g_new0 (Node, 1);

  node->policy = policy;
  node->expected = g_array_new (FALSE, FALSE, sizeof (TrustSpan));
  node->parents = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_append_val (node->expected, policy);
  g_ptr_array_add (depth, node);
  tree->work++;
  return node;
}

static void
add_parent (TrustPolicyTree *tree, Node *node, guint parent)
{
  g_array_append_val (node->parents, parent);
  tree->work++;
}

static GPtrArray *
new_depth (void)
{
  return g_ptr_array_new_with_free_func (node_free);
}

TrustPolicyTree *
trust_policy_tree_new (const TrustPolicyInput *input, guint n_certificates)
{
  TrustPolicyTree *tree = g_new0 (TrustPolicyTree, 1);
  GPtrArray *top = new_depth ();

  tree->input = input;
  tree->n_certificates = n_certificates;
  tree->depths = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  add_node (tree, top, any_policy);
  g_ptr_array_add (tree->depths, top);
  tree->explicit_policy = input->explicit_policy ? 0 : n_certificates + 1;
  tree->inhibit_any = input->inhibit_any_policy ? 0 : n_certificates + 1;
  tree->policy_mapping = input->inhibit_mapping ? 0 : n_certificates + 1;
  return tree;
}

void
trust_policy_tree_free (TrustPolicyTree *tree)
{
  g_clear_pointer (&tree->depths, g_ptr_array_unref);
  g_free (tree);
}

guint
trust_policy_tree_get_work (const TrustPolicyTree *tree)
{
  return tree->work;
}

static GPtrArray *
last_depth (const TrustPolicyTree *tree)
{
  return tree->depths->pdata[tree->depths->len - 1];
}

static Node *
find_node (GPtrArray *depth, TrustSpan policy)
{
  for (guint i = 0; i < depth->len; i++)
    if (trust_span_equal (((Node *) depth->pdata[i])->policy, policy))
      return depth->pdata[i];
  return NULL;
}

/* Which nodes of DEPTH expect a policy: TrustSpan* (borrowed) -> GArray of guint. */
static GHashTable *
index_expected (TrustPolicyTree *tree, GPtrArray *depth)
{
  GHashTable *index = g_hash_table_new_full (span_hash, span_equal, NULL, (GDestroyNotify) g_array_unref);

  for (guint i = 0; i < depth->len; i++)
    {
      Node *node = depth->pdata[i];

      for (guint n = 0; n < node->expected->len; n++)
        {
          TrustSpan *expected = &g_array_index (node->expected, TrustSpan, n);
          GArray *nodes = g_hash_table_lookup (index, expected);

          if (nodes == NULL)
            {
              nodes = g_array_new (FALSE, FALSE, sizeof (guint));
              g_hash_table_insert (index, expected, nodes);
            }
          g_array_append_val (nodes, i);
          tree->work++;
        }
    }
  return index;
}

static void
add_child (TrustPolicyTree *tree, GPtrArray *depth, TrustSpan policy, const GArray *parents)
{
  Node *node = add_node (tree, depth, policy);

  for (guint i = 0; i < parents->len; i++)
    add_parent (tree, node, g_array_index (parents, guint, i));
}

/* The next PolicyInformation, PolicyMapping or the like of LIST: its first OID, and its second where it has one. */
static gboolean
next_oids (TrustSpan *list, TrustSpan *first, TrustSpan *second)
{
  TrustDer entry, oid;

  if (!trust_der_expect (list, TAG_SEQUENCE, &entry) || !trust_der_expect (&entry.content, TAG_OID, &oid))
    return FALSE;
  *first = oid.content;
  if (second == NULL)
    return TRUE;
  if (!trust_der_expect (&entry.content, TAG_OID, &oid) || entry.content.size != 0)
    return FALSE;
  *second = oid.content;
  return TRUE;
}

static TrustSpan
list_of (const TrustExtensions *extensions, TrustExtension which)
{
  TrustSpan value = extensions->values[which];
  TrustDer list;

  return trust_der_expect (&value, TAG_SEQUENCE, &list) ? list.content : (TrustSpan) { NULL, 0 };
}

/* 6.1.3 (d) (1) and (2). */
static const char *
take_policies (TrustPolicyTree *tree, const TrustExtensions *extensions, gboolean may_be_any)
{
  GPtrArray *above = last_depth (tree), *depth = new_depth ();
  g_autoptr (GHashTable) expected = index_expected (tree, above);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (span_hash, span_equal, g_free, NULL);
  TrustSpan list = list_of (extensions, TRUST_EXTENSION_POLICIES), policy;
  gboolean has_any = FALSE;
  GHashTableIter iter;
  gpointer key, value;
  guint any_index = 0;
  Node *any_above = NULL;

  for (any_index = 0; any_index < above->len && any_above == NULL; any_index++)
    if (trust_span_equal (((Node *) above->pdata[any_index])->policy, any_policy))
      any_above = above->pdata[any_index];
  any_index--;
  g_ptr_array_add (tree->depths, depth);
  while (list.size > 0)
    {
      GArray *parents = NULL;

      tree->work++;
      if (!next_oids (&list, &policy, NULL))
        return "a policy is damaged";
      /* RFC 5280 4.2.1.4: no policy more than once. */
      if (!g_hash_table_add (seen, g_memdup2 (&policy, sizeof policy)))
        return "one policy is there twice";
      if (trust_span_equal (policy, any_policy))
        {
          has_any = TRUE;
          continue;
        }
      parents = g_hash_table_lookup (expected, &policy);
      if (parents != NULL)
        add_child (tree, depth, policy, parents);
      else if (any_above != NULL)
        add_parent (tree, add_node (tree, depth, policy), any_index);
      if (tree->work > WORK_MAX)
        return "they are too many";
    }
  if (!has_any || !may_be_any)
    return NULL;
  g_hash_table_iter_init (&iter, expected);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!g_hash_table_contains (seen, key) || trust_span_equal (*(TrustSpan *) key, any_policy))
      add_child (tree, depth, *(TrustSpan *) key, value);
  return tree->work > WORK_MAX ? "they are too many" : NULL;
}

/* 6.1.3 (d) (3): what leads to no policy of the last depth goes. */
static void
prune (TrustPolicyTree *tree)
{
  for (guint i = tree->depths->len - 1; i > 0; i--)
    {
      GPtrArray *depth = tree->depths->pdata[i], *above = tree->depths->pdata[i - 1];

      for (guint n = 0; n < above->len; n++)
        ((Node *) above->pdata[n])->is_wanted = FALSE;
      for (guint n = 0; n < depth->len; n++)
        {
          Node *node = depth->pdata[n];

          for (guint p = 0; (i == tree->depths->len - 1 || node->is_wanted) && p < node->parents->len; p++)
            ((Node *) above->pdata[g_array_index (node->parents, guint, p)])->is_wanted = TRUE;
        }
    }
}

static void
forget_if_empty (TrustPolicyTree *tree)
{
  if (tree->depths != NULL && last_depth (tree)->len == 0)
    g_clear_pointer (&tree->depths, g_ptr_array_unref);
}

/* 6.1.4 (b) (1): ISSUER's policy is called SUBJECT below. */
static void
map_policy (TrustPolicyTree *tree, GPtrArray *depth, GHashTable *mapped, TrustSpan issuer, TrustSpan subject)
{
  Node *node = find_node (depth, issuer), *any = NULL;

  if (node == NULL)
    {
      any = find_node (depth, any_policy);
      if (any == NULL)
        return;
      node = add_node (tree, depth, issuer);
      for (guint i = 0; i < any->parents->len; i++)
        add_parent (tree, node, g_array_index (any->parents, guint, i));
    }
  if (g_hash_table_add (mapped, node))
    g_array_set_size (node->expected, 0);
  g_array_append_val (node->expected, subject);
  tree->work++;
}

/* 6.1.4 (a) and (b). */
static const char *
take_mappings (TrustPolicyTree *tree, const TrustExtensions *extensions)
{
  TrustSpan list = list_of (extensions, TRUST_EXTENSION_POLICY_MAPPINGS), issuer, subject;
  GPtrArray *depth = tree->depths != NULL ? last_depth (tree) : NULL;
  g_autoptr (GHashTable) mapped = g_hash_table_new (NULL, NULL);

  while (list.size > 0)
    {
      if (!next_oids (&list, &issuer, &subject))
        return "a policy mapping is damaged";
      if (trust_span_equal (issuer, any_policy) || trust_span_equal (subject, any_policy))
        return "anyPolicy is mapped";
      if (depth == NULL)
        continue;
      if (tree->policy_mapping > 0)
        map_policy (tree, depth, mapped, issuer, subject);
      else
        {
          Node *node = find_node (depth, issuer);

          if (node != NULL)
            g_ptr_array_remove_fast (depth, node);
        }
      tree->work += depth->len;
      if (tree->work > WORK_MAX)
        return "they are too many";
    }
  forget_if_empty (tree);
  return NULL;
}

static void
lower (guint *count, gint number)
{
  if (number != TRUST_NO_NUMBER && (guint) number < *count)
    *count = (guint) number;
}

/* 6.1.4 (h) to (j). */
static void
count_down (TrustPolicyTree *tree, const TrustExtensions *extensions, gboolean is_self_issued)
{
  if (!is_self_issued)
    {
      tree->explicit_policy -= tree->explicit_policy > 0;
      tree->policy_mapping -= tree->policy_mapping > 0;
      tree->inhibit_any -= tree->inhibit_any > 0;
    }
  lower (&tree->explicit_policy, extensions->require_explicit_policy);
  lower (&tree->policy_mapping, extensions->inhibit_policy_mapping);
  lower (&tree->inhibit_any, extensions->inhibit_any_policy);
}

static gboolean
is_initial (const TrustPolicyTree *tree, TrustSpan policy)
{
  for (guint i = 0; i < tree->input->n_initial_policies; i++)
    if (trust_span_equal (tree->input->initial_policies[i], policy))
      return TRUE;
  return FALSE;
}

/* 6.1.5 (g), as RFC 9618 section 5.4 has it: is a policy left that the user takes? */
static gboolean
is_any_left (TrustPolicyTree *tree)
{
  GPtrArray *last = tree->depths != NULL ? last_depth (tree) : NULL;

  if (last == NULL)
    return FALSE;
  if (tree->input->initial_policies == NULL || is_initial (tree, any_policy))
    return TRUE;
  if (find_node (last, any_policy) != NULL)
    return tree->input->n_initial_policies > 0;
  prune (tree);
  for (guint i = 1; i < tree->depths->len; i++)
    {
      GPtrArray *depth = tree->depths->pdata[i], *above = tree->depths->pdata[i - 1];

      for (guint n = 0; n < depth->len; n++)
        {
          Node *node = depth->pdata[n];

          for (guint p = 0; (depth == last || node->is_wanted) && p < node->parents->len; p++)
            if (trust_span_equal (((Node *) above->pdata[g_array_index (node->parents, guint, p)])->policy, any_policy)
                && is_initial (tree, node->policy))
              return TRUE;
        }
    }
  return FALSE;
}

/* RFC 5280 4.2.1.4 holds of each certificate, also where no policy of the path is left that its own could be held against. */
static const char *
check_policies_once (TrustPolicyTree *tree, const TrustExtensions *extensions)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (span_hash, span_equal, g_free, NULL);
  TrustSpan list = list_of (extensions, TRUST_EXTENSION_POLICIES), policy;

  while (list.size > 0)
    {
      if (!next_oids (&list, &policy, NULL))
        return "a policy is damaged";
      if (!g_hash_table_add (seen, g_memdup2 (&policy, sizeof policy)))
        return "one policy is there twice";
      if (++tree->work > WORK_MAX)
        return "they are too many";
    }
  return NULL;
}

/* 6.1.5 (a), (b) and (g). */
static const char *
finish (TrustPolicyTree *tree, const TrustExtensions *extensions)
{
  tree->explicit_policy -= tree->explicit_policy > 0;
  if (extensions->require_explicit_policy == 0)
    tree->explicit_policy = 0;
  return tree->explicit_policy > 0 || is_any_left (tree) ? NULL : "no policy of the path is one that is asked for";
}

const char *
trust_policy_tree_step (TrustPolicyTree *tree, const TrustExtensions *extensions, gboolean is_self_issued)
{
  gboolean is_last = ++tree->done == tree->n_certificates;
  const char *fault = NULL;

  if (tree->depths != NULL && !trust_extensions_has (extensions, TRUST_EXTENSION_POLICIES))
    g_clear_pointer (&tree->depths, g_ptr_array_unref);
  else if (tree->depths != NULL)
    fault = take_policies (tree, extensions, tree->inhibit_any > 0 || (!is_last && is_self_issued));
  else if (trust_extensions_has (extensions, TRUST_EXTENSION_POLICIES))
    fault = check_policies_once (tree, extensions);
  if (fault != NULL)
    return fault;
  forget_if_empty (tree);
  if (tree->explicit_policy == 0 && tree->depths == NULL)
    return "a policy is required, and none is left";
  if (is_last)
    return finish (tree, extensions);
  fault = take_mappings (tree, extensions);
  if (fault != NULL)
    return fault;
  count_down (tree, extensions, is_self_issued);
  return NULL;
}
