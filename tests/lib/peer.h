/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks another program, under an empty environment, what it thinks. */
#pragma once

#include "core/der.h"

#include <gio/gio.h>
#include <string.h>

/* COMMAND's standard output, with INPUT as its standard input; NULL if it fails. Returns: (transfer full). */
static inline char *
peer_ask (const char *command, TrustSpan input)
{
  g_autofree char *line = g_strdup_printf ("env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin %s", command);
  g_auto (GStrv) argv = g_strsplit (line, " ", -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_newv ((const char *const *) argv,
                                                       G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                                           | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                                                       &error);
  g_autoptr (GBytes) in = g_bytes_new (input.data, input.size);
  g_autoptr (GBytes) out = NULL;

  g_assert_no_error (error);
  if (!g_subprocess_communicate (process, in, NULL, &out, NULL, NULL) || !g_subprocess_get_successful (process))
    return NULL;
  return g_strndup (g_bytes_get_data (out, NULL), g_bytes_get_size (out));
}
