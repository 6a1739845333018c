/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the distribution's tool alone would have: its own set and its administrator's folders as they are on disk, without any layer of anchord's. */
#pragma once

#include "core/snapshot.h"

/* NEXT's generation, time and consumers over that. (transfer full) (nullable) */
TrustSnapshot *trust_bare_snapshot_new (TrustRoot *root, const TrustSnapshot *next, GError **error);
