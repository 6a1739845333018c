/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Forges a certificate and reads it, or sees it refused. */
#pragma once

#include "core/certificate.h"
#include "core/error.h"
#include "tests/lib/forge.h"

static inline TrustCertificate *
forge (const ForgeCertificate *how)
{
  g_autoptr (GByteArray) der = forge_certificate (how);
  g_autoptr (GError) error = NULL;
  TrustCertificate *certificate = trust_certificate_new (der->data, der->len, &error);

  g_assert_no_error (error);
  return certificate;
}

static inline void
assert_refused (const GByteArray *der, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (trust_certificate_new (der->data, der->len, &error));
  g_assert_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT);
  if (strstr (error->message, words) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, words);
}

static inline void
forge_refused (const ForgeCertificate *how, const char *words)
{
  g_autoptr (GByteArray) der = forge_certificate (how);

  assert_refused (der, words);
}
