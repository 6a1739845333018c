/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/path.h"

#include "core/path-names.h"
#include "core/path-revocation.h"

#include <string.h>

/* So many bytes of a path's certificates are one comparison of the budget. */
#define WORK_BYTES 64u

static gboolean
fail (TrustPathFault *fault, TrustReason reason, int link, const char *rule, const char *source, const char *says)
{
  *fault = (TrustPathFault) { reason, link, rule, source, says };
  return FALSE;
}

/* RFC 5280 6.1.3 (a) (2). */
static gboolean
check_dates (const TrustPathQuestion *question, const TrustPathLink *link, TrustPathFault *fault)
{
  if (question->time > trust_certificate_get_not_after (link->certificate))
    return fail (fault, TRUST_REASON_EXPIRED, 0, "expired", "RFC 5280 6.1.3 (a) (2)", "it has expired");
  if (question->time < trust_certificate_get_not_before (link->certificate))
    return fail (fault, TRUST_REASON_NOT_YET_VALID, 0, "not-yet-valid", "RFC 5280 6.1.3 (a) (2)", "it is not valid yet");
  return TRUE;
}

/* RFC 5280 6.1.4 (k) and (n). */
static gboolean
check_ca (const TrustPathLink *link, TrustPathFault *fault)
{
  if (!link->extensions->is_ca)
    return fail (fault, TRUST_REASON_CONSTRAINT, 0, "not-ca", "RFC 5280 6.1.4 (k)", "it is not a CA, so what it signed does not count");
  if ((link->extensions->usage & TRUST_USAGE_KEY_CERT_SIGN) == 0)
    return fail (fault, TRUST_REASON_CONSTRAINT, 0, "may-not-sign", "RFC 5280 6.1.4 (n)", "its keyUsage does not let it sign certificates");
  return TRUE;
}

/* RFC 5280 4.2.1.12, and what every browser asks of CAs: where a CA has purposes, what it issues is for these only. */
static gboolean
check_purpose (const TrustPathQuestion *question, const TrustPathLink *link, TrustRole role, TrustPathFault *fault)
{
  if (question->purpose.size == 0 || !trust_extensions_has (link->extensions, TRUST_EXTENSION_EXTENDED_KEY_USAGE)
      || ((role & (TRUST_ROLE_CA | TRUST_ROLE_ANCHOR)) != 0 && question->profile == TRUST_PROFILE_LENIENT))
    return TRUE;
  if (trust_extensions_has_purpose (link->extensions, question->purpose) || trust_extensions_has_any_purpose (link->extensions))
    return TRUE;
  return fail (fault, TRUST_REASON_PURPOSE, 0, "purpose", "RFC 5280 4.2.1.12", "it is not for this purpose");
}

gboolean
trust_path_check_link (const TrustPathQuestion *question, const TrustPathLink *link, TrustRole role, TrustPathFault *fault)
{
  TrustRuleInput input = { link->certificate, link->extensions, &link->signature, role };
  const TrustPathRule *rule = NULL;

  if (!check_dates (question, link, fault))
    return FALSE;
  if (role == TRUST_ROLE_CA && !check_ca (link, fault))
    return FALSE;
  rule = trust_profile_find_broken (question->profile, &input);
  if (rule != NULL)
    return fail (fault, rule->reason, 0, rule->id, rule->source, rule->says);
  return check_purpose (question, link, role, fault);
}

static TrustRole
role_of (guint index, guint n_links)
{
  return n_links == 1 ? TRUST_ROLE_PINNED : index == 0 ? TRUST_ROLE_LEAF : index == n_links - 1 ? TRUST_ROLE_ANCHOR : TRUST_ROLE_CA;
}

static gboolean
check_links (const TrustPathQuestion *question, const TrustPathLink *links, guint n_links, TrustPathFault *fault)
{
  for (guint i = n_links; i > 0; i--)
    if (!trust_path_check_link (question, &links[i - 1], role_of (i - 1, n_links), fault))
      {
        fault->link = (int) i - 1;
        return FALSE;
      }
  return TRUE;
}

/* RFC 5280 6.1.4 (l) and (m): how many CAs that are not self-issued may follow. An anchor's own number counts (RFC 5937 section 3). */
static gboolean
check_lengths (const TrustPathQuestion *question, const TrustPathLink *links, guint n_links, TrustPathFault *fault)
{
  gint left = links[n_links - 1].extensions->path_length, depth = 0;

  for (guint i = n_links - 1; i > 1; i--)
    {
      const TrustPathLink *link = &links[i - 1];

      depth++;
      if (!trust_certificate_is_self_issued (link->certificate))
        {
          if (left == 0)
            return fail (fault, TRUST_REASON_CONSTRAINT, (int) i - 1, "path-length", "RFC 5280 6.1.4 (l)",
                         "there are more CAs in the path than one above it allows");
          left -= left > 0;
        }
      if (link->extensions->path_length != TRUST_NO_NUMBER && (left == TRUST_NO_NUMBER || link->extensions->path_length < left))
        left = link->extensions->path_length;
    }
  if (question->max_depth != TRUST_NO_NUMBER && depth > question->max_depth)
    return fail (fault, TRUST_REASON_CONSTRAINT, -1, "max-depth", "the caller's limit", "there are more CAs in the path than are asked for");
  return TRUE;
}

static gboolean
check_policies (const TrustPathQuestion *question, const TrustPathLink *links, guint n_links, TrustPathBudget *budget, TrustPathFault *fault)
{
  g_autoptr (TrustPolicyTree) tree = n_links > 1 ? trust_policy_tree_new (&question->policies, n_links - 1) : NULL;

  for (guint i = n_links - 1; i > 0; i--)
    {
      const TrustPathLink *link = &links[i - 1];
      guint before = trust_policy_tree_get_work (tree);
      const char *says = trust_policy_tree_step (tree, link->extensions, trust_certificate_is_self_issued (link->certificate));

      budget->comparisons -= MIN (trust_policy_tree_get_work (tree) - before, budget->comparisons);

      if (says != NULL)
        return fail (fault, TRUST_REASON_CONSTRAINT, (int) i - 1, "policies", "RFC 5280 6.1.3 (d)-(f), 6.1.5 (g)", says);
    }
  return TRUE;
}

/* RFC 5280 4.2.1.12: where there are both keyUsage and extKeyUsage, a use must be one that both allow. It also says which bits a purpose needs. */
static gboolean
is_usage_for_purpose (const TrustPathQuestion *question, const TrustPathLink *leaf)
{
  static const guint8 head[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03 };
  static const guint usages[] = {
    [1] = TRUST_USAGE_DIGITAL_SIGNATURE | TRUST_USAGE_KEY_ENCIPHERMENT | TRUST_USAGE_KEY_AGREEMENT,
    [2] = TRUST_USAGE_DIGITAL_SIGNATURE | TRUST_USAGE_KEY_AGREEMENT,
    [3] = TRUST_USAGE_DIGITAL_SIGNATURE,
    [4] = TRUST_USAGE_DIGITAL_SIGNATURE | TRUST_USAGE_NON_REPUDIATION | TRUST_USAGE_KEY_ENCIPHERMENT | TRUST_USAGE_KEY_AGREEMENT,
    [8] = TRUST_USAGE_DIGITAL_SIGNATURE | TRUST_USAGE_NON_REPUDIATION,
    [9] = TRUST_USAGE_DIGITAL_SIGNATURE | TRUST_USAGE_NON_REPUDIATION,
  };
  TrustSpan oid = question->purpose;

  if (question->profile == TRUST_PROFILE_LENIENT || oid.size != sizeof head + 1 || memcmp (oid.data, head, sizeof head) != 0
      || oid.data[sizeof head] >= G_N_ELEMENTS (usages) || usages[oid.data[sizeof head]] == 0
      || !trust_extensions_has (leaf->extensions, TRUST_EXTENSION_KEY_USAGE)
      || !trust_extensions_has (leaf->extensions, TRUST_EXTENSION_EXTENDED_KEY_USAGE))
    return TRUE;
  return (leaf->extensions->usage & usages[oid.data[sizeof head]]) != 0;
}

static gboolean
check_leaf (const TrustPathQuestion *question, const TrustPathLink *leaf, TrustPathFault *fault)
{
  TrustSpan san = leaf->extensions->values[TRUST_EXTENSION_SUBJECT_ALT_NAME];

  if ((leaf->extensions->usage & question->usage) != question->usage)
    return fail (fault, TRUST_REASON_PURPOSE, 0, "usage", "RFC 5280 4.2.1.3", "its keyUsage is not what is asked for");
  if (!is_usage_for_purpose (question, leaf))
    return fail (fault, TRUST_REASON_PURPOSE, 0, "usage-purpose", "RFC 5280 4.2.1.12", "its keyUsage is for nothing that this purpose needs");
  for (guint i = 0; i < question->n_names; i++)
    if (!trust_peer_name_matches (&question->names[i], san, question->profile != TRUST_PROFILE_LENIENT))
      return fail (fault, TRUST_REASON_NAME_MISMATCH, 0, "name", "RFC 9525 6", "it is not for this name");
  return TRUE;
}

/* RFC 5280 6.1.3 (a) (1), from the leaf on: a forged leaf costs one check. */
static gboolean
check_signatures (const TrustPathQuestion *question, const TrustPathLink *links, guint n_links, TrustPathBudget *budget, TrustPathFault *fault)
{
  for (guint i = 0; i + 1 < n_links; i++)
    {
      const TrustPathLink *link = &links[i], *issuer = &links[i + 1];
      const TrustFingerprint *certificate = trust_certificate_get_fingerprint (link->certificate);
      const TrustFingerprint *key = trust_certificate_get_key_fingerprint (issuer->certificate);

      if (question->links != NULL && trust_link_cache_contains (question->links, certificate, key))
        continue;
      if (budget->signatures == 0)
        return fail (fault, TRUST_REASON_BUDGET_EXHAUSTED, -1, "budget", "", "too many signatures would have to be checked");
      budget->signatures--;
      switch (trust_signature_check (trust_certificate_get_key_info_der (issuer->certificate), &link->signature, link->extensions->tbs,
                                     link->extensions->signature))
        {
        case TRUST_SIGNATURE_GOOD:
          break;
        case TRUST_SIGNATURE_BAD:
          return fail (fault, TRUST_REASON_SIGNATURE, (int) i, "signature", "RFC 5280 6.1.3 (a) (1)", "its issuer's key did not sign it");
        case TRUST_SIGNATURE_UNSUPPORTED:
        default:
          return fail (fault, TRUST_REASON_WEAK, (int) i, "signature-unsupported", "RFC 5280 6.1.3 (a) (1)",
                       "it is signed in a way that is not known here");
        }
      if (question->links != NULL)
        trust_link_cache_add (question->links, certificate, key);
    }
  return TRUE;
}

gboolean
trust_path_take_work (const TrustPathLink *links, guint n_links, TrustPathBudget *budget, TrustPathFault *fault)
{
  gsize cost = 0;

  for (guint i = 0; i < n_links; i++)
    cost += trust_certificate_get_der (links[i].certificate).size / WORK_BYTES;
  if (cost > budget->comparisons)
    {
      budget->comparisons = 0;
      return fail (fault, TRUST_REASON_BUDGET_EXHAUSTED, -1, "budget", "", "too much would have to be read");
    }
  budget->comparisons -= (guint) cost;
  return TRUE;
}

gboolean
trust_path_validate (const TrustPathQuestion *question, const TrustPathLink *links, guint n_links, TrustPathBudget *budget, TrustPathFault *fault)
{
  return check_links (question, links, n_links, fault) && check_lengths (question, links, n_links, fault) && check_leaf (question, &links[0], fault)
         && check_policies (question, links, n_links, budget, fault) && trust_name_constraints_check (question, links, n_links, budget, fault)
         && check_signatures (question, links, n_links, budget, fault) && trust_path_check_revocation (question, links, n_links, budget, fault);
}
