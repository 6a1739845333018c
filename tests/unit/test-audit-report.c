/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The audit's report as a value, what is accepted, and comparing two sets: without a service. */
#include "client/cli/audit-report.h"
#include "client/cli/compare.h"

#include <glib.h>
#include <string.h>

#define NOW 1900000000
#define LATER "2045-01-01"
#define MARK "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static GVariant *
make_finding (const char *check, const char *severity, const char *fingerprint, const char *where)
{
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "check", "s", check);
  g_variant_dict_insert (&dict, "severity", "s", severity);
  g_variant_dict_insert (&dict, "fingerprint", "s", fingerprint);
  g_variant_dict_insert (&dict, "title", "s", "=1+1 <b>\n");
  g_variant_dict_insert (&dict, "where", "s", where);
  g_variant_dict_insert (&dict, "text", "s", "it is odd");
  g_variant_dict_insert (&dict, "remedy", "s", "mend it");
  return g_variant_dict_end (&dict);
}

static AcceptedList *
parse (const char *text)
{
  AcceptedList *list = accepted_list_new ();
  accepted_parse (list, "audit.conf", text, strlen (text), NOW);
  return list;
}

/* Text of one entry without the line that begins with LEFT_OUT (nullable), and with MORE (nullable) behind it. */
static char *
write_entry (const char *left_out, const char *more)
{
  static const char *const lines[] = { "Check=odd", "Fingerprint=" MARK, "Reason=why", "Until=" LATER };
  GString *text = g_string_new ("[Accept one]\n");
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    if (left_out == NULL || !g_str_has_prefix (lines[i], left_out))
      g_string_append_printf (text, "%s\n", lines[i]);
  g_string_append_printf (text, "%s\n", more != NULL ? more : "");
  return g_string_free (text, FALSE);
}

static void
test_accepted (void)
{
  const struct
  {
    const char *left_out;
    const char *more;
    guint n_entries;
    guint n_findings;
  } cases[] = {
    { NULL, NULL, 1, 0 },
    { "Check", NULL, 0, 1 },
    { "Reason", NULL, 0, 1 },
    { "Until", NULL, 0, 1 },
    { "Fingerprint", NULL, 0, 1 },
    { "Fingerprint", "Where=", 1, 0 },
    { NULL, "Where=/etc", 1, 0 },
    { NULL, "Whre=/etc", 0, 1 },
    { "Until", "Until=2001-01-01", 0, 1 },
    { "Until", "Until=2030-03-17T17:46:40Z", 0, 1 }, /* that is now */
    { "Until", "Until=2030-03-17T17:46:41Z", 1, 0 },
    { "Reason", "Reason=\x1b[31m", 0, 1 },
    { "Reason", "Reason=\xff", 0, 1 },
    { "Fingerprint", "Fingerprint=0123", 0, 1 },
    { NULL, "[Other]\nA=b", 1, 1 },
    { NULL, "no key", 0, 1 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = write_entry (cases[i].left_out, cases[i].more);
      g_autoptr (AcceptedList) list = parse (text);
      g_test_message ("%s", text);
      g_assert_cmpuint (list->entries->len, ==, cases[i].n_entries);
      g_assert_cmpuint (list->findings->len, ==, cases[i].n_findings);
    }
}

static void
test_accepted_find (void)
{
  g_autofree char *text = write_entry (NULL, "Where=/etc/x\n[Accept two]\nCheck=" ACCEPTED_CHECK "\nWhere=\nReason=a\nUntil=" LATER);
  g_autoptr (AcceptedList) list = parse (text);
  g_assert_nonnull (accepted_find (list, "odd", MARK, "/etc/x"));
  g_assert_null (accepted_find (list, "odd", MARK, "/etc/y"));
  g_assert_null (accepted_find (list, "odd", OTHER, "/etc/x"));
  g_assert_null (accepted_find (list, "other", MARK, "/etc/x"));
  g_assert_null (accepted_find (list, ACCEPTED_CHECK, "", "")); /* the file cannot speak for itself */
}

static void
test_report (void)
{
  g_autoptr (AuditReport) report = audit_report_new (AUDIT_OF_FILES, "x");
  g_autofree char *text = write_entry (NULL, NULL);
  AuditSeverity severity;
  accepted_parse (report->accepted, "audit.conf", text, strlen (text), NOW);
  audit_report_add_check (report, "odd", "low", "what is odd");
  audit_report_add_check (report, "odd", "high", "again");
  g_assert_cmpuint (report->checks->len, ==, 1);
  g_assert_true (audit_report_find_check (report, "odd", &severity));
  g_assert_cmpint (severity, ==, AUDIT_LOW);
  g_assert_false (audit_report_find_check (report, "none", &severity));
  audit_report_add_finding (report, make_finding ("odd", "low", MARK, ""));
  audit_report_add_finding (report, make_finding ("odd", "low", OTHER, ""));
  audit_report_add_finding (report, make_finding ("odd", "unheard-of", OTHER, ""));
  audit_report_settle (report);
  g_assert_cmpuint (audit_report_count (report, AUDIT_LOW, TRUE), ==, 1);
  g_assert_cmpuint (audit_report_count (report, AUDIT_LOW, FALSE), ==, 1);
  /* A severity that is not known is taken for the worst, not for none. */
  g_assert_cmpuint (audit_report_count (report, AUDIT_CRITICAL, FALSE), ==, 1);
  g_assert_cmpint (((AuditFinding *) g_ptr_array_index (report->findings, 0))->severity, ==, AUDIT_CRITICAL);
}

/* Every format writes a report of nothing, and one of something, always the same, and no foreign line of its own. */
static void
test_formats (void)
{
  g_autoptr (AuditReport) report = audit_report_new (AUDIT_OF_FILES, "a\x1b"
                                                                     "b\nc");
  report->time = NOW;
  for (guint round = 0; round < 2; round++)
    {
      for (const AuditFormat *format = audit_formats; format->name != NULL; format++)
        {
          g_autoptr (GString) out = g_string_new (NULL), again = g_string_new (NULL);
          g_assert_true (audit_format_find (format->name) == format);
          format->write (report, out);
          format->write (report, again);
          g_assert_cmpstr (out->str, ==, again->str);
          g_assert_cmpuint (out->len, >, 0);
          g_assert_true (g_utf8_validate (out->str, (gssize) out->len, NULL));
          g_assert_null (strchr (out->str, '\x1b'));
          g_assert_null (strstr (out->str, "\nc"));
          if (strcmp (format->name, "html") == 0)
            g_assert_null (strstr (out->str, "1 <b>"));
          if (strcmp (format->name, "csv") == 0)
            g_assert_null (strstr (out->str, "\"=1"));
        }
      audit_report_add_check (report, "odd", "high", "what is odd");
      audit_report_add_finding (report, make_finding ("odd", "high", MARK, "/a\nb"));
      audit_report_settle (report);
    }
}

static GPtrArray *
compare (const char *ours, const char *theirs, gboolean is_unsaid, guint *same)
{
  static CompareSide *a, *b;
  g_clear_pointer (&a, compare_side_free);
  g_clear_pointer (&b, compare_side_free);
  a = compare_side_new ("file", "a");
  b = compare_side_new ("file", "b");
  if (ours != NULL)
    compare_side_add (a, MARK, MARK, "One", ours, is_unsaid);
  if (theirs != NULL)
    compare_side_add (b, MARK, MARK, "One", theirs, FALSE);
  return compare_sides (a, b, same);
}

static void
test_compare (void)
{
  const struct
  {
    const char *ours, *theirs, *parts; /* "": the same; NULL: in one alone */
    gboolean is_unsaid;
  } cases[] = {
    { "trusted server-auth", "trusted server-auth", "", FALSE },
    { "trusted server-auth", "trusted server-auth,client-auth", "purposes", FALSE },
    { "trusted server-auth", "trusted server-auth,client-auth", "", TRUE },
    { "trusted server-auth", "distrusted", "trust", TRUE },
    { "trusted server-auth", "distrusted", "trust", FALSE },
    { "distrusted", "distrusted", "", FALSE },
    { "trusted server-auth;until=2045-01-01T00:00:00Z", "trusted server-auth", "until", FALSE },
    { "trusted server-auth;until=2045-01-01T00:00:00Z", "trusted server-auth;until=2046-01-01T00:00:00Z;accept-loss", "until accept-loss", FALSE },
    { "trusted server-auth;permitted-dns=a", "trusted email-protection;permitted-dns=a;excluded-ip=b;distrust-after=x",
      "purposes constraints distrust-after", FALSE },
    { "trusted server-auth", NULL, NULL, FALSE },
    { NULL, "trusted server-auth", NULL, FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint same;
      g_autoptr (GPtrArray) differences = compare (cases[i].ours, cases[i].theirs, cases[i].is_unsaid, &same);
      gboolean equal = g_strcmp0 (cases[i].parts, "") == 0;
      g_assert_cmpuint (differences->len, ==, equal ? 0 : 1);
      g_assert_cmpuint (same, ==, equal ? 1 : 0);
      if (equal)
        continue;
      const CompareDifference *difference = g_ptr_array_index (differences, 0);
      g_autofree char *parts = difference->parts == NULL ? NULL : g_strjoinv (" ", difference->parts);
      g_assert_cmpstr (parts, ==, cases[i].parts);
      g_assert_true ((difference->a == NULL) == (cases[i].ours == NULL) && (difference->b == NULL) == (cases[i].theirs == NULL));
    }
}

static void
test_narrow (void)
{
  g_autoptr (CompareSide) side = compare_side_new ("moment", "now");
  compare_side_add (side, "1", MARK, "One", "trusted server-auth", FALSE);
  compare_side_add (side, "2", MARK, "One", "distrusted", FALSE);
  compare_side_add (side, "3", MARK, "One", "trusted server-auth in app/pg", FALSE);
  compare_side_add (side, "4", "", "app/pg", "store", FALSE);
  compare_side_add (side, "5", MARK, "list", "kept: number 7, until …", FALSE);
  compare_side_narrow (side);
  g_assert_cmpuint (g_hash_table_size (side->rows), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audit-report/accepted", test_accepted);
  g_test_add_func ("/audit-report/accepted-find", test_accepted_find);
  g_test_add_func ("/audit-report/report", test_report);
  g_test_add_func ("/audit-report/formats", test_formats);
  g_test_add_func ("/audit-report/compare", test_compare);
  g_test_add_func ("/audit-report/narrow", test_narrow);
  return g_test_run ();
}
