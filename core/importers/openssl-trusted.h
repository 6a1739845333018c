/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* OpenSSL's TRUSTED CERTIFICATE: a certificate, and behind it an X509_CERT_AUX with the uses it is trusted and rejected for and an alias. */
#pragma once

#include "core/importers/importer.h"

/* Adds what DER says; an error begins with PLACE. See docs/decisions.md for what trust and rejection mean together. */
gboolean trust_openssl_trusted_take (TrustSpan der, const TrustImportOptions *options, TrustImport *import, const char *place, GError **error);
