/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who may pass: uid 0, and whom polkit lets. Never blocks. */
#pragma once

#include <gio/gio.h>

typedef struct _TrustBouncer TrustBouncer;

TrustBouncer *trust_bouncer_new (void);
void trust_bouncer_free (TrustBouncer *bouncer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustBouncer, trust_bouncer_free)

/* May the connection NAME of UID do ACTION? DETAILS (char* -> char*) is what a dialog says. INTERACTIVE: polkit may ask the user; then at most
 * TRUST_LIMIT_DIALOGS_PER_UID wait at once. CANCELLABLE ends the asking. Main loop only. */
void trust_bouncer_ask (TrustBouncer *bouncer, const char *name, gint64 uid, const char *action, GHashTable *details, gboolean interactive,
                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* TRUE: yes. FALSE with TRUST_ERROR_NOT_AUTHORIZED or TRUST_ERROR_BUSY. */
gboolean trust_bouncer_answer (GAsyncResult *result, GError **error);
