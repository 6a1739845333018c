/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is a certificate for this host, address or mailbox? By its subjectAltName only (RFC 9525, RFC 6125 B.2), never by a common name. */
#pragma once

#include "core/der.h"

typedef enum
{
  TRUST_PEER_DNS,
  TRUST_PEER_IP,
  TRUST_PEER_EMAIL,
} TrustPeerKind;

/* A name that a caller asks for, read once. */
typedef struct
{
  TrustPeerKind kind;
  char *text; /* (owned) dns: in lower case, A-labels, without a last dot; email: as given, but for a host
                        * that is not ASCII */
  guint8 address[16];
  gsize address_size; /* 4 or 16 */
} TrustPeerName;

/* TEXT is a host name (ASCII, or UTF-8 that IDNA2008 takes), an IP address, or, with an "@", a mailbox. FALSE with TRUST_ERROR_INVALID_ARGUMENT that
 * says why it is none. */
gboolean trust_peer_name_parse (const char *text, TrustPeerName *out, GError **error);
void trust_peer_name_clear (TrustPeerName *name);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TrustPeerName, trust_peer_name_clear)

/* SAN: the value of subjectAltName (empty: none). PUBLIC_SUFFIXES: a wildcard must not stand for all names of a public suffix. */
gboolean trust_peer_name_matches (const TrustPeerName *name, TrustSpan san, gboolean public_suffixes);
/* What is wrong with the form of a name in SAN: a static text, or NULL. STRICT: dNSName in the preferred name syntax (RFC 5280 4.2.1.6), no
 * address as a dNSName, wildcards only as a whole leftmost label. */
const char *trust_peer_san_fault (TrustSpan san);
/* Does SAN hold a dNSName or an iPAddress? */
gboolean trust_peer_san_names_host (TrustSpan san);
/* Is TEXT, a common name, no host name or address at all, or one that SAN bears out: character for character a dNSName, the shortest text (RFC 5952)
 * of an iPAddress, or what a wildcard stands over? TRUE also where SAN has no name of its kind. */
gboolean trust_peer_san_bears (TrustSpan san, const char *text);
/* Is TEXT an address in a spelling of its own (octal, hexadecimal, with parts left out, other than RFC 5952 has it), or a host name that is not
 * ASCII? Programs read such differently. */
gboolean trust_peer_text_is_equivocal (const char *text);
