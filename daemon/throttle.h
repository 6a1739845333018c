/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many events of one kind go to the system's log in a while: journald drops what a unit says too often, so who is refused without end could
 * make it drop the events of changes. One thread's. */
#pragma once

#include <glib.h>

typedef struct _TrustThrottle TrustThrottle;

TrustThrottle *trust_throttle_new (guint total, guint per_uid, gint64 interval);
void trust_throttle_free (TrustThrottle *throttle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustThrottle, trust_throttle_free)
/* May an event of UID be told at NOW (microseconds)? *UNTOLD: how many were not in the interval before, told once; mostly 0. */
gboolean trust_throttle_take (TrustThrottle *throttle, gint64 uid, gint64 now, guint *untold);
