/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells what became of a change. */
#pragma once

#include "client/cli/json.h"
#include "client/cli/tool.h"

typedef struct
{
  const char *result;   /* on the bus: "added" */
  const char *sentence; /* untranslated: %s TITLE, %s FINGERPRINT's beginning; marked with N_ */
  const char *remedy;   /* (nullable) untranslated: %s the same beginning */
  ToolExit exit;
} ReportRow;

/* For what takes trust and distrust alike: import, apply. */
extern const ReportRow report_import_rows[];

/* Calls METHOD ("Anchors.Add") with PARAMETERS (floating), whose reply tells of a change, and tells the outcome in the words of ROWS (ended by a
 * row of NULLs). With --dry-run or --check it is only previewed. */
ToolExit report_change (Tool *tool, const char *method, GVariant *parameters, GUnixFDList *fds, const ReportRow *rows);
/* One result in the words of its row; a result that ROWS do not have is told as it is. */
void report_print_result (const ReportRow *rows, GVariant *result);
/* Calls PRINT for each of RESULTS; many that are so already are only counted. */
void report_each_result (GVariant *results, void (*print) (GVariant *result, gpointer user_data), gpointer user_data);
/* Is any of RESULTS more than "already" and "refused"? */
gboolean report_changes_something (GVariant *results);
/* How to exit after RESULTS: the worst of their rows. */
ToolExit report_judge (GVariant *results, const ReportRow *rows);

/* Tells something beside what the service answers: now, and in the report's JSON. TEXT is printable. */
void report_note (Tool *tool, const char *text);
/* The same of what could not be taken: then the command ends with TOOL_REFUSED at best. */
void report_failure (Tool *tool, const char *text);
/* The members `failures` and `notes` of a report. */
void report_add_notes (JsonBuilder *builder, const Tool *tool);

/* Fills a{sv}: KEY is left out where VALUE is NULL or FALSE. */
void report_option_string (GVariantDict *options, const char *key, const char *value);
void report_option_flag (GVariantDict *options, const char *key, gboolean value);
/* Checks a --reason. */
gboolean report_check_reason (const char *reason, GError **error);
