/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows' functions for org.anchord.Anchord1.Verifier. */
#pragma once

#include "facade/door.h"

gboolean trust_parse_verify (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_handle_verify (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error);
