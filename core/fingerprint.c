/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/certificate.h"

#include "core/error.h"
#include "core/text.h"

#include <gnutls/crypto.h>
#include <string.h>

#define MAX_DIGITS 64u
/* Fewer would be ambiguous too easily. */
#define MIN_DIGITS 8u

void
trust_fingerprint_of (const void *data, gsize size, TrustFingerprint *out)
{
  int result = gnutls_hash_fast (GNUTLS_DIG_SHA256, data, size, out->bytes);

  /* An identity of anything else must never come to be. */
  if (result < 0)
    g_error ("GnuTLS has no SHA-256: %s", gnutls_strerror (result));
}

int
trust_fingerprint_compare (const TrustFingerprint *a, const TrustFingerprint *b)
{
  return memcmp (a->bytes, b->bytes, sizeof a->bytes);
}

gboolean
trust_fingerprint_equal (gconstpointer a, gconstpointer b)
{
  return trust_fingerprint_compare (a, b) == 0;
}

guint
trust_fingerprint_hash (gconstpointer a)
{
  guint hash;

  memcpy (&hash, ((const TrustFingerprint *) a)->bytes, sizeof hash);
  return hash;
}

void
trust_fingerprint_to_hex (const TrustFingerprint *fingerprint, char out[TRUST_FINGERPRINT_HEX])
{
  trust_text_hex_into (fingerprint->bytes, sizeof fingerprint->bytes, out);
}

static gboolean
skip_word (const char **text, const char *word)
{
  gsize size = strlen (word);

  if (g_ascii_strncasecmp (*text, word, size) != 0)
    return FALSE;
  *text += size;
  return TRUE;
}

static void
skip_spaces (const char **text)
{
  while (g_ascii_isspace (**text))
    (*text)++;
}

/* "SHA256:", "sha-256 ", "SHA256 Fingerprint=", as certtool, keytool, openssl and browsers print it. */
static void
skip_head (const char **text)
{
  skip_spaces (text);
  if (!skip_word (text, "sha256") && !skip_word (text, "sha-256"))
    return;
  skip_spaces (text);
  skip_word (text, "fingerprint");
  skip_spaces (text);
  if (**text == ':' || **text == '=')
    (*text)++;
  skip_spaces (text);
}

static gboolean
set_parse_error (GError **error, const char *text, const char *what)
{
  g_autofree char *shown = trust_text_printable (text, 80);

  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT,
               "\"%s\" is no SHA-256 fingerprint: %s; give its %u hexadecimal digits, or at least the first %u", shown, what, MAX_DIGITS, MIN_DIGITS);
  return FALSE;
}

gboolean
trust_fingerprint_parse (const char *text, TrustFingerprint *out, guint *n_digits, GError **error)
{
  TrustFingerprint found = { { 0 } };
  guint digits = 0;
  const char *at = text;

  for (skip_head (&at); *at != '\0'; at++)
    {
      int value = g_ascii_xdigit_value (*at);

      if (value >= 0)
        {
          if (digits == MAX_DIGITS)
            return set_parse_error (error, text, "it is too long");
          found.bytes[digits / 2] |= (guint8) (digits % 2 == 0 ? value << 4 : value);
          digits++;
        }
      else if (g_ascii_isspace (*at) && at[1 + strspn (at + 1, " \t\r\n\f\v")] == '\0')
        break;
      else if ((*at != ':' && !g_ascii_isspace (*at)) || digits == 0 || digits % 2 != 0)
        return set_parse_error (error, text, "it holds something else");
    }
  if (digits < MIN_DIGITS)
    return set_parse_error (error, text, "it is too short");
  *out = found;
  *n_digits = digits;
  return TRUE;
}

gboolean
trust_fingerprint_has_prefix (const TrustFingerprint *fingerprint, const TrustFingerprint *prefix, guint n_digits)
{
  guint whole = MIN (n_digits, MAX_DIGITS) / 2;

  if (memcmp (fingerprint->bytes, prefix->bytes, whole) != 0)
    return FALSE;
  return whole * 2 >= MIN (n_digits, MAX_DIGITS) || fingerprint->bytes[whole] >> 4 == prefix->bytes[whole] >> 4;
}
