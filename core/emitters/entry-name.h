/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names for certificates where a format wants some: telling, the same each time, one for each, and safe in every file system and shell. */
#pragma once

#include "core/anchor-set.h"

/* "Corp_Root_1-0123456789abcdef": the letters and digits of TEXT (foreign; any bytes), "-" and "_", and N_DIGITS of FINGERPRINT (16, or 64).
 * IS_LOWER: no capitals. Returns: (transfer full). */
char *trust_entry_name_make (const char *text, const TrustFingerprint *fingerprint, guint n_digits, gboolean is_lower);
/* The same for anchor INDEX of SET, by its label or else its subject. As many digits as no other anchor begins with. Returns: (transfer full). */
char *trust_entry_name_dup (const TrustAnchorSet *set, guint index, gboolean is_lower);
/* How many digits tell FINGERPRINT from those before and behind it (nullable) in their order. */
guint trust_entry_name_digits (const TrustFingerprint *before, const TrustFingerprint *fingerprint, const TrustFingerprint *behind);
