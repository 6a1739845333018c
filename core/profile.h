/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a certificate must keep beside RFC 5280 section 6.1: one table of rules, each with its source and the profiles it belongs to. */
#pragma once

#include "core/certificate.h"
#include "core/extensions.h"
#include "core/signature.h"
#include "core/verdict.h"

/* A mask: a rule belongs to several. */
typedef enum
{
  TRUST_PROFILE_DEFAULT = 1 << 0, /* RFC 5280, and what every browser does */
  TRUST_PROFILE_STRICT = 1 << 1,  /* what RFC 5280 asks of those who issue, too */
  TRUST_PROFILE_WEBPKI = 1 << 2,  /* the CA/Browser Forum's Baseline Requirements */
  TRUST_PROFILE_LENIENT = 1 << 3, /* old and private PKI: section 6.1 alone */
} TrustProfile;

/* (nullable) "default", "strict", "webpki", "lenient"; 0 if none has that name. */
const char *trust_profile_get_name (TrustProfile profile);
TrustProfile trust_profile_find (const char *name);

/* Where on the path a certificate stands: a mask. */
typedef enum
{
  TRUST_ROLE_LEAF = 1 << 0,
  TRUST_ROLE_CA = 1 << 1, /* between leaf and anchor */
  TRUST_ROLE_ANCHOR = 1 << 2,
  TRUST_ROLE_PINNED = 1 << 3, /* a leaf that is itself an anchor: it is trusted as it is */
} TrustRole;

typedef struct
{
  const TrustCertificate *certificate;
  const TrustExtensions *extensions;
  const TrustSignatureKind *signature;
  TrustRole role;
} TrustRuleInput;

typedef struct
{
  const char *id;     /* "aki-missing": the man page lists them */
  const char *source; /* "RFC 5280 4.2.1.1" */
  guint profiles;     /* mask of TrustProfile */
  guint roles;        /* mask of TrustRole */
  TrustReason reason;
  gboolean (*holds) (const TrustRuleInput *input);
  const char *says; /* what is wrong, after "…: " */
} TrustPathRule;

extern const TrustPathRule trust_path_rules[];
extern const guint trust_n_path_rules;

/* The first rule of PROFILE that INPUT breaks. (transfer none) (nullable). */
const TrustPathRule *trust_profile_find_broken (TrustProfile profile, const TrustRuleInput *input);
