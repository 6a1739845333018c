/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A wish to change trust, fully parsed: what an administrator is asked about is what is then done. Immutable once handed over. */
#pragma once

#include "core/anchor.h"
#include "core/caller.h"

typedef enum
{
  TRUST_CHANGE_ADD,
  TRUST_CHANGE_REMOVE,
  TRUST_CHANGE_DISTRUST,
  TRUST_CHANGE_LAST
} TrustChangeKind;

const char *trust_change_kind_get_name (TrustChangeKind kind); /* "add", "remove", "distrust" */

typedef struct
{
  TrustChangeKind kind;
  GPtrArray *certificates;  /* (owned) of TrustCertificate: add; distrust of certificates given as bytes */
  GArray *fingerprints;     /* (owned) of TrustPrefix: remove; distrust of what is known */
  TrustPurposes *purposes;  /* (owned) (nullable) add: NULL means server-auth */
  char *label;              /* (owned) (nullable) */
  char *reason;             /* (owned) (nullable) */
  gboolean allow_expired;   /* add: --allow-expired */
  gboolean allow_non_ca;    /* add: --allow-non-ca (v1 certificates too) */
  gboolean replace;         /* add: --replace, may reduce effective trust */
  gboolean override_distrust; /* add: --override-distrust */
  gboolean cert_only;       /* distrust: the certificate, not its key */
  gboolean set_aside;       /* distrust: move a foreign file to /var/lib/anchord/aside */
} TrustChange;

/* A whole fingerprint (n_digits 64) or its beginning. */
typedef struct
{
  TrustFingerprint fingerprint;
  guint n_digits;
} TrustPrefix;

TrustChange *trust_change_new (TrustChangeKind kind);
void trust_change_free (TrustChange *change);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustChange, trust_change_free)

/* What became of one certificate of a change. */
typedef enum
{
  TRUST_RESULT_ADDED,          /* now trusted by an entry of the administrator's layer */
  TRUST_RESULT_PINNED,         /* was known from below, now in the administrator's layer as well */
  TRUST_RESULT_CHANGED,        /* its settings changed */
  TRUST_RESULT_ALREADY,        /* nothing to do */
  TRUST_RESULT_REMOVED,        /* withdrawn, and no longer trusted */
  TRUST_RESULT_STILL_TRUSTED,  /* withdrawn, but another layer still trusts it */
  TRUST_RESULT_DISTRUSTED,     /* refused from now on */
  TRUST_RESULT_LAST
} TrustResult;

const char *trust_result_get_name (TrustResult result); /* "added", … "still-trusted" */

typedef struct
{
  TrustFingerprint fingerprint;
  TrustResult result;
  char *title;   /* (owned) the certificate's title, not escaped */
  char *detail;  /* (owned) (nullable) for still-trusted: the path or layer that still trusts it */
} TrustOutcomeRow;

typedef struct
{
  guint64 generation;
  GPtrArray *rows;      /* (owned) of TrustOutcomeRow* */
  GPtrArray *notices;   /* (owned) of char*: what did not go everywhere, drift seen, hooks waiting */
} TrustOutcome;

TrustOutcome *trust_outcome_new (void);
/* CERTIFICATE: nullable, for its title. */
void trust_outcome_add (TrustOutcome *outcome, const TrustFingerprint *fingerprint, const TrustCertificate *certificate, TrustResult result,
                        const char *detail);
void trust_outcome_free (TrustOutcome *outcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustOutcome, trust_outcome_free)
