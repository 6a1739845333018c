/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal: append-only, hash-chained, and the write-ahead log (docs/journal.md has the format).
 *
 * /var/lib/anchord/journal/journal holds records. A record is a line "anchord1 SEQ LENGTH SHA256\n", LENGTH bytes of JSON, "\n".
 * SHA256 = SHA-256 (previous record's SHA256 as 64 digits || "SEQ LENGTH\n" || JSON); the first has 64 zeros before it.
 * Types: "intent" (before anything is written) and "done" (after everything is), both with the generation; "begin" where a file that became long was
 * closed and another begins with all that is so (core/journal-rotate.h). */
#pragma once

#include "core/caller.h"
#include "core/journal-fold.h"
#include "core/root.h"

typedef struct _TrustJournal TrustJournal;

/* One file that an intent will write: full new content, or NULL for its removal. */
typedef struct
{
  char *path;      /* (owned) inside the root; one that ends in a slash is a folder that goes if it is empty */
  GBytes *content; /* (owned) (nullable) */
  guint32 mode;
} TrustJournalFile;

TrustJournalFile *trust_journal_file_new (const char *path, GBytes *content, guint32 mode);
void trust_journal_file_free (TrustJournalFile *file);

/* One certificate whose trust changes. BEFORE and AFTER: "trusted server-auth", "distrusted", "" for not known. */
typedef struct
{
  char fingerprint[65]; /* "": TITLE is a store, and what it is changes */
  char *title;          /* (owned) */
  char *before;         /* (owned) */
  char *after;          /* (owned) */
} TrustJournalChange;

void trust_journal_change_free (TrustJournalChange *change);

/* An intent, to be written or read back. */
typedef struct
{
  guint64 generation;
  gint64 time;             /* microseconds since the epoch */
  char *operation;         /* (owned) "add", "remove", "distrust", "source" */
  guint64 target;          /* "rollback": the generation that it went back to; "undo": the one that it undid; 0: none */
  char *reason;            /* (owned) "" if none */
  TrustCaller *caller;     /* (owned) (nullable) */
  GPtrArray *changes;      /* (owned) of TrustJournalChange* */
  GPtrArray *found;        /* (owned) of TrustJournalFile*: what others changed in the administrator's tree; a link's mode is S_IFLNK */
  GPtrArray *certificates; /* (owned) of GBytes*: the DER of what is named for the first time, and stands in no content here */
  GPtrArray *files;        /* (owned) of TrustJournalFile* */
} TrustJournalIntent;

TrustJournalIntent *trust_journal_intent_new (const char *operation);
void trust_journal_intent_free (TrustJournalIntent *intent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustJournalIntent, trust_journal_intent_free)

/* Opens (WRITABLE: makes) the journal under ROOT and reads its end: O(last two records), not O(journal). A torn last record (a
 * write cut short: it is not all there) is cut off when WRITABLE and reported by trust_journal_get_repair(). A whole record whose
 * hash is wrong is TRUST_ERROR_DAMAGED with its position. Returns: (transfer full). */
TrustJournal *trust_journal_open (TrustRoot *root, gboolean writable, GError **error);
void trust_journal_free (TrustJournal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustJournal, trust_journal_free)

/* The highest generation named by any record; 0 for an empty journal. */
guint64 trust_journal_get_generation (const TrustJournal *journal);
/* The chain's head: 64 digits. */
const char *trust_journal_get_head (const TrustJournal *journal);
/* What was repaired when it was opened, or NULL. */
const char *trust_journal_get_repair (const TrustJournal *journal);
/* The intent that has no done, or NULL. (transfer none) */
const TrustJournalIntent *trust_journal_get_pending (const TrustJournal *journal);
/* All that is so at its end, from the file that is written to. Returns: (transfer full). */
TrustJournalFold *trust_journal_read_fold (TrustJournal *journal, GError **error);
/* Appends and syncs. After a failed append the torn tail is cut off again. */
gboolean trust_journal_append_intent (TrustJournal *journal, const TrustJournalIntent *intent, GError **error);
gboolean trust_journal_append_done (TrustJournal *journal, guint64 generation, GError **error);
/* For tests: closes a file that is longer than FILE bytes, and keeps KEPT bytes of closed ones, in place of the limits of core/limits.h. */
void trust_journal_set_limits (TrustJournal *journal, guint64 file, guint64 kept);
