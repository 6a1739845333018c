/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prometheus's text format, version 0.0.4. A label's value is printable and escaped, so that nothing in a certificate makes a line of its own. */
#include "config.h"

#include "client/cli/audit-report.h"
#include "client/cli/print.h"
#include "client/cli/view.h"

#include <inttypes.h>
#include <string.h>

/* Anchors that are told one by one: those that end first. */
#define MAX_ANCHORS 50u

static void
append_family (GString *out, const char *name, const char *help)
{
  g_string_append_printf (out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

/* One sample. LABELS: names and values, ended by NULL. */
static void
append_sample (GString *out, const char *name, const char *const *labels, gint64 value)
{
  g_string_append (out, name);
  for (gsize i = 0; labels[i] != NULL; i += 2)
    {
      g_autofree char *text = audit_text (labels[i + 1]);
      g_string_append_printf (out, "%s%s=\"", i == 0 ? "{" : ",", labels[i]);
      for (const char *p = text; *p != '\0'; p++)
        {
          if (*p == '"' || *p == '\\')
            g_string_append_c (out, '\\');
          g_string_append_c (out, *p);
        }
      g_string_append_c (out, '"');
    }
  g_string_append_printf (out, "%s %" PRId64 "\n", labels[0] != NULL ? "}" : "", value);
}

static void
append_one (GString *out, const char *name, const char *help, gint64 value)
{
  const char *const none[] = { NULL };
  append_family (out, name, help);
  append_sample (out, name, none, value);
}

static void
append_stores (GString *out, const AuditReport *report)
{
  gsize n = g_variant_n_children (report->stores);
  if (n == 0)
    return;
  append_family (out, "anchord_anchors", "Anchors that a store trusts, by the layer that decides.");
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) store = g_variant_get_child_value (report->stores, i);
      g_autoptr (GVariantIter) origins = NULL;
      const char *layer;
      guint32 count;
      if (!g_variant_lookup (store, "origins", "a{su}", &origins))
        continue;
      while (g_variant_iter_next (origins, "{&su}", &layer, &count))
        {
          const char *const labels[] = { "store", view_string (store, "name"), "origin", layer, NULL };
          append_sample (out, "anchord_anchors", labels, count);
        }
    }
}

/* Of one check and severity. */
static guint
count_findings (const AuditReport *report, const char *check, AuditSeverity severity, gboolean accepted)
{
  guint n = 0;
  for (guint i = 0; i < report->findings->len; i++)
    {
      const AuditFinding *finding = g_ptr_array_index (report->findings, i);
      n += finding->severity == severity && (finding->accepted != NULL) == accepted && strcmp (finding->check, check) == 0;
    }
  return n;
}

/* A check that found nothing is told as well: what is never there raises no alarm when it comes. */
static void
append_findings (GString *out, const AuditReport *report)
{
  append_family (out, "anchord_findings", "Findings of the audit, by check and severity, with those that are accepted apart.");
  for (guint i = 0; i < report->checks->len; i++)
    {
      const AuditCheckRow *row = g_ptr_array_index (report->checks, i);
      for (AuditSeverity severity = 0; severity < AUDIT_SEVERITIES; severity++)
        for (guint accepted = 0; accepted < 2; accepted++)
          {
            const char *const labels[] = {
              "check", row->id, "severity", audit_severity_name (severity), "accepted", accepted ? "true" : "false", NULL
            };
            guint n = count_findings (report, row->id, severity, accepted == 1);
            if (n > 0 || (severity == row->severity && accepted == 0))
              append_sample (out, "anchord_findings", labels, n);
          }
    }
}

typedef struct
{
  gint64 time;
  GVariant *anchor; /* (owned) */
} End;

static void
clear_end (gpointer end)
{
  g_variant_unref (((End *) end)->anchor);
}

static int
compare_ends (gconstpointer a, gconstpointer b)
{
  const End *one = a, *other = b;
  if (one->time != other->time)
    return one->time < other->time ? -1 : 1;
  return strcmp (view_string (one->anchor, "fingerprint"), view_string (other->anchor, "fingerprint"));
}

/* The trusted certificates that are still valid, by their ends. */
static GArray *
sort_ends (const AuditReport *report)
{
  GArray *ends = g_array_new (FALSE, FALSE, sizeof (End));
  gsize n = g_variant_n_children (report->anchors);
  g_array_set_clear_func (ends, clear_end);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) anchor = g_variant_get_child_value (report->anchors, i);
      End end = { view_number (anchor, "not-after"), anchor };
      if (end.time < report->time || strcmp (view_string (anchor, "status"), "trusted") != 0)
        continue;
      g_variant_ref (anchor);
      g_array_append_val (ends, end);
    }
  g_array_sort (ends, compare_ends);
  return ends;
}

static void
append_expiry (GString *out, const AuditReport *report)
{
  g_autoptr (GArray) ends = sort_ends (report);
  if (ends->len == 0)
    return;
  append_one (out, "anchord_next_expiry_timestamp_seconds", "When the next of the trusted certificates ends.", g_array_index (ends, End, 0).time);
  append_family (out, "anchord_anchor_expiry_timestamp_seconds", "When a trusted certificate ends, for those that end first.");
  for (guint i = 0; i < MIN (ends->len, MAX_ANCHORS); i++)
    {
      const End *end = &g_array_index (ends, End, i);
      g_autofree char *title = print_foreign (view_string (end->anchor, "title"));
      const char *const labels[] = { "fingerprint", view_string (end->anchor, "fingerprint"), "title", title,
                                     "origin",      view_string (end->anchor, "layer"),       NULL };
      append_sample (out, "anchord_anchor_expiry_timestamp_seconds", labels, end->time);
    }
}

typedef gint64 (*GetNumber) (GVariant *entry);

/* One sample for each entry of KEY in the status, named LABEL by its id; those without a number (below 0) are left out. */
static void
append_each (GString *out, const AuditReport *report, const char *key, const char *label, const char *name, const char *help, GetNumber get)
{
  g_autoptr (GVariant) list = view_list (report->status, key);
  gsize n = g_variant_n_children (list);
  if (n > 0)
    append_family (out, name, help);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (list, i);
      const char *const labels[] = { label, view_string (entry, "id"), NULL };
      gint64 number = get (entry);
      if (number >= 0)
        append_sample (out, name, labels, number);
    }
}

static gint64
get_anchors (GVariant *source)
{
  return view_number (source, "anchors");
}

static gint64
get_held_back (GVariant *source)
{
  return view_bool (source, "held-back");
}

static gint64
get_changed (GVariant *source)
{
  gint64 changed = view_number (source, "changed");
  return changed == 0 ? -1 : changed;
}

static gint64
get_faults (GVariant *source)
{
  g_auto (GStrv) faults = view_strings (source, "faults");
  return g_strv_length (faults);
}

static gint64
get_current (GVariant *consumer)
{
  return view_bool (consumer, "enabled") ? view_bool (consumer, "current") : -1;
}

static gint64
get_generation (GVariant *consumer)
{
  return view_bool (consumer, "enabled") ? view_number (consumer, "generation") : -1;
}

static gint64
get_drift (GVariant *consumer)
{
  g_auto (GStrv) drift = view_strings (consumer, "drift");
  return view_bool (consumer, "enabled") ? (gint64) g_strv_length (drift) : -1;
}

static void
append_status (GString *out, const AuditReport *report)
{
  append_one (out, "anchord_generation", "The generation that is effective.", (gint64) report->generation);
  append_one (out, "anchord_distrusts", "Entries that refuse something.", view_number (report->status, "distrusts"));
  append_one (out, "anchord_requests_waiting", "Requests that wait for an administrator.", view_number (report->status, "requests"));
  append_each (out, report, "sources", "source", "anchord_source_anchors", "Anchors that stand in a source.", get_anchors);
  append_each (out, report, "sources", "source", "anchord_source_held_back", "1 where the last good set of a source is in use.", get_held_back);
  append_each (out, report, "sources", "source", "anchord_source_faults", "Files of a source that do not count.", get_faults);
  append_each (out, report, "sources", "source", "anchord_source_changed_timestamp_seconds", "When the newest file of a source was written.",
               get_changed);
  append_each (out, report, "consumers", "consumer", "anchord_consumer_current", "1 where a consumer shows what is effective.", get_current);
  append_each (out, report, "consumers", "consumer", "anchord_consumer_generation", "The generation that a consumer shows.", get_generation);
  append_each (out, report, "consumers", "consumer", "anchord_consumer_drift", "What others changed in a consumer's files.", get_drift);
}

void
audit_write_prometheus (const AuditReport *report, GString *out)
{
  append_one (out, "anchord_audit_timestamp_seconds", "When the audit was made.", report->time);
  append_stores (out, report);
  append_expiry (out, report);
  append_findings (out, report);
  if (report->status != NULL)
    append_status (out, report);
}
