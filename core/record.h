/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the journal says of a change: each certificate whose trust differs, before and after. */
#pragma once

#include "core/journal-fold.h"
#include "core/journal.h"
#include "core/snapshot.h"

/* What was so before a change: a set, or what the last run published. */
typedef struct
{
  const TrustAnchorSet *set;    /* (nullable) */
  GHashTable *published;        /* (nullable) TrustFingerprint* -> char*: trust_settings_describe() */
  const TrustJournalFold *fold; /* (nullable) with PUBLISHED: what the journal has; it may know better */
} TrustBefore;

/* The intent of OPERATION ("add", …, "source"), without files; DIFF is filled. Where BEFORE has a fold, without changes, too:
 * trust_record_since() adds them. REASON: nullable. Returns: (transfer full). */
TrustJournalIntent *trust_record_intent (const char *operation, const char *reason, const TrustCaller *caller, guint64 generation,
                                         const TrustBefore *before, const TrustAnchorSet *after, TrustAnchorSetDiff *diff);
/* Adds to INTENT that the store NAME itself changes: what it is BEFORE and AFTER, in words. Its row names no certificate. */
void trust_record_add_store (TrustJournalIntent *intent, const char *name, const char *before, const char *after);
/* Adds to INTENT which revocation lists (of TrustKeptCrl*) count no longer, and which do now. The fingerprint of such a row is the list's. */
void trust_record_add_crls (TrustJournalIntent *intent, const GPtrArray *before, const GPtrArray *after);
/* Adds to INTENT which consumers (of TrustPlaced*, by name) are enabled now, and which no longer. Their rows name no certificate. */
void trust_record_add_placed (TrustJournalIntent *intent, const GPtrArray *before, const GPtrArray *after);
/* Adds to INTENT what AFTER has otherwise than FOLD, all that the journal knows: certificates, keys, revocation lists, consumers. */
void trust_record_since (TrustJournalIntent *intent, const TrustJournalFold *fold, const TrustSnapshot *after);
/* Adds to INTENT the DER of each certificate that it names for the first time, as AFTER has it, but for those of ROWS (of TrustSourceFile*), whose
 * content stands in INTENT anyway. */
void trust_record_add_certificates (TrustJournalIntent *intent, const TrustSnapshot *after, const GPtrArray *rows);
/* Adds to INTENT what differs in the store STORE: its words end in " in app/NAME". */
void trust_record_store (TrustJournalIntent *intent, const char *store, const TrustAnchorSet *before, const TrustAnchorSet *after);
/* What SET refuses without naming a certificate, as titles: "key SHA256", "serial HEX of CN (issuer SHA256)". Returns: (transfer full): a set of
 * owned char*. */
GHashTable *trust_record_list_keys (const TrustAnchorSet *set);
/* "trusted server-auth;permitted-dns=corp.example" (trust_settings_describe()), "distrusted" or "": how SET stands to a certificate.
 * Returns: (transfer full). */
char *trust_record_describe (const TrustAnchorSet *set, const TrustFingerprint *fingerprint);
