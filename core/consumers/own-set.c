/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/own.h"

#include "core/text.h"

#include <string.h>

#define MANIFEST_MAX_BYTES (64 * 1024 * 1024)

GString *
trust_own_make_body (const TrustAnchorSet *set)
{
  guint n = trust_anchor_set_get_n_anchors (set);
  GString *body = g_string_sized_new (128 * (gsize) n + 256);
  const TrustSettings *settings = NULL;
  g_autofree char *description = NULL;

  for (guint i = 0; i < n; i++)
    {
      TrustAnchor *anchor = trust_anchor_set_get_anchor (set, i);
      char hex[TRUST_FINGERPRINT_HEX];

      /* Most anchors share their settings. */
      if (description == NULL || trust_anchor_get_settings (anchor) != settings)
        {
          settings = trust_anchor_get_settings (anchor);
          g_free (description);
          description = trust_settings_describe (settings);
        }
      trust_fingerprint_to_hex (trust_anchor_get_fingerprint (anchor), hex);
      g_string_append (body, "anchor ");
      g_string_append (body, hex);
      g_string_append_c (body, ' ');
      g_string_append (body, trust_layer_get_name (trust_origin_get_layer (trust_anchor_get_origin (anchor))));
      g_string_append_c (body, ' ');
      g_string_append (body, description);
      g_string_append_c (body, '\n');
    }
  return body;
}

char *
trust_own_digest_body (const char *body, gsize size)
{
  TrustFingerprint digest;

  trust_fingerprint_of (body, size, &digest);
  return trust_text_hex (digest.bytes, sizeof digest.bytes);
}

/* Splits one manifest line. FALSE for one of another kind. */
static gboolean
parse_anchor_line (const char *line, gsize size, TrustFingerprint *fingerprint, char **settings)
{
  g_autofree char *text = g_strndup (line, size);
  g_auto (GStrv) fields = g_strsplit (text, " ", 4);

  if (g_strv_length (fields) != 4 || !g_str_equal (fields[0], "anchor") || strlen (fields[1]) != 64
      || !trust_text_unhex (fields[1], fingerprint->bytes, sizeof fingerprint->bytes))
    return FALSE;
  *settings = g_strdup (fields[3]);
  return TRUE;
}

GBytes *
trust_own_read_manifest (TrustRoot *root, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, TRUST_OWN_SET, NULL);

  return trust_root_read (root, path, MANIFEST_MAX_BYTES, NULL, NULL);
}

char *
trust_own_read_body (TrustRoot *root, const char *folder)
{
  g_autoptr (GBytes) manifest = trust_own_read_manifest (root, folder);
  const char *text = NULL, *end = NULL, *body = NULL;

  if (manifest == NULL)
    return NULL;
  text = g_bytes_get_data (manifest, NULL);
  end = text + g_bytes_get_size (manifest);
  body = memmem (text, (gsize) (end - text), "\nanchor ", 8);
  body = body != NULL ? body + 1 : end;
  return trust_own_digest_body (body, (gsize) (end - body));
}

GHashTable *
trust_own_read_set (TrustRoot *root)
{
  GHashTable *set = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, g_free, g_free);
  g_autoptr (GBytes) bytes = trust_own_read_manifest (root, TRUST_OWN_CURRENT);
  gsize size = 0;
  const char *at = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL, *end = at != NULL ? at + size : NULL;

  while (at < end)
    {
      const char *newline = memchr (at, '\n', end - at), *last = newline != NULL ? newline : end;
      TrustFingerprint fingerprint;
      char *settings = NULL;

      if (parse_anchor_line (at, last - at, &fingerprint, &settings))
        g_hash_table_insert (set, g_memdup2 (&fingerprint, sizeof fingerprint), settings);
      at = last + 1;
    }
  return set;
}
