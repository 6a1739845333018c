/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is a certificate signed with its own key? Equal names are not enough: a CA that changes its key signs the new one with the old (RFC 4210 4.4). */
#pragma once

#include "core/certificate.h"

gboolean trust_certificate_is_self_signed (const TrustCertificate *certificate);
