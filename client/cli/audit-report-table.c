/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/audit-report.h"
#include "client/cli/print.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum
{
  COLUMN_SEVERITY,
  COLUMN_CHECK,
  COLUMN_FINDING,
};

/* What it is about, what is wrong, what to do: one under the other. Returns: (transfer full). */
static char *
describe (const AuditFinding *finding)
{
  g_autofree char *title = print_foreign (finding->title);
  g_autofree char *where = audit_text (finding->where);
  g_autofree char *text = audit_text (finding->text);
  g_autofree char *remedy = audit_text (finding->remedy);
  GString *out = g_string_new (title);
  if (finding->fingerprint[0] != '\0')
    g_string_append_printf (out, "%s%.*s", out->len > 0 ? " " : "", PRINT_FINGERPRINT_DIGITS, finding->fingerprint);
  if (where[0] != '\0')
    g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "", where);
  g_string_append_printf (out, "%s%s", out->len > 0 ? "\n" : "", text);
  if (remedy[0] != '\0')
    g_string_append_printf (out, "\n→ %s", remedy);
  if (finding->accepted != NULL)
    {
      g_autofree char *until = print_date (finding->accepted->until);
      g_string_append_c (out, '\n');
      g_string_append_printf (out, _ ("accepted until %s (%s): %s"), until, finding->accepted->name, finding->accepted->reason);
    }
  return g_string_free (out, FALSE);
}

static void
add_rows (PrintTable *table, const AuditReport *report, gboolean accepted)
{
  for (guint i = 0; i < report->findings->len; i++)
    {
      const AuditFinding *finding = g_ptr_array_index (report->findings, i);
      if ((finding->accepted != NULL) != accepted)
        continue;
      g_autofree char *text = describe (finding);
      g_autofree char *check = audit_text (finding->check);
      struct libscols_line *line = scols_table_new_line (table, NULL);
      scols_line_set_data (line, COLUMN_SEVERITY, accepted ? _ ("accepted") : audit_severity_name (finding->severity));
      scols_line_set_data (line, COLUMN_CHECK, check);
      scols_line_set_data (line, COLUMN_FINDING, text);
      if (!accepted && finding->severity >= AUDIT_HIGH)
        scols_line_set_color (line, "red");
    }
}

static void
append_table (const AuditReport *report, GString *out)
{
  PrintTable *table = print_table_new ();
  char *text = NULL;
  scols_table_new_column (table, _ ("SEVERITY"), 0, 0);
  scols_table_new_column (table, _ ("CHECK"), 0, 0);
  struct libscols_column *column = scols_table_new_column (table, _ ("FINDING"), 0.7, SCOLS_FL_WRAP);
  scols_column_set_wrapfunc (column, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL);
  scols_column_set_safechars (column, "\n");
  add_rows (table, report, FALSE);
  add_rows (table, report, TRUE);
  if (report->findings->len > 0 && scols_print_table_to_string (table, &text) == 0 && text != NULL)
    {
      g_string_append (out, text);
      if (!g_str_has_suffix (text, "\n"))
        g_string_append_c (out, '\n');
    }
  free (text); /* of libsmartcols */
  scols_unref_table (table);
}

/* "2 high, 1 low" */
static void
append_counts (const AuditReport *report, GString *out)
{
  guint n_accepted = 0, n = 0;
  for (AuditSeverity severity = AUDIT_SEVERITIES; severity-- > 0;)
    {
      guint count = audit_report_count (report, severity, FALSE);
      n_accepted += audit_report_count (report, severity, TRUE);
      if (count > 0)
        g_string_append_printf (out, "%s%u %s", n > 0 ? ", " : "", count, audit_severity_name (severity));
      n += count;
    }
  if (n == 0)
    g_string_append (out, _ ("nothing found"));
  if (n_accepted > 0)
    g_string_append_printf (out, ngettext (", %u accepted", ", %u accepted", n_accepted), n_accepted);
}

void
audit_write_table (const AuditReport *report, GString *out)
{
  gulong n = g_variant_n_children (report->anchors);
  g_autofree char *subject = print_foreign (report->subject);
  append_table (report, out);
  g_string_append_printf (out, "%s: ", subject);
  append_counts (report, out);
  g_string_append (out, "; ");
  g_string_append_printf (out, ngettext ("%lu entry", "%lu entries", n), n);
  if (report->generation > 0)
    g_string_append_printf (out, _ (", generation %" PRIu64), report->generation);
  g_string_append_c (out, '\n');
}
