/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One entry a certificate: doubles dropped, contradictions refused. */
#pragma once

#include "core/importers/importer.h"

/* Of entries for one certificate the one that says most stays, where the first stood: trust or distrust over nothing said, that over "named only".
 * Equal ones are one. Distrusts of one certificate become one that names all they name, where one can. Anything else that differs is
 * TRUST_ERROR_INVALID_INPUT naming both places; KEEP_GOING: a failure, and the certificate is left out. Linear. */
gboolean trust_import_merge (TrustImport *import, gboolean keep_going, GError **error);
