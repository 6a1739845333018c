/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/consumers.h"
#include "client/cli/print.h"
#include "client/cli/status-processes.h"

#include <inttypes.h>

static void
add_number (PrintTable *table, const char *name, gint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" PRId64, number);
  print_facts_add (table, name, text);
}

/* When time alone changes what is trusted. */
static void
add_next (PrintTable *table, gint64 next)
{
  g_autofree char *text = next == 0 ? NULL : print_time (next);
  if (text != NULL)
    print_facts_add (table, _ ("Changes by itself"), text);
}

/* Who gave the distribution's files back. */
static void
add_handback (PrintTable *table, const char *by)
{
  if (by[0] == '\0')
    return;
  print_facts_add (table, _ ("Handed back"),
                   g_str_equal (by, "package")         ? _ ("by the package, until it is installed again")
                   : g_str_equal (by, "administrator") ? _ ("by an administrator, until 'anchorctl handback --resume'")
                                                       : _ ("NOT known: the mark cannot be understood"));
}

static void
print_head (GVariant *status)
{
  PrintTable *table = print_facts_new ();
  gint64 waiting = view_number (status, "hooks-waiting");
  gint64 requests = view_number (status, "requests");
  add_number (table, _ ("Generation"), view_number (status, "generation"));
  print_facts_add (table, _ ("Published"), view_bool (status, "published") ? _ ("yes") : _ ("not everywhere"));
  print_facts_add_foreign (table, _ ("Distribution"), view_string (status, "distribution"));
  add_number (table, _ ("Trusted"), view_number (status, "anchors"));
  add_number (table, _ ("Refused"), view_number (status, "distrusts"));
  if (waiting > 0)
    add_number (table, _ ("Hooks waiting"), waiting);
  if (requests > 0)
    add_number (table, _ ("Requests waiting"), requests);
  if (view_number (status, "stores") > 0)
    add_number (table, _ ("Stores"), view_number (status, "stores"));
  if (view_number (status, "crls") > 0)
    add_number (table, _ ("Revocation lists"), view_number (status, "crls"));
  add_next (table, view_number (status, "next"));
  add_handback (table, view_string (status, "handed-back"));
  print_facts_add_foreign (table, _ ("GnuTLS override"), view_string (status, "override"));
  print_facts_add_foreign (table, _ ("Version"), view_string (status, "version"));
  print_table (table);
}

/* The strings of KEY, one a line, indented. */
static void
print_lines (GVariant *dictionary, const char *key)
{
  g_auto (GStrv) lines = view_strings (dictionary, key);
  for (char **line = lines; *line != NULL; line++)
    {
      g_autofree char *safe = print_foreign (*line);
      g_print ("  %s\n", safe);
    }
}

static void
print_source (GVariant *source)
{
  g_autofree char *id = print_foreign (view_string (source, "id"));
  g_autofree char *layer = print_foreign (view_string (source, "layer"));
  gulong n = (gulong) view_number (source, "anchors");
  g_print ("%s (%s): ", id, layer);
  g_print (ngettext ("%lu certificate", "%lu certificates", n), n);
  if (view_bool (source, "held-back"))
    g_print (_ (", held back: the last good set is in use; look at its files"));
  g_print ("\n");
  print_lines (source, "faults");
}

static void
print_consumer (GVariant *consumer)
{
  g_autofree char *id = print_foreign (view_string (consumer, "id"));
  g_autofree char *fault = print_foreign (view_string (consumer, "fault"));
  if (view_bool (consumer, "handed-back"))
    g_print (_ ("%s: handed back to the distribution's tool\n"), id);
  else if (!view_bool (consumer, "enabled"))
    g_print (_ ("%s: nothing placed there yet\n"), id);
  else if (view_bool (consumer, "current"))
    g_print (_ ("%s: shows generation %" PRId64 "\n"), id, view_number (consumer, "generation"));
  else
    g_print (_ ("%s: NOT current, shows generation %" PRId64 "\n"), id, view_number (consumer, "generation"));
  if (fault[0] != '\0')
    g_print ("  %s\n", fault);
  print_lines (consumer, "drift");
}

static void
print_section (const char *head, GVariant *status, const char *key, void (*print) (GVariant *entry))
{
  g_autoptr (GVariant) list = view_list (status, key);
  if (g_variant_n_children (list) == 0)
    return;
  g_print ("\n%s\n", head);
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (list, i);
      print (entry);
    }
}

static void
print_for_people (GVariant *status)
{
  g_auto (GStrv) reports = view_strings (status, "reports");
  print_head (status);
  print_section (_ ("Where trust comes from:"), status, "sources", print_source);
  print_section (_ ("Who reads it:"), status, "consumers", print_consumer);
  if (reports[0] != NULL)
    g_print ("\n%s\n", _ ("Worth a look:"));
  print_lines (status, "reports");
}

static void
print_json (GVariant *status, const StatusProcesses *found)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_add_view (builder, view_status, status);
  if (found->processes != NULL)
    status_processes_add (builder, found);
  json_builder_end_object (builder);
  json_print (builder);
}

ToolExit
command_status (Tool *tool, int argc, char **argv)
{
  gboolean check = FALSE, processes = FALSE;
  const GOptionEntry entries[] = { { "check", 'c', 0, G_OPTION_ARG_NONE, &check, N_ ("Exit 3 unless every consumer shows what is effective"), NULL },
                                   { "processes", 0, 0, G_OPTION_ARG_NONE, &processes,
                                     N_ ("Tell which running processes still hold what was published before"), NULL },
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse (tool, "status", entries, 0, 0, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  g_auto (StatusProcesses) found = { NULL, NULL };
  g_autoptr (GVariant) reply = tool_call (tool, "Anchors", "GetStatus", NULL, NULL, NULL, &error);
  g_autoptr (GVariant) consumers = reply == NULL || !processes ? NULL : consumers_list (tool, &error);
  if (error != NULL || (processes && !status_processes_read (&found, tool, consumers, &error)))
    return tool_fail (tool, error);
  g_autoptr (GVariant) status = g_variant_get_child_value (reply, 0);
  if (tool->json)
    print_json (status, &found);
  else
    print_for_people (status);
  if (processes && !tool->json)
    status_processes_print (&found);
  gboolean good = view_bool (status, "published") && (!processes || status_processes_are_current (&found));
  return check && !good ? TOOL_REFUSED : TOOL_DONE;
}
