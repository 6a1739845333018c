/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mark that the distribution's files are handed back, as it stands on disk. */
#pragma once

#include "core/handback.h"

/* What stands there. NULL: nothing. Never fails: what cannot be read or believed is a fault. (transfer full) (nullable) */
TrustHandback *trust_handback_read (TrustRoot *root);
