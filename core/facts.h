/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the audit's checks read of the disk: the places that sources and consumers read or write, as they stand, and what consumers' outputs cannot
 * say. Nothing is written, no link leads out of the root, and there is an end to what is looked at. */
#pragma once

#include "core/checks/check.h"

/* All files, folders and links in the places of SNAPSHOT's sources and consumers, and the folders above them, "/" among them; each path once, for
 * whom it is first. A file is looked into for certificates and keys where its source has not told; one file behind several names is read once.
 * Memory: what is returned, and one file. FAULTS (nullable) gets char*: what could not be looked at, printable. Returns: (transfer full): of
 * TrustFoundPath*, by place. */
GPtrArray *trust_facts_find_paths (TrustRoot *root, const TrustSnapshot *snapshot, GPtrArray *faults);
/* What the enabled consumers that files describe lose, output by output. Costs as much as fitting the set to each format. Returns: (transfer full):
 * of TrustFoundOutput*. */
GPtrArray *trust_facts_find_outputs (const TrustSnapshot *snapshot);

/* Counts the certificates in BYTES, PEM or DER, by their frames alone, and tells whether a private key stands in them: the same two, where a block is
 * damaged or cut. */
void trust_facts_look_into (const void *bytes, gsize size, guint *n_certificates_out, gboolean *has_key_out);
