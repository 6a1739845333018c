/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* All that path validation asks of a certificate (RFC 5280 section 6.1), read once from its DER. Spans are borrowed from it. */
#pragma once

#include "core/der.h"

/* The extensions that anchord understands (RFC 5280 section 4.2, RFC 7633), in table order. */
typedef enum
{
  TRUST_EXTENSION_AUTHORITY_KEY_ID,
  TRUST_EXTENSION_SUBJECT_KEY_ID,
  TRUST_EXTENSION_KEY_USAGE,
  TRUST_EXTENSION_POLICIES,
  TRUST_EXTENSION_POLICY_MAPPINGS,
  TRUST_EXTENSION_SUBJECT_ALT_NAME,
  TRUST_EXTENSION_ISSUER_ALT_NAME,
  TRUST_EXTENSION_BASIC_CONSTRAINTS,
  TRUST_EXTENSION_NAME_CONSTRAINTS,
  TRUST_EXTENSION_POLICY_CONSTRAINTS,
  TRUST_EXTENSION_EXTENDED_KEY_USAGE,
  TRUST_EXTENSION_CRL_POINTS,
  TRUST_EXTENSION_INHIBIT_ANY_POLICY,
  TRUST_EXTENSION_FRESHEST_CRL,
  TRUST_EXTENSION_AUTHORITY_INFO,
  TRUST_EXTENSION_SUBJECT_INFO,
  TRUST_EXTENSION_LAST
} TrustExtension;

const char *trust_extension_get_name (TrustExtension extension); /* "authorityKeyIdentifier" */

/* RFC 5280 4.2.1.3: the bits of keyUsage, as a mask of 1 << bit. */
typedef enum
{
  TRUST_USAGE_DIGITAL_SIGNATURE = 1 << 0,
  TRUST_USAGE_NON_REPUDIATION = 1 << 1,
  TRUST_USAGE_KEY_ENCIPHERMENT = 1 << 2,
  TRUST_USAGE_DATA_ENCIPHERMENT = 1 << 3,
  TRUST_USAGE_KEY_AGREEMENT = 1 << 4,
  TRUST_USAGE_KEY_CERT_SIGN = 1 << 5,
  TRUST_USAGE_CRL_SIGN = 1 << 6,
  TRUST_USAGE_ENCIPHER_ONLY = 1 << 7,
  TRUST_USAGE_DECIPHER_ONLY = 1 << 8,
} TrustUsage;

#define TRUST_NO_NUMBER (-1)

typedef struct
{
  TrustSpan tbs;             /* whole element: what the signature covers */
  TrustSpan inner_algorithm; /* AlgorithmIdentifiers, whole elements */
  TrustSpan outer_algorithm;
  TrustSpan signature; /* octets of the BIT STRING */
  guint32 present;     /* mask of 1 << TrustExtension */
  guint32 critical;    /* the same */
  gboolean has_unknown_critical;
  TrustSpan unknown_critical;             /* the first: content octets of its OID */
  const char *fault;                      /* (nullable) an extension that is not as its standard has it: which and why, a static text */
  TrustSpan values[TRUST_EXTENSION_LAST]; /* what stands inside the OCTET STRING */
  TrustSpan subject_key_id;               /* content octets; empty if absent */
  TrustSpan authority_key_id;
  TrustSpan authority_issuer; /* content of authorityCertIssuer: GeneralNames */
  TrustSpan authority_serial; /* content octets of authorityCertSerialNumber */
  gboolean is_ca;
  gint path_length;             /* TRUST_NO_NUMBER: no limit */
  guint usage;                  /* mask of TrustUsage; all bits where absent */
  gint require_explicit_policy; /* skip counts; TRUST_NO_NUMBER */
  gint inhibit_policy_mapping;
  gint inhibit_any_policy;
} TrustExtensions;

/* DER must be a whole certificate that trust_certificate_new() took: FALSE where it is not even one. A damaged extension is a `fault`. */
gboolean trust_extensions_read (TrustSpan der, TrustExtensions *out);
static inline gboolean
trust_extensions_has (const TrustExtensions *extensions, TrustExtension extension)
{
  return (extensions->present & (1u << extension)) != 0;
}
static inline gboolean
trust_extensions_is_critical (const TrustExtensions *extensions, TrustExtension extension)
{
  return (extensions->critical & (1u << extension)) != 0;
}
/* Does extendedKeyUsage name the purpose with these OID content octets? FALSE where the extension is absent. */
gboolean trust_extensions_has_purpose (const TrustExtensions *extensions, TrustSpan oid);
/* The same for anyExtendedKeyUsage. */
gboolean trust_extensions_has_any_purpose (const TrustExtensions *extensions);
