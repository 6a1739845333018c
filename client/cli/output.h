/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file that the user names for what a command makes: the old one or the new one, never half of it. */
#pragma once

#include <glib.h>

/* Writes SIZE bytes of DATA to PATH with mode 0644, through a temporary in the same folder whose name no reader takes ("." first, no suffix). A link
 * there gives way to the file; a folder is refused. */
gboolean output_write (const char *path, const char *data, gsize size, GError **error);
