/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/debian-name.h"

#include <string.h>

char *
trust_debian_feed_name (const TrustAnchor *anchor)
{
  g_autofree char *title = trust_certificate_dup_title (trust_anchor_get_certificate (anchor));
  char hex[TRUST_FINGERPRINT_HEX];

  trust_fingerprint_to_hex (trust_anchor_get_fingerprint (anchor), hex);
  hex[TRUST_DEBIAN_FEED_DIGITS] = '\0';
  if (strlen (title) > 40)
    title[40] = '\0';
  for (char *at = title; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && *at != '-' && *at != '_')
      *at = '_';
  return g_strdup_printf ("%s-%s.crt", *title != '\0' ? title : "anchor", hex);
}

char *
trust_debian_link_name (const char *path)
{
  const char *slash = strrchr (path, '/'), *name = slash != NULL ? slash + 1 : path;
  gsize length = strlen (name);
  char *link = NULL;

  if (length > 4 && g_str_equal (name + length - 4, ".crt"))
    length -= 4;
  link = g_strdup_printf ("%.*s.pem", (int) length, name);
  for (char *at = link; *at != '\0'; at++)
    if (*at == ' ' || *at == ',')
      *at = '_';
    else if (*at == '(' || *at == ')')
      *at = '=';
  return link;
}

char *
trust_debian_alias (const TrustAnchor *anchor)
{
  const TrustOrigin *origin = trust_anchor_get_origin (anchor);
  gboolean is_theirs = trust_origin_get_layer (origin) == TRUST_LAYER_DISTRIBUTION || trust_origin_is_foreign (origin);
  g_autofree char *file = is_theirs ? g_strdup (trust_origin_get_path (origin)) : trust_debian_feed_name (anchor);
  g_autofree char *link = trust_debian_link_name (file), *name = g_utf8_make_valid (link, -1), *lower = g_utf8_strdown (name, -1);

  return g_strconcat ("debian:", lower, NULL);
}
