/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows' functions for org.anchord.Anchord1.Requests. */
#pragma once

#include "facade/door.h"

gboolean trust_parse_request (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_handle_request (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error);
gboolean trust_handle_list_requests (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                                     GError **error);

/* The change that approving would be. Returns: (transfer full). */
TrustChange *trust_answer_to_change (const TrustDoorRequest *request, TrustEngine *engine, GError **error);
gboolean trust_parse_answer (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_describe_approval (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error);
gboolean trust_describe_denial (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error);
gboolean trust_handle_approve (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error);
gboolean trust_handle_deny (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error);
