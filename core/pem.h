/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* PEM blocks (RFC 7468) found in any text, and written in the strict form (64 columns, LF). */
#pragma once

#include "core/der.h"

typedef struct
{
  TrustSpan label; /* "CERTIFICATE" */
  TrustSpan body;  /* between the lines, undecoded */
  gsize offset;    /* of the BEGIN line, bytes from the start */
} TrustPemBlock;

/* Advances *OFFSET past the next complete block of TEXT. TRUE with OUT filled; FALSE at the end, with *ERROR set only when a
 * BEGIN has no fitting END (the message names the byte offset). Linear over all calls. */
gboolean trust_pem_next (TrustSpan text, gsize *offset, TrustPemBlock *out, GError **error);
/* Decodes a body (CRLF, blanks and tabs skipped; anything else outside the alphabet, or bad padding, is an error).
 * Returns: (transfer full). */
GByteArray *trust_pem_decode (TrustSpan body, GError **error);
gboolean trust_pem_label_is (const TrustPemBlock *block, const char *label);
/* Is LABEL that of a private key ("PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", …)? */
gboolean trust_pem_label_is_private_key (const TrustPemBlock *block);
/* The length of the block that trust_pem_append() writes for SIZE bytes of DER. */
gsize trust_pem_length (gsize size, const char *label);
/* Appends one whole block to OUT. */
void trust_pem_append (GString *out, const guint8 *der, gsize size, const char *label);
