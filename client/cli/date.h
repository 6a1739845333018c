/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dates that people write. */
#pragma once

#include <glib.h>

/* The last second that a certificate can name (RFC 5280 section 4.1.2.5). */
#define DATE_LAST G_GINT64_CONSTANT (253402300799)

/* TEXT is "2027-01-01" (midnight UTC) or "2027-01-01T12:00:00Z", with a zone always ("Z" or "+01:00"), seconds or none, of 1970 to 9999. Other text
 * is TRUST_ERROR_INVALID_ARGUMENT that begins with OPTION. OUT: seconds since the epoch, above 0. */
gboolean date_parse (const char *option, const char *text, gint64 *out, GError **error);
