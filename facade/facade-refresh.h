/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The row's functions for Anchors.Refresh: a look at the sources and at what is published, for those who changed files by hand and can't wait. */
#pragma once

#include "facade/door.h"

gboolean trust_parse_refresh (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_describe_refresh (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error);
gboolean trust_handle_refresh (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error);
