/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/emitters/emitter.h"

#include "core/pem.h"

/* OpenSSL's by_dir lookup reads the first certificate of HHHHHHHH.N. */
static void
emit (const TrustAnchor *anchor, GString *out)
{
  TrustSpan der = trust_certificate_get_der (trust_anchor_get_certificate (anchor));

  trust_pem_append (out, der.data, der.size, "CERTIFICATE");
}

static gsize
measure (const TrustAnchor *anchor)
{
  return trust_pem_length (trust_certificate_get_der (trust_anchor_get_certificate (anchor)).size, "CERTIFICATE");
}

const TrustEmitter trust_emitter_openssl_dir = {
  .name = "openssl-dir",
  .description = "OpenSSL's hashed folder: HHHHHHHH.N, PEM",
  .is_folder = TRUE,
  .emit = emit,
  .length = measure,
  .read = trust_emitter_read_pem,
};
