/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The folder of links, held in memory while the tool's steps are taken, then brought there in an order that never takes away what stays: a killed run
 * leaves each name as it was or as it will be. */
#pragma once

#include "compat/inputs.h"

/* One name. */
typedef struct
{
  char *name;       /* (owned) */
  char *was;        /* (owned) (nullable) the link as found; NULL: no link */
  char *target;     /* (owned) (nullable) the link as it shall be */
  gboolean is_file; /* found as something that is no link */
  gboolean is_folder;
  gboolean is_cleared; /* --fresh took it away */
} CompatName;

typedef struct
{
  const CompatPlaces *places; /* (borrowed) */
  int fd;
  GHashTable *names;        /* (owned) char* -> CompatName* */
  GPtrArray *deeper;        /* (owned) of char*: links in folders below that go, as paths below the folder */
  GHashTable *deeper_names; /* (owned) the same, to be looked up */
  GHashTable *contents;     /* (owned) char* path -> GBytes*: what was read already */
  GPtrArray *orphans;       /* (owned) of char*: links to nothing that went, as `find` prints them */
  GString *lines;           /* (owned) `+` and `-` for the hooks */
  guint n_added, n_removed;
} CompatFolder;

/* Reads the folder. FALSE with ERROR where it can't be entered. */
gboolean compat_folder_open (CompatFolder *folder, const CompatPlaces *places, GError **error);
void compat_folder_clear (CompatFolder *folder);

/* --fresh: links into the certificates' folders go, and links that lead to no file. */
void compat_folder_clear_links (CompatFolder *folder);
/* Links that INPUTS ask for, and those of deselected names gone. Tells what comes. */
void compat_folder_link (CompatFolder *folder, const CompatInputs *inputs);
/* Tells what goes, after that: a certificate's file that is gone as well, whose link the distribution's tool forgets. */
void compat_folder_unlink (CompatFolder *folder);
/* Links to nothing go, wherever they are below. */
void compat_folder_drop_orphans (CompatFolder *folder);
/* Its names now, sorted by bytes. Returns: (transfer container): of CompatName*, borrowed. */
GPtrArray *compat_folder_list (const CompatFolder *folder);
/* The same with those that go. */
GPtrArray *compat_folder_list_all (const CompatFolder *folder);
CompatName *compat_folder_get (CompatFolder *folder, const char *name, gboolean make);
/* What NAME leads to, through links of the folder as it shall be. Returns: (transfer full) (nullable). */
GBytes *compat_folder_read (CompatFolder *folder, const CompatName *name);
/* Makes it so on disk: what comes, what goes, and last BUNDLE (nullable: it stays), whose rename tells the service that the tool is done. IS_ALONE:
 * nobody else writes there, so temporaries of a killed run may be swept. */
gboolean compat_folder_apply (CompatFolder *folder, const GString *bundle, gboolean is_alone, GError **error);
