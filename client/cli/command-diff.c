/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/json.h"
#include "client/cli/moment.h"
#include "client/cli/print.h"

#include <inttypes.h>

#define WHEN_CHARS 64

static void
print_change (GVariant *change)
{
  g_autofree char *title = print_foreign (view_string (change, "title"));
  g_autofree char *fingerprint = g_strndup (view_string (change, "fingerprint"), PRINT_FINGERPRINT_DIGITS);
  g_autofree char *sides = moment_describe_change (change);
  const char *sign = view_string (change, "before")[0] == '\0' ? "+" : view_string (change, "after")[0] == '\0' ? "-" : "~";
  if (fingerprint[0] == '\0')
    g_print ("%s %s\n    %s\n", sign, title, sides);
  else
    g_print ("%s %s (%s…)\n    %s\n", sign, title, fingerprint, sides);
}

static void
print_for_people (guint64 from, guint64 to, GVariant *changes)
{
  gulong n = g_variant_n_children (changes);
  for (gulong i = 0; i < n; i++)
    {
      g_autoptr (GVariant) change = g_variant_get_child_value (changes, i);
      print_change (change);
    }
  g_print (ngettext ("%lu difference", "%lu differences", n), n);
  g_print (_ (" from generation %" PRIu64 " to generation %" PRIu64 "\n"), from, to);
}

ToolExit
command_diff (Tool *tool, int argc, char **argv)
{
  g_auto (GStrv) words = tool_parse (tool, "diff", NULL, 1, 2, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  const char *until = words[1] != NULL ? words[1] : "now";
  if (!tool_check_text (_ ("the moment"), words[0], WHEN_CHARS, &error) || !tool_check_text (_ ("the moment"), until, WHEN_CHARS, &error))
    return tool_fail (tool, error);
  g_autoptr (GVariant) reply = tool_call (tool, "Journal", "Diff", g_variant_new ("(ss)", words[0], until), NULL, NULL, &error);
  if (reply == NULL)
    return tool_fail (tool, error);
  guint64 from, to;
  g_autoptr (GVariant) changes = NULL;
  g_variant_get (reply, "(tt@aa{sv})", &from, &to, &changes);
  if (!tool->json)
    {
      print_for_people (from, to, changes);
      return TOOL_DONE;
    }
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_add_number (builder, "from", (gint64) from);
  json_add_number (builder, "to", (gint64) to);
  json_add_views (builder, "changes", view_change, changes);
  json_builder_end_object (builder);
  json_print (builder);
  return TOOL_DONE;
}
