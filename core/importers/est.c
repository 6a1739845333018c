/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The body of an EST server's answer to /cacerts (RFC 7030 section 4.1.3): a PKCS #7 of certificates only, in base64 without lines around it, perhaps
 * with the message's head before it. RFC 8951 section 3.2: whatever Content-Transfer-Encoding says, it is base64. */
#include "core/importers/pkcs7.h"
#include "core/importers/take.h"

#include "core/error.h"
#include "core/pem.h"

#include <string.h>

/* Of the head, if there is one. Bytes. */
#define HEAD_MAX 16384
/* How much of the body is decoded to know it: a multiple of 4. Characters. */
#define PROBE_CHARS 32

static TrustSpan
take_line (TrustSpan *in)
{
  const guint8 *end = memchr (in->data, '\n', in->size);
  gsize size = end != NULL ? (gsize) (end - in->data) + 1 : in->size;
  TrustSpan line = { in->data, size };

  in->data += size;
  in->size -= size;
  while (line.size > 0 && g_ascii_isspace (line.data[line.size - 1]))
    line.size--;
  return line;
}

static gboolean
begins_with (TrustSpan line, const char *what)
{
  return line.size >= strlen (what) && g_ascii_strncasecmp ((const char *) line.data, what, strlen (what)) == 0;
}

/* "Name: value" (RFC 5322 2.2), its continuation, or a status line. */
static gboolean
is_head_line (TrustSpan line)
{
  gsize i = 0;

  if (begins_with (line, "HTTP/") || (line.size > 0 && g_ascii_isspace (line.data[0])))
    return TRUE;
  while (i < line.size && line.data[i] > 0x20 && line.data[i] < 0x7f && line.data[i] != ':')
    i++;
  return i > 0 && i < line.size && line.data[i] == ':';
}

/* What follows the head of a message; INPUT where it has none. */
static TrustSpan
skip_head (TrustSpan input)
{
  TrustSpan rest = { input.data, MIN (input.size, HEAD_MAX) };
  TrustSpan line = take_line (&rest);

  if (!is_head_line (line) || g_ascii_isspace (input.data[0]))
    return input;
  while (line.size > 0 && is_head_line (line) && rest.size > 0)
    line = take_line (&rest);
  return line.size > 0 ? input : (TrustSpan) { rest.data, input.size - (gsize) (rest.data - input.data) };
}

static gboolean
probe (TrustSpan input)
{
  char start[PROBE_CHARS];
  gsize n = 0;

  if (input.size == 0)
    return FALSE;

  TrustSpan body = skip_head (input);

  for (gsize i = 0; i < body.size && n < sizeof start; i++)
    if (!g_ascii_isspace (body.data[i]))
      start[n++] = (char) body.data[i];
  if (n < sizeof start)
    return FALSE;

  g_autoptr (GByteArray) der = trust_pem_decode ((TrustSpan) { (const guint8 *) start, sizeof start }, NULL);

  return der != NULL && trust_pkcs7_probe ((TrustSpan) { der->data, der->len });
}

static gboolean
decode (TrustSpan input, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  static const TrustPkcs7How how = { "the body", TRUE };
  TrustSpan body = skip_head (input);
  g_autoptr (GError) reason = NULL;
  g_autoptr (GByteArray) der = trust_pem_decode (body, &reason);

  if (der == NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "the body at byte %" G_GSIZE_FORMAT ": %s", (gsize) (body.data - input.data),
                   reason->message);
      return FALSE;
    }
  return trust_pkcs7_take ((TrustSpan) { der->data, der->len }, &how, options, import, error);
}

const TrustImporter trust_importer_est = { "est", "EST /cacerts", probe, decode };
