/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal's files: the one that is written to is closed when it is long, and the next one begins with all that is so; the oldest go. */
#pragma once

#include "core/journal-chain.h"
#include "core/root.h"

#define TRUST_JOURNAL_FOLDER "/var/lib/anchord/journal"
/* The certificates of files that are kept no longer: "SHA256 LENGTH\n" DER "\n", one after the other. */
#define TRUST_JOURNAL_CERTIFICATES "certificates"

/* One that is written to no more. */
typedef struct
{
  guint64 sequence; /* of its first record */
  guint64 size;     /* bytes */
  char name[32];
} TrustJournalClosed;

/* The name of the file whose first record is SEQUENCE, once it is closed: "journal-" and 20 digits. */
void trust_journal_closed_name (guint64 sequence, char out[32]);
/* Those that there are, oldest first. Returns: (transfer full): of TrustJournalClosed. */
GArray *trust_journal_list_closed (TrustRoot *root, GError **error);
/* A rotation that a crash ended between its two steps left a second name of the file that begins with FIRST: takes it away. */
gboolean trust_journal_undo_close (TrustRoot *root, const TrustJournalHeader *first, GError **error);
/* Takes away what a killed writer left half written. */
void trust_journal_sweep (TrustRoot *root);

/* What begins the next file. */
typedef struct
{
  int fd; /* (owned) of the new file; -1: the old one is still the one that is written to */
  guint64 size;
  gboolean is_synced;                       /* its name is durable */
  char hash[TRUST_JOURNAL_HASH_DIGITS + 1]; /* of its first record */
} TrustJournalFresh;

/* Closes the file FD of SIZE bytes, whose first record is FIRST and whose last is SEQUENCE, done and hashed HEAD. FALSE with OUT->fd -1: nothing
 * changed. FALSE otherwise: the new file stands, but not durably yet. */
gboolean trust_journal_rotate (TrustRoot *root, int fd, guint64 size, guint64 first, guint64 sequence, const char *head, TrustJournalFresh *out,
                               GError **error);
/* Takes the oldest closed files away until the others have MAX bytes at most; first their certificates are kept. */
gboolean trust_journal_keep_within (TrustRoot *root, guint64 max, GError **error);
