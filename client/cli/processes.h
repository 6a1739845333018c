/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running processes that still hold an older set of trust than what is published, and containers that were given one. With the caller's rights;
 * nothing is started, stopped or asked. */
#pragma once

#include "client/cli/published.h"
#include "client/cli/view.h"

/* PUBLISHED: what there is now. FOLDER: /proc. a{sv}: changed x and changed-path s (which file TLS clients read changed last), looked-at u,
 * unreadable u (the caller may not look into them), left-out u (more rows than TRUST_LIMIT_PROCESSES),
 * processes aa{sv} {pid x, user s, command s, holds s ("old": an old file is open or mapped; "maybe": it started before the last change and has a TLS
 * library), files as, libraries as, since x (its start), generation t (of the old file; 0: not known), unit s, unit-user x (-1: the system's),
 * session s}, containers aa{sv} {pid x (one of them), processes u, command s, unit s, path s, state s ("pinned": a file of this machine that was
 * replaced since is mounted there, "differs": its own file), time x (of that file's content)}. Texts of others are escaped.
 * Returns: (transfer full). */
GVariant *processes_scan (Published *published, const char *folder, GError **error);

extern const ViewField view_processes[];
/* How many of what processes_scan() found hold an old file for certain. */
guint processes_count_old (GVariant *found);
