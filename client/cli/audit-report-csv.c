/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows as RFC 4180 has them: CRLF, every field quoted. One head for both kinds of rows, so that a spreadsheet can filter them. */
#include "config.h"

#include "client/cli/audit-report.h"
#include "client/cli/print.h"
#include "client/cli/view.h"

#include <string.h>

/* A field that begins with one of these is a formula for a spreadsheet, whatever quotes stand around it; the wide forms are, too, for some. */
static gboolean
begins_formula (const char *text)
{
  static const char *const wide[] = { "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0" };
  while (*text == ' ')
    text++;
  for (gsize i = 0; i < G_N_ELEMENTS (wide); i++)
    if (g_str_has_prefix (text, wide[i]))
      return TRUE;
  return *text != '\0' && strchr ("=+-@|%", *text) != NULL;
}

/* TEXT: printable, so without line breaks and tabs. */
static void
append_field (GString *out, const char *text, gboolean is_last)
{
  g_string_append_c (out, '"');
  if (begins_formula (text))
    g_string_append_c (out, '\'');
  for (const char *p = text; *p != '\0'; p++)
    g_string_append_len (out, *p == '"' ? "\"\"" : p, *p == '"' ? 2 : 1);
  g_string_append (out, is_last ? "\"\r\n" : "\",");
}

enum
{
  RECORD,
  FINGERPRINT,
  TITLE,
  SUBJECT,
  ORGANIZATION,
  NOT_BEFORE,
  NOT_AFTER,
  KEY,
  SIGNATURE,
  PURPOSES,
  UNTIL,
  STATUS,
  LAYER,
  SOURCE,
  PATH,
  LABEL,
  REASON,
  CHECK,
  SEVERITY,
  WHERE,
  TEXT,
  REMEDY,
  ACCEPTED,
  ACCEPTED_UNTIL,
  FIELDS
};

static const char *const heads[FIELDS] = {
  "record",    "fingerprint", "title",    "subject", "organization", "not_before", "not_after", "key",
  "signature", "purposes",    "until",    "status",  "layer",        "source",     "path",      "label",
  "reason",    "check",       "severity", "where",   "text",         "remedy",     "accepted",  "accepted_until",
};

/* FIELDS texts; NULL is an empty one. */
static void
append_row (GString *out, char *const *fields)
{
  for (guint i = 0; i < FIELDS; i++)
    append_field (out, fields[i] != NULL ? fields[i] : "", i == FIELDS - 1);
}

static char *
time_of (GVariant *anchor, const char *key)
{
  gint64 time = view_number (anchor, key);
  return time == 0 ? g_strdup ("") : audit_time (time);
}

static void
append_anchor (GString *out, GVariant *anchor)
{
  const char *const keys[FIELDS] = {
    [FINGERPRINT] = "fingerprint",
    [TITLE] = "title",
    [SUBJECT] = "subject",
    [ORGANIZATION] = "organization",
    [KEY] = "key",
    [SIGNATURE] = "signature",
    [STATUS] = "status",
    [LAYER] = "layer",
    [SOURCE] = "source",
    [PATH] = "path",
    [LABEL] = "label",
    [REASON] = "reason",
  };
  const char *const times[FIELDS] = { [NOT_BEFORE] = "not-before", [NOT_AFTER] = "not-after", [UNTIL] = "until" };
  g_auto (GStrv) fields = g_new0 (char *, FIELDS + 1), purposes = view_strings (anchor, "purposes");
  for (guint i = 0; i < FIELDS; i++)
    if (keys[i] != NULL)
      fields[i] = print_foreign (view_string (anchor, keys[i]));
    else if (times[i] != NULL)
      fields[i] = time_of (anchor, times[i]);
    else
      fields[i] = i == RECORD ? g_strdup ("anchor") : i == PURPOSES ? g_strjoinv (" ", purposes) : g_strdup ("");
  append_row (out, fields);
}

static void
append_finding (GString *out, const AuditFinding *finding)
{
  const Accepted *accepted = finding->accepted;
  g_autofree char *title = print_foreign (finding->title), *where = audit_text (finding->where), *text = audit_text (finding->text);
  g_autofree char *remedy = audit_text (finding->remedy), *check = audit_text (finding->check), *fingerprint = audit_text (finding->fingerprint);
  g_autofree char *until = accepted == NULL ? NULL : audit_time (accepted->until);
  char *fields[FIELDS] = {
    [RECORD] = (char *) "finding",
    [FINGERPRINT] = fingerprint,
    [TITLE] = title,
    [CHECK] = check,
    [SEVERITY] = (char *) audit_severity_name (finding->severity),
    [WHERE] = where,
    [TEXT] = text,
    [REMEDY] = remedy,
    [ACCEPTED] = accepted == NULL ? NULL : accepted->reason,
    [ACCEPTED_UNTIL] = until,
  };
  append_row (out, fields);
}

void
audit_write_csv (const AuditReport *report, GString *out)
{
  gsize n = g_variant_n_children (report->anchors);
  append_row (out, (char *const *) heads);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) anchor = g_variant_get_child_value (report->anchors, i);
      append_anchor (out, anchor);
    }
  for (guint i = 0; i < report->findings->len; i++)
    append_finding (out, g_ptr_array_index (report->findings, i));
}
