/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is a chain trusted by a snapshot's set? Thread-safe: it only reads. */
#pragma once

#include "core/snapshot.h"
#include "core/verdict.h"

typedef struct
{
  GPtrArray *chain;       /* of TrustCertificate, leaf first; the rest in any order */
  TrustPurpose purpose;   /* TRUST_PURPOSE_SERVER_AUTH by default */
  const char *name;       /* (nullable) host name or IP address the leaf must be for */
} TrustVerifyRequest;

/* Returns: (transfer full). Never fails: a refusal is a verdict. */
TrustVerdict *trust_verifier_verify (const TrustSnapshot *snapshot, const TrustVerifyRequest *request);
