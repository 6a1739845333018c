/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* An OCSP response (RFC 6960 section 4.2): immutable DER and what was read of it once. Whether it is to be believed is core/path-revocation's
 * question. */
#pragma once

#include "core/certificate.h"
#include "core/signature.h"

typedef enum
{
  TRUST_OCSP_GOOD,
  TRUST_OCSP_REVOKED,
  TRUST_OCSP_UNKNOWN,
} TrustOcspStatus;

/* What it says of one certificate. */
typedef struct
{
  int hash;            /* gnutls_digest_algorithm_t of SHA-1, SHA-256, SHA-384 or SHA-512; 0: another one */
  TrustSpan name_hash; /* of the issuer's Name */
  TrustSpan key_hash;  /* of the issuer's key: the octets of the BIT STRING */
  TrustSpan serial;    /* content octets */
  TrustOcspStatus status;
  gint64 this_update; /* seconds since the epoch */
  gint64 next_update; /* 0: it does not say */
  const char *fault;  /* (nullable) why it must not be used: a static text */
} TrustOcspAnswer;

typedef struct
{
  gatomicrefcount refs;
  GBytes *der;       /* (owned) */
  const char *fault; /* (nullable) why it must not be used: a static text. What follows may be empty then */
  TrustSpan tbs;
  TrustSpan signature;
  TrustSignatureKind kind;
  guint64 responder_id;    /* of its signer's name; 0: it says the key instead */
  TrustSpan responder_key; /* SHA-1 of the octets of its signer's key; empty */
  gint64 produced_at;      /* seconds since the epoch */
  TrustSpan nonce;         /* content octets; empty: none */
  GArray *answers;         /* (owned) of TrustOcspAnswer */
  GPtrArray *certificates; /* (owned) of TrustCertificate: those that came with it and can be read */
} TrustOcsp;

/* DER or PEM ("OCSP RESPONSE"). What is damaged, or says that there is no answer, has a fault: a peer may have sent it. NULL only where it is longer
 * than TRUST_LIMIT_OCSP_BYTES. Returns: (transfer full). */
TrustOcsp *trust_ocsp_new (const void *bytes, gsize size, GError **error);
TrustOcsp *trust_ocsp_ref (TrustOcsp *ocsp);
void trust_ocsp_unref (TrustOcsp *ocsp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustOcsp, trust_ocsp_unref)
/* Is ANSWER about the certificate of that SERIAL whose issuer has the name ISSUER (a Name) and the key KEY_INFO (a SubjectPublicKeyInfo)? */
gboolean trust_ocsp_answer_matches (const TrustOcspAnswer *answer, TrustSpan issuer, TrustSpan key_info, TrustSpan serial);
/* Does OCSP say that who has that name and key signed it? That is not proven by it. */
gboolean trust_ocsp_names_signer (const TrustOcsp *ocsp, guint64 subject_id, TrustSpan key_info);
