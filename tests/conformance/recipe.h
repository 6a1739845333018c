/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes a chain, and the question that is asked of it, from one line of text. docs/differential.md has the words. */
#pragma once

#include <glib.h>

/* 2026-01-01T00:00:00Z: every chain is asked about at that time. */
#define RECIPE_NOW G_GINT64_CONSTANT (1767225600)

/* All owned. */
typedef struct
{
  GPtrArray *chain;   /* of GBytes: the leaf, and what else is given */
  GPtrArray *anchors; /* of GBytes */
  GPtrArray *crls;    /* of GBytes */
  char *host;         /* (nullable) a name or an address */
  char *email;        /* (nullable) */
  char *purpose;      /* (nullable) "server-auth" */
  GStrv policies;     /* (nullable) OIDs: the initial policies */
  gboolean explicit_policy;
  gboolean inhibit_mapping;
  gboolean inhibit_any;
  gboolean hard; /* every certificate's revocation must be known */
  int max_depth; /* -1: not asked */
} RecipeChain;

/* TEXT: statements, ";" between them. One that can't be read is a fault of the test: it ends here. Returns: (transfer full). */
RecipeChain *recipe_make (const char *text);
void recipe_chain_free (RecipeChain *chain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RecipeChain, recipe_chain_free)

/* One thing that may be so or otherwise with a chain. */
typedef struct
{
  const char *name;   /* "leaf-expired" */
  const char *script; /* what it adds to a recipe */
  gboolean good;      /* what SOURCE has the default profile say */
  const char *source; /* "RFC 5280 6.1.3 (a) (2)" */
} RecipeFeature;

/* Ends with a row without name. */
extern const RecipeFeature recipe_features_path[];
extern const RecipeFeature recipe_features_names[];
