/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One call to the service, awaited or not: what every method of the client is made of. */
#pragma once

#include "client/lib/anchord.h"

typedef struct
{
  const char *interface; /* without the "org.anchord.Anchord1." head */
  const char *member;
  const char *reply_type; /* (nullable): not checked */
} AnchordMethod;

/* Both take over FDS (nullable); PARAMETERS may be floating. */
GVariant *anchord_invoke_sync (AnchordClient *client, const AnchordMethod *method, GVariant *parameters, GUnixFDList *fds, GUnixFDList **out_fds,
                               GCancellable *cancellable, GError **error);
void anchord_invoke (AnchordClient *client, const AnchordMethod *method, GVariant *parameters, GUnixFDList *fds, GTask *task);
GVariant *anchord_invoke_finish (AnchordClient *client, GAsyncResult *result, gpointer tag, GUnixFDList **out_fds, GError **error);

/* (transfer none) */
GDBusConnection *anchord_client_get_connection (AnchordClient *client);
AnchordClientFlags anchord_client_get_flags (AnchordClient *client);
