/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Formats that leave the machine's trust store. A format is one file and one row of core/emitters/table.c. */
#pragma once

#include "core/anchor-set.h"
#include "core/loss.h"

typedef struct
{
  const char *name;          /* "pem-bundle", "openssl-dir" */
  gboolean is_folder;        /* many named entries, or one file */
  guint says;                /* of 1 << TrustLossKind: what it can say; a key's refusal only where a certificate with it is known */
  gboolean tells_by_key;     /* purposes and constraints stand beside a key: certificates with one key share them */
  gint64 last_date;          /* the last distrust-after that it can say, seconds since the epoch; 0: any */
  /* One anchor's bytes, appended to OUT; a bundle is their concatenation in fingerprint order. Nullable where write() is there. */
  void (*emit) (const TrustAnchor *anchor, GString *out);
  /* The length of what emit() appends, without making it. Nullable where emit() is. */
  gsize (*length) (const TrustAnchor *anchor);
  /* A whole set that fits (trust_emitter_fit()), distrust included, appended to OUT. NULL for a flat format: certificates for one purpose, no
   * distrust. */
  void (*write) (const TrustAnchorSet *set, GString *out);
} TrustEmitter;

extern const TrustEmitter trust_emitter_pem_bundle;
extern const TrustEmitter trust_emitter_openssl_dir;
extern const TrustEmitter trust_emitter_p11_kit;
extern const TrustEmitter trust_emitter_openssl_trusted;
extern const TrustEmitter *const trust_emitters[]; /* NULL-terminated */
const TrustEmitter *trust_emitter_find (const char *name);

/* SET as EMITTER's format can hold it at NOW (seconds), never wider: what the format cannot say and the default policy (core/loss.h) does not take is
 * left out, what is shared by key is what all of them allow, dates beyond its range become earlier ones. PURPOSE (nullable: all; a name or OID): only
 * anchors for that one, and for nothing else. LOSSES (nullable) gets TrustLoss*, by fingerprint: all that is lost, exactly. Linear but for the
 * sort. Returns: (transfer full). */
TrustAnchorSet *trust_emitter_fit (const TrustEmitter *emitter, TrustAnchorSet *set, const char *purpose, gint64 now, GPtrArray *losses);
