/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What p11-kit's `trust extract --filter=ca-anchors` makes of a set: which anchors, in which order, under which names. Distributions that work with
 * p11-kit run it over their folders; so a file of ours has the bytes that it writes next. */
#pragma once

#include "core/emitters/emitter.h"

/* The option Style of a format: p11-kit, or as-found for a tool that puts one file behind the other. */
#define TRUST_EXTRACT_OPTION "Style"
const char *trust_extract_find_fault (const char *style);
gboolean trust_extract_is_wanted (const TrustEmitterInput *input);
/* The option Only=own: nothing that files say which others' tools read. */
#define TRUST_EXTRACT_ONLY "Only"
const char *trust_extract_find_only_fault (const char *only);

/* For `wants`: CAs only in p11-kit's style, and what Only= leaves. */
gboolean trust_extract_wants (GHashTable *options, const TrustAnchor *anchor);

/* INPUT's anchors as `trust extract` lists them: CAs only; first those of the feed, by fingerprint, then the administrator's files, then the
 * distribution's. The order of files in a folder, and of certificates in a file, is told by what EMITTER reads in INPUT's `before`, where there is
 * that; those that are new come last of their kind, by fingerprint. As found: all in the order of the file, what is new last. Without a style: by
 * fingerprint. O(n log n). Returns: (transfer container): of borrowed TrustAnchor*. */
GPtrArray *trust_extract_list (const TrustEmitter *emitter, const TrustEmitterInput *input);
/* The label that p11-kit gives it: its own, else CN, OU or O; NULL where it has none of these. With blanks for control characters: a line break would
 * make a line of its own in a file. Returns: (transfer full). */
char *trust_extract_dup_label (const TrustAnchor *anchor);
/* Do files that the distribution's own tool reads say it: neither ours nor in a folder of anchord? */
gboolean trust_extract_is_theirs (const TrustOrigin *origin);
/* The alias that it has in p11-kit's keystores, one that is not in NAMES yet, which gets it: a set of owned char*. (transfer none) */
const char *trust_extract_take_alias (GHashTable *names, const TrustAnchor *anchor);
