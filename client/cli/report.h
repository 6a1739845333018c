/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells what became of a change. */
#pragma once

#include "client/cli/tool.h"

typedef struct
{
  const char *result;   /* on the bus: "added" */
  const char *sentence; /* untranslated: %s TITLE, %s FINGERPRINT's beginning; marked with N_ */
  const char *remedy;   /* (nullable) untranslated: %s the same beginning */
  ToolExit exit;
} ReportRow;

/* Calls MEMBER with PARAMETERS (floating) and tells the outcome in the words of ROWS (ended by a row of NULLs). */
ToolExit report_change (Tool *tool, const char *member, GVariant *parameters, GUnixFDList *fds, const ReportRow *rows);

/* Fills a{sv}: KEY is left out where VALUE is NULL or FALSE. */
void report_option_string (GVariantDict *options, const char *key, const char *value);
void report_option_flag (GVariantDict *options, const char *key, gboolean value);
/* Checks a --reason. */
gboolean report_check_reason (const char *reason, GError **error);
