/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Distinguished names compared as RFC 5280 section 7.1 asks: string types, case and space folded. */
#pragma once

#include "core/der.h"

/* The canonical form OpenSSL hashes for its folders: every string type as UTF8String, ASCII lower-cased, blanks trimmed and
 * runs folded; SETs concatenated without the outer SEQUENCE. NAME is the whole Name element. NULL if it is not one. A string that
 * is not one of its type, which OpenSSL would refuse, stays as it is.
 * Returns: (transfer full). */
GByteArray *trust_name_canonical (TrustSpan name);
/* The first four bytes, little endian, of the SHA-1 of the canonical form: the "HHHHHHHH" of an OpenSSL hashed folder. 0 if not
 * a name. */
guint32 trust_name_openssl_hash (TrustSpan name);
/* A 64-bit identifier of the canonical form (first eight bytes of its SHA-256), for indexes. Equal names have equal ids. */
guint64 trust_name_id (TrustSpan name);
/* Both at once. FALSE, both 0, if not a name. */
gboolean trust_name_identify (TrustSpan name, guint32 *openssl_hash, guint64 *id);
/* The first attribute with the given OID (DER content octets, e.g. 55 04 03 for CN) as UTF-8 (what is not UTF-8 in it, and NUL,
 * as U+FFFD); NULL if absent or no string. Returns: (transfer full). */
char *trust_name_attribute (TrustSpan name, const char *oid_octets, gsize oid_size);
