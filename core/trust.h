/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of one trust: what an anchor is good for, for which names, for which leaves, and how long. Immutable and shared by the anchors that
 * have the same. */
#pragma once

#include "core/constraint.h"
#include "core/purpose.h"

typedef struct _TrustSettings TrustSettings;

/* `until`: the trust never ends. */
#define TRUST_NEVER G_MAXINT64

/* Leaves for PURPOSE whose notBefore is later than TIME are not trusted. */
typedef struct
{
  char *purpose; /* (owned) a purpose's name, or its OID where it has none */
  gint64 time;   /* seconds since the epoch */
} TrustDistrustAfter;

/* What limits a trust beside its purposes. */
typedef struct
{
  TrustConstraints *constraints; /* (nullable) */
  GArray *distrust_after;        /* (nullable) of TrustDistrustAfter, any order, one for a purpose */
  gint64 until;                  /* seconds since the epoch: from then on it is not trusted; TRUST_NEVER */
  gboolean accept_loss;          /* flat files may hold it although they can't say constraints and `until` */
} TrustLimits;

#define TRUST_LIMITS_NONE ((TrustLimits) { NULL, NULL, TRUST_NEVER, FALSE })
/* An empty array for TrustLimits.distrust_after that owns its elements. Returns: (transfer full). */
GArray *trust_distrust_after_new (void);
/* Takes a copy of PURPOSE (a name or OID); one for the same purpose is replaced by the earlier. */
void trust_distrust_after_add (GArray *array, const char *purpose, gint64 time);

/* PURPOSES: (transfer none). No limits. Returns: (transfer full). */
TrustSettings *trust_settings_new (TrustPurposes *purposes);
/* PURPOSES, LIMITS and what it points to: (transfer none). A distrust-after of a purpose that is not among PURPOSES is kept.
 * Returns: (transfer full). */
TrustSettings *trust_settings_new_limited (TrustPurposes *purposes, const TrustLimits *limits);
TrustSettings *trust_settings_ref (TrustSettings *settings);
void trust_settings_unref (TrustSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustSettings, trust_settings_unref)
TrustPurposes *trust_settings_get_purposes (const TrustSettings *settings); /* (transfer none) */
/* The same with other purposes. Returns: (transfer full). */
TrustSettings *trust_settings_with_purposes (const TrustSettings *settings, TrustPurposes *purposes);
/* Borrowed; `distrust_after` is sorted by purpose (table order, then OID). */
const TrustLimits *trust_settings_get_limits (const TrustSettings *settings);
TrustConstraints *trust_settings_get_constraints (const TrustSettings *settings); /* (transfer none) (nullable) */
gint64 trust_settings_get_until (const TrustSettings *settings);                  /* TRUST_NEVER */
gboolean trust_settings_accepts_loss (const TrustSettings *settings);
/* Constraints, a distrust-after or an `until`? */
gboolean trust_settings_is_limited (const TrustSettings *settings);
/* TRUE, TIME filled, if leaves for PURPOSE (name or OID) are distrusted after a date. */
gboolean trust_settings_get_distrust_after (const TrustSettings *settings, const char *purpose, gint64 *time);
gboolean trust_settings_equal (const TrustSettings *a, const TrustSettings *b);
/* Does A allow nothing that B does not? accept_loss counts: TRUE allows more. */
gboolean trust_settings_is_within (const TrustSettings *a, const TrustSettings *b);
/* What both allow: two entries for one certificate in one layer. Returns: (transfer full). */
TrustSettings *trust_settings_intersect (const TrustSettings *a, const TrustSettings *b);
/* One word without blanks, the same for equal settings and for nothing else, for journal and manifest:
 * "server-auth,client-auth" and, where there are limits, ";until=2027-01-01T00:00:00Z;permitted-dns=corp.example;…;accept-loss". What is in a
 * value beside letters, digits and ".-_@:/=+" is percent-encoded; a comma parts values. Constraints of more than 1 KiB stand as
 * ";constraints=SHA256". Returns: (transfer full). */
char *trust_settings_describe (const TrustSettings *settings);
