/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A wish to change trust, fully parsed: what an administrator is asked about is what is then done. Immutable once handed over. */
#pragma once

#include "core/anchor.h"
#include "core/caller.h"
#include "core/crl.h"
#include "core/when.h"

typedef enum
{
  TRUST_CHANGE_ADD,
  TRUST_CHANGE_REMOVE,
  TRUST_CHANGE_DISTRUST,
  TRUST_CHANGE_SET,
  TRUST_CHANGE_RESTORE,
  TRUST_CHANGE_IMPORT,
  TRUST_CHANGE_STORE_CREATE,
  TRUST_CHANGE_STORE_DELETE,
  TRUST_CHANGE_STORE_ADD,
  TRUST_CHANGE_STORE_REMOVE,
  TRUST_CHANGE_STORE_NARROW,
  TRUST_CHANGE_CRL_ADD,
  TRUST_CHANGE_CRL_REMOVE,
  TRUST_CHANGE_CONSUMER_ENABLE,
  TRUST_CHANGE_CONSUMER_DISABLE,
  TRUST_CHANGE_ROLLBACK,
  TRUST_CHANGE_UNDO,
  TRUST_CHANGE_HANDBACK,
  TRUST_CHANGE_RESUME,
  TRUST_CHANGE_LAST
} TrustChangeKind;

/* "add", "remove", "distrust", "set", "restore", "import", "store-create", … */
const char *trust_change_kind_get_name (TrustChangeKind kind);

/* Which of TrustChange.limits a change names; what it does not name stays as it is. */
typedef enum
{
  TRUST_NAMES_CONSTRAINTS = 1 << 0,
  TRUST_NAMES_DISTRUST_AFTER = 1 << 1,
  TRUST_NAMES_UNTIL = 1 << 2,
  TRUST_NAMES_ACCEPT_LOSS = 1 << 3,
} TrustNamedLimits;

/* A whole fingerprint (n_digits 64) or its beginning. */
typedef struct
{
  TrustFingerprint fingerprint;
  guint n_digits;
} TrustPrefix;

typedef struct
{
  TrustChangeKind kind;
  GPtrArray *certificates;    /* (owned) of TrustCertificate: add; distrust of certificates given as bytes; crl-add: possible signers */
  GArray *fingerprints;       /* (owned) of TrustPrefix: remove; distrust of what is known; crl-remove: the lists' ids */
  GPtrArray *crls;            /* (owned) of TrustCrl: crl-add */
  TrustPurposes *purposes;    /* (owned) (nullable) add: NULL means server-auth */
  char *label;                /* (owned) (nullable) */
  char *reason;               /* (owned) (nullable) */
  gboolean allow_expired;     /* add: --allow-expired */
  gboolean allow_non_ca;      /* add: --allow-non-ca (v1 certificates too) */
  gboolean replace;           /* add: --replace, may reduce effective trust */
  gboolean override_distrust; /* add: --override-distrust */
  gboolean cert_only;         /* distrust: the certificate, not its key */
  gboolean serial;            /* distrust: by issuer and serial as well as the certificate, not its key */
  guint named;                /* add, set: of TrustNamedLimits */
  TrustLimits limits;         /* (owned) add, set: those that are named */
  gboolean has_replaces;      /* add: --replaces */
  TrustPrefix replaces;       /*   the CA that the new one follows */
  gint64 retire;              /*   when that one's trust ends; TRUST_NEVER: by a later command */
  GPtrArray *anchors;         /* (owned) import: of TrustAnchor, as the files say */
  GPtrArray *distrusts;       /* (owned) import: of TrustDistrust */
  gboolean keep_going;        /* add, import: refuse single certificates, not all */
  gboolean purge_owned;       /* import: and remove what anchord wrote and this does not name */
  char *store;                /* (owned) (nullable) store-…: its name */
  gboolean inherit;           /* store-create */
  GPtrArray *notices;         /* (owned) of char*: what was noticed while it was read; for the reply */
  TrustWhen when;             /* rollback: the moment to go back to; undo: the generation that is expected to be the last, or now */
  GPtrArray *lifted;          /* (owned) of char*: rollback, undo: distrusts that may go although they are newer, by fingerprint or file */
  char *consumer;             /* (owned) (nullable) consumer-…: its name */
  gboolean keep_anchors;      /* handback: as files of the distribution's administrator's folder */
  gboolean by_package;        /* handback, resume: by the package's own script */
  char *request;              /* (owned) (nullable) the request that this approves; its file goes in the same transaction */
  gboolean set_aside;         /* distrust: move a foreign file to /var/lib/anchord/aside */
} TrustChange;

TrustChange *trust_change_new (TrustChangeKind kind);
void trust_change_free (TrustChange *change);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustChange, trust_change_free)

/* What became of one certificate of a change. */
typedef enum
{
  TRUST_RESULT_ADDED,         /* now trusted by an entry of the administrator's layer */
  TRUST_RESULT_PINNED,        /* was known from below, now in the administrator's layer as well */
  TRUST_RESULT_CHANGED,       /* its settings changed */
  TRUST_RESULT_ALREADY,       /* nothing to do */
  TRUST_RESULT_REMOVED,       /* withdrawn, and no longer trusted */
  TRUST_RESULT_STILL_TRUSTED, /* withdrawn, but another layer still trusts it */
  TRUST_RESULT_DISTRUSTED,    /* refused from now on */
  TRUST_RESULT_RESTORED,      /* no longer refused; detail: by whom it is trusted now, "" by nobody */
  TRUST_RESULT_STILL_REFUSED, /* restored, but another entry refuses it; detail: which */
  TRUST_RESULT_ENABLED,       /* a consumer: its files are kept up from now on */
  TRUST_RESULT_DISABLED,      /* a consumer: its files are gone */
  TRUST_RESULT_REFUSED,       /* --keep-going: not taken; detail: why */
  TRUST_RESULT_HANDED_BACK,   /* a consumer: its files are the distribution's tool's from now on */
  TRUST_RESULT_TAKEN_UP,      /* a consumer: anchord keeps its files up again */
  TRUST_RESULT_KEPT,          /* handback: left for the distribution's tool to trust; detail: the file */
  TRUST_RESULT_NOT_KEPT,      /* handback: not left; detail: why */
  TRUST_RESULT_LAST
} TrustResult;

const char *trust_result_get_name (TrustResult result); /* "added", … "still-trusted" */

typedef struct
{
  TrustFingerprint fingerprint;
  TrustResult result;
  char *title;  /* (owned) the certificate's title, not escaped */
  char *detail; /* (owned) (nullable) for still-trusted: the path or layer that still trusts it */
} TrustOutcomeRow;

typedef struct
{
  guint64 generation;
  GPtrArray *rows;    /* (owned) of TrustOutcomeRow* */
  GPtrArray *notices; /* (owned) of char*: what did not go everywhere, drift seen, hooks waiting */
} TrustOutcome;

TrustOutcome *trust_outcome_new (void);
/* CERTIFICATE: nullable, for its title. */
void trust_outcome_add (TrustOutcome *outcome, const TrustFingerprint *fingerprint, const TrustCertificate *certificate, TrustResult result,
                        const char *detail);
/* The same for what is no certificate. */
void trust_outcome_add_titled (TrustOutcome *outcome, const TrustFingerprint *id, const char *title, TrustResult result, const char *detail);
void trust_outcome_free (TrustOutcome *outcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustOutcome, trust_outcome_free)
