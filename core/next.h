/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The date at which trust changes by time alone, kept on disk for whoever watches the clock while no anchord runs (data/anchord-until.path). */
#pragma once

#include "core/root.h"

#define TRUST_NEXT_FOLDER "/var/lib/anchord/clock"
/* The date, in seconds since the epoch; no file: there is none. */
#define TRUST_NEXT_DATE TRUST_NEXT_FOLDER "/next"
/* Is there while somebody has to look at the date. */
#define TRUST_NEXT_MARK TRUST_NEXT_FOLDER "/changed"
/* The date that is watched, in the same form. It goes with the running system, as the watching does. */
#define TRUST_NEXT_WATCHED "/run/anchord/until"

/* NEXT (seconds since the epoch, G_MAXINT64: never) is the date from now on. Writes only what differs: the date where it is another, the mark where
 * another date is watched. */
gboolean trust_next_note (TrustRoot *root, gint64 next, GError **error);
/* For the watcher: takes the mark away, then reads the date; so what is noted after that leaves a mark again. FALSE: the mark stays. */
gboolean trust_next_take (TrustRoot *root, gint64 *next_out, GError **error);
/* For the watcher: NEXT is watched. */
gboolean trust_next_watch (TrustRoot *root, gint64 next, GError **error);
