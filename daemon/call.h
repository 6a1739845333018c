/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One call on its way through the gate: it belongs to whoever handles it now, and ends in exactly one reply. */
#pragma once

#include "daemon/peers.h"
#include "daemon/quota.h"
#include "facade/door.h"

/* What the service's lifetime looks at: calls under way, and when the last one ended. */
typedef struct
{
  gint in_flight; /* atomic */
  gint64 last;    /* monotonic microseconds, atomic enough: it only rises */
} TrustActivity;

typedef struct
{
  GDBusMethodInvocation *invocation; /* (owned) */
  const TrustDoor *door;
  TrustEngine *engine;      /* (borrowed) */
  TrustActivity *activity;  /* (borrowed) */
  TrustDoorRequest request; /* (owned) */
  gboolean parsed;
  TrustCaller *caller; /* (owned) (nullable) */
  TrustPeer *peer;     /* (owned) (nullable) */
  TrustQuota *quota;   /* (borrowed) (nullable) given back at the end */
  guint weight;        /* what it counts for there */
} TrustCall;

/* Takes INVOCATION. */
TrustCall *trust_call_new (GDBusMethodInvocation *invocation, const TrustDoor *door, TrustEngine *engine, TrustActivity *activity);
/* FALSE: it failed, was answered and is gone. Any thread. */
gboolean trust_call_parse (TrustCall *call);
/* Handles, answers and frees. Any thread. */
void trust_call_run (TrustCall *call);
/* Answers with ERROR (transfer full) and frees. */
void trust_call_fail (TrustCall *call, GError *error);
gboolean trust_call_may_interact (TrustCall *call);
