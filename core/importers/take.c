/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/importers/take.h"

#include "core/error.h"
#include "core/intake-der.h"
#include "core/limits.h"

#include <stdarg.h>

gboolean
trust_import_fail (TrustImport *import, const TrustImportOptions *options, const char *place, GError *reason, GError **error)
{
  gboolean always_ends = g_error_matches (reason, TRUST_ERROR, TRUST_ERROR_PRIVATE_KEY)
                         || g_error_matches (reason, TRUST_ERROR, TRUST_ERROR_PASSPHRASE);

  if (!options->keep_going || always_ends)
    {
      g_set_error (error, TRUST_ERROR, reason->domain == TRUST_ERROR ? reason->code : TRUST_ERROR_INVALID_INPUT, "%s: %s", place, reason->message);
      g_error_free (reason);
      return FALSE;
    }
  g_ptr_array_add (import->failures, g_strdup_printf ("%s: %s", place, reason->message));
  g_error_free (reason);
  return TRUE;
}

gboolean
trust_import_has_room (const TrustImport *import, GError **error)
{
  /* An object that is left out with a notice is one as well: containers name as many as they have bytes. */
  if (import->entries->len + import->failures->len < TRUST_LIMIT_INPUT_CERTIFICATES && import->notices->len <= TRUST_LIMIT_INPUT_CERTIFICATES)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "the input holds more than %u certificates, the limit; split it",
               TRUST_LIMIT_INPUT_CERTIFICATES);
  return FALSE;
}

static GError *
describe_failure (TrustSpan der, GError *reason)
{
  const char *known = trust_intake_der_describe (der);

  if (trust_intake_der_is_private_key (der))
    {
      g_error_free (reason);
      return g_error_new (TRUST_ERROR, TRUST_ERROR_PRIVATE_KEY, "it is a private key under a wrong name; nothing was taken in: keep it secret");
    }
  if (known == NULL)
    return reason;
  g_error_free (reason);
  return g_error_new (TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "it %s", known);
}

gboolean
trust_import_take (TrustImport *import, const TrustImportOptions *options, TrustSpan der, TrustSettings *settings, gboolean is_untrusted,
                   const char *label, const char *place, GError **error)
{
  GError *reason = NULL;

  if (!trust_import_has_room (import, error))
    return FALSE;

  g_autoptr (TrustCertificate) certificate = trust_certificate_new (der.data, der.size, &reason);

  if (certificate == NULL)
    return trust_import_fail (import, options, place, describe_failure (der, reason), error);
  trust_import_add (import, certificate, settings, NULL, label, place)->is_untrusted = is_untrusted;
  return TRUE;
}

void
trust_import_notice (TrustImport *import, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (import->notices, g_strdup_vprintf (format, args));
  va_end (args);
}
