/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/intake.h"

#include "core/error.h"
#include "core/intake-der.h"
#include "core/limits.h"

#include <string.h>

/* How far a BEGIN line is read for its label. Bytes. */
#define LABEL_REACH 160
#define BEGIN "-----BEGIN "
#define BEGIN_SIZE (sizeof BEGIN - 1)

const TrustIntakeFormat *const trust_intake_formats[] = { &trust_intake_format_der, &trust_intake_format_pem, NULL };

/* A foreign form that is known by its first bytes. */
typedef struct
{
  const char *magic;
  gsize size;
  const char *what;
} Magic;

#define MAGIC(bytes, text)                                                                                                                           \
  {                                                                                                                                                  \
    bytes, sizeof bytes - 1, text                                                                                                                    \
  }

static const Magic magics[] = {
  MAGIC ("\xff\xfe", "text in UTF-16; save it as UTF-8 or ASCII"),
  MAGIC ("\xfe\xff", "text in UTF-16; save it as UTF-8 or ASCII"),
  MAGIC ("\xfe\xed\xfe\xed", "a Java keystore; export the certificate with 'keytool -exportcert -rfc'"),
  MAGIC ("\xce\xce\xce\xce", "a Java keystore of the JCEKS kind; convert it with 'keytool -importkeystore -deststoretype pkcs12'"),
  MAGIC ("PK\x03\x04", "a ZIP archive; unpack it"),
  MAGIC ("\x1f\x8b", "compressed with gzip; unpack it"),
  MAGIC ("ssh-", "an SSH public key; SSH keys are no certificates of this kind"),
  MAGIC ("[p11-kit-object-v1]", "a p11-kit file; give the certificate as PEM or DER"),
  MAGIC ("<", "a web page or XML; download the certificate itself"),
};

static gboolean
is_blank (TrustSpan input)
{
  for (gsize i = 0; i < input.size; i++)
    if (!g_ascii_isspace (input.data[i]))
      return FALSE;
  return TRUE;
}

static gboolean
is_base64 (TrustSpan input)
{
  for (gsize i = 0; i < input.size; i++)
    if (!g_ascii_isspace (input.data[i]) && !g_ascii_isalnum (input.data[i]) && strchr ("+/=", input.data[i]) == NULL)
      return FALSE;
  /* Certificates begin with a SEQUENCE of more than 255 bytes: 30 82. */
  return input.size >= 64 && memcmp (input.data, "MII", 3) == 0;
}

const char *
trust_intake_describe (TrustSpan input)
{
  if (is_blank (input))
    return "it is empty but for white space; is it the right file?";
  for (guint i = 0; i < G_N_ELEMENTS (magics); i++)
    if (input.size >= magics[i].size && memcmp (input.data, magics[i].magic, magics[i].size) == 0)
      return magics[i].what;
  if (is_base64 (input))
    return "base64 without the lines around it; put -----BEGIN CERTIFICATE----- before and -----END CERTIFICATE----- after it";
  if (memchr (input.data, '\0', input.size) == NULL && g_utf8_validate ((const char *) input.data, (gssize) input.size, NULL))
    return "text without a PEM block; is it the right file?";
  return "binary data of an unknown kind; is it the right file?";
}

static gboolean
set_private_key (GError **error, gsize offset)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_PRIVATE_KEY,
               "there is a private key in the input, at byte %" G_GSIZE_FORMAT "; nothing was taken in: give certificates only, and "
               "keep the key secret",
               offset);
  return FALSE;
}

/* Walks all BEGIN lines before anything is parsed: none may be a private key's, whether or not its block is whole; and a hundred
 * thousand certificates must not cost the work of those that the limit allows. */
gboolean
trust_intake_check_begins (TrustSpan input, GError **error)
{
  const char *start = (const char *) input.data;
  const char *end = start + input.size;
  guint n = 0;

  for (const char *p = start; p < end && (p = memchr (p, '-', (gsize) (end - p))) != NULL; p++)
    {
      gsize reach = MIN ((gsize) (end - p), LABEL_REACH);

      if (reach < BEGIN_SIZE || memcmp (p, BEGIN, BEGIN_SIZE) != 0)
        continue;
      if (++n > TRUST_LIMIT_INPUT_CERTIFICATES)
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "the input holds more than %u PEM blocks, the limit; split it",
                       TRUST_LIMIT_INPUT_CERTIFICATES);
          return FALSE;
        }

      const char *line_end = memchr (p, '\n', reach);

      if (memmem (p, line_end != NULL ? (gsize) (line_end - p) : reach, "PRIVATE KEY-----", 16) != NULL)
        return set_private_key (error, (gsize) (p - start));
    }
  return TRUE;
}

static const TrustIntakeFormat *
find_format (TrustSpan input)
{
  for (guint i = 0; trust_intake_formats[i] != NULL; i++)
    if (trust_intake_formats[i]->probe (input))
      return trust_intake_formats[i];
  return NULL;
}

/* Keeps the first of each certificate. */
static GPtrArray *
drop_duplicates (GPtrArray *certificates)
{
  GPtrArray *unique = g_ptr_array_new_full (certificates->len, (GDestroyNotify) trust_certificate_unref);
  g_autoptr (GHashTable) seen = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);

  for (guint i = 0; i < certificates->len; i++)
    {
      TrustCertificate *certificate = g_ptr_array_index (certificates, i);

      if (g_hash_table_contains (seen, trust_certificate_get_fingerprint (certificate)))
        continue;
      g_ptr_array_add (unique, trust_certificate_ref (certificate));
      g_hash_table_add (seen, (gpointer) (guintptr) trust_certificate_get_fingerprint (certificate));
    }
  return unique;
}

GPtrArray *
trust_intake_decode (const void *bytes, gsize size, GError **error)
{
  TrustSpan input = { bytes, size };

  if (size == 0)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "the input is empty");
      return NULL;
    }
  if (size > TRUST_LIMIT_INPUT_BYTES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "the input has %" G_GSIZE_FORMAT " bytes, the limit is %u; split it", size,
                   TRUST_LIMIT_INPUT_BYTES);
      return NULL;
    }
  if (trust_intake_der_is_private_key (input))
    {
      set_private_key (error, 0);
      return NULL;
    }
  if (!trust_intake_check_begins (input, error))
    return NULL;

  const TrustIntakeFormat *format = find_format (input);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);

  if (format == NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "there is no certificate in the input: %s", trust_intake_describe (input));
      return NULL;
    }
  if (!format->decode (input, found, error))
    return NULL;
  return drop_duplicates (found);
}
