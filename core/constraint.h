/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names that a trust is limited to: subtrees as RFC 5280 section 4.2.1.10 has them, imposed beside the certificate. */
#pragma once

#include "core/der.h"

typedef enum
{
  TRUST_NAME_DNS,
  TRUST_NAME_IP,
  TRUST_NAME_EMAIL,
  TRUST_NAME_URI,
  TRUST_NAME_DIRECTORY,
  TRUST_NAME_LAST
} TrustNameKind;

const char *trust_name_kind_get_name (TrustNameKind kind); /* "dns", "ip", "email", "uri", "directory" */
/* TRUST_NAME_LAST if none has that name. */
TrustNameKind trust_name_kind_find (const char *name);

/* One subtree. Immutable. */
typedef struct _TrustSubtree TrustSubtree;
TrustSubtree *trust_subtree_ref (TrustSubtree *subtree);
void trust_subtree_unref (TrustSubtree *subtree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustSubtree, trust_subtree_unref)

/* Reads the text of one subtree, as a person writes it:
 *   dns "corp.example" (that name and all below it), ip "10.0.0.0/8", "2001:db8::/32" or a single address, email "corp.example" (its mailboxes),
 *   ".corp.example" (mailboxes of hosts below it) or "joe@corp.example", uri "corp.example" (that host) or ".corp.example" (hosts below it),
 *   directory an RFC 4514 string "O=Corp,C=DE" or "#" and the Name's DER in hexadecimal (names below it have more to the left).
 * "." in dns, email and uri, "#3000" in directory: every name of that kind.
 * A leading dot in dns, a wildcard, an address with host bits set, a bad prefix length, a name that is not ASCII (write xn--…) is
 * TRUST_ERROR_INVALID_ARGUMENT, with what to write instead. Returns: (transfer full). */
TrustSubtree *trust_subtree_parse (TrustNameKind kind, const char *text, GError **error);
/* The canonical text, which parses to an equal subtree. Returns: (transfer full). */
char *trust_subtree_dup_text (const TrustSubtree *subtree);

/* For each kind of name: what is permitted (if anything is said, only that) and what is excluded. Immutable, canonical: sorted, without doubles. */
typedef struct _TrustConstraints TrustConstraints;

/* Built by adding, then only read. */
TrustConstraints *trust_constraints_new (void);
TrustConstraints *trust_constraints_ref (TrustConstraints *constraints);
void trust_constraints_unref (TrustConstraints *constraints);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustConstraints, trust_constraints_unref)

/* Adds the subtree TEXT; an empty TEXT as permitted means that no name of that kind is permitted. What another subtree covers is not kept; where
 * every name of a kind is excluded, just that is kept, as "nothing permitted". Over TRUST_LIMIT_SUBTREES: TRUST_ERROR_LIMIT_EXCEEDED. Only before
 * it is shared. */
gboolean trust_constraints_add (TrustConstraints *constraints, TrustNameKind kind, gboolean excluded, const char *text, GError **error);
/* Adds what a NameConstraints extension's value says (RFC 5280 4.2.1.10, strictly DER). Kinds that anchord has no word for (otherName, x400Address,
 * ediPartyName, registeredID), a minimum other than 0 or any maximum, a subtree that trust_subtree_parse() would refuse (a dNSName with a leading
 * dot): TRUST_ERROR_INVALID_INPUT, and the trust must not be taken in: some of it may have been added already. */
gboolean trust_constraints_add_der (TrustConstraints *constraints, TrustSpan value, GError **error);
/* The same as a NameConstraints value in DER, from which trust_constraints_add_der() makes equal constraints. "Nothing permitted" of a kind becomes
 * that kind's whole space excluded. Returns: (transfer full) (nullable): NULL where there are no constraints. */
GByteArray *trust_constraints_to_der (const TrustConstraints *constraints);

/* NULL stands for no constraints in all of these. */
gboolean trust_constraints_is_empty (const TrustConstraints *constraints);
gboolean trust_constraints_equal (const TrustConstraints *a, const TrustConstraints *b);
/* Does A permit no name that B does not? May say FALSE where a cleverer comparison would say TRUE, never the other way. */
gboolean trust_constraints_is_within (const TrustConstraints *a, const TrustConstraints *b);
/* What both permit, exactly. Returns: (transfer full) (nullable). */
TrustConstraints *trust_constraints_intersect (TrustConstraints *a, TrustConstraints *b);
/* Is anything permitted of KIND said (perhaps: nothing)? */
gboolean trust_constraints_is_restricted (const TrustConstraints *constraints, TrustNameKind kind);
guint trust_constraints_get_n (const TrustConstraints *constraints, TrustNameKind kind, gboolean excluded);
const TrustSubtree *trust_constraints_get (const TrustConstraints *constraints, TrustNameKind kind, gboolean excluded, guint index);

/* May a certificate hold the name VALUE of KIND? A dns name "*.x" only if each name it stands for may. VALUE: the content octets of the
 * GeneralName's IA5String (dns, email, uri), the 4 or 16 octets of an address, or a whole Name element (an empty subject is no name: don't ask).
 * A name that cannot be understood (no host in a URI or an IP address there, an IPv4-mapped address, octets that are not ASCII) is not
 * permitted where its kind is constrained. *COMPARISONS is counted up by the subtrees looked at (nullable): few, for they are sorted. */
gboolean trust_constraints_permit (const TrustConstraints *constraints, TrustNameKind kind, TrustSpan value, guint *comparisons);
