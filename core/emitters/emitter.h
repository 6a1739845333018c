/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Formats that leave the machine's trust store. A format is one file and one row of core/emitters/table.c. */
#pragma once

#include "core/anchor-set.h"

typedef struct
{
  const char *name;          /* "pem-bundle", "openssl-dir" */
  gboolean is_folder;        /* many named entries, or one file */
  /* One anchor's bytes, appended to OUT; a bundle is their concatenation in fingerprint order. */
  void (*emit) (const TrustAnchor *anchor, GString *out);
  /* The length of what emit() appends, without making it. */
  gsize (*length) (const TrustAnchor *anchor);
} TrustEmitter;

extern const TrustEmitter trust_emitter_pem_bundle;
extern const TrustEmitter trust_emitter_openssl_dir;
extern const TrustEmitter *const trust_emitters[]; /* NULL-terminated */
const TrustEmitter *trust_emitter_find (const char *name);
