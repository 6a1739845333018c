/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal's files for those who read: mapped as they are at one moment, oldest first. Any thread, beside the writer. */
#pragma once

#include "core/root.h"

typedef struct _TrustJournalReader TrustJournalReader;

/* A record as it stands. */
typedef struct
{
  guint64 sequence;
  const char *json; /* (borrowed) from the reader */
  gsize length;
  const char *hash; /* (borrowed) 64 digits, not terminated */
} TrustJournalSpan;

/* Maps what is there; none is an empty journal. A torn end is left out; headers that do not fit are TRUST_ERROR_DAMAGED when their file is walked.
 * Hashes are not checked: trust_journal_verify() does. Returns: (transfer full). */
TrustJournalReader *trust_journal_reader_open (TrustRoot *root, GError **error);
void trust_journal_reader_free (TrustJournalReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustJournalReader, trust_journal_reader_free)
/* The files of the journal; the last one is written to. */
guint trust_journal_reader_get_n_files (const TrustJournalReader *reader);
/* The first record of FILE. FALSE where it has none. */
gboolean trust_journal_reader_get_first (TrustJournalReader *reader, guint file, TrustJournalSpan *out, GError **error);
/* The last N of FILE's, or all, in order: from the end, at no cost of those before. NULL where that can't be, because something is damaged: a walk
 * says what. Returns: (transfer full) (nullable): of TrustJournalSpan. */
GArray *trust_journal_reader_get_last (TrustJournalReader *reader, guint file, guint n);
/* All of FILE's, in order: a walk over its headers. Returns: (transfer full): of TrustJournalSpan. */
GArray *trust_journal_reader_get_spans (TrustJournalReader *reader, guint file, GError **error);
