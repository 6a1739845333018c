/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The revocation lists that are kept: the folders crls.d of administrator, runtime and vendor. */
#pragma once

#include "core/kept-crl.h"
#include "core/sources/source.h"

/* Every list, by folder and name; one of PREVIOUS (nullable: of TrustKeptCrl*) whose file did not change is the same object, and not read. What
 * cannot be believed or read is one with a fault. Returns: (transfer full): of TrustKeptCrl*. */
GPtrArray *trust_crls_load (TrustRoot *root, const GPtrArray *previous);
/* For the table of sources: lists are no entries of a layer, but their folders are watched like those of a source. An empty state. */
TrustSourceState *trust_crls_load_folder (TrustRoot *root, const TrustSource *source, TrustSourceState *previous, GError **error);
