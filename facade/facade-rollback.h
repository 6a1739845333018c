/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The doors that go back in time: Journal.Rollback and Journal.Undo. Requests that are a TrustChange. */
#pragma once

#include "facade/door.h"

gboolean trust_parse_rollback (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
gboolean trust_parse_undo (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error);
/* "generation", "time", "count" of the certificates whose trust would differ, and "fingerprint" of them all. */
gboolean trust_describe_rollback (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error);
