/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/emitters/java.h"

#include <string.h>

#define PASSWORD_MIN 6u
#define PASSWORD_MAX 64u

/* keytool wants six at least. Beyond ASCII, Java's two keystores and other readers make different bytes of it. */
const char *
trust_java_find_password_fault (const char *value)
{
  gsize size = strlen (value);

  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isprint (value[i]))
      return "a password is of printable ASCII";
  return size < PASSWORD_MIN || size > PASSWORD_MAX ? "a password has 6 to 64 characters" : NULL;
}

const TrustEmitterOption trust_java_options[] = { { TRUST_JAVA_PASSWORD_KEY, FALSE, trust_java_find_password_fault }, { NULL, FALSE, NULL } };

/* Java parses a curve's name with the certificate, and fails at those that it does not know (Java 17: SM2, the twisted Brainpool ones, …) and at
 * curves that are spelled out. */
gboolean
trust_java_can_hold (const TrustCertificate *certificate)
{
  static const char *const curves[] = { "1.2.840.10045.3.1.1",
                                        "1.3.132.0.33",
                                        "1.2.840.10045.3.1.7",
                                        "1.3.132.0.34",
                                        "1.3.132.0.35", /* P-192, 224, 256, 384, 521 */
                                        "1.3.132.0.10", /* secp256k1 */
                                        "1.3.36.3.3.2.8.1.1.7",
                                        "1.3.36.3.3.2.8.1.1.11",
                                        "1.3.36.3.3.2.8.1.1.13", /* brainpoolP256r1, 384r1, 512r1 */
                                        NULL };
  TrustSpan in = trust_certificate_get_key_info_der (certificate);
  TrustDer info, algorithm, oid, curve;
  g_autofree char *name = NULL, *curve_name = NULL;

  if (!trust_der_expect (&in, 0x30, &info) || !trust_der_expect (&info.content, 0x30, &algorithm)
      || !trust_der_expect (&algorithm.content, 0x06, &oid))
    return FALSE;
  name = trust_der_dup_oid (oid.content);
  if (g_strcmp0 (name, "1.2.840.10045.2.1") != 0)
    return name != NULL;
  curve_name = trust_der_expect (&algorithm.content, 0x06, &curve) ? trust_der_dup_oid (curve.content) : NULL;
  return curve_name != NULL && g_strv_contains (curves, curve_name);
}
