/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The gate: every bus message passes here, is looked up in the table of doors, and without a row there is no service. */
#pragma once

#include "daemon/bouncer.h"
#include "daemon/call.h"
#include "daemon/writer.h"

typedef struct _TrustGate TrustGate;

/* Puts the object on CONNECTION. Main loop only. */
TrustGate *trust_gate_new (GDBusConnection *connection, TrustEngine *engine, TrustWriter *writer, TrustActivity *activity, GError **error);
/* Takes the object away and waits for what runs in the pool. The writer must be freed before. */
void trust_gate_free (TrustGate *gate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustGate, trust_gate_free)
/* Ends every waiting for polkit: those calls are answered, and nothing is done. Main loop only. */
void trust_gate_dismiss (TrustGate *gate);
/* Emits Requests.Changed. Any thread. */
void trust_gate_emit_requests (TrustGate *gate, guint waiting);
/* Emits Changed and PropertiesChanged. Any thread. */
void trust_gate_emit_changed (TrustGate *gate, guint64 generation, guint n_anchors, const TrustAnchorSetDiff *diff);
