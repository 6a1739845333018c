/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates and the trust objects that speak of them by issuer, serial number and hash, as NSS keeps them: certdata.txt and PKCS#11 modules. */
#pragma once

#include "core/importers/importer.h"

/* What a trust object says of one use (CK_TRUST). */
typedef enum
{
  TRUST_NSS_UNSAID,
  TRUST_NSS_ANCHOR,  /* TRUSTED_DELEGATOR, TRUST_ANCHOR */
  TRUST_NSS_PEER,    /* TRUSTED: the certificate itself, but nothing that it issued */
  TRUST_NSS_NEUTRAL, /* MUST_VERIFY_TRUST, VALID_DELEGATOR, TRUST_UNKNOWN: others decide */
  TRUST_NSS_REFUSED  /* NOT_TRUSTED */
} TrustNssLevel;

/* The uses, in the order of TrustNssTrust.levels. */
typedef enum
{
  TRUST_NSS_SERVER_AUTH,
  TRUST_NSS_CLIENT_AUTH,
  TRUST_NSS_EMAIL_PROTECTION,
  TRUST_NSS_CODE_SIGNING,
  TRUST_NSS_TIME_STAMPING,
  TRUST_NSS_IPSEC_END_SYSTEM,
  TRUST_NSS_IPSEC_TUNNEL,
  TRUST_NSS_IPSEC_USER,
  TRUST_NSS_IPSEC_IKE,
  TRUST_NSS_OCSP_SIGNING,
  TRUST_NSS_N_USES
} TrustNssUse;

/* A CKO_CERTIFICATE. */
typedef struct
{
  char *place;         /* (owned) "line 120" */
  char *label;         /* (owned) (nullable) */
  GBytes *value;       /* (owned) the certificate's DER */
  gint64 server_after; /* its *_DISTRUST_AFTER, seconds since the epoch; TRUST_NEVER */
  gint64 email_after;
  gboolean distrusted; /* p11-kit's x-distrusted: refused without a trust object */
} TrustNssCertificate;

/* A CKO_NSS_TRUST or CKO_TRUST. */
typedef struct
{
  char *place;    /* (owned) */
  char *label;    /* (owned) (nullable) */
  GBytes *issuer; /* (owned) a Name */
  GBytes *serial; /* (owned) an INTEGER, whole */
  GBytes *hash;   /* (owned) (nullable) of the certificate: SHA-1 or SHA-256, told apart by length */
  TrustNssLevel levels[TRUST_NSS_N_USES];
} TrustNssTrust;

TrustNssCertificate *trust_nss_certificate_new (const char *place);
void trust_nss_certificate_free (TrustNssCertificate *certificate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustNssCertificate, trust_nss_certificate_free)
TrustNssTrust *trust_nss_trust_new (const char *place);
void trust_nss_trust_free (TrustNssTrust *trust);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustNssTrust, trust_nss_trust_free)

/* The use that a trust attribute's NAME without "CKA_", "NSS_", "PKCS_" and "TRUST_" is about ("SERVER_AUTH"); TRUST_NSS_N_USES if none. */
TrustNssUse trust_nss_use_find (const char *name);
/* A date as DISTRUST_AFTER has it: YYMMDDHHMMSSZ (RFC 5280 section 4.1.2.5.1: 50 to 99 are of the last century) or YYYYMMDDHHMMSSZ; from 1970. */
gboolean trust_nss_read_date (TrustSpan text, gint64 *out);

/* Joins CERTIFICATES (of TrustNssCertificate*) with TRUSTS (of TrustNssTrust*) and adds the entries: an anchor for the uses that are trusted (of a
 * CA: to issue for); a distrust of the certificate where a use is refused and none is trusted; by issuer and serial number where that certificate is
 * not there; anything else untrusted. What the model cannot say is a notice. Linear. */
gboolean trust_nss_join (GPtrArray *certificates, GPtrArray *trusts, const TrustImportOptions *options, TrustImport *import, GError **error);
