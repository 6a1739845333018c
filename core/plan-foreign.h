/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of other tools that give what a change refuses. */
#pragma once

#include "core/journal.h"
#include "core/snapshot.h"

/* Those of the distribution's administrator folder that give what REFUSED (of TrustDistrust*) names.
 * Returns: (transfer container): of TrustSourceFile*, borrowed from SNAPSHOT. */
GPtrArray *trust_plan_find_foreign (TrustRoot *root, const TrustSnapshot *snapshot, GPtrArray *refused);
/* FILE's copy in the aside folder, under its name and the beginning of its hash. A file that holds a private key is copied nowhere:
 * TRUST_ERROR_PRIVATE_KEY. Returns: (transfer full). */
TrustJournalFile *trust_plan_copy_aside (TrustRoot *root, const TrustSourceFile *file, GError **error);
/* What a file that was set aside gave besides, and nobody trusts any more, is told in NOTICES (of char*). */
void trust_plan_tell_losses (const TrustSourceFile *file, const TrustSnapshot *before, const TrustAnchorSet *after, GPtrArray *notices);
