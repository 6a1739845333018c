/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/report.h"

#include "client/cli/preview.h"
#include "client/cli/print.h"
#include "core/limits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const ReportRow report_import_rows[] = {
  { "added", N_ ("added %s (%s…)"), NULL, TOOL_DONE },
  { "pinned", N_ ("pinned %s (%s…): it was trusted from below, and stays so now whatever happens there"), NULL, TOOL_DONE },
  { "changed", N_ ("changed the settings of %s (%s…)"), NULL, TOOL_DONE },
  { "already", N_ ("so already: %s (%s…)"), NULL, TOOL_DONE },
  { "removed", N_ ("removed %s (%s…)"), NULL, TOOL_DONE },
  { "still-trusted", N_ ("withdrew %s (%s…), but it is still trusted"), N_ ("to refuse it: anchorctl distrust %s\n"), TOOL_DONE },
  { "distrusted", N_ ("distrusted %s (%s…)"), NULL, TOOL_DONE },
  { "restored", N_ ("lifted the distrust of %s (%s…)"), NULL, TOOL_DONE },
  { "still-refused", N_ ("lifted a distrust of %s (%s…), but it is still refused"), N_ ("to see by whom: anchorctl why %s\n"), TOOL_DONE },
  { "refused", N_ ("REFUSED %s (%s…)"), NULL, TOOL_REFUSED },
  { NULL, NULL, NULL, TOOL_DONE }
};

/* So many are named one by one. */
#define MAX_ALREADY 10

static const ReportRow *
find_row (const ReportRow *rows, const char *result)
{
  while (rows->result != NULL && strcmp (rows->result, result) != 0)
    rows++;
  return rows->result != NULL ? rows : NULL;
}

/* What names a certificate in a sentence, behind its title. */
#define DIGITS " (%s…)"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
/* The sentences come from our own tables and their translations, which msgfmt checks. */
static void
print_sentence (const ReportRow *row, const char *title, const char *fingerprint, const char *detail)
{
  const char *sentence = _ (row->sentence);
  const char *digits = strspn (fingerprint, "0") == PRINT_FINGERPRINT_DIGITS ? strstr (sentence, DIGITS) : NULL;
  if (digits == NULL)
    g_print (sentence, title, fingerprint);
  else /* of no certificate: a store, a file */
    {
      g_autofree char *bare = g_strdup_printf ("%.*s%s", (int) (digits - sentence), sentence, digits + strlen (DIGITS));
      g_print (bare, title);
    }
  if (detail[0] != '\0')
    g_print (": %s", detail);
  g_print ("\n");
  if (row->remedy != NULL)
    g_print (_ (row->remedy), fingerprint);
}
#pragma GCC diagnostic pop

void
report_print_result (const ReportRow *rows, GVariant *result)
{
  const ReportRow *row = find_row (rows, view_string (result, "result"));
  g_autofree char *title = print_foreign (view_string (result, "title"));
  g_autofree char *detail = print_foreign (view_string (result, "detail"));
  g_autofree char *fingerprint = g_strndup (view_string (result, "fingerprint"), PRINT_FINGERPRINT_DIGITS);
  if (row != NULL)
    print_sentence (row, title, fingerprint, detail);
  else
    g_print ("%s %s (%s)%s%s\n", view_string (result, "result"), title, fingerprint, detail[0] != '\0' ? ": " : "", detail);
}

static gboolean
is_already (GVariant *result)
{
  return strcmp (view_string (result, "result"), "already") == 0;
}

static guint
count_already (GVariant *results)
{
  guint n = 0;
  for (gsize i = 0; i < g_variant_n_children (results); i++)
    {
      g_autoptr (GVariant) result = g_variant_get_child_value (results, i);
      n += is_already (result) ? 1 : 0;
    }
  return n;
}

void
report_each_result (GVariant *results, void (*print) (GVariant *result, gpointer user_data), gpointer user_data)
{
  guint already = count_already (results);
  for (gsize i = 0; i < g_variant_n_children (results); i++)
    {
      g_autoptr (GVariant) result = g_variant_get_child_value (results, i);
      if (already <= MAX_ALREADY || !is_already (result))
        print (result, user_data);
    }
  if (already > MAX_ALREADY)
    g_print (_ ("%u are so already\n"), already);
}

static void
print_row (GVariant *result, gpointer rows)
{
  report_print_result (rows, result);
}

static void
print_for_people (guint64 generation, GVariant *results, const char *const *notices, const ReportRow *rows)
{
  report_each_result (results, print_row, (gpointer) rows);
  g_print (_ ("generation %" PRIu64 "\n"), generation);
  fflush (stdout);
  for (; *notices != NULL; notices++)
    {
      g_autofree char *notice = print_foreign (*notices);
      g_printerr (_ ("anchorctl: notice: %s\n"), notice);
    }
}

static void
keep (GPtrArray **texts, const char *text)
{
  if (*texts == NULL)
    *texts = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (*texts, g_strdup (text));
}

void
report_note (Tool *tool, const char *text)
{
  keep (&tool->notes, text);
  fflush (stdout);
  g_printerr (_ ("anchorctl: note: %s\n"), text);
}

void
report_failure (Tool *tool, const char *text)
{
  keep (&tool->failures, text);
  fflush (stdout);
  g_printerr (_ ("anchorctl: not taken: %s\n"), text);
}

static void
add_texts (JsonBuilder *builder, const char *name, GPtrArray *texts)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; texts != NULL && i < texts->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (texts, i));
  json_builder_end_array (builder);
}

void
report_add_notes (JsonBuilder *builder, const Tool *tool)
{
  add_texts (builder, "failures", tool->failures);
  add_texts (builder, "notes", tool->notes);
}

static void
print_as_json (const Tool *tool, guint64 generation, GVariant *results, const char *const *notices)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "generation");
  json_builder_add_int_value (builder, (gint64) generation);
  json_builder_set_member_name (builder, "changed");
  if (g_variant_n_children (results) == 0) /* a store's own change: the answer does not say whether it was so already */
    json_builder_add_null_value (builder);
  else
    json_builder_add_boolean_value (builder, report_changes_something (results));
  json_add_views (builder, "results", view_result, results);
  json_add_strings (builder, "notices", notices);
  report_add_notes (builder, tool);
  json_builder_end_object (builder);
  json_print (builder);
}

gboolean
report_changes_something (GVariant *results)
{
  for (gsize i = 0; i < g_variant_n_children (results); i++)
    {
      g_autoptr (GVariant) result = g_variant_get_child_value (results, i);
      const char *name = view_string (result, "result");
      if (strcmp (name, "already") != 0 && strcmp (name, "refused") != 0)
        return TRUE;
    }
  return FALSE;
}

ToolExit
report_judge (GVariant *results, const ReportRow *rows)
{
  ToolExit code = TOOL_DONE;
  for (gsize i = 0; i < g_variant_n_children (results); i++)
    {
      g_autoptr (GVariant) result = g_variant_get_child_value (results, i);
      const ReportRow *row = find_row (rows, view_string (result, "result"));
      if (row != NULL && row->exit > code)
        code = row->exit;
    }
  return code;
}

/* "Anchors.Add" into its halves. Returns: (transfer full): the interface. */
static char *
split_method (const char *method, const char **member)
{
  const char *dot = strchr (method, '.');
  g_assert (dot != NULL);
  *member = dot + 1;
  return g_strndup (method, (gsize) (dot - method));
}

static ToolExit
make_change (Tool *tool, const char *method, GVariant *parameters, GUnixFDList *fds, const ReportRow *rows)
{
  const char *member;
  g_autofree char *interface = split_method (method, &member);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = tool_call (tool, interface, member, parameters, fds, NULL, &error);
  if (reply == NULL)
    return tool_fail (tool, error);
  guint64 generation;
  g_autoptr (GVariant) results = NULL;
  g_autofree const char **notices = NULL;
  g_variant_get (reply, "(t@aa{sv}^a&s)", &generation, &results, &notices);
  if (tool->json)
    print_as_json (tool, generation, results, notices);
  else
    print_for_people (generation, results, notices, rows);
  ToolExit code = report_judge (results, rows);
  gboolean is_whole = notices[0] == NULL && tool->failures == NULL;
  return code == TOOL_DONE && !is_whole ? TOOL_REFUSED : code;
}

ToolExit
report_change (Tool *tool, const char *method, GVariant *parameters, GUnixFDList *fds, const ReportRow *rows)
{
  return tool->dry_run || tool->check ? preview_change (tool, method, parameters, fds) : make_change (tool, method, parameters, fds, rows);
}

void
report_option_string (GVariantDict *options, const char *key, const char *value)
{
  if (value != NULL)
    g_variant_dict_insert (options, key, "s", value);
}

void
report_option_flag (GVariantDict *options, const char *key, gboolean value)
{
  if (value)
    g_variant_dict_insert (options, key, "b", TRUE);
}

gboolean
report_check_reason (const char *reason, GError **error)
{
  return tool_check_text ("--reason", reason, TRUST_LIMIT_REASON_CHARS, error);
}
