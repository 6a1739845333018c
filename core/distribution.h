/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which distribution's trust layout this root has: from os-release (ID, ID_LIKE) and the tools present, never from a folder's
 * existence. */
#pragma once

#include "core/root.h"

typedef enum
{
  TRUST_DISTRIBUTION_NONE,   /* unknown, or no tool: only our own tree */
  TRUST_DISTRIBUTION_DEBIAN, /* update-ca-certificates of Debian and Ubuntu */
  TRUST_DISTRIBUTION_FEDORA, /* update-ca-trust */
  TRUST_DISTRIBUTION_SUSE,   /* update-ca-certificates of openSUSE and SLE */
  TRUST_DISTRIBUTION_ARCH,   /* update-ca-trust of Arch */
  TRUST_DISTRIBUTION_ALPINE, /* update-ca-certificates of Alpine */
  TRUST_DISTRIBUTION_LAST
} TrustDistributionKind;

TrustDistributionKind trust_distribution_detect (TrustRoot *root);
const char *trust_distribution_get_name (TrustDistributionKind kind); /* "debian", … "none" */
