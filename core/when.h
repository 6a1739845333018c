/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A moment of the journal, as people name one. */
#pragma once

#include <glib.h>

typedef enum
{
  TRUST_WHEN_NOW,
  TRUST_WHEN_GENERATION,
  TRUST_WHEN_TIME
} TrustWhenKind;

typedef struct
{
  TrustWhenKind kind;
  guint64 generation;
  gint64 time; /* microseconds since the epoch */
} TrustWhen;

/* "now"; "17", a generation; "2026-01-01", midnight UTC, or "2026-01-01T12:00Z", "2026-01-01T12:00:00+01:00"; "today" and "yesterday", their midnight
 * UTC; "-30d", "-12h", "-2w" before NOW (seconds since the epoch). Anything else is TRUST_ERROR_INVALID_ARGUMENT. */
gboolean trust_when_parse (const char *text, gint64 now, TrustWhen *out, GError **error);
