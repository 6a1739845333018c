/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/path-names.h"

#include "core/certificate-names.h"
#include "core/constraint.h"
#include "core/der-write.h"

#define TAG_SEQUENCE 0x30
#define TAG_EMAIL 0x81
#define TAG_DNS 0x82
#define TAG_DIRECTORY 0xa4
#define TAG_URI 0x86
#define TAG_IP 0x87
#define KIND_NUMBER 0x1f
/* To read a subtree and put it in its place costs as much as so many comparisons. */
#define SUBTREE_COST 4u

/* What the CAs of a path say, from the anchor down. */
typedef struct
{
  GPtrArray *constraints; /* (owned) of TrustConstraints */
  guint32 others;         /* kinds of names that someone constrains and nobody here understands: a mask of 1 << tag number */
  guint *comparisons;
  guint limit;
  gboolean is_refused;
} Names;

static gboolean
is_known (guint8 tag)
{
  return tag == TAG_EMAIL || tag == TAG_DNS || tag == TAG_DIRECTORY || tag == TAG_URI || tag == TAG_IP;
}

/* The subtrees of one side whose kind is known, and the mask of the others. FALSE if it is no list of subtrees. */
static gboolean
keep_known (Names *names, TrustSpan subtrees, GByteArray *kept)
{
  TrustDer subtree, base;

  if (subtrees.size == 0)
    return FALSE;
  while (subtrees.size > 0)
    {
      if (!trust_der_expect (&subtrees, TAG_SEQUENCE, &subtree))
        return FALSE;

      TrustSpan inside = subtree.content;

      if (!trust_der_next (&inside, &base))
        return FALSE;
      *names->comparisons += SUBTREE_COST;
      if (is_known (base.tag))
        g_byte_array_append (kept, subtree.whole.data, (guint) subtree.whole.size);
      else
        names->others |= 1u << (base.tag & KIND_NUMBER);
    }
  return TRUE;
}

/* Takes in what one CA says (RFC 5280 6.1.4 (g)). FALSE if it can't be read: then nothing below it may be believed. */
static gboolean
take (Names *names, TrustSpan value)
{
  g_autoptr (GByteArray) inside = g_byte_array_new ();
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  TrustDer sequence, side;

  if (!trust_der_expect (&value, TAG_SEQUENCE, &sequence) || value.size != 0 || sequence.content.size == 0)
    return FALSE;
  for (guint8 tag = 0xa0; tag <= 0xa1; tag++)
    {
      g_autoptr (GByteArray) kept = g_byte_array_new ();

      if (!trust_der_expect (&sequence.content, tag, &side))
        continue;
      if (!keep_known (names, side.content, kept))
        return FALSE;
      if (kept->len > 0)
        trust_der_append (inside, tag, kept->data, kept->len);
    }
  if (sequence.content.size != 0)
    return FALSE;
  if (inside->len == 0)
    return TRUE;
  trust_der_append (whole, TAG_SEQUENCE, inside->data, inside->len);
  g_ptr_array_add (names->constraints, trust_constraints_new ());
  return trust_constraints_add_der (names->constraints->pdata[names->constraints->len - 1], (TrustSpan) { whole->data, whole->len }, NULL);
}

static gboolean
visit (const TrustCertificateName *name, gpointer data)
{
  Names *names = data;

  if (name->kind == TRUST_NAME_LAST)
    {
      names->is_refused = (names->others & (1u << (name->value.data[0] & KIND_NUMBER))) != 0;
      return !names->is_refused;
    }
  for (guint i = 0; i < names->constraints->len; i++)
    if (!trust_constraints_permit (names->constraints->pdata[i], name->kind, name->value, names->comparisons))
      {
        names->is_refused = TRUE;
        return FALSE;
      }
  return *names->comparisons <= names->limit;
}

static gboolean
fail (TrustPathFault *fault, int link, const char *says)
{
  *fault = (TrustPathFault) { TRUST_REASON_CONSTRAINT, link, "name-constraints", "RFC 5280 6.1.3 (b), (c)", says };
  return FALSE;
}

static gboolean
check_link (Names *names, const TrustPathLink *link, int index, TrustPathFault *fault)
{
  if (names->constraints->len == 0 && names->others == 0)
    return TRUE;
  if (!trust_certificate_names_foreach (link->certificate, visit, names, NULL))
    return fail (fault, index, "its names can't be read, and a CA above it constrains names");
  if (names->is_refused)
    return fail (fault, index, "it holds a name that a CA above it may not give");
  if (*names->comparisons > names->limit)
    {
      *fault = (TrustPathFault) { TRUST_REASON_BUDGET_EXHAUSTED, -1, "budget", "", "too many names would have to be compared" };
      return FALSE;
    }
  return TRUE;
}

gboolean
trust_name_constraints_check (const TrustPathQuestion *question, const TrustPathLink *links, guint n_links, TrustPathBudget *budget,
                              TrustPathFault *fault)
{
  g_autoptr (GPtrArray) constraints = NULL;
  guint used = 0;
  Names names = { .comparisons = &used, .limit = budget->comparisons };
  gboolean ok = TRUE;

  constraints = names.constraints = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_constraints_unref);
  for (guint i = n_links; ok && i > 0; i--)
    {
      const TrustPathLink *link = &links[i - 1];
      gboolean is_anchor = i == n_links, is_leaf = i == 1;

      /* 6.1.3 (b): a self-issued CA's names are not held against anything. */
      if (!is_anchor && (is_leaf || !trust_certificate_is_self_issued (link->certificate)))
        ok = check_link (&names, link, (int) i - 1, fault);
      if (ok && !is_leaf && trust_extensions_has (link->extensions, TRUST_EXTENSION_NAME_CONSTRAINTS)
          && !take (&names, link->extensions->values[TRUST_EXTENSION_NAME_CONSTRAINTS]))
        ok = fail (fault, (int) i - 1, "its name constraints can't be read");
    }
  budget->comparisons -= MIN (used, budget->comparisons);
  return ok;
}
