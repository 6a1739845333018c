/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of trust that anchord and the distributions publish, as one root shows them now: what a process may hold an older one of. */
#pragma once

#include "core/root.h"

typedef struct
{
  char *name; /* (owned) the path in the root: "/etc/ssl/certs/ca-certificates.crt" */
  char *path; /* (owned) as the kernel names what it leads to */
  TrustStat stat;
} PublishedFile;

typedef struct
{
  TrustRoot *root;          /* (owned) */
  char *prefix;             /* (owned) the root as the kernel names it; "" for "/" */
  GHashTable *files;        /* (owned) PATH -> PublishedFile */
  GPtrArray *folders;       /* (owned) of char*: the kernel's paths, each with a slash at its end; all files below are published */
  char *tree;               /* (owned) (nullable) anchord's folder of generations, the same way */
  char *current;            /* (owned) (nullable) the current one's name in it: "12", "12.1" */
  gint64 changed;           /* nanoseconds: when the content of one that TLS clients read changed last; 0: there is none */
  const char *changed_name; /* (nullable) which */
} Published;

/* MORE (nullable): paths in ROOT beside those that are known. */
Published *published_new (TrustRoot *root, const char *const *more);
void published_free (Published *published);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Published, published_free)
/* Is PATH, as the kernel names it and without " (deleted)", one of them? A name that begins with a dot is a temporary file. */
gboolean published_knows (const Published *published, const char *path);
/* What stands there now; for a file of one generation, what the current one has in its place. FALSE: nothing. */
gboolean published_stat_now (const Published *published, const char *path, TrustStat *now);
/* The generation that PATH is of; 0: it is of none, or PATH does not tell. */
guint64 published_get_generation (const Published *published, const char *path);
/* The flat bundles that machines and containers have in one of these places. Ends in NULL. */
extern const char *const published_bundles[];
