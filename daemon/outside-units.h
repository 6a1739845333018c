/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Steps outside the sandbox, each done by a systemd unit of its own. */
#pragma once

#include "core/outside.h"

/* Starts anchord-conf.service and waits for it, at most 10 s. */
extern const TrustOutside trust_outside_units;
