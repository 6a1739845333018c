/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our own tree, /var/lib/anchord/published: a folder of bundles for each generation, and one living folder of OpenSSL hash names.
 */
#pragma once

#include "core/consumers/consumer.h"
#include "core/consumers/pieces.h"

#define TRUST_OWN_FOLDER "/var/lib/anchord/published"
#define TRUST_OWN_BUNDLES TRUST_OWN_FOLDER "/bundles"
#define TRUST_OWN_CURRENT TRUST_OWN_FOLDER "/current"
#define TRUST_OWN_HASHED TRUST_OWN_FOLDER "/hashed"

/* One bundle for each purpose: tls-, email- and objsign-ca-bundle.pem, as Fedora names them. */
#define TRUST_OWN_N_BUNDLES 3

/* A bundle as it stands in the current generation. */
typedef struct
{
  TrustStat stat;
  gsize length;
  TrustFingerprint digest; /* of its certificates' fingerprints, in order: what is in it, whatever its size */
  gboolean known;
} TrustOwnBundle;

/* The anchors of one bundle, and their pieces. */
typedef struct
{
  GPtrArray *anchors;      /* (owned) borrowed TrustAnchor* */
  GArray *pieces;          /* (owned) of TrustPiece */
  TrustFingerprint digest;
} TrustOwnPart;

const char *trust_own_bundle_get_name (guint index);
TrustPurpose trust_own_bundle_get_purpose (guint index);
TrustOwnPart *trust_own_part_new (const TrustAnchorSet *set, guint index);
void trust_own_part_free (TrustOwnPart *part);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustOwnPart, trust_own_part_free)
/* Learns whether the file of bundle INDEX in FOLDER (nullable, a name in bundles/) holds just PART. */
void trust_own_bundle_look (TrustRoot *root, const char *folder, guint index, TrustOwnPart *part, TrustOwnBundle *bundle);
/* Puts the bundle of FOLDER into DIR_FD too, unchanged. FALSE if that can't be done. */
gboolean trust_own_bundle_link (TrustRoot *root, const char *folder, int dir_fd, guint index, TrustOwnBundle *bundle);
/* Makes it in DIR_FD, from FOLDER's where that holds OLD (nullable). */
gboolean trust_own_bundle_make (TrustRoot *root, const char *folder, int dir_fd, guint index, TrustOwnPart *old,
                                TrustOwnPart *part, TrustOwnBundle *bundle, GError **error);

/* The manifest of a generation: "generation N"; "bundle NAME LENGTH SHA256" for each, SHA256 being that of the concatenated
 * SHA-256 of its certificates; then its body: "anchor SHA256 LAYER PURPOSES" for each. */
#define TRUST_OWN_SET "set"
/* The lines about SET's anchors. Returns: (transfer full). */
GString *trust_own_make_body (const TrustAnchorSet *set);
/* SHA-256 of a body, in digits. Returns: (transfer full). */
char *trust_own_digest_body (const char *body, gsize size);
/* The current generation's manifest, or NULL. */
GBytes *trust_own_read_manifest (TrustRoot *root);

/* The manifest `set` of the current generation: TrustFingerprint* -> char* (trust_settings_describe()), both owned by
 * the table. Empty if nothing was published. Returns: (transfer full). */
GHashTable *trust_own_read_set (TrustRoot *root);

/* The living folder. Makes HHHHHHHH.N show the server-auth anchors of NEXT. OLD (nullable): the folder shows just that set, so
 * only the buckets that differ are looked at; NULL looks at everything. A chain has no gap at any instant. DRY: only tells in
 * *WROTE whether there is anything to do. */
gboolean trust_own_publish_hashed (TrustRoot *root, int dir_fd, const TrustAnchorSet *old, const TrustAnchorSet *next,
                                   gboolean dry, gboolean *wrote, GError **error);
