/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* polkit's text agent: on a terminal without a desktop it asks for the password. */
#pragma once

#include <gio/gio.h>

/* Starts one where a person could answer it (a terminal, not root). Returns: (transfer full) (nullable). */
GSubprocess *agent_start (void);
/* (nullable) */
void agent_stop (GSubprocess *agent);
