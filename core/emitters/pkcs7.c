/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* PKCS #7 in DER: what "openssl crl2pkcs7 -nocrl" makes. */
#include "core/emitters/certs-only.h"
#include "core/emitters/emitter.h"

static gboolean
write_set (const TrustEmitterInput *input, GString *out, GError **error)
{
  g_autoptr (GByteArray) der = trust_certs_only_write (input->set);

  g_string_append_len (out, (const char *) der->data, der->len);
  return TRUE;
}

static gboolean
read_file (const void *bytes, gsize size, GArray *certificates)
{
  return trust_certs_only_read ((TrustSpan) { bytes, size }, certificates);
}

const TrustEmitter trust_emitter_pkcs7 = {
  .name = "pkcs7",
  .description = "PKCS #7 in DER, certificates only",
  .write = write_set,
  .read = read_file,
};
