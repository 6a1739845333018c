/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/fingerprint.h"
#include "client/cli/json.h"
#include "client/cli/print.h"
#include "client/cli/tool.h"
#include "core/error.h"

#include <string.h>

typedef struct
{
  const char *status;   /* on the bus */
  const char *sentence; /* untranslated; marked with N_ */
} Status;

static const Status statuses[] = {
  { "trusted", N_ ("It is trusted.") },
  { "distrusted", N_ ("It is REFUSED.") },
  { "not-trusted", N_ ("It is not trusted: it is known, and nobody who counts trusts it.") },
  { "ended", N_ ("It is not trusted: the trust has ended.") },
  { "unknown", N_ ("It is not trusted: no source speaks of it.") },
};

static void
print_head (GVariant *why)
{
  const char *status = view_string (why, "status");
  g_autofree char *title = print_foreign (view_string (why, "title"));
  g_autofree char *fingerprint = print_foreign (view_string (why, "fingerprint"));
  g_autofree char *decider = print_foreign (view_string (why, "decided-by"));
  const char *sentence = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (strcmp (statuses[i].status, status) == 0)
      sentence = _ (statuses[i].sentence);
  if (title[0] != '\0')
    g_print ("%s\n", title);
  g_print ("%s\n%s", fingerprint, sentence != NULL ? sentence : status);
  if (decider[0] != '\0')
    g_print (_ (" Decided by %s."), decider);
  g_print ("\n");
}

/* Who added it and why, of what the file says. Returns: (transfer full). */
static char *
describe_note (GVariant *source)
{
  GString *text = g_string_new (NULL);
  gint64 added = view_number (source, "added");
  g_autofree char *why = print_foreign (view_string (source, "why"));
  g_autofree char *reason = print_foreign (view_string (source, "reason"));
  g_autofree char *by = print_foreign (view_string (source, "added-by"));
  g_autofree char *date = added == 0 ? NULL : print_date (added);
  const char *const parts[] = { why, reason, date, by };
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i] != NULL && parts[i][0] != '\0')
      g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "", parts[i]);
  return g_string_free (text, FALSE);
}

static void
add_source (PrintTable *table, GVariant *source)
{
  const char *path = view_string (source, "path");
  g_autofree char *layer = print_foreign (view_string (source, "layer"));
  g_autofree char *from = print_foreign (path[0] != '\0' ? path : view_string (source, "source"));
  g_autofree char *says = print_foreign (view_string (source, "says"));
  g_autofree char *settings = print_foreign (view_string (source, "settings"));
  g_autofree char *note = describe_note (source);
  gboolean decides = view_bool (source, "decides");
  const char *const cells[] = { decides ? "*" : "", layer, says, settings, from, note };
  struct libscols_line *line = scols_table_new_line (table, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cells); i++)
    scols_line_set_data (line, i, cells[i]);
  if (decides)
    scols_line_set_color (line, "bold");
}

static void
print_sources (GVariant *why)
{
  g_autoptr (GVariant) sources = view_list (why, "sources");
  gsize n = g_variant_n_children (sources);
  if (n == 0)
    return;
  PrintTable *table = print_table_new ();
  scols_table_new_column (table, "", 0, 0);
  scols_table_new_column (table, _ ("LAYER"), 0, 0);
  scols_table_new_column (table, _ ("SAYS"), 0, 0);
  scols_table_new_column (table, _ ("WHAT FOR"), 0, SCOLS_FL_TRUNC);
  scols_table_new_column (table, _ ("FROM"), 0, SCOLS_FL_TRUNC);
  scols_table_new_column (table, _ ("NOTE"), 0, SCOLS_FL_TRUNC);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) source = g_variant_get_child_value (sources, i);
      add_source (table, source);
    }
  g_print ("\n%s\n", _ ("Who speaks of it (* decides):"));
  print_table (table);
}

static void
print_consumer (GVariant *consumer)
{
  g_auto (GStrv) losses = view_strings (consumer, "losses");
  g_autofree char *id = print_foreign (view_string (consumer, "id"));
  g_autofree char *sees = print_foreign (view_string (consumer, "sees"));
  g_autofree char *why = print_foreign (view_string (consumer, "why"));
  g_autofree char *lost = print_joined ((const char *const *) losses);
  g_print ("  %s: %s", id, sees);
  if (lost[0] != '\0')
    g_print (_ (", without its %s"), lost);
  g_print ("%s%s\n", why[0] != '\0' ? ": " : "", why);
}

static void
print_store (GVariant *store)
{
  g_autofree char *name = print_foreign (view_string (store, "name"));
  g_autofree char *sees = print_foreign (view_string (store, "sees"));
  g_print ("  %s: %s\n", name, sees);
}

static void
print_each (const char *head, GVariant *why, const char *key, void (*print) (GVariant *entry))
{
  g_autoptr (GVariant) list = view_list (why, key);
  gsize n = g_variant_n_children (list);
  if (n > 0)
    g_print ("\n%s\n", head);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (list, i);
      print (entry);
    }
}

/* What the consumer NAME sees of it. */
static ToolExit
tell_one (Tool *tool, GVariant *why, const char *name)
{
  g_autoptr (GVariant) list = view_list (why, "consumers");
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) consumer = g_variant_get_child_value (list, i);
      if (!g_str_equal (view_string (consumer, "id"), name))
        continue;
      if (tool->json)
        json_print_view (view_why_consumer, consumer);
      else
        print_consumer (consumer);
      return TOOL_DONE;
    }
  g_autofree char *shown = print_foreign (name);
  g_autoptr (GError) error = g_error_new (TRUST_ERROR, TRUST_ERROR_NOT_FOUND,
                                          _ ("No consumer \"%s\" is enabled; 'anchorctl consumers' names those there are"), shown);
  return tool_fail (tool, error);
}

ToolExit
command_why (Tool *tool, int argc, char **argv)
{
  g_autofree char *consumer = NULL;
  const GOptionEntry entries[] = { { "consumer", 0, 0, G_OPTION_ARG_STRING, &consumer, N_ ("Tell of this consumer alone"), N_ ("NAME") },
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse (tool, "why", entries, 1, 1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) digits = fingerprint_digits_all (words, &error);
  g_autoptr (GVariant) reply = digits == NULL ? NULL : tool_call (tool, "Anchors", "Why", g_variant_new ("(s)", digits[0]), NULL, NULL, &error);
  if (reply == NULL)
    return tool_fail (tool, error);
  g_autoptr (GVariant) why = g_variant_get_child_value (reply, 0);
  if (consumer != NULL)
    return tell_one (tool, why, consumer);
  if (tool->json)
    {
      json_print_view (view_why, why);
      return TOOL_DONE;
    }
  print_head (why);
  print_sources (why);
  print_each (_ ("Who reads it:"), why, "consumers", print_consumer);
  print_each (_ ("Stores:"), why, "stores", print_store);
  return TOOL_DONE;
}
