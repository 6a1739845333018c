/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where entries come from. A source is one row of core/sources/table.c. */
#pragma once

#include "core/distribution.h"
#include "core/source-state.h"

/* One folder of a source: which of its files count, and as what. */
typedef struct
{
  const char *folder;
  gboolean recursive;
  const char *const *suffixes; /* (nullable) NULL-terminated; NULL: any file that parses */
  const char *excluded;        /* (nullable) a sub-folder or a file left out: our own feed */
  gboolean anchor_files;       /* *.anchor, *.distrust and masks are understood */
  gboolean hidden;             /* names with a leading dot count too */
  gboolean persisted_only;     /* p11-kit: only objects that say so themselves are trusted here, plain certificates are not */
  guint purposes;              /* mask for certificates that name none themselves */
  gboolean own_uses;           /* p11-kit: a certificate's own extKeyUsage narrows the purposes */
  gboolean distrust;           /* every certificate in it is a distrust (blocklist folders) */
  const char *configuration;   /* (nullable) a name that is no certificate's: a row IGNORED without a fault, or INSECURE */
  const char *open_above;      /* (nullable) a folder above it that others may write to */
} TrustFolderSpec;

typedef struct _TrustSource TrustSource;

struct _TrustSource
{
  const char *id; /* "anchors-etc", "debian-distribution", "debian-local", … */
  TrustLayer layer;
  gboolean foreign;           /* its files are other tools' */
  gboolean guarded;           /* missing, empty, unparsable or much smaller keeps the last good set */
  gboolean quiet;             /* its state is shown only where something is wrong with it */
  guint distributions;        /* mask of 1 << TrustDistributionKind */
  const char *const *watched; /* NULL-terminated paths: folders (watched with their sub-folders) and files */
  /* PREVIOUS (nullable): files whose TrustStat is unchanged are taken over without reading. Never fails for one bad file: that is
   * a row of `files` with a fault. (transfer full) */
  TrustSourceState *(*load) (TrustRoot *root, const TrustSource *source, TrustSourceState *previous, GError **error);
  const TrustFolderSpec *folders; /* where its files lie */
  guint n_folders;
  /* (nullable) Files that anchord itself took out of the set: the guard does not count them as lost.
   * (transfer full) (nullable): a set of owned paths. */
  GHashTable *(*let_go) (TrustRoot *root);
};

extern const TrustSource trust_sources[];
extern const guint trust_n_sources;

/* How to read the rows of a state:
 * - a file gives anchors and distrusts only as TRUST_FILE_TAKEN or TRUST_FILE_LAST_GOOD;
 * - its distribution's tool takes a file exactly if `stat.inode` is not 0 and its status is none of MISSING, MASKED, IGNORED;
 * - `digest` is zero, and `stat` still filled, where the file could not be read (too big, an I/O error);
 * - LAST_GOOD with a zero `stat`: the file is gone, and the guard holds what it said. */

/* Loads, with the guard of DESIGN section 1 for a guarded source: the last good set stands in /var/lib/anchord/last-good/ID.pem,
 * and while that file is there, a set that is missing, empty, unparsable or much smaller is not taken (removing the file accepts
 * it). Returns a reference to PREVIOUS itself if nothing changed. For a source that is not guarded, ERROR means that its folder
 * could not be read at all: keep what there was. (transfer full) */
TrustSourceState *trust_source_load (TrustRoot *root, const TrustSource *source, TrustSourceState *previous, GError **error);
/* Keeps what STATE says for the next start, if it changed: all of a guarded set that is not held back; of other sources the files
 * that only their last good content speaks for. Cheap for a source that has nothing to keep. */
gboolean trust_source_keep (TrustRoot *root, const TrustSourceState *state, GError **error);
/* The ids for which something is kept, and letting go of it. (transfer full) (nullable): of owned char*. */
GPtrArray *trust_source_list_kept (TrustRoot *root);
gboolean trust_source_forget (TrustRoot *root, const char *id, GError **error);

/* Reads every regular file below SPEC's folder, links followed, and adds a row for each to OUT. A folder that is not there is
 * empty. */
gboolean trust_source_read_folder (TrustRoot *root, const TrustSource *source, const TrustFolderSpec *spec, TrustSourceState *previous,
                                   TrustSourceState *out, GError **error);
/* Reads one file (for list sources). PREVIOUS_FILE nullable. Never NULL: a missing file is a row too. (transfer full) */
TrustSourceFile *trust_source_read_file (TrustRoot *root, const TrustSource *source, const char *path, const TrustFolderSpec *spec,
                                         TrustSourceFile *previous_file);
/* The row that a file of SPEC's at PATH would be if it held BYTES; it has no stat. NULL: a file of that name is not read. (transfer full)
 * (nullable) */
TrustSourceFile *trust_source_make_file (const TrustSource *source, const TrustFolderSpec *spec, const char *path, TrustSpan bytes);
/* The one with ID; NULL if there is none. */
const TrustSource *trust_source_find (const char *id);
/* The `load` of sources that are nothing but their folders. Rows in byte order of their paths. */
TrustSourceState *trust_source_load_folders (TrustRoot *root, const TrustSource *source, TrustSourceState *previous, GError **error);
