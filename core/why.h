/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a certificate is trusted, or not: who speaks of it, who decides, and what each consumer and store sees therefore. */
#pragma once

#include "core/snapshot.h"

typedef enum
{
  TRUST_STATUS_TRUSTED,
  TRUST_STATUS_DISTRUSTED,
  TRUST_STATUS_NOT_TRUSTED, /* somebody names it, and nothing that counts gives it any purpose */
  TRUST_STATUS_ENDED,       /* who decides trusted it until a date that has passed */
  TRUST_STATUS_UNKNOWN      /* nobody names it */
} TrustStatus;

/* What a source says, or would say if it counted. */
typedef enum
{
  TRUST_SAYS_TRUSTS,
  TRUST_SAYS_REFUSES,
  TRUST_SAYS_MASKED,    /* a link to /dev/null of a higher layer hides it */
  TRUST_SAYS_ENDED,     /* it trusted until a date that has passed */
  TRUST_SAYS_WITHDRAWN, /* a consumer's files, from which somebody took it away by hand */
  TRUST_SAYS_HELD_BACK, /* it trusts; the last good content stands in for what is on disk */
  TRUST_SAYS_NOTHING    /* a file that does not count: insecure, damaged, with a private key */
} TrustSays;

typedef enum
{
  TRUST_SEES_TRUSTED,
  TRUST_SEES_ABSENT,
  TRUST_SEES_DISTRUSTED,
  TRUST_SEES_WITHDRAWN /* it should be there; somebody took it away by hand */
} TrustSees;

const char *trust_status_get_name (TrustStatus status); /* "trusted", "distrusted", "not-trusted", "ended", "unknown" */
const char *trust_says_get_name (TrustSays says);       /* "trusts", "refuses", "masked", "ended", "withdrawn", "held-back", "nothing" */
const char *trust_sees_get_name (TrustSees sees);       /* "trusted", "absent", "distrusted", "withdrawn" */

/* One entry, or file, that speaks of the certificate. Texts are printable, and "" where there is nothing. */
typedef struct
{
  TrustLayer layer;
  char *source; /* (owned) the source's id: "anchors-etc"; a consumer's for a withdrawal */
  char *path;   /* (owned) */
  TrustSays says;
  char *settings;   /* (owned) as trust_settings_describe(); for a refusal what it names: "certificate,key,serial" */
  char *label;      /* (owned) */
  char *reason;     /* (owned) the one that was given for it */
  gint64 added;     /* seconds since the epoch; 0 unknown */
  char *added_by;   /* (owned) "uid 0" */
  gboolean decides; /* it is (one of) what decides */
  char *why;        /* (owned) why it decides, or does not, in words */
} TrustWhySource;

/* A consumer of the system's set. */
typedef struct
{
  char *id; /* (owned) "own", "debian" */
  TrustSees sees;
  char **losses; /* (owned) NULL-terminated: what its flat files cannot say of it; names of core/loss.h */
  char *why;     /* (owned) */
} TrustWhyConsumer;

/* An application's store. */
typedef struct
{
  char *name; /* (owned) "app/postgresql" */
  TrustSees sees;
  char *why; /* (owned) */
} TrustWhyStore;

typedef struct
{
  TrustFingerprint fingerprint;
  TrustCertificate *certificate; /* (owned) (nullable) some entry has it */
  char *title;                   /* (owned) not escaped; "" */
  TrustStatus status;
  char *decided_by;     /* (owned) the path, or the source, of what decides; "" */
  GPtrArray *sources;   /* (owned) of TrustWhySource*, highest layer first */
  GPtrArray *consumers; /* (owned) of TrustWhyConsumer* */
  GPtrArray *stores;    /* (owned) of TrustWhyStore* */
} TrustWhy;

/* SNAPSHOT with its consumers filled (trust_engine_look()). ROOT (nullable): a few of the files that do not count are read there, to see whether they
 * hold the certificate; those that are named for it are told in any case. As costly as a walk over all entries. Returns: (transfer full). */
TrustWhy *trust_why_new (TrustRoot *root, const TrustSnapshot *snapshot, const TrustFingerprint *fingerprint);
void trust_why_free (TrustWhy *why);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustWhy, trust_why_free)
