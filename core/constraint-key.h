/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names and subtrees as keys: a subtree covers a name if its key is where the name's key begins. core/constraint's own.
 *
 *   dns        corp.example      ".example.corp."       the name itself ".example.corp.", one below it ".example.corp.www."
 *   email      joe@corp.example  ".example.corp@joe\0"  corp.example ".example.corp@", .corp.example ".example.corp."
 *   uri        corp.example      ".example.corp/"       .corp.example ".example.corp."
 *   ip         10.0.0.0/8        "4" and its bits as '0' and '1'; "6" and so on for IPv6
 *   directory  the canonical form of core/name.h, which is one RDN after the other
 * So two subtrees either have no name in common, or one holds the other. */
#pragma once

#include "core/constraint.h"

struct _TrustSubtree
{
  gatomicrefcount refs;
  TrustNameKind kind;
  TrustSpan key;  /* lies behind the struct */
  TrustSpan name; /* the same; directory: the Name's DER. Else nothing */
};

/* NAME: for a directory, else empty. Both are copied. Returns: (transfer full). */
TrustSubtree *trust_subtree_new (TrustNameKind kind, TrustSpan key, TrustSpan name);
int trust_key_compare (TrustSpan a, TrustSpan b);
gboolean trust_key_begins (TrustSpan key, TrustSpan with);

/* These append a key to KEY and return NULL, or what is wrong with the name: a static text to stand after the name and a blank. KEY is then of
 * no use. A host is 1 to 253 octets of labels of letters, digits, '-' and '_'; one dot may end it. */
const char *trust_key_add_host (GByteArray *key, TrustSpan host);
/* "local@host" as a name in a certificate. A quoted local part is the same mailbox as what is in the quotes. */
const char *trust_key_add_mailbox (GByteArray *key, TrustSpan mailbox);
/* The host of a URI (RFC 3986 section 3.2.2). */
const char *trust_key_add_uri (GByteArray *key, TrustSpan uri);
/* N_BITS of the ADDRESS of 4 or 16 octets. */
void trust_key_add_address (GByteArray *key, TrustSpan address, guint n_bits);
/* The octets and the length of the prefix back from a key. Returns the address's size. */
gsize trust_key_get_address (TrustSpan key, guint8 address[16], guint *n_bits);
/* "www.corp.example" from ".example.corp.www". */
void trust_key_append_host (GString *out, TrustSpan key);
/* Is it in ::ffff:0:0/96? Such an address is an IPv4 address to some programs, and not to others. */
gboolean trust_key_is_mapped (TrustSpan address);
