/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/history-record.h"

#include "core/error.h"

#include <string.h>

gboolean
trust_raw_set_damaged (GError **error, const TrustJournalSpan *span, const char *what)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED,
               "the journal is damaged: record %" G_GUINT64_FORMAT ": %s; restore it from a backup (trust itself stands in the anchor folders)",
               span->sequence, what);
  return FALSE;
}

/* Takes WORD, which JSON begins with, off it. */
static gboolean
take_word (const char **json, const char *end, const char *word)
{
  gsize size = strlen (word);

  if ((gsize) (end - *json) < size || memcmp (*json, word, size) != 0)
    return FALSE;
  *json += size;
  return TRUE;
}

/* A number and the comma after it. */
static gboolean
take_digits (const char **json, const char *end, guint64 *out)
{
  const char *start = *json;

  for (*out = 0; *json < end && g_ascii_isdigit (**json) && *json - start < 18; (*json)++)
    *out = *out * 10 + (guint64) (**json - '0');
  return *json > start && *json < end && *(*json)++ == ',';
}

/* An intent as the journal begins one: there may be a hundred thousand. What begins otherwise is read like any JSON. */
static gboolean
peek_fast (const TrustJournalSpan *span, TrustJournalPeek *out)
{
  const char *json = span->json, *end = json + span->length;
  guint64 time = 0;

  if (!take_word (&json, end, "{\"type\":\"intent\",\"generation\":") || !take_digits (&json, end, &out->generation)
      || !take_word (&json, end, "\"time\":") || !take_digits (&json, end, &time) || out->generation == 0)
    return FALSE;
  out->type = TRUST_JOURNAL_INTENT;
  out->time = (gint64) time;
  return TRUE;
}

gboolean
trust_raw_peek (const TrustJournalSpan *span, TrustJournalPeek *out, GError **error)
{
  g_autoptr (GError) reason = NULL;

  return peek_fast (span, out) || trust_journal_peek (span->json, span->length, out, &reason) || trust_raw_set_damaged (error, span, reason->message);
}

/* A reading of VALUE, which may be none. */
static TrustJournalCursor
read_value (TrustSpan value)
{
  const char *start = value.data != NULL ? (const char *) value.data : "";

  return (TrustJournalCursor) { start, start + value.size };
}

/* The next value as it stands. */
static gboolean
take_value (TrustJournalCursor *cursor, TrustSpan *out)
{
  const char *start = cursor->at;

  if (!trust_journal_cursor_skip (cursor))
    return FALSE;
  *out = (TrustSpan) { (const guint8 *) start, (gsize) (cursor->at - start) };
  return TRUE;
}

/* A member that an intent may have. */
typedef struct
{
  const char *name;
  gsize offset; /* of its TrustSpan */
  TrustRawExtent extent;
} Member;

static const Member members[] = {
  { "operation", G_STRUCT_OFFSET (TrustRawRecord, operation), TRUST_RAW_SMALL },
  { "reason", G_STRUCT_OFFSET (TrustRawRecord, reason), TRUST_RAW_SMALL },
  { "target", G_STRUCT_OFFSET (TrustRawRecord, target), TRUST_RAW_SMALL },
  { "caller", G_STRUCT_OFFSET (TrustRawRecord, caller), TRUST_RAW_SMALL },
  { "changes", G_STRUCT_OFFSET (TrustRawRecord, changes), TRUST_RAW_SMALL },
  { "found", G_STRUCT_OFFSET (TrustRawRecord, found), TRUST_RAW_ALL },
  { "certificates", G_STRUCT_OFFSET (TrustRawRecord, certificates), TRUST_RAW_ALL },
  { "files", G_STRUCT_OFFSET (TrustRawRecord, files), TRUST_RAW_ALL },
};

static const Member *
find_member (TrustSpan name)
{
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (trust_journal_span_is (name, members[i].name))
      return &members[i];
  return NULL;
}

gboolean
trust_raw_record_read (const TrustJournalSpan *span, TrustRawExtent extent, TrustRawRecord *out, GError **error)
{
  TrustJournalCursor cursor = { span->json, span->json + span->length };
  gboolean first = TRUE;
  TrustSpan name, ignored;

  memset (out, 0, sizeof *out);
  if (!trust_journal_cursor_enter (&cursor, '{'))
    return trust_raw_set_damaged (error, span, "its content is not JSON of a known shape");
  while (trust_journal_cursor_next (&cursor, '}', &first) && trust_journal_cursor_name (&cursor, &name))
    {
      const Member *member = find_member (name);

      /* What holds contents stands last: whoever does not want it need not pass over it. */
      if (member != NULL && member->extent > extent)
        return TRUE;
      take_value (&cursor, member != NULL ? &G_STRUCT_MEMBER (TrustSpan, out, member->offset) : &ignored);
    }
  return trust_journal_cursor_is_good (&cursor) || trust_raw_set_damaged (error, span, "its content is not JSON of a known shape");
}

void
trust_raw_walk_begin (TrustRawWalk *walk, TrustSpan array)
{
  walk->cursor = read_value (array);
  walk->first = TRUE;
  walk->bad = array.size > 0 && !trust_journal_cursor_enter (&walk->cursor, '[');
}

static gboolean
walk_next (TrustRawWalk *walk)
{
  /* An array that is missing, or one that ended. */
  if (walk->bad || walk->cursor.at == walk->cursor.end)
    return FALSE;
  if (trust_journal_cursor_next (&walk->cursor, ']', &walk->first))
    return TRUE;
  walk->bad = !trust_journal_cursor_is_good (&walk->cursor);
  return FALSE;
}

static gboolean
walk_end (TrustRawWalk *walk, gboolean fits)
{
  walk->bad = !fits || !trust_journal_cursor_is_good (&walk->cursor);
  return !walk->bad;
}

/* 64 digits, or none. */
static gboolean
is_fingerprint (TrustSpan text)
{
  for (gsize i = 0; i < text.size; i++)
    if (!g_ascii_isdigit (text.data[i]) && (text.data[i] < 'a' || text.data[i] > 'f'))
      return FALSE;
  return text.data != NULL && (text.size == 0 || text.size == 64);
}

gboolean
trust_raw_next_row (TrustRawWalk *walk, TrustRawRow *out)
{
  TrustJournalCursor *cursor = &walk->cursor;
  gboolean first = TRUE;
  TrustSpan name;

  memset (out, 0, sizeof *out);
  if (!walk_next (walk))
    return FALSE;
  trust_journal_cursor_enter (cursor, '{');
  while (trust_journal_cursor_next (cursor, '}', &first) && trust_journal_cursor_name (cursor, &name))
    if (trust_journal_span_is (name, "sha256"))
      trust_journal_cursor_string (cursor, &out->fingerprint);
    else if (trust_journal_span_is (name, "title"))
      trust_journal_cursor_string (cursor, &out->title);
    else if (trust_journal_span_is (name, "before"))
      trust_journal_cursor_string (cursor, &out->before);
    else if (trust_journal_span_is (name, "after"))
      trust_journal_cursor_string (cursor, &out->after);
    else
      trust_journal_cursor_skip (cursor);
  return walk_end (walk, is_fingerprint (out->fingerprint));
}

gboolean
trust_raw_next_string (TrustRawWalk *walk, TrustSpan *out)
{
  return walk_next (walk) && walk_end (walk, trust_journal_cursor_string (&walk->cursor, out));
}

GBytes *
trust_raw_decode (TrustSpan text)
{
  g_autofree guchar *bytes = g_malloc (text.size / 4 * 3 + 3);
  int state = 0;
  guint save = 0;
  gsize size = g_base64_decode_step ((const char *) text.data, text.size, bytes, &state, &save);

  return g_bytes_new_take (g_steal_pointer (&bytes), size);
}

/* A path that is not UTF-8 goes as base64. */
static void
take_path (TrustJournalCursor *cursor, gboolean is_encoded, char **out)
{
  TrustSpan text;

  if (!trust_journal_cursor_string (cursor, &text))
    return;
  g_free (*out);
  *out = NULL;
  if (is_encoded)
    {
      g_autoptr (GBytes) bytes = trust_raw_decode (text);

      *out = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }
  else
    *out = trust_journal_unescape (text);
}

gboolean
trust_raw_next_file (TrustRawWalk *walk, TrustRawFile *out)
{
  TrustJournalCursor *cursor = &walk->cursor;
  gboolean first = TRUE;
  TrustSpan name;
  gint64 mode = 0;

  *out = (TrustRawFile) { .path = NULL };
  if (!walk_next (walk))
    return FALSE;
  trust_journal_cursor_enter (cursor, '{');
  while (trust_journal_cursor_next (cursor, '}', &first) && trust_journal_cursor_name (cursor, &name))
    if (trust_journal_span_is (name, "path") || trust_journal_span_is (name, "path-base64"))
      take_path (cursor, trust_journal_span_is (name, "path-base64"), &out->path);
    else if (trust_journal_span_is (name, "mode"))
      trust_journal_cursor_number (cursor, &mode);
    else if (trust_journal_span_is (name, "content"))
      trust_journal_cursor_string (cursor, &out->content);
    else
      trust_journal_cursor_skip (cursor);
  out->mode = (guint32) mode;
  if (walk_end (walk, out->path != NULL && out->path[0] == '/'))
    return TRUE;
  g_clear_pointer (&out->path, g_free);
  return FALSE;
}

/* "" where there is none, or it is no text. Returns: (transfer full). */
static char *
dup_text (TrustSpan raw)
{
  char *text = trust_journal_unescape (raw);

  return text != NULL ? text : g_strdup ("");
}

/* The same of a value with its quotes. */
static char *
dup_string (TrustSpan value)
{
  TrustJournalCursor cursor = read_value (value);
  TrustSpan raw = { NULL, 0 };

  return value.size > 0 && trust_journal_cursor_string (&cursor, &raw) ? dup_text (raw) : g_strdup ("");
}

static void
take_text (TrustJournalCursor *cursor, char **out)
{
  TrustSpan raw;

  if (!trust_journal_cursor_string (cursor, &raw))
    return;
  g_free (*out);
  *out = dup_text (raw);
}

static void
read_caller_member (TrustJournalCursor *cursor, TrustSpan name, TrustCaller *out)
{
  const struct
  {
    const char *name;
    char **text;
  } texts[] = { { "how", &out->how }, { "unit", &out->unit }, { "command", &out->command }, { "executable", &out->executable } };
  const struct
  {
    const char *name;
    gint64 *number;
  } numbers[] = { { "uid", &out->uid }, { "pid", &out->pid }, { "login-uid", &out->login_uid }, { "session", &out->session } };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (trust_journal_span_is (name, texts[i].name))
      {
        take_text (cursor, texts[i].text);
        return;
      }
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (trust_journal_span_is (name, numbers[i].name))
      {
        trust_journal_cursor_number (cursor, numbers[i].number);
        return;
      }
  trust_journal_cursor_skip (cursor);
}

/* (transfer full) (nullable) */
static TrustCaller *
read_caller (TrustSpan object)
{
  g_autoptr (TrustCaller) caller = trust_caller_new ("");
  TrustJournalCursor cursor = read_value (object);
  gboolean first = TRUE;
  TrustSpan name;

  if (object.size > 0 && trust_journal_cursor_enter (&cursor, '{'))
    while (trust_journal_cursor_next (&cursor, '}', &first) && trust_journal_cursor_name (&cursor, &name))
      read_caller_member (&cursor, name, caller);
  return object.size > 0 && trust_journal_cursor_is_good (&cursor) ? g_steal_pointer (&caller) : NULL;
}

gboolean
trust_raw_is_of_uid (TrustSpan object, gint64 uid)
{
  g_autoptr (TrustCaller) caller = read_caller (object);

  return caller != NULL && caller->uid == uid;
}

static gboolean
read_changes (TrustSpan array, TrustJournalIntent *intent)
{
  TrustRawWalk walk;
  TrustRawRow row;

  trust_raw_walk_begin (&walk, array);
  while (trust_raw_next_row (&walk, &row))
    {
      TrustJournalChange *change = g_new0 (TrustJournalChange, 1);

      memcpy (change->fingerprint, row.fingerprint.data, row.fingerprint.size);
      change->title = dup_text (row.title);
      change->before = dup_text (row.before);
      change->after = dup_text (row.after);
      g_ptr_array_add (intent->changes, change);
    }
  return !walk.bad;
}

static gboolean
read_names (TrustSpan array, GPtrArray *out)
{
  TrustRawWalk walk;
  TrustRawFile file;

  trust_raw_walk_begin (&walk, array);
  while (trust_raw_next_file (&walk, &file))
    {
      g_autoptr (GBytes) written = file.content.data != NULL ? g_bytes_new_static ("", 0) : NULL;

      g_ptr_array_add (out, trust_journal_file_new (file.path, written, file.mode));
      g_free (file.path);
    }
  return !walk.bad;
}

TrustJournalIntent *
trust_raw_to_intent (const TrustRawRecord *record, const TrustJournalPeek *peek, const TrustJournalSpan *span, GError **error)
{
  g_autofree char *operation = dup_string (record->operation);
  g_autoptr (TrustJournalIntent) intent = trust_journal_intent_new (operation);
  TrustJournalCursor target = read_value (record->target);
  gint64 number = 0;

  intent->generation = peek->generation;
  intent->time = peek->time;
  if (record->target.size > 0 && trust_journal_cursor_number (&target, &number))
    intent->target = (guint64) MAX (number, 0);
  g_free (intent->reason);
  intent->reason = dup_string (record->reason);
  intent->caller = read_caller (record->caller);
  if (*operation != '\0' && record->changes.size > 0 && read_changes (record->changes, intent) && read_names (record->files, intent->files)
      && read_names (record->found, intent->found))
    return g_steal_pointer (&intent);
  trust_raw_set_damaged (error, span, "its intent lacks an operation, or a change or file in it is malformed");
  return NULL;
}
