/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/purpose.h"
#include "core/sources/consumers.h"
#include "core/sources/crls.h"
#include "core/sources/debian.h"
#include "core/sources/source.h"
#include "core/sources/stores.h"

#define PURPOSE(name) (1u << TRUST_PURPOSE_##name)
/* What Debian's flat bundle has always been used for (docs/decisions.md). */
#define FLAT_PURPOSES (PURPOSE (SERVER_AUTH) | PURPOSE (CLIENT_AUTH) | PURPOSE (EMAIL_PROTECTION))
/* What p11-kit's folders mean where nothing is said: a certificate there goes into the TLS, e-mail and object signing bundles. */
#define P11_PURPOSES (FLAT_PURPOSES | PURPOSE (CODE_SIGNING))
#define KIND(name) (1u << TRUST_DISTRIBUTION_##name)
#define EVERY_KIND ((1u << TRUST_DISTRIBUTION_LAST) - 1)
#define LAST_GOOD(id) "/var/lib/anchord/last-good/" id ".pem"
#define PATHS(...) ((const char *const[]) { __VA_ARGS__, NULL })

static const char *const crt_suffix[] = { ".crt", NULL };
static const char *const anchor_suffixes[] = { ".anchor", ".distrust", ".pem", ".crt", ".cer", ".der", ".p11-kit", NULL };

/* What the shipped consumers of p11-kit's folders write there, and of Alpine's: an output, never a source. */
#define P11_FEED "/anchord.p11-kit"
#define ALPINE_FEED TRUST_DEBIAN_LOCAL "/anchord.crt"

/* p11-kit's layout: objects that say so themselves at the top, everything trusted in anchors/, everything refused in blocklist/
 * ("blacklist" is that folder's old name, still read). Not recursive, as p11-kit is not. */
#define P11_FOLDERS(top)                                                                                                                             \
  {                                                                                                                                                  \
    { .folder = top, .excluded = top P11_FEED, .purposes = P11_PURPOSES, .persisted_only = TRUE },                                                   \
        { .folder = top "/anchors", .excluded = top P11_FEED, .purposes = P11_PURPOSES, .own_uses = TRUE },                                          \
        { .folder = top "/blacklist", .excluded = top P11_FEED, .distrust = TRUE },                                                                  \
    {                                                                                                                                                \
      .folder = top "/blocklist", .excluded = top P11_FEED, .distrust = TRUE                                                                         \
    }                                                                                                                                                \
  }
#define ANCHOR_FOLDER(path)                                                                                                                          \
  {                                                                                                                                                  \
    {                                                                                                                                                \
      .folder = path, .suffixes = anchor_suffixes, .anchor_files = TRUE, .purposes = PURPOSE (SERVER_AUTH)                                           \
    }                                                                                                                                                \
  }

static const TrustFolderSpec debian_distribution[] = {
  { .folder = TRUST_DEBIAN_FOLDER, .recursive = TRUE, .hidden = TRUE, .purposes = FLAT_PURPOSES }
};
static const TrustFolderSpec debian_local[] = { { .folder = TRUST_DEBIAN_LOCAL,
                                                  .recursive = TRUE,
                                                  .hidden = TRUE,
                                                  .suffixes = crt_suffix,
                                                  .excluded = TRUST_DEBIAN_FEED,
                                                  .purposes = FLAT_PURPOSES } };
static const TrustFolderSpec fedora_distribution[] = P11_FOLDERS ("/usr/share/pki/ca-trust-source");
static const TrustFolderSpec fedora_local[] = P11_FOLDERS ("/etc/pki/ca-trust/source");
static const TrustFolderSpec suse_distribution[] = P11_FOLDERS ("/usr/share/pki/trust");
static const TrustFolderSpec suse_local[] = P11_FOLDERS ("/etc/pki/trust");
static const TrustFolderSpec arch_distribution[] = P11_FOLDERS ("/usr/share/ca-certificates/trust-source");
static const TrustFolderSpec arch_local[] = P11_FOLDERS ("/etc/ca-certificates/trust-source");
/* Its tool takes every file of the folder, and none below. */
static const TrustFolderSpec alpine_local[] = { { .folder = TRUST_DEBIAN_LOCAL, .excluded = ALPINE_FEED, .purposes = FLAT_PURPOSES } };
static const TrustFolderSpec anchors_usr[] = ANCHOR_FOLDER ("/usr/lib/anchord/anchors.d");
static const TrustFolderSpec anchors_run[] = ANCHOR_FOLDER ("/run/anchord/anchors.d");
static const TrustFolderSpec anchors_etc[] = ANCHOR_FOLDER ("/etc/anchord/anchors.d");

#define FOLDERS(specs) .load = trust_source_load_folders, .folders = specs, .n_folders = G_N_ELEMENTS (specs)

const TrustSource trust_sources[] = {
  { .id = "debian-distribution",
    .layer = TRUST_LAYER_DISTRIBUTION,
    .guarded = TRUE,
    .distributions = KIND (DEBIAN),
    .watched = PATHS (TRUST_DEBIAN_CONF, TRUST_DEBIAN_FOLDER, LAST_GOOD ("debian-distribution")),
    .load = trust_debian_load,
    .folders = debian_distribution,
    .n_folders = 1,
    .let_go = trust_debian_let_go },
  { .id = "fedora-distribution",
    .layer = TRUST_LAYER_DISTRIBUTION,
    .guarded = TRUE,
    .distributions = KIND (FEDORA),
    .watched = PATHS ("/usr/share/pki/ca-trust-source", LAST_GOOD ("fedora-distribution")),
    FOLDERS (fedora_distribution) },
  { .id = "suse-distribution",
    .layer = TRUST_LAYER_DISTRIBUTION,
    .guarded = TRUE,
    .distributions = KIND (SUSE),
    .watched = PATHS ("/usr/share/pki/trust", LAST_GOOD ("suse-distribution")),
    FOLDERS (suse_distribution) },
  { .id = "arch-distribution",
    .layer = TRUST_LAYER_DISTRIBUTION,
    .guarded = TRUE,
    .distributions = KIND (ARCH),
    .watched = PATHS ("/usr/share/ca-certificates/trust-source", LAST_GOOD ("arch-distribution")),
    FOLDERS (arch_distribution) },
  { .id = "alpine-distribution",
    .layer = TRUST_LAYER_DISTRIBUTION,
    .guarded = TRUE,
    .distributions = KIND (ALPINE),
    .watched = PATHS (TRUST_DEBIAN_CONF, TRUST_DEBIAN_FOLDER, LAST_GOOD ("alpine-distribution")),
    .load = trust_debian_load,
    .folders = debian_distribution,
    .n_folders = 1 },
  { .id = "anchors-usr",
    .layer = TRUST_LAYER_VENDOR,
    .distributions = EVERY_KIND,
    .watched = PATHS ("/usr/lib/anchord/anchors.d"),
    FOLDERS (anchors_usr) },
  { .id = "anchors-run",
    .layer = TRUST_LAYER_RUNTIME,
    .distributions = EVERY_KIND,
    .watched = PATHS ("/run/anchord/anchors.d"),
    FOLDERS (anchors_run) },
  { .id = "debian-local",
    .layer = TRUST_LAYER_ADMINISTRATOR,
    .foreign = TRUE,
    .distributions = KIND (DEBIAN),
    .watched = PATHS (TRUST_DEBIAN_LOCAL),
    FOLDERS (debian_local) },
  { .id = "fedora-local",
    .layer = TRUST_LAYER_ADMINISTRATOR,
    .foreign = TRUE,
    .distributions = KIND (FEDORA),
    .watched = PATHS ("/etc/pki/ca-trust/source"),
    FOLDERS (fedora_local) },
  { .id = "suse-local",
    .layer = TRUST_LAYER_ADMINISTRATOR,
    .foreign = TRUE,
    .distributions = KIND (SUSE),
    .watched = PATHS ("/etc/pki/trust"),
    FOLDERS (suse_local) },
  { .id = "arch-local",
    .layer = TRUST_LAYER_ADMINISTRATOR,
    .foreign = TRUE,
    .distributions = KIND (ARCH),
    .watched = PATHS ("/etc/ca-certificates/trust-source"),
    FOLDERS (arch_local) },
  { .id = "alpine-local",
    .layer = TRUST_LAYER_ADMINISTRATOR,
    .foreign = TRUE,
    .distributions = KIND (ALPINE),
    .watched = PATHS (TRUST_DEBIAN_LOCAL),
    FOLDERS (alpine_local) },
  { .id = "anchors-etc",
    .layer = TRUST_LAYER_ADMINISTRATOR,
    .distributions = EVERY_KIND,
    .watched = PATHS ("/etc/anchord/anchors.d"),
    FOLDERS (anchors_etc) },
  /* What is wrong with the folder of stores; a store's own files are its own state, and no layer's. */
  { .id = "stores",
    .layer = TRUST_LAYER_ADMINISTRATOR,
    .quiet = TRUE,
    .distributions = EVERY_KIND,
    .watched = PATHS (TRUST_STORES_FOLDER),
    .load = trust_stores_load_folder },
  /* Revocation lists are no entries at all; their folders are watched. */
  { .id = "crls",
    .layer = TRUST_LAYER_ADMINISTRATOR,
    .quiet = TRUE,
    .distributions = EVERY_KIND,
    .watched = PATHS (TRUST_CRLS_FOLDER, TRUST_CRLS_FOLDER_RUN, TRUST_CRLS_FOLDER_USR),
    .load = trust_crls_load_folder },
  /* So are the folders of consumers' files. */
  { .id = "consumers",
    .layer = TRUST_LAYER_ADMINISTRATOR,
    .quiet = TRUE,
    .distributions = EVERY_KIND,
    .watched = PATHS (TRUST_PLACED_FOLDER, TRUST_PLACED_FOLDER_USR),
    .load = trust_placed_load_folder },
};

const guint trust_n_sources = G_N_ELEMENTS (trust_sources);

const TrustSource *
trust_source_find (const char *id)
{
  for (guint i = 0; i < trust_n_sources; i++)
    if (g_str_equal (trust_sources[i].id, id))
      return &trust_sources[i];
  return NULL;
}
