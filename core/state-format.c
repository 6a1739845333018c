/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/state-format.h"

#include "core/atomic.h"
#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define FOLDER "/var/lib/anchord"
#define NAME "format"
#define WORDS "anchord state "
#define CONTENT WORDS G_STRINGIFY (1) "\n"
#define MAX_BYTES 128u

gboolean
trust_state_format_check (TrustRoot *root, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes = trust_root_read (root, TRUST_STATE_FORMAT_PATH, MAX_BYTES, NULL, &local);
  g_autofree char *text = NULL, *shown = NULL;

  if (bytes == NULL && g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return TRUE;
  text = bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : g_strdup ("");
  if (g_str_equal (text, CONTENT))
    return TRUE;
  if (g_str_has_prefix (text, WORDS) && g_ascii_strtoull (text + strlen (WORDS), NULL, 10) > TRUST_STATE_FORMAT)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED,
                 FOLDER " was written by a newer anchord (format %" G_GUINT64_FORMAT ", and this one knows %d): update anchord. Nothing "
                        "was changed, and what is published stays",
                 g_ascii_strtoull (text + strlen (WORDS), NULL, 10), TRUST_STATE_FORMAT);
  else
    {
      shown = trust_text_printable (local != NULL ? local->message : text, 64);
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED,
                   TRUST_STATE_FORMAT_PATH " does not say which format " FOLDER " has (%s): update anchord, or put \"" WORDS "1\" there if no "
                                           "newer one ever ran here. Nothing was changed",
                   shown);
    }
  return FALSE;
}

gboolean
trust_state_format_write (TrustRoot *root, GError **error)
{
  TrustStat stat;
  int dir_fd = -1;
  gboolean ok;

  if (trust_root_lstat (root, TRUST_STATE_FORMAT_PATH, &stat))
    return TRUE;
  dir_fd = trust_root_open_dir (root, FOLDER);
  if (dir_fd < 0)
    return trust_error_set_errno (error, errno, "Cannot open", FOLDER);
  ok = trust_atomic_write (dir_fd, NAME, CONTENT, strlen (CONTENT), 0644, error);
  close (dir_fd);
  return ok;
}
