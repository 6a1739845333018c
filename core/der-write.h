/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The little DER (X.690) that formats write beside certificates. */
#pragma once

#include "core/der.h"

/* Appends TAG, its length and SIZE bytes to OUT. */
void trust_der_append (GByteArray *out, guint8 tag, const void *content, gsize size);
/* Makes BYTES the content of one element with TAG. */
void trust_der_wrap (GByteArray *bytes, guint8 tag);
/* Appends an OBJECT IDENTIFIER. OID: dotted, well-formed (core/purpose.h checks), of arcs below 2^56: trust_der_can_say_oid(). */
void trust_der_append_oid (GByteArray *out, const char *oid);
/* The same without tag and length. */
void trust_der_append_oid_content (GByteArray *out, const char *oid);
/* Can OID be written so that trust_der_dup_oid() reads it back, and it means that one purpose to who reads it? */
gboolean trust_der_can_say_oid (const char *oid);
