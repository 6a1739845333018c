/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A check of the audit: one file of core/checks and one row of core/checks/table.c. It reads facts that others gathered and tells what is wrong.
 * It opens nothing, knows no time but the facts' own, and is pure: equal facts make equal findings. */
#pragma once

#include "core/loss.h"
#include "core/snapshot.h"

typedef enum
{
  TRUST_SEVERITY_INFO,      /* good to know; nothing is wrong */
  TRUST_SEVERITY_LOW,       /* odd; for the next time somebody is there */
  TRUST_SEVERITY_MEDIUM,    /* should be put right */
  TRUST_SEVERITY_HIGH,      /* trust is other than somebody thinks */
  TRUST_SEVERITY_CRITICAL,  /* what was refused is trusted somewhere, or a key lies open */
  TRUST_SEVERITY_LAST
} TrustSeverity;

const char *trust_severity_get_name (TrustSeverity severity); /* "info", … "critical" */

/* A file or folder that a consumer reads or a source is, as it was found. */
typedef struct
{
  char *path;              /* (owned) */
  char *owner;             /* (owned) whose: "source anchors-etc", "consumer java" */
  char *target;            /* (owned) (nullable) of a link */
  gboolean is_dangling;    /* a link to nothing */
  TrustStat stat;          /* through links; of a dangling one its own */
  guint n_certificates;    /* that stand in it; 0: none, or it was not looked into */
  gboolean has_private_key;
} TrustFoundPath;

/* An output of a consumer that a file describes, and what it cannot say. */
typedef struct
{
  char *consumer;          /* (owned) its name: "java" */
  char *path;              /* (owned) */
  GPtrArray *losses;       /* (owned) of TrustLoss*: what is lost of those it shows, and whom it leaves out */
} TrustFoundOutput;

/* What the journal knows of a certificate. */
typedef struct
{
  guint64 first;           /* the generation that first named it */
  guint64 last;            /* that last changed its trust */
  gint64 last_time;        /* seconds since the epoch: when */
  gboolean was_distrusted; /* at any time */
} TrustJournalFact;

/* What all checks read. Filled by the engine; immutable then. What is NULL was not looked at: a check that needs it tells nothing. */
typedef struct
{
  const TrustSnapshot *snapshot;
  gint64 now;              /* seconds since the epoch */
  gint64 within;           /* seconds: what ends sooner is told */
  guint64 generation;      /* of the journal's end */
  GHashTable *journal;     /* (nullable) TrustFingerprint* -> TrustJournalFact* */
  GPtrArray *paths;        /* (nullable) of TrustFoundPath* */
  GPtrArray *outputs;      /* (nullable) of TrustFoundOutput* */
  GHashTable *mozilla;     /* (nullable) a set of TrustFingerprint*: the roots of the distribution's copy of Mozilla's list */
  GPtrArray *faults;       /* (nullable) of char*: what the look at the journal or the disk came upon; printable */
} TrustFacts;

typedef struct _TrustCheck TrustCheck;

typedef struct
{
  const TrustCheck *check;
  TrustSeverity severity;
  gboolean has_fingerprint;
  TrustFingerprint fingerprint; /* of the certificate it is about */
  char *title;             /* (owned) of that certificate, or ""; not escaped */
  char *where;             /* (owned) a path, "consumer java", "store app/mail", or "" */
  char *text;              /* (owned) what is wrong, one sentence without a full stop; printable */
  char *remedy;            /* (owned) what to do, a command where there is one; printable */
} TrustFinding;

struct _TrustCheck
{
  const char *id;          /* "expiring": stable, lower case, hyphens; anchorctl-audit(1) has a paragraph for each */
  TrustSeverity severity;  /* of its findings, unless one says otherwise */
  const char *summary;     /* one line: what it looks for */
  void (*run) (const TrustCheck *check, const TrustFacts *facts, GPtrArray *out /* of TrustFinding* */);
};

/* By id; NULL-terminated. */
extern const TrustCheck *const trust_checks[];
const TrustCheck *trust_check_find (const char *id); /* (nullable) */

/* For checks: adds a finding about CERTIFICATE (nullable) at WHERE (nullable). TEXT, REMEDY: (transfer full). It may be changed further. Borrowed. */
TrustFinding *trust_check_tell (const TrustCheck *check, GPtrArray *out, const TrustCertificate *certificate, const char *where, char *text,
                                char *remedy);
void trust_finding_free (TrustFinding *finding);
/* All findings, the worst first, then by check, certificate and place. CHECKS: ids (NULL-terminated); NULL for all. Returns: (transfer full): of
 * TrustFinding*. */
GPtrArray *trust_checks_run (const TrustFacts *facts, const char *const *checks);
