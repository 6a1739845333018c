/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The door: what people may add. Never applied to the distribution's own set. */
#pragma once

#include "core/anchor-set.h"
#include "core/change.h"

/* One rule: one row. */
typedef struct
{
  const char *id; /* "key-size"; the man page lists them */
  /* FALSE with TRUST_ERROR_POLICY naming the rule, the value found, and the option that overrides it, if any. NOW: seconds. */
  gboolean (*check) (const TrustCertificate *certificate, const TrustChange *change, gint64 now, GError **error);
} TrustPolicyRule;

extern const TrustPolicyRule trust_policy_rules[];
extern const guint trust_policy_n_rules;

/* May CERTIFICATE be added? Also asks SET for a distrust (TRUST_ERROR_DISTRUSTED, unless change->override_distrust). */
gboolean trust_policy_admit (const TrustCertificate *certificate, const TrustChange *change, const TrustAnchorSet *set, gint64 now, GError **error);
