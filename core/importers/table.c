/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/importers/importer.h"

/* Files that hold PEM blocks beside their own words come before PEM; binary forms with a mark of their own before DER. */
/* clang-format off */
const TrustImporter *const trust_importers[] = {
  &trust_importer_anchor,
  &trust_importer_jks,
  &trust_importer_pkcs12,
  &trust_importer_pkcs7,
  &trust_importer_p11_kit,
  &trust_importer_certdata,
  &trust_importer_policy_chrome,
  &trust_importer_policy_firefox,
  &trust_importer_der,
  &trust_importer_pem,
  &trust_importer_est,
  NULL
};
/* clang-format on */

const TrustImporter *
trust_importer_find (const char *name)
{
  for (guint i = 0; trust_importers[i] != NULL; i++)
    if (g_str_equal (trust_importers[i]->name, name))
      return trust_importers[i];
  return NULL;
}
