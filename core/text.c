/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/text.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";

/* Letters and marks by category that nevertheless draw nothing (Unicode's Default_Ignorable_Code_Point): two different texts
 * would look the same. */
static gboolean
is_invisible (gunichar c)
{
  return c == 0x034f || c == 0x115f || c == 0x1160 || c == 0x17b4 || c == 0x17b5 || c == 0x3164 || c == 0xffa0 || (c >= 0x180b && c <= 0x180f)
         || (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0000 && c <= 0xe0fff);
}

static gboolean
must_escape (gunichar c)
{
  if (c >= 0x20 && c < 0x7f)
    return FALSE;
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_UNASSIGNED:
      return TRUE;
    default:
      return is_invisible (c);
    }
}

/* The character at TEXT, or 0 with *USED = 1 when the byte there starts none. */
static gboolean
decode (const char *text, gsize size, gunichar *c, gsize *used)
{
  *used = 1;
  *c = (guint8) text[0];
  if (*c < 0x80)
    return TRUE;
  *c = g_utf8_get_char_validated (text, (gssize) MIN (size, 6));
  if (*c == (gunichar) -1 || *c == (gunichar) -2)
    return FALSE;
  *used = (gsize) (g_utf8_next_char (text) - text);
  return TRUE;
}

/* Appends one unit, and returns how many characters it shows as. */
static gsize
append_escaped (GString *out, const char *text, gsize size, gsize *used)
{
  gunichar c;
  gsize before = out->len;

  if (!decode (text, size, &c, used))
    g_string_append_printf (out, "\\x%02X", (guint8) text[0]);
  else if (must_escape (c))
    g_string_append_printf (out, "\\u{%X}", c);
  else if (c == '\\')
    g_string_append (out, "\\\\");
  else
    {
      g_string_append_len (out, text, (gssize) *used);
      return 1;
    }
  return out->len - before;
}

char *
trust_text_printable_bytes (const void *bytes, gsize size, gsize max_chars)
{
  const char *text = bytes;
  GString *out = g_string_sized_new (max_chars > 0 ? MIN (size, max_chars * 4) : size);
  gsize shown = 0;
  gsize cut = 0; /* where to cut so that "…" still fits; never inside an escape */

  while (size > 0)
    {
      gsize used;

      if (max_chars > 0 && shown < max_chars)
        cut = out->len;
      shown += append_escaped (out, text, size, &used);
      if (max_chars > 0 && shown > max_chars)
        {
          g_string_truncate (out, cut);
          g_string_append (out, "…");
          break;
        }
      text += used;
      size -= used;
    }
  return g_string_free (out, FALSE);
}

char *
trust_text_printable (const char *text, gsize max_chars)
{
  return trust_text_printable_bytes (text, text != NULL ? strlen (text) : 0, max_chars);
}

gboolean
trust_text_is_plain (const char *text, gsize max_chars)
{
  if (text == NULL)
    return FALSE;

  gsize size = strlen (text);
  gsize count = 0;

  while (size > 0)
    {
      gunichar c;
      gsize used;

      if (!decode (text, size, &c, &used) || must_escape (c))
        return FALSE;
      if (max_chars > 0 && ++count > max_chars)
        return FALSE;
      text += used;
      size -= used;
    }
  return TRUE;
}

void
trust_text_hex_into (const guint8 *bytes, gsize size, char *out)
{
  for (gsize i = 0; i < size; i++)
    {
      out[2 * i] = hex_digits[bytes[i] >> 4];
      out[2 * i + 1] = hex_digits[bytes[i] & 15];
    }
  out[2 * size] = '\0';
}

char *
trust_text_hex (const guint8 *bytes, gsize size)
{
  char *out = g_malloc (2 * size + 1);

  trust_text_hex_into (bytes, size, out);
  return out;
}

gboolean
trust_text_unhex (const char *hex, guint8 *bytes, gsize size)
{
  for (gsize i = 0; i < size; i++)
    {
      int high = g_ascii_xdigit_value (hex[2 * i]);
      int low = high < 0 ? -1 : g_ascii_xdigit_value (hex[2 * i + 1]);

      if (low < 0)
        return FALSE;
      bytes[i] = (guint8) (high << 4 | low);
    }
  return hex[2 * size] == '\0';
}
