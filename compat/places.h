/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What update-ca-certificates was asked for: options and folders, as Debian's tool takes them. */
#pragma once

#include "core/root.h"

/* A file or folder that an option may move. */
typedef struct
{
  char *shown; /* (owned) as it was given, below --sysroot's text: what is printed, and what links say */
  char *path;  /* (owned) the same, absolute inside the root; of the hooks, which run here, a host path */
} CompatPlace;

typedef struct
{
  TrustRoot *root; /* (owned) (nullable) until compat_places_open() */
  gboolean verbose;
  gboolean fresh;       /* --fresh */
  gboolean use_default; /* --default */
  gboolean is_standard; /* all that is read and written is where the machine (or the image) has it: the engine's business */
  gboolean has_hooks;   /* the hooks are the machine's own, or none at all are to run now */
  char *sysroot;        /* (owned) (nullable) */
  char *bundle;         /* (owned) a name in `etc` */
  CompatPlace conf, certs, local, etc, hooks;
} CompatPlaces;

typedef enum
{
  COMPAT_GO,     /* there is work to do */
  COMPAT_HELP,   /* --help, or what nobody knows: the usage, and that is all */
  COMPAT_MISUSED /* an option without its value */
} CompatParse;

void compat_places_init (CompatPlaces *places);
void compat_places_clear (CompatPlaces *places);
/* Takes the arguments after the program's name, in their order: --sysroot moves the folders that were named before it. */
CompatParse compat_places_parse (CompatPlaces *places, int argc, char **argv);
/* Finds the root, and the paths in it. To be called once. */
gboolean compat_places_open (CompatPlaces *places, GError **error);
