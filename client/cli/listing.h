/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* All that Anchors.List has, page by page: of one generation where the set holds still long enough. */
#pragma once

#include "client/cli/tool.h"

typedef struct
{
  guint64 generation;
  GPtrArray *pages; /* (owned) of GVariant: aa{sv} */
} Listing;

/* Fills OUT, zeroed before. FILTER: an a{sv}; floating ones are taken. */
gboolean listing_fetch (Tool *tool, GVariant *filter, Listing *out, GError **error);
/* The same of those that have STATUS ("trusted", "distrusted", "all") in STORE (nullable: the system's). */
gboolean listing_fetch_status (Tool *tool, const char *store, const char *status, Listing *out, GError **error);
void listing_clear (Listing *listing);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Listing, listing_clear)
