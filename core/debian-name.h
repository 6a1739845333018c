/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names that Debian's own tools go by. */
#pragma once

#include "core/anchor.h"

/* Of a fingerprint, in a feed file's name. */
#define TRUST_DEBIAN_FEED_DIGITS 16

/* "SLUG-0123456789abcdef.crt". Returns: (transfer full). */
char *trust_debian_feed_name (const TrustAnchor *anchor);
/* The name of the tool's link for a file: `basename PATH .crt | sed …` and ".pem". Returns: (transfer full). */
char *trust_debian_link_name (const char *path);
/* What the Java hook calls the certificate behind such a link, in Java's own lower case: "debian:name.pem". One that no file of others says is named
 * by its feed file. Returns: (transfer full). */
char *trust_debian_alias (const TrustAnchor *anchor);
