/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What limits a trust in a p11-kit file: the extensions attached to a key, and NSS's dates. */
#pragma once

#include "core/sources/p11-persist-sections.h"
#include "core/trust.h"

/* VALUE is a whole Extension, as p11-kit wants it, and OID must be its own. CONTENT: what its OCTET STRING holds. FALSE if malformed. */
gboolean trust_p11_read_extension (TrustSpan value, const char *oid, TrustSpan *content);
/* *CONSTRAINTS (nullable, owned) becomes what it and an attached nameConstraints both permit. FALSE, unchanged, if that cannot be enforced. */
gboolean trust_p11_narrow (TrustConstraints **constraints, TrustSpan value);
/* Adds the section's distrust-after dates. FALSE if one is no date. */
gboolean trust_p11_add_dates (const TrustP11Section *section, GArray *dates);
