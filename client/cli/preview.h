/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a change would do, told before and instead of doing it: --dry-run and --check. */
#pragma once

#include "client/cli/report.h"

/* As report_change(), but asks Anchors.Preview of METHOD with PARAMETERS (floating). --dry-run: TOOL_DONE. --check: TOOL_WOULD_CHANGE, TOOL_DONE
 * where there is nothing to do, TOOL_ERROR where something would be refused. */
ToolExit preview_change (Tool *tool, const char *method, GVariant *parameters, GUnixFDList *fds);
/* Shows people the same before it is done. *WOULD_CHANGE: is there anything to do? TOOL_DONE, or what went wrong. */
ToolExit preview_show (Tool *tool, const char *method, GVariant *parameters, gboolean *would_change);
