/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A named set beside the system's: an application's. It inherits the system's effective set or starts empty, then adds, removes and narrows.
 * /etc/anchord/stores.d/app/NAME/ holds `store.conf` ([Store] Version=1, Inherit=true|false, Purposes=…) and anchor and distrust files. */
#pragma once

#include "core/anchor-set.h"
#include "core/source-state.h"

#define TRUST_STORE_SYSTEM "system"
#define TRUST_STORES_FOLDER "/etc/anchord/stores.d"

typedef struct
{
  gatomicrefcount refs;
  char *name;                /* (owned) "app/postgresql" */
  gboolean inherits;
  TrustPurposes *narrowed;   /* (owned) (nullable) the only purposes that count here */
  TrustSourceState *state;   /* (owned) its own files; `store.conf` is a row without entries */
  TrustAnchorSet *set;       /* (owned) effective */
  TrustAnchorSet *flat;      /* (owned) as flat files may show it (core/loss.h) */
  char *fault;               /* (owned) (nullable) `store.conf` does not parse: the store is empty */
} TrustStore;

TrustStore *trust_store_ref (TrustStore *store);
void trust_store_unref (TrustStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustStore, trust_store_unref)
/* "system" or "app/NAME": NAME of 1 to 64 characters a-z A-Z 0-9 . _ - that begins with a letter or a digit. Otherwise TRUST_ERROR_INVALID_ARGUMENT. */
gboolean trust_store_check_name (const char *name, GError **error);
