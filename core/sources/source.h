/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where entries come from. A source is one row of core/sources/table.c. */
#pragma once

#include "core/distribution.h"
#include "core/source-state.h"

typedef struct _TrustSource TrustSource;

struct _TrustSource
{
  const char *id;                    /* "anchors-etc", "debian-distribution", "debian-local", … */
  TrustLayer layer;
  gboolean foreign;                  /* its files are other tools' */
  gboolean guarded;                  /* missing, empty, unparsable or much smaller keeps the last good set */
  guint distributions;               /* mask of 1 << TrustDistributionKind */
  const char *const *watched;        /* NULL-terminated paths: folders (watched with their sub-folders) and files */
  /* PREVIOUS (nullable): files whose TrustStat is unchanged are taken over without reading. Never fails for one bad file: that is a row
   * of `files` with a fault. (transfer full) */
  TrustSourceState *(*load) (TrustRoot *root, const TrustSource *source, TrustSourceState *previous, GError **error);
};

extern const TrustSource trust_sources[];
extern const guint trust_n_sources;

/* Loads with the guard of section 1 applied: for a guarded source the last good set is kept as a PEM file under
 * /var/lib/anchord/last-good/ID.pem (written by trust_source_keep() when it changes). */
TrustSourceState *trust_source_load (TrustRoot *root, const TrustSource *source, TrustSourceState *previous, GError **error);
gboolean trust_source_keep (TrustRoot *root, const TrustSourceState *state, GError **error);

/* Reads every regular file below FOLDER (sub-folders too when RECURSIVE) whose name ends in one of SUFFIXES (NULL: any that parses), checks owner and mode,
 * parses it by content. For the `load` of folder sources. */
typedef struct
{
  const char *folder;
  gboolean recursive;
  const char *const *suffixes;  /* (nullable) NULL-terminated */
  const char *excluded;         /* (nullable) a sub-folder left out: our own feed */
  gboolean anchor_files;        /* *.anchor, *.distrust and masks are understood */
  guint purposes;               /* mask for plain certificates */
  gboolean distrust;            /* every certificate in it is a distrust (blocklist folders) */
} TrustFolderSpec;

gboolean trust_source_read_folder (TrustRoot *root, const TrustSource *source, const TrustFolderSpec *spec, TrustSourceState *previous,
                                   TrustSourceState *out, GError **error);
/* Reads one file (for list sources). PREVIOUS_FILE nullable. */
TrustSourceFile *trust_source_read_file (TrustRoot *root, const TrustSource *source, const char *path, const TrustFolderSpec *spec,
                                         TrustSourceFile *previous_file);
