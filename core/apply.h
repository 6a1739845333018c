/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* An intent's files onto the disk, in two steps: what can fail for want of space or rights fails before the intent is announced. */
#pragma once

#include "core/journal.h"

typedef struct _TrustApplication TrustApplication;

/* Opens the folders of FILES (of TrustJournalFile*; borrowed until the application is freed) and writes the new contents to synced temporaries.
 * Nothing a reader could see has changed. Returns: (transfer full). */
TrustApplication *trust_application_stage (TrustRoot *root, const GPtrArray *files, GError **error);
/* Renames and removes, then syncs the folders. May be repeated from the start after a crash. */
gboolean trust_application_commit (TrustApplication *application, GError **error);
void trust_application_free (TrustApplication *application);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustApplication, trust_application_free)

/* Removes what a writer killed while staging left in FOLDER. Once at the start, not at each change: it lists the folder. */
void trust_application_sweep (TrustRoot *root, const char *folder);
