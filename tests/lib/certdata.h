/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* certdata.txt for tests: objects written, and the real file where it lies beside the source. */
#pragma once

#include "tests/lib/support.h"

static inline void
certdata_octal (GString *out, const char *name, const void *bytes, gsize size)
{
  g_string_append_printf (out, "%s MULTILINE_OCTAL\n", name);
  for (gsize i = 0; i < size; i++)
    g_string_append_printf (out, "\\%03o%s", ((const guint8 *) bytes)[i], i % 16 == 15 || i + 1 == size ? "\n" : "");
  g_string_append (out, "END\n");
}

/* CKA_ISSUER and CKA_SERIAL_NUMBER. */
static inline void
certdata_names (GString *out, const TrustCertificate *certificate)
{
  TrustSpan issuer = trust_certificate_get_issuer_der (certificate), serial = trust_certificate_get_serial (certificate);
  g_autofree guint8 *whole = g_malloc (serial.size + 2);

  whole[0] = 0x02;
  whole[1] = (guint8) serial.size;
  for (gsize i = 0; i < serial.size; i++)
    whole[i + 2] = serial.data[i];
  certdata_octal (out, "CKA_ISSUER", issuer.data, issuer.size);
  certdata_octal (out, "CKA_SERIAL_NUMBER", whole, serial.size + 2);
}

/* MORE: further lines of the object. */
static inline void
certdata_certificate (GString *out, const TrustCertificate *certificate, const char *label, const char *more)
{
  TrustSpan der = trust_certificate_get_der (certificate);

  g_string_append_printf (out,
                          "\n# A comment.\nCKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE\nCKA_TOKEN CK_BBOOL CK_TRUE\nCKA_LABEL UTF8 "
                          "\"%s\"\n",
                          label);
  certdata_names (out, certificate);
  certdata_octal (out, "CKA_VALUE", der.data, der.size);
  g_string_append (out, more);
}

/* HASHED: with the SHA-1 of CERTIFICATE. LINES: the CKA_TRUST_… */
static inline void
certdata_trust (GString *out, const TrustCertificate *certificate, gboolean hashed, const char *lines)
{
  TrustSpan der = trust_certificate_get_der (certificate);
  g_autoptr (GChecksum) sha1 = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize size = sizeof digest;

  g_checksum_update (sha1, der.data, der.size);
  g_checksum_get_digest (sha1, digest, &size);
  g_string_append (out, "\nCKA_CLASS CK_OBJECT_CLASS CKO_NSS_TRUST\nCKA_TOKEN CK_BBOOL CK_TRUE\nCKA_LABEL UTF8 \"the trust\"\n");
  if (hashed)
    certdata_octal (out, "CKA_CERT_SHA1_HASH", digest, sizeof digest);
  certdata_names (out, certificate);
  g_string_append (out, lines);
}

/* The real file. NULL: it is not there. Returns: (transfer full) (nullable). */
static inline char *
certdata_real (gsize *size)
{
  g_autofree char *path = g_build_filename (g_test_get_dir (G_TEST_DIST), "..", "..", "..", "shared", "data", "certdata-2.60.txt.xz", NULL);
  const char *argv[] = { "xz", "-dc", path, NULL };
  char *text = NULL;
  int status = 0;

  if (!g_file_test (path, G_FILE_TEST_EXISTS)
      || !g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &text, NULL, &status, NULL) || status != 0)
    return NULL;
  *size = strlen (text);
  return text;
}
