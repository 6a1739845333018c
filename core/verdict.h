/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The answer to "is this chain trusted?". "Not trusted" is a result with a reason, never an error. */
#pragma once

#include "core/certificate.h"

/* Stable: names travel over the bus, numbers never change. */
typedef enum
{
  TRUST_REASON_TRUSTED = 0,
  TRUST_REASON_UNKNOWN_ISSUER = 1, /* no path to an anchor */
  TRUST_REASON_DISTRUSTED = 2,
  TRUST_REASON_EXPIRED = 3,
  TRUST_REASON_NOT_YET_VALID = 4,
  TRUST_REASON_NAME_MISMATCH = 5,
  TRUST_REASON_PURPOSE = 6, /* the leaf, a CA or the anchor is not for this purpose */
  TRUST_REASON_SIGNATURE = 7,
  TRUST_REASON_WEAK = 8,                /* insecure algorithm or key */
  TRUST_REASON_CONSTRAINT = 9,          /* basicConstraints, pathLen, name constraints, constraints imposed on the anchor */
  TRUST_REASON_INVALID = 10,            /* anything else the verifier refuses */
  TRUST_REASON_DISTRUSTED_AFTER = 11,   /* the leaf is newer than the anchor is trusted for */
  TRUST_REASON_ENDED = 12,              /* the trust in the anchor had an end, which has passed */
  TRUST_REASON_BUDGET_EXHAUSTED = 13,   /* the work of one call was used up before a path was found */
  TRUST_REASON_REVOKED = 14,            /* its issuer took it back */
  TRUST_REASON_REVOCATION_UNKNOWN = 15, /* nobody says whether it was, and that is asked for */
  TRUST_REASON_LAST
} TrustReason;

const char *trust_reason_get_name (TrustReason reason); /* "trusted", "unknown-issuer", … */

/* A path that was tried in vain. */
typedef struct
{
  GPtrArray *path;     /* (owned) of TrustCertificate, leaf first */
  gboolean has_anchor; /* the last of PATH is the anchor */
  TrustReason reason;
  const char *rule; /* as in TrustVerdict */
  char *message;    /* (owned) one sentence, foreign text escaped */
} TrustAlternative;

typedef struct
{
  gboolean trusted;
  TrustReason reason;
  int failing;             /* index in the given chain of the certificate at fault; -1 none */
  GPtrArray *path;         /* (owned) of TrustCertificate, leaf first, anchor last; may be empty */
  gboolean has_anchor;     /* the last of PATH is the anchor */
  GPtrArray *findings;     /* (owned) of char*: seen, but not decisive */
  GPtrArray *alternatives; /* (owned) of TrustAlternative*: what else was tried */
  const char *rule;        /* the rule that was broken: "path-length"; "" when trusted. A static text */
  const char *source;      /* where it stands: "RFC 5280 6.1.4 (l)"; "" where it is this machine's own ("distrusted", "anchor-purpose", "limits",
                              * "store", "request"). A static text */
  char *message;           /* (owned) one sentence, foreign text escaped */
  char *remedy;            /* (owned) what to do; "" when trusted */
} TrustVerdict;

/* What VERDICT says, as an alternative of another. Returns: (transfer full). */
TrustAlternative *trust_alternative_new (const TrustVerdict *verdict);

TrustVerdict *trust_verdict_new (void);
void trust_verdict_free (TrustVerdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustVerdict, trust_verdict_free)
