/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whom a certificate is for: by subjectAltName only, never by common name (RFC 9525 section 2). */
#pragma once

#include <glib.h>
#include <gnutls/x509.h>

/* Is CRT for NAME: an IP address by iPAddress, else a host name by dNSName, wildcards in the leftmost label? */
gboolean trust_verifier_name_matches (gnutls_x509_crt_t crt, const char *name);
/* "a.example, *.b.example and 3 more", printable; "" when it names none. Returns: (transfer full). */
char *trust_verifier_name_list (gnutls_x509_crt_t crt);
