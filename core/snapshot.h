/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One moment of the whole: what readers hold while the writer goes on. Immutable; reference-counted across threads. */
#pragma once

#include "core/anchor-set.h"
#include "core/distribution.h"
#include "core/ended.h"
#include "core/handback.h"
#include "core/kept-crl.h"
#include "core/placed.h"
#include "core/source-state.h"
#include "core/store.h"

/* A consumer as it stood after the last publishing. */
typedef struct
{
  char *id;             /* (owned) "own", "debian" */
  gboolean enabled;     /* FALSE: nothing was placed there yet */
  guint64 generation;   /* that it shows */
  gboolean current;     /* it shows exactly what it should */
  GPtrArray *drift;     /* (owned) of char*: printable: withdrawn outside, foreign links, files the tool reads but anchord does not */
  GArray *withdrawn;    /* (owned) of TrustFingerprint: what should be there, and somebody took away by hand */
  GArray *against;      /* (owned) of TrustFingerprint: what files of others have it show against the effective set */
  TrustPurpose purpose; /* the only one its files are for; TRUST_PURPOSE_LAST: each has files of its own */
  char *fault;          /* (owned) (nullable) why it is not current */
  gboolean handed_back; /* its files are the distribution's tool's, and say nothing of the effective set */
} TrustConsumerStatus;

TrustConsumerStatus *trust_consumer_status_new (const char *id);
void trust_consumer_status_free (TrustConsumerStatus *status);

typedef struct
{
  gatomicrefcount refs;
  guint64 generation;
  TrustDistributionKind distribution;
  TrustAnchorSet *set;     /* (owned) effective */
  TrustAnchorSet *flat;    /* (owned) as flat files may show it (core/loss.h); often SET itself */
  GPtrArray *stores;       /* (owned) of TrustStore*, by name */
  GPtrArray *kept;         /* (owned) of TrustKeptCrl*: every revocation list in the folders, those with a fault too */
  GPtrArray *crls;         /* (owned) of TrustCrl: those of them that count, newest first */
  GPtrArray *placed;       /* (owned) of TrustPlaced*, by name: the consumers that files describe, those with a fault too */
  TrustEnded *ended;       /* (owned) (nullable) the trusts that are written down as ended */
  TrustHandback *handback; /* (owned) (nullable) the mark that the distribution's files are handed back; NULL: there is none */
  gint64 time;             /* seconds since the epoch: when it was made */
  gint64 next;             /* when it changes by time alone; TRUST_NEVER */
  GPtrArray *states;       /* (owned) of TrustSourceState*, lowest layer first */
  GPtrArray *reports;      /* (owned) of char*: conflicts between entries, journal repairs; printable */
  GPtrArray *consumers;    /* (owned) of TrustConsumerStatus* */
} TrustSnapshot;

TrustSnapshot *trust_snapshot_new (guint64 generation, TrustDistributionKind distribution, TrustAnchorSet *set, GPtrArray *states);
TrustSnapshot *trust_snapshot_ref (TrustSnapshot *snapshot);
void trust_snapshot_unref (TrustSnapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustSnapshot, trust_snapshot_unref)
/* KEPT (of TrustKeptCrl*) are its revocation lists from now on; while it is not shared yet. */
void trust_snapshot_take_crls (TrustSnapshot *snapshot, GPtrArray *kept);
/* The same for the consumers that files describe (of TrustPlaced*). */
void trust_snapshot_take_placed (TrustSnapshot *snapshot, GPtrArray *placed);
/* (nullable) (transfer none) */
TrustSourceState *trust_snapshot_find_state (const TrustSnapshot *snapshot, const char *source);
/* HANDBACK (nullable) is its mark from now on; while it is not shared yet. */
void trust_snapshot_take_handback (TrustSnapshot *snapshot, TrustHandback *handback);
/* The store of that name, which is not "system". (nullable) (transfer none) */
TrustStore *trust_snapshot_find_store (const TrustSnapshot *snapshot, const char *name);
/* The effective set of the store NAME ("system", "app/…"); NULL where there is no such store. (transfer none) */
TrustAnchorSet *trust_snapshot_find_set (const TrustSnapshot *snapshot, const char *name);
