/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One link of a path: was this certificate signed with that key? GnuTLS's arithmetic, our choice of algorithms, and a memory of links that were
 * found good: a fact that no change of trust alters. */
#pragma once

#include "core/certificate.h"
#include "core/extensions.h"

typedef enum
{
  TRUST_SIGNATURE_GOOD,
  TRUST_SIGNATURE_BAD,         /* made with another key, or of other bytes */
  TRUST_SIGNATURE_UNSUPPORTED, /* its algorithm, parameters or the key's type are not known here, or the check would cost too much */
} TrustSignatureResult;

/* What an AlgorithmIdentifier of a signature says (RFC 3279, 4055, 5758, 8410). */
typedef struct
{
  int algorithm; /* gnutls_sign_algorithm_t; 0: not known */
  gboolean is_sha1;
  gboolean is_older; /* MD5 and what came before */
  const char *name;  /* "ECDSA-SHA256"; "unknown" */
} TrustSignatureKind;

/* ALGORITHM is the whole AlgorithmIdentifier. */
void trust_signature_identify (TrustSpan algorithm, TrustSignatureKind *out);
/* Was DATA signed as KIND says, by the key in KEY_INFO (a SubjectPublicKeyInfo)? Thread-safe, remembers nothing. */
TrustSignatureResult trust_signature_check (TrustSpan key_info, const TrustSignatureKind *kind, TrustSpan data, TrustSpan signature);

/* The links that were seen to be good, the last few thousand of them. Thread-safe. */
typedef struct _TrustLinkCache TrustLinkCache;
TrustLinkCache *trust_link_cache_new (guint max);
void trust_link_cache_free (TrustLinkCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustLinkCache, trust_link_cache_free)
gboolean trust_link_cache_contains (TrustLinkCache *cache, const TrustFingerprint *certificate, const TrustFingerprint *issuer_key);
void trust_link_cache_add (TrustLinkCache *cache, const TrustFingerprint *certificate, const TrustFingerprint *issuer_key);
