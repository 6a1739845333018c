/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks on the user's terminal, without echo. */
#pragma once

#include <glib.h>

/* Writes PROMPT (safe for a terminal) to the controlling terminal and reads one line of at most MAX_BYTES bytes without showing it. A signal
 * ends or stops the process as ever, with the terminal as it was before. No terminal, end of input or a longer line: TRUST_ERROR_PASSPHRASE.
 * Returns: (transfer full): the line without its end; wipe it before freeing. */
char *terminal_ask_secret (const char *prompt, gsize max_bytes, GError **error);
