/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What limits an anchor, for people. */
#pragma once

#include "client/cli/print.h"

/* Rows of what limits ANCHOR (a{sv}): names, dates, ends. Nothing where nothing does. */
void limits_add_facts (PrintTable *table, GVariant *anchor);
/* A few words for a table's cell: "names, until 2027-01-01". Values as view_read() gives them; "" where nothing limits. Returns: (transfer full). */
char *limits_describe (GVariant *permitted, GVariant *excluded, GVariant *distrust_after, gint64 until);
