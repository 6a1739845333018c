/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/tool.h"

#include "client/cli/json.h"
#include "core/error.h"
#include "core/text.h"

#include <string.h>

/* What could not be parsed may still say how to answer. */
static gboolean
wants_json (const Tool *tool, char **argv)
{
  gboolean wanted = tool->json;
  for (char **word = argv; *word != NULL && strcmp (*word, "--") != 0; word++)
    wanted |= strcmp (*word, "--json") == 0;
  return wanted;
}

static char **
usage (const Tool *tool, char **argv, const char *name, const char *message)
{
  g_autofree char *line = trust_text_printable (message, 0);
  if (name == NULL)
    g_printerr (_ ("anchorctl: %s; see anchorctl --help\n"), line);
  else
    g_printerr (_ ("anchorctl %s: %s; see anchorctl %s --help\n"), name, line, name);
  if (wants_json (tool, argv))
    json_print_error ("invalid-argument", line);
  return NULL;
}

/* Options may stand before and after the command's name: both places know the global ones. */
static void
add_globals (GOptionContext *context, Tool *tool)
{
  const GOptionEntry globals[] = {
    { "root", 0, 0, G_OPTION_ARG_FILENAME, &tool->root, N_ ("Work on the files below DIR, without the service"), N_ ("DIR") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &tool->json, N_ ("Print JSON"), NULL },
    { "no-ask-password", 0, 0, G_OPTION_ARG_NONE, &tool->no_ask_password, N_ ("Fail rather than ask for a password"), NULL },
    { "bus", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &tool->bus, N_ ("Use the bus at ADDRESS"), N_ ("ADDRESS") },
    G_OPTION_ENTRY_NULL
  };
  GOptionGroup *group = g_option_context_get_main_group (context);
  if (group == NULL)
    {
      group = g_option_group_new ("anchorctl", NULL, NULL, NULL, NULL);
      g_option_context_set_main_group (context, group);
    }
  g_option_group_add_entries (group, globals);
  g_option_group_set_translation_domain (group, GETTEXT_PACKAGE);
}

/* What follows the program's name, without the "--" that ends the options. WHOLE: it may stand anywhere; else the command's name stands before
 * it, and it is the command's. */
static char **
words_after_options (char **argv, gboolean whole)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  gboolean ended = FALSE;
  for (char **word = argv + 1; *word != NULL; word++)
    {
      if (!ended && (whole || word == argv + 1) && strcmp (*word, "--") == 0)
        ended = TRUE;
      else
        g_strv_builder_add (words, *word);
    }
  return g_strv_builder_end (words);
}

static const ToolCommand *
find_command (const char *name)
{
  for (const ToolCommand *command = tool_commands; command->name != NULL; command++)
    if (strcmp (command->name, name) == 0)
      return command;
  return NULL;
}

char **
tool_parse (Tool *tool, const char *name, const GOptionEntry *entries, int min, int max, int argc, char **argv)
{
  return tool_parse_command (tool, find_command (name), entries, min, max, argc, argv);
}

/* Where more is said than --help does. */
static char *
describe_page (const char *name)
{
  g_auto (GStrv) words = g_strsplit (name, " ", 2); /* "store create" stands on the page of "store" */
  return g_strdup_printf (_ ("More: man anchorctl-%s"), words[0]);
}

char **
tool_parse_command (Tool *tool, const ToolCommand *command, const GOptionEntry *entries, int min, int max, int argc, char **argv)
{
  const char *name = command->name;
  g_autoptr (GOptionContext) context = g_option_context_new (command->arguments[0] == '\0' ? NULL : _ (command->arguments));
  g_autoptr (GError) error = NULL;
  g_autofree char *program = g_strconcat ("anchorctl ", name, NULL);
  g_set_prgname (program); /* what --help says */
  g_option_context_set_summary (context, _ (command->summary));
  g_autofree char *page = describe_page (name);
  g_option_context_set_description (context, page);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  add_globals (context, tool);
  g_auto (GStrv) words = g_strdupv (argv);
  if (!g_option_context_parse_strv (context, &words, &error))
    return usage (tool, argv, name, error->message);
  g_auto (GStrv) rest = words_after_options (words, TRUE);
  int n = (int) g_strv_length (rest);
  if (n < min)
    return usage (tool, argv, name, _ ("too few arguments"));
  if (max >= 0 && n > max)
    return usage (tool, argv, name, _ ("too many arguments"));
  return g_steal_pointer (&rest);
}

static char *
describe_commands (void)
{
  GString *text = g_string_new (_ ("Commands:"));
  for (const ToolCommand *command = tool_commands; command->name != NULL; command++)
    g_string_append_printf (text, "\n  %-10s %s", command->name, _ (command->summary));
  g_string_append_printf (text, "\n\n%s", _ ("anchorctl COMMAND --help tells the options of a command, anchorctl help COMMAND all about it."));
  return g_string_free (text, FALSE);
}

char **
tool_parse_globals (Tool *tool, int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (_ ("COMMAND …"));
  g_autoptr (GError) error = NULL;
  g_autofree char *commands = describe_commands ();
  g_option_context_set_summary (context, _ ("Looks after the trust anchors of this machine."));
  g_option_context_set_description (context, commands);
  g_option_context_set_strict_posix (context, TRUE);
  add_globals (context, tool);
  g_auto (GStrv) words = g_strdupv (argv);
  if (!g_option_context_parse_strv (context, &words, &error))
    return usage (tool, argv, NULL, error->message);
  if (words[1] == NULL)
    return usage (tool, argv, NULL, _ ("no command"));
  return words_after_options (words, FALSE);
}

/* Which row ARGV names, and where. */
static const ToolSubCommand *
find_sub_command (const ToolSubCommand *table, gsize n_table, int argc, char **argv, int *at)
{
  for (int i = 1; i < argc; i++)
    for (gsize n = 0; n < n_table; n++)
      if (strcmp (argv[i], table[n].word) == 0)
        {
          *at = i;
          return &table[n];
        }
  return NULL;
}

ToolExit
tool_run_sub_command (Tool *tool, const char *name, const ToolSubCommand *table, gsize n_table, const char *which, int argc, char **argv)
{
  int at = 0;
  const ToolSubCommand *sub = find_sub_command (table, n_table, argc, argv, &at);
  if (sub == NULL)
    {
      /* --help, or a word that is none of these. */
      g_auto (GStrv) words = tool_parse (tool, name, NULL, 1, -1, argc, argv);
      g_autoptr (GError) error = NULL;
      if (words == NULL)
        return TOOL_USAGE;
      g_set_error_literal (&error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, which);
      return tool_fail (tool, error);
    }
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  for (int i = 0; i < argc; i++)
    if (i != at)
      g_ptr_array_add (words, argv[i]);
  g_ptr_array_add (words, NULL);
  return sub->run (tool, &sub->command, argc - 1, (char **) words->pdata);
}
