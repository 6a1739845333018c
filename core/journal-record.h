/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One journal record's content: an intent or a done as one line of JSON, and back. */
#pragma once

#include "core/journal.h"

typedef struct
{
  guint64 generation;
  TrustJournalIntent *intent; /* (owned) (nullable) NULL: a done, or a begin */
} TrustJournalRecord;

/* Returns: (transfer full): the JSON, without a newline anywhere. */
char *trust_journal_record_write_intent (const TrustJournalIntent *intent, gsize *size_out);
char *trust_journal_record_write_done (guint64 generation, gint64 time, gsize *size_out);
/* Reads one back. TRUST_ERROR_DAMAGED says what does not fit. OUT->intent is (transfer full). */
gboolean trust_journal_record_parse (const char *json, gsize size, TrustJournalRecord *out, GError **error);
/* A copy that shares the files' contents. Returns: (transfer full). */
TrustJournalIntent *trust_journal_intent_copy (const TrustJournalIntent *intent);
