/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a trust is for: RFC 5280 section 4.2.1.12 key purposes by name, or any EKU OID. */
#pragma once

#include <glib.h>

/* The purposes with a name, in table order. A set is a bit mask of (1 << purpose) plus further OIDs. */
typedef enum
{
  TRUST_PURPOSE_SERVER_AUTH,
  TRUST_PURPOSE_CLIENT_AUTH,
  TRUST_PURPOSE_EMAIL_PROTECTION,
  TRUST_PURPOSE_CODE_SIGNING,
  TRUST_PURPOSE_TIME_STAMPING,
  TRUST_PURPOSE_LAST
} TrustPurpose;

const char *trust_purpose_get_name (TrustPurpose purpose); /* "server-auth" */
const char *trust_purpose_get_oid (TrustPurpose purpose);  /* "1.3.6.1.5.5.7.3.1" */
/* By name or by OID; TRUST_PURPOSE_LAST if neither names one of the table. */
TrustPurpose trust_purpose_find (const char *name_or_oid);

/* An immutable set of purposes. */
typedef struct _TrustPurposes TrustPurposes;

/* NAMES (nullable) are names or dotted OIDs; NULL or empty gives the empty set. An unknown name or a bad OID is TRUST_ERROR_INVALID_ARGUMENT
 * that lists the known ones. Returns: (transfer full). */
TrustPurposes *trust_purposes_new (const char *const *names, GError **error);
TrustPurposes *trust_purposes_new_mask (guint mask);
TrustPurposes *trust_purposes_ref (TrustPurposes *purposes);
void trust_purposes_unref (TrustPurposes *purposes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustPurposes, trust_purposes_unref)
gboolean trust_purposes_has (const TrustPurposes *purposes, TrustPurpose purpose);
gboolean trust_purposes_has_oid (const TrustPurposes *purposes, const char *oid);
guint trust_purposes_get_mask (const TrustPurposes *purposes);
/* How many OIDs beside those of the mask. */
guint trust_purposes_get_n_oids (const TrustPurposes *purposes);
gboolean trust_purposes_is_empty (const TrustPurposes *purposes);
gboolean trust_purposes_equal (const TrustPurposes *a, const TrustPurposes *b);
/* Returns: (transfer full). */
TrustPurposes *trust_purposes_intersect (const TrustPurposes *a, const TrustPurposes *b);
TrustPurposes *trust_purposes_union (const TrustPurposes *a, const TrustPurposes *b);
/* Names where there are any, else OIDs; sorted by table order, then OID. Returns: (transfer full): NULL-terminated. */
char **trust_purposes_dup_names (const TrustPurposes *purposes);
/* Their OIDs one behind another: what stands in a SEQUENCE OF OBJECT IDENTIFIER. Returns: (transfer full). */
GByteArray *trust_purposes_to_der (const TrustPurposes *purposes);
