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
/* Adds the numbers of lines that came into the queue since: what anchord itself did to the folder. */
void compat_hooks_count_new (const CompatHooks *hooks, guint *n_added, guint *n_removed);
/* Runs them with what waits and LINES, which were kept or are told only here. Prints what the distribution's tool prints. */
void compat_hooks_run (CompatHooks *hooks, const char *lines);
