/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The row's function for Anchors.Export. */
#pragma once

#include "facade/door.h"

gboolean trust_handle_export (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out,
                              GError **error);
