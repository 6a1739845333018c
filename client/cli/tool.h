/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every command of anchorctl works with: the global options, the way to the service, how it ends. */
#pragma once

#include "client/cli/backend.h"

#include <glib/gi18n.h>

/* Exit codes; docs/man/anchorctl.1.rst explains them. */
typedef enum
{
  TOOL_DONE = 0,
  TOOL_ERROR = 1,
  TOOL_USAGE = 2,
  TOOL_WOULD_CHANGE = 2, /* --check */
  TOOL_REFUSED = 3,      /* refused by policy, not everywhere, or not trusted */
  TOOL_NOT_AUTHORIZED = 4,
} ToolExit;

typedef struct
{
  char *root; /* (owned) (nullable) --root */
  char *bus;  /* (owned) (nullable) --bus: for tests */
  gboolean json;
  gboolean no_ask_password;
  gboolean dry_run;      /* a command that changes something: show the difference, change nothing */
  gboolean check;        /* the same, and tell by the exit code whether there is one */
  gboolean would_change; /* --check found a difference */
  GPtrArray *notes;      /* (owned) (nullable) of char*: what report_note() told */
  GPtrArray *failures;   /* (owned) (nullable) of char*: what report_failure() told */
  Backend *backend;      /* (owned) (nullable) opened by the first call */
} Tool;

typedef struct
{
  const char *name;
  const char *arguments;
  const char *summary; /* untranslated; marked with N_ */
  ToolExit (*run) (Tool *tool, int argc, char **argv);
} ToolCommand;

extern const ToolCommand tool_commands[];

/* One of a command's own: "store create". */
typedef struct
{
  const char *word;
  ToolCommand command; /* without run */
  ToolExit (*run) (Tool *tool, const ToolCommand *command, int argc, char **argv);
} ToolSubCommand;

/* Rows of the options of every command that changes something. */
#define TOOL_PREVIEW_ENTRIES(tool)                                                                                                                   \
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, &(tool)->dry_run, N_ ("Show what would change, and change nothing"), NULL },                                 \
  {                                                                                                                                                  \
    "check", 0, 0, G_OPTION_ARG_NONE, &(tool)->check, N_ ("The same; exit 2 if something would change, 0 if nothing"), NULL                          \
  }

/* One row each; run gets the words after the command's name. */
ToolExit command_add (Tool *tool, int argc, char **argv);
ToolExit command_remove (Tool *tool, int argc, char **argv);
ToolExit command_distrust (Tool *tool, int argc, char **argv);
ToolExit command_import (Tool *tool, int argc, char **argv);
ToolExit command_apply (Tool *tool, int argc, char **argv);
ToolExit command_export (Tool *tool, int argc, char **argv);
ToolExit command_set (Tool *tool, int argc, char **argv);
ToolExit command_restore (Tool *tool, int argc, char **argv);
ToolExit command_log (Tool *tool, int argc, char **argv);
ToolExit command_diff (Tool *tool, int argc, char **argv);
ToolExit command_rollback (Tool *tool, int argc, char **argv);
ToolExit command_handback (Tool *tool, int argc, char **argv);
ToolExit command_undo (Tool *tool, int argc, char **argv);
ToolExit command_why (Tool *tool, int argc, char **argv);
ToolExit command_list (Tool *tool, int argc, char **argv);
ToolExit command_show (Tool *tool, int argc, char **argv);
ToolExit command_status (Tool *tool, int argc, char **argv);
ToolExit command_reload (Tool *tool, int argc, char **argv);
ToolExit command_verify (Tool *tool, int argc, char **argv);
ToolExit command_probe (Tool *tool, int argc, char **argv);
ToolExit command_inspect (Tool *tool, int argc, char **argv);
ToolExit command_audit (Tool *tool, int argc, char **argv);
ToolExit command_compare (Tool *tool, int argc, char **argv);
ToolExit command_bundle (Tool *tool, int argc, char **argv);
ToolExit command_store (Tool *tool, int argc, char **argv);
ToolExit command_crl (Tool *tool, int argc, char **argv);
ToolExit command_nss_db (Tool *tool, int argc, char **argv);
ToolExit command_consumer (Tool *tool, int argc, char **argv);
ToolExit command_consumers (Tool *tool, int argc, char **argv);
ToolExit command_request (Tool *tool, int argc, char **argv);
ToolExit command_help (Tool *tool, int argc, char **argv);
ToolExit command_version (Tool *tool, int argc, char **argv);

/* Parses ARGV of the command NAME, whose own options are ENTRIES (nullable) and which takes ARGUMENTS ("FILE…") of which MIN to MAX (-1: any
 * number) must be there. Returns: (transfer full): the words that are left; NULL after saying what is wrong (then exit TOOL_USAGE). --help ends
 * the process. */
char **tool_parse (Tool *tool, const char *name, const GOptionEntry *entries, int min, int max, int argc, char **argv);
/* The same for a command that has no row in tool_commands: one of a command's own, "store create". */
char **tool_parse_command (Tool *tool, const ToolCommand *command, const GOptionEntry *entries, int min, int max, int argc, char **argv);
/* Runs that row of TABLE which ARGV names, wherever that stands: global options may come before it. NAME: the command; WHICH: what is said,
 * translated, where ARGV names none. */
ToolExit tool_run_sub_command (Tool *tool, const char *name, const ToolSubCommand *table, gsize n_table, const char *which, int argc, char **argv);
/* As tool_parse(), for the options before the command's name; what is left begins with it. */
char **tool_parse_globals (Tool *tool, int argc, char **argv);

/* Calls the service, or the doors in process. As BackendClass.call. */
GVariant *tool_call (Tool *tool, const char *interface, const char *member, GVariant *parameters, GUnixFDList *fds, GUnixFDList **out_fds,
                     GError **error);
void tool_clear (Tool *tool);

/* Says what went wrong, on one line that any terminal can show (with --json also as an object). Returns: how to exit. */
ToolExit tool_fail (const Tool *tool, const GError *error);
/* TEXT that the user typed must be UTF-8 without control characters. WHAT: the option. */
gboolean tool_check_text (const char *what, const char *text, gsize max_chars, GError **error);
