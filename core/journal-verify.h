/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The whole journal held against itself: the chain of hashes over all of its files. Reads only; any thread, beside the writer. */
#pragma once

#include "core/journal-chain.h"
#include "core/root.h"

/* What a walk over the whole journal came to. */
typedef struct
{
  guint64 n_records;
  guint64 first;                            /* the sequence of the first that is kept; 0: there is none */
  guint64 last;                             /* of the last */
  guint64 generation;                       /* that the last record names */
  char head[TRUST_JOURNAL_HASH_DIGITS + 1]; /* the last one's hash */
  guint64 asked;     /* the sequence of the record with the hash that was asked for; 0: no record has it, or none was asked for */
  char *repaired;    /* (owned) (nullable) what was repaired when it was opened, or is left out */
  GPtrArray *faults; /* (owned) of char*: what is wrong, file, record and byte named, and what to do; printable */
} TrustJournalReport;

void trust_journal_report_free (TrustJournalReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustJournalReport, trust_journal_report_free)

/* Walks the chain of all files. HEAD (nullable): a hash, 64 digits, that one of the records must have. What is wrong is a fault in the report; an
 * ERROR says why there is none. Returns: (transfer full). */
TrustJournalReport *trust_journal_verify (TrustRoot *root, const char *head, GError **error);
