/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A revocation list that stands in a folder of this machine, and counts in every verification beside those given with the call. */
#pragma once

#include "core/crl.h"
#include "core/root.h"

/* The administrator's, which anchord writes; the other two are the vendor's and the runtime's. */
#define TRUST_CRLS_FOLDER "/etc/anchord/crls.d"
#define TRUST_CRLS_FOLDER_RUN "/run/anchord/crls.d"
#define TRUST_CRLS_FOLDER_USR "/usr/lib/anchord/crls.d"

/* Immutable once it is in a snapshot; reference-counted, so that an unchanged file is carried over parsed. */
typedef struct
{
  gatomicrefcount refs;
  TrustFingerprint id; /* SHA-256 of the list's DER; of nothing where it was not read */
  char *path;          /* (owned) */
  TrustStat stat;      /* when it was read; inode 0: it is still to be written */
  TrustCrl *crl;       /* (owned) (nullable) */
  char *fault;         /* (owned) (nullable) why it does not count; printable */
} TrustKeptCrl;

/* CRL (nullable): (transfer none), of trust_kept_crl_decode(). FAULT: (transfer full) (nullable). Returns: (transfer full). */
TrustKeptCrl *trust_kept_crl_new (const char *path, const TrustStat *stat, TrustCrl *crl, char *fault);
TrustKeptCrl *trust_kept_crl_ref (TrustKeptCrl *kept);
void trust_kept_crl_unref (TrustKeptCrl *kept);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustKeptCrl, trust_kept_crl_unref)

/* All lists of BYTES: one in DER, or PEM blocks "X509 CRL", each with its digest. Returns: (transfer full): of TrustCrl, one at
 * least. */
GPtrArray *trust_kept_crl_decode (const void *bytes, gsize size, GError **error);
/* Why CRL could never be used, whoever signed it and whenever: a static text. NULL if it can. */
const char *trust_kept_crl_find_fault (const TrustCrl *crl);
/* Is NOW (seconds since the epoch) after the day on which its CA promised the next one? */
gboolean trust_kept_crl_is_expired (const TrustKeptCrl *kept, gint64 now);
/* Is the file in the folder that anchord writes to? */
gboolean trust_kept_crl_is_own (const TrustKeptCrl *kept);
/* The path in that folder of the list with this id. Returns: (transfer full). */
char *trust_kept_crl_dup_path (const TrustFingerprint *id);
/* Do both speak of the same certificates in the same way: one issuer, one key, one scope (RFC 5280 5.2.3), both complete or both deltas? */
gboolean trust_kept_crl_is_sequel (const TrustCrl *a, const TrustCrl *b);
/* The issuer's CN, else OU, else O; "" if it has none of them. Not escaped. Returns: (transfer full). */
char *trust_kept_crl_dup_title (const TrustCrl *crl);
/* "4711"; hexadecimal with "0x" where it needs more than eight octets; "" for none. Returns: (transfer full). */
char *trust_kept_crl_dup_number (TrustSpan number);
/* "kept: number 7, until 2027-01-01T00:00:00Z", of one that counts. Returns: (transfer full). */
char *trust_kept_crl_describe (const TrustKeptCrl *kept);

/* Of KEPT (of TrustKeptCrl*) the lists that count, whose dates are still to be held against the time: newest first. Returns: (transfer full): of
 * TrustCrl. */
GPtrArray *trust_kept_crls_usable (const GPtrArray *kept);
/* GIVEN (nullable) and USABLE (of trust_kept_crls_usable()), newest first: what a CA said last is what counts. Returns: (transfer full): one of them
 * itself, where the other is empty. */
GPtrArray *trust_kept_crls_merge (GPtrArray *given, GPtrArray *usable);
/* Do both (of TrustKeptCrl*) come to the same lists? */
gboolean trust_kept_crls_are_equal (const GPtrArray *a, const GPtrArray *b);
/* The one that PREFIX (N_DIGITS digits of an id) names. (transfer none); NULL with TRUST_ERROR_NOT_FOUND or _AMBIGUOUS. */
TrustKeptCrl *trust_kept_crls_find (const GPtrArray *kept, const TrustFingerprint *prefix, guint n_digits, GError **error);
