/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A certificate revocation list (RFC 5280 section 5): immutable DER and what was read of it once. Whether it is to be believed is
 * core/path-revocation's question. */
#pragma once

#include "core/certificate.h"
#include "core/signature.h"

/* RFC 5280 4.2.1.13: reasons as a mask of 1 << bit of ReasonFlags. */
#define TRUST_REVOCATION_ALL_REASONS 0x1feu
/* RFC 5280 5.3.1. */
#define TRUST_REVOCATION_REMOVED 8

typedef struct
{
  guint64 issuer_id; /* of the certificate's issuer */
  TrustSpan serial;  /* content octets */
  gint64 time;       /* seconds since the epoch */
  guint8 reason;     /* CRLReason */
} TrustCrlEntry;

typedef struct
{
  gatomicrefcount refs;
  GBytes *der; /* (owned) */
  TrustSpan tbs;
  TrustSpan signature;
  TrustSignatureKind kind;
  TrustSpan issuer; /* a Name */
  guint64 issuer_id;
  gint64 this_update;         /* seconds since the epoch */
  gint64 next_update;         /* 0: it does not say */
  TrustSpan authority_key_id; /* empty: not said */
  TrustSpan number;           /* content octets of cRLNumber; empty */
  TrustSpan base_number;      /* of deltaCRLIndicator; empty: a complete CRL */
  gboolean has_point;         /* issuingDistributionPoint names a point */
  TrustSpan point_names;      /* content of its fullName; empty */
  TrustSpan point_relative;   /* whole nameRelativeToCRLIssuer; empty */
  TrustSpan scope;            /* the whole extension's value; empty */
  gboolean only_users;
  gboolean only_cas;
  gboolean only_attributes;
  gboolean is_indirect;
  guint reasons;           /* it knows of */
  const char *fault;       /* (nullable) why it must not be used: a static text */
  GArray *entries;         /* (owned) of TrustCrlEntry, sorted */
  gboolean has_digest;     /* it stays: by its digest it is remembered who signed it */
  TrustFingerprint digest; /* SHA-256 of DER */
} TrustCrl;

/* DER or PEM ("X509 CRL"), at most TRUST_LIMIT_CRL_BYTES. Returns: (transfer full). */
TrustCrl *trust_crl_new (const void *bytes, gsize size, GError **error);
TrustCrl *trust_crl_ref (TrustCrl *crl);
void trust_crl_unref (TrustCrl *crl);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustCrl, trust_crl_unref)
/* (transfer none) (nullable) */
const TrustCrlEntry *trust_crl_find (const TrustCrl *crl, guint64 issuer_id, TrustSpan serial);
/* -1, 0, 1: compares two numbers' content octets; neither is negative. */
int trust_crl_compare_numbers (TrustSpan a, TrustSpan b);
