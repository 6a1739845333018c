/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/confirm.h"
#include "client/cli/consumers.h"
#include "client/cli/input.h"
#include "client/cli/print.h"
#include "client/cli/report.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/text.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define FOLDER "/etc/anchord/consumers.d"
#define SUFFIX ".consumer"

static const ReportRow switch_rows[] = {
  { "enabled", N_ ("%s is kept up from now on%.0s"), NULL, TOOL_DONE },
  { "disabled", N_ ("%s is no longer kept up: what anchord wrote is gone, but for what the distribution needs%.0s"), NULL, TOOL_DONE },
  { "already", N_ ("nothing to do for %s%.0s"), NULL, TOOL_DONE },
  { NULL, NULL, NULL, TOOL_DONE }
};

/* What enabling it comes to: which files are made, which stand there already, and what each cannot say. */
static gboolean
show_outputs (Tool *tool, const char *name, gboolean *is_on, GError **error)
{
  g_autoptr (GVariant) consumer = consumers_find (tool, name, error);
  if (consumer == NULL)
    return FALSE;
  *is_on = view_bool (consumer, "enabled");
  if (tool->json || *is_on)
    return TRUE;
  g_autoptr (GVariant) outputs = view_list (consumer, "outputs");
  for (gsize i = 0; i < g_variant_n_children (outputs); i++)
    {
      g_autoptr (GVariant) output = g_variant_get_child_value (outputs, i);
      g_autofree char *full = g_build_filename (tool->root != NULL ? tool->root : "/", view_string (output, "path"), NULL);
      g_print ("%s", g_file_test (full, G_FILE_TEST_EXISTS) || g_file_test (full, G_FILE_TEST_IS_SYMLINK) ? _ ("changes") : _ ("makes"));
      consumers_print_output (output);
    }
  fflush (stdout);
  return TRUE;
}

/* Calls the door METHOD that switches the consumer NAME. SHOWS: what will be written is told before, and asked for where somebody is there. */
static ToolExit
switch_consumer (Tool *tool, const ToolCommand *command, const char *method, gboolean shows, int argc, char **argv)
{
  g_autofree char *reason = NULL;
  gboolean yes = FALSE, is_on = FALSE;
  const GOptionEntry entries[] = { { "yes", 'y', 0, G_OPTION_ARG_NONE, &yes, N_ ("Do not ask"), NULL },
                                   { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &reason, N_ ("Why: kept in the journal"), N_ ("TEXT") },
                                   TOOL_PREVIEW_ENTRIES (tool),
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse_command (tool, command, entries, 1, 1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  if (!report_check_reason (reason, &error) || !consumers_check_name (words[0], &error))
    return tool_fail (tool, error);
  /* What is not there, or no name at all, is the service's to refuse. */
  if (shows && !show_outputs (tool, words[0], &is_on, &error))
    {
      if (!g_error_matches (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND))
        return tool_fail (tool, error);
      is_on = TRUE;
      g_clear_error (&error);
    }
  if (shows && !is_on && !yes && !tool->json && !tool->dry_run && !tool->check && confirm_is_possible () && !confirm_ask (_ ("Enable it? [y/N] ")))
    {
      g_printerr (_ ("anchorctl: nothing was changed\n"));
      return TOOL_ERROR;
    }
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  report_option_string (&dict, "reason", reason);
  return report_change (tool, method, g_variant_new ("(s@a{sv})", words[0], g_variant_dict_end (&dict)), NULL, switch_rows);
}

static ToolExit
enable (Tool *tool, const ToolCommand *command, int argc, char **argv)
{
  return switch_consumer (tool, command, "Consumers.Enable", TRUE, argc, argv);
}

static ToolExit
disable (Tool *tool, const ToolCommand *command, int argc, char **argv)
{
  return switch_consumer (tool, command, "Consumers.Disable", FALSE, argc, argv);
}

static ToolExit
repair (Tool *tool, const ToolCommand *command, int argc, char **argv)
{
  gboolean force = FALSE;
  g_autofree char *reason = NULL;
  const GOptionEntry entries[] = { { "force", 0, 0, G_OPTION_ARG_NONE, &force,
                                     N_ ("Write over files that hold certificates anchord does not know, too"), NULL },
                                   { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &reason, N_ ("Why: kept in the journal"), N_ ("TEXT") },
                                   G_OPTION_ENTRY_NULL };
  g_auto (GStrv) words = tool_parse_command (tool, command, entries, 1, 1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  if (!report_check_reason (reason, &error) || !consumers_check_name (words[0], &error))
    return tool_fail (tool, error);
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  report_option_flag (&dict, "force", force);
  report_option_string (&dict, "reason", reason);
  g_autoptr (GVariant) reply = tool_call (tool, "Consumers", "Repair", g_variant_new ("(s@a{sv})", words[0], g_variant_dict_end (&dict)), NULL, NULL,
                                          &error);
  if (reply == NULL)
    return tool_fail (tool, error);
  if (!tool->json)
    g_print (_ ("%s: its files are right\n"), words[0]);
  else
    g_print ("{}\n");
  return TOOL_DONE;
}

static void
print_loss (GVariant *loss)
{
  g_auto (GStrv) kinds = view_strings (loss, "losses");
  g_autofree char *output = print_foreign (view_string (loss, "output"));
  g_autofree char *title = print_foreign (view_string (loss, "title"));
  g_autofree char *joined = print_joined ((const char *const *) kinds);
  g_print ("  %s: %s (%.*s…): %s%s%s\n", output, title, PRINT_FINGERPRINT_DIGITS, view_string (loss, "fingerprint"), joined,
           view_bool (loss, "left-out") ? (joined[0] != '\0' ? ", " : "") : "", view_bool (loss, "left-out") ? _ ("left out") : "");
}

/* How it stands, and what each entry loses there. */
static ToolExit
check (Tool *tool, const ToolCommand *command, int argc, char **argv)
{
  g_auto (GStrv) words = tool_parse_command (tool, command, NULL, 1, 1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) consumer = consumers_find (tool, words[0], &error);
  g_autoptr (GVariant) reply = consumer == NULL || view_string (consumer, "file")[0] == '\0'
                                   ? NULL
                                   : tool_call (tool, "Consumers", "GetLosses", g_variant_new ("(s)", words[0]), NULL, NULL, &error);
  if (error != NULL)
    return tool_fail (tool, error);
  ToolExit code = view_bool (consumer, "enabled") && !view_bool (consumer, "current") ? TOOL_REFUSED : TOOL_DONE;
  if (tool->json)
    {
      json_print_view (view_consumer, consumer);
      return code;
    }
  consumers_print (consumer);
  g_autoptr (GVariant) losses = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
  gsize n = losses != NULL ? g_variant_n_children (losses) : 0;
  if (n > 0)
    g_print ("\n%s\n", _ ("What it cannot say:"));
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) loss = g_variant_get_child_value (losses, i);
      print_loss (loss);
    }
  return code;
}

/* "java" of "…/java.consumer". (transfer full) (nullable) */
static char *
name_of (const char *file, GError **error)
{
  g_autofree char *base = g_path_get_basename (file);
  if (g_str_has_suffix (base, SUFFIX))
    {
      base[strlen (base) - strlen (SUFFIX)] = '\0';
      return consumers_check_name (base, error) ? g_steal_pointer (&base) : NULL;
    }
  g_autofree char *shown = trust_text_printable (file, 0);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("%s: a consumer's file is called NAME%s"), shown, SUFFIX);
  return NULL;
}

/* Root's own act: the bus takes no paths. */
static gboolean
install (const Tool *tool, const char *name, GBytes *bytes, GError **error)
{
  g_autofree char *folder = g_build_filename (tool->root != NULL ? tool->root : "/", FOLDER, NULL);
  g_autofree char *base = g_strconcat (name, SUFFIX, NULL);
  g_autofree char *path = g_build_filename (folder, base, NULL);
  gsize size = 0;
  const char *data = g_bytes_get_data (bytes, &size);
  if (g_mkdir_with_parents (folder, 0755) < 0)
    return trust_error_set_errno (error, errno, "cannot make", folder);
  return g_file_set_contents_full (path, data, (gssize) size, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644, error);
}

static ToolExit
add (Tool *tool, const ToolCommand *command, int argc, char **argv)
{
  g_auto (GStrv) words = tool_parse_command (tool, command, NULL, 1, 1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = name_of (words[0], &error);
  g_autoptr (GBytes) bytes = name != NULL ? input_read (words[0], &error) : NULL;
  GVariant *content = bytes != NULL ? g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE) : NULL;
  g_autoptr (GVariant) reply = content == NULL ? NULL
                                               : tool_call (tool, "Consumers", "Check", g_variant_new ("(s@ay)", name, content), NULL, NULL, &error);
  if (reply == NULL || !install (tool, name, bytes, &error))
    return tool_fail (tool, error);
  g_autoptr (GVariant) outputs = g_variant_get_child_value (reply, 0);
  if (tool->json)
    g_print ("{}\n");
  else
    g_print (_ ("installed as %s/%s%s; 'anchorctl consumer enable %s' switches it on\n"), FOLDER, name, SUFFIX, name);
  if (!tool->json)
    consumers_print_drop_in (name, outputs, TRUE);
  return TOOL_DONE;
}

static ToolExit
drop_in (Tool *tool, const ToolCommand *command, int argc, char **argv)
{
  g_auto (GStrv) words = tool_parse_command (tool, command, NULL, 1, 1, argc, argv);
  if (words == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) consumer = consumers_find (tool, words[0], &error);
  if (consumer == NULL)
    return tool_fail (tool, error);
  g_autoptr (GVariant) outputs = view_list (consumer, "outputs");
  consumers_print_drop_in (words[0], outputs, FALSE);
  return TOOL_DONE;
}

static const ToolSubCommand sub_commands[] = {
  { "add", { "consumer add", N_ ("FILE"), N_ ("Install a consumer's file (root)"), NULL }, add },
  { "check", { "consumer check", N_ ("NAME"), N_ ("Tell how a consumer stands, and what it cannot say"), NULL }, check },
  { "disable", { "consumer disable", N_ ("NAME"), N_ ("Keep a consumer's files up no longer, and take them away"), NULL }, disable },
  { "drop-in", { "consumer drop-in", N_ ("NAME"), N_ ("Print what lets the service write a consumer's files"), NULL }, drop_in },
  { "enable", { "consumer enable", N_ ("NAME"), N_ ("Write a consumer's files, and keep them up"), NULL }, enable },
  { "repair", { "consumer repair", N_ ("NAME"), N_ ("Put right what others changed of a consumer's files"), NULL }, repair },
};

ToolExit
command_consumer (Tool *tool, int argc, char **argv)
{
  return tool_run_sub_command (tool, "consumer", sub_commands, G_N_ELEMENTS (sub_commands),
                               _ ("what to do with a consumer is one of: add, check, disable, drop-in, enable, repair"), argc, argv);
}
