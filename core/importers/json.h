/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What browsers' policies hold: certificates as text. */
#pragma once

#include "core/importers/importer.h"
#include "core/json.h"

/* A certificate as a policy's text has it: base64 of its DER, or one PEM block. Returns: (transfer full); NULL with ERROR. */
TrustCertificate *trust_json_read_certificate (const char *text, GError **error);
