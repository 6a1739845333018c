/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Was a certificate of the path taken back by its issuer? What OCSP responses (RFC 6960) and lists (RFC 5280 section 6.3) at hand say. */
#pragma once

#include "core/path.h"

/* What one kind of them says of one certificate. */
typedef struct
{
  gboolean is_revoked;
  gboolean is_known;    /* whether it is revoked was said, in full */
  gboolean is_spent;    /* the call's work was done before all were asked */
  const char *unusable; /* (nullable) why one that may be about it does not count: a static text */
} TrustPathStatus;

/* Is none of the path's certificates revoked? What one says, no other takes back. */
gboolean trust_path_check_revocation (const TrustPathQuestion *question, const TrustPathLink *links, guint n_links, TrustPathBudget *budget,
                                      TrustPathFault *fault);
/* The same of the certificate at INDEX alone, which is not the anchor's, by one kind of answer. */
void trust_path_ask_crls (const TrustPathQuestion *question, const TrustPathLink *links, guint n_links, guint index, TrustPathBudget *budget,
                          TrustPathStatus *out);
void trust_path_ask_ocsp (const TrustPathQuestion *question, const TrustPathLink *links, guint n_links, guint index, TrustPathBudget *budget,
                          TrustPathStatus *out);
