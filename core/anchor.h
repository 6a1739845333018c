/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One statement of one source: an anchor (a certificate plus trust), or a distrust that refuses. */
#pragma once

#include "core/certificate.h"
#include "core/trust.h"

/* Who speaks, lowest first. A higher layer that names a certificate decides over a lower one. */
typedef enum
{
  TRUST_LAYER_DISTRIBUTION,
  TRUST_LAYER_VENDOR,
  TRUST_LAYER_REMOTE,
  TRUST_LAYER_RUNTIME,
  TRUST_LAYER_ADMINISTRATOR,
  TRUST_LAYER_LAST
} TrustLayer;

const char *trust_layer_get_name (TrustLayer layer); /* "distribution", … */

/* Where an entry was read: shared by all entries of one file. */
typedef struct _TrustOrigin TrustOrigin;
/* SOURCE: the source's id ("anchors-etc"), a static string; PATH inside the root (nullable). FOREIGN: a file other tools own. */
TrustOrigin *trust_origin_new (TrustLayer layer, const char *source, const char *path, gboolean foreign);
TrustOrigin *trust_origin_ref (TrustOrigin *origin);
void trust_origin_unref (TrustOrigin *origin);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustOrigin, trust_origin_unref)
TrustLayer trust_origin_get_layer (const TrustOrigin *origin);
const char *trust_origin_get_source (const TrustOrigin *origin);
const char *trust_origin_get_path (const TrustOrigin *origin); /* "" if none */
gboolean trust_origin_is_foreign (const TrustOrigin *origin);

/* Why and when, where it is known. Shared; most distribution anchors have none. */
typedef struct _TrustNote TrustNote;
/* All but ADDED nullable. ADDED: seconds since the epoch, 0 if unknown. NULL is returned when there is nothing to keep. */
TrustNote *trust_note_new (const char *label, const char *reason, const char *added_by, gint64 added);
/* NOTE (nullable), and that its certificate follows the one with the fingerprint REPLACES. Returns: (transfer full). */
TrustNote *trust_note_with_replaces (const TrustNote *note, const TrustFingerprint *replaces);
TrustNote *trust_note_ref (TrustNote *note);
void trust_note_unref (TrustNote *note);
const char *trust_note_get_label (const TrustNote *note); /* "" if none; NOTE may be NULL in all of these */
const char *trust_note_get_reason (const TrustNote *note);
const char *trust_note_get_added_by (const TrustNote *note); /* "uid 0" */
gint64 trust_note_get_added (const TrustNote *note);
const TrustFingerprint *trust_note_get_replaces (const TrustNote *note); /* NULL if none */

typedef struct _TrustAnchor TrustAnchor;

/* Every argument is (transfer none). NOTE is nullable. CERTIFICATE is kept (trust_certificate_keep()). Returns: (transfer full). */
TrustAnchor *trust_anchor_new (TrustCertificate *certificate, TrustSettings *settings, TrustOrigin *origin, TrustNote *note);
/* The same anchor with other settings. Returns: (transfer full). */
TrustAnchor *trust_anchor_with_settings (const TrustAnchor *anchor, TrustSettings *settings);
TrustAnchor *trust_anchor_ref (TrustAnchor *anchor);
void trust_anchor_unref (TrustAnchor *anchor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustAnchor, trust_anchor_unref)
TrustCertificate *trust_anchor_get_certificate (const TrustAnchor *anchor);
TrustSettings *trust_anchor_get_settings (const TrustAnchor *anchor);
TrustOrigin *trust_anchor_get_origin (const TrustAnchor *anchor);
TrustNote *trust_anchor_get_note (const TrustAnchor *anchor); /* nullable */
const TrustFingerprint *trust_anchor_get_fingerprint (const TrustAnchor *anchor);
gboolean trust_anchor_has_purpose (const TrustAnchor *anchor, TrustPurpose purpose);
/* Same certificate, settings, origin layer and note? */
gboolean trust_anchor_equal (const TrustAnchor *a, const TrustAnchor *b);

/* What a distrust names; any of them, at least one. */
typedef struct _TrustDistrust TrustDistrust;
/* FINGERPRINT, KEY: nullable. ISSUER (a Name element) and SERIAL (content octets) together or empty. CERTIFICATE (nullable): the one meant, kept to
 * show it and to restore it. Returns: (transfer full). */
TrustDistrust *trust_distrust_new (const TrustFingerprint *fingerprint, const TrustFingerprint *key, TrustSpan issuer, TrustSpan serial,
                                   TrustCertificate *certificate, TrustOrigin *origin, TrustNote *note);
TrustDistrust *trust_distrust_ref (TrustDistrust *distrust);
void trust_distrust_unref (TrustDistrust *distrust);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustDistrust, trust_distrust_unref)
const TrustFingerprint *trust_distrust_get_fingerprint (const TrustDistrust *distrust);     /* nullable */
const TrustFingerprint *trust_distrust_get_key_fingerprint (const TrustDistrust *distrust); /* nullable */
TrustSpan trust_distrust_get_issuer_der (const TrustDistrust *distrust);
TrustSpan trust_distrust_get_serial (const TrustDistrust *distrust);
/* trust_name_id() of the issuer; 0 if none. */
guint64 trust_distrust_get_issuer_id (const TrustDistrust *distrust);
TrustCertificate *trust_distrust_get_certificate (const TrustDistrust *distrust); /* nullable */
TrustOrigin *trust_distrust_get_origin (const TrustDistrust *distrust);
TrustNote *trust_distrust_get_note (const TrustDistrust *distrust); /* nullable */
/* Does it name CERTIFICATE: by itself, by its key, or by issuer (canonical form) and serial? */
gboolean trust_distrust_names (const TrustDistrust *distrust, const TrustCertificate *certificate);
gboolean trust_distrust_equal (const TrustDistrust *a, const TrustDistrust *b);
