/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Moments of the journal: WHEN, as people write it, is the service's to understand. */
#pragma once

#include "client/cli/tool.h"

/* A state that the journal knows. */
typedef struct
{
  guint64 generation; /* that stood then */
  gint64 time;        /* when it was made; seconds since the epoch; 0: before the first */
} Moment;

/* The one that WHEN, given as OPTION, means. */
gboolean moment_find (Tool *tool, const char *option, const char *when, Moment *out, GError **error);
/* list --at: what was trusted and refused then. */
ToolExit moment_list (Tool *tool, const char *when);
/* Is TEXT a generation's number? */
gboolean moment_is_generation (const char *text);
/* Prints a change's two sides as one text: "not trusted → trusted server-auth". Returns: (transfer full). */
char *moment_describe_change (GVariant *change);
