/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/audit-report.h"

#include "client/cli/view.h"
#include "core/text.h"

#include <glib/gi18n.h>
#include <string.h>

/* clang-format off */
const AuditFormat audit_formats[] = {
  { "table", N_ ("for people, on a terminal"), audit_write_table },
  { "json", N_ ("for programs; anchord-audit.schema.json describes it"), audit_write_json },
  { "html", N_ ("one page for a browser, or to be printed"), audit_write_html },
  { "cyclonedx", N_ ("a CycloneDX 1.6 inventory in JSON"), audit_write_cyclonedx },
  { "csv", N_ ("anchors and findings as rows, for a spreadsheet"), audit_write_csv },
  { "prometheus", N_ ("metrics for the node exporter's textfile collector"), audit_write_prometheus },
  { NULL, NULL, NULL }
};
/* clang-format on */

static const char *const severities[AUDIT_SEVERITIES] = { "info", "low", "medium", "high", "critical" };

const char *
audit_severity_name (AuditSeverity severity)
{
  return severities[severity];
}

gboolean
audit_severity_find (const char *name, AuditSeverity *out)
{
  for (*out = AUDIT_INFO; *out < AUDIT_SEVERITIES; (*out)++)
    if (strcmp (severities[*out], name) == 0)
      return TRUE;
  *out = AUDIT_CRITICAL;
  return FALSE;
}

const AuditFormat *
audit_format_find (const char *name)
{
  for (const AuditFormat *format = audit_formats; format->name != NULL; format++)
    if (strcmp (format->name, name) == 0)
      return format;
  return NULL;
}

static void
finding_free (gpointer data)
{
  AuditFinding *finding = data;
  g_variant_unref (finding->row);
  g_free (finding);
}

static void
check_row_free (gpointer data)
{
  AuditCheckRow *row = data;
  g_free (row->id);
  g_free (row->summary);
  g_free (row);
}

static GVariant *
no_rows (void)
{
  return g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
}

AuditReport *
audit_report_new (AuditKind kind, const char *subject)
{
  AuditReport *report = g_new0 (AuditReport, 1);
  report->kind = kind;
  report->subject = g_strdup (subject);
  report->anchors = no_rows ();
  report->stores = no_rows ();
  report->timeline = no_rows ();
  report->checks = g_ptr_array_new_with_free_func (check_row_free);
  report->findings = g_ptr_array_new_with_free_func (finding_free);
  report->notices = g_ptr_array_new_with_free_func (g_free);
  report->accepted = accepted_list_new ();
  return report;
}

void
audit_report_free (AuditReport *report)
{
  g_free (report->subject);
  g_clear_pointer (&report->status, g_variant_unref);
  g_variant_unref (report->anchors);
  g_variant_unref (report->stores);
  g_variant_unref (report->timeline);
  g_ptr_array_unref (report->checks);
  g_ptr_array_unref (report->findings);
  g_ptr_array_unref (report->notices);
  accepted_list_free (report->accepted);
  g_free (report);
}

gboolean
audit_report_find_check (const AuditReport *report, const char *check, AuditSeverity *severity)
{
  for (guint i = 0; i < report->checks->len; i++)
    {
      const AuditCheckRow *row = g_ptr_array_index (report->checks, i);
      if (strcmp (row->id, check) != 0)
        continue;
      *severity = row->severity;
      return TRUE;
    }
  return FALSE;
}

void
audit_report_add_check (AuditReport *report, const char *id, const char *severity, const char *summary)
{
  AuditSeverity known;
  if (audit_report_find_check (report, id, &known))
    return;
  AuditCheckRow *row = g_new0 (AuditCheckRow, 1);
  row->id = g_strdup (id);
  row->summary = g_strdup (summary);
  audit_severity_find (severity, &row->severity);
  g_ptr_array_add (report->checks, row);
}

void
audit_report_add_finding (AuditReport *report, GVariant *row)
{
  AuditFinding *finding = g_new0 (AuditFinding, 1);
  finding->row = g_variant_ref_sink (row);
  finding->check = view_string (row, "check");
  finding->fingerprint = view_string (row, "fingerprint");
  finding->title = view_string (row, "title");
  finding->where = view_string (row, "where");
  finding->text = view_string (row, "text");
  finding->remedy = view_string (row, "remedy");
  audit_severity_find (view_string (row, "severity"), &finding->severity);
  g_ptr_array_add (report->findings, finding);
}

static int
compare_findings (gconstpointer a, gconstpointer b)
{
  const AuditFinding *one = *(const AuditFinding *const *) a, *other = *(const AuditFinding *const *) b;
  int order = (int) other->severity - (int) one->severity;
  if (order == 0)
    order = strcmp (one->check, other->check);
  if (order == 0)
    order = strcmp (one->title, other->title);
  if (order == 0)
    order = strcmp (one->fingerprint, other->fingerprint);
  if (order == 0)
    order = strcmp (one->where, other->where);
  return order != 0 ? order : strcmp (one->text, other->text);
}

void
audit_report_settle (AuditReport *report)
{
  g_ptr_array_sort (report->findings, compare_findings);
  for (guint i = 0; i < report->findings->len; i++)
    {
      AuditFinding *finding = g_ptr_array_index (report->findings, i);
      finding->accepted = accepted_find (report->accepted, finding->check, finding->fingerprint, finding->where);
    }
}

guint
audit_report_count (const AuditReport *report, AuditSeverity severity, gboolean accepted)
{
  guint n = 0;
  for (guint i = 0; i < report->findings->len; i++)
    {
      const AuditFinding *finding = g_ptr_array_index (report->findings, i);
      n += finding->severity == severity && (finding->accepted != NULL) == accepted;
    }
  return n;
}

char *
audit_text (const char *text)
{
  return trust_text_is_plain (text, 0) ? g_strdup (text) : trust_text_printable (text, 0);
}

char *
audit_time (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
  return time == NULL ? g_strdup ("") : g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");
}
