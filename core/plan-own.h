/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the planner share: a change on its way to a plan. Only core/plan*.c include this. A new kind of change is one file and one
 * row of the table in core/plan.c. */
#pragma once

#include "core/known.h"
#include "core/plan-refusals.h"
#include "core/plan.h"
#include "core/store-conf.h"

/* Where the entries of a change stand: one folder that anchord writes to, as last read. */
typedef struct
{
  const char *source;      /* the id of its state, a static string */
  char *folder;            /* (owned) "/etc/anchord/anchors.d" */
  TrustSourceState *state; /* (borrowed) (nullable) what stands there now */
  TrustAnchorSet *set;     /* (borrowed) what is effective there now */
  GHashTable *anchors;     /* (owned) TrustFingerprint* -> GPtrArray of TrustSourceFile*, borrowed from STATE */
  GHashTable *distrusts;   /* (owned) the same, by trust_planner_name_distrust() */
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
  TrustKnown *known;       /* (owned) (nullable) made when first asked for */
  char *added_by;          /* (owned) (nullable) */
  GHashTable *removed;     /* (owned) path (borrowed) -> TrustJournalFile* (borrowed): those of plan->files that go */
  GHashTable *fresh;       /* (owned) path -> TrustSourceFile* (both borrowed): plan->fresh, those that come or change */
  GHashTable *asked;       /* (owned) set of TrustFingerprint*: the change's own certificates and whole fingerprints */
  GHashTable *seen;        /* (owned) set of TrustFingerprint* (owned): gone through already */
  GArray *touched;         /* (owned) of TrustFingerprint: those whose outcome is told from the new set */
  GHashTable *narrowed;    /* (owned) set of TrustFingerprint*: distrusts of them no longer name a key */
  GPtrArray *refused;      /* (owned) of TrustDistrust*: what the change wants refused, new or not */
  TrustRefusals *refusals; /* (owned) (nullable) of the administrator's layer in the place; made when first asked for */
  GHashTable *ended;       /* (owned) (nullable) TrustFingerprint* -> TrustAnchor*: trusts that have ended; made when first asked for */
  TrustFingerprint followed_fingerprint;
  const TrustFingerprint *followed; /* (nullable) add --replaces: the one that is followed */
  char *succession;                 /* (owned) (nullable)   how to end its trust */
  GPtrArray *aside;                 /* (owned) of TrustSourceFile*, borrowed: set aside */
  TrustStore *store;                /* (borrowed) (nullable) the store that the change is about, as it is now */
  TrustStoreConf conf;              /* (owned) what its configuration then says */
  TrustSourceState *created;        /* (owned) (nullable) the files of the store that the change makes: none yet */
  gboolean goes;                    /* the store is deleted */
  const TrustPlanTree *tree;        /* (borrowed) (nullable) rollback, undo: what stood there then */
  GPtrArray *stores;                /* (owned) (nullable) of TrustStore*: all of them as they will be, where the change is about several */
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
  /* (nullable) What can only be checked once the plan's set is known. Only called if there is anything to do. */
  gboolean (*check) (TrustPlanner *planner, GError **error);
  /* (nullable) The rows and notices that are known once the plan's set is. Only called if there is anything to do. */
  void (*tell) (TrustPlanner *planner);
} TrustPlanKind;

extern const TrustPlanKind trust_plan_add, trust_plan_remove, trust_plan_distrust, trust_plan_set, trust_plan_restore, trust_plan_import;
extern const TrustPlanKind trust_plan_store_create, trust_plan_store_delete, trust_plan_store_add, trust_plan_store_remove, trust_plan_store_narrow;
extern const TrustPlanKind trust_plan_crl_add, trust_plan_crl_remove, trust_plan_consumer_enable, trust_plan_consumer_disable;
extern const TrustPlanKind trust_plan_rollback, trust_plan_undo, trust_plan_handback, trust_plan_resume;

/* The folder FOLDER, whose files STATE (nullable) holds and which SET is effective for, as the place of the change. */
void trust_planner_set_place (TrustPlanner *planner, const char *source, const char *folder, TrustSourceState *state, TrustAnchorSet *set);
/* The files of the place that name FINGERPRINT: of TrustSourceFile*, NULL if there are none. Borrowed. */
GPtrArray *trust_planner_find_anchors (const TrustPlanner *planner, const TrustFingerprint *fingerprint);
GPtrArray *trust_planner_find_distrusts (const TrustPlanner *planner, const TrustFingerprint *fingerprint);
/* What names DISTRUST's file: its certificate's fingerprint; where it names none its key's; else the SHA-256 of issuer and serial number. */
void trust_planner_name_distrust (const TrustDistrust *distrust, TrustFingerprint *out);
/* May FILES (nullable) be replaced or removed: does each hold one entry only? TRUST_ERROR_FOREIGN names the one that does not. */
gboolean trust_planner_check_files (const GPtrArray *files, GError **error);
/* May a file for the entry that is called NAME be written at ORIGIN? Not over one that holds something else. */
gboolean trust_planner_check_target (const TrustPlanner *planner, const TrustOrigin *origin, const TrustFingerprint *name, GError **error);

/* The trust in FINGERPRINT that a file of the place gives; NULL if there is none, or more than one file. */
TrustAnchor *trust_planner_find_own (const TrustPlanner *planner, const TrustFingerprint *fingerprint);
gboolean trust_planner_has_ended (const TrustPlanner *planner, const TrustAnchor *anchor);
/* The trust of the highest layer in FINGERPRINT that has ended. (nullable) */
TrustAnchor *trust_planner_find_ended (TrustPlanner *planner, const TrustFingerprint *fingerprint);
/* What adding must not take from: the own trust, or what is effective. NULL if it is not trusted now. */
const TrustSettings *trust_planner_find_base (const TrustPlanner *planner, const TrustFingerprint *fingerprint);
/* PURPOSES with the limits that the change names, and BASE's (nullable: none) for the others. What flat files hold of FINGERPRINT because it is the
 * distribution's stays there. Returns: (transfer full). */
TrustSettings *trust_planner_merge_settings (const TrustPlanner *planner, const TrustFingerprint *fingerprint, TrustPurposes *purposes,
                                             const TrustSettings *base);
/* The distribution's trust in FINGERPRINT, if that is what is effective: flat files hold it whatever limits it. */
TrustAnchor *trust_planner_find_distributed (const TrustPlanner *planner, const TrustFingerprint *fingerprint);
/* TRUST_ERROR_POLICY if flat files hold FINGERPRINT as the distribution's, and would not hold an own entry with the settings WANTED. */
gboolean trust_planner_check_flat (const TrustPlanner *planner, const TrustFingerprint *fingerprint, TrustSettings *wanted, GError **error);
/* TRUST_ERROR_POLICY if WANTED allows less than BASE (nullable). */
gboolean trust_planner_check_reduction (const TrustSettings *base, const TrustSettings *wanted, GError **error);
/* Is TIME, given as OPTION, to come? */
gboolean trust_planner_check_date (const TrustPlanner *planner, const char *option, gint64 time, GError **error);
/* The same of the end of a trust in FINGERPRINT, which must not have ended before. */
gboolean trust_planner_check_until (const TrustPlanner *planner, const TrustFingerprint *fingerprint, gint64 until, GError **error);
/* Sets ERROR: ENDED, and the OPTIONS that revive it. */
gboolean trust_planner_refuse_ended (const TrustAnchor *ended, const char *options, GError **error);

/* What is said of an entry beside its settings; NULL leaves what was said before. */
typedef struct
{
  const char *label;
  const char *reason;
  const TrustFingerprint *replaces;
  const char *detail; /* for the outcome's row */
} TrustWords;

/* CERTIFICATE trusted with just the settings WANTED by a file of the place, and its row of the outcome. Everything is checked before anything is
 * taken. */
gboolean trust_planner_add (TrustPlanner *planner, TrustCertificate *certificate, TrustSettings *wanted, const TrustWords *words, GError **error);
/* DISTRUST, for which the place has its own origin and a note, and its row. What stands is never refused less, unless the change replaces. */
gboolean trust_planner_refuse (TrustPlanner *planner, TrustDistrust *distrust, GError **error);
/* Do both name just the same? */
gboolean trust_planner_name_the_same (const TrustDistrust *a, const TrustDistrust *b);
/* A `tell`: what became of the trusts that were touched. */
void trust_planner_tell_removals (TrustPlanner *planner);
/* A `tell`: what of the new trusts does not count, or not everywhere. */
void trust_planner_tell (TrustPlanner *planner);

/* With keep_going, an ERROR that refuses one certificate becomes a row, and is cleared: TRUE. CERTIFICATE: nullable. */
gboolean trust_planner_go_on (TrustPlanner *planner, const TrustFingerprint *fingerprint, const TrustCertificate *certificate, GError **error);
/* Calls EACH for every certificate of the change. Errors get the certificate's title before them. */
gboolean trust_planner_each_certificate (TrustPlanner *planner, gboolean (*each) (TrustPlanner *, TrustCertificate *, GError **), GError **error);
/* The same for its fingerprints. */
gboolean trust_planner_each_prefix (TrustPlanner *planner, gboolean (*each) (TrustPlanner *, const TrustPrefix *, GError **), GError **error);
/* Has FINGERPRINT been asked about before? The change names a certificate twice. */
gboolean trust_planner_is_again (TrustPlanner *planner, const TrustFingerprint *fingerprint);
/* The one certificate PREFIX means, as trust_known_resolve(). */
gboolean trust_planner_resolve (TrustPlanner *planner, const TrustPrefix *prefix, TrustFingerprint *out, TrustCertificate **certificate_out,
                                GError **error);

/* The origin of a file that anchord writes into the place. Returns: (transfer full). */
TrustOrigin *trust_planner_make_origin (const TrustPlanner *planner, const TrustFingerprint *fingerprint, gboolean distrust);
/* The file at PATH goes. */
void trust_planner_take_removal (TrustPlanner *planner, const char *path);
/* All of FILES (nullable) go, but the one at KEPT (nullable). */
void trust_planner_take_removals (TrustPlanner *planner, const GPtrArray *files, const char *kept);
/* A row for a file of the place at ORIGIN that will hold CONTENT; its entry is to be filled in. Borrowed. */
TrustSourceFile *trust_planner_take_file (TrustPlanner *planner, TrustOrigin *origin, GBytes *content);
/* ROW, which holds CONTENT and knows its origin, will be. ROW: (transfer full). */
void trust_planner_take_row (TrustPlanner *planner, TrustSourceFile *row, GBytes *content, guint32 mode);
/* A file of the place with one entry, at its origin's path. (transfer full). */
void trust_planner_take_anchor (TrustPlanner *planner, TrustAnchor *anchor);
void trust_planner_take_distrust (TrustPlanner *planner, TrustDistrust *distrust);
/* Can all that distrusts FINGERPRINT, or CERTIFICATE (nullable) by key or serial number, in the administrator's layer go? *N_OUT (nullable): how many
 * entries that are. TRUST_ERROR_FOREIGN names a file that is not anchord's. A higher layer's anchor lifts all others by itself. */
gboolean trust_planner_check_lift (TrustPlanner *planner, const TrustFingerprint *fingerprint, const TrustCertificate *certificate, guint *n_out,
                                   GError **error);
/* They go. An entry that names another certificate, which the change does not ask for, is narrowed to that. */
void trust_planner_lift (TrustPlanner *planner, const TrustFingerprint *fingerprint, const TrustCertificate *certificate);
/* DISTRUST, and what STANDS (nullable) names besides: to refuse again never refuses less. Returns: (transfer full). */
TrustDistrust *trust_planner_widen (TrustDistrust *distrust, const TrustDistrust *stands);
/* CRL is kept from now on, if it passes the door; and its row. */
gboolean trust_planner_add_crl (TrustPlanner *planner, TrustCrl *crl, GError **error);
/* KEPT, one of the plan's own folder, goes; and its row. */
void trust_planner_remove_crl (TrustPlanner *planner, TrustKeptCrl *kept);
/* STATE without what goes, and with what comes for it. Returns: (transfer full). */
TrustSourceState *trust_planner_make_state (const TrustPlanner *planner, TrustSourceState *state);
/* A store cannot lift what the whole system refuses: TRUST_ERROR_DISTRUSTED. Nothing where the place is the system's. */
gboolean trust_planner_check_store (const TrustPlanner *planner, const TrustCertificate *certificate, GError **error);
/* The store of the change as the plan has it; NULL where the place is the system's, or the store goes. */
const TrustStore *trust_planner_find_store (const TrustPlanner *planner);
/* The snapshot's stores, with what the change does to one of them, whose sets are not made yet. Returns: (transfer full): of TrustStore*. */
GPtrArray *trust_planner_list_stores (const TrustPlanner *planner);
