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
  guint says;                /* of 1 << TrustLossKind: what it can say of an anchor or a distrust */
  gboolean tells_by_key;     /* purposes and constraints stand beside a key: certificates with one key share them */
  gint64 last_date;          /* the last distrust-after that it can say, seconds since the epoch; 0: any */
  /* One anchor's bytes, appended to OUT; a bundle is their concatenation in fingerprint order. */
  void (*emit) (const TrustAnchor *anchor, GString *out);
  /* The length of what emit() appends, without making it. Nullable where write() is there. */
  gsize (*length) (const TrustAnchor *anchor);
  /* A whole set that fits (trust_emitter_fit()), distrust included, appended to OUT. NULL for a flat format: certificates for one purpose, no
   * distrust. */
  void (*write) (const TrustAnchorSet *set, GString *out);
} TrustEmitter;

extern const TrustEmitter trust_emitter_pem_bundle;
extern const TrustEmitter trust_emitter_openssl_dir;
extern const TrustEmitter *const trust_emitters[]; /* NULL-terminated */
const TrustEmitter *trust_emitter_find (const char *name);
