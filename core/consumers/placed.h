/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The consumers that files describe: each output is made, held against what stands there, and written only where it is anchord's to write. */
#pragma once

#include "core/atomic.h"
#include "core/consumers/consumer.h"
#include "core/emitters/emitter.h"
#include "core/placed.h"

/* One file a consumer: what its outputs hold by anchord's hand. */
#define TRUST_MANIFESTS "/var/lib/anchord/consumers"

typedef enum
{
  TRUST_HELD_FILE,
  TRUST_HELD_FOLDER,
  TRUST_HELD_LINK,
  TRUST_HELD_MERGED, /* a file that others write to as well */
  TRUST_HELD_LAST
} TrustHeldKind;

/* What an output holds. A file or a link is the one entry of its folder. */
typedef struct
{
  TrustHeldKind kind;
  char *format;  /* (owned) of core/emitters/table.c, or TRUST_PLACED_LINK */
  char *path;    /* (owned) of the file, the link or the folder */
  gboolean keep; /* its files stay when the consumer is disabled */
  gboolean has_input;
  TrustFingerprint input; /* of what it was made of; equal inputs make equal bytes */
  /* (owned) name -> GArray* of TrustFingerprint (both owned): what may stand there by our hand; none: somebody took it away */
  GHashTable *entries;
  GHashTable *shown;     /* (owned) a set of TrustFingerprint* (owned): the anchors in it */
  GHashTable *withdrawn; /* (owned) the same: those that somebody took out */
  GHashTable *stats;     /* (owned) name -> TrustStat* (both owned): as they were when they were right; in memory only */
} TrustHeld;

TrustHeld *trust_held_new (TrustHeldKind kind, const char *format, const char *path, gboolean keep);
void trust_held_free (TrustHeld *held);
/* Among an entry's digests: nothing may stand there, while it is being made. */
extern const TrustFingerprint trust_held_absent;
/* NAME may hold bytes of DIGEST; NULL: it was taken away. */
void trust_held_add (TrustHeld *held, const char *name, const TrustFingerprint *digest);
gboolean trust_held_has (const TrustHeld *held, const char *name, const TrustFingerprint *digest);

/* The manifest of the consumer NAME, of TrustHeld*; empty where there is none, or a damaged one. Returns: (transfer full). */
GPtrArray *trust_manifest_read (TrustRoot *root, const char *name);
/* Why the one on disk, of which trust_manifest_read() has nothing, must be left alone: a newer anchord wrote it. (transfer full) (nullable) */
char *trust_manifest_find_fault (TrustRoot *root, const char *name);
/* Writes it and makes it durable; an empty one goes. */
gboolean trust_manifest_write (TrustRoot *root, const char *name, const GPtrArray *manifest, GError **error);
TrustHeld *trust_manifest_find (const GPtrArray *manifest, const char *path);
/* The consumers that have one: of char*, sorted. Returns: (transfer full). */
GPtrArray *trust_manifest_list (TrustRoot *root);

/* An entry as it should be. */
typedef struct
{
  char *name;              /* (owned) */
  char *link;              /* (owned) (nullable) */
  GBytes *bytes;           /* (owned) (nullable) NULL for links, and where only the digest is known */
  TrustFingerprint digest; /* of the bytes, or of the link */
} TrustWanted;

/* What stands for a link to TARGET among digests of bytes. */
void trust_wanted_digest_link (const char *target, TrustFingerprint *out);

/* An output as it should be. */
typedef struct
{
  const TrustPlacedOutput *output; /* (borrowed) (nullable) NULL: it is to go */
  const TrustEmitter *emitter;     /* (nullable) of a link: NULL */
  TrustHeldKind kind;
  char *path;          /* (owned) */
  char *folder;        /* (owned) that its entries lie in */
  TrustAnchorSet *all; /* (owned) (nullable) the store's, effective */
  TrustAnchorSet *set; /* (owned) (nullable) the same without what was withdrawn */
  TrustFingerprint input;
  gboolean has_input;
  GPtrArray *entries;   /* (owned) (nullable) of TrustWanted*, by name; NULL: not made yet, and the same as last time */
  TrustAnchorSet *fits; /* (owned) (nullable) what it shows */
} TrustTask;

/* OUTPUT of SET, at NOW; WITHDRAWN (nullable, a set of TrustFingerprint*) stays out. Nothing is made yet. Fails where the file's format or options
 * are no good. (transfer full) */
TrustTask *trust_task_new (const TrustPlacedOutput *output, const char *distribution, TrustAnchorSet *set, gint64 now, GHashTable *withdrawn,
                           GError **error);
/* What HELD tells of is to go. (transfer full) */
TrustTask *trust_task_new_removal (const TrustHeld *held);
void trust_task_free (TrustTask *task);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustTask, trust_task_free)
/* Of its files. What is shared and others' from now on is for everybody to read. */
guint trust_task_get_mode (const TrustTask *task);
/* Makes the entries. BEFORE (nullable): what a file holds that is merged, or that gives the order; OURS (nullable): what of that is anchord's. */
gboolean trust_task_make (TrustTask *task, const TrustSnapshot *snapshot, GBytes *before, GHashTable *ours, GError **error);

/* What is to be done about one entry. */
typedef enum
{
  TRUST_STEP_WRITE,
  TRUST_STEP_REMOVE
} TrustStepKind;

typedef struct
{
  TrustStepKind kind;
  const char *name;          /* (borrowed) of the wanted entry, or of the held one */
  const TrustWanted *wanted; /* (borrowed) (nullable) */
} TrustStep;

/* An output held against what stands there. */
typedef struct
{
  TrustTask *task;   /* (borrowed) */
  TrustHeld *held;   /* (borrowed) */
  GArray *steps;     /* (owned) of TrustStep: the additions first */
  GPtrArray *drift;  /* (owned) of char*: printable */
  GPtrArray *faults; /* (owned) of char*: why it cannot be brought up to date; printable */
  gboolean adopted;  /* another's bytes for the same anchors are ours from now on: the manifest must say so */
} TrustLook;

TrustLook *trust_look_new (TrustTask *task, TrustHeld *held);
void trust_look_free (TrustLook *look);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustLook, trust_look_free)

/* What is there, and what is to be done about it. SNAPSHOT tells which certificates anchord knows. FLAGS: TRUST_PUBLISH_REPAIR, _FORCE; INCREMENTAL
 * trusts the stamps of what was right last time. FALSE: somebody took anchors out of it, which are among HELD's withdrawn ones now; make the task
 * anew without them and look again. */
gboolean trust_look_at (TrustRoot *root, TrustLook *look, const TrustSnapshot *snapshot, TrustPublishFlags flags);

/* What all outputs of a consumer are looked at with. */
typedef struct
{
  TrustRoot *root;
  const TrustPlaced *placed;
  const GPtrArray *manifest; /* of TrustHeld* */
  TrustAnchorSet *set;       /* its store's, effective */
  const TrustSnapshot *next;
  TrustPublishFlags flags;
} TrustOutputsRun;

/* A task and a look for each output of RUN's consumer, in their order; several threads work where that pays. FRESH gets the TrustHeld* (owned) of
 * those that the manifest does not have. */
gboolean trust_outputs_look (const TrustOutputsRun *run, GPtrArray *tasks, GPtrArray *looks, GPtrArray *fresh, GError **error);

/* What all outputs of a consumer are written with. All borrowed. */
typedef struct
{
  TrustRoot *root;
  const char *name;
  const TrustPlaced *placed; /* (nullable) its file is gone */
  GPtrArray *manifest;       /* of TrustHeld* */
  const GPtrArray *looks;    /* of TrustLook* */
  GPtrArray *fresh;          /* of TrustHeld*; those move to the manifest */
} TrustOutputsWrite;

/* The steps of all looks: temporaries first, so that a full disk says so while nothing has changed; the manifest with what is there and what will be;
 * then names. On success the manifest in memory tells of what is there now. */
gboolean trust_outputs_write (const TrustOutputsWrite *run, GError **error);
/* Moves FRESH to MANIFEST. */
void trust_outputs_enter (GPtrArray *manifest, GPtrArray *fresh);

/* Of all that the distribution's tool reads, as SNAPSHOT has it: hexadecimal. Where it is the same, the tool makes the same. (transfer full) */
char *trust_outputs_digest_tool (const TrustSnapshot *snapshot);
/* Gives back the outputs of RUN's consumer NAME, which RUN's MANIFEST, here to be changed, tells of: RUN's set is what the distribution's tool has.
 * What others wrote is left, and told in DRIFT. Then the manifest is empty, and on disk there is none. */
gboolean trust_outputs_release (const TrustOutputsRun *run, const char *name, GPtrArray *manifest, GPtrArray *drift, GError **error);

/* Holds the fresh ones of ALL (of TrustPlaced*, not shared yet) against the formats there are, and gives those that do not count what they said last
 * while they did. */
void trust_placed_settle (TrustRoot *root, TrustDistributionKind distribution, GPtrArray *all);
/* Keeps what PLACED says for that day; and lets go of it. */
gboolean trust_placed_keep_good (TrustRoot *root, const TrustPlaced *placed, GError **error);
void trust_placed_forget_good (TrustRoot *root, const char *name);

/* For the consumer NAME; the vtable's open() is for those that need no name. (transfer full) */
TrustConsumerState *trust_placed_open (TrustRoot *root, const char *name);

/* Does anchord know the formats of PLACED, and take its options? */
gboolean trust_placed_check (const TrustPlaced *placed, GError **error);
/* What OUTPUT shows of the effective set SET at NOW, and what it loses (LOSSES, nullable: gets TrustLoss*). NULL: it is a link. Returns: (transfer
 * full). */
TrustAnchorSet *trust_placed_output_fit (const TrustPlacedOutput *output, TrustAnchorSet *set, gint64 now, GPtrArray *losses);
