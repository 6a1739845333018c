/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/print.h"

#include "core/text.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *
print_foreign (const char *text)
{
  return trust_text_printable (text, 0);
}

char *
print_date (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
  return time == NULL ? g_strdup ("?") : g_date_time_format (time, "%Y-%m-%d");
}

char *
print_time (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
  return time == NULL ? g_strdup ("?") : g_date_time_format (time, seconds % PRINT_DAY == 0 ? "%Y-%m-%d" : "%Y-%m-%d %H:%M:%S UTC");
}

char *
print_days_left (gint64 not_after)
{
  gint64 left = not_after - g_get_real_time () / G_USEC_PER_SEC;
  if (left >= 0)
    return g_strdup_printf (ngettext ("%" PRId64 " day left", "%" PRId64 " days left", (gulong) (left / PRINT_DAY)), left / PRINT_DAY);
  return g_strdup_printf (ngettext ("expired %" PRId64 " day ago", "expired %" PRId64 " days ago", (gulong) (-left / PRINT_DAY)), -left / PRINT_DAY);
}

char *
print_joined (const char *const *texts)
{
  GString *out = g_string_new (NULL);
  for (; *texts != NULL; texts++)
    {
      g_autofree char *safe = print_foreign (*texts);
      g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "", safe);
    }
  return g_string_free (out, FALSE);
}

static gboolean
wants_colours (void)
{
  const char *terminal = g_getenv ("TERM");
  return isatty (STDOUT_FILENO) && g_getenv ("NO_COLOR") == NULL && terminal != NULL && strcmp (terminal, "dumb") != 0;
}

PrintTable *
print_table_new (void)
{
  PrintTable *table = scols_new_table ();
  scols_table_enable_colors (table, wants_colours ());
  scols_table_enable_noencoding (table, g_get_charset (NULL)); /* what goes in is escaped already */
  return table;
}

gsize
print_width (PrintTable *table)
{
  return isatty (STDOUT_FILENO) ? scols_table_get_termwidth (table) : G_MAXSIZE;
}

PrintTable *
print_facts_new (void)
{
  PrintTable *table = print_table_new ();
  scols_table_enable_noheadings (table, 1);
  scols_table_set_column_separator (table, "  ");
  scols_table_new_column (table, "name", 0, 0);
  scols_table_new_column (table, "value", 0.8, isatty (STDOUT_FILENO) ? SCOLS_FL_WRAP : 0);
  return table;
}

void
print_facts_add (PrintTable *table, const char *name, const char *value)
{
  if (value[0] == '\0')
    return;
  struct libscols_line *line = scols_table_new_line (table, NULL);
  scols_line_set_data (line, 0, name);
  scols_line_set_data (line, 1, value);
}

void
print_facts_add_foreign (PrintTable *table, const char *name, const char *value)
{
  g_autofree char *safe = print_foreign (value);
  print_facts_add (table, name, safe);
}

void
print_table (PrintTable *table)
{
  fflush (stdout);
  scols_print_table (table);
  scols_unref_table (table);
}
