/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our own tree, /var/lib/anchord/published: a folder of bundles for each generation, with one for each application's store below it, and one living
 * folder of OpenSSL hash names. */
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
  GPtrArray *anchors; /* (owned) borrowed TrustAnchor* */
  GArray *pieces;     /* (owned) of TrustPiece */
  TrustFingerprint digest;
} TrustOwnPart;

const char *trust_own_bundle_get_name (guint index);
TrustPurpose trust_own_bundle_get_purpose (guint index);
TrustOwnPart *trust_own_part_new (const TrustAnchorSet *set, guint index);
void trust_own_part_free (TrustOwnPart *part);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustOwnPart, trust_own_part_free)
/* Learns whether the file of bundle INDEX in FOLDER (nullable, a path below bundles/) holds just PART. */
void trust_own_bundle_look (TrustRoot *root, const char *folder, guint index, TrustOwnPart *part, TrustOwnBundle *bundle);
/* Puts the bundle of FOLDER into DIR_FD too, unchanged. FALSE if that can't be done. */
gboolean trust_own_bundle_link (TrustRoot *root, const char *folder, int dir_fd, guint index, TrustOwnBundle *bundle);
/* After others were linked to the bundle of FOLDER: its change time moved. */
void trust_own_bundle_restat (TrustRoot *root, const char *folder, guint index, TrustOwnBundle *bundle);
/* Makes it in DIR_FD, from FOLDER's where that holds OLD (nullable). */
gboolean trust_own_bundle_make (TrustRoot *root, const char *folder, int dir_fd, guint index, TrustOwnPart *old, TrustOwnPart *part,
                                TrustOwnBundle *bundle, GError **error);

/* The manifest of a generation: "generation N", or of a store: "store NAME"; "bundle NAME LENGTH SHA256" for each, SHA256 being that of the
 * concatenated SHA-256 of its certificates; then its body: "anchor SHA256 LAYER PURPOSES" for each of the set, even where no flat file may show
 * it. */
#define TRUST_OWN_SET "set"
/* Where stores lie in a generation. */
#define TRUST_OWN_STORES "stores"

/* One store's part of a generation: its bundles and its manifest. */
typedef struct
{
  char *store;         /* (owned) "system", "app/NAME" */
  TrustAnchorSet *set; /* (owned) (nullable) what is shown, whole and flat; NULL: not known */
  TrustAnchorSet *flat;
  char *body; /* (owned) (nullable) SHA-256 of the manifest's body, in digits */
  TrustOwnBundle bundles[TRUST_OWN_N_BUNDLES];
  /* Of what it is to show, between trust_own_shelf_compare() and trust_own_shelf_write(). */
  TrustAnchorSet *next_set; /* (owned) (nullable) */
  TrustAnchorSet *next_flat;
  char *next_body; /* (owned) (nullable) */
  gboolean same[TRUST_OWN_N_BUNDLES];
  gboolean wanted; /* the next generation has it */
} TrustOwnShelf;

TrustOwnShelf *trust_own_shelf_new (const char *store);
void trust_own_shelf_free (TrustOwnShelf *shelf);
/* What it shows is to be looked at again. */
void trust_own_shelf_forget (TrustOwnShelf *shelf);
/* Is it known to show just SET, as FLAT? */
gboolean trust_own_shelf_shows (const TrustOwnShelf *shelf, const TrustAnchorSet *set, const TrustAnchorSet *flat);
/* Holds what the generation CURRENT (nullable) shows of it against SET and FLAT, which it is to show. TRUE: it does already. */
gboolean trust_own_shelf_compare (TrustRoot *root, const char *current, TrustOwnShelf *shelf, TrustAnchorSet *set, TrustAnchorSet *flat);
/* Puts what it is to show into the generation GENERATION, whose folder for it is DIR_FD: what is the same is linked from CURRENT (nullable), or from
 * the bundles of SYSTEM (nullable), which that generation has already; the rest is made. */
gboolean trust_own_shelf_write (TrustRoot *root, const char *current, const char *generation, int dir_fd, TrustOwnShelf *shelf,
                                const TrustOwnShelf *system, GError **error);
/* It shows what it was to show from now on. */
void trust_own_shelf_settle (TrustOwnShelf *shelf);
/* Holds its files against what they were made of; one that someone changed is made anew at the next publishing. */
void trust_own_shelf_check (TrustRoot *root, const char *current, TrustOwnShelf *shelf);
/* The folder of STORE in GENERATION: "12", "12/stores/app/postgresql". Returns: (transfer full). */
char *trust_own_shelf_dup_folder (const char *generation, const char *store);
/* The names of the stores that the generation shows: of char*, sorted. Returns: (transfer full). */
GPtrArray *trust_own_list_stores (TrustRoot *root, const char *generation);
/* Does the current generation show just STORES (of TrustStore*)? By their manifests. */
gboolean trust_own_shows_stores (TrustRoot *root, const GPtrArray *stores);

/* The lines about SET's anchors. Returns: (transfer full). */
GString *trust_own_make_body (const TrustAnchorSet *set);
/* SHA-256 of a body, in digits. Returns: (transfer full). */
char *trust_own_digest_body (const char *body, gsize size);
/* The manifest in FOLDER, or NULL. */
GBytes *trust_own_read_manifest (TrustRoot *root, const char *folder);
/* SHA-256 of the body of the manifest in FOLDER, in digits; NULL if there is none. Returns: (transfer full). */
char *trust_own_read_body (TrustRoot *root, const char *folder);

/* The manifest `set` of the current generation: TrustFingerprint* -> char* (trust_settings_describe()), both owned by
 * the table. Empty if nothing was published. Returns: (transfer full). */
GHashTable *trust_own_read_set (TrustRoot *root);

/* The living folder. Makes HHHHHHHH.N show the server-auth anchors of NEXT. OLD (nullable): the folder shows just that set, so
 * only the buckets that differ are looked at; NULL looks at everything. A chain has no gap at any instant. DRY: only tells in
 * *WROTE whether there is anything to do. */
gboolean trust_own_publish_hashed (TrustRoot *root, int dir_fd, const TrustAnchorSet *old, const TrustAnchorSet *next, gboolean dry, gboolean *wrote,
                                   GError **error);
