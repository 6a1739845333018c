/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who speaks of a certificate, and who decides: the part of core/why that follows core/layers. */
#pragma once

#include "core/why.h"

/* Fills WHY's certificate, title, sources, status and decided_by from SNAPSHOT, ROOT (nullable) and WHY's fingerprint. */
void trust_why_fill_sources (TrustWhy *why, TrustRoot *root, const TrustSnapshot *snapshot);
/* A row of WHY's sources. SETTINGS: (transfer full). (transfer none). */
TrustWhySource *trust_why_add_source (TrustWhy *why, TrustLayer layer, const char *source, const char *path, TrustSays says, char *settings);
