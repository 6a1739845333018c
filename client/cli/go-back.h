/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What rollback and undo share: they show what would be, ask, and do it. */
#pragma once

#include "client/cli/tool.h"

typedef struct
{
  char **lifted; /* (owned) (nullable) */
  char *reason;  /* (owned) (nullable) */
  gboolean yes;
  gboolean keep_going;
  gboolean allow_expired;
  gboolean allow_non_ca;
} GoBack;

void go_back_clear (GoBack *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GoBack, go_back_clear)

#define GO_BACK_ENTRIES(options)                                                                                                                     \
  { "lift-distrust",                                                                                                                                 \
    0,                                                                                                                                               \
    0,                                                                                                                                               \
    G_OPTION_ARG_FILENAME_ARRAY,                                                                                                                     \
    &(options).lifted,                                                                                                                               \
    N_ ("Let this newer distrust go: a fingerprint, or its file's name without ending (may be repeated)"),                                           \
    N_ ("ID") },                                                                                                                                     \
      { "reason", 'r', 0, G_OPTION_ARG_FILENAME, &(options).reason, N_ ("Why: kept in the journal"), N_ ("TEXT") },                                  \
      { "yes", 'y', 0, G_OPTION_ARG_NONE, &(options).yes, N_ ("Do not ask"), NULL },                                                                 \
      { "keep-going", 0, 0, G_OPTION_ARG_NONE, &(options).keep_going, N_ ("Leave out what is refused, and do the rest"), NULL },                     \
      { "allow-expired", 0, 0, G_OPTION_ARG_NONE, &(options).allow_expired, N_ ("Trust certificates that have expired, too"), NULL },                \
  {                                                                                                                                                  \
    "allow-non-ca", 0, 0, G_OPTION_ARG_NONE, &(options).allow_non_ca, N_ ("Trust certificates that are no CA's, too"), NULL                          \
  }

/* The reason, and whether anybody can be asked who must be. */
gboolean go_back_check (const Tool *tool, const GoBack *options, GError **error);
/* a{sv}, floating. */
GVariant *go_back_pack (const GoBack *options);
/* METHOD with PARAMETERS (floating): shown, asked about, done. */
ToolExit go_back (Tool *tool, const char *method, GVariant *parameters, const GoBack *options);
