/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One page that loads nothing: its policy forbids all but its own style sheet, which stands there by its hash. */
#include "config.h"

#include "client/cli/audit-bars.h"
#include "client/cli/audit-report.h"
#include "client/cli/limits.h"
#include "client/cli/print.h"
#include "client/cli/view.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

/* clang-format off */
static const char style[] =
  ":root{color-scheme:light dark;--ink:#1a1c20;--soft:#5a6270;--line:#d5d9e0;--paper:#fff;--bar:#3b6ea5;--raised:#f4f6f9;"
  "--critical:#8b0f2a;--high:#b3261e;--medium:#8a5a00;--low:#2f5d8a;--info:#5a6270}"
  "@media (prefers-color-scheme:dark){:root{--ink:#e8eaee;--soft:#a5adba;--line:#3a404a;--paper:#15171b;--bar:#6fa3dc;--raised:#1f2329;"
  "--critical:#ff8fa5;--high:#ff9b92;--medium:#e8b661;--low:#8fbbe8;--info:#a5adba}}"
  "*{box-sizing:border-box}"
  "body{margin:0 auto;padding:2rem 1.5rem 4rem;max-width:72rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}"
  "h1{font-size:1.7rem;line-height:1.25;margin:0 0 .25rem;overflow-wrap:anywhere}h2{font-size:1.2rem;margin:2.5rem 0 .75rem}"
  "p{margin:.25rem 0}.soft{color:var(--soft)}"
  ".tiles{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.5rem 0;padding:0;list-style:none}"
  ".tiles li{flex:1 1 8rem;border:1px solid var(--line);border-radius:.5rem;padding:.6rem .9rem;background:var(--raised)}"
  ".tiles b{display:block;font-size:1.6rem;line-height:1.2}"
  "table{border-collapse:collapse;width:100%;font-size:.875rem}"
  "th,td{text-align:left;vertical-align:top;padding:.4rem .6rem .4rem 0;border-bottom:1px solid var(--line)}"
  "td.f,code{overflow-wrap:anywhere}"
  "th{color:var(--soft);font-weight:600}thead{display:table-header-group}code{font:.85em ui-monospace,monospace}"
  "td.s{font-weight:700;white-space:nowrap}.critical{color:var(--critical)}.high{color:var(--high)}.medium{color:var(--medium)}.low{color:var(--low)}"
  ".info{color:var(--info)}.remedy{margin-top:.25rem;color:var(--soft)}"
  "svg{width:100%;max-width:44rem;height:auto;display:block}svg text{fill:var(--ink);font:13px system-ui,sans-serif}svg rect{fill:var(--bar)}"
  "@media print{:root{--ink:#000;--soft:#444;--line:#bbb;--paper:#fff;--raised:#fff;--bar:#444;--critical:#000;--high:#000;--medium:#000;--low:#000;"
  "--info:#000}body{max-width:none;padding:0;font-size:10pt}table{font-size:8.5pt}tr,svg,.tiles{break-inside:avoid}h2{break-after:avoid}}";
/* clang-format on */

void
audit_html_text (GString *out, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);
  g_string_append (out, markup);
}

/* Text of others: escaped for people first, then for the page. */
static void
append_foreign (GString *out, const char *text)
{
  g_autofree char *safe = print_foreign (text);
  audit_html_text (out, safe);
}

/* The same where the service may have escaped it. */
static void
append_told (GString *out, const char *text)
{
  g_autofree char *safe = audit_text (text);
  audit_html_text (out, safe);
}

static void
append_head (GString *out, const char *title)
{
  guint8 digest[32];
  gsize size = sizeof digest;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (checksum, (const guchar *) style, (gssize) strlen (style));
  g_checksum_get_digest (checksum, digest, &size);
  g_autofree char *hash = g_base64_encode (digest, size);
  /* TRANSLATORS: the language of the page, as in <html lang="…">. */
  g_string_append_printf (out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", C_ ("language", "en"));
  g_string_append_printf (out,
                          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; "
                          "form-action 'none'\">\n",
                          hash);
  g_string_append (out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
  audit_html_text (out, title);
  g_string_append_printf (out, "</title>\n<style>%s</style>\n</head>\n<body>\n", style);
}

static void
append_tile (GString *out, guint64 number, const char *name, const char *class)
{
  g_string_append_printf (out, "<li><b%s%s%s>%" PRIu64 "</b>", class[0] != '\0' ? " class=\"" : "", class, class[0] != '\0' ? "\"" : "", number);
  audit_html_text (out, name);
  g_string_append (out, "</li>\n");
}

static void
append_summary (GString *out, const AuditReport *report)
{
  guint n_accepted = 0;
  g_autofree char *time = print_time (report->time);
  g_string_append (out, "<header>\n<h1>");
  append_foreign (out, report->subject);
  g_string_append (out, "</h1>\n<p class=\"soft\">");
  audit_html_text (out, _ ("Trust anchors: what was found"));
  g_string_append_printf (out, " · %s", time);
  if (report->generation > 0)
    g_string_append_printf (out, _ (" · generation %" PRIu64), report->generation);
  g_string_append (out, "</p>\n</header>\n<ul class=\"tiles\">\n");
  append_tile (out, g_variant_n_children (report->anchors), _ ("trusted or refused"), "");
  for (AuditSeverity severity = AUDIT_SEVERITIES; severity-- > 0;)
    {
      n_accepted += audit_report_count (report, severity, TRUE);
      append_tile (out, audit_report_count (report, severity, FALSE), audit_severity_name (severity), audit_severity_name (severity));
    }
  append_tile (out, n_accepted, _ ("accepted"), "");
  g_string_append (out, "</ul>\n");
}

static void
append_section (GString *out, const char *title)
{
  g_string_append (out, "<h2>");
  audit_html_text (out, title);
  g_string_append (out, "</h2>\n");
}

/* NAMES: ended by NULL; translated. */
static void
begin_table (GString *out, const char *const *names)
{
  g_string_append (out, "<table>\n<thead><tr>");
  for (; *names != NULL; names++)
    {
      g_string_append (out, "<th scope=\"col\">");
      audit_html_text (out, *names);
      g_string_append (out, "</th>");
    }
  g_string_append (out, "</tr></thead>\n<tbody>\n");
}

static void
end_table (GString *out)
{
  g_string_append (out, "</tbody>\n</table>\n");
}

static void
append_subject (GString *out, const AuditFinding *finding)
{
  append_foreign (out, finding->title);
  if (finding->fingerprint[0] != '\0')
    {
      g_autofree char *begin = g_strndup (finding->fingerprint, PRINT_FINGERPRINT_DIGITS);
      g_string_append (out, " <code>");
      append_foreign (out, begin);
      g_string_append (out, "</code>");
    }
  if (finding->where[0] == '\0')
    return;
  g_string_append (out, finding->title[0] != '\0' || finding->fingerprint[0] != '\0' ? "<br>" : "");
  append_told (out, finding->where);
}

static void
append_finding (GString *out, const AuditFinding *finding)
{
  const char *severity = audit_severity_name (finding->severity);
  g_string_append_printf (out, "<tr><td class=\"s %s\">%s</td><td>", severity, severity);
  append_told (out, finding->check);
  g_string_append (out, "</td><td class=\"f\">");
  append_subject (out, finding);
  g_string_append (out, "</td><td class=\"f\">");
  append_told (out, finding->text);
  g_string_append (out, "<div class=\"remedy\">");
  if (finding->accepted == NULL)
    append_told (out, finding->remedy);
  else
    {
      g_autofree char *until = print_date (finding->accepted->until);
      g_autofree char *text = g_strdup_printf (_ ("accepted until %s (%s): %s"), until, finding->accepted->name, finding->accepted->reason);
      audit_html_text (out, text);
    }
  g_string_append (out, "</div></td></tr>\n");
}

static void
append_findings (GString *out, const AuditReport *report, gboolean accepted)
{
  const char *const heads[] = { _ ("Severity"), _ ("Check"), _ ("What"), accepted ? _ ("Finding and why it is accepted") : _ ("Finding and remedy"),
                                NULL };
  guint n = 0;
  for (AuditSeverity severity = 0; severity < AUDIT_SEVERITIES; severity++)
    n += audit_report_count (report, severity, accepted);
  if (n == 0 && accepted)
    return;
  append_section (out, accepted ? _ ("Accepted findings") : _ ("Findings"));
  if (n == 0)
    g_string_append_printf (out, "<p>%s</p>\n", _ ("nothing found"));
  if (n == 0)
    return;
  begin_table (out, heads);
  for (guint i = 0; i < report->findings->len; i++)
    {
      const AuditFinding *finding = g_ptr_array_index (report->findings, i);
      if ((finding->accepted != NULL) == accepted)
        append_finding (out, finding);
    }
  end_table (out);
}

/* What one record of the journal changed: each certificate's title, with what became of it. */
static void
append_changes (GString *out, GVariant *record)
{
  g_autoptr (GVariant) changes = view_list (record, "changes");
  gsize n = g_variant_n_children (changes);
  for (gsize i = 0; i < MIN (n, 20); i++)
    {
      g_autoptr (GVariant) change = g_variant_get_child_value (changes, i);
      const char *before = view_string (change, "before"), *after = view_string (change, "after");
      g_string_append (out, "<div>");
      append_foreign (out, view_string (change, "title"));
      g_string_append (out, ": <span class=\"soft\">");
      append_told (out, before[0] != '\0' ? before : "–");
      g_string_append (out, " → </span>");
      append_told (out, after[0] != '\0' ? after : "–");
      g_string_append (out, "</div>");
    }
  if (n > 20)
    g_string_append_printf (out, ngettext ("and %lu more", "and %lu more", n - 20), (gulong) (n - 20));
}

/* The user's name or number, or how it came about where nobody did it. Returns: (transfer full). */
static char *
describe_caller (GVariant *record)
{
  g_autoptr (GVariant) uid = g_variant_lookup_value (record, "uid", NULL);
  const char *user = view_string (record, "user");
  if (user[0] != '\0' || uid == NULL)
    return g_strdup (user[0] != '\0' ? user : view_string (record, "how"));
  return g_strdup_printf (_ ("user %" PRId64), view_number (record, "uid"));
}

static void
append_timeline (GString *out, const AuditReport *report)
{
  const char *const heads[] = { _ ("When"), _ ("Generation"), _ ("What"), _ ("Who"), _ ("Change"), NULL };
  gsize n = g_variant_n_children (report->timeline);
  if (n == 0)
    return;
  append_section (out, _ ("Timeline"));
  begin_table (out, heads);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) record = g_variant_get_child_value (report->timeline, i);
      g_autofree char *time = print_time (view_number (record, "time"));
      g_autofree char *who = describe_caller (record);
      g_string_append_printf (out, "<tr><td>%s</td><td>%" PRId64 "</td><td>", time, view_number (record, "generation"));
      append_told (out, view_string (record, "operation"));
      g_string_append (out, "<div class=\"soft\">");
      append_told (out, view_string (record, "reason"));
      g_string_append (out, "</div></td><td>");
      append_foreign (out, who);
      g_string_append (out, "</td><td class=\"f\">");
      append_changes (out, record);
      g_string_append (out, "</td></tr>\n");
    }
  end_table (out);
}

static void
append_anchor (GString *out, GVariant *anchor)
{
  g_auto (GStrv) purposes = view_strings (anchor, "purposes");
  g_autoptr (GVariant) permitted = g_variant_lookup_value (anchor, "permitted", NULL), excluded = g_variant_lookup_value (anchor, "excluded", NULL);
  g_autoptr (GVariant) after = g_variant_lookup_value (anchor, "distrust-after", NULL);
  g_autofree char *joined = g_strjoinv (", ", purposes);
  g_autofree char *limits = limits_describe (permitted, excluded, after, view_number (anchor, "until"));
  g_autofree char *until = view_number (anchor, "not-after") == 0 ? g_strdup ("") : print_date (view_number (anchor, "not-after"));
  const char *const cells[] = {
    view_string (anchor, "title"), view_string (anchor, "organization"), until, view_string (anchor, "key"), joined, limits,
    view_string (anchor, "layer"), view_string (anchor, "status")
  };
  g_string_append (out, "<tr>");
  for (gsize i = 0; i < G_N_ELEMENTS (cells); i++)
    {
      g_string_append (out, i < 2 ? "<td class=\"f\">" : "<td>");
      append_foreign (out, cells[i]);
      g_string_append (out, "</td>");
    }
  g_string_append (out, "<td><code>");
  append_foreign (out, view_string (anchor, "fingerprint"));
  g_string_append (out, "</code></td></tr>\n");
}

static void
append_anchors (GString *out, const AuditReport *report)
{
  const char *const heads[] = { _ ("Name"),   _ ("Organisation"), _ ("Valid until"), _ ("Key"),         _ ("Purposes"),
                                _ ("Limits"), _ ("From"),         _ ("Status"),      _ ("Fingerprint"), NULL };
  gsize n = g_variant_n_children (report->anchors);
  append_section (out, _ ("All anchors"));
  begin_table (out, heads);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) anchor = g_variant_get_child_value (report->anchors, i);
      append_anchor (out, anchor);
    }
  end_table (out);
}

static void
append_notices (GString *out, const AuditReport *report)
{
  if (report->notices->len == 0)
    return;
  append_section (out, _ ("Not looked at"));
  for (guint i = 0; i < report->notices->len; i++)
    {
      g_string_append (out, "<p>");
      append_told (out, g_ptr_array_index (report->notices, i));
      g_string_append (out, "</p>\n");
    }
}

void
audit_write_html (const AuditReport *report, GString *out)
{
  g_autofree char *subject = print_foreign (report->subject);
  g_autofree char *title = g_strdup_printf (_ ("Trust anchors of %s"), subject);
  append_head (out, title);
  append_summary (out, report);
  append_findings (out, report, FALSE);
  append_findings (out, report, TRUE);
  append_section (out, _ ("Where the anchors are from"));
  audit_bars_by_origin (report, out);
  append_section (out, _ ("When they expire"));
  audit_bars_by_expiry (report, out);
  append_timeline (out, report);
  append_anchors (out, report);
  append_notices (out, report);
  g_string_append_printf (out, "<p class=\"soft\">anchorctl %s</p>\n</body>\n</html>\n", PACKAGE_VERSION);
}
