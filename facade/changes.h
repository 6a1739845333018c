/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the doors that change something share: input into a TrustChange, what the dialog says of it, and doing it. */
#pragma once

#include "facade/door.h"

/* CHANGE (transfer full) is the request. */
void trust_change_give (TrustChange *change, TrustDoorRequest *out);
/* Checks the options of an add (KIND: TRUST_CHANGE_ADD or _STORE_ADD) or of a set, and reads them into CHANGE. */
gboolean trust_change_read_add_options (TrustChange *change, GVariant *options, GError **error);
gboolean trust_change_read_set_options (TrustChange *change, GVariant *options, GError **error);
/* INPUT (ay), or what descriptor HANDLE of FDS (nullable) holds: certificates for CHANGE. */
gboolean trust_change_read_bytes (TrustChange *change, GVariant *input, GError **error);
gboolean trust_change_read_sealed (TrustChange *change, GUnixFDList *fds, gint32 handle, GError **error);
/* TEXTS (as): the fingerprints of CHANGE, each once. */
gboolean trust_change_read_fingerprints (TrustChange *change, GVariant *texts, GError **error);
/* Are they whole? */
gboolean trust_change_check_whole (const TrustChange *change, GError **error);
/* Does CHANGE name anything at all? */
gboolean trust_change_check_named (const TrustChange *change, GError **error);

/* What an administrator says yes to beside the certificates: what for, for which names, how long, and each rule that is to be waived. CHANGE was made
 * exact. Returns: (transfer full): "" where there is nothing to say. */
char *trust_change_dup_terms (const TrustChange *change, const TrustSnapshot *snapshot);

/* (taa{sv}as): OUTCOME with what was noticed before. Floating. */
GVariant *trust_change_view (const TrustChange *change, TrustOutcome *outcome);

/* For the table: requests that are a TrustChange. */
gboolean trust_describe_change (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error);
gboolean trust_handle_change (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error);
