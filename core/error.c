/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/error.h"

#include "core/text.h"

G_DEFINE_QUARK (trust - error - quark, trust_error)

gboolean
trust_error_set_errno (GError **error, int saved_errno, const char *what, const char *path)
{
  g_autofree char *shown = trust_text_printable (path, 0);

  g_set_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE, "%s %s: %s", what, shown, g_strerror (saved_errno));
  return FALSE;
}
