/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Of which format all of /var/lib/anchord is (docs/state.md): a program that is older than what lies there leaves it alone. */
#pragma once

#include "core/root.h"

#define TRUST_STATE_FORMAT_PATH "/var/lib/anchord/format"
#define TRUST_STATE_FORMAT 1

/* May this program read what lies there? No file is format 1, from before there was one. TRUST_ERROR_DAMAGED says what to do. */
gboolean trust_state_format_check (TrustRoot *root, GError **error);
/* Says so, where nothing is said yet; under the lock. */
gboolean trust_state_format_write (TrustRoot *root, GError **error);
