/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an EST server answers to /cacerts: PKCS #7 in base64 (RFC 7030 section 4.1.3; RFC 8951 section 3.1: no head of its own, any line breaks). */
#include "core/emitters/certs-only.h"
#include "core/emitters/emitter.h"
#include "core/pem.h"

#include <string.h>

#define COLUMNS 64u

static gboolean
write_set (const TrustEmitterInput *input, GString *out, GError **error)
{
  g_autoptr (GByteArray) der = trust_certs_only_write (input->set);
  g_autofree char *text = g_base64_encode (der->data, der->len);
  gsize size = strlen (text);

  for (gsize at = 0; at < size; at += COLUMNS)
    {
      g_string_append_len (out, text + at, (gssize) MIN (COLUMNS, size - at));
      g_string_append_c (out, '\n');
    }
  return TRUE;
}

static gboolean
read_file (const void *bytes, gsize size, GArray *certificates)
{
  g_autoptr (GByteArray) der = size > 0 ? trust_pem_decode ((TrustSpan) { bytes, size }, NULL) : NULL;

  return der != NULL && trust_certs_only_read ((TrustSpan) { der->data, der->len }, certificates);
}

const TrustEmitter trust_emitter_est = {
  .name = "est",
  .description = "an EST server's answer to /cacerts: PKCS #7 in base64",
  .write = write_set,
  .read = read_file,
};
