/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/emitters/entry-name.h"

#define TEXT_CHARS 64
#define DIGITS 16u
#define ALL_DIGITS 64u

char *
trust_entry_name_make (const char *text, const TrustFingerprint *fingerprint, guint n_digits, gboolean is_lower)
{
  g_autoptr (GString) name = g_string_new (NULL);
  char hex[TRUST_FINGERPRINT_HEX];

  for (const char *at = text; *at != '\0' && name->len < TEXT_CHARS; at++)
    {
      gboolean is_safe = g_ascii_isalnum (*at) || *at == '-' || *at == '_';
      char c = is_lower ? g_ascii_tolower (*at) : *at;

      /* A name begins with no sign, and what is not safe is one "_", however much it is. */
      if (is_safe && (name->len > 0 || g_ascii_isalnum (c)))
        g_string_append_c (name, c);
      else if (!is_safe && name->len > 0 && name->str[name->len - 1] != '_')
        g_string_append_c (name, '_');
    }
  while (name->len > 0 && !g_ascii_isalnum (name->str[name->len - 1]))
    g_string_truncate (name, name->len - 1);
  if (name->len == 0)
    g_string_append (name, "certificate");
  trust_fingerprint_to_hex (fingerprint, hex);
  g_string_append_printf (name, "-%.*s", (int) n_digits, hex);
  return g_string_free (g_steal_pointer (&name), FALSE);
}

guint
trust_entry_name_digits (const TrustFingerprint *before, const TrustFingerprint *fingerprint, const TrustFingerprint *behind)
{
  gboolean is_shared = (before != NULL && trust_fingerprint_has_prefix (before, fingerprint, DIGITS))
                       || (behind != NULL && trust_fingerprint_has_prefix (behind, fingerprint, DIGITS));

  return is_shared ? ALL_DIGITS : DIGITS;
}

char *
trust_entry_name_dup (const TrustAnchorSet *set, guint index, gboolean is_lower)
{
  const TrustAnchor *anchor = trust_anchor_set_get_anchor (set, index);
  const TrustFingerprint *fingerprint = trust_anchor_get_fingerprint (anchor);
  const TrustFingerprint *before = index > 0 ? trust_anchor_get_fingerprint (trust_anchor_set_get_anchor (set, index - 1)) : NULL;
  const TrustFingerprint *behind = index + 1 < trust_anchor_set_get_n_anchors (set)
                                       ? trust_anchor_get_fingerprint (trust_anchor_set_get_anchor (set, index + 1))
                                       : NULL;
  const char *label = trust_note_get_label (trust_anchor_get_note (anchor));
  g_autofree char *title = *label != '\0' ? g_strdup (label) : trust_certificate_dup_title (trust_anchor_get_certificate (anchor));

  return trust_entry_name_make (title, fingerprint, trust_entry_name_digits (before, fingerprint, behind), is_lower);
}
