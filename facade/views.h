/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of the core as the GVariants that dbus/org.anchord.Anchord1.xml describes. */
#pragma once

#include "core/engine.h"

#include <gio/gio.h>

/* All return floating references. Texts are the certificate's own, not escaped, but always valid UTF-8. */
GVariant *trust_view_text (const char *text);
GVariant *trust_view_texts (GPtrArray *texts);
GVariant *trust_view_fingerprint (const TrustFingerprint *fingerprint); /* NULL: "" */
/* What rows of one page have in common is held once: pass it to each row in turn. */
typedef struct _TrustViewShare TrustViewShare;
TrustViewShare *trust_view_share_new (void);
void trust_view_share_free (TrustViewShare *share);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustViewShare, trust_view_share_free)
/* a{sv} of an effective anchor. SHARE nullable. */
GVariant *trust_view_anchor (const TrustAnchor *anchor, TrustViewShare *share);
GVariant *trust_view_distrust (const TrustDistrust *distrust, TrustViewShare *share);
/* The same with "certificate" and "also". */
GVariant *trust_view_detail (const TrustSnapshot *snapshot, const TrustAnchor *anchor, const TrustDistrust *distrust);
/* (taa{sv}as) */
GVariant *trust_view_outcome (const TrustOutcome *outcome);
/* a{sv}. REPORTS: of char*, beside the snapshot's own. */
GVariant *trust_view_status (const TrustSnapshot *snapshot, guint hooks_waiting, guint requests, GPtrArray *reports);
/* aa{sv} of TrustRequest*. */
GVariant *trust_view_requests (const TrustSnapshot *snapshot, const GPtrArray *requests);
/* aa{sv} of TrustStore*. */
GVariant *trust_view_stores (const GPtrArray *stores);
/* aa{sv} of the consumers, those that no file describes first. SNAPSHOT as trust_engine_look() gives it. */
GVariant *trust_view_consumers (const TrustSnapshot *snapshot);
/* aa{sv} of the outputs of PLACED (nullable: none), as they would be. */
GVariant *trust_view_outputs (const TrustSnapshot *snapshot, const TrustPlaced *placed);
/* aa{sv}: what the outputs of PLACED lose. */
GVariant *trust_view_consumer_losses (const TrustSnapshot *snapshot, const TrustPlaced *placed);
/* as: the names of the kinds in the mask LOSSES. */
GVariant *trust_view_losses (guint losses);
/* aa{sv} of TrustKeptCrl*, as they stand at NOW. */
GVariant *trust_view_crls (const GPtrArray *kept, gint64 now);
/* Adds a char* to REPORTS for each of KEPT that does not count. */
void trust_view_add_crl_reports (const GPtrArray *kept, gint64 now, GPtrArray *reports);
GVariant *trust_view_verdict (const TrustVerdict *verdict, guint64 generation);
