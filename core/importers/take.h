/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all decoders do with an object: read it as a certificate, count it, and go on or end where it can't be read. */
#pragma once

#include "core/importers/importer.h"

/* Reads DER, exactly one certificate, and adds it. Nullable: SETTINGS, LABEL. FALSE with ERROR set, beginning with PLACE; TRUE where the caller keeps
 * going and a failure was noted. A private key instead is TRUST_ERROR_PRIVATE_KEY, too many certificates TRUST_ERROR_LIMIT_EXCEEDED: these always end
 * it. */
gboolean trust_import_take (TrustImport *import, const TrustImportOptions *options, TrustSpan der, TrustSettings *settings, gboolean is_untrusted,
                            const char *label, const char *place, GError **error);
/* An object at PLACE that can't be read, because of REASON (transfer full). Noted, and TRUE, if the caller keeps going and the reason is not one that
 * always ends it; else FALSE with ERROR set. */
gboolean trust_import_fail (TrustImport *import, const TrustImportOptions *options, const char *place, GError *reason, GError **error);
/* Is there room for one more entry, and for one more notice (TRUST_LIMIT_INPUT_CERTIFICATES each)? */
gboolean trust_import_has_room (const TrustImport *import, GError **error);
/* Says something that is no error. The text is printable. */
void trust_import_notice (TrustImport *import, const char *format, ...) G_GNUC_PRINTF (2, 3);
