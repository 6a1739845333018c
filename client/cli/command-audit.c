/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/audit-look.h"
#include "client/cli/output.h"
#include "core/error.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_WITHIN 90
#define MAX_WITHIN 36500

typedef struct
{
  int within;
  char **checks;
  char *fail_on;
  char *format;
  char *output;
  char *certdata;
  char *accepted;
  PassphraseOptions passphrases;
} Options;

static void
options_clear (Options *options)
{
  g_strfreev (options->checks);
  g_free (options->fail_on);
  g_free (options->format);
  g_free (options->output);
  g_free (options->certdata);
  g_free (options->accepted);
  g_free (options->passphrases.file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* The formats' names, for an error. Returns: (transfer full). */
static char *
join_formats (void)
{
  GString *out = g_string_new (NULL);
  for (const AuditFormat *format = audit_formats; format->name != NULL; format++)
    g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "", format->name);
  return g_string_free (out, FALSE);
}

/* FAIL_ON: AUDIT_SEVERITIES where nothing fails. */
static const AuditFormat *
check_options (const Tool *tool, const Options *options, AuditSeverity *fail_on, GError **error)
{
  const char *name = options->format != NULL ? options->format : tool->json ? "json" : audit_formats[0].name;
  const AuditFormat *format = audit_format_find (name);
  g_autofree char *formats = join_formats ();
  *fail_on = AUDIT_SEVERITIES;
  if (format == NULL)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("--format: there are %s"), formats);
  else if (tool->json && strcmp (format->name, "json") != 0)
    g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("--json is --format json; leave one of the two out"));
  else if (options->within < 0 || options->within > MAX_WITHIN)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("--within: give a number of days, 0 to %d"), MAX_WITHIN);
  else if (options->fail_on != NULL && !audit_severity_find (options->fail_on, fail_on))
    g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("--fail-on: give info, low, medium, high or critical"));
  else
    return format;
  return NULL;
}

static void
print_notices (const AuditReport *report)
{
  for (guint i = 0; i < report->notices->len; i++)
    g_printerr (_ ("anchorctl: notice: %s\n"), (const char *) g_ptr_array_index (report->notices, i));
}

static gboolean
write_report (const AuditReport *report, const AuditFormat *format, const char *path, GError **error)
{
  g_autoptr (GString) text = g_string_sized_new (65536);
  format->write (report, text);
  if (path != NULL)
    return output_write (path, text->str, text->len, error);
  fwrite (text->str, 1, text->len, stdout); /* main() looks whether all of it arrived */
  return TRUE;
}

static gboolean
reaches (const AuditReport *report, AuditSeverity fail_on)
{
  for (AuditSeverity severity = fail_on; severity < AUDIT_SEVERITIES; severity++)
    if (audit_report_count (report, severity, FALSE) > 0)
      return TRUE;
  return FALSE;
}

ToolExit
command_audit (Tool *tool, int argc, char **argv)
{
  g_auto (Options) options = { .within = DEFAULT_WITHIN, .passphrases = PASSPHRASE_OPTIONS_INIT };
  const GOptionEntry entries[] = {
    { "within", 'w', 0, G_OPTION_ARG_INT, &options.within, N_ ("Tell what ends within DAYS (90)"), N_ ("DAYS") },
    { "check", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.checks, N_ ("Make the check ID alone; may be given several times"), N_ ("ID") },
    { "fail-on", 0, 0, G_OPTION_ARG_STRING, &options.fail_on, N_ ("Exit 3 if there is a finding of SEVERITY or worse"), N_ ("SEVERITY") },
    { "format", 'f', 0, G_OPTION_ARG_STRING, &options.format, N_ ("table, json, html, cyclonedx, csv or prometheus"), N_ ("FORMAT") },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, N_ ("Write the report to FILE, whole or not at all"), N_ ("FILE") },
    { "certdata", 0, 0, G_OPTION_ARG_FILENAME, &options.certdata, N_ ("Hold anchors against Mozilla's certdata.txt"), N_ ("FILE") },
    { "accepted", 0, 0, G_OPTION_ARG_FILENAME, &options.accepted, N_ ("What is accepted, in place of /etc/anchord/audit.conf"), N_ ("FILE") },
    { "passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &options.passphrases.file, N_ ("Read the pass phrase from the first line of FILE"),
      N_ ("FILE") },
    { "passphrase-fd", 0, 0, G_OPTION_ARG_INT, &options.passphrases.fd, N_ ("Read the pass phrase from descriptor N"), N_ ("N") },
    G_OPTION_ENTRY_NULL
  };
  g_auto (GStrv) files = tool_parse (tool, "audit", entries, 0, -1, argc, argv);
  if (files == NULL)
    return TOOL_USAGE;
  g_autoptr (GError) error = NULL;
  AuditSeverity fail_on;
  const AuditFormat *format = check_options (tool, &options, &fail_on, &error);
  tool->json |= format != NULL && strcmp (format->name, "json") == 0;
  options.passphrases.no_ask = tool->no_ask_password;
  AuditWish wish = { options.within, (const char *const *) options.checks, options.certdata, options.accepted, files, &options.passphrases };
  g_autoptr (AuditReport) report = format == NULL ? NULL : audit_look (tool, &wish, &error);
  if (report == NULL || !write_report (report, format, options.output, &error))
    return tool_fail (tool, error);
  print_notices (report);
  return reaches (report, fail_on) ? TOOL_REFUSED : TOOL_DONE;
}
