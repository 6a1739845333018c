/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/fingerprint.h"
#include "client/cli/print.h"
#include "client/cli/send.h"
#include "client/cli/settings.h"
#include "core/error.h"
#include "core/limits.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
static const ReportRow add_rows[] = {
  { "added", N_ ("added %s (%s…)"), NULL, TOOL_DONE },
  { "pinned", N_ ("pinned %s (%s…): the store had it from the system, and has it of its own now"), NULL, TOOL_DONE },
  { "changed", N_ ("changed the settings of %s (%s…)"), NULL, TOOL_DONE },
  { "already", N_ ("already there: %s (%s…)"), NULL, TOOL_DONE },
  { "refused", N_ ("REFUSED %s (%s…)"), NULL, TOOL_REFUSED },
  { NULL, NULL, NULL, TOOL_DONE }
};
/* clang-format on */

/* clang-format off */
static const ReportRow remove_rows[] = {
  { "removed", N_ ("removed %s (%s…)"), NULL, TOOL_DONE },
  { "still-trusted", N_ ("withdrew the store's own entry for %s (%s…), but the store has it from the system"),
    N_ ("to take that out of the store, too, remove %s once more\n"), TOOL_REFUSED },
  { NULL, NULL, NULL, TOOL_DONE }
};
/* clang-format on */

static const ReportRow no_rows[] = { { NULL, NULL, NULL, TOOL_DONE } };

/* Does the one who is asked to change the store NAME say so? After the report. */
static ToolExit
say (const Tool *tool, ToolExit code, const char *sentence, const char *name)
{
  gboolean preview = tool->dry_run || tool->check;
  if (code != TOOL_DONE || preview || tool->json)
    return code;
  g_print ("%s: %s\n", name, sentence);
  return code;
}

static gboolean
check_name (const char *name, GError **error)
{
  return tool_check_text (_ ("the store's name"), name, TRUST_LIMIT_LABEL_CHARS, error);
}

/* Returns: (transfer full), floating. */
static GVariant *
pack_reason (const char *reason)
{
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  report_option_string (&dict, "reason", reason);
  return g_variant_dict_end (&dict);
}

static ToolExit
create (Tool *tool, const ToolCommand *command, int argc, char **argv)
{
  gboolean inherit = FALSE;
  gboolean empty = FALSE;
  g_autofree char *reason = NULL;
  const GOptionEntry entries[] = { { "inherit", 0, 0, G_OPTION_ARG_NONE, &inherit,
                                     N_ ("It has what the system trusts (what happens if neither is given)"), NULL },
                                   { "empty", 0, 0, G_OPTION_ARG_NONE, &empty, N_ ("It begins with nothing"), NULL },
                                   { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &reason, N_ ("Why: kept in the journal"), N_ ("TEXT") },
                                   TOOL_PREVIEW_ENTRIES (tool),
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse_command (tool, command, entries, 1, 1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  if (inherit && empty)
    g_set_error_literal (&error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("--inherit and --empty exclude each other; give one of them"));
  if (error != NULL || !check_name (words[0], &error) || !report_check_reason (reason, &error))
    return tool_fail (tool, error);
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "inherit", "b", !empty);
  report_option_string (&dict, "reason", reason);
  GVariant *parameters = g_variant_new ("(s@a{sv})", words[0], g_variant_dict_end (&dict));
  ToolExit code = report_change (tool, "Stores.Create", parameters, NULL, no_rows);
  return say (tool, code, empty ? _ ("there, with nothing in it") : _ ("there, with what the system trusts"), words[0]);
}

static ToolExit
delete_store (Tool *tool, const ToolCommand *command, int argc, char **argv)
{
  g_autofree char *reason = NULL;
  const GOptionEntry entries[] = { { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &reason, N_ ("Why: kept in the journal"), N_ ("TEXT") },
                                   TOOL_PREVIEW_ENTRIES (tool),
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse_command (tool, command, entries, 1, 1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  if (!check_name (words[0], &error) || !report_check_reason (reason, &error))
    return tool_fail (tool, error);
  ToolExit code = report_change (tool, "Stores.Delete", g_variant_new ("(s@a{sv})", words[0], pack_reason (reason)), NULL, no_rows);
  return say (tool, code, _ ("deleted"), words[0]);
}

typedef struct
{
  Settings settings;
  char *reason; /* (owned) */
  gboolean keep_going;
  gboolean allow_expired;
  gboolean allow_non_ca;
  gboolean replace;
  gboolean override_distrust;
} AddOptions;

static void
add_options_clear (AddOptions *options)
{
  settings_clear (&options->settings);
  g_free (options->reason);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AddOptions, add_options_clear)

/* Returns: (transfer full). */
static GVariant *
pack_named (const AddOptions *options, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  return settings_pack (&options->settings, SETTINGS_NONE, &dict, error) ? g_variant_ref_sink (g_variant_dict_end (&dict)) : NULL;
}

/* SETTINGS and the rest. Returns: (transfer floating). */
static GVariant *
pack_add (const AddOptions *options, GVariant *settings)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (settings);
  report_option_string (&dict, "reason", options->reason);
  report_option_flag (&dict, "keep-going", options->keep_going);
  report_option_flag (&dict, "allow-expired", options->allow_expired);
  report_option_flag (&dict, "allow-non-ca", options->allow_non_ca);
  report_option_flag (&dict, "replace", options->replace);
  report_option_flag (&dict, "override-distrust", options->override_distrust);
  return g_variant_dict_end (&dict);
}

/* WORDS: the store, then the files. */
static ToolExit
send_add (Tool *tool, const AddOptions *options, char **words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) named = NULL;
  g_autoptr (GVariant) settings = NULL;
  g_autoptr (GBytes) bytes = NULL;
  if (!check_name (words[0], &error) || !report_check_reason (options->reason, &error))
    return tool_fail (tool, error);
  named = pack_named (options, &error);
  bytes = named != NULL ? send_read_trusted (tool, words + 1, named, &settings, &error) : NULL;
  if (bytes == NULL)
    return tool_fail (tool, error);
  if (settings_get_advice (&options->settings) != NULL)
    report_note (tool, settings_get_advice (&options->settings));
  GVariant *content = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
  return report_change (tool, "Stores.Add", g_variant_new ("(s@ay@a{sv})", words[0], content, pack_add (options, settings)), NULL, add_rows);
}

static ToolExit
add (Tool *tool, const ToolCommand *command, int argc, char **argv)
{
  g_auto (AddOptions) options = { 0 };
  const GOptionEntry entries[] = {
    SETTINGS_ENTRIES (&options.settings, N_ ("Trust for PURPOSE (server-auth if none is given; may be repeated)")),
    { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &options.reason, N_ ("Why: kept in the journal"), N_ ("TEXT") },
    { "keep-going", 'k', 0, G_OPTION_ARG_NONE, &options.keep_going, N_ ("Leave out what is refused, and take the rest"), NULL },
    { "allow-expired", 0, 0, G_OPTION_ARG_NONE, &options.allow_expired, N_ ("Accept a certificate that has expired"), NULL },
    { "allow-non-ca", 0, 0, G_OPTION_ARG_NONE, &options.allow_non_ca, N_ ("Accept a certificate that is no CA"), NULL },
    { "replace", 0, 0, G_OPTION_ARG_NONE, &options.replace, N_ ("Let the new settings take trust away, too"), NULL },
    { "override-distrust", 0, 0, G_OPTION_ARG_NONE, &options.override_distrust, N_ ("Trust it although the store refuses it"), NULL },
    TOOL_PREVIEW_ENTRIES (tool),
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) words = tool_parse_command (tool, command, entries, 2, -1, argc, argv);
  return words == NULL ? TOOL_USAGE : send_add (tool, &options, words);
}

static ToolExit
remove_anchors (Tool *tool, const ToolCommand *command, int argc, char **argv)
{
  g_autofree char *reason = NULL;
  const GOptionEntry entries[] = { { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &reason, N_ ("Why: kept in the journal"), N_ ("TEXT") },
                                   TOOL_PREVIEW_ENTRIES (tool),
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse_command (tool, command, entries, 2, -1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) fingerprints = NULL;
  if (check_name (words[0], &error) && report_check_reason (reason, &error))
    fingerprints = fingerprint_digits_all (words + 1, &error);
  if (fingerprints == NULL)
    return tool_fail (tool, error);
  GVariant *parameters = g_variant_new ("(s^as@a{sv})", words[0], fingerprints, pack_reason (reason));
  return report_change (tool, "Stores.Remove", parameters, NULL, remove_rows);
}

static ToolExit
narrow (Tool *tool, const ToolCommand *command, int argc, char **argv)
{
  g_auto (GStrv) purposes = NULL;
  gboolean all = FALSE;
  g_autofree char *reason = NULL;
  const GOptionEntry entries[] = { { "purpose", 'p', 0, G_OPTION_ARG_STRING_ARRAY, &purposes, N_ ("The store is for PURPOSE alone (may be repeated)"),
                                     N_ ("PURPOSE") },
                                   { "all", 0, 0, G_OPTION_ARG_NONE, &all, N_ ("The store is for every purpose again"), NULL },
                                   { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &reason, N_ ("Why: kept in the journal"), N_ ("TEXT") },
                                   TOOL_PREVIEW_ENTRIES (tool),
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse_command (tool, command, entries, 1, 1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  if ((purposes != NULL) == all)
    g_set_error_literal (&error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("give one --purpose or more, or --all"));
  if (error != NULL || !check_name (words[0], &error) || !report_check_reason (reason, &error))
    return tool_fail (tool, error);
  const char *const none[] = { NULL };
  GVariant *list = g_variant_new_strv (purposes != NULL ? (const char *const *) purposes : none, -1);
  GVariant *parameters = g_variant_new ("(s@as@a{sv})", words[0], list, pack_reason (reason));
  ToolExit code = report_change (tool, "Stores.Narrow", parameters, NULL, no_rows);
  return say (tool, code, all ? _ ("for every purpose") : _ ("for these purposes alone"), words[0]);
}

static void
print_store (PrintTable *table, GVariant *store)
{
  g_auto (GStrv) purposes = view_strings (store, "purposes");
  g_autofree char *name = print_foreign (view_string (store, "name"));
  g_autofree char *joined = purposes[0] != NULL ? print_joined ((const char *const *) purposes) : g_strdup (_ ("all"));
  g_autofree char *anchors = g_strdup_printf ("%" G_GINT64_FORMAT, view_number (store, "anchors"));
  gboolean faulty = view_string (store, "fault")[0] != '\0';
  const char *begins = faulty ? _ ("EMPTY: it has a fault") : view_bool (store, "inherits") ? _ ("the system's") : _ ("nothing");
  const char *const cells[] = { name, begins, joined, anchors };
  struct libscols_line *line = scols_table_new_line (table, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cells); i++)
    scols_line_set_data (line, i, cells[i]);
  if (faulty)
    scols_line_set_color (line, "red");
}

static void
print_reports (GVariant *store)
{
  g_auto (GStrv) reports = view_strings (store, "reports");
  for (char **report = reports; *report != NULL; report++)
    {
      g_autofree char *safe = print_foreign (*report);
      g_printerr (_ ("anchorctl: notice: %s\n"), safe);
    }
}

static void
print_for_people (GVariant *stores)
{
  gulong n = g_variant_n_children (stores);
  PrintTable *table = print_table_new ();
  scols_table_new_column (table, _ ("NAME"), 0, 0);
  scols_table_new_column (table, _ ("BEGINS WITH"), 0, 0);
  scols_table_new_column (table, _ ("PURPOSES"), 0, SCOLS_FL_TRUNC);
  scols_table_new_column (table, _ ("ANCHORS"), 0, SCOLS_FL_RIGHT);
  for (gulong i = 0; i < n; i++)
    {
      g_autoptr (GVariant) store = g_variant_get_child_value (stores, i);
      print_store (table, store);
    }
  if (n > 0)
    print_table (table);
  else
    scols_unref_table (table);
  g_print (ngettext ("%lu store\n", "%lu stores\n", n), n);
  fflush (stdout);
  for (gulong i = 0; i < n; i++)
    {
      g_autoptr (GVariant) store = g_variant_get_child_value (stores, i);
      print_reports (store);
    }
}

static ToolExit
list (Tool *tool, const ToolCommand *command, int argc, char **argv)
{
  g_auto (GStrv) words = tool_parse_command (tool, command, NULL, 0, 0, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = tool_call (tool, "Stores", "List", NULL, NULL, NULL, &error);
  if (reply == NULL)
    return tool_fail (tool, error);
  g_autoptr (GVariant) stores = g_variant_get_child_value (reply, 0);
  if (!tool->json)
    {
      print_for_people (stores);
      return TOOL_DONE;
    }
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_add_views (builder, "stores", view_store, stores);
  json_builder_end_object (builder);
  json_print (builder);
  return TOOL_DONE;
}

static const ToolSubCommand sub_commands[] = {
  { "create", { "store create", N_ ("NAME"), N_ ("Make a store for an application"), NULL }, create },
  { "delete", { "store delete", N_ ("NAME"), N_ ("Delete a store with its own anchors"), NULL }, delete_store },
  { "add", { "store add", N_ ("NAME FILE…"), N_ ("Trust the certificates in files in this store alone"), NULL }, add },
  { "remove", { "store remove", N_ ("NAME FINGERPRINT…"), N_ ("Take anchors out of a store"), NULL }, remove_anchors },
  { "narrow", { "store narrow", N_ ("NAME"), N_ ("Say for which purposes alone a store is"), NULL }, narrow },
  { "list", { "store list", "", N_ ("List the stores"), NULL }, list },
};

ToolExit
command_store (Tool *tool, int argc, char **argv)
{
  return tool_run_sub_command (tool, "store", sub_commands, G_N_ELEMENTS (sub_commands),
                               _ ("what to do with stores is one of: create, delete, add, remove, narrow, list"), argc, argv);
}
