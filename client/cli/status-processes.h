/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* `status --processes`: who still works with what was published before. */
#pragma once

#include "client/cli/json.h"
#include "client/cli/tool.h"

typedef struct
{
  GVariant *processes; /* (owned) as processes_scan() tells */
  GVariant *initramfs; /* (owned) as initramfs_look() does */
} StatusProcesses;

/* Looks at this machine. CONSUMERS (nullable): as Consumers.List answers; the files of those that are enabled are published, too. */
gboolean status_processes_read (StatusProcesses *found, Tool *tool, GVariant *consumers, GError **error);
void status_processes_clear (StatusProcesses *found);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (StatusProcesses, status_processes_clear)
void status_processes_print (const StatusProcesses *found);
/* Members "processes" and "initramfs" of the object being built. */
void status_processes_add (JsonBuilder *builder, const StatusProcesses *found);
/* Does nothing hold an old file for certain? */
gboolean status_processes_are_current (const StatusProcesses *found);
