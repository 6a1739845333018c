/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wakes the writer at the date when trust changes by time alone: a date of the wall clock, which holds through suspend and when the clock is set. */
#pragma once

#include "daemon/writer.h"

typedef struct _TrustClock TrustClock;

/* Says TRUST_WANT_CLOCK to WRITER at the date, and when somebody set the clock. ENGINE and WRITER outlive it. Main loop only. NULL: no timer to be
 * had. */
TrustClock *trust_clock_new (TrustEngine *engine, TrustWriter *writer, GError **error);
/* The engine may have another date now. A date that has passed and was not acted on (a full disk) is tried again in a minute. Any thread. */
void trust_clock_follow (TrustClock *clock);
void trust_clock_free (TrustClock *clock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustClock, trust_clock_free)
