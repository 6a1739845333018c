/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of extensions, as a recipe's words say them. */
#pragma once

#include <glib.h>

typedef struct
{
  const char *word; /* "bc" */
  const char *oid;
  gboolean is_critical;               /* unless "plain" is said */
  GByteArray *(*make) (char **words); /* (nullable) it takes more than words */
} RecipeMaker;

/* (nullable) (transfer none) */
const RecipeMaker *recipe_find_maker (const char *word);
/* Returns: (transfer full). */
GByteArray *recipe_read_hex (const char *text);
