/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The certificates of a PKCS #7 / CMS SignedData (RFC 5652 section 5.1), which is how bundles travel as .p7b and EST's /cacerts. */
#pragma once

#include "core/importers/importer.h"

/* Does IN begin like a ContentInfo of PKCS #7, whatever its kind? Looks at its first bytes only. */
gboolean trust_pkcs7_probe (TrustSpan in);
/* Adds the certificates, each as FUNC says if it is not NULL. PLACE: what IN is, for errors ("PKCS #7 at byte 0"). */
typedef struct
{
  const char *place;
  gboolean roots_only; /* those that did not sign themselves are only named (an EST server sends them for paths) */
} TrustPkcs7How;

gboolean trust_pkcs7_take (TrustSpan in, const TrustPkcs7How *how, const TrustImportOptions *options, TrustImport *import, GError **error);
