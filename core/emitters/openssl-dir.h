/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of OpenSSL's hashed folders: HHHHHHHH.N, the hash of the subject and a number from 0 without a gap. */
#pragma once

#include "core/certificate.h"

/* What names of one folder share. Returns: (transfer full), of guint -> guint. */
GHashTable *trust_openssl_names_new (void);
/* The next name for CERTIFICATE. Returns: (transfer full). */
char *trust_openssl_names_take (GHashTable *names, const TrustCertificate *certificate);
