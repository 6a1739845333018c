/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/consumers.h"
#include "client/cli/json.h"
#include "client/cli/print.h"
#include "client/cli/process.h"
#include "client/cli/status-processes.h"
#include "client/cli/units.h"
#include "core/error.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

/* A unit, and why it should load its certificates again. */
typedef struct
{
  char *name;         /* (owned) */
  gint64 user;        /* -1: the system's */
  char *consumer;     /* (owned) (nullable) the consumer that names it */
  guint processes;    /* of it, that hold an older set, or may */
  const char *result; /* "reloaded", "would-reload", "left-alone", "failed", "not-authorized" */
  char *detail;       /* (owned) "" for none */
} Row;

/* clang-format off */
static const ViewField row_fields[] = {
  { "unit", "unit", VIEW_STRING, NULL }, { "unit-user", "unit_user", VIEW_INDEX, NULL }, { "consumer", "consumer", VIEW_STRING, NULL },
  { "processes", "processes", VIEW_NUMBER, NULL }, { "result", "result", VIEW_STRING, NULL }, { "detail", "detail", VIEW_STRING, NULL },
  { NULL, NULL, VIEW_STRING, NULL }
};
/* clang-format on */

static void
free_row (Row *row)
{
  g_free (row->name);
  g_free (row->consumer);
  g_free (row->detail);
  g_free (row);
}

/* The row of NAME, made where there is none yet. INDEX: "USER NAME" -> row. */
static Row *
get_row (GPtrArray *rows, GHashTable *index, const char *name, gint64 user)
{
  g_autofree char *key = g_strdup_printf ("%" PRId64 " %s", user, name);
  Row *row = g_hash_table_lookup (index, key);
  if (row != NULL)
    return row;
  row = g_new0 (Row, 1);
  *row = (Row) { .name = g_strdup (name), .user = user, .result = "left-alone", .detail = g_strdup ("") };
  g_ptr_array_add (rows, row);
  g_hash_table_insert (index, g_steal_pointer (&key), row);
  return row;
}

/* Those that enabled ones of LIST name. */
static void
add_consumers (GVariant *list, GPtrArray *rows, GHashTable *index)
{
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) consumer = g_variant_get_child_value (list, i);
      const char *unit = view_string (consumer, "unit");
      if (unit[0] == '\0' || !view_bool (consumer, "enabled"))
        continue;
      Row *row = get_row (rows, index, unit, -1);
      g_autofree char *name = print_foreign (view_string (consumer, "name"));
      g_autofree char *before = row->consumer;
      row->consumer = before == NULL ? g_steal_pointer (&name) : g_strconcat (before, ", ", name, NULL);
    }
}

/* Those of processes that hold an older set, or may. */
static void
add_processes (GVariant *found, GPtrArray *rows, GHashTable *index)
{
  g_autoptr (GVariant) list = view_list (found, "processes");
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) process = g_variant_get_child_value (list, i);
      const char *unit = view_string (process, "unit");
      if (unit[0] != '\0')
        get_row (rows, index, unit, view_number (process, "unit-user"))->processes++;
    }
}

/* The unit that this command runs in: it must not end itself. Returns: (transfer full) (nullable). */
static char *
find_own_unit (void)
{
  g_autofree char *pid = g_strdup_printf ("%d", (int) getpid ());
  int folder = open ("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_autoptr (Process) self = folder < 0 ? NULL : process_open (folder, pid);
  if (folder >= 0)
    close (folder);
  return self == NULL ? NULL : g_strdup (self->unit);
}

static void
set_outcome (Row *row, const char *result, const char *detail)
{
  row->result = result;
  g_free (row->detail);
  row->detail = g_strdup (detail);
}

static void
reload_row (Tool *tool, Units *units, Row *row, const char *own)
{
  g_autoptr (GError) error = NULL;
  const char *reason = units_find_reason (row->name, own);
  if (reason != NULL)
    set_outcome (row, "left-alone", reason);
  else if (tool->dry_run)
    set_outcome (row, "would-reload", "");
  else if (units_reload (units, row->name, row->user, &error))
    set_outcome (row, "reloaded", "");
  else
    set_outcome (row, g_error_matches (error, TRUST_ERROR, TRUST_ERROR_NOT_AUTHORIZED) ? "not-authorized" : "failed", error->message);
}

/* "the consumer java; 2 processes". Returns: (transfer full). */
static char *
describe_why (const Row *row)
{
  g_autofree char *consumer = row->consumer == NULL ? NULL : g_strdup_printf (_ ("consumer %s"), row->consumer);
  g_autofree char *processes = row->processes == 0 ? NULL : g_strdup_printf (ngettext ("%u process", "%u processes", row->processes), row->processes);
  return g_strconcat (consumer != NULL ? consumer : processes, consumer != NULL && processes != NULL ? "; " : NULL, processes, NULL);
}

static void
print_row (const Row *row)
{
  g_autofree char *unit = print_foreign (row->name), *why = describe_why (row);
  if (strcmp (row->result, "reloaded") == 0)
    g_print (_ ("reloaded or restarted %s (%s)\n"), unit, why);
  else if (strcmp (row->result, "would-reload") == 0)
    g_print (_ ("would reload or restart %s (%s)\n"), unit, why);
  else if (strcmp (row->result, "left-alone") == 0)
    g_print (_ ("left alone: %s (%s): %s\n"), unit, why, row->detail);
  else
    g_print (_ ("FAILED: %s (%s): %s\n"), unit, why, row->detail);
}

static GVariant *
row_to_variant (const Row *row)
{
  GVariantDict made;
  g_autofree char *unit = print_foreign (row->name);
  g_variant_dict_init (&made, NULL);
  g_variant_dict_insert (&made, "unit", "s", unit);
  g_variant_dict_insert (&made, "unit-user", "x", row->user);
  g_variant_dict_insert (&made, "consumer", "s", row->consumer == NULL ? "" : row->consumer);
  g_variant_dict_insert (&made, "processes", "u", row->processes);
  g_variant_dict_insert (&made, "result", "s", row->result);
  g_variant_dict_insert (&made, "detail", "s", row->detail);
  return g_variant_dict_end (&made);
}

static void
print_json (GPtrArray *rows)
{
  GVariantBuilder list;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < rows->len; i++)
    g_variant_builder_add_value (&list, row_to_variant (g_ptr_array_index (rows, i)));
  g_autoptr (GVariant) made = g_variant_ref_sink (g_variant_builder_end (&list));
  json_builder_begin_object (builder);
  json_add_views (builder, "units", row_fields, made);
  json_builder_end_object (builder);
  json_print (builder);
}

static ToolExit
reload_all (Tool *tool, GPtrArray *rows)
{
  ToolExit code = TOOL_DONE;
  g_autofree char *own = find_own_unit ();
  g_autoptr (Units) units = units_new (!tool->no_ask_password);
  for (guint i = 0; i < rows->len; i++)
    {
      Row *row = g_ptr_array_index (rows, i);
      reload_row (tool, units, row, own);
      if (!tool->json)
        print_row (row);
      fflush (stdout);
      if (strcmp (row->result, "not-authorized") == 0)
        code = TOOL_NOT_AUTHORIZED;
      else if (strcmp (row->result, "failed") == 0 && code == TOOL_DONE)
        code = TOOL_REFUSED;
    }
  if (rows->len == 0 && !tool->json)
    g_print ("%s\n", _ ("no unit has to load its certificates again"));
  if (tool->json)
    print_json (rows);
  return code;
}

ToolExit
command_reload (Tool *tool, int argc, char **argv)
{
  gboolean asked = FALSE;
  const GOptionEntry entries[] = { { "units", 0, 0, G_OPTION_ARG_NONE, &asked, N_ ("Reload, or restart, units that may work with older certificates"),
                                     NULL },
                                   { "dry-run", 0, 0, G_OPTION_ARG_NONE, &tool->dry_run, N_ ("Show which, and touch none"), NULL },
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse (tool, "reload", entries, 0, 0, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  g_auto (StatusProcesses) found = { NULL, NULL };
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) free_row);
  g_autoptr (GHashTable) index = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!asked || (tool->root != NULL && strcmp (tool->root, "/") != 0))
    g_set_error_literal (&error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
                         !asked ? _ ("say what to reload: anchorctl reload --units") : _ ("units run on this machine: --root goes not with reload"));
  g_autoptr (GVariant) consumers = error != NULL ? NULL : consumers_list (tool, &error);
  if (consumers == NULL || !status_processes_read (&found, tool, consumers, &error))
    return tool_fail (tool, error);
  add_consumers (consumers, rows, index);
  add_processes (found.processes, rows, index);
  return reload_all (tool, rows);
}
