/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/json.h"
#include "client/cli/limits.h"
#include "client/cli/listing.h"
#include "client/cli/moment.h"
#include "client/cli/print.h"
#include "client/cli/report.h"
#include "client/cli/tool.h"
#include "core/error.h"

#include <inttypes.h>
#include <string.h>

/* Where the terminal is narrow the wordy columns go, so that names stay readable. */
#define COLUMNS_FOR_ORGANIZATION 130
#define COLUMNS_FOR_PURPOSES 110

#define COLUMN_LIMITS 6

static char *
format_days (gint64 not_after)
{
  gint64 left = not_after - g_get_real_time () / G_USEC_PER_SEC;
  return left < 0 ? g_strdup (_ ("expired")) : g_strdup_printf ("%" PRId64, left / PRINT_DAY);
}

enum
{
  ROW_TITLE,
  ROW_ORGANIZATION,
  ROW_NOT_AFTER,
  ROW_KEY,
  ROW_PURPOSES,
  ROW_LAYER,
  ROW_FINGERPRINT,
  ROW_STATUS,
  ROW_ENDED,
  ROW_PERMITTED,
  ROW_EXCLUDED,
  ROW_DISTRUST_AFTER,
  ROW_UNTIL,
};

static const ViewField row_fields[] = { [ROW_TITLE] = { "title", NULL, VIEW_STRING, NULL },
                                        [ROW_ORGANIZATION] = { "organization", NULL, VIEW_STRING, NULL },
                                        [ROW_NOT_AFTER] = { "not-after", NULL, VIEW_TIME, NULL },
                                        [ROW_KEY] = { "key", NULL, VIEW_STRING, NULL },
                                        [ROW_PURPOSES] = { "purposes", NULL, VIEW_STRINGS, NULL },
                                        [ROW_LAYER] = { "layer", NULL, VIEW_STRING, NULL },
                                        [ROW_FINGERPRINT] = { "fingerprint", NULL, VIEW_STRING, NULL },
                                        [ROW_STATUS] = { "status", NULL, VIEW_STRING, NULL },
                                        [ROW_ENDED] = { "ended", NULL, VIEW_FLAG, NULL },
                                        [ROW_PERMITTED] = { "permitted", NULL, VIEW_SUBTREES, NULL },
                                        [ROW_EXCLUDED] = { "excluded", NULL, VIEW_SUBTREES, NULL },
                                        [ROW_DISTRUST_AFTER] = { "distrust-after", NULL, VIEW_TIMES, NULL },
                                        [ROW_UNTIL] = { "until", NULL, VIEW_TIME, NULL },
                                        { NULL, NULL, VIEW_STRING, NULL } };

static char *
foreign (GVariant *value)
{
  return print_foreign (view_value_string (value));
}

/* Returns whether something limits it. */
static gboolean
add_row (PrintTable *table, GVariant *anchor)
{
  GVariant *values[VIEW_MAX_FIELDS];
  gsize n = view_read (anchor, row_fields, values);
  gint64 not_after = view_value_number (values[ROW_NOT_AFTER]);
  gboolean known = not_after != 0; /* a distrust by hash alone knows no certificate */
  g_auto (GStrv) purposes = view_value_strings (values[ROW_PURPOSES]);
  g_autofree char *title = foreign (values[ROW_TITLE]);
  g_autofree char *organization = foreign (values[ROW_ORGANIZATION]);
  g_autofree char *until = known ? print_date (not_after) : g_strdup ("");
  g_autofree char *days = known ? format_days (not_after) : g_strdup ("");
  g_autofree char *key = foreign (values[ROW_KEY]);
  g_autofree char *joined = print_joined ((const char *const *) purposes);
  g_autofree char *layer = foreign (values[ROW_LAYER]);
  g_autofree char *fingerprint = g_strndup (view_value_string (values[ROW_FINGERPRINT]), PRINT_FINGERPRINT_DIGITS);
  g_autofree char *status = view_value_bool (values[ROW_ENDED]) ? g_strdup (_ ("ended")) : foreign (values[ROW_STATUS]);
  g_autofree char *limits = limits_describe (values[ROW_PERMITTED], values[ROW_EXCLUDED], values[ROW_DISTRUST_AFTER],
                                             view_value_number (values[ROW_UNTIL]));
  const char *const cells[] = { title, organization, until, days, key, joined, limits, layer, fingerprint, status };
  struct libscols_line *line = scols_table_new_line (table, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cells); i++)
    scols_line_set_data (line, i, cells[i]);
  if (strcmp (status, "distrusted") == 0 || (known && not_after < g_get_real_time () / G_USEC_PER_SEC))
    scols_line_set_color (line, "red");
  view_clear (values, n);
  return limits[0] != '\0';
}

static void
add_columns (PrintTable *table, gboolean with_status)
{
  gsize width = print_width (table);
  scols_table_new_column (table, _ ("NAME"), 0, SCOLS_FL_TRUNC);
  scols_table_new_column (table, _ ("ORGANISATION"), 0, width < COLUMNS_FOR_ORGANIZATION ? SCOLS_FL_HIDDEN : SCOLS_FL_TRUNC);
  scols_table_new_column (table, _ ("VALID UNTIL"), 0, 0);
  scols_table_new_column (table, _ ("DAYS"), 0, SCOLS_FL_RIGHT);
  scols_table_new_column (table, _ ("KEY"), 0, 0);
  scols_table_new_column (table, _ ("PURPOSES"), 0, width < COLUMNS_FOR_PURPOSES ? SCOLS_FL_HIDDEN : SCOLS_FL_TRUNC);
  scols_table_new_column (table, _ ("LIMITS"), 0, SCOLS_FL_HIDDEN);
  scols_table_new_column (table, _ ("FROM"), 0, 0);
  scols_table_new_column (table, _ ("FINGERPRINT"), 0, 0);
  scols_table_new_column (table, _ ("STATUS"), 0, with_status ? 0 : SCOLS_FL_HIDDEN);
}

/* The column of limits appears where there are any. */
static void
show_limits (PrintTable *table)
{
  scols_column_set_flags (scols_table_get_column (table, COLUMN_LIMITS), SCOLS_FL_TRUNC);
}

static void
print_for_people (const Listing *listing, gboolean with_status)
{
  gulong n = 0;
  gboolean limited = FALSE;
  PrintTable *table = print_table_new ();
  add_columns (table, with_status);
  for (guint i = 0; i < listing->pages->len; i++)
    {
      GVariant *page = g_ptr_array_index (listing->pages, i);
      GVariantIter iter;
      g_variant_iter_init (&iter, page);
      for (GVariant *anchor; (anchor = g_variant_iter_next_value (&iter)) != NULL; n++)
        {
          limited |= add_row (table, anchor);
          g_variant_unref (anchor);
        }
    }
  if (limited)
    show_limits (table);
  if (n > 0)
    print_table (table);
  else
    scols_unref_table (table);
  g_print (ngettext ("%lu entry", "%lu entries", n), n);
  g_print (_ (", generation %" PRIu64 "\n"), listing->generation);
}

static void
print_as_json (const Listing *listing)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "generation");
  json_builder_add_int_value (builder, (gint64) listing->generation);
  json_builder_set_member_name (builder, "anchors");
  json_builder_begin_array (builder);
  for (guint i = 0; i < listing->pages->len; i++)
    json_add_elements (builder, view_anchor, g_ptr_array_index (listing->pages, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  json_print (builder);
}

static gboolean
check_words (const char *text, GError **error)
{
  return tool_check_text (_ ("the text looked for"), text, 256, error);
}

ToolExit
command_list (Tool *tool, int argc, char **argv)
{
  g_autofree char *purpose = NULL;
  g_autofree char *layer = NULL;
  g_autofree char *store = NULL;
  g_autofree char *at = NULL;
  gboolean distrusted = FALSE;
  gboolean all = FALSE;
  const GOptionEntry entries[] = { { "purpose", 'p', 0, G_OPTION_ARG_STRING, &purpose, N_ ("Only what is trusted for PURPOSE"), N_ ("PURPOSE") },
                                   { "store", 0, 0, G_OPTION_ARG_FILENAME, &store, N_ ("The anchors of STORE (system)"), N_ ("STORE") },
                                   { "layer", 0, 0, G_OPTION_ARG_STRING, &layer, N_ ("Only what LAYER decides"), N_ ("LAYER") },
                                   { "distrusted", 0, 0, G_OPTION_ARG_NONE, &distrusted, N_ ("What is refused"), NULL },
                                   { "at", 0, 0, G_OPTION_ARG_STRING, &at, N_ ("As it was at WHEN: a date, a generation, -30d; with no other option"),
                                     N_ ("WHEN") },
                                   { "all", 'a', 0, G_OPTION_ARG_NONE, &all, N_ ("What is trusted and what is refused"), NULL },
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse (tool, "list", entries, 0, 1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  if (at != NULL && purpose == NULL && layer == NULL && store == NULL && !distrusted && !all && words[0] == NULL)
    return moment_list (tool, at);
  if (at != NULL)
    {
      g_set_error_literal (&error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
                           _ ("--at goes with no other option or word: it lists all of that moment"));
      return tool_fail (tool, error);
    }
  if (!check_words (words[0], &error) || !tool_check_text ("--store", store, 256, &error))
    return tool_fail (tool, error);
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  report_option_string (&dict, "purpose", purpose);
  report_option_string (&dict, "layer", layer);
  report_option_string (&dict, "store", store);
  report_option_string (&dict, "status", all ? "all" : distrusted ? "distrusted" : NULL);
  report_option_string (&dict, "text", words[0]);
  g_autoptr (GVariant) filter = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_auto (Listing) listing = { 0 };
  if (!listing_fetch (tool, filter, &listing, &error))
    return tool_fail (tool, error);
  if (tool->json)
    print_as_json (&listing);
  else
    print_for_people (&listing, all || distrusted);
  return TOOL_DONE;
}
