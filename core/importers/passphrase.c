/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/importers/passphrase.h"

#include "core/error.h"
#include "core/limits.h"

#include <string.h>

static const char *const usual[] = { "", "changeit" };

void
trust_secret_free (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

void
trust_secret_bytes_free (GByteArray *bytes)
{
  if (bytes == NULL)
    return;
  if (bytes->len > 0)
    explicit_bzero (bytes->data, bytes->len);
  g_byte_array_unref (bytes);
}

/* One answer of the person. NULL with ERROR set: given up. */
static char *
ask (const TrustImportOptions *options, const char *what, guint attempt, GError **error)
{
  GError *reason = NULL;
  char *answer = options->ask (options->user_data, what, attempt, &reason);

  if (answer == NULL && reason == NULL)
    reason = g_error_new (TRUST_ERROR, TRUST_ERROR_PASSPHRASE, "no pass phrase was given for %s", what);
  if (answer != NULL && (strlen (answer) > TRUST_LIMIT_PASSPHRASE_BYTES || !g_utf8_validate (answer, -1, NULL)))
    {
      g_clear_pointer (&answer, trust_secret_free);
      reason = g_error_new (TRUST_ERROR, TRUST_ERROR_PASSPHRASE, "the pass phrase for %s is no UTF-8 text of at most %u bytes", what,
                            TRUST_LIMIT_PASSPHRASE_BYTES);
    }
  if (reason != NULL)
    g_propagate_error (error, reason);
  return answer;
}

gboolean
trust_import_unlock (const TrustImportOptions *options, const TrustLocked *locked, gboolean *skipped, GError **error)
{
  TrustPassphraseOutcome outcome = TRUST_PASSPHRASE_WRONG;

  *skipped = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (usual) && outcome == TRUST_PASSPHRASE_WRONG; i++)
    outcome = locked->try (locked->data, usual[i], error);
  if (outcome == TRUST_PASSPHRASE_WRONG && options->ask == NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_PASSPHRASE, "%s needs a pass phrase and there is nobody to ask; give it with --passphrase-file",
                   locked->what);
      return FALSE;
    }
  for (guint attempt = 0; attempt < TRUST_LIMIT_PASSPHRASE_ATTEMPTS && outcome == TRUST_PASSPHRASE_WRONG; attempt++)
    {
      char *answer = ask (options, locked->what, attempt, error);

      if (answer == NULL)
        return FALSE;
      *skipped = answer[0] == '\0' && locked->is_readable;
      if (!*skipped)
        outcome = locked->try (locked->data, answer, error);
      trust_secret_free (answer);
      if (*skipped)
        return TRUE;
    }
  if (outcome == TRUST_PASSPHRASE_WRONG)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_PASSPHRASE, "none of %u pass phrases opens %s", TRUST_LIMIT_PASSPHRASE_ATTEMPTS, locked->what);
  return outcome == TRUST_PASSPHRASE_OPENS;
}
