/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A strict reader of DER elements (X.690 section 10): definite, minimal lengths; nothing past the end. */
#pragma once

#include <glib.h>

/* A borrowed run of bytes. */
typedef struct
{
  const guint8 *data;
  gsize size;
} TrustSpan;

typedef struct
{
  guint8 tag;        /* the identifier octet; multi-byte tags are refused */
  TrustSpan content; /* the value */
  TrustSpan whole;   /* identifier, length and value */
} TrustDer;

/* Takes the first element off IN. FALSE, IN unchanged, when there is none or it is not DER. */
gboolean trust_der_next (TrustSpan *in, TrustDer *out);
/* The same, and its tag must be TAG. */
gboolean trust_der_expect (TrustSpan *in, guint8 tag, TrustDer *out);
gboolean trust_span_equal (TrustSpan a, TrustSpan b);
/* The content octets of an OBJECT IDENTIFIER in dotted form (X.690 section 8.19). NULL if malformed. Returns: (transfer full) (nullable). */
char *trust_der_dup_oid (TrustSpan content);
