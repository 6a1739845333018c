/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A record's JSON read where it stands: no nodes are made, and what is not asked for is passed over as fast as memory is read. */
#pragma once

#include "core/der.h"

/* Where the reading is; what it has read of is borrowed. */
typedef struct
{
  const char *at;
  const char *end;
} TrustJournalCursor;

/* Takes OPEN, "{" or "[". FALSE where there is something else. */
gboolean trust_journal_cursor_enter (TrustJournalCursor *cursor, char open);
/* Is there another member or element before CLOSE? TRUE stands before it, FALSE behind CLOSE. What is neither leaves the cursor without an end: the
 * next call fails, whatever it is. *FIRST is TRUE before the first call. */
gboolean trust_journal_cursor_next (TrustJournalCursor *cursor, char close, gboolean *first);
/* A member's name and its colon. NAME_OUT as it stands, without quotes. */
gboolean trust_journal_cursor_name (TrustJournalCursor *cursor, TrustSpan *name_out);
/* A string as it stands, without quotes: escapes are not resolved. */
gboolean trust_journal_cursor_string (TrustJournalCursor *cursor, TrustSpan *raw_out);
gboolean trust_journal_cursor_number (TrustJournalCursor *cursor, gint64 *out);
/* Passes over one value. */
gboolean trust_journal_cursor_skip (TrustJournalCursor *cursor);
/* Did every call fit? */
gboolean trust_journal_cursor_is_good (const TrustJournalCursor *cursor);

gboolean trust_journal_span_is (TrustSpan span, const char *text);
/* The text that a string as it stands means; NULL where it is no text. Returns: (transfer full). */
char *trust_journal_unescape (TrustSpan raw);
/* Adds TEXT (nullable) as a string with its quotes; what is not UTF-8 in it as U+FFFD. */
void trust_journal_escape (GString *out, const char *text);

typedef enum
{
  TRUST_JOURNAL_INTENT,
  TRUST_JOURNAL_DONE,
  TRUST_JOURNAL_BEGIN
} TrustJournalType;

/* What a record is, from its first members. */
typedef struct
{
  TrustJournalType type;
  guint64 generation;
  gint64 time; /* microseconds since the epoch */
} TrustJournalPeek;

/* TRUST_ERROR_DAMAGED where it is none of ours. */
gboolean trust_journal_peek (const char *json, gsize length, TrustJournalPeek *out, GError **error);
/* The hash that a "begin" says stands before it: 64 digits. FALSE: it says none. */
gboolean trust_journal_peek_previous (const char *json, gsize length, char out[65]);
