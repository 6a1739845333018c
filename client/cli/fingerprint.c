/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/cli/fingerprint.h"

#include "core/error.h"
#include "core/text.h"

#include <glib/gi18n.h>
#include <string.h>

#define MIN_DIGITS 8
#define MAX_DIGITS 64

/* Past a head that names the hash. */
static const char *
skip_head (const char *word)
{
  static const char *const heads[] = { "sha256 fingerprint=", "sha256:", "sha-256:", "sha256=" };
  while (*word == ' ')
    word++;
  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    if (g_ascii_strncasecmp (word, heads[i], strlen (heads[i])) == 0)
      return word + strlen (heads[i]);
  return word;
}

char *
fingerprint_digits (const char *word)
{
  GString *digits = g_string_sized_new (MAX_DIGITS);
  const char *p = skip_head (word);
  for (; *p != '\0' && digits->len <= MAX_DIGITS; p++)
    {
      if (g_ascii_isxdigit (*p))
        g_string_append_c (digits, g_ascii_tolower (*p));
      else if (*p != ':' && *p != ' ')
        break;
    }
  if (*p == '\0' && digits->len >= MIN_DIGITS && digits->len <= MAX_DIGITS)
    return g_string_free (digits, FALSE);
  g_string_free (digits, TRUE);
  return NULL;
}

char **
fingerprint_digits_all (char **words, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (; *words != NULL; words++)
    {
      g_autofree char *digits = fingerprint_digits (*words);
      if (digits == NULL)
        {
          g_autofree char *safe = trust_text_printable (*words, 80);
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
                       _ ("“%s” is no fingerprint: give the SHA-256, or its first 8 hexadecimal digits or more (anchorctl list shows them)"), safe);
          return NULL;
        }
      g_strv_builder_add (builder, digits);
    }
  return g_strv_builder_end (builder);
}
