/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a source said when it was last read: its files, and what stands in each. */
#pragma once

#include "core/anchor.h"
#include "core/root.h"

typedef enum
{
  TRUST_FILE_TAKEN,       /* its entries count */
  TRUST_FILE_LAST_GOOD,   /* it stopped parsing: what it said before counts */
  TRUST_FILE_UNPARSABLE,  /* nothing of it counts */
  TRUST_FILE_INSECURE,    /* not root's, or writable by others */
  TRUST_FILE_PRIVATE_KEY, /* holds a private key: nothing of it counts */
  TRUST_FILE_MISSING,     /* named by a list, not there */
  TRUST_FILE_MASKED,      /* a link to /dev/null in a higher layer */
  TRUST_FILE_IGNORED      /* another kind of file */
} TrustFileStatus;

const char *trust_file_status_get_name (TrustFileStatus status);

/* One file of a source as last read. Immutable; reference-counted, so that an unchanged file is carried over. */
typedef struct
{
  gatomicrefcount refs;
  TrustFileStatus status;
  TrustStat stat;          /* through links, at the time of reading */
  TrustOrigin *origin;     /* (owned) holds the path */
  char *fault;             /* (owned) (nullable) what is wrong with it */
  TrustFingerprint digest; /* SHA-256 of its bytes; zero where it was not read */
  guint8 ends_with_newline;
  guint n_anchors;
  guint n_distrusts;
  TrustAnchor **anchors;     /* (owned) */
  TrustDistrust **distrusts; /* (owned) */
} TrustSourceFile;

TrustSourceFile *trust_source_file_ref (TrustSourceFile *file);
void trust_source_file_unref (TrustSourceFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustSourceFile, trust_source_file_unref)

/* A source as last read. Immutable; reference-counted. */
typedef struct
{
  gatomicrefcount refs;
  const char *source; /* the source's id, a static string */
  TrustLayer layer;
  gboolean foreign;
  GHashTable *by_path; /* (owned) path (borrowed from the files) -> TrustSourceFile* */
  GPtrArray *files;    /* (owned) of TrustSourceFile*, in the source's own order (Debian: of its list; folders: by path, byte order) */
  GPtrArray *faults;   /* (owned) of char*: printable, for `status` */
  gboolean held_back;  /* guarded: this is the last good set, not what is on disk */
} TrustSourceState;

/* An empty state to be filled before it is shared. */
TrustSourceState *trust_source_state_new (const char *source, TrustLayer layer, gboolean foreign);
void trust_source_state_take_file (TrustSourceState *state, TrustSourceFile *file); /* (transfer full) */
/* Brings the files into byte order of their paths: the order of folder sources. */
void trust_source_state_sort (TrustSourceState *state);
TrustSourceState *trust_source_state_ref (TrustSourceState *state);
void trust_source_state_unref (TrustSourceState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustSourceState, trust_source_state_unref)
guint trust_source_state_count_anchors (const TrustSourceState *state);
