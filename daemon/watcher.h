/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sees what changes on disk, by inotify: no polling, and a wake-up only when something happens. */
#pragma once

#include "daemon/writer.h"

typedef struct _TrustWatcher TrustWatcher;

/* Watches what trust_engine_get_watched() names and tells WRITER. BUNDLE as for trust_writer_new(). Main loop only. NULL: inotify is not to be
 * had. */
TrustWatcher *trust_watcher_new (TrustEngine *engine, TrustRoot *root, const char *bundle, TrustWriter *writer, GError **error);
/* Consumers came or went: what trust_engine_get_watched() names now is watched. Main loop only. */
void trust_watcher_follow (TrustWatcher *watcher);
void trust_watcher_free (TrustWatcher *watcher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustWatcher, trust_watcher_free)
