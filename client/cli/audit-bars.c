/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/audit-bars.h"

#include "client/cli/print.h"
#include "client/cli/view.h"

#include <glib/gi18n.h>
#include <string.h>

/* Units of the picture. */
#define WIDTH 640
#define ROW 24
#define LEFT 150
#define LONGEST 420

/* So many years stand by themselves; what ends later is one bar. */
#define YEARS 20

typedef struct
{
  char *name; /* (owned) */
  guint n;
} Bar;

static void
bar_clear (gpointer data)
{
  g_free (((Bar *) data)->name);
}

static GArray *
bars_new (void)
{
  GArray *bars = g_array_new (FALSE, FALSE, sizeof (Bar));
  g_array_set_clear_func (bars, bar_clear);
  return bars;
}

/* NAME: (transfer full). */
static void
bars_add (GArray *bars, char *name, guint n)
{
  Bar bar = { name, n };
  g_array_append_val (bars, bar);
}

static void
append_bars (GString *out, const GArray *bars, const char *what)
{
  guint most = 1;
  for (guint i = 0; i < bars->len; i++)
    most = MAX (most, g_array_index (bars, Bar, i).n);
  if (bars->len == 0)
    return;
  g_string_append_printf (out, "<svg viewBox=\"0 0 %d %u\" role=\"img\" aria-label=\"", WIDTH, bars->len * ROW + 4);
  audit_html_text (out, what);
  g_string_append (out, "\">\n");
  for (guint i = 0; i < bars->len; i++)
    {
      const Bar *bar = &g_array_index (bars, Bar, i);
      guint length = MAX (bar->n * LONGEST / most, bar->n > 0 ? 2 : 0);
      g_string_append_printf (out, "<text x=\"%d\" y=\"%u\" text-anchor=\"end\">", LEFT - 10, i * ROW + 17);
      audit_html_text (out, bar->name);
      g_string_append_printf (out, "</text><rect x=\"%d\" y=\"%u\" width=\"%u\" height=\"%d\" rx=\"2\"/>", LEFT, i * ROW + 4, length, ROW - 6);
      g_string_append_printf (out, "<text x=\"%u\" y=\"%u\">%u</text>\n", LEFT + length + 8, i * ROW + 17, bar->n);
    }
  g_string_append (out, "</svg>\n");
}

static gboolean
is_trusted (GVariant *anchor)
{
  return strcmp (view_string (anchor, "status"), "trusted") == 0;
}

static int
compare_bars (gconstpointer a, gconstpointer b)
{
  const Bar *one = a, *other = b;
  return one->n != other->n ? (one->n < other->n ? 1 : -1) : strcmp (one->name, other->name);
}

void
audit_bars_by_origin (const AuditReport *report, GString *out)
{
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GArray) bars = bars_new ();
  gsize n = g_variant_n_children (report->anchors);
  GHashTableIter iter;
  gpointer layer, count;
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) anchor = g_variant_get_child_value (report->anchors, i);
      const char *name = view_string (anchor, "layer");
      if (is_trusted (anchor))
        g_hash_table_replace (counts, g_strdup (name), GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (counts, name)) + 1));
    }
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &layer, &count))
    bars_add (bars, print_foreign (layer), GPOINTER_TO_UINT (count));
  g_array_sort (bars, compare_bars);
  append_bars (out, bars, _ ("Anchors by origin"));
}

static int
year_of (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
  return time == NULL ? 9999 : g_date_time_get_year (time);
}

void
audit_bars_by_expiry (const AuditReport *report, GString *out)
{
  guint ended = 0, soon = 0, years[YEARS] = { 0 }, later = 0, last = 0;
  int first = year_of (report->time);
  gint64 limit = report->time + (gint64) report->within * PRINT_DAY;
  g_autoptr (GArray) bars = bars_new ();
  gsize n = g_variant_n_children (report->anchors);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) anchor = g_variant_get_child_value (report->anchors, i);
      gint64 end = view_number (anchor, "not-after");
      int year = year_of (end) - first;
      if (!is_trusted (anchor))
        continue;
      if (end < report->time)
        ended++;
      else if (end < limit)
        soon++;
      else if (year >= YEARS)
        later++;
      else
        {
          years[year]++;
          last = MAX (last, (guint) year + 1);
        }
    }
  if (ended > 0)
    bars_add (bars, g_strdup (_ ("ended")), ended);
  if (soon > 0)
    bars_add (bars, g_strdup_printf (ngettext ("within %u day", "within %u days", report->within), report->within), soon);
  for (guint i = 0; i < last; i++)
    bars_add (bars, g_strdup_printf ("%d", first + (int) i), years[i]);
  if (later > 0)
    bars_add (bars, g_strdup (_ ("later")), later);
  append_bars (out, bars, _ ("Anchors by the year in which they expire"));
}
