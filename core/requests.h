/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The requests that wait: one file each, bounded, and gone when they expire. None of them changes any trust. */
#pragma once

#include "core/request.h"
#include "core/root.h"

#define TRUST_REQUESTS_FOLDER "/var/lib/anchord/requests"

/* What was last read of the folder is remembered, so that listing costs a look at each file. Thread-safe; the functions that write are for the one
 * writer. NOW: seconds since the epoch. */
typedef struct _TrustRequests TrustRequests;

TrustRequests *trust_requests_new (TrustRoot *root);
void trust_requests_free (TrustRequests *requests);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustRequests, trust_requests_free)

/* Those that wait, oldest first. REPORTS (nullable) gets a char* for each file that is damaged: it counts for nothing.
 * Returns: (transfer full): of TrustRequest. */
GPtrArray *trust_requests_list (TrustRequests *requests, gint64 now, GPtrArray *reports);
/* The one that ID (whole) names, as its file is now. TRUST_ERROR_NOT_FOUND, also for one that has expired; TRUST_ERROR_DAMAGED.
 * Returns: (transfer full). */
TrustRequest *trust_requests_find (TrustRequests *requests, const char *id, gint64 now, GError **error);
/* Keeps REQUEST, durably. The same wish that waits already is left as it is, whoever asked. Expired ones are taken away first; too many of all or of
 * REQUEST's uid are TRUST_ERROR_LIMIT_EXCEEDED. *ADDED_OUT (nullable): did it not wait already? */
gboolean trust_requests_add (TrustRequests *requests, TrustRequest *request, gint64 now, gboolean *added_out, GError **error);
/* Takes away the file that ID (whole) names, damaged or not. TRUST_ERROR_NOT_FOUND. */
gboolean trust_requests_remove (TrustRequests *requests, const char *id, GError **error);
/* Takes the expired ones away. */
void trust_requests_sweep (TrustRequests *requests, gint64 now);

/* The path of ID's file inside the root. Returns: (transfer full). */
char *trust_requests_dup_path (const char *id);
