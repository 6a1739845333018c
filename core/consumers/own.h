/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our own tree, /var/lib/anchord/published: a folder of bundles for each generation, and one living folder of OpenSSL hash names. */
#pragma once

#include "core/consumers/consumer.h"

#define TRUST_OWN_FOLDER "/var/lib/anchord/published"
#define TRUST_OWN_BUNDLES TRUST_OWN_FOLDER "/bundles"
#define TRUST_OWN_CURRENT TRUST_OWN_FOLDER "/current"
#define TRUST_OWN_HASHED TRUST_OWN_FOLDER "/hashed"

/* The manifest of a generation: "generation N", "file NAME LENGTH SHA256", then its body: "anchor SHA256 LAYER PURPOSES" for each. */
#define TRUST_OWN_SET "set"
/* The lines about SET's anchors. Returns: (transfer full). */
GString *trust_own_make_body (const TrustAnchorSet *set);
/* SHA-256 of a body, in digits. Returns: (transfer full). */
char *trust_own_digest_body (const char *body, gsize size);
/* The current generation's manifest, or NULL. */
GBytes *trust_own_read_manifest (TrustRoot *root);

/* The manifest `set` of the current generation: TrustFingerprint* -> char* (its purposes' names, comma separated), both owned by the table.
 * Empty if nothing was published. Returns: (transfer full). */
GHashTable *trust_own_read_set (TrustRoot *root);

/* The living folder. Makes HHHHHHHH.N show the server-auth anchors of NEXT. OLD (nullable): the folder shows just that set, so only the buckets that
 * differ are looked at; NULL looks at everything. A chain has no gap at any instant. DRY: only tells in *WROTE whether there is anything to do. */
gboolean trust_own_publish_hashed (TrustRoot *root, int dir_fd, const TrustAnchorSet *old, const TrustAnchorSet *next, gboolean dry,
                                   gboolean *wrote, GError **error);
