/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The groups of an anchor file that say what a trust is good for: [Trust] and [Constraints]. */
#pragma once

#include "core/anchor-file-head.h"
#include "core/trust.h"

/* What the head says, or NULL with an error that names line and key. Returns: (transfer full). */
TrustSettings *trust_anchor_file_read_settings (const TrustAnchorHead *head, GError **error);
/* Sets all keys of both groups. */
void trust_anchor_file_write_settings (GKeyFile *keys, const TrustSettings *settings);
