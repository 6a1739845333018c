/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a fingerprint, or its beginning, to what it names. */
#pragma once

#include "core/engine.h"

typedef struct
{
  TrustFingerprint fingerprint;
  TrustAnchor *anchor;     /* (borrowed from the snapshot) (nullable) */
  TrustDistrust *distrust; /* (borrowed from the snapshot) (nullable) */
  gboolean effective;      /* FALSE: ANCHOR is what a source says, and the effective set refuses it */
} TrustNamed;

/* In the effective set, then among the anchors of the sources. TRUST_ERROR_NOT_FOUND or TRUST_ERROR_AMBIGUOUS. */
gboolean trust_lookup (const TrustSnapshot *snapshot, const TrustPrefix *prefix, TrustNamed *out, GError **error);
/* Calls FUNC for each anchor of the sources, highest layer first, until it returns FALSE. */
typedef gboolean (*TrustLookupFunc) (TrustAnchor *anchor, gpointer user_data);
void trust_lookup_foreach (const TrustSnapshot *snapshot, TrustLookupFunc func, gpointer user_data);
/* Is there a store NAME ("system" or an application's)? TRUST_ERROR_NOT_FOUND otherwise. */
gboolean trust_lookup_store (const TrustSnapshot *snapshot, const char *name, GError **error);
