/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows' functions for org.anchord.Anchord1.Anchors: parse, describe, handle. */
#pragma once

#include "facade/door.h"

gboolean trust_parse_add (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_parse_add_sealed (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_parse_remove (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_parse_set (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_parse_restore (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_parse_distrust (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_parse_list (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_parse_get (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_parse_get_bundle (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);

gboolean trust_handle_list (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error);
gboolean trust_handle_get (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error);
gboolean trust_handle_get_bundle (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                                  GError **error);
void trust_look_ahead_in_list (TrustEngine *engine, const TrustDoorRequest *request);
gboolean trust_is_bundle_ready (TrustEngine *engine, const TrustDoorRequest *request);
gboolean trust_handle_get_status (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                                  GError **error);
gboolean trust_handle_generation (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                                  GError **error);
gboolean trust_handle_anchor_count (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                                    GError **error);
gboolean trust_handle_distribution (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                                    GError **error);
gboolean trust_handle_version (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error);
