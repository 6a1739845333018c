/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is a chain trusted by a snapshot's set? Thread-safe: it only reads. */
#pragma once

#include "core/snapshot.h"
#include "core/verdict.h"

typedef struct
{
  GPtrArray *chain;       /* of TrustCertificate, leaf first; the rest in any order */
  const char *purpose;    /* a purpose's name or OID */
  const char *name;       /* (nullable) host name or IP address the leaf must be for */
  const char *store;      /* (nullable) whose anchors count, "system" by default; one that there is not has none */
  gint64 time;            /* seconds since the epoch that every date is held against; 0: now */
} TrustVerifyRequest;

/* Returns: (transfer full). Never fails: a refusal is a verdict. */
TrustVerdict *trust_verifier_verify (const TrustSnapshot *snapshot, const TrustVerifyRequest *request);
