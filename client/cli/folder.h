/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Folders of anchor files, as `apply` reads and `export` writes them. */
#pragma once

#include <glib.h>

/* The paths in FOLDER of what counts in an anchor folder (*.anchor, *.distrust, *.pem, *.crt, *.cer, *.der, *.p11-kit), in byte order. LEFT_OUT gets
 * a char* for each other name that is not hidden. Returns: (transfer full): NULL-terminated. */
char **folder_list (const char *folder, GPtrArray *left_out, GError **error);

/* Makes the folder PATH with FILES (name to GBytes), whole or not at all: it must not be there yet, or be empty. */
gboolean folder_write (const char *path, GHashTable *files, GError **error);
