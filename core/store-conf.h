/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* store.conf: what a store begins with, and for which purposes it is.
 *
 *   [Store]
 *   Version=1
 *   Inherit=true                       false, or left out: it begins empty
 *   Purposes=server-auth;client-auth;  left out: all of them */
#pragma once

#include "core/der.h"
#include "core/purpose.h"

typedef struct
{
  gboolean inherits;
  TrustPurposes *narrowed; /* (owned) (nullable) */
} TrustStoreConf;

void trust_store_conf_clear (TrustStoreConf *conf);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TrustStoreConf, trust_store_conf_clear)

/* Reads a store.conf. Errors name the line. What [Store] says and is not known is an error: it might take something away. Another group is not
 * read. */
gboolean trust_store_conf_parse (TrustSpan bytes, TrustStoreConf *out, GError **error);
/* The bytes of a store.conf. Deterministic. Returns: (transfer full). */
GBytes *trust_store_conf_write (const TrustStoreConf *conf);
