/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* p11-kit objects of two certificates, and what is read from them. */
#pragma once

#include "core/error.h"
#include "core/sources/p11-persist.h"
#include "tests/lib/support.h"

#include <gnutls/abstract.h>
#include <string.h>

#define HEADER "[p11-kit-object-v1]\n"
#define SERVER (1u << TRUST_PURPOSE_SERVER_AUTH)
#define CLIENT (1u << TRUST_PURPOSE_CLIENT_AUTH)
#define EMAIL (1u << TRUST_PURPOSE_EMAIL_PROTECTION)
#define CODE (1u << TRUST_PURPOSE_CODE_SIGNING)
#define DEFAULT (SERVER | CLIENT | EMAIL | CODE)

#define OID_SERVER "%06%08%2b%06%01%05%05%07%03%01"
#define OID_EMAIL "%06%08%2b%06%01%05%05%07%03%04"
#define OID_CODE "%06%08%2b%06%01%05%05%07%03%03"
#define OID_OWN "%06%08%2b%06%01%04%01%cbF%01" /* 1.3.6.1.4.1.9670.1 */
/* An Extension of RFC 5280 section 4.1 with two purposes. */
#define EKU(a, b) "\"0%1d%06%03U%1d%25%04%160%14" a b "\""

static TestCertificate *one, *two;

/* PEM of CERTIFICATE's SubjectPublicKeyInfo. */
static inline char *
dup_key_pem (const TestCertificate *certificate)
{
  gnutls_pubkey_t key = NULL;
  gnutls_datum_t out = { NULL, 0 };
  char *pem = NULL;

  g_assert_cmpint (gnutls_pubkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_pubkey_import_x509 (key, certificate->crt, 0), ==, 0);
  g_assert_cmpint (gnutls_pubkey_export2 (key, GNUTLS_X509_FMT_PEM, &out), ==, 0);
  pem = g_strndup ((const char *) out.data, out.size);
  gnutls_free (out.data);
  gnutls_pubkey_deinit (key);
  return pem;
}

typedef struct
{
  GPtrArray *anchors;
  GPtrArray *distrusts;
  GPtrArray *warnings;
  GError *error;
} Result;

static inline Result
parse_bytes (const char *text, gsize size, TrustP11Place place, TrustLayer layer)
{
  g_autoptr (TrustOrigin) origin = trust_origin_new (layer, "test", "/test.p11-kit", TRUE);
  g_autoptr (TrustPurposes) purposes = trust_purposes_new_mask (DEFAULT);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
  Result result = { .error = NULL };

  result.anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  result.distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  result.warnings = g_ptr_array_new_with_free_func (g_free);
  g_assert_cmpint (trust_p11_persist_parse ((TrustSpan) { (const guint8 *) text, size }, origin, settings, place, result.anchors, result.distrusts,
                                            result.warnings, &result.error),
                   ==, result.error == NULL);
  return result;
}

static inline Result
parse (const char *text, TrustP11Place place)
{
  return parse_bytes (text, strlen (text), place, TRUST_LAYER_DISTRIBUTION);
}

static inline void
result_clear (Result *result)
{
  g_ptr_array_unref (result->anchors);
  g_ptr_array_unref (result->distrusts);
  g_ptr_array_unref (result->warnings);
  g_clear_error (&result->error);
}

static inline guint
mask_of (const Result *result, guint index)
{
  return trust_purposes_get_mask (trust_settings_get_purposes (trust_anchor_get_settings (result->anchors->pdata[index])));
}

static inline char *
section (const char *attributes, const TestCertificate *certificate)
{
  g_autofree char *pem = certificate != NULL ? test_certificate_dup_pem (certificate) : g_strdup ("");

  return g_strconcat (HEADER, attributes, pem, "\n", NULL);
}

static inline char *
with_extension (const char *oid, const char *value)
{
  g_autofree char *key = dup_key_pem (one), *anchor = section ("trusted: true\nlabel: \"First\"\n", one);

  return g_strconcat (anchor, HEADER "class: x-certificate-extension\nlabel: \"x\"\nobject-id: ", oid, "\nvalue: ", value, "\n", key, NULL);
}
