/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A question to whoever sits at the terminal. */
#pragma once

#include <glib.h>

/* Is somebody there to be asked? */
gboolean confirm_is_possible (void);
/* Asks QUESTION; only a clear yes is one. */
gboolean confirm_ask (const char *question);
