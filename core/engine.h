/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The only door to the core. It sequences: lock, intent, files, publish, done. It decides nothing.
 * One thread may call the changing functions at a time; snapshots are for all threads. */
#pragma once

#include "core/change.h"
#include "core/checks/check.h"
#include "core/error.h"
#include "core/history.h"
#include "core/journal-verify.h"
#include "core/journal.h" /* what a preview shows: TrustJournalChange */
#include "core/known.h"   /* what a beginning of a fingerprint means, for those who ask before they change */
#include "core/limits.h"
#include "core/request.h"
#include "core/snapshot.h"
#include "core/verifier.h"
#include "core/why.h"

typedef struct _TrustEngine TrustEngine;

typedef enum
{
  TRUST_ENGINE_READ_ONLY = 0, /* no lock, nothing written, no recovery */
  TRUST_ENGINE_WRITABLE = 1,  /* takes the lock for its life: a second writer gets TRUST_ERROR_BUSY */
} TrustEngineFlags;

/* Called by the thread that made the change, after it is durable. */
typedef void (*TrustEngineChanged) (guint64 generation, const TrustAnchorSetDiff *diff, gpointer user_data);

/* Opens the store under ROOT_PATH: detects the distribution, loads all sources, merges. WRITABLE: recovers an intent without done (rolls it forward).
 * Publishes nothing else: call trust_engine_refresh(). Returns: (transfer full). */
TrustEngine *trust_engine_open (const char *root_path, TrustEngineFlags flags, GError **error);
void trust_engine_free (TrustEngine *engine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustEngine, trust_engine_free)
/* Where the engine's time comes from: seconds since the epoch. The system's clock until told otherwise, before anything is asked of ENGINE. */
typedef gint64 (*TrustEngineClock) (gpointer user_data);
void trust_engine_set_clock (TrustEngine *engine, TrustEngineClock clock, gpointer user_data);
void trust_engine_set_listener (TrustEngine *engine, TrustEngineChanged changed, gpointer user_data);
/* The same for what was written to the journal: a change that is done, whoever made it, and HEAD, the hash of its end. One that a killed writer left,
 * and that was finished before somebody listened, is told at once. */
typedef void (*TrustEngineJournalled) (const TrustJournalIntent *intent, const char *head, gpointer user_data);
void trust_engine_set_journal_listener (TrustEngine *engine, TrustEngineJournalled journalled, gpointer user_data);

/* The current moment; any thread. Returns: (transfer full). */
TrustSnapshot *trust_engine_get_snapshot (TrustEngine *engine);

/* The current moment with the consumers as they are: what the writer knows of them, or, where nothing was published yet or the store was
 * opened for reading, what a look at their files finds; that costs as much as comparing all of them. Any thread. Returns: (transfer full). */
TrustSnapshot *trust_engine_look (TrustEngine *engine);

/* Why the certificate with FINGERPRINT is trusted, or not, at the moment that trust_engine_look() gives. Any thread. Returns: (transfer full). */
TrustWhy *trust_engine_why (TrustEngine *engine, const TrustFingerprint *fingerprint);

/* Signatures that were found good: no change of trust alters them. Any thread. (transfer none) */
TrustLinkCache *trust_engine_get_links (TrustEngine *engine);
/* The intermediates that this machine knows, which are no trust, as they stand in their folders now. REPORTS (nullable) gets char*: files that do not
 * count. Any thread. Returns: (transfer full). */
TrustAnchorSet *trust_engine_look_at_intermediates (TrustEngine *engine, GPtrArray *reports);

/* Does CHANGE for CALLER in one transaction: all of it or nothing. What is already so is a row of the outcome, not an error, and where that is all,
 * nothing is written. Returns: (transfer full). */
TrustOutcome *trust_engine_apply (TrustEngine *engine, const TrustChange *change, const TrustCaller *caller, GError **error);

/* What trust_engine_apply() would do and say, with nothing done: the same refusals, the same rows, and in *CHANGES_OUT (transfer full) the
 * TrustJournalChange* that the journal would hold, each certificate whose trust would differ. Any thread, with or without the lock.
 * Returns: (transfer full). */
TrustOutcome *trust_engine_preview (TrustEngine *engine, const TrustChange *change, const TrustCaller *caller, GPtrArray **changes_out,
                                    GError **error);

/* Looks at the sources again (unchanged files are not read) and publishes what changed, journalled as "source"; where it is only trust that has
 * ended, which is then written down as such, as "until". To be called at the snapshot's `next` too. Writes nothing where nothing changed.
 * CHANGED_OUT nullable. */
gboolean trust_engine_refresh (TrustEngine *engine, gboolean *changed_out, GError **error);
/* An output of a consumer that a file describes, as it should be. */
typedef struct
{
  const TrustPlacedOutput *output; /* (borrowed) of the snapshot's */
  gboolean is_folder;
  guint n_anchors;   /* that it shows */
  GPtrArray *losses; /* (owned) of TrustLoss*: what it cannot say, and whom it leaves out */
} TrustOutputView;

/* The outputs of PLACED, one of SNAPSHOT's. Any thread; as costly as fitting the set to each format. Returns: (transfer full): of TrustOutputView*.
 * */
GPtrArray *trust_engine_view_outputs (const TrustSnapshot *snapshot, const TrustPlaced *placed);
/* What the file NAME.consumer of BYTES says, held against the formats there are. For who writes one. Returns: (transfer full). */
TrustPlaced *trust_engine_read_consumer (const char *name, const void *bytes, gsize size, GError **error);
/* Is anything of the distribution's files still to be given back, though the mark says that they are? */
gboolean trust_engine_is_unfinished (TrustEngine *engine);
/* Puts right the files of the consumer NAME, one that a file describes, that somebody changed or took away; FORCE: even those that hold certificates
 * that anchord does not know. */
gboolean trust_engine_repair (TrustEngine *engine, const char *name, gboolean force, GError **error);
/* An outside tool wrote to a consumer's files: puts them right. What others did to a consumer that a file describes is only noticed. */
gboolean trust_engine_heal (TrustEngine *engine, GError **error);
/* Work for idle moments: old generations, and temporaries of a killed writer. */
void trust_engine_tidy (TrustEngine *engine);
/* For a process that stays: certificates go to the page cache, freed memory to the system. */
void trust_engine_give_back_memory (TrustEngine *engine);
/* Changes that the distribution's hooks have not seen yet. Any thread. */
guint trust_engine_count_waiting_hooks (TrustEngine *engine);
/* Does a package manager hold its lock? What it unpacks is looked at when it is done. Any thread. */
gboolean trust_engine_is_distribution_busy (TrustEngine *engine);
/* Paths to watch: SOURCES for trust_engine_refresh(), CONSUMERS for trust_engine_heal(). Both (out) (transfer container): of borrowed char*. */
void trust_engine_get_watched (TrustEngine *engine, GPtrArray **sources, GPtrArray **consumers);

/* Requests: wishes of those who may not change trust. They change none; an administrator's answer does. Those that only read are for any thread. */
/* Called by the thread that made the change: how many wait now, and WHAT CALLER did, in a sentence. */
typedef void (*TrustRequestsChanged) (guint waiting, const TrustCaller *caller, const char *what, gpointer user_data);
void trust_engine_set_requests_listener (TrustEngine *engine, TrustRequestsChanged changed, gpointer user_data);
/* Keeps WISH of CALLER; the same one that waits already stays as it is. In the writer's thread. Returns: (transfer full): the request, or its
 * equal. */
TrustRequest *trust_engine_request_add (TrustEngine *engine, const TrustWish *wish, const TrustCaller *caller, GError **error);
/* Those that wait, oldest first. REPORTS (nullable) gets a char* for each damaged file. Returns: (transfer full): of TrustRequest. */
GPtrArray *trust_engine_request_list (TrustEngine *engine, GPtrArray *reports);
/* The one that ID (whole) names, held against its id. Returns: (transfer full). */
TrustRequest *trust_engine_request_find (TrustEngine *engine, const char *id, GError **error);
/* The change that approving REQUEST is: REASON (nullable: the requester's own), with who asked. Returns: (transfer full). */
TrustChange *trust_engine_request_to_change (TrustRequest *request, const char *reason);
/* trust_engine_apply() of that change; with it the request is gone. In the writer's thread. Returns: (transfer full). */
TrustOutcome *trust_engine_request_approve (TrustEngine *engine, const char *id, const char *reason, const TrustCaller *caller, GError **error);
/* Takes the request away. REASON (nullable) is for the listener. In the writer's thread. */
gboolean trust_engine_request_deny (TrustEngine *engine, const char *id, const char *reason, const TrustCaller *caller, GError **error);

/* The administrator's own entries as anchor and distrust files, without who added them and when; sorted by their bytes. What stands in the files
 * counts, not what is effective. Returns: (transfer full): of GBytes. */
GPtrArray *trust_engine_export (const TrustSnapshot *snapshot);

/* Where CHANGE, a rollback or an undo, would go back to (of an undo: the generation that it would undo), and when that was made, in seconds since the
 * epoch. Any thread. */
gboolean trust_engine_find_target (TrustEngine *engine, const TrustChange *change, guint64 *generation_out, gint64 *time_out, GError **error);
/* The journal as it stands, to be read. Any thread. Returns: (transfer full). */
TrustHistory *trust_engine_open_history (TrustEngine *engine, GError **error);
/* The generation that TEXT (core/when.h) means by the engine's clock. */
gboolean trust_engine_resolve_when (TrustEngine *engine, TrustHistory *history, const char *text, guint64 *generation_out, GError **error);

/* Walks the chain of all files, and holds its end against the store. HEAD (nullable): a hash that one of the records must have. What is wrong is a
 * fault in the report; an ERROR says why there is none. Any thread. Returns: (transfer full). */
TrustJournalReport *trust_engine_verify_journal (TrustEngine *engine, const char *head, GError **error);

/* May everybody read who asked for a change? /etc/anchord/journal.conf says so; one that does not count (FAULT_OUT, nullable, (transfer full): why)
 * means no. Any thread. */
gboolean trust_engine_shows_callers (TrustEngine *engine, char **fault_out);
/* The names of users as the root's own /etc/passwd has them. Any thread. Returns: (transfer full): gint64* -> char*. */
GHashTable *trust_engine_load_users (TrustEngine *engine);

typedef struct
{
  gint64 within;             /* seconds: what ends sooner is told */
  const char *const *checks; /* (nullable) ids, NULL-terminated: only these */
} TrustAuditOptions;

typedef struct
{
  guint64 generation;
  gint64 time;         /* seconds since the epoch: that it was held against */
  GPtrArray *findings; /* (owned) of TrustFinding*, the worst first; at most TRUST_LIMIT_FINDINGS */
  guint *found;        /* (owned) how many findings each of trust_checks has, told or not */
} TrustAudit;

void trust_audit_free (TrustAudit *audit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustAudit, trust_audit_free)

/* What the audit's checks find at the moment that trust_engine_look() gives: the facts are gathered from the snapshot, the journal and the files as
 * they stand. Any thread. Returns: (transfer full). */
TrustAudit *trust_engine_audit (TrustEngine *engine, const TrustAuditOptions *options, GError **error);

/* A file of trustworthy form, whoever wrote it. */
typedef struct
{
  const char *place; /* what it stands for: "bundle.pem: certificate 3" */
  GBytes *bytes;     /* an anchor or distrust file */
} TrustAuditFile;

/* The stateless doors. */
/* The same of what N FILES say at NOW (seconds since the epoch), as if that were all that a machine trusts; checks that need more than the set
 * tell nothing. *SNAPSHOT_OUT (transfer full): what they come to. TRUST_ERROR_INVALID_INPUT names the file that can't be read. Returns: (transfer
 * full). */
TrustAudit *trust_engine_audit_files (const TrustAuditFile *files, gsize n, const TrustAuditOptions *options, gint64 now,
                                      TrustSnapshot **snapshot_out, GError **error);
/* Certificates in BYTES. Returns: (transfer full): of TrustCertificate. */
GPtrArray *trust_engine_decode (const void *bytes, gsize size, GError **error);
/* Reads one anchor or distrust file's bytes (docs/man/anchord.anchor.5.rst), as if it stood in the administrator's layer: appends TrustAnchor* to
 * ANCHORS or TrustDistrust* to DISTRUSTS, and char* to WARNINGS for keys it does not know. */
gboolean trust_engine_read_file (const void *bytes, gsize size, GPtrArray *anchors, GPtrArray *distrusts, GPtrArray *warnings, GError **error);
/* One file of a store's effective set in FORMAT, one of core/emitters that is no folder. STORE: "system" or "app/…". PURPOSE: a name or OID; a format
 * that says for what an anchor is trusted (p11-kit, openssl-trusted) also takes "" for all of the set. Returns: (transfer full). */
GBytes *trust_engine_render (const TrustSnapshot *snapshot, const char *store, const char *purpose, const char *format, GError **error);
/* The same of the system's set for tools that write files: an output in FORMAT, any of core/emitters that merges with nobody's, with a consumer
 * file's OPTIONS (nullable; char* -> char*). PURPOSE: nullable where the format says it. Returns: (transfer full): of TrustEntry*; one file has an
 * empty name. */
GPtrArray *trust_engine_extract (const TrustSnapshot *snapshot, const char *format, const char *purpose, GHashTable *options, GError **error);
/* Can such a file be asked for? TRUST_ERROR_INVALID_ARGUMENT names the formats or the purposes there are. */
gboolean trust_engine_check_bundle (const char *purpose, const char *format, GError **error);
/* What that file does not say, exactly. Returns: (transfer full): of TrustLoss*, by fingerprint; empty where it says all. */
GPtrArray *trust_engine_losses (const TrustSnapshot *snapshot, const char *store, const char *purpose, const char *format, GError **error);
