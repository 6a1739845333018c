/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Intermediates that the machine knows: certificates in /etc/anchord/intermediates.d and /usr/lib/anchord/intermediates.d. They are no trust at all:
 * a path may go through them, for who asks for that, where a server leaves one out. */
#pragma once

#include "core/anchor-set.h"
#include "core/root.h"

#define TRUST_INTERMEDIATES_FOLDER "/etc/anchord/intermediates.d"
#define TRUST_INTERMEDIATES_FOLDER_USR "/usr/lib/anchord/intermediates.d"

/* What stands in the folders, read again where it changed. Thread-safe. */
typedef struct _TrustIntermediates TrustIntermediates;
TrustIntermediates *trust_intermediates_new (TrustRoot *root);
void trust_intermediates_free (TrustIntermediates *intermediates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustIntermediates, trust_intermediates_free)
/* Looks at the folders: their certificates as a set without distrust, to be found by name and key. REPORTS (nullable) gets char*: files that do not
 * count, and why. Returns: (transfer full). */
TrustAnchorSet *trust_intermediates_look (TrustIntermediates *intermediates, GPtrArray *reports);
