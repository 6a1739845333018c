/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The applications' stores as their folders say: /etc/anchord/stores.d/app/NAME. */
#pragma once

#include "core/sources/source.h"
#include "core/store.h"

/* The folders' own faults, as a source without files: what in them is no store. */
TrustSourceState *trust_stores_load_folder (TrustRoot *root, const TrustSource *source, TrustSourceState *previous, GError **error);
/* Every store, sorted by name, without sets; of those in PREVIOUS (nullable) whose files did not change, the same object. A store that cannot be
 * read is one with a fault. Files that did not change are not read. Returns: (transfer full): of TrustStore*. */
GPtrArray *trust_stores_load (TrustRoot *root, const GPtrArray *previous);
/* The row that a file of the store NAME at PATH would be if it held BYTES, as trust_source_make_file(). Returns: (transfer full) (nullable). */
TrustSourceFile *trust_stores_make_file (const char *name, const char *path, TrustSpan bytes);
/* As trust_source_keep() for all STORES, and lets go of what was kept for stores that are gone. REPORTS gets what failed. */
void trust_stores_keep (TrustRoot *root, const GPtrArray *stores, GPtrArray *reports);
/* A static string: the id that the state of the store NAME has. */
const char *trust_stores_get_source (const char *name);
