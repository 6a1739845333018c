/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The effective set: what the layers together say. Immutable; two sets are compared in one pass. */
#pragma once

#include "core/anchor.h"

typedef struct _TrustAnchorSet TrustAnchorSet;

/* ANCHORS: at most one per certificate, in any order; DISTRUSTS: any. Both (transfer none) arrays of TrustAnchor* and
 * TrustDistrust*. Linear but for the sort. Returns: (transfer full). */
TrustAnchorSet *trust_anchor_set_new (GPtrArray *anchors, GPtrArray *distrusts);
TrustAnchorSet *trust_anchor_set_ref (TrustAnchorSet *set);
void trust_anchor_set_unref (TrustAnchorSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustAnchorSet, trust_anchor_set_unref)

guint trust_anchor_set_get_n_anchors (const TrustAnchorSet *set);
/* SHA-256 over all that it says: certificates, settings, labels, layers and distrusts. Made once, when it is first asked for; any thread. */
const TrustFingerprint *trust_anchor_set_get_digest (TrustAnchorSet *set);
/* Sorted by fingerprint. */
TrustAnchor *trust_anchor_set_get_anchor (const TrustAnchorSet *set, guint index);
guint trust_anchor_set_get_n_distrusts (const TrustAnchorSet *set);
TrustDistrust *trust_anchor_set_get_distrust (const TrustAnchorSet *set, guint index);
/* (transfer none) (nullable). */
TrustAnchor *trust_anchor_set_lookup (const TrustAnchorSet *set, const TrustFingerprint *fingerprint);
/* The index of the first anchor whose fingerprint is >= FINGERPRINT. */
guint trust_anchor_set_lower_bound (const TrustAnchorSet *set, const TrustFingerprint *fingerprint);
/* The distrust that names CERTIFICATE, by hash lookups. (transfer none) (nullable). An anchor in the set was lifted above any
 * distrust: look it up first. */
TrustDistrust *trust_anchor_set_find_distrust (const TrustAnchorSet *set, const TrustCertificate *certificate);
/* The distrust whose certificate has FINGERPRINT. (transfer none) (nullable). */
TrustDistrust *trust_anchor_set_lookup_distrust (const TrustAnchorSet *set, const TrustFingerprint *fingerprint);
/* The anchors whose subject has this id (core/name.h). Appends borrowed TrustAnchor* to OUT. */
void trust_anchor_set_find_subject (const TrustAnchorSet *set, guint64 subject_id, GPtrArray *out);
/* Of these, where there are several, those whose subjectKeyIdentifier may be KEY_ID (content octets): few, however many have the name. */
void trust_anchor_set_find_subject_key (const TrustAnchorSet *set, guint64 subject_id, TrustSpan key_id, GPtrArray *out);

/* Fingerprints (TrustFingerprint, by value) that differ from OLD to NEW; arrays are (transfer full). */
typedef struct
{
  GArray *added;
  GArray *removed;
  GArray *changed;
} TrustAnchorSetDiff;

void trust_anchor_set_diff (const TrustAnchorSet *old_set, const TrustAnchorSet *new_set, TrustAnchorSetDiff *out);
void trust_anchor_set_diff_clear (TrustAnchorSetDiff *diff);
gboolean trust_anchor_set_diff_is_empty (const TrustAnchorSetDiff *diff);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TrustAnchorSetDiff, trust_anchor_set_diff_clear)
