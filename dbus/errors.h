/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* TrustError on the bus: "org.anchord.Anchord1.Error.NotFound" and its kin. */
#pragma once

#include "core/error.h"

/* Registers the table with GDBus, so that both ends see TRUST_ERROR codes. Call once before the first message. */
void anchord_errors_register (void);
