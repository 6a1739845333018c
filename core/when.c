/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/when.h"

#include "core/error.h"
#include "core/text.h"

#include <string.h>

#define SHOWN_CHARS 40
#define DATE_SHAPE "0000-00-00"
#define MINUTE_SHAPE DATE_SHAPE "T00:00"
#define HOUR G_GINT64_CONSTANT (3600)
#define DAY (24 * HOUR)
/* 9999-12-31T23:59:59Z. */
#define TIME_MAX G_GINT64_CONSTANT (253402300799)

static gboolean
set_time (gint64 seconds, TrustWhen *out)
{
  if (seconds < 0 || seconds > TIME_MAX)
    return FALSE;
  *out = (TrustWhen) { TRUST_WHEN_TIME, 0, seconds * G_USEC_PER_SEC };
  return TRUE;
}

/* Does TEXT begin as SHAPE, where '0' stands for any digit? */
static gboolean
has_shape (const char *text, const char *shape)
{
  for (; *shape != '\0'; shape++, text++)
    if (*shape == '0' ? !g_ascii_isdigit (*text) : *text != *shape)
      return FALSE;
  return TRUE;
}

/* ISO 8601, but only as it is most often written: GLib takes weeks, days of the year and decimal hours as well. */
static gboolean
parse_date (const char *text, TrustWhen *out)
{
  const char *zone = NULL;
  g_autofree char *whole = NULL;
  g_autoptr (GDateTime) date = NULL;

  if (strlen (text) == strlen (DATE_SHAPE) && has_shape (text, DATE_SHAPE))
    whole = g_strconcat (text, "T00:00:00Z", NULL);
  else if (has_shape (text, MINUTE_SHAPE))
    {
      zone = text + strlen (MINUTE_SHAPE);
      if (has_shape (zone, ":00"))
        zone += 3;
      if (strcmp (zone, "Z") != 0 && (strlen (zone) != 6 || (!has_shape (zone, "+00:00") && !has_shape (zone, "-00:00"))))
        return FALSE;
      whole = *(text + strlen (MINUTE_SHAPE)) == ':' ? g_strdup (text) : g_strdup_printf ("%.*s:00%s", (int) strlen (MINUTE_SHAPE), text, zone);
    }
  date = whole != NULL ? g_date_time_new_from_iso8601 (whole, NULL) : NULL;
  return date != NULL && set_time (g_date_time_to_unix (date), out);
}

/* "-30d" */
static gboolean
parse_ago (const char *text, gint64 now, TrustWhen *out)
{
  static const struct
  {
    char letter;
    gint64 seconds;
  } units[] = { { 'h', HOUR }, { 'd', DAY }, { 'w', 7 * DAY } };
  gsize size = strlen (text);
  g_autofree char *digits = size > 2 && text[0] == '-' ? g_strndup (text + 1, size - 2) : NULL;
  guint64 number = 0;

  if (digits == NULL || !g_ascii_string_to_unsigned (digits, 10, 0, 1000000, &number, NULL))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (units[i].letter == text[size - 1])
      return set_time (MAX (now - (gint64) number * units[i].seconds, 0), out);
  return FALSE;
}

gboolean
trust_when_parse (const char *text, gint64 now, TrustWhen *out, GError **error)
{
  gint64 midnight = now - now % DAY;
  g_autofree char *shown = NULL;

  *out = (TrustWhen) { TRUST_WHEN_NOW, 0, 0 };
  if (g_str_equal (text, "now"))
    return TRUE;
  if (g_str_equal (text, "today") && set_time (midnight, out))
    return TRUE;
  if (g_str_equal (text, "yesterday") && set_time (midnight - DAY, out))
    return TRUE;
  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &out->generation, NULL))
    {
      out->kind = TRUST_WHEN_GENERATION;
      return TRUE;
    }
  if (parse_ago (text, now, out) || parse_date (text, out))
    return TRUE;
  shown = trust_text_printable (text, SHOWN_CHARS);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
               "\"%s\" is no moment; write now, today, yesterday, a generation's number (17), a date (2026-01-01: midnight UTC), a time with "
               "its zone (2026-01-01T12:00:00Z), or how long ago (-12h, -30d, -2w)",
               shown);
  return FALSE;
}
