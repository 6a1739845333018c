/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/cli/listing.h"

/* How often a list is begun again because the set changed between two pages. */
#define TRIES 10

void
listing_clear (Listing *listing)
{
  g_clear_pointer (&listing->pages, g_ptr_array_unref);
}

typedef enum
{
  FETCH_WHOLE,
  FETCH_CHANGED, /* the set changed meanwhile */
  FETCH_FAILED,
} Fetched;

static Fetched
fetch_once (Tool *tool, GVariant *filter, Listing *out, GError **error)
{
  g_autofree char *after = g_strdup ("");
  g_ptr_array_set_size (out->pages, 0);
  do
    {
      g_autoptr (GVariant) reply = tool_call (tool, "Anchors", "List", g_variant_new ("(@a{sv}su)", filter, after, 0u), NULL, NULL, error);
      if (reply == NULL)
        return FETCH_FAILED;
      guint64 generation;
      GVariant *page;
      g_clear_pointer (&after, g_free);
      g_variant_get (reply, "(t@aa{sv}s)", &generation, &page, &after);
      g_ptr_array_add (out->pages, page);
      if (out->pages->len > 1 && generation != out->generation)
        return FETCH_CHANGED;
      out->generation = generation;
    }
  while (after[0] != '\0');
  return FETCH_WHOLE;
}

gboolean
listing_fetch (Tool *tool, GVariant *filter, Listing *out, GError **error)
{
  g_autoptr (GVariant) kept = g_variant_ref_sink (filter);
  Fetched fetched = FETCH_CHANGED;
  out->pages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  for (guint try = 0; try < TRIES && fetched == FETCH_CHANGED; try++)
    fetched = fetch_once (tool, kept, out, error);
  return fetched != FETCH_FAILED;
}

gboolean
listing_fetch_status (Tool *tool, const char *store, const char *status, Listing *out, GError **error)
{
  GVariantDict filter;
  g_variant_dict_init (&filter, NULL);
  g_variant_dict_insert (&filter, "status", "s", status);
  if (store != NULL)
    g_variant_dict_insert (&filter, "store", "s", store);
  return listing_fetch (tool, g_variant_dict_end (&filter), out, error);
}
