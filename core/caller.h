/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who asks for a change: facts read once on arrival. A plain value; empty strings and -1 where not known. */
#pragma once

#include <glib.h>

typedef struct
{
  gint64 uid;       /* -1 unknown */
  gint64 pid;       /* -1 unknown; never used to decide */
  gint64 login_uid; /* audit login uid, -1 none */
  gint64 session;   /* audit session, -1 none */
  char *unit;       /* (owned) systemd unit from the cgroup */
  char *command;    /* (owned) comm, not verified */
  char *executable; /* (owned) /proc/PID/exe where readable, not verified */
  char *how;        /* (owned) "bus", "offline", "source" */
} TrustCaller;

TrustCaller *trust_caller_new (const char *how);
/* The process itself: what the offline tool journals. */
TrustCaller *trust_caller_new_self (const char *how);
/* Facts of PID read from /proc, its start time the same before and after; FALSE when it left meanwhile (facts then stay unknown). */
gboolean trust_caller_read_process (TrustCaller *caller, gint64 pid);
TrustCaller *trust_caller_copy (const TrustCaller *caller);
void trust_caller_free (TrustCaller *caller);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustCaller, trust_caller_free)
