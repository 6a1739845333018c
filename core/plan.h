/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A change turned into what it would do: files to write, the sources and the set as they would then be. Nothing is written here. */
#pragma once

#include "core/change.h"
#include "core/journal.h"
#include "core/snapshot.h"

#define TRUST_ANCHORS_FOLDER "/etc/anchord/anchors.d"
#define TRUST_ANCHORS_SOURCE "anchors-etc"
#define TRUST_LOCAL_SOURCE "debian-local"
#define TRUST_ASIDE_FOLDER "/var/lib/anchord/aside"

/* The administrator's tree as it was: what a rollback goes back to. */
typedef struct
{
  guint64 generation;     /* when that one had been made */
  const GPtrArray *files; /* of TrustJournalFile* with contents; what lies elsewhere than in the folders that anchord writes to is passed over */
  GHashTable *only;       /* (nullable) a set of paths: what is not among them stays as it is */
} TrustPlanTree;

typedef struct
{
  GPtrArray *files;        /* (owned) of TrustJournalFile*, in the order they are to be written */
  GPtrArray *states;       /* (owned) of TrustSourceState*: the snapshot's, with these files taken in */
  GPtrArray *fresh;        /* (owned) of TrustSourceFile*: those of STATES that the plan makes; their stat is filled once they are written */
  GPtrArray *stores;       /* (owned) of TrustStore*, by name: the snapshot's, as they then are */
  GPtrArray *crls;         /* (owned) of TrustKeptCrl*: the snapshot's own array, unless the change is about them; new ones have no stat yet */
  TrustHandback *handback; /* (owned) (nullable) the snapshot's own, unless the change is about it */
  GPtrArray *placed;       /* (owned) of TrustPlaced*: the snapshot's own array, unless the change is about them */
  TrustAnchorSet *set;     /* (owned) the effective set that STATES give */
  TrustAnchorSet *flat;    /* (owned) SET as flat files may show it */
  gint64 flat_next;        /* when FLAT changes by time alone; TRUST_NEVER */
  TrustEnded *ended;       /* (owned) (nullable) the snapshot's, with what STATES hold that has ended */
  GPtrArray *reports;      /* (owned) of char*: conflicts in SET */
  TrustOutcome *outcome;   /* (owned) what becomes of each certificate */
} TrustPlan;

/* Checks CHANGE against the policy and SNAPSHOT; ROOT is only read, for files to be set aside. NOW: seconds since the epoch. An
 * empty `files` means that there is nothing to do. Refusals are errors; then nothing may be done. Returns: (transfer full). */
TrustPlan *trust_plan_new (TrustRoot *root, const TrustSnapshot *snapshot, const TrustChange *change, const TrustCaller *caller, gint64 now,
                           GError **error);
/* The same for a rollback or an undo, to TREE: what stands there now becomes what stood there then, but for distrusts that are newer. */
TrustPlan *trust_plan_new_rollback (TrustRoot *root, const TrustSnapshot *snapshot, const TrustChange *change, const TrustPlanTree *tree,
                                    const TrustCaller *caller, gint64 now, GError **error);
void trust_plan_free (TrustPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustPlan, trust_plan_free)
