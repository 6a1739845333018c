/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* One folder of the administrator's tree on its way back to what it held. Only core/plan-rollback*.c include this. */
#pragma once

#include "core/plan-own.h"

/* A file that comes, or is written over. */
typedef struct
{
  TrustSourceFile *row; /* (owned) what it will say */
  GBytes *content;      /* (owned) */
  guint32 mode;
} TrustComing;

typedef struct
{
  char *store;             /* (owned) (nullable) "app/x"; NULL: the system's */
  const char *source;      /* the id of its state, a static string */
  char *folder;            /* (owned) */
  TrustStore *now;         /* (borrowed) (nullable) the store as it is now */
  TrustSourceState *state; /* (borrowed) (nullable) what stands there now */
  TrustAnchorSet *set;     /* (borrowed) what is effective there now */
  GPtrArray *wanted;       /* (owned) of TrustJournalFile*, borrowed from the tree */
  GHashTable *names;       /* (owned) the set of their paths (borrowed) */
  GPtrArray *coming;       /* (owned) of TrustComing* */
  GHashTable *arrivals;    /* (owned) path -> TrustComing* (both borrowed): the same by path */
  GBytes *conf;            /* (owned) (nullable) what its store.conf will hold, if that changes */
  GHashTable *going;       /* (owned) path (borrowed) -> TrustSourceFile* (borrowed), of the state */
  GPtrArray *kept;         /* (owned) of TrustDistrust*: newer ones, which stay */
  TrustRefusals *refusals; /* (owned) (nullable) of KEPT */
  gboolean goes;           /* the store is no more */
} TrustReturn;

/* A rollback on its way. */
typedef struct
{
  TrustPlanner *planner;
  GPtrArray *returns; /* (owned) of TrustReturn*: the system's comes first */
  GHashTable *then;   /* (owned) path -> TrustJournalFile* (both borrowed): the tree that it goes back to, of what the change is about */
  GHashTable *used;   /* (owned) a set of char* (borrowed): those of change->lifted that named something */
} TrustRollback;

/* STORE: nullable, for the system's folder. Returns: (transfer full). */
TrustReturn *trust_return_new (const TrustPlanner *planner, const char *store);
void trust_return_free (TrustReturn *back);
/* FORMAT is told, and what it speaks of stays as it is. */
void trust_rollback_tell (TrustRollback *rollback, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Does the change name it by DIGITS (a fingerprint's), or by the name of the file at PATH (nullable) without suffix? */
gboolean trust_rollback_lifts (TrustRollback *rollback, const char *digits, const char *path);

/* What comes and what goes, as the files alone have it. */
gboolean trust_return_compare (TrustRollback *rollback, TrustReturn *back, GError **error);
/* Distrusts that would be lifted stay, unless the change names them. */
gboolean trust_return_keep_distrusts (TrustRollback *rollback, TrustReturn *back, GError **error);
/* What comes goes through the door, as what is added does. SYSTEM: the system's folder, whose distrusts hold in all stores. */
gboolean trust_return_admit (TrustRollback *rollback, TrustReturn *back, const TrustReturn *system, GError **error);
/* The same for trusts that grow although no file of theirs came: another entry that limited them goes. Once the plan's sets are made. */
gboolean trust_rollback_check (TrustPlanner *planner, GError **error);
/* Rows and notices: what differs in the system's set and in the stores. */
void trust_rollback_tell_rows (TrustPlanner *planner);
