/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the commands about consumers share. */
#pragma once

#include "client/cli/json.h"
#include "client/cli/tool.h"

/* NAME as the user typed it. */
gboolean consumers_check_name (const char *name, GError **error);
/* All consumers: Consumers.List's aa{sv}. Returns: (transfer full). */
GVariant *consumers_list (Tool *tool, GError **error);
/* The one of that name. Returns: (transfer full). */
GVariant *consumers_find (Tool *tool, const char *name, GError **error);
/* One consumer in full, for people. */
void consumers_print (GVariant *consumer);
/* One line of an output: where, in which format, how many certificates, and what it cannot say. */
void consumers_print_output (GVariant *output);
/* The drop-in that lets the service write OUTPUTS (aa{sv}) of the consumer NAME. ONLY_IF_NEEDED: nothing where it may already. */
void consumers_print_drop_in (const char *name, GVariant *outputs, gboolean only_if_needed);
