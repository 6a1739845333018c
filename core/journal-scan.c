/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/journal-scan.h"

#include "core/error.h"
#include "core/text.h"

#include <string.h>

/* A record is an object of arrays of objects. */
#define MAX_DEPTH 8

static gboolean
fail (TrustJournalCursor *cursor)
{
  cursor->at = cursor->end = NULL;
  return FALSE;
}

static void
skip_blanks (TrustJournalCursor *cursor)
{
  while (cursor->at < cursor->end && (*cursor->at == ' ' || *cursor->at == '\t'))
    cursor->at++;
}

static gboolean
take (TrustJournalCursor *cursor, char byte)
{
  skip_blanks (cursor);
  if (cursor->at >= cursor->end || *cursor->at != byte)
    return FALSE;
  cursor->at++;
  return TRUE;
}

gboolean
trust_journal_cursor_is_good (const TrustJournalCursor *cursor)
{
  return cursor->end != NULL;
}

gboolean
trust_journal_cursor_enter (TrustJournalCursor *cursor, char open)
{
  return take (cursor, open) || fail (cursor);
}

gboolean
trust_journal_cursor_next (TrustJournalCursor *cursor, char close, gboolean *first)
{
  gboolean was_first = *first;

  *first = FALSE;
  if (take (cursor, close))
    return FALSE;
  return was_first ? trust_journal_cursor_is_good (cursor) : take (cursor, ',') || fail (cursor);
}

gboolean
trust_journal_cursor_string (TrustJournalCursor *cursor, TrustSpan *raw_out)
{
  const char *start = NULL, *at = NULL;

  if (!take (cursor, '"'))
    return fail (cursor);
  start = at = cursor->at;
  for (;;)
    {
      const char *quote = memchr (at, '"', (gsize) (cursor->end - at));
      const char *escape = quote != NULL ? memchr (at, '\\', (gsize) (quote - at)) : NULL;

      if (quote == NULL || (escape != NULL && cursor->end - escape < 2))
        return fail (cursor);
      if (escape != NULL)
        {
          at = escape + 2;
          continue;
        }
      *raw_out = (TrustSpan) { (const guint8 *) start, (gsize) (quote - start) };
      cursor->at = quote + 1;
      return TRUE;
    }
}

gboolean
trust_journal_cursor_name (TrustJournalCursor *cursor, TrustSpan *name_out)
{
  return trust_journal_cursor_string (cursor, name_out) && (take (cursor, ':') || fail (cursor));
}

gboolean
trust_journal_cursor_number (TrustJournalCursor *cursor, gint64 *out)
{
  gboolean negative = take (cursor, '-');
  guint n = 0;

  for (*out = 0; cursor->at < cursor->end && g_ascii_isdigit (*cursor->at); cursor->at++, n++)
    {
      if (n == 18)
        return fail (cursor);
      *out = *out * 10 + (*cursor->at - '0');
    }
  if (negative)
    *out = -*out;
  return n > 0 || fail (cursor);
}

static gboolean
skip_word (TrustJournalCursor *cursor)
{
  const char *start = cursor->at;

  while (cursor->at < cursor->end && (g_ascii_isalnum (*cursor->at) || strchr ("+-.", *cursor->at) != NULL))
    cursor->at++;
  return cursor->at > start || fail (cursor);
}

gboolean
trust_journal_cursor_skip (TrustJournalCursor *cursor)
{
  guint depth = 0;

  do
    {
      TrustSpan passed;

      skip_blanks (cursor);
      if (cursor->at >= cursor->end)
        return fail (cursor);
      switch (*cursor->at)
        {
        case '"':
          if (!trust_journal_cursor_string (cursor, &passed))
            return FALSE;
          break;
        case '{':
        case '[':
          if (++depth > MAX_DEPTH)
            return fail (cursor);
          cursor->at++;
          break;
        case '}':
        case ']':
          if (depth-- == 0)
            return fail (cursor);
          cursor->at++;
          break;
        case ',':
        case ':':
          if (depth == 0)
            return fail (cursor);
          cursor->at++;
          break;
        default:
          if (!skip_word (cursor))
            return FALSE;
        }
    }
  while (depth > 0);
  return TRUE;
}

gboolean
trust_journal_span_is (TrustSpan span, const char *text)
{
  return span.size == strlen (text) && memcmp (span.data, text, span.size) == 0;
}

/* The four digits after "\u". */
static gboolean
take_unit (TrustSpan *in, guint32 *out)
{
  guint8 bytes[2];
  char digits[5] = { 0 };

  if (in->size < 4)
    return FALSE;
  memcpy (digits, in->data, 4);
  if (!trust_text_unhex (digits, bytes, sizeof bytes))
    return FALSE;
  *out = (guint32) bytes[0] << 8 | bytes[1];
  *in = (TrustSpan) { in->data + 4, in->size - 4 };
  return TRUE;
}

static gboolean
take_escape (TrustSpan *in, GString *out)
{
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  char byte = (char) *in->data;
  const char *at = strchr (from, byte);
  guint32 unit, low;

  *in = (TrustSpan) { in->data + 1, in->size - 1 };
  if (byte != '\0' && at != NULL)
    {
      g_string_append_c (out, to[at - from]);
      return TRUE;
    }
  if (byte != 'u' || !take_unit (in, &unit))
    return FALSE;
  if (unit >= 0xd800 && unit < 0xdc00)
    {
      if (in->size < 6 || memcmp (in->data, "\\u", 2) != 0)
        return FALSE;
      *in = (TrustSpan) { in->data + 2, in->size - 2 };
      if (!take_unit (in, &low) || low < 0xdc00 || low > 0xdfff)
        return FALSE;
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
  if (unit == 0 || !g_unichar_validate (unit))
    return FALSE;
  g_string_append_unichar (out, unit);
  return TRUE;
}

char *
trust_journal_unescape (TrustSpan raw)
{
  g_autoptr (GString) out = NULL;

  if (raw.size == 0)
    return g_strdup ("");
  if (!g_utf8_validate_len ((const char *) raw.data, raw.size, NULL))
    return NULL;
  if (memchr (raw.data, '\\', raw.size) == NULL)
    return g_strndup ((const char *) raw.data, raw.size);
  out = g_string_sized_new (raw.size);
  while (raw.size > 0)
    {
      const guint8 *escape = memchr (raw.data, '\\', raw.size);
      gsize plain = escape != NULL ? (gsize) (escape - raw.data) : raw.size;

      g_string_append_len (out, (const char *) raw.data, (gssize) plain);
      raw = (TrustSpan) { raw.data + plain, raw.size - plain };
      if (raw.size == 0)
        break;
      raw = (TrustSpan) { raw.data + 1, raw.size - 1 };
      if (raw.size == 0 || !take_escape (&raw, out))
        return NULL;
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

void
trust_journal_escape (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  g_string_append_c (out, '"');
  for (const char *p = valid; *p != '\0'; p++)
    if (*p == '"' || *p == '\\')
      g_string_append_printf (out, "\\%c", *p);
    else if ((guint8) *p < 0x20 || *p == 0x7f)
      g_string_append_printf (out, "\\u%04x", (guint8) *p);
    else
      g_string_append_c (out, *p);
  g_string_append_c (out, '"');
}

static gboolean
set_damaged (GError **error, const char *what)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED, "%s", what);
  return FALSE;
}

static gboolean
read_type (TrustSpan raw, TrustJournalType *out)
{
  static const char *const names[] = { [TRUST_JOURNAL_INTENT] = "intent", [TRUST_JOURNAL_DONE] = "done", [TRUST_JOURNAL_BEGIN] = "begin" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (trust_journal_span_is (raw, names[i]))
      {
        *out = (TrustJournalType) i;
        return TRUE;
      }
  return FALSE;
}

gboolean
trust_journal_peek (const char *json, gsize length, TrustJournalPeek *out, GError **error)
{
  TrustJournalCursor cursor = { json, json + length };
  gboolean first = TRUE, has_type = FALSE, has_time = FALSE;
  gint64 generation = -1;
  TrustSpan name, type = { NULL, 0 };

  if (!trust_journal_cursor_enter (&cursor, '{'))
    return set_damaged (error, "its content is not JSON of a known shape");
  while (!(has_type && has_time && generation >= 0) && trust_journal_cursor_next (&cursor, '}', &first))
    {
      if (!trust_journal_cursor_name (&cursor, &name))
        break;
      if (trust_journal_span_is (name, "type"))
        has_type = trust_journal_cursor_string (&cursor, &type);
      else if (trust_journal_span_is (name, "generation"))
        trust_journal_cursor_number (&cursor, &generation);
      else if (trust_journal_span_is (name, "time"))
        has_time = trust_journal_cursor_number (&cursor, &out->time);
      else
        trust_journal_cursor_skip (&cursor);
    }
  if (!trust_journal_cursor_is_good (&cursor))
    return set_damaged (error, "its content is not JSON of a known shape");
  if (!has_time)
    out->time = 0;
  if (!has_type || !read_type (type, &out->type))
    return set_damaged (error, "its type is none of \"intent\", \"done\" and \"begin\"; if a newer anchord wrote it, update anchord");
  if (generation < (out->type == TRUST_JOURNAL_BEGIN ? 0 : 1))
    return set_damaged (error, "it names no generation");
  out->generation = (guint64) generation;
  return TRUE;
}

gboolean
trust_journal_peek_previous (const char *json, gsize length, char out[65])
{
  TrustJournalCursor cursor = { json, json + length };
  gboolean first = TRUE, found = FALSE;
  TrustSpan name, hash;

  if (!trust_journal_cursor_enter (&cursor, '{'))
    return FALSE;
  while (!found && trust_journal_cursor_next (&cursor, '}', &first) && trust_journal_cursor_name (&cursor, &name))
    if (!trust_journal_span_is (name, "previous"))
      trust_journal_cursor_skip (&cursor);
    else if (!trust_journal_cursor_string (&cursor, &hash))
      return FALSE;
    else
      found = TRUE;
  if (!found || hash.size != 64)
    return FALSE;
  memcpy (out, hash.data, 64);
  out[64] = '\0';
  return strspn (out, "0123456789abcdef") == 64;
}
