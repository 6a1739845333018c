/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The row's functions for Preview of org.anchord.Anchord1.Anchors: what a change would do, with nothing done. */
#pragma once

#include "facade/door.h"

gboolean trust_parse_preview (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_handle_preview (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error);
