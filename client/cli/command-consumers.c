/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/consumers.h"
#include "client/cli/print.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

/* Where anchord.service may write by itself: ReadWritePaths= in data/anchord.service.in; a test holds both against each other. */
static const char *const writable[] = {
  "/etc/anchord",
  "/etc/ssl/certs",
  "/usr/local/share/ca-certificates",
  "/var/lib/anchord",
  "/etc/pki/ca-trust",
  "/etc/pki/tls/certs",
  "/etc/pki/trust",
  "/etc/ca-certificates/trust-source",
  "/etc/ca-certificates/extracted",
  "/var/lib/ca-certificates",
  "/etc/chromium/policies/managed",
  "/etc/opt/chrome/policies/managed",
  "/etc/opt/edge/policies/managed",
  "/etc/firefox",
};

gboolean
consumers_check_name (const char *name, GError **error)
{
  return tool_check_text (_ ("the consumer's name"), name, TRUST_LIMIT_CONSUMER_NAME, error);
}

GVariant *
consumers_list (Tool *tool, GError **error)
{
  g_autoptr (GVariant) reply = tool_call (tool, "Consumers", "List", NULL, NULL, NULL, error);
  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

GVariant *
consumers_find (Tool *tool, const char *name, GError **error)
{
  g_autoptr (GVariant) all = consumers_check_name (name, error) ? consumers_list (tool, error) : NULL;
  if (all == NULL)
    return NULL;
  for (gsize i = 0; i < g_variant_n_children (all); i++)
    {
      g_autoptr (GVariant) consumer = g_variant_get_child_value (all, i);
      if (g_str_equal (view_string (consumer, "name"), name))
        return g_steal_pointer (&consumer);
    }
  g_autofree char *shown = trust_text_printable (name, 0);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND, _ ("There is no consumer \"%s\"; 'anchorctl consumers' names those there are"), shown);
  return NULL;
}

static const char *
state_in_words (GVariant *consumer)
{
  gboolean has_fault = view_string (consumer, "fault")[0] != '\0';
  if (view_bool (consumer, "handed-back"))
    return _ ("handed back");
  if (view_bool (consumer, "enabled"))
    return view_bool (consumer, "current") ? _ ("current") : _ ("NOT current");
  if (!view_bool (consumer, "available"))
    return has_fault ? _ ("does NOT count") : _ ("not for this distribution");
  return view_string (consumer, "file")[0] != '\0' ? _ ("disabled") : _ ("nothing placed yet");
}

/* Anchors that its first output that holds any shows, and the losses of all. (transfer full) */
static char *
sum_up (GVariant *consumer, char **losses_out)
{
  g_autoptr (GVariant) outputs = view_list (consumer, "outputs");
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) losses = g_ptr_array_new ();
  gint64 n = 0;
  for (gsize i = 0; i < g_variant_n_children (outputs); i++)
    {
      g_autoptr (GVariant) output = g_variant_get_child_value (outputs, i);
      g_auto (GStrv) kinds = view_strings (output, "losses");
      n = MAX (n, view_number (output, "anchors"));
      for (char **kind = kinds; *kind != NULL; kind++)
        {
          if (g_hash_table_contains (seen, *kind))
            continue;
          char *name = g_strdup (*kind);
          g_hash_table_add (seen, name);
          g_ptr_array_add (losses, name);
        }
    }
  g_ptr_array_add (losses, NULL);
  *losses_out = print_joined ((const char *const *) losses->pdata);
  return g_variant_n_children (outputs) > 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, n) : g_strdup ("");
}

static void
print_row (PrintTable *table, GVariant *consumer)
{
  g_autofree char *name = print_foreign (view_string (consumer, "name"));
  g_autofree char *description = print_foreign (view_string (consumer, "description"));
  g_autofree char *losses = NULL;
  g_autofree char *anchors = sum_up (consumer, &losses);
  gboolean is_on = view_bool (consumer, "enabled");
  g_autofree char *generation = is_on ? g_strdup_printf ("%" G_GINT64_FORMAT, view_number (consumer, "generation")) : g_strdup ("");
  const char *const cells[] = { name, state_in_words (consumer), generation, anchors, losses, description };
  struct libscols_line *line = scols_table_new_line (table, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cells); i++)
    scols_line_set_data (line, i, cells[i]);
  if (is_on && !view_bool (consumer, "current"))
    scols_line_set_color (line, "red");
}

void
consumers_print_output (GVariant *output)
{
  g_auto (GStrv) losses = view_strings (output, "losses");
  g_autofree char *path = print_foreign (view_string (output, "path"));
  g_autofree char *format = print_foreign (view_string (output, "format"));
  g_autofree char *purpose = print_foreign (view_string (output, "purpose"));
  g_autofree char *joined = print_joined ((const char *const *) losses);
  gint64 left_out = view_number (output, "left-out");
  g_print ("  %s (%s%s%s): ", path, format, purpose[0] != '\0' ? ", " : "", purpose);
  g_print (ngettext ("%lu certificate", "%lu certificates", (gulong) view_number (output, "anchors")), (gulong) view_number (output, "anchors"));
  if (left_out > 0)
    g_print (_ (", %lu left out"), (gulong) left_out);
  if (joined[0] != '\0')
    g_print (_ ("; cannot say: %s"), joined);
  g_print ("\n");
}

static void
print_indented (GVariant *consumer, const char *key)
{
  g_auto (GStrv) lines = view_strings (consumer, key);
  for (char **line = lines; *line != NULL; line++)
    {
      g_autofree char *safe = print_foreign (*line);
      g_print ("  %s\n", safe);
    }
}

void
consumers_print (GVariant *consumer)
{
  g_autoptr (GVariant) outputs = view_list (consumer, "outputs");
  g_autofree char *name = print_foreign (view_string (consumer, "name"));
  g_autofree char *file = print_foreign (view_string (consumer, "file"));
  g_autofree char *fault = print_foreign (view_string (consumer, "fault"));
  g_print ("%s: %s%s%s\n", name, state_in_words (consumer), file[0] != '\0' ? ", " : "", file);
  for (gsize i = 0; i < g_variant_n_children (outputs); i++)
    {
      g_autoptr (GVariant) output = g_variant_get_child_value (outputs, i);
      consumers_print_output (output);
    }
  if (fault[0] != '\0')
    g_print ("  %s\n", fault);
  print_indented (consumer, "drift");
}

static gboolean
is_writable (const char *folder)
{
  for (gsize i = 0; i < G_N_ELEMENTS (writable); i++)
    {
      gsize size = strlen (writable[i]);
      if (g_str_has_prefix (folder, writable[i]) && (folder[size] == '\0' || folder[size] == '/'))
        return TRUE;
    }
  return FALSE;
}

void
consumers_print_drop_in (const char *name, GVariant *outputs, gboolean only_if_needed)
{
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GList) sorted = NULL;
  for (gsize i = 0; i < g_variant_n_children (outputs); i++)
    {
      g_autoptr (GVariant) output = g_variant_get_child_value (outputs, i);
      char *folder = view_bool (output, "folder") ? g_strdup (view_string (output, "path")) : g_path_get_dirname (view_string (output, "path"));
      if (is_writable (folder))
        g_free (folder);
      else
        g_hash_table_add (folders, folder);
    }
  sorted = g_list_sort (g_hash_table_get_keys (folders), (GCompareFunc) strcmp);
  if (sorted == NULL && !only_if_needed)
    g_print (_ ("# The service may write these files already.\n"));
  if (sorted == NULL)
    return;
  g_print (_ ("# Make these folders, put this into /etc/systemd/system/anchord.service.d/consumer-%s.conf, then: systemctl daemon-reload\n"), name);
  g_print ("[Service]\n");
  for (GList *l = sorted; l != NULL; l = l->next)
    {
      g_autofree char *safe = print_foreign (l->data);
      g_print ("ReadWritePaths=-%s\n", safe);
    }
}

static void
print_for_people (GVariant *all)
{
  gsize n = g_variant_n_children (all);
  PrintTable *table = print_table_new ();
  scols_table_new_column (table, _ ("NAME"), 0, 0);
  scols_table_new_column (table, _ ("STATE"), 0, 0);
  scols_table_new_column (table, _ ("GENERATION"), 0, SCOLS_FL_RIGHT);
  scols_table_new_column (table, _ ("ANCHORS"), 0, SCOLS_FL_RIGHT);
  scols_table_new_column (table, _ ("CANNOT SAY"), 0, SCOLS_FL_TRUNC);
  scols_table_new_column (table, _ ("WHAT"), 0, SCOLS_FL_TRUNC);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) consumer = g_variant_get_child_value (all, i);
      print_row (table, consumer);
    }
  print_table (table);
  fflush (stdout);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) consumer = g_variant_get_child_value (all, i);
      g_autoptr (GVariant) drift = g_variant_lookup_value (consumer, "drift", G_VARIANT_TYPE_STRING_ARRAY);
      if (view_string (consumer, "fault")[0] != '\0' || (drift != NULL && g_variant_n_children (drift) > 0))
        {
          g_print ("\n");
          consumers_print (consumer);
        }
    }
}

ToolExit
command_consumers (Tool *tool, int argc, char **argv)
{
  g_auto (GStrv) words = tool_parse (tool, "consumers", NULL, 0, 0, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) all = consumers_list (tool, &error);
  if (all == NULL)
    return tool_fail (tool, error);
  if (!tool->json)
    {
      print_for_people (all);
      return TOOL_DONE;
    }
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_add_views (builder, "consumers", view_consumer, all);
  json_builder_end_object (builder);
  json_print (builder);
  return TOOL_DONE;
}
