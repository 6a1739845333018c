/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one thread that changes anything: calls in the order they come, and what was seen on disk once it has settled. */
#pragma once

#include "core/root.h"
#include "daemon/call.h"

/* What may have to be done; each waits until things are quiet, so that many events cost one look. */
typedef enum
{
  TRUST_WANT_START,        /* at once: look at everything after the start */
  TRUST_WANT_TOOL,         /* at once: the distribution's tool has just finished */
  TRUST_WANT_CLOCK,        /* at once: a date has come, or the clock was set */
  TRUST_WANT_CHECK,        /* we published just now, and someone may have written in between: 300 ms */
  TRUST_WANT_OWN,          /* an anchor folder changed: 200 ms */
  TRUST_WANT_DISTRIBUTION, /* the distribution's folders changed: 2 s, and no package manager at work */
  TRUST_WANT_HEAL,         /* something in a consumer's folder changed: 2 s */
  TRUST_WANT_TIDY,         /* after the last change: 5 s */
  TRUST_WANT_TRIM,         /* after the last call: 3 s, memory goes back */
  TRUST_WANT_LAST
} TrustWant;

typedef struct _TrustWriter TrustWriter;
typedef void (*TrustWriterWorked) (gpointer user_data);

/* ROOT: the engine's root. BUNDLE (nullable): the file the distribution's tool finishes with, inside the root; what we wrote there
 * ourselves is no reason to look at once. Starts the thread. */
TrustWriter *trust_writer_new (TrustEngine *engine, TrustRoot *root, const char *bundle);
/* Takes CALL: it is run, or answered with TRUST_ERROR_BUSY when the writer is stopping. Any thread. */
void trust_writer_push (TrustWriter *writer, TrustCall *call);
/* WORKED is called by the writer's thread after each piece of work, from now on; NULL: no more. Main loop only. */
void trust_writer_set_listener (TrustWriter *writer, TrustWriterWorked worked, gpointer user_data);
/* Any thread. */
void trust_writer_want (TrustWriter *writer, TrustWant want);
/* Is nothing under way and nothing due? TRUST_WANT_TIDY and after do not count. */
gboolean trust_writer_is_idle (TrustWriter *writer);
/* Since when the piece of work that is under way has been so (monotonic); 0 where none is. Any thread. */
gint64 trust_writer_get_begun (TrustWriter *writer);
/* Finishes what is under way, answers the rest with TRUST_ERROR_BUSY, joins the thread. */
void trust_writer_free (TrustWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustWriter, trust_writer_free)
