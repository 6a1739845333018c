/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One file of a source: is it safe to believe, did it change, and what stands in it. */
#pragma once

#include "core/sources/source.h"

/* A file as a folder's walk found it. */
typedef struct
{
  const char *path;
  TrustStat link;          /* not through links */
  const char *open_folder; /* (nullable) a folder above it that others may write to */
} TrustFoundFile;

/* A row for FOUND; PREVIOUS (nullable) is taken over by reference if nothing changed. (transfer full) (nullable): NULL if the
 * file is gone. */
TrustSourceFile *trust_source_load_file (TrustRoot *root, const TrustSource *source, const TrustFoundFile *found, const TrustFolderSpec *spec,
                                         TrustSourceFile *previous);
/* A row without entries. STAT nullable, FAULT (transfer full) (nullable). PREVIOUS (nullable) is returned if it is the same.
 * (transfer full) */
TrustSourceFile *trust_source_make_row (const TrustSource *source, const char *path, TrustFileStatus status, const TrustStat *stat, char *fault,
                                        TrustSourceFile *previous);
/* ROW's file with GOOD's entries, as LAST_GOOD. FAULT (transfer full). PREVIOUS as above. (transfer full) */
TrustSourceFile *trust_source_make_last_good (TrustSourceFile *row, TrustSourceFile *good, char *fault, TrustSourceFile *previous);
/* May the owner of a file or folder be believed: root, or in an image's folder whoever owns that. */
gboolean trust_source_is_owner_safe (TrustRoot *root, guint32 uid);
/* Who may write to the folder at PATH, or made the link that it is, chooses what lies there: may anybody but root? */
gboolean trust_source_is_open (TrustRoot *root, const char *path);
/* Why what FOUND, a file or a link to TARGET, says must not be believed: who may write to it. Returns: (transfer full) (nullable): NULL if it may. */
char *trust_source_find_insecurity (TrustRoot *root, const TrustFoundFile *found, const TrustStat *target);
/* Takes over the contents of both arrays (of owned references; NULL for none) into ROW, which is not shared yet. */
void trust_source_fill_row (TrustSourceFile *row, GPtrArray *anchors, GPtrArray *distrusts);
