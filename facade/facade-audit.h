/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The row's functions for Audit of org.anchord.Anchord1.Journal. */
#pragma once

#include "facade/door.h"

gboolean trust_parse_audit (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
/* The audit of FILES (aa{sv}: place s, bytes ay) alone, which is no door: who asks brings all of it. WITHIN: days. CHECKS: nullable. Returns:
 * (transfer full): (txaa{sv}aa{sv}aa{sv}): 0, the time, findings and checks as Audit has them, and the set as List has it. */
GVariant *trust_audit_files (GVariant *files, guint within, const char *const *checks, GError **error);
/* aa{sv}. CHECKS: nullable: all. */
GVariant *trust_audit_view_findings (const GPtrArray *findings);
GVariant *trust_audit_view_checks (const char *const *checks, const TrustAudit *audit);
gboolean trust_handle_audit (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error);
