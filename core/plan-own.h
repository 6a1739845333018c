/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the planner share: a change on its way to a plan. Only core/plan*.c include this. A new kind of change is one file and one
 * row of the table in core/plan.c. */
#pragma once

#include "core/known.h"
#include "core/plan.h"

/* Where the entries of a change stand: one folder that anchord writes to, as last read. */
typedef struct
{
  const char *source;       /* the id of its state, a static string */
  char *folder;             /* (owned) "/etc/anchord/anchors.d" */
  TrustSourceState *state;  /* (borrowed) (nullable) what stands there now */
  TrustAnchorSet *set;      /* (borrowed) what is effective there now */
  GHashTable *anchors;      /* (owned) TrustFingerprint* -> GPtrArray of TrustSourceFile*, borrowed from STATE */
  GHashTable *distrusts;    /* (owned) the same */
} TrustPlace;

/* What is gathered while the certificates of a change are gone through. */
typedef struct
{
  TrustRoot *root;
  const TrustSnapshot *snapshot;
  const TrustChange *change;
  gint64 now;
  TrustPlan *plan;
  TrustPlace place;
  TrustKnown *known;        /* (owned) (nullable) made when first asked for */
  char *added_by;           /* (owned) (nullable) */
  GHashTable *removed;      /* (owned) paths that go (char*, borrowed from plan->files) */
  GHashTable *fresh;        /* (owned) paths that come or change (char*, borrowed from plan->fresh) */
  GHashTable *asked;        /* (owned) set of TrustFingerprint*: the change's own certificates */
  GArray *touched;          /* (owned) of TrustFingerprint: those whose outcome is told from the new set */
  GHashTable *narrowed;     /* (owned) set of TrustFingerprint*: distrusts of them no longer name a key */
  GPtrArray *refused;       /* (owned) of TrustDistrust*: what the change wants refused, new or not */
  GPtrArray *aside;         /* (owned) of TrustSourceFile*, borrowed: set aside */
} TrustPlanner;

/* Fills what ROOT, SNAPSHOT, CHANGE, NOW and PLAN, which are set, give: an empty plan for the administrator's folder. */
void trust_planner_init (TrustPlanner *planner, const TrustCaller *caller);
void trust_planner_clear (TrustPlanner *planner);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TrustPlanner, trust_planner_clear)

/* One kind of change. */
typedef struct
{
  /* Turns the change into files (trust_planner_take_…) and rows of the outcome. */
  gboolean (*plan) (TrustPlanner *planner, GError **error);
  /* (nullable) The rows and notices that are known once the plan's set is. Only called if there is anything to do. */
  void (*tell) (TrustPlanner *planner);
} TrustPlanKind;

extern const TrustPlanKind trust_plan_add, trust_plan_remove, trust_plan_distrust;

/* The folder FOLDER, whose files STATE (nullable) holds and which SET is effective for, as the place of the change. */
void trust_planner_set_place (TrustPlanner *planner, const char *source, const char *folder, TrustSourceState *state, TrustAnchorSet *set);
/* The files of the place that name FINGERPRINT: of TrustSourceFile*, NULL if there are none. Borrowed. */
GPtrArray *trust_planner_find_anchors (const TrustPlanner *planner, const TrustFingerprint *fingerprint);
GPtrArray *trust_planner_find_distrusts (const TrustPlanner *planner, const TrustFingerprint *fingerprint);
/* May FILES (nullable) be replaced or removed: does each hold one entry only? TRUST_ERROR_FOREIGN names the one that does not. */
gboolean trust_planner_check_files (const GPtrArray *files, GError **error);

/* Calls EACH for every certificate of the change. Errors get the certificate's title before them. */
gboolean trust_planner_each_certificate (TrustPlanner *planner, gboolean (*each) (TrustPlanner *, TrustCertificate *, GError **),
                                         GError **error);
/* The same for its fingerprints. */
gboolean trust_planner_each_prefix (TrustPlanner *planner, gboolean (*each) (TrustPlanner *, const TrustPrefix *, GError **),
                                    GError **error);
/* The one certificate PREFIX means, as trust_known_resolve(). */
gboolean trust_planner_resolve (TrustPlanner *planner, const TrustPrefix *prefix, TrustFingerprint *out, TrustCertificate **certificate_out,
                                GError **error);

/* The origin of a file that anchord writes into the place. Returns: (transfer full). */
TrustOrigin *trust_planner_make_origin (const TrustPlanner *planner, const TrustFingerprint *fingerprint, gboolean distrust);
/* The file at PATH goes. */
void trust_planner_take_removal (TrustPlanner *planner, const char *path);
/* All of FILES (nullable) go, but the one at KEPT (nullable). */
void trust_planner_take_removals (TrustPlanner *planner, const GPtrArray *files, const char *kept);
/* A file of the place with one entry, at its origin's path. (transfer full). */
void trust_planner_take_anchor (TrustPlanner *planner, TrustAnchor *anchor);
void trust_planner_take_distrust (TrustPlanner *planner, TrustDistrust *distrust);
/* What in the administrator's own layer distrusts CERTIFICATE goes; a higher layer's anchor lifts all others by itself. An entry that names another
 * certificate, which the change does not ask for, is narrowed to that. TRUST_ERROR_FOREIGN names a file that is not anchord's. */
gboolean trust_planner_lift (TrustPlanner *planner, const TrustCertificate *certificate, GError **error);
/* STATE without what goes, and with what comes if it is the place's own. Returns: (transfer full). */
TrustSourceState *trust_planner_make_state (const TrustPlanner *planner, TrustSourceState *state);
