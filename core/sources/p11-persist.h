/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* p11-kit's own file format: "[p11-kit-object-v1]" sections of certificates, their trust and the extensions attached to their
 * keys. */
#pragma once

#include "core/anchor.h"

/* What certificates mean that do not say whether they are trusted: p11-kit goes by the folder. */
typedef enum
{
  TRUST_P11_PLACE_TOP, /* neither trusted nor distrusted */
  TRUST_P11_PLACE_ANCHORS,
  TRUST_P11_PLACE_BLOCKLIST
} TrustP11Place;

gboolean trust_p11_persist_probe (TrustSpan bytes);

/* PURPOSES as far as CERTIFICATE's own extKeyUsage allows them, which p11-kit heeds where nothing stands beside its key; none if that is malformed.
 * Returns: (transfer full). */
TrustPurposes *trust_p11_own_purposes (const TrustCertificate *certificate, TrustPurposes *purposes);

/* Appends TrustAnchor* to ANCHORS and TrustDistrust* to DISTRUSTS. SETTINGS: for anchors whose key has no purposes attached. What
 * a section asks for and anchord cannot do (an extension it doesn't know) makes that anchor untrusted, and a char* in WARNINGS; what p11-kit
 * itself refuses to load (a malformed line, an unknown attribute) is an error. Linear. */
gboolean trust_p11_persist_parse (TrustSpan bytes, TrustOrigin *origin, TrustSettings *settings, TrustP11Place place, GPtrArray *anchors,
                                  GPtrArray *distrusts, GPtrArray *warnings, GError **error);
