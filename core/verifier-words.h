/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Verdicts in words: what is wrong, with which certificate, and what to do. */
#pragma once

#include "core/constraint.h"
#include "core/path.h"
#include "core/store.h"
#include "core/verdict.h"

/* A path from the leaf on. Of its links only certificate and index count here. */
typedef struct
{
  const TrustPathLink *links;
  guint n_links;
  gboolean has_anchor; /* the last one is the anchor */
} TrustPath;

/* What is asked of a path, as the verifier's files pass it on. */
typedef struct
{
  const char *purpose;        /* its name; its OID where it has none; "anything" */
  const char *oid;            /* (nullable) anything */
  const char *const *asked;   /* (nullable) the names as they were asked for */
  const TrustPeerName *names; /* the same, read */
  guint n_names;
  const char *store; /* "system" */
  gint64 now;        /* seconds since the epoch */
} TrustQuestion;

/* A certificate's title as it may be shown. Returns: (transfer full). */
char *trust_verdict_show_title (const TrustCertificate *certificate);
/* A name of a certificate as it may be shown; a directory name is "". Returns: (transfer full). */
char *trust_verdict_show_name (TrustNameKind kind, TrustSpan value);
/* "2027-01-01 00:00:00 UTC". Returns: (transfer full). */
char *trust_verdict_show_time (gint64 seconds);
/* A verdict that shows PATH. FAILING: which link is at fault, -1 none. MESSAGE and REMEDY are (transfer full). */
TrustVerdict *trust_verdict_tell (const TrustPath *path, TrustReason reason, int failing, char *message, char *remedy);
TrustVerdict *trust_verdict_tell_trusted (const TrustPath *path, const TrustQuestion *question);
/* PATH goes nowhere: no issuer of its last certificate was given or is an anchor. */
TrustVerdict *trust_verdict_tell_unknown_issuer (const TrustPath *path, const TrustQuestion *question);
/* The last of PATH, or (REFUSED not NULL) the certificate that issued it, is named by DISTRUST. */
TrustVerdict *trust_verdict_tell_distrusted (const TrustPath *path, const TrustDistrust *distrust, const TrustCertificate *refused);
/* PATH ends in ANCHOR, which is not trusted for the purpose. */
TrustVerdict *trust_verdict_tell_other_purpose (const TrustPath *path, const TrustAnchor *anchor, const TrustQuestion *question);
/* Nothing in STORE is trusted for the purpose: it is narrowed to others. */
TrustVerdict *trust_verdict_tell_narrowed (const TrustStore *store, const TrustQuestion *question);
/* PATH broke a rule of core/path.h or core/profile.h, or none was found. */
TrustVerdict *trust_verdict_tell_fault (const TrustPath *path, const TrustPathFault *fault, const TrustQuestion *question);
/* The work that one call may cause was done, and no path stood. */
TrustVerdict *trust_verdict_tell_budget (const TrustPath *path);
