/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal's file as a chain of records, whatever they say: its last whole one found from the end, all of it verified. */
#pragma once

#include <glib.h>

#define TRUST_JOURNAL_PATH "/var/lib/anchord/journal/journal"
#define TRUST_JOURNAL_MAGIC "anchord1 "
#define TRUST_JOURNAL_HASH_DIGITS 64
/* What stands before the first record's hash. */
#define TRUST_JOURNAL_NO_HASH "0000000000000000000000000000000000000000000000000000000000000000"

typedef struct
{
  guint64 sequence;
  guint64 length; /* of the JSON */
  char hash[TRUST_JOURNAL_HASH_DIGITS + 1];
  gsize size; /* of the header line with its newline */
} TrustJournalHeader;

typedef enum
{
  TRUST_JOURNAL_HEADER_WHOLE,
  TRUST_JOURNAL_HEADER_SHORT, /* the beginning of one */
  TRUST_JOURNAL_HEADER_BAD
} TrustJournalHeaderState;

/* The header line that BYTES begin with. */
TrustJournalHeaderState trust_journal_header_parse (const void *bytes, gsize size, TrustJournalHeader *out);

/* The last whole record; its hash was checked. */
typedef struct
{
  TrustJournalHeader header;
  guint64 start;
  guint64 end; /* 0: there is no record */
  char *json;  /* (owned) (nullable) header.length bytes */
} TrustJournalLast;

void trust_journal_last_clear (TrustJournalLast *last);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TrustJournalLast, trust_journal_last_clear)

/* The SHA-256 of a record as 64 digits, which continues PREVIOUS. */
void trust_journal_chain_hash (const char *previous, guint64 sequence, const char *json, gsize length, char out[TRUST_JOURNAL_HASH_DIGITS + 1]);
/* Finds the last whole record of the first SIZE bytes of FD, reading backwards from the end. OUT->end < SIZE: what follows it
 * was cut short by a crash. Anything else that does not fit is TRUST_ERROR_DAMAGED. The file's first record, if it is not number 1, says itself what
 * it continues. */
gboolean trust_journal_chain_find_last (int fd, guint64 size, TrustJournalLast *out, GError **error);
/* The whole header at OFFSET of the first END bytes of FD. */
gboolean trust_journal_chain_read_header (int fd, guint64 offset, guint64 end, TrustJournalHeader *out, GError **error);
/* TRUST_ERROR_DAMAGED for record SEQUENCE (0: not known) at byte OFFSET. Returns FALSE. */
gboolean trust_journal_set_damaged (GError **error, guint64 sequence, guint64 offset, const char *what);
