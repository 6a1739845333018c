/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/audit-report.h"
#include "client/cli/json.h"

#include <string.h>

/* As "$id" of data/anchord-audit.schema.json: a member that goes or changes its meaning makes another number. */
#define SCHEMA "urn:anchord:audit:1"

static const char *const kinds[] = { [AUDIT_OF_MACHINE] = "machine", [AUDIT_OF_ROOT] = "root", [AUDIT_OF_FILES] = "files" };

/* Of Journal.Log: who and when, and what changed. */
/* clang-format off */
static const ViewField record_fields[] = {
  { "generation", "generation", VIEW_NUMBER, NULL },
  { "time", "time", VIEW_TIME, NULL },
  { "operation", "operation", VIEW_STRING, NULL },
  { "reason", "reason", VIEW_STRING, NULL },
  { "how", "how", VIEW_STRING, NULL },
  { "uid", "uid", VIEW_NUMBER, NULL },
  { "user", "user", VIEW_STRING, NULL },
  { "unit", "unit", VIEW_STRING, NULL },
  { "command", "command", VIEW_STRING, NULL },
  { "changes", "changes", VIEW_LIST, view_change },
  { NULL, NULL, VIEW_STRING, NULL }
};
/* clang-format on */

static void
begin (JsonBuilder *builder, const char *name, gboolean is_array)
{
  json_builder_set_member_name (builder, name);
  if (is_array)
    json_builder_begin_array (builder);
  else
    json_builder_begin_object (builder);
}

static void
add_summary (JsonBuilder *builder, const AuditReport *report)
{
  guint n_accepted = 0, n_refused = 0;
  gsize n = g_variant_n_children (report->anchors);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) anchor = g_variant_get_child_value (report->anchors, i);
      n_refused += strcmp (view_string (anchor, "status"), "distrusted") == 0;
    }
  begin (builder, "summary", FALSE);
  json_add_number (builder, "trusted", (gint64) n - n_refused);
  json_add_number (builder, "refused", n_refused);
  begin (builder, "findings", FALSE);
  for (AuditSeverity severity = 0; severity < AUDIT_SEVERITIES; severity++)
    {
      json_add_number (builder, audit_severity_name (severity), audit_report_count (report, severity, FALSE));
      n_accepted += audit_report_count (report, severity, TRUE);
    }
  json_builder_end_object (builder);
  json_add_number (builder, "accepted", n_accepted);
  json_builder_end_object (builder);
}

static void
add_finding (JsonBuilder *builder, const AuditFinding *finding)
{
  const Accepted *accepted = finding->accepted;
  json_builder_begin_object (builder);
  json_add_string (builder, "check", finding->check);
  json_add_string (builder, "severity", audit_severity_name (finding->severity));
  json_add_string (builder, "fingerprint", finding->fingerprint);
  json_add_string (builder, "title", finding->title);
  json_add_string (builder, "where", finding->where);
  json_add_string (builder, "text", finding->text);
  json_add_string (builder, "remedy", finding->remedy);
  json_builder_set_member_name (builder, "accepted");
  if (accepted == NULL)
    json_builder_add_null_value (builder);
  else
    {
      json_builder_begin_object (builder);
      json_add_string (builder, "entry", accepted->name);
      json_add_string (builder, "reason", accepted->reason);
      json_add_time (builder, "until", accepted->until);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
}

static void
add_checks (JsonBuilder *builder, const AuditReport *report)
{
  begin (builder, "checks", TRUE);
  for (guint i = 0; i < report->checks->len; i++)
    {
      const AuditCheckRow *row = g_ptr_array_index (report->checks, i);
      json_builder_begin_object (builder);
      json_add_string (builder, "id", row->id);
      json_add_string (builder, "severity", audit_severity_name (row->severity));
      json_add_string (builder, "summary", row->summary);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_stores (JsonBuilder *builder, const AuditReport *report)
{
  gsize n = g_variant_n_children (report->stores);
  begin (builder, "stores", TRUE);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) store = g_variant_get_child_value (report->stores, i);
      g_autoptr (GVariantIter) origins = NULL;
      const char *layer;
      guint32 count;
      json_builder_begin_object (builder);
      json_add_string (builder, "name", view_string (store, "name"));
      begin (builder, "origins", FALSE);
      if (g_variant_lookup (store, "origins", "a{su}", &origins))
        while (g_variant_iter_next (origins, "{&su}", &layer, &count))
          json_add_number (builder, layer, count);
      json_builder_end_object (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_status (JsonBuilder *builder, const AuditReport *report)
{
  json_builder_set_member_name (builder, "status");
  if (report->status == NULL)
    return (void) json_builder_add_null_value (builder);
  json_builder_begin_object (builder);
  json_add_view (builder, view_status, report->status);
  json_builder_end_object (builder);
}

void
audit_write_json (const AuditReport *report, GString *out)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_add_string (builder, "schema", SCHEMA);
  begin (builder, "subject", FALSE);
  json_add_string (builder, "kind", kinds[report->kind]);
  json_add_string (builder, "name", report->subject);
  json_builder_end_object (builder);
  json_add_number (builder, "generation", (gint64) report->generation);
  json_add_time (builder, "time", report->time);
  json_add_number (builder, "within_days", report->within);
  add_summary (builder, report);
  begin (builder, "findings", TRUE);
  for (guint i = 0; i < report->findings->len; i++)
    add_finding (builder, g_ptr_array_index (report->findings, i));
  json_builder_end_array (builder);
  add_checks (builder, report);
  json_add_views (builder, "anchors", view_anchor, report->anchors);
  add_stores (builder, report);
  json_add_views (builder, "timeline", record_fields, report->timeline);
  add_status (builder, report);
  begin (builder, "notices", TRUE);
  for (guint i = 0; i < report->notices->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (report->notices, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  json_append (builder, out);
}
