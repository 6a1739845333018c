/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The queue of `+` and `-` lines that the distribution's hooks (/etc/ca-certificates/update.d) have still to see. A change is one
 * file of /var/lib/anchord/hooks/pending: "GENERATION", or "GENERATION.K" where that name is taken. anchord-hooks runs the queue.
 */
#pragma once

#include "core/root.h"

#define TRUST_HOOKS_FOLDER "/etc/ca-certificates/update.d"
#define TRUST_HOOKS_PENDING "/var/lib/anchord/hooks/pending"

/* Puts LINES ("+PATH\n", "-PATH\n") into the queue, synced, leaving out those that wait for the same generation already: a change
 * that is done again after a crash. Does nothing where the distribution has no folder of hooks. */
gboolean trust_hooks_queue (TrustRoot *root, guint64 generation, const char *lines, GError **error);
/* How many changes wait. */
guint trust_hooks_count (TrustRoot *root);
/* The names in the queue, oldest first. Returns: (transfer full): of owned char*. */
GPtrArray *trust_hooks_list (TrustRoot *root);
/* The lines of one. Returns: (transfer full). */
GBytes *trust_hooks_read (TrustRoot *root, const char *name, GError **error);
/* Takes NAME off the queue: its hooks have run. */
gboolean trust_hooks_finish (TrustRoot *root, const char *name, GError **error);
/* Are dpkg's locks held by someone? Hooks wait until they are not. */
gboolean trust_hooks_is_held (TrustRoot *root);
