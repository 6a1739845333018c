/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The row's functions for GetLosses of org.anchord.Anchord1.Anchors. */
#pragma once

#include "facade/door.h"

gboolean trust_parse_get_losses (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_handle_get_losses (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                                  GError **error);
