/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records one after the other, folded into what is so after them: the state of each certificate, store and consumer, and the administrator's tree. */
#pragma once

#include "core/journal-scan.h"

/* What the journal keeps of whole files: the administrator's tree. */
#define TRUST_JOURNAL_TREE "/etc/anchord/"

typedef struct _TrustJournalFold TrustJournalFold;

/* What a certificate is in the system's store or in one of an application's; a store, a consumer or a key by its title. Words that mean that there
 * is nothing to say ("", "not kept", "no store", "disabled") are no state. */
typedef struct
{
  char fingerprint[65]; /* "": no certificate; TITLE says what */
  char *title;          /* (owned) */
  char *settings;       /* (owned) as the journal has it: "trusted server-auth", "distrusted in app/mail" */
  guint64 generation;   /* since when */
  gint64 time;          /* microseconds since the epoch */
} TrustJournalState;

/* A file of the tree. A link's mode is that of a link (S_IFLNK), and its content what it says. */
typedef struct
{
  char *path; /* (owned) */
  guint32 mode;
  TrustSpan content; /* (borrowed) base64, from what was fed */
} TrustJournalTreeFile;

TrustJournalFold *trust_journal_fold_new (void);
void trust_journal_fold_free (TrustJournalFold *fold);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustJournalFold, trust_journal_fold_free)

/* Takes the next record's JSON, which stays where it is as long as FOLD. A "begin" sets everything; an intent counts once its done follows.
 * TRUST_ERROR_DAMAGED says what does not fit; FOLD is of no use then. */
gboolean trust_journal_fold_feed (TrustJournalFold *fold, const char *json, gsize length, GError **error);
/* Feeds all records of the first SIZE bytes of FD, a file of the journal, which is mapped as long as FOLD lives and must not become shorter.
 * Headers are believed. */
gboolean trust_journal_fold_feed_file (TrustJournalFold *fold, int fd, guint64 size, GError **error);
/* The last generation that is done, and the time of its intent (microseconds since the epoch); 0 before the first. */
guint64 trust_journal_fold_get_generation (const TrustJournalFold *fold);
gint64 trust_journal_fold_get_time (const TrustJournalFold *fold);
/* The generation that was begun and is not done; 0: none. */
guint64 trust_journal_fold_get_pending (const TrustJournalFold *fold);
/* By fingerprint, then title, then settings. Returns: (transfer container): of borrowed TrustJournalState*. */
GPtrArray *trust_journal_fold_list_states (const TrustJournalFold *fold);
/* By path. Returns: (transfer container): of borrowed TrustJournalTreeFile*. */
GPtrArray *trust_journal_fold_list_files (const TrustJournalFold *fold);
/* The state of the certificate with the fingerprint HEX in the system's store. (nullable) (transfer none) */
const TrustJournalState *trust_journal_fold_find_state (const TrustJournalFold *fold, const char *hex);
/* (nullable) (transfer none) */
const TrustJournalTreeFile *trust_journal_fold_find_file (const TrustJournalFold *fold, const char *path);
/* The file's bytes. Returns: (transfer full). */
GBytes *trust_journal_tree_file_decode (const TrustJournalTreeFile *file);
/* The store "app/NAME" that SETTINGS end in (" in app/NAME"); "" for the system's. (transfer none) */
const char *trust_journal_get_place (const char *settings);
