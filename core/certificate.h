/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A certificate: immutable DER and the facts read from it once. Its identity is the SHA-256 of the DER, never a name. */
#pragma once

#include "core/der.h"

typedef struct _TrustCertificate TrustCertificate;

/* A SHA-256. */
typedef struct
{
  guint8 bytes[32];
} TrustFingerprint;

#define TRUST_FINGERPRINT_HEX 65 /* digits and NUL */

typedef enum
{
  TRUST_KEY_OTHER,
  TRUST_KEY_RSA,
  TRUST_KEY_EC,
  TRUST_KEY_ED25519,
  TRUST_KEY_ED448,
  TRUST_KEY_DSA,
  TRUST_KEY_RSA_PSS,
} TrustKeyType;

/* Parses exactly SIZE bytes of DER, strictly (RFC 5280 section 4.1; no trailing bytes, at most TRUST_LIMIT_CERTIFICATE_BYTES).
 * Returns: (transfer full). */
TrustCertificate *trust_certificate_new (const guint8 *der, gsize size, GError **error);
TrustCertificate *trust_certificate_ref (TrustCertificate *certificate);
void trust_certificate_unref (TrustCertificate *certificate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustCertificate, trust_certificate_unref)
/* The same certificate for a long life: its bytes stand in the arena (core/arena.h), out of private memory. Returns: (transfer full). */
TrustCertificate *trust_certificate_keep (TrustCertificate *certificate);

TrustSpan trust_certificate_get_der (const TrustCertificate *certificate);
const TrustFingerprint *trust_certificate_get_fingerprint (const TrustCertificate *certificate);
/* SHA-256 of the SubjectPublicKeyInfo. */
const TrustFingerprint *trust_certificate_get_key_fingerprint (const TrustCertificate *certificate);

/* Parts of the DER, borrowed. */
TrustSpan trust_certificate_get_subject_der (const TrustCertificate *certificate);
TrustSpan trust_certificate_get_issuer_der (const TrustCertificate *certificate);
TrustSpan trust_certificate_get_key_info_der (const TrustCertificate *certificate); /* SubjectPublicKeyInfo */
TrustSpan trust_certificate_get_serial (const TrustCertificate *certificate);       /* content octets of the INTEGER */
TrustSpan trust_certificate_get_key_der (const TrustCertificate *certificate);      /* the SubjectPublicKeyInfo */

/* Text as RFC 4514 has it, UTF-8, *not* escaped for terminals (see core/text.h). Never NULL. Common name and organisation may
 * be "". */
const char *trust_certificate_get_subject (const TrustCertificate *certificate);
const char *trust_certificate_get_common_name (const TrustCertificate *certificate);
const char *trust_certificate_get_organization (const TrustCertificate *certificate);
/* Built on demand (not kept). Returns: (transfer full). */
char *trust_certificate_dup_issuer (const TrustCertificate *certificate);
/* CN, else OU, else O, else the whole subject. Returns: (transfer full). */
char *trust_certificate_dup_title (const TrustCertificate *certificate);

/* Seconds since the epoch, UTC. */
gint64 trust_certificate_get_not_before (const TrustCertificate *certificate);
gint64 trust_certificate_get_not_after (const TrustCertificate *certificate);
TrustKeyType trust_certificate_get_key_type (const TrustCertificate *certificate);
guint trust_certificate_get_key_bits (const TrustCertificate *certificate);
/* "RSA 4096", "EC P-384", "Ed25519". Returns: (transfer full). */
char *trust_certificate_dup_key_description (const TrustCertificate *certificate);
/* "RSA-SHA256"; a static string. */
const char *trust_certificate_get_signature_algorithm (const TrustCertificate *certificate);
/* Is the signature made with MD2, MD4 or MD5? */
gboolean trust_certificate_has_md5_signature (const TrustCertificate *certificate);
/* 1, 2 or 3. */
guint trust_certificate_get_version (const TrustCertificate *certificate);
/* basicConstraints cA (FALSE if the extension is absent, as for v1). */
gboolean trust_certificate_is_ca (const TrustCertificate *certificate);
/* keyUsage is absent, or present with keyCertSign. */
gboolean trust_certificate_may_sign (const TrustCertificate *certificate);
gboolean trust_certificate_is_self_issued (const TrustCertificate *certificate);
guint32 trust_certificate_get_openssl_hash (const TrustCertificate *certificate);
guint64 trust_certificate_get_subject_id (const TrustCertificate *certificate);
guint64 trust_certificate_get_issuer_id (const TrustCertificate *certificate);

void trust_fingerprint_of (const void *data, gsize size, TrustFingerprint *out);
int trust_fingerprint_compare (const TrustFingerprint *a, const TrustFingerprint *b);
gboolean trust_fingerprint_equal (gconstpointer a, gconstpointer b); /* GEqualFunc over TrustFingerprint* */
guint trust_fingerprint_hash (gconstpointer a);                      /* GHashFunc */
void trust_fingerprint_to_hex (const TrustFingerprint *fingerprint, char out[TRUST_FINGERPRINT_HEX]);
/* Reads a fingerprint, or the beginning of one, in any usual spelling: upper or lower case, ':' or blanks between bytes, a
 * "SHA256:", "sha256:" or "SHA256 Fingerprint=" head. N_DIGITS: how many of the 64 digits were given (8 at least). */
gboolean trust_fingerprint_parse (const char *text, TrustFingerprint *out, guint *n_digits, GError **error);
/* Do the first N_DIGITS digits agree? */
gboolean trust_fingerprint_has_prefix (const TrustFingerprint *fingerprint, const TrustFingerprint *prefix, guint n_digits);
