/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes too large for a message, as a sealed memfd. */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

/* What an `ay` in a message may hold; more travels sealed. Bytes. Equal to TRUST_LIMIT_MESSAGE_BYTES (a test holds it so). */
#define ANCHORD_MESSAGE_BYTES (4u * 1024 * 1024)

/* A list of one descriptor that holds BYTES, sealed against every change. Returns: (transfer full). */
GUnixFDList *anchord_sealed_new (GBytes *bytes, GError **error);

/* The SIZE bytes behind the first descriptor of FDS, mapped; refused unless it is sealed against writing and shrinking (a mapping of anything
 * else could change or fault later). Returns: (transfer full). */
GBytes *anchord_sealed_map (GUnixFDList *fds, guint64 size, GError **error);
