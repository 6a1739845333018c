/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of one trust: what an anchor is good for. Immutable and shared by the anchors that have the same. */
#pragma once

#include "core/purpose.h"

typedef struct _TrustSettings TrustSettings;

/* PURPOSES: (transfer none). Returns: (transfer full). */
TrustSettings *trust_settings_new (TrustPurposes *purposes);
TrustSettings *trust_settings_ref (TrustSettings *settings);
void trust_settings_unref (TrustSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustSettings, trust_settings_unref)
TrustPurposes *trust_settings_get_purposes (const TrustSettings *settings); /* (transfer none) */
gboolean trust_settings_equal (const TrustSettings *a, const TrustSettings *b);
/* Does A allow nothing that B does not? */
gboolean trust_settings_is_within (const TrustSettings *a, const TrustSettings *b);
/* What both allow: two entries for one certificate in one layer. Returns: (transfer full). */
TrustSettings *trust_settings_intersect (const TrustSettings *a, const TrustSettings *b);
