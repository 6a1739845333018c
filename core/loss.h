/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an output cannot say: named, counted, shown; never silent. And which anchors a flat output therefore leaves out. */
#pragma once

#include "core/anchor-set.h"

/* One thing that settings or a distrust say. The mask (1 << kind) tells what a format can say, or what it loses. */
typedef enum
{
  TRUST_LOSS_PURPOSES,       /* for which of the five purposes it is trusted, unless that is server-auth alone */
  TRUST_LOSS_OTHER_PURPOSES, /* purposes beside the five with a name */
  TRUST_LOSS_CONSTRAINTS,
  TRUST_LOSS_SHARED_CONSTRAINTS,   /* constraints or purposes of two certificates with one key that differ: told only by key */
  TRUST_LOSS_DISTRUST_AFTER,       /* for server-auth and email-protection */
  TRUST_LOSS_OTHER_DISTRUST_AFTER, /* for other purposes */
  TRUST_LOSS_UNTIL,
  TRUST_LOSS_LABEL,
  TRUST_LOSS_DISTRUST,      /* that a certificate, known as a whole, is refused */
  TRUST_LOSS_BARE_DISTRUST, /* that a certificate is refused of which only the hash is known */
  TRUST_LOSS_KEY_DISTRUST,
  TRUST_LOSS_SERIAL_DISTRUST, /* by issuer and serial */
  TRUST_LOSS_LAST
} TrustLossKind;

const char *trust_loss_get_name (TrustLossKind kind); /* "purposes", "other-purposes", … "serial-distrust" */
/* What an anchor's settings, or a distrust, need a format to say. SHARED_CONSTRAINTS is never set by these: it takes the whole set. */
guint trust_loss_of_anchor (const TrustAnchor *anchor);
guint trust_loss_of_distrust (const TrustDistrust *distrust);

/* What one entry loses in an output. */
typedef struct
{
  TrustFingerprint fingerprint; /* zero for a distrust that names no certificate */
  char *title;                  /* (owned) not escaped; "" */
  guint losses;                 /* mask; 0: it says all, and is here because it is left out */
  gboolean left_out;            /* the output does not hold the anchor at all */
} TrustLoss;

/* FINGERPRINT nullable. TITLE: (transfer full). */
TrustLoss *trust_loss_new (const TrustFingerprint *fingerprint, char *title, guint losses, gboolean left_out);
void trust_loss_free (TrustLoss *loss);
/* An array of TrustLoss*, by fingerprint, then by title. */
void trust_loss_sort (GPtrArray *losses);

/* What a flat output's consumer takes although it loses it (DESIGN section 1, "Flat outputs"). */
typedef struct
{
  gboolean purposes;         /* other purpose bits */
  gboolean constraints;      /* without --accept-loss */
  gboolean until;            /* without --accept-loss */
  guint distrust_after_days; /* a distrust-after is taken until its date and so many days; then the anchor is left out */
} TrustLossPolicy;

/* Purposes yes, constraints and until no, 398 days. */
extern const TrustLossPolicy trust_loss_policy_default;

/* The set as flat files may show it at NOW (seconds): each anchor with just those purposes under which a flat file of that purpose may hold it; those
 * with none left out; ended ones left out. An anchor of the distribution's layer is always whole, until it ends. Settings of the result have
 * purposes only. SET itself (a new reference) where nothing differs. *NEXT_OUT (nullable): when set or losses change by time alone,
 * TRUST_NEVER if never. LOSSES (nullable) gets TrustLoss*, by fingerprint: all that a file of bare certificates cannot say. That a root is
 * refused it says by not holding it; an ended anchor loses nothing. Returns: (transfer full). */
TrustAnchorSet *trust_loss_flatten (TrustAnchorSet *set, const TrustLossPolicy *policy, gint64 now, gint64 *next_out, GPtrArray *losses);
