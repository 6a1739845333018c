/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/fingerprint.h"
#include "client/cli/json.h"
#include "client/cli/limits.h"
#include "client/cli/print.h"
#include "client/cli/tool.h"

static void
add_time (PrintTable *table, const char *name, gint64 seconds, gboolean with_days)
{
  if (seconds == 0)
    return;
  g_autofree char *date = print_date (seconds);
  g_autofree char *left = with_days ? print_days_left (seconds) : NULL;
  g_autofree char *text = left == NULL ? g_strdup (date) : g_strdup_printf ("%s (%s)", date, left);
  print_facts_add (table, name, text);
}

static void
add_certificate (PrintTable *table, GVariant *anchor)
{
  print_facts_add_foreign (table, _ ("Name"), view_string (anchor, "title"));
  print_facts_add_foreign (table, _ ("Subject"), view_string (anchor, "subject"));
  print_facts_add_foreign (table, _ ("Organisation"), view_string (anchor, "organization"));
  print_facts_add_foreign (table, _ ("Issuer"), view_string (anchor, "issuer"));
  print_facts_add_foreign (table, _ ("Serial number"), view_string (anchor, "serial"));
  add_time (table, _ ("Valid from"), view_number (anchor, "not-before"), FALSE);
  add_time (table, _ ("Valid until"), view_number (anchor, "not-after"), TRUE);
  print_facts_add_foreign (table, _ ("Key"), view_string (anchor, "key"));
  print_facts_add_foreign (table, _ ("Signature"), view_string (anchor, "signature"));
}

/* One line for what one layer says: "administrator, /etc/anchord/anchors.d/x.anchor: server-auth". */
static char *
describe_layer (GVariant *entry)
{
  g_autofree char *layer = print_foreign (view_string (entry, "layer"));
  g_autofree char *path = print_foreign (view_string (entry, "path"));
  g_autofree char *status = print_foreign (view_string (entry, "status"));
  g_auto (GStrv) purposes = view_strings (entry, "purposes");
  g_autofree char *joined = print_joined ((const char *const *) purposes);
  const char *says = joined[0] != '\0' ? joined : status;
  return g_strdup_printf ("%s%s%s%s%s", layer, path[0] != '\0' ? ", " : "", path, says[0] != '\0' ? ": " : "", says);
}

static void
add_trust (PrintTable *table, GVariant *anchor)
{
  g_auto (GStrv) purposes = view_strings (anchor, "purposes");
  g_autofree char *joined = print_joined ((const char *const *) purposes);
  g_autofree char *layer = print_foreign (view_string (anchor, "layer"));
  g_autofree char *path = print_foreign (view_string (anchor, "path"));
  g_autofree char *from = path[0] == '\0' ? g_strdup (layer) : g_strdup_printf ("%s (%s)", path, layer);
  print_facts_add_foreign (table, _ ("Status"), view_string (anchor, "status"));
  print_facts_add (table, _ ("Purposes"), joined);
  limits_add_facts (table, anchor);
  print_facts_add (table, _ ("From"), from);
  if (view_bool (anchor, "foreign"))
    print_facts_add (table, "", _ ("this file is not anchord's own"));
  print_facts_add_foreign (table, _ ("Label"), view_string (anchor, "label"));
  print_facts_add_foreign (table, _ ("Reason"), view_string (anchor, "reason"));
  add_time (table, _ ("Added"), view_number (anchor, "added"), FALSE);
  print_facts_add_foreign (table, _ ("Added by"), view_string (anchor, "added-by"));
}

static void
add_others (PrintTable *table, GVariant *anchor)
{
  g_autoptr (GVariant) also = view_list (anchor, "also");
  for (gsize i = 0; i < g_variant_n_children (also); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (also, i);
      g_autofree char *line = describe_layer (entry);
      print_facts_add (table, i == 0 ? _ ("Others say") : "", line);
    }
}

ToolExit
command_show (Tool *tool, int argc, char **argv)
{
  g_auto (GStrv) words = tool_parse (tool, "show", NULL, 1, 1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) digits = fingerprint_digits_all (words, &error);
  g_autoptr (GVariant) reply = digits == NULL ? NULL : tool_call (tool, "Anchors", "Get", g_variant_new ("(s)", digits[0]), NULL, NULL, &error);
  if (reply == NULL)
    return tool_fail (tool, error);
  g_autoptr (GVariant) anchor = g_variant_get_child_value (reply, 0);
  if (tool->json)
    {
      json_print_view (view_whole_anchor, anchor);
      return TOOL_DONE;
    }
  PrintTable *table = print_facts_new ();
  add_certificate (table, anchor);
  add_trust (table, anchor);
  add_others (table, anchor);
  print_facts_add_foreign (table, _ ("SHA-256"), view_string (anchor, "fingerprint"));
  print_facts_add_foreign (table, _ ("Key's SHA-256"), view_string (anchor, "key-fingerprint"));
  print_table (table);
  return TOOL_DONE;
}
