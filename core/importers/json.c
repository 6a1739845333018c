/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/importers/json.h"

#include "core/error.h"
#include "core/intake-der.h"
#include "core/intake.h"
#include "core/pem.h"

#include <string.h>

/* Returns: (transfer full) (nullable). */
static TrustCertificate *
read_pem (const char *text, GError **error)
{
  g_autoptr (GPtrArray) found = trust_intake_decode (text, strlen (text), error);

  if (found == NULL)
    return NULL;
  if (found->len == 1)
    return trust_certificate_ref (found->pdata[0]);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "%u certificates in one text; one was expected", found->len);
  return NULL;
}

TrustCertificate *
trust_json_read_certificate (const char *text, GError **error)
{
  g_autoptr (GByteArray) der = NULL;

  if (strstr (text, "-----BEGIN ") != NULL)
    return read_pem (text, error);
  der = trust_pem_decode ((TrustSpan) { (const guint8 *) text, strlen (text) }, error);
  if (der != NULL && trust_intake_der_is_private_key ((TrustSpan) { der->data, der->len }))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_PRIVATE_KEY, "it is a private key; nothing was taken in: keep it secret");
      return NULL;
    }
  return der != NULL ? trust_certificate_new (der->data, der->len, error) : NULL;
}
