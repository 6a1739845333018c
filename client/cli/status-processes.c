/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/status-processes.h"

#include "client/cli/initramfs.h"
#include "client/cli/print.h"
#include "client/cli/processes.h"

#include <inttypes.h>
#include <string.h>

/* The files of an enabled consumer. */
static void
add_paths (GPtrArray *paths, GVariant *consumer)
{
  g_autoptr (GVariant) outputs = view_list (consumer, "outputs");
  if (!view_bool (consumer, "enabled"))
    return;
  for (gsize i = 0; i < g_variant_n_children (outputs); i++)
    {
      g_autoptr (GVariant) output = g_variant_get_child_value (outputs, i);
      const char *path = view_string (output, "path");
      if (path[0] == '/' && !view_bool (output, "folder"))
        g_ptr_array_add (paths, g_strdup (path));
    }
}

/* Returns: (transfer full). */
static char **
list_paths (GVariant *consumers)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  for (gsize i = 0; consumers != NULL && i < g_variant_n_children (consumers); i++)
    {
      g_autoptr (GVariant) consumer = g_variant_get_child_value (consumers, i);
      add_paths (paths, consumer);
    }
  g_ptr_array_add (paths, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&paths), FALSE);
}

gboolean
status_processes_read (StatusProcesses *found, Tool *tool, GVariant *consumers, GError **error)
{
  g_auto (GStrv) paths = list_paths (consumers);
  *found = (StatusProcesses) { NULL, NULL };
  g_autoptr (TrustRoot) root = trust_root_new (tool->root == NULL ? "/" : tool->root, error);
  if (root == NULL)
    return FALSE;
  g_autoptr (Published) published = published_new (root, (const char *const *) paths);
  found->processes = processes_scan (published, "/proc", error);
  if (found->processes == NULL)
    return FALSE;
  found->initramfs = initramfs_look (root, view_number (found->processes, "changed"));
  return TRUE;
}

void
status_processes_clear (StatusProcesses *found)
{
  g_clear_pointer (&found->processes, g_variant_unref);
  g_clear_pointer (&found->initramfs, g_variant_unref);
}

gboolean
status_processes_are_current (const StatusProcesses *found)
{
  return processes_count_old (found->processes) == 0;
}

void
status_processes_add (JsonBuilder *builder, const StatusProcesses *found)
{
  json_builder_set_member_name (builder, "processes");
  json_builder_begin_object (builder);
  json_add_view (builder, view_processes, found->processes);
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "initramfs");
  json_builder_begin_object (builder);
  json_add_view (builder, view_initramfs, found->initramfs);
  json_builder_end_object (builder);
}

/* What to start again. Returns: (transfer full). */
static char *
describe_restart (GVariant *row)
{
  const char *unit = view_string (row, "unit"), *session = view_string (row, "session");
  if (session[0] != '\0')
    return g_strdup_printf (_ ("session %s"), session);
  if (unit[0] == '\0')
    return g_strdup (_ ("the process"));
  return view_number (row, "unit-user") < 0 ? g_strdup (unit) : g_strdup_printf (_ ("%s of %s"), unit, view_string (row, "user"));
}

/* "an old /etc/ssl/certs/ca-certificates.crt (generation 3)", "maybe: OpenSSL". Returns: (transfer full). */
static char *
describe_holding (GVariant *row)
{
  gint64 generation = view_number (row, "generation");
  gboolean is_old = strcmp (view_string (row, "holds"), "old") == 0;
  g_auto (GStrv) names = view_strings (row, is_old ? "files" : "libraries");
  g_autofree char *joined = g_strjoinv (", ", names); /* escaped already */
  if (!is_old)
    return g_strdup_printf (_ ("maybe: %s"), joined);
  return generation == 0 ? g_strdup_printf (_ ("old: %s"), joined) : g_strdup_printf (_ ("old: %s (generation %" PRId64 ")"), joined, generation);
}

static void
add_row (PrintTable *table, GVariant *row)
{
  g_autofree char *pid = g_strdup_printf ("%" PRId64, view_number (row, "pid"));
  g_autofree char *since = print_time (view_number (row, "since")), *restart = describe_restart (row), *holding = describe_holding (row);
  const char *const cells[] = { pid, view_string (row, "user"), since, restart, holding, view_string (row, "command") };
  struct libscols_line *line = scols_table_new_line (table, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cells); i++)
    scols_line_set_data (line, i, cells[i]);
}

static void
print_rows (GVariant *rows)
{
  PrintTable *table = print_table_new ();
  scols_table_new_column (table, _ ("PID"), 0, SCOLS_FL_RIGHT);
  scols_table_new_column (table, _ ("USER"), 0, 0);
  scols_table_new_column (table, _ ("SINCE"), 0, 0);
  scols_table_new_column (table, _ ("RESTART"), 0, 0);
  scols_table_new_column (table, _ ("HOLDS"), 0, SCOLS_FL_TRUNC);
  scols_table_new_column (table, _ ("COMMAND"), 0, SCOLS_FL_TRUNC);
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      add_row (table, row);
    }
  print_table (table);
}

static void
print_containers (GVariant *containers)
{
  if (g_variant_n_children (containers) > 0)
    g_print ("\n%s\n", _ ("Containers and sandboxes with another bundle:"));
  for (gsize i = 0; i < g_variant_n_children (containers); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (containers, i);
      const char *unit = view_string (row, "unit");
      g_autofree char *time = print_time (view_number (row, "time"));
      g_autofree char *who = unit[0] != '\0' ? g_strdup (unit) : g_strdup_printf ("“%s”", view_string (row, "command"));
      g_print (_ ("  %s (process %" PRId64 "), %s of %s: "), who, view_number (row, "pid"), view_string (row, "path"), time);
      g_print ("%s\n", strcmp (view_string (row, "state"), "pinned") == 0 ? _ ("mounted there and replaced since; start it again")
                                                                          : _ ("its own, and not the same as this machine's"));
    }
}

static void
print_image (GVariant *row)
{
  g_autofree char *time = print_time (view_number (row, "time"));
  g_print ("  %s (%s)\n", view_string (row, "path"), time);
}

/* Says just what was looked at. */
static void
print_initramfs (GVariant *found)
{
  g_autoptr (GVariant) older = view_list (found, "older");
  g_auto (GStrv) tools = view_strings (found, "copied-by");
  g_autofree char *joined = g_strjoinv (", ", tools);
  gulong n = g_variant_n_children (older), read = (gulong) view_number (found, "tools");
  if (n == 0)
    return;
  g_print ("\n");
  g_print (ngettext ("%lu image of the early user space is from before the last change.",
                     "%lu images of the early user space are from before the last change.", n),
           n);
  if (tools[0] == NULL)
    {
      g_print (ngettext (" Of the tools that make them %lu file was read, and it copies no certificates; images were not unpacked.\n",
                         " Of the tools that make them %lu files were read, and none copies certificates; images were not unpacked.\n", read),
               read);
      return;
    }
  g_print (_ (" %s copies certificates: these images may hold old ones; make them again.\n"), joined);
  for (gulong i = 0; i < n; i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (older, i);
      print_image (row);
    }
}

static void
print_counts (GVariant *found)
{
  gulong unreadable = (gulong) view_number (found, "unreadable"), left_out = (gulong) view_number (found, "left-out");
  if (unreadable > 0)
    g_print (ngettext ("%lu process could not be looked into; root sees more.\n", "%lu processes could not be looked into; root sees more.\n",
                       unreadable),
             unreadable);
  if (left_out > 0)
    g_print (ngettext ("%lu more process is not shown.\n", "%lu more processes are not shown.\n", left_out), left_out);
  g_print ("%s\n", _ ("“maybe”: it started before the last change and has a TLS library; whether it read its certificates then can't be seen. "
                      "Programs that have their TLS linked in, as those in Go have, can't be told."));
}

void
status_processes_print (const StatusProcesses *found)
{
  gint64 changed = view_number (found->processes, "changed");
  g_autoptr (GVariant) rows = view_list (found->processes, "processes"), containers = view_list (found->processes, "containers");
  g_autofree char *time = print_time (changed);
  g_print ("\n");
  if (changed == 0)
    g_print ("%s\n", _ ("No published file was found: nothing to compare running processes with."));
  else
    g_print (_ ("Running processes, against %s of %s:\n"), view_string (found->processes, "changed-path"), time);
  if (g_variant_n_children (rows) > 0)
    print_rows (rows);
  else
    g_print ("%s\n", _ ("None was found to hold an older set."));
  print_counts (found->processes);
  print_containers (containers);
  print_initramfs (found->initramfs);
}
