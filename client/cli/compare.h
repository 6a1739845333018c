/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two sets of trust, from wherever, held against each other: what each trusts and refuses, and as what. */
#pragma once

#include <gio/gio.h>

typedef struct
{
  char *fingerprint;  /* (owned) 64 digits, or "" */
  char *title;        /* (owned) foreign */
  char *settings;     /* (owned) as the journal has them: "trusted server-auth;until=…", "distrusted" */
  gboolean is_unsaid; /* it is trusted, and nothing is said of for what */
} CompareRow;

typedef struct
{
  const char *kind;   /* "file", "folder", "root", "moment" */
  char *name;         /* (owned) as it was given: foreign */
  guint64 generation; /* 0: none */
  GHashTable *rows;   /* (owned) key -> CompareRow* */
} CompareSide;

CompareSide *compare_side_new (const char *kind, const char *name);
void compare_side_free (CompareSide *side);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CompareSide, compare_side_free)
/* KEY: what makes two rows the same. All (transfer none). */
void compare_side_add (CompareSide *side, const char *key, const char *fingerprint, const char *title, const char *settings, gboolean is_unsaid);
/* Leaves only what any set can hold: certificates of the system's store. A moment also tells of applications' stores, of consumers and lists. */
void compare_side_narrow (CompareSide *side);

typedef struct
{
  const CompareRow *a; /* (borrowed) (nullable) */
  const CompareRow *b; /* (borrowed) (nullable) */
  char **parts;        /* (owned) (nullable) where both are there: "trust", "purposes", "constraints", "distrust-after", "until", "accept-loss" */
} CompareDifference;

/* What differs: first what is in A alone, then in B alone, then what is in both; each by title and fingerprint. *SAME_OUT: how many are equal.
 * Returns: (transfer full): of CompareDifference*. */
GPtrArray *compare_sides (const CompareSide *a, const CompareSide *b, guint *same_out);
