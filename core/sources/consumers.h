/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The consumers that files describe, from the administrator's folder and the vendor's. */
#pragma once

#include "core/placed.h"
#include "core/sources/source.h"

/* Every consumer's file, those that do not count too, with whether it is enabled; by name. The administrator's file counts for the vendor's of its
 * name. One that did not change is PREVIOUS' own (nullable, of TrustPlaced*). Returns: (transfer full): of TrustPlaced*. */
GPtrArray *trust_placed_load (TrustRoot *root, TrustDistributionKind distribution, const GPtrArray *previous);
/* The same objects? */
gboolean trust_placed_are_equal (const GPtrArray *a, const GPtrArray *b);
/* The row of the table of sources: its folders are watched; they hold no entries. */
TrustSourceState *trust_placed_load_folder (TrustRoot *root, const TrustSource *source, TrustSourceState *previous, GError **error);
