/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Debian's own set: the names that /etc/ca-certificates.conf selects from /usr/share/ca-certificates. */
#pragma once

#include "core/der.h"
#include "core/sources/source.h"

#define TRUST_DEBIAN_CONF "/etc/ca-certificates.conf"
#define TRUST_DEBIAN_FOLDER "/usr/share/ca-certificates"
#define TRUST_DEBIAN_LOCAL "/usr/local/share/ca-certificates"
#define TRUST_DEBIAN_FEED "/usr/local/share/ca-certificates/anchord"
/* Names that our own `!` deselects, one a line. */
#define TRUST_DEBIAN_DESELECTED "/var/lib/anchord/debian/deselected"

/* The names selected by CONF's text, in its order, duplicates kept, exactly as update-ca-certificates reads them with sed and
 * `read -r`: lines that are empty or begin with '#' or '!' are left out, blanks and tabs at both ends trimmed, a last line
 * without a newline lost. (transfer full): of char*. */
GPtrArray *trust_debian_parse_conf (TrustSpan conf);
/* The names behind a `!`, read the same way: the tool takes their links away. (transfer full): of char*. */
GPtrArray *trust_debian_parse_deselected (TrustSpan conf);

TrustSourceState *trust_debian_load (TrustRoot *root, const TrustSource *source, TrustSourceState *previous, GError **error);
GHashTable *trust_debian_let_go (TrustRoot *root);
