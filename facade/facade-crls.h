/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows' functions for org.anchord.Anchord1.Crls. What changes is done by trust_handle_change(). */
#pragma once

#include "facade/door.h"

gboolean trust_parse_crl_add (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_parse_crl_add_sealed (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_parse_crl_remove (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_describe_crl (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error);
gboolean trust_handle_list_crls (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                                 GError **error);
