/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/sources/handback.h"

#include "core/limits.h"
#include "core/sources/file.h"
#include "core/text.h"

#include <errno.h>

TrustHandback *
trust_handback_read (TrustRoot *root)
{
  TrustFoundFile found = { .path = TRUST_HANDBACK_PATH };
  g_autofree char *insecurity = NULL, *shown = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (!trust_root_lstat (root, TRUST_HANDBACK_PATH, &found.link))
    return errno == ENOENT || errno == ENOTDIR
               ? NULL
               : trust_handback_new_fault (g_strdup_printf (TRUST_HANDBACK_PATH ": %s" TRUST_HANDBACK_HELP, g_strerror (errno)));
  if (!S_ISREG (found.link.mode))
    return trust_handback_new_fault (g_strdup (TRUST_HANDBACK_PATH " is not a regular file" TRUST_HANDBACK_HELP));
  found.open_folder = trust_source_is_open (root, TRUST_HANDBACK_FOLDER) ? TRUST_HANDBACK_FOLDER : NULL;
  insecurity = trust_source_find_insecurity (root, &found, &found.link);
  if (insecurity != NULL)
    return trust_handback_new_fault (g_strdup_printf (TRUST_HANDBACK_PATH ": %s" TRUST_HANDBACK_HELP, insecurity));
  bytes = trust_root_read (root, TRUST_HANDBACK_PATH, TRUST_LIMIT_CONSUMER_FILE_BYTES * 16, NULL, &error);
  if (bytes == NULL)
    {
      shown = trust_text_printable (error->message, 0);
      return trust_handback_new_fault (g_strdup_printf ("%s" TRUST_HANDBACK_HELP, shown));
    }
  return trust_handback_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}
