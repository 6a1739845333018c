/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the history share: one record as they read it, its members where they stand, the big ones only if somebody asks. Only
 * core/history*.c include this. */
#pragma once

#include "core/history.h"
#include "core/journal-reader.h"
#include "core/journal-scan.h"

struct _TrustHistory
{
  TrustRoot *root;            /* (owned) */
  TrustJournalReader *reader; /* (owned) */
  guint n_files;
  GPtrArray *spans; /* (owned) of GArray of TrustJournalSpan; NULL: not walked yet */
  GArray *bases;    /* (owned) (nullable) of TrustHistoryBase, one a file; NULL: not read yet */
};

/* What stands before a file comes to: its `begin` says so. Nothing at all before the chain's first. */
typedef struct
{
  guint64 generation;
  gint64 time; /* when the file began; microseconds since the epoch */
} TrustHistoryBase;

/* The records of FILE. (transfer none) */
const GArray *trust_history_get_spans (TrustHistory *history, guint file, GError **error);
/* Those of all files: one record of each is read. NULL with ERROR. (transfer none) */
const TrustHistoryBase *trust_history_get_bases (TrustHistory *history, GError **error);

/* A walk over FILE from its newest record to its oldest: of what is not looked at nothing is read. */
typedef struct
{
  TrustHistory *history;
  guint file;
  GArray *spans; /* (owned) the last of FILE's, or all of them */
  guint index;   /* of the record that came last */
  gboolean is_whole;
} TrustHistoryWalk;

gboolean trust_history_walk_begin (TrustHistoryWalk *walk, TrustHistory *history, guint file, GError **error);
/* The next older one. *SPAN_OUT is NULL at the end; FALSE with ERROR. */
gboolean trust_history_walk_next (TrustHistoryWalk *walk, const TrustJournalSpan **span_out, GError **error);
/* Is the record that came last an intent that is not done? There is none after it. */
gboolean trust_history_walk_is_pending (const TrustHistoryWalk *walk);
void trust_history_walk_clear (TrustHistoryWalk *walk);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TrustHistoryWalk, trust_history_walk_clear)

/* How much of a record is looked at: contents stand last in it. */
typedef enum
{
  TRUST_RAW_SMALL, /* all but what holds contents */
  TRUST_RAW_ALL
} TrustRawExtent;

/* The values of an intent's members as they stand: borrowed. A member that is missing has no size. */
typedef struct
{
  TrustSpan operation, reason, target, caller, changes;
  TrustSpan files, found, certificates; /* TRUST_RAW_ALL */
} TrustRawRecord;

/* trust_journal_peek() that names the record. */
gboolean trust_raw_peek (const TrustJournalSpan *span, TrustJournalPeek *out, GError **error);
/* Reads SPAN. TRUST_ERROR_DAMAGED names it. */
gboolean trust_raw_record_read (const TrustJournalSpan *span, TrustRawExtent extent, TrustRawRecord *out, GError **error);

/* An array that is walked over; a missing one is empty. */
typedef struct
{
  TrustJournalCursor cursor;
  gboolean first;
  gboolean bad;
} TrustRawWalk;

/* One item of `changes`, its strings as they stand: borrowed. */
typedef struct
{
  TrustSpan fingerprint; /* 64 digits or none */
  TrustSpan title, before, after;
} TrustRawRow;

/* One item of `files` or `found`. */
typedef struct
{
  char *path;        /* (owned by the caller) */
  TrustSpan content; /* (borrowed) base64; no data: the file is gone */
  guint32 mode;
} TrustRawFile;

void trust_raw_walk_begin (TrustRawWalk *walk, TrustSpan array);
/* The next one. FALSE at the end, or WALK->bad. */
gboolean trust_raw_next_row (TrustRawWalk *walk, TrustRawRow *out);
gboolean trust_raw_next_file (TrustRawWalk *walk, TrustRawFile *out);
/* A string, without its quotes. */
gboolean trust_raw_next_string (TrustRawWalk *walk, TrustSpan *out);
/* The bytes that the base64 TEXT stands for. Returns: (transfer full). */
GBytes *trust_raw_decode (TrustSpan text);
/* The certificates in a file's CONTENT, trusted or refused there. Returns: (transfer full) (nullable): of TrustCertificate. */
GPtrArray *trust_history_list_certificates (GBytes *content);
/* Is CALLER, a record's, of UID? */
gboolean trust_raw_is_of_uid (TrustSpan caller, gint64 uid);
/* TRUST_ERROR_DAMAGED: SPAN is not what it should be. Returns FALSE. */
gboolean trust_raw_set_damaged (GError **error, const TrustJournalSpan *span, const char *what);
/* The intent of GENERATION and TIME that RECORD, read from SPAN, is; of files only the names, of those that RECORD has (an empty content stands for
 * what was written). Returns: (transfer full) (nullable). */
TrustJournalIntent *trust_raw_to_intent (const TrustRawRecord *record, const TrustJournalPeek *peek, const TrustJournalSpan *span, GError **error);
