/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A named set beside the system's: an application's. It inherits the system's effective set or starts empty, then adds, removes and narrows.
 * /etc/anchord/stores.d/app/NAME/ holds `store.conf` ([Store] Version=1, Inherit=true|false, Purposes=…) and anchor and distrust files. */
#pragma once

#include "core/anchor-set.h"
#include "core/source-state.h"

#define TRUST_STORE_SYSTEM "system"
#define TRUST_STORES_FOLDER "/etc/anchord/stores.d"
#define TRUST_STORE_CONF "store.conf"

/* Immutable. What its folder says comes first; the sets are made of that and of the system's set (core/stores.h). */
typedef struct
{
  gatomicrefcount refs;
  char *name; /* (owned) "app/postgresql" */
  gboolean inherits;
  TrustPurposes *narrowed; /* (owned) (nullable) the only purposes that count here */
  TrustSourceState *state; /* (owned) its own files; `store.conf` is a row without entries */
  char *fault;             /* (owned) (nullable) `store.conf` does not count: the store is empty and inherits nothing */
  TrustAnchorSet *base;    /* (owned) (nullable) the system's set that the sets below were made over; NULL: they are not made yet */
  TrustAnchorSet *set;     /* (owned) (nullable) effective */
  TrustAnchorSet *flat;    /* (owned) (nullable) as flat files may show it (core/loss.h) */
  gint64 made;             /* seconds since the epoch: when the sets were made */
  gint64 next;             /* when they change by time alone; TRUST_NEVER */
  GPtrArray *reports;      /* (owned) of char*: what is wrong with it, printable */
} TrustStore;

/* Without sets. NARROWED, FAULT: nullable; all are (transfer none). A store with a FAULT inherits nothing. Returns: (transfer full). */
TrustStore *trust_store_new (const char *name, gboolean inherits, TrustPurposes *narrowed, TrustSourceState *state, const char *fault);
/* What STORE's folder says, with sets; REPORTS is to be filled before others see it. Returns: (transfer full). */
TrustStore *trust_store_with_sets (const TrustStore *store, TrustAnchorSet *base, TrustAnchorSet *set, TrustAnchorSet *flat, gint64 made,
                                   gint64 next);
TrustStore *trust_store_ref (TrustStore *store);
void trust_store_unref (TrustStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustStore, trust_store_unref)
/* "system" or "app/NAME": NAME of 1 to 64 characters a-z A-Z 0-9 . _ - that begins with a letter or a digit. Otherwise
 * TRUST_ERROR_INVALID_ARGUMENT. */
gboolean trust_store_check_name (const char *name, GError **error);
/* The same, and not "system". */
gboolean trust_store_check_app_name (const char *name, GError **error);
/* The folder of the store NAME, a good one of an application's. Returns: (transfer full). */
char *trust_store_dup_folder (const char *name);
/* What it begins with and what it is for, in words; of NULL: "no store". Returns: (transfer full). */
char *trust_store_describe (const TrustStore *store);
/* Of TrustStore*, sorted by name; NULL if there is none. */
TrustStore *trust_store_find (const GPtrArray *stores, const char *name);
