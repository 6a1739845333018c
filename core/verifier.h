/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is a chain trusted by a snapshot's set? Thread-safe: it only reads. */
#pragma once

#include "core/path.h"
#include "core/snapshot.h"
#include "core/verdict.h"

/* What is not said is 0 or NULL. All is borrowed. */
typedef struct
{
  GPtrArray *chain;         /* of TrustCertificate, leaf first; the rest in any order */
  const char *purpose;      /* a purpose's name or OID; NULL: whatever the leaf may be for */
  const char *const *names; /* host names, IP addresses or mailboxes, all of which the leaf must be for */
  const char *store;        /* whose anchors count, "system" by default; one that there is not has none */
  gint64 time;              /* seconds since the epoch that every date is held against; 0: now */
  TrustProfile profile;     /* 0: default */
  guint usage;              /* mask of TrustUsage: what the leaf's keyUsage must have */
  gboolean has_max_depth;
  guint max_depth; /* CAs between leaf and anchor */
  TrustPolicyInput policies;
  GPtrArray *crls; /* of TrustCrl; those that the snapshot keeps are asked as well */
  GPtrArray *ocsp; /* of TrustOcsp */
  TrustSpan nonce; /* that each of OCSP must have; empty: any, or none */
  TrustRevocationMode revocation;
  const TrustAnchorSet *known; /* intermediates that a path may go through beside those given; no trust */
  TrustLinkCache *links;       /* where signatures that were found good are remembered */
} TrustVerifyRequest;

/* Returns: (transfer full). Never fails: a refusal is a verdict. */
TrustVerdict *trust_verifier_verify (const TrustSnapshot *snapshot, const TrustVerifyRequest *request);
