/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/date.h"

#include "core/error.h"
#include "core/text.h"

#include <glib/gi18n.h>
#include <string.h>

#define DATE_SHAPE "0000-00-00"

/* Has TEXT the shape of SHAPE, where '0' stands for any digit? SHAPE may end before TEXT does. */
static gboolean
has_shape (const char *text, const char *shape)
{
  for (; *shape != '\0'; shape++, text++)
    if (*shape == '0' ? !g_ascii_isdigit (*text) : *text != *shape)
      return FALSE;
  return TRUE;
}

/* What follows the minutes: seconds or none, then a zone. */
static gboolean
has_tail (const char *text)
{
  if (has_shape (text, ":00"))
    text += 3;
  return strcmp (text, "Z") == 0 || (strlen (text) == 6 && (has_shape (text, "+00:00") || has_shape (text, "-00:00")));
}

/* Returns: (transfer full) (nullable). */
static GDateTime *
read_date (const char *text)
{
  if (!has_shape (text, DATE_SHAPE))
    return NULL;
  if (text[strlen (DATE_SHAPE)] == '\0')
    {
      g_autofree char *midnight = g_strconcat (text, "T00:00:00Z", NULL);
      return g_date_time_new_from_iso8601 (midnight, NULL);
    }
  if (!has_shape (text, DATE_SHAPE "T00:00") || !has_tail (text + strlen (DATE_SHAPE "T00:00")))
    return NULL;
  if (text[strlen (DATE_SHAPE "T00:00")] == ':')
    return g_date_time_new_from_iso8601 (text, NULL);
  g_autofree char *minutes = g_strndup (text, strlen (DATE_SHAPE "T00:00"));
  g_autofree char *whole = g_strconcat (minutes, ":00", text + strlen (minutes), NULL);
  return g_date_time_new_from_iso8601 (whole, NULL);
}

gboolean
date_parse (const char *option, const char *text, gint64 *out, GError **error)
{
  g_autoptr (GDateTime) date = read_date (text);
  gint64 seconds = date != NULL ? g_date_time_to_unix (date) : 0;
  if (date != NULL && seconds > 0 && seconds <= DATE_LAST)
    {
      *out = seconds;
      return TRUE;
    }
  g_autofree char *safe = trust_text_printable (text, 40);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
               date != NULL ? _ ("%s: “%s” is out of range; give a date of 1970 to 9999")
                            : _ ("%s: “%s” is no date; write 2027-01-01 (midnight UTC) or 2027-01-01T12:00:00Z"),
               option, safe);
  return FALSE;
}
