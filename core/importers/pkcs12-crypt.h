/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pass phrase's part of PKCS #12 (RFC 7292): its MAC, its old ciphers (appendices B, C), and PBES2 (RFC 8018 section 6.2). What it will cost is
 * read before anything is derived. */
#pragma once

#include "core/importers/importer.h"
#include "core/limits.h"

#include <gnutls/gnutls.h>

/* A fuzzer shall not spend its time here. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define TRUST_PKCS12_ITERATIONS 2000u
#else
#define TRUST_PKCS12_ITERATIONS TRUST_LIMIT_KDF_ITERATIONS
#endif

typedef struct
{
  gboolean is_pbes2;
  gnutls_mac_algorithm_t hash;
  guint iterations;
  TrustSpan salt;
  gnutls_cipher_algorithm_t cipher;
  guint key_size;
  TrustSpan iv; /* of PBES2; the old ones derive it */
} TrustPkcs12Cipher;

typedef struct
{
  gnutls_mac_algorithm_t hash;
  guint iterations;
  TrustSpan salt;
  TrustSpan digest;
} TrustPkcs12Mac;

/* An AlgorithmIdentifier's value. An algorithm that can't be read is TRUST_ERROR_INVALID_INPUT that names it and what to do. All spans of OUT point
 * into IN. */
gboolean trust_pkcs12_cipher_read (TrustSpan in, TrustPkcs12Cipher *out, GError **error);
/* A MacData's value. */
gboolean trust_pkcs12_mac_read (TrustSpan in, TrustPkcs12Mac *out, GError **error);

/* PASSPHRASE nullable: none at all, which the old derivation tells from an empty one. */
gboolean trust_pkcs12_mac_check (const TrustPkcs12Mac *mac, const char *passphrase, TrustSpan content);
/* NULL if the padding is wrong: damaged, or another pass phrase. Returns: (transfer full) (nullable): wipe it (trust_secret_bytes_free()). */
GByteArray *trust_pkcs12_decrypt (const TrustPkcs12Cipher *cipher, const char *passphrase, TrustSpan content);
