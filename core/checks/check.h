/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A check of the audit: one file of core/checks and one row of core/checks/table.c. It reads facts that others gathered and tells what is wrong.
 * It opens nothing, knows no time but the facts' own, and is pure: equal facts make equal findings. */
#pragma once

#include "core/extensions.h"
#include "core/loss.h"
#include "core/snapshot.h"

typedef enum
{
  TRUST_SEVERITY_INFO,     /* good to know; nothing is wrong */
  TRUST_SEVERITY_LOW,      /* odd; for the next time somebody is there */
  TRUST_SEVERITY_MEDIUM,   /* should be put right */
  TRUST_SEVERITY_HIGH,     /* trust is other than somebody thinks */
  TRUST_SEVERITY_CRITICAL, /* what was refused is trusted somewhere, or a key lies open */
  TRUST_SEVERITY_LAST
} TrustSeverity;

const char *trust_severity_get_name (TrustSeverity severity); /* "info", … "critical" */

/* A file or folder that a consumer reads or a source is, as it was found. */
typedef struct
{
  char *path;           /* (owned) */
  char *owner;          /* (owned) whose: "source anchors-etc", "consumer java" */
  char *target;         /* (owned) (nullable) of a link */
  gboolean is_dangling; /* a link to nothing */
  TrustStat stat;       /* through links; of a dangling one its own */
  guint n_certificates; /* that stand in it; 0: none, or it was not looked into */
  gboolean has_private_key;
} TrustFoundPath;

/* An output of a consumer that a file describes, and what it cannot say. */
typedef struct
{
  char *consumer;            /* (owned) its name: "java" */
  char *path;                /* (owned) */
  const TrustAnchorSet *set; /* (borrowed) of the snapshot: what its store trusts */
  GPtrArray *losses;         /* (owned) of TrustLoss*: what is lost of those it shows, and whom it leaves out */
} TrustFoundOutput;

/* What the journal knows of a certificate. */
typedef struct
{
  guint64 first;           /* the generation that first named it */
  guint64 last;            /* that last changed its trust */
  gint64 last_time;        /* seconds since the epoch: when */
  gboolean was_distrusted; /* at any time */
  guint64 from_others;     /* the generation in which a source made it trusted that is not in the administrator's tree; 0: none did */
} TrustJournalFact;

/* What all checks read. Filled by the engine; immutable then. What is NULL was not looked at: a check that needs it tells nothing. */
typedef struct
{
  const TrustSnapshot *snapshot;
  gint64 now;          /* seconds since the epoch */
  gint64 within;       /* seconds: what ends sooner is told */
  guint64 generation;  /* of the journal's end */
  GHashTable *journal; /* (nullable) TrustFingerprint* -> TrustJournalFact* */
  GPtrArray *paths;    /* (nullable) of TrustFoundPath* */
  GPtrArray *outputs;  /* (nullable) of TrustFoundOutput* */
  GHashTable *mozilla; /* (nullable) a set of TrustFingerprint*: the roots of the distribution's copy of Mozilla's list */
  GPtrArray *faults;   /* (nullable) of char*: what the look at the journal or the disk came upon; printable */
} TrustFacts;

/* The source of what is audited without a machine. */
#define TRUST_CHECK_FILES "files"

typedef struct _TrustCheck TrustCheck;

typedef struct
{
  const TrustCheck *check;
  TrustSeverity severity;
  gboolean has_fingerprint;
  TrustFingerprint fingerprint; /* of the certificate it is about */
  char *title;                  /* (owned) of that certificate, or ""; not escaped */
  char *where;                  /* (owned) a path, "consumer java", "store app/mail", or "" */
  char *text;                   /* (owned) what is wrong, one sentence without a full stop; printable */
  char *remedy;                 /* (owned) what to do, a command where there is one; printable */
} TrustFinding;

/* An anchor that counts somewhere: one of the system's set, or one of a store's own. */
typedef struct
{
  const TrustAnchor *anchor;
  const TrustCertificate *certificate;
  const TrustExtensions *extensions; /* (nullable) only where `look` has it: read once for all checks */
  const TrustStore *store;           /* (nullable) whose own it is; NULL: the system's set has it */
  gboolean is_elsewhere;             /* of the administrator's own folder: another source trusts it as well */
} TrustSuspect;

struct _TrustCheck
{
  const char *id;         /* "expiring": stable, lower case, hyphens; anchorctl-audit(1) has a paragraph for each */
  TrustSeverity severity; /* of its findings, unless one says otherwise */
  const char *summary;    /* one line: what it looks for */
  /* One of both: over all facts at once; or for each anchor of the system's set and each of a store's own. */
  void (*run) (const TrustCheck *check, const TrustFacts *facts, GPtrArray *out /* of TrustFinding* */);
  void (*look) (const TrustCheck *check, const TrustFacts *facts, const TrustSuspect *suspect, GPtrArray *out);
  gboolean once; /* `look`: it is about the certificate; what the system trusts as well is not told again for a store */
};

/* By id; NULL-terminated. */
extern const TrustCheck *const trust_checks[];
const TrustCheck *trust_check_find (const char *id); /* (nullable) */

/* For checks: adds a finding about CERTIFICATE (nullable) at WHERE (nullable). TEXT, REMEDY: (transfer full). It may be changed further. Borrowed. */
TrustFinding *trust_check_tell (const TrustCheck *check, GPtrArray *out, const TrustCertificate *certificate, const char *where, char *text,
                                char *remedy);
/* The same about SUSPECT. */
TrustFinding *trust_check_tell_of (const TrustCheck *check, GPtrArray *out, const TrustSuspect *suspect, char *text, char *remedy);
/* "2026-01-31". Returns: (transfer full). */
char *trust_check_dup_date (gint64 seconds);
/* "WORDS: COMMAND": the command that takes SUSPECT's trust away where it stands; KEEP_KEY: another certificate with its key stays trusted. Returns:
 * (transfer full). */
char *trust_check_dup_removal (const TrustSuspect *suspect, const char *words, gboolean keep_key);
/* Is it the distribution that trusts it? What is asked of files alone stands in that layer as well. */
gboolean trust_suspect_is_distributed (const TrustSuspect *suspect);
/* Does it stand in a file that the audit is about, and is trusted by no machine? */
gboolean trust_suspect_is_in_file (const TrustSuspect *suspect);
/* Is it trusted for PURPOSE (a name or OID)? */
gboolean trust_suspect_is_for (const TrustSuspect *suspect, const char *purpose);
/* "\"Title\" (0123456789abcdef)", printable. Returns: (transfer full). */
char *trust_check_dup_name (const TrustCertificate *certificate);

/* All of them: those of the system's set by fingerprint, then those of each store by the same. Returns: (transfer full): of TrustSuspect. */
GArray *trust_suspects_new (const TrustFacts *facts);
/* For checks that hold anchors against each other: hands GROUP those of one place, the system's set or a store's, that COMPARE (of TrustSuspect) says
 * are equal, where they are two at least: of a store first its own (`store` is set), one at least, then what it has from the system, both by
 * fingerprint. A group may be as large as the set: it is to be walked in linear time. */
typedef void (*TrustCheckGroup) (const TrustCheck *check, const TrustFacts *facts, const GPtrArray *suspects, GPtrArray *out);
void trust_check_group (const TrustCheck *check, const TrustFacts *facts, GCompareFunc compare, TrustCheckGroup group, GPtrArray *out);
/* Is SUSPECT one of those that the findings of its group SUSPECTS are about: not what a store has from the system? */
gboolean trust_suspect_is_of_place (const TrustSuspect *suspect, const GPtrArray *suspects);
/* "\"Title\" (0123456789abcdef), … and 7 more": the certificates of SUSPECTS but that of SUSPECT, the first few by name, printable.
 * Returns: (transfer full). */
char *trust_check_dup_others (const GPtrArray *suspects, const TrustSuspect *suspect);
void trust_finding_free (TrustFinding *finding);
/* All findings, the worst first, then by check, certificate and place. CHECKS: ids (NULL-terminated); NULL for all. Returns: (transfer full): of
 * TrustFinding*. */
GPtrArray *trust_checks_run (const TrustFacts *facts, const char *const *checks);
