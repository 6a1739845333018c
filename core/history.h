/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal as history: what happened, how trust stood at a moment, what differs between two. Reads only; any thread, beside the writer. */
#pragma once

#include "core/change.h"
#include "core/checks/check.h"
#include "core/journal.h"
#include "core/when.h"

typedef struct _TrustHistory TrustHistory;

/* The journal under ROOT as it stands now; an empty one where there is none. A torn end is left out. Returns: (transfer full). */
TrustHistory *trust_history_open (TrustRoot *root, GError **error);
void trust_history_free (TrustHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustHistory, trust_history_free)

/* One change that was made. */
typedef struct
{
  guint64 sequence;           /* of its intent */
  char hash[65];              /* of its intent */
  TrustJournalIntent *intent; /* (owned) its files only where asked for, without their contents: an empty one stands for what was written */
  gboolean is_done;
} TrustHistoryRecord;

void trust_history_record_free (TrustHistoryRecord *record);

/* Which records; what is not set does not narrow. */
typedef struct
{
  gint64 since, until;       /* microseconds since the epoch; 0: not set. SINCE counts, UNTIL does not */
  guint64 from, to;          /* generations, both count; 0: not set */
  const TrustPrefix *anchor; /* (nullable) that change this certificate's trust */
  gint64 uid;                /* of the caller; -1: any */
  const char *operation;     /* (nullable) */
  guint limit;               /* 0: no limit */
  guint rows;                /* the first record after those that weigh so much is the last one; 0: no limit */
  gboolean with_files;       /* names of the files as well: costs a look at all of the record */
} TrustHistoryQuery;

/* The records that QUERY asks for, the newest first. Cost: what it reads, from the end; a limit without other bounds reads little. Returns:
 * (transfer full): of TrustHistoryRecord*. */
GPtrArray *trust_history_log (TrustHistory *history, const TrustHistoryQuery *query, GError **error);

/* What a row of these texts (nullable) costs in a reply: 1, and 1 more for each 512 bytes. Titles are as long as certificates have them. */
guint trust_history_weigh_row (const char *one, const char *two, const char *three);
/* The changes and files of RECORD. */
guint trust_history_weigh (const TrustHistoryRecord *record);

/* What a certificate, a store or a consumer was at a moment. */
typedef struct
{
  char fingerprint[65]; /* "": no certificate; TITLE says what */
  char *title;          /* (owned) */
  char *settings;       /* (owned) as the journal has it: "trusted server-auth", "distrusted" */
  guint64 generation;   /* since when */
  gint64 time;          /* microseconds since the epoch */
} TrustHistoryState;

/* A file of the administrator's tree, /etc/anchord, at a moment. A link has a link's mode (S_IFLNK), and says in CONTENT where it leads. */
typedef struct
{
  char *path;      /* (owned) */
  GBytes *content; /* (owned) */
  guint32 mode;
} TrustHistoryFile;

typedef struct
{
  guint64 generation; /* 0: before the first change */
  gint64 time;        /* when it was made; microseconds since the epoch */
  GPtrArray *states;  /* (owned) of TrustHistoryState*, by fingerprint and title */
  GPtrArray *files;   /* (owned) (nullable) of TrustHistoryFile*, by path; only where asked for */
} TrustMoment;

void trust_moment_free (TrustMoment *moment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustMoment, trust_moment_free)

/* The generation that stood at TIME (microseconds since the epoch); 0: before the first. TRUST_ERROR_NOT_FOUND where that is older than what is
 * kept. */
gboolean trust_history_find (TrustHistory *history, gint64 time, guint64 *generation_out, GError **error);
/* The generation that WHEN means; the newest one that was made where that is "now". That it is there is for others to see. */
gboolean trust_history_resolve (TrustHistory *history, const TrustWhen *when, guint64 *generation_out, GError **error);
/* How trust stood when GENERATION had been made. TRUST_ERROR_NOT_FOUND for one that is not there or no longer kept. Returns: (transfer full). */
TrustMoment *trust_history_at (TrustHistory *history, guint64 generation, gboolean with_files, GError **error);
/* What differs, as the journal would have it. Returns: (transfer full): of TrustJournalChange*. */
GPtrArray *trust_moment_diff (const TrustMoment *from, const TrustMoment *to);
/* The certificate with FINGERPRINT, as far as the journal holds it. NULL: it does not. Returns: (transfer full): its DER. */
GBytes *trust_history_read_certificate (TrustHistory *history, const TrustFingerprint *fingerprint);
/* What the journal knows of each certificate that it names. KNOWN (nullable): what a call before gave, with *SEQUENCE as that left it: only what came
 * since is read, and KNOWN itself is returned where that is nothing; it is never changed. Without, the cost is a walk over all of it. Returns:
 * (transfer full): TrustFingerprint* -> TrustJournalFact*, both owned. */
GHashTable *trust_history_list_facts (TrustHistory *history, GHashTable *known, guint64 *sequence, GError **error);
