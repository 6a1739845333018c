/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the engine share. Only core/engine*.c include this. */
#pragma once

#include "core/engine.h"
#include "core/found.h"
#include "core/journal.h"
#include "core/plan.h"
#include "core/publish.h"
#include "core/requests.h"
#include "core/sources/intermediates.h"

#define TRUST_ENGINE_STATE_FOLDER "/var/lib/anchord"

struct _TrustEngine
{
  TrustRoot *root; /* (owned) */
  TrustEngineFlags flags;
  int lock_fd; /* -1: read only */
  TrustDistributionKind distribution;
  TrustJournal *journal;     /* (owned) */
  TrustPublisher *publisher; /* (owned) (nullable) read only has none */
  TrustFound *found;         /* (owned) (nullable) NULL: what the journal has of the administrator's tree is to be read again */
  gboolean compared;         /* the sources were held against what the last run published */
  gboolean unwritten;        /* the snapshot's `ended` has more than the file */
  TrustEngineClock clock;
  gpointer clock_data;
  TrustEngineJournalled journalled;
  gpointer journalled_data;
  TrustJournalIntent *recovered; /* (owned) (nullable) what was finished before somebody listened */
  TrustEngineChanged changed;
  gpointer changed_data;
  TrustRequests *requests; /* (owned) */
  TrustRequestsChanged requests_changed;
  gpointer requests_changed_data;
  TrustLinkCache *links;     /* (owned) */
  TrustIntermediates *known; /* (owned) */
  GMutex lock;               /* guards `snapshot`, `journal_facts` and `journal_sequence` */
  TrustSnapshot *snapshot;   /* (owned) */
  GHashTable *journal_facts; /* (owned) (nullable) what an audit read of the journal up to the record `journal_sequence` */
  guint64 journal_sequence;
  TrustSnapshot *published; /* (owned) (nullable) what the consumers show; NULL: not known yet */
};

/* What the checks that OPTIONS name find in FACTS. Returns: (transfer full). */
TrustAudit *trust_engine_audit_facts (const TrustFacts *facts, const TrustAuditOptions *options);
gint64 trust_engine_get_time (TrustEngine *engine);
/* May a change begin? One that was announced and could not be finished (a full disk) is finished first. */
gboolean trust_engine_begin (TrustEngine *engine, GError **error);
/* The sources of this distribution, read again; what did not change is the PREVIOUS state itself (nullable). Returns: of TrustSourceState*, or
 * NULL. */
GPtrArray *trust_engine_load_sources (TrustEngine *engine, const TrustSnapshot *previous, GError **error);
/* The same for the stores. Returns: of TrustStore*. */
GPtrArray *trust_engine_load_stores (TrustEngine *engine, const TrustSnapshot *previous);
/* The same for the revocation lists. Returns: of TrustKeptCrl*. */
GPtrArray *trust_engine_load_crls (TrustEngine *engine, const TrustSnapshot *previous);
/* The same for the consumers that files describe. Returns: of TrustPlaced*. */
GPtrArray *trust_engine_load_placed (TrustEngine *engine, const TrustSnapshot *previous);
/* What the sources say, as read. */
typedef struct
{
  GPtrArray *states;       /* of TrustSourceState* */
  const GPtrArray *stores; /* of TrustStore*, with or without sets */
  GPtrArray *crls;         /* of TrustKeptCrl* */
  GPtrArray *placed;       /* of TrustPlaced* */
} TrustReading;
/* What READING comes to. Returns: (transfer full). */
TrustSnapshot *trust_engine_make_snapshot (TrustEngine *engine, guint64 generation, const TrustReading *reading);
/* SNAPSHOT, not shared yet, has STORES (with sets) from now on. */
void trust_engine_take_stores (TrustSnapshot *snapshot, const GPtrArray *stores);
/* Fills SNAPSHOT, not shared yet, with what its set comes to in flat files (FLAT, that changes by time alone at FLAT_NEXT), the time and the next
 * moment that changes anything. */
void trust_engine_settle_snapshot (TrustSnapshot *snapshot, TrustAnchorSet *flat, gint64 flat_next, gint64 time);
/* Does CHANGE go back in time? */
gboolean trust_engine_goes_back (const TrustChange *change);
/* trust_plan_new(), or, for what goes back in time, the same with the tree as the journal has it. TARGET_OUT: the generation that is gone back to, or
 * is undone; 0 for other changes. Returns: (transfer full). */
TrustPlan *trust_engine_plan (TrustEngine *engine, const TrustSnapshot *snapshot, const TrustChange *change, const TrustCaller *caller, gint64 now,
                              guint64 *target_out, GError **error);
/* The same moment, for what its consumers are found to be. Returns: (transfer full). */
TrustSnapshot *trust_engine_copy_snapshot (const TrustSnapshot *current);
/* NEXT is the current moment from now on. */
void trust_engine_take_snapshot (TrustEngine *engine, TrustSnapshot *next);
/* Adds to INTENT what differs in what the store NAME and its own files say; what it inherits is not said again. */
void trust_engine_record_store (TrustJournalIntent *intent, const char *name, const TrustSnapshot *before, const TrustSnapshot *after);
/* The same for each store that comes or goes, or whose own files differ. */
void trust_engine_record_stores (TrustJournalIntent *intent, const TrustSnapshot *before, const TrustSnapshot *after);
/* Makes the consumers show NEXT. A consumer's failure stands in its status and leaves the others and the store alone. */
void trust_engine_publish (TrustEngine *engine, TrustSnapshot *next);
/* INTENT is done. */
void trust_engine_tell_journalled (TrustEngine *engine, const TrustJournalIntent *intent);
/* Rolls forward what a killed writer had announced: its files, then the consumers. */
gboolean trust_engine_recover (TrustEngine *engine, GError **error);
