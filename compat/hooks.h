/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hooks of update.d, run at once, as the distribution's tool does; and the queue of lines that they have not seen, so that each is seen
 * once. */
#pragma once

#include "compat/places.h"

typedef struct
{
  const CompatPlaces *places; /* (borrowed) */
  int lock_fd;                /* -1: the queue is someone else's now, or there is none */
  GPtrArray *taken;           /* (owned) of char*: names in the queue, in the order of their lines */
} CompatHooks;

/* Takes the queue, if nobody runs it. */
void compat_hooks_begin (CompatHooks *hooks, const CompatPlaces *places);
void compat_hooks_clear (CompatHooks *hooks);
/* LINES are about to come true: kept, until the hooks have seen them, where there is a queue. */
gboolean compat_hooks_keep (CompatHooks *hooks, const char *lines, GError **error);
/* All that the hooks have not seen: what waited, LINES (which were kept, or are told only here), and what came into the queue since, which is what
 * anchord itself did to the folder in the same run: its numbers are added to N_ADDED and N_REMOVED. Nothing is told twice of one name.
 * Returns: (transfer full). */
GString *compat_hooks_gather (CompatHooks *hooks, const char *lines, guint *n_added, guint *n_removed);
/* Runs them with LINES of the above, and takes these off the queue. Prints what the distribution's tool prints. */
void compat_hooks_run (CompatHooks *hooks, const GString *lines);
