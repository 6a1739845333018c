/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The row's functions for Audit of org.anchord.Anchord1.Journal. */
#pragma once

#include "facade/door.h"

gboolean trust_parse_audit (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_handle_audit (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error);
