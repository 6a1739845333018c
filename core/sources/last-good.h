/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file that outlives the process: what a source last said while it was good.
 *
 *   # anchord last good set 1
 *   # file: ANCHORS DISTRUSTS PATH               the path escaped as g_strescape() does
 *   # for: server-auth;email-protection;         of the blocks that follow
 *   -----BEGIN CERTIFICATE-----
 *   # distrust: SHA256 KEY-SHA256 ISSUER SERIAL CERTIFICATE     hexadecimal, the last base64; "-" for none */
#pragma once

#include "core/sources/source.h"

/* STATE's entries; with ONLY_LAST_GOOD those of files that have that status. Deterministic. NULL if there are none. (transfer
 * full) */
GBytes *trust_last_good_write (const TrustSourceState *state, gboolean only_last_good);
/* How many anchors each path gave, without decoding them; NULL if BYTES are not such a file. (transfer full) */
GHashTable *trust_last_good_index (GBytes *bytes);
/* The whole. Its rows are TRUST_FILE_LAST_GOOD with a zero stat. (transfer full) */
TrustSourceState *trust_last_good_parse (GBytes *bytes, const TrustSource *source, GError **error);
