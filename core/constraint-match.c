/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/constraint-kind.h"
#include "core/name.h"

#include <string.h>

/* The key of a name in a certificate. FALSE if it can't be understood. IS_WILDCARD: it stands for all names one label longer than the key. */
static gboolean
add_name (GByteArray *key, TrustNameKind kind, TrustSpan value, gboolean *is_wildcard)
{
  g_autoptr (GByteArray) canonical = NULL;

  switch (kind)
    {
    case TRUST_NAME_DNS:
      *is_wildcard = value.size > 0 && value.data[0] == '*' && (value.size == 1 || value.data[1] == '.');
      if (*is_wildcard)
        value = (TrustSpan) { value.data + 1 + (value.size > 1), value.size - 1 - (value.size > 1) };
      if ((value.size > 0 || !*is_wildcard) && trust_key_add_host (key, value) != NULL)
        return FALSE;
      g_byte_array_append (key, (const guint8 *) ".", 1);
      return TRUE;
    case TRUST_NAME_IP:
      if ((value.size != 4 && value.size != 16) || trust_key_is_mapped (value))
        return FALSE;
      trust_key_add_address (key, value, (guint) value.size * 8);
      return TRUE;
    case TRUST_NAME_EMAIL:
      return trust_key_add_mailbox (key, value) == NULL;
    case TRUST_NAME_URI:
      return trust_key_add_uri (key, value) == NULL;
    case TRUST_NAME_DIRECTORY:
      canonical = trust_name_canonical (value);
      if (canonical != NULL)
        g_byte_array_append (key, canonical->data, canonical->len);
      return canonical != NULL;
    default:
      return FALSE;
    }
}

/* Is a name just one label below KEY in LIST, or a subtree there? */
static gboolean
has_child (const GPtrArray *list, TrustSpan key, guint *comparisons)
{
  for (guint i = trust_subtrees_search (list, key, comparisons); i < trust_subtrees_length (list); i++)
    {
      TrustSpan below = ((const TrustSubtree *) list->pdata[i])->key;

      if (comparisons != NULL)
        ++*comparisons;
      if (!trust_key_begins (below, key))
        return FALSE;
      if (memchr (below.data + key.size, '.', below.size - key.size) == below.data + below.size - 1)
        return TRUE;
    }
  return FALSE;
}

gboolean
trust_constraints_permit (const TrustConstraints *constraints, TrustNameKind kind, TrustSpan value, guint *comparisons)
{
  const TrustKindRules *rules = constraints != NULL && kind < TRUST_NAME_LAST ? &constraints->kinds[kind] : NULL;
  g_autoptr (GByteArray) bytes = NULL;
  gboolean is_wildcard = FALSE;
  TrustSpan key;

  if (rules == NULL || !trust_rules_are_set (rules))
    return TRUE;
  bytes = g_byte_array_sized_new (256);
  if (!add_name (bytes, kind, value, &is_wildcard))
    return FALSE;
  key = (TrustSpan) { bytes->data, bytes->len };
  if (trust_subtrees_find_cover (rules->excluded, key, comparisons) != NULL)
    return FALSE;
  if (is_wildcard && has_child (rules->excluded, key, comparisons))
    return FALSE;
  return !rules->is_restricted || trust_subtrees_find_cover (rules->permitted, key, comparisons) != NULL;
}

/* Does A permit nothing of what EXCLUDED covers? */
static gboolean
keeps_out (const TrustKindRules *a, TrustSpan excluded)
{
  if (trust_subtrees_find_cover (a->excluded, excluded, NULL) != NULL)
    return TRUE;
  if (!a->is_restricted || trust_subtrees_find_cover (a->permitted, excluded, NULL) != NULL)
    return FALSE;
  for (guint i = trust_subtrees_search (a->permitted, excluded, NULL); i < trust_subtrees_length (a->permitted); i++)
    {
      const TrustSubtree *permitted = a->permitted->pdata[i];

      if (!trust_key_begins (permitted->key, excluded))
        break;
      if (trust_subtrees_find_cover (a->excluded, permitted->key, NULL) == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
kind_is_within (const TrustKindRules *a, const TrustKindRules *b)
{
  if (b->is_restricted && !a->is_restricted)
    return FALSE;
  for (guint i = 0; b->is_restricted && i < trust_subtrees_length (a->permitted); i++)
    {
      TrustSpan key = ((const TrustSubtree *) a->permitted->pdata[i])->key;

      if (trust_subtrees_find_cover (b->permitted, key, NULL) == NULL && trust_subtrees_find_cover (a->excluded, key, NULL) == NULL)
        return FALSE;
    }
  for (guint i = 0; i < trust_subtrees_length (b->excluded); i++)
    if (!keeps_out (a, ((const TrustSubtree *) b->excluded->pdata[i])->key))
      return FALSE;
  return TRUE;
}

gboolean
trust_constraints_is_within (const TrustConstraints *a, const TrustConstraints *b)
{
  if (a == b || trust_constraints_is_empty (b))
    return TRUE;
  if (a == NULL)
    return FALSE;
  for (guint kind = 0; kind < TRUST_NAME_LAST; kind++)
    if (!kind_is_within (&a->kinds[kind], &b->kinds[kind]))
      return FALSE;
  return TRUE;
}
