/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mount namespaces other than the caller's, and what their files of trust are beside this machine's. */
#pragma once

#include "client/cli/process.h"
#include "client/cli/published.h"

typedef struct _Containers Containers;

/* OURS: what this machine shows. */
Containers *containers_new (const Published *ours);
void containers_free (Containers *containers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Containers, containers_free)
/* PROCESS is in the mount namespace NAMESPACE; ITS: what it sees there. The first process of each is looked at. */
void containers_add (Containers *containers, guint64 name_space, const Process *process, const Published *its);
/* aa{sv}, as processes_scan() tells. Returns: floating. */
GVariant *containers_list (Containers *containers);
