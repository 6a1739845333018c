/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Brings the consumers from one snapshot to the next: removals reach all of them before additions begin. */
#pragma once

#include "core/snapshot.h"

/* There while files that were published have changed since data/trust-anchors-changed.service took it away; empty. */
#define TRUST_PUBLISH_MARK "/var/lib/anchord/changed"

typedef struct _TrustPublisher TrustPublisher;

TrustPublisher *trust_publisher_new (TrustRoot *root, TrustDistributionKind distribution);
void trust_publisher_free (TrustPublisher *publisher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustPublisher, trust_publisher_free)

/* Publishes NEXT, whose consumers array it fills. PREVIOUS (nullable: everything is looked at) is what was published last by this
 * publisher. The `+`/`-` lines for the distribution's hooks are queued under /var/lib/anchord/hooks/pending before it returns,
 * once per generation. FALSE when a consumer failed; the others are done all the same, and each fault stands in NEXT->consumers.
 */
gboolean trust_publisher_publish (TrustPublisher *publisher, TrustSnapshot *previous, TrustSnapshot *next, GError **error);
/* Looks at everything on disk and puts right what an outside tool overwrote; writes nothing where nothing differs. What was taken
 * away by hand (a feed file deleted) is kept out and reported. TRUE in CHANGED_OUT if anything was written. */
gboolean trust_publisher_heal (TrustPublisher *publisher, TrustSnapshot *snapshot, gboolean *changed_out, GError **error);
/* Holds everything on disk against SNAPSHOT and fills its consumers array; writes nothing, so a reader without the lock may do
 * it. */
void trust_publisher_look (TrustPublisher *publisher, TrustSnapshot *snapshot);
/* What was published last, by any run: TrustFingerprint* -> char* (trust_settings_describe()), both
 * owned by the table. Empty if nothing was. Returns: (transfer full). */
GHashTable *trust_publisher_read_set (TrustPublisher *publisher);
/* Did any run publish just STORES (of TrustStore*) last? */
gboolean trust_publisher_shows_stores (TrustPublisher *publisher, const GPtrArray *stores);
void trust_publisher_tidy (TrustPublisher *publisher);
/* Puts right what somebody changed or took away of the consumer NAME, one that a file describes; FORCE: even where it holds certificates that
 * anchord does not know. Its status in SNAPSHOT, not shared yet, is made anew. */
gboolean trust_publisher_repair (TrustPublisher *publisher, TrustSnapshot *snapshot, const char *name, gboolean force, GError **error);
/* Paths whose outside change calls for a heal. Returns: (transfer container). */
GPtrArray *trust_publisher_get_watched (TrustPublisher *publisher, const TrustSnapshot *snapshot);
