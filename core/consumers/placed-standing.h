/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands under one name, where an output should be: read, never followed. */
#pragma once

#include "core/certificate.h"
#include "core/root.h"

typedef enum
{
  TRUST_STANDING_NOTHING,
  TRUST_STANDING_FILE,
  TRUST_STANDING_LINK,
  TRUST_STANDING_OTHER /* a folder, a device, what cannot be read */
} TrustStandingKind;

typedef struct
{
  TrustStandingKind kind;
  TrustStat stat;
  TrustFingerprint digest; /* of TRUST_STANDING_FILE and TRUST_STANDING_LINK */
  GBytes *bytes;           /* (owned) (nullable) of TRUST_STANDING_FILE, if it was read */
  char *words;             /* (owned) (nullable) what TRUST_STANDING_LINK and TRUST_STANDING_OTHER are, printable */
} TrustStanding;

/* Looks at PATH; FOUND is to be cleared. KNOWN (nullable): a stamp of bytes whose digest is RIGHT, which are not read again. */
void trust_standing_look (TrustRoot *root, const char *path, const TrustStat *known, const TrustFingerprint *right, TrustStanding *found);
void trust_standing_clear (TrustStanding *found);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TrustStanding, trust_standing_clear)
