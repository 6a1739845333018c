/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The anchor file: a keyfile head, then one PEM block (docs/man/anchord.anchor.5.rst).
 *
 *   [Anchor]            Version=1 Certificate= (base64 DER, instead of the block)
 *   [Trust]             Purposes=server-auth; DistrustAfter=server-auth 2027-01-01T00:00:00Z; Until= AcceptLoss=
 *   [Constraints]       PermittedDNS=corp.example; ExcludedDNS= …IP …Email …URI …Directory
 *   [Info]              Label= Reason= AddedBy= Added= (ISO 8601, UTC) SHA256= Replaces= (a SHA-256)
 *   -----BEGIN CERTIFICATE-----
 *
 * An unknown key in [Trust] or [Constraints]: TRUST_ERROR_POLICY, not trusted, whatever the file said before. What is limited, or not for
 * server-auth, is written with Certificate= and no PEM block, because a PEM reader would take that for full trust; what is limited is not read with
 * one.
 * A distrust (*.distrust) has [Distrust] Version=1 SHA256= KeySHA256= Issuer= Serial= (hex) Certificate= (base64 DER), and no PEM block. */
#pragma once

#include "core/anchor.h"

/* Reads one anchor file's bytes. Appends TrustAnchor* (one) to ANCHORS or TrustDistrust* to DISTRUSTS. Errors name line and key.
 * WARNINGS (nullable) gets char* for unknown keys outside the trust groups. */
gboolean trust_anchor_file_parse (TrustSpan bytes, TrustOrigin *origin, GPtrArray *anchors, GPtrArray *distrusts, GPtrArray *warnings,
                                  GError **error);
/* Is this an anchor or distrust file's head (as against a plain PEM)? */
gboolean trust_anchor_file_probe (TrustSpan bytes);
/* The bytes of an anchor's file. Deterministic. Returns: (transfer full). */
GBytes *trust_anchor_file_write (const TrustAnchor *anchor);
GBytes *trust_distrust_file_write (const TrustDistrust *distrust);
/* "SHA256.anchor", "SHA256.distrust". Returns: (transfer full). */
char *trust_anchor_file_name (const TrustFingerprint *fingerprint, gboolean distrust);
