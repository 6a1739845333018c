/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The doors of the consumers that files describe. For the table. */
#pragma once

#include "facade/door.h"

gboolean trust_parse_consumer_enable (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_parse_consumer_disable (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_parse_hand_back (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_parse_resume (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_describe_hand_back (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error);
gboolean trust_parse_consumer_repair (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_parse_consumer_name (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_describe_consumer (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error);
gboolean trust_describe_repair (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error);
gboolean trust_handle_repair (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error);
gboolean trust_handle_list_consumers (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                                      GError **error);
gboolean trust_handle_consumer_losses (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                                       GError **error);
gboolean trust_parse_consumer_check (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_handle_consumer_check (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                                      GError **error);
