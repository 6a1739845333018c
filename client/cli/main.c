/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/json.h"
#include "client/cli/tool.h"
#include "core/text.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

const ToolCommand tool_commands[] = {
  { "add", N_ ("FILE…"), N_ ("Trust the certificates in files"), command_add },
  { "import", N_ ("FILE…"), N_ ("Trust and refuse as files say"), command_import },
  { "apply", N_ ("FOLDER|FILE"), N_ ("Make trust as a folder of files says"), command_apply },
  { "export", N_ ("FOLDER"), N_ ("Write the administrator's own entries as such a folder"), command_export },
  { "set", N_ ("FINGERPRINT…"), N_ ("Change what anchors are trusted for"), command_set },
  { "remove", N_ ("FINGERPRINT…"), N_ ("Withdraw what was added"), command_remove },
  { "distrust", N_ ("FINGERPRINT|FILE…"), N_ ("Refuse certificates, whoever else trusts them"), command_distrust },
  { "restore", N_ ("FINGERPRINT…"), N_ ("Lift a distrust"), command_restore },
  { "list", N_ ("[TEXT]"), N_ ("List the anchors"), command_list },
  { "show", N_ ("FINGERPRINT"), N_ ("Show all about one anchor"), command_show },
  { "why", N_ ("FINGERPRINT"), N_ ("Tell who trusts or refuses a certificate, and who sees it"), command_why },
  { "status", "", N_ ("Tell whether everything shows what it should"), command_status },
  { "reload", "", N_ ("Have units load their certificates again"), command_reload },
  { "verify", N_ ("FILE…"), N_ ("Tell whether a certificate chain is trusted"), command_verify },
  { "probe", N_ ("HOST[:PORT]"), N_ ("Look at a TLS server and its certificates"), command_probe },
  { "inspect", N_ ("FILE…"), N_ ("Look at a chain file or a bundle"), command_inspect },
  { "audit", N_ ("[FILE…]"), N_ ("Tell what is wrong with what is trusted, and report it"), command_audit },
  { "compare", N_ ("A B"), N_ ("Tell how two files, folders, machines or moments differ in trust"), command_compare },
  { "log", "", N_ ("Tell what happened, when, by whom and why"), command_log },
  { "diff", N_ ("WHEN [WHEN]"), N_ ("Tell what differs between two moments"), command_diff },
  { "rollback", N_ ("WHEN"), N_ ("Go back to what was trusted at a moment"), command_rollback },
  { "handback", "[--resume]", N_ ("Give the distribution's files back to its tool, or take them up again"), command_handback },
  { "undo", "", N_ ("Take the last change back"), command_undo },
  { "bundle", "", N_ ("Print the trusted certificates as one file"), command_bundle },
  { "store", N_ ("create|delete|add|remove|narrow|list …"), N_ ("Look after applications' stores"), command_store },
  { "consumers", "", N_ ("List who reads trust, and what each sees of it"), command_consumers },
  { "consumer", N_ ("enable|disable|check|repair|add|drop-in …"), N_ ("Look after one reader's files"), command_consumer },
  { "crl", N_ ("add|list|remove …"), N_ ("Look after the revocation lists that are kept"), command_crl },
  { "nss-db", N_ ("sync FOLDER"), N_ ("Look after NSS databases of yours"), command_nss_db },
  { "request", N_ ("FILE…|--list|--approve ID|--deny ID"), N_ ("Ask an administrator to trust certificates, or answer"), command_request },
  { "help", N_ ("[COMMAND]"), N_ ("Show the manual page of a command"), command_help },
  { "version", "", N_ ("Print the version"), command_version },
  { NULL, NULL, NULL, NULL }
};

/* With --check, 2 says that something would change: wrong usage must not look so. (Those of `status` and `audit` are others.) */
static ToolExit
run_command (Tool *tool, const ToolCommand *command, char **words)
{
  ToolExit code = command->run (tool, (int) g_strv_length (words), words);
  gboolean is_preview = strcmp (words[0], "status") != 0 && strcmp (words[0], "audit") != 0;
  gboolean checks = is_preview && g_strv_contains ((const char *const *) words, "--check");
  return code == TOOL_USAGE && checks && !tool->would_change ? TOOL_ERROR : code;
}

static ToolExit
run (Tool *tool, char **words)
{
  for (const ToolCommand *command = tool_commands; command->name != NULL; command++)
    if (strcmp (command->name, words[0]) == 0)
      return run_command (tool, command, words);
  g_autofree char *name = trust_text_printable (words[0], 40);
  g_autofree char *message = g_strdup_printf (_ ("there is no command “%s”; see anchorctl --help"), name);
  g_printerr ("anchorctl: %s\n", message);
  if (tool->json)
    json_print_error ("invalid-argument", message);
  return TOOL_USAGE;
}

/* An answer that did not arrive whole is no success. */
static ToolExit
end_output (ToolExit code)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return code;
  g_printerr (_ ("anchorctl: standard output: %s\n"), g_strerror (errno));
  return code == TOOL_DONE ? TOOL_ERROR : code;
}

int
main (int argc, char **argv)
{
  /* It may come to hold pass phrases, and keys that stand beside certificates: none of them is left in a core file. */
  setrlimit (RLIMIT_CORE, &(struct rlimit) { 0, 0 });
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("anchorctl");

  Tool tool = { 0 };
  g_auto (GStrv) words = tool_parse_globals (&tool, argc, argv);
  ToolExit code = words == NULL ? TOOL_USAGE : run (&tool, words);
  code = end_output (code);
  tool_clear (&tool);
  return code;
}
