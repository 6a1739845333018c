/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/path-revocation.h"

#define SOURCE_CRL "RFC 5280 6.3.3"
#define SOURCE_OCSP "RFC 6960 3.2"

static gboolean
fail (TrustPathFault *fault, TrustReason reason, guint link, const char *rule, const char *source, const char *says)
{
  *fault = (TrustPathFault) { reason, (int) link, rule, source, says };
  return FALSE;
}

static gboolean
has_answers (const TrustPathRevocation *revocation)
{
  return (revocation->crls != NULL && revocation->crls->len > 0) || (revocation->ocsp != NULL && revocation->ocsp->len > 0);
}

/* Neither kind of answer says that the certificate at INDEX was taken back. */
static gboolean
check_unknown (const TrustPathQuestion *question, guint index, const TrustPathStatus *ocsp, const TrustPathStatus *crls, TrustPathFault *fault)
{
  /* Who filled the call with noise must not hide a list thereby. */
  if (ocsp->is_spent || crls->is_spent)
    {
      *fault = (TrustPathFault) { TRUST_REASON_BUDGET_EXHAUSTED, -1, "budget", "", "too many answers about revocation would have to be checked" };
      return FALSE;
    }
  if (ocsp->is_known || crls->is_known)
    return TRUE;
  if (crls->unusable != NULL)
    return fail (fault, TRUST_REASON_REVOCATION_UNKNOWN, index, "crl", SOURCE_CRL, crls->unusable);
  if (question->revocation->mode == TRUST_REVOCATION_SOFT)
    return TRUE;
  if (ocsp->unusable != NULL)
    return fail (fault, TRUST_REASON_REVOCATION_UNKNOWN, index, "ocsp", SOURCE_OCSP, ocsp->unusable);
  return fail (fault, TRUST_REASON_REVOCATION_UNKNOWN, index, "revocation-unknown", SOURCE_CRL,
               "no list and no OCSP response at hand says whether it was taken back");
}

gboolean
trust_path_check_revocation (const TrustPathQuestion *question, const TrustPathLink *links, guint n_links, TrustPathBudget *budget,
                             TrustPathFault *fault)
{
  const TrustPathRevocation *revocation = question->revocation;

  if (revocation == NULL || (revocation->mode == TRUST_REVOCATION_SOFT && !has_answers (revocation)))
    return TRUE;
  for (guint i = n_links - 1; i > 0; i--)
    {
      TrustPathStatus ocsp, crls;

      trust_path_ask_ocsp (question, links, n_links, i - 1, budget, &ocsp);
      if (ocsp.is_revoked)
        return fail (fault, TRUST_REASON_REVOKED, i - 1, "revoked", SOURCE_OCSP, "its issuer has taken it back");
      trust_path_ask_crls (question, links, n_links, i - 1, budget, &crls);
      if (crls.is_revoked)
        return fail (fault, TRUST_REASON_REVOKED, i - 1, "revoked", SOURCE_CRL, "its issuer has taken it back");
      if (!check_unknown (question, i - 1, &ocsp, &crls, fault))
        return FALSE;
    }
  return TRUE;
}
