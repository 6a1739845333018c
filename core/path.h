/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One finished path, from an anchor to a leaf: RFC 5280 section 6.1. Which path to try is core/path-builder.c's question; whether its anchor is
 * trusted for what is asked, the verifier's. */
#pragma once

#include "core/anchor-set.h"
#include "core/crl.h"
#include "core/ocsp.h"
#include "core/peer-name.h"
#include "core/policy-tree.h"
#include "core/profile.h"

/* One certificate of a path, with what was read of it. */
typedef struct
{
  TrustCertificate *certificate;     /* (borrowed) */
  const TrustExtensions *extensions; /* (borrowed) */
  TrustSignatureKind signature;
  int index; /* in the given chain; -1: it was not given */
} TrustPathLink;

/* What a certificate's issuer took back is asked of. */
typedef enum
{
  TRUST_REVOCATION_SOFT, /* a certificate of which nobody says anything passes */
  TRUST_REVOCATION_HARD, /* it does not */
} TrustRevocationMode;

typedef struct _TrustPathRevocation TrustPathRevocation;
struct _TrustPathRevocation
{
  TrustRevocationMode mode;
  GPtrArray *crls;                  /* (borrowed) (nullable) of TrustCrl */
  GPtrArray *ocsp;                  /* (borrowed) (nullable) of TrustOcsp */
  TrustSpan nonce;                  /* that the responses must have; empty: any, or none */
  const char **notes;               /* (borrowed) (nullable) one for each of OCSP, NULL at first: why it does not count; "" if it does */
  const TrustAnchorSet *set;        /* (borrowed) where a list's signer is looked for */
  GPtrArray *chain;                 /* (borrowed) of TrustCertificate: the same */
  const TrustPathRevocation *above; /* (nullable) the search that this one is for */
  const TrustCertificate *signer;   /*   and whose certificate it looks for a path for */
};

typedef struct _TrustPathFault TrustPathFault;

/* Asked before arithmetic, of each certificate as it is put on a path (ANCHOR NULL), and of each path that reached ANCHOR: may it be? FAULT is
 * filled where not. */
typedef gboolean (*TrustPathAllow) (gpointer user_data, const TrustPathLink *links, guint n_links, TrustAnchor *anchor, TrustPathFault *fault);

/* The work of one call, shared by all of its paths. */
typedef struct
{
  guint signatures;  /* left */
  guint comparisons; /* of names with constraints, and with those of lists, left; what is read and done before the signatures counts too */
} TrustPathBudget;

#define TRUST_PATH_SIGNATURES 32u
#define TRUST_PATH_COMPARISONS (1u << 18)

/* What is asked of every path of one call. */
typedef struct
{
  TrustProfile profile;
  gint64 time;                /* seconds since the epoch */
  TrustSpan purpose;          /* content octets of an EKU OID; empty: none is asked for */
  guint usage;                /* mask of TrustUsage that the leaf's keyUsage must have; 0: none */
  const TrustPeerName *names; /* (borrowed) all of which the leaf must be for */
  guint n_names;
  gint max_depth; /* CAs between leaf and anchor; TRUST_NO_NUMBER */
  TrustPolicyInput policies;
  TrustLinkCache *links;                 /* (nullable) */
  const TrustPathRevocation *revocation; /* (nullable) nothing is asked */
  const TrustAnchorSet *known;           /* (nullable) certificates that a path may go through beside those given; no trust */
  TrustPathAllow allow;                  /* (nullable) */
  gpointer allow_data;
  TrustPathBudget *budget; /* (nullable) a call of its own; else that of which this search is a part */
} TrustPathQuestion;

/* Why a path does not stand. */
struct _TrustPathFault
{
  TrustReason reason;
  int link;           /* which of the path's certificates is at fault; -1: none of them */
  const char *rule;   /* "path-length", or the id of a TrustPathRule: a static string */
  const char *source; /* "RFC 5280 6.1.4 (l)" */
  const char *says;   /* what is wrong, a static text after the certificate's title and a colon */
};

/* What precedes the signatures costs by the size of what is read, on each path anew: it is taken from BUDGET before a path is looked at at all.
 * FALSE: there is not so much left. */
gboolean trust_path_take_work (const TrustPathLink *links, guint n_links, TrustPathBudget *budget, TrustPathFault *fault);
/* LINKS: the leaf first, the anchor last; a leaf that is itself an anchor is a path of one. TRUE if it stands. Everything that needs no arithmetic is
 * checked first, then the signatures. */
gboolean trust_path_validate (const TrustPathQuestion *question, const TrustPathLink *links, guint n_links, TrustPathBudget *budget,
                              TrustPathFault *fault);
/* What can be said of a certificate at its place without the rest of the path: its dates, its profile's rules, whether it may be a CA at all. For
 * the builder, which does not go on behind one that fails. */
gboolean trust_path_check_link (const TrustPathQuestion *question, const TrustPathLink *link, TrustRole role, TrustPathFault *fault);
