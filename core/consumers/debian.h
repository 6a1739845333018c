/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the consumer "debian" share. Debian's tool reads the configured files and the local folder, our feed among
 * it, and makes of them one NAME.pem link each, OpenSSL's hash links, and the bundle; this consumer leaves exactly what the tool
 * would leave. */
#pragma once

#include "core/consumers/consumer.h"
#include "core/consumers/pieces.h"
#include "core/debian-name.h"

#define TRUST_DEBIAN_CERTS "/etc/ssl/certs"
#define TRUST_DEBIAN_BUNDLE "ca-certificates.crt"
#define TRUST_DEBIAN_BUNDLE_PATH TRUST_DEBIAN_CERTS "/" TRUST_DEBIAN_BUNDLE
#define TRUST_DEBIAN_DISTRIBUTION_SOURCE "debian-distribution"
#define TRUST_DEBIAN_LOCAL_SOURCE "debian-local"
#define TRUST_DEBIAN_FEED_FOLDER "/usr/local/share/ca-certificates/anchord"
#define TRUST_DEBIAN_LOCAL_FOLDER "/usr/local/share/ca-certificates"
#define TRUST_DEBIAN_SHARE_FOLDER "/usr/share/ca-certificates"

/* One file that the tool takes, in its order: someone's, or one of our feed. */
typedef struct
{
  TrustSourceFile *file; /* (owned) (nullable) */
  TrustAnchor *anchor;   /* (owned) (nullable) of the feed's file */
  char *path;            /* (owned) (nullable) of the feed's file */
  gboolean from_anchors; /* the bundle gets the file's last good anchors, not its bytes */
} TrustDebianEntry;

/* The tool's whole input. */
typedef struct
{
  GPtrArray *entries; /* (owned) of TrustDebianEntry*: those from the configuration first */
  GArray *pieces;     /* (owned) of TrustPiece: the bundle, one an entry */
  guint n_configured; /* entries that the configuration lists, in its order; the others by path */
  GPtrArray *given;   /* (owned) borrowed const TrustFingerprint*, sorted: certificates that files of others give */
  GPtrArray *drift;   /* (owned) of char*: printable */
  char *fault;        /* (owned) (nullable) what someone's file gives against the effective set */
  GArray *against;    /* (owned) of TrustFingerprint: the certificates of such files that are refused */
} TrustDebianInput;

/* debian-judge.c */
/* What the tool's files may show of a certificate. */
typedef enum
{
  TRUST_DEBIAN_GOOD,
  TRUST_DEBIAN_REFUSED, /* distrusted, ended, for other purposes only, or limited in a way that a flat file can't say */
  TRUST_DEBIAN_UNKNOWN  /* no source speaks of it, or it comes with the second of two passes */
} TrustDebianStanding;

/* One publishing's judgements. */
typedef struct
{
  TrustRoot *root;           /* (borrowed) */
  const TrustSnapshot *next; /* (borrowed) */
  TrustPublishFlags flags;
  GHashTable *lost;   /* (owned) (nullable) until first asked: borrowed TrustFingerprint* that a source trusts and the set does not */
  GHashTable *others; /* (borrowed) set of owned TrustFingerprint*: gets what files that don't count hold */
} TrustDebianJudge;

void trust_debian_judge_clear (TrustDebianJudge *judge);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TrustDebianJudge, trust_debian_judge_clear)
TrustDebianStanding trust_debian_judge (TrustDebianJudge *judge, const TrustCertificate *certificate);
/* The worst of what FILE gives. A file that does not count here counts for the tool: what it holds is looked at as well. */
TrustDebianStanding trust_debian_judge_file (TrustDebianJudge *judge, const TrustSourceFile *file);
/* Is ANCHOR (nullable) of a snapshot's `flat` one that the feed is for? */
gboolean trust_debian_is_wanted (const TrustAnchor *anchor);

/* debian-deselect.c */
/* Names of the distribution's list whose files give what is refused get our `!`; where the reason is gone it goes away. */
typedef struct
{
  GPtrArray *names;       /* (owned) of char*, sorted: they carry our `!` */
  GHashTable *reselected; /* (owned) owned path -> TrustSourceFile*: no longer deselected, and not in the source's state yet */
} TrustDebianDeselection;

TrustDebianDeselection *trust_debian_deselection_new (TrustDebianJudge *judge);
void trust_debian_deselection_free (TrustDebianDeselection *deselection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustDebianDeselection, trust_debian_deselection_free)
/* Is the configuration as it wants it? */
gboolean trust_debian_deselection_is_done (TrustRoot *root, const TrustDebianDeselection *deselection);
gboolean trust_debian_deselection_contains (const TrustDebianDeselection *deselection, const char *path);
/* Adds the certificates of NEXT's deselected files to OUT (a set of owned TrustFingerprint*). */
void trust_debian_deselection_collect (const TrustDebianDeselection *deselection, const TrustSnapshot *next, GHashTable *out);

/* debian-input.c */
/* WITHDRAWN: set of TrustFingerprint* that the feed must leave out. */
TrustDebianInput *trust_debian_input_new (TrustDebianJudge *judge, const TrustDebianDeselection *deselection, GHashTable *withdrawn);
void trust_debian_input_free (TrustDebianInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustDebianInput, trust_debian_input_free)
/* One anchor into the feed, in its place; the index it got. */
guint trust_debian_input_insert (TrustDebianInput *input, TrustAnchor *anchor);
void trust_debian_input_remove (TrustDebianInput *input, guint index);
/* The index of the feed's entry for ANCHOR, or G_MAXUINT. */
guint trust_debian_input_find (const TrustDebianInput *input, const TrustAnchor *anchor);
gboolean trust_debian_input_gives (const TrustDebianInput *input, const TrustFingerprint *fingerprint);
/* An entry's bytes in the bundle; USER_DATA is a TrustDebianFill. */
typedef struct
{
  TrustRoot *root;
  const TrustDebianInput *input;
} TrustDebianFill;
gboolean trust_debian_fill (gpointer user_data, guint index, GString *out, GError **error);
/* The pieces of the bundle behind FD, if it holds just the input's, in its order or with the local part in another locale's; else
 * NULL. (transfer full) */
GArray *trust_debian_bundle_match (int fd, const TrustDebianInput *input);

const char *trust_debian_entry_get_path (const TrustDebianEntry *entry);
/* The certificate that `openssl rehash` would link the file for, or NULL. (transfer full) */
TrustCertificate *trust_debian_entry_get_linkable (TrustRoot *root, const TrustDebianEntry *entry);

/* debian-chain.c */
/* Changes to /etc/ssl/certs, in the order they must be made. */
typedef struct
{
  GPtrArray *set;         /* (owned) of char*: name, target, name, target… NAME.pem first, then hash links */
  GPtrArray *removed;     /* (owned) of char*: hash links first, then NAME.pem */
  GString *lines;         /* (owned) `+` and `-` for the hooks */
  guint n_removed_hashes; /* where NAME.pem begins in `removed` */
} TrustDebianLinks;

TrustDebianLinks *trust_debian_links_new (void);
void trust_debian_links_free (TrustDebianLinks *links);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustDebianLinks, trust_debian_links_free)
/* Makes the changes; the first half only sets, so nothing that stays is missing in between. */
gboolean trust_debian_links_set (int dir_fd, const TrustDebianLinks *links, GError **error);
gboolean trust_debian_links_remove (int dir_fd, const TrustDebianLinks *links, GError **error);

/* NAME.pem, and its line for the hooks. */
void trust_debian_links_take_pem (TrustDebianLinks *links, const char *name, const char *target);
void trust_debian_links_drop_pem (TrustDebianLinks *links, const char *name);
/* The target of the link NAME, or NULL with errno. Returns: (transfer full). */
char *trust_debian_read_link (int dir_fd, const char *name);

/* OpenSSL's own bound on one hash. */
#define TRUST_DEBIAN_CHAIN_MAX 256
/* In a chain: something that is not a link of ours to move. */
#define TRUST_DEBIAN_TAKEN ""

/* The hash links of one hash: at each number the target, TRUST_DEBIAN_TAKEN, or NULL. */
typedef struct
{
  guint32 hash;
  GPtrArray *targets; /* (owned) of owned char* (nullable) or TRUST_DEBIAN_TAKEN */
} TrustDebianChain;

/* A name that `openssl rehash` would link, and for what. */
typedef struct
{
  char *name; /* (borrowed) */
  TrustFingerprint fingerprint;
  guint32 hash;
} TrustDebianNeeded;

void trust_debian_chain_free (TrustDebianChain *chain);
/* The chain of HASH in CHAINS (hash -> TrustDebianChain*), a new one if need be. */
TrustDebianChain *trust_debian_chain_get (GHashTable *chains, guint32 hash);
/* TARGET: (transfer full). */
void trust_debian_chain_put (TrustDebianChain *chain, guint index, char *target);
/* AFTER: the names that shall stand at each number (borrowed; TRUST_DEBIAN_TAKEN and NULL as in a chain). Nothing that stays is
 * missing at any instant: links are put over others first, in rising order; what is left over then goes, the last first. */
void trust_debian_chain_plan (const TrustDebianChain *before, GPtrArray *after, TrustDebianLinks *links);
/* Numbers NEEDED (of TrustDebianNeeded, sorted by it) as `openssl rehash` would. KNOWN: the targets that may be dropped. CHAINS
 * is used up. */
void trust_debian_chains_number (GHashTable *chains, GArray *needed, GHashTable *known, TrustDebianLinks *links);

/* debian-links.c */
/* What must change for the folder to be as the tool leaves it. Lists all of it. DRIFT: gets foreign files; JUDGE's `others` what they, and files that
 * don't count, hold. */
void trust_debian_links_plan (TrustDebianJudge *judge, int dir_fd, const TrustDebianInput *input, const TrustDebianDeselection *deselection,
                              TrustDebianLinks *links, GPtrArray *drift);

/* debian-feed.c */
/* What was placed in the feed, by anchor: an append-only log, /var/lib/anchord/debian/state, lines "+SHA256" placed, "!SHA256"
 * withdrawn outside,
 * "-SHA256" gone. Written after the files it speaks of: a file that is gone while the log says it was placed was taken away by
 * hand. */
typedef struct
{
  TrustRoot *root; /* (borrowed) */
  gboolean exists;
  gboolean torn; /* its end is not a whole line */
  guint n_lines;
  GHashTable *placed;    /* (owned) set of owned TrustFingerprint* */
  GHashTable *withdrawn; /* (owned) the same */
} TrustDebianLog;

void trust_debian_log_init (TrustDebianLog *log, TrustRoot *root);
void trust_debian_log_clear (TrustDebianLog *log);
/* One more line, to be written by trust_debian_log_write(). KIND: '+', '!' or '-'. Nothing is appended for what the log says
 * already. */
void trust_debian_log_note (TrustDebianLog *log, GString *lines, char kind, const TrustFingerprint *fingerprint);
gboolean trust_debian_log_write (TrustDebianLog *log, const GString *lines, GError **error);
/* Writes it anew when most of it is past. */
void trust_debian_log_compact (TrustDebianLog *log);

/* Changes to the feed's folder. */
typedef struct
{
  GPtrArray *added;   /* (owned) of owned TrustAnchor* */
  GPtrArray *removed; /* (owned) of char*: file names */
  TrustBatch *staged; /* (owned) */
} TrustDebianFeed;

TrustDebianFeed *trust_debian_feed_new (void);
void trust_debian_feed_free (TrustDebianFeed *feed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustDebianFeed, trust_debian_feed_free)
/* Holds the folder against INPUT's feed entries: what is missing though the log says it was placed goes to WITHDRAWN_OUT
 * (TrustFingerprint*, borrowed from the entries), what is missing or differs to `added`, what is ours and no longer wanted to
 * `removed`; DRIFT gets foreign files. */
void trust_debian_feed_plan (TrustRoot *root, int dir_fd, const TrustDebianInput *input, const TrustDebianLog *log, TrustDebianFeed *feed,
                             GPtrArray *withdrawn_out, GPtrArray *drift);
gboolean trust_debian_feed_stage (int dir_fd, TrustDebianFeed *feed, GError **error);
gboolean trust_debian_feed_commit (int dir_fd, TrustDebianFeed *feed, GError **error);
gboolean trust_debian_feed_remove (int dir_fd, TrustDebianFeed *feed, GError **error);

/* debian.c */
struct _TrustConsumerState
{
  TrustRoot *root; /* (owned) */
  gboolean opened; /* the log was read */
  TrustDebianLog log;
  guint64 generation;
  /* What the last publishing left; `input` is NULL when that is not known. */
  TrustDebianInput *input;        /* (owned) (nullable) */
  TrustAnchorSet *set;            /* (owned) */
  TrustAnchorSet *flat;           /* (owned) */
  TrustSourceState *distribution; /* (owned) (nullable) */
  TrustSourceState *local;        /* (owned) (nullable) */
  GHashTable *others;             /* (owned) (nullable) set of owned TrustFingerprint*: files of others have a say in these */
  GPtrArray *drift;               /* (owned) (nullable) of char* */
  GArray *withdrawn;              /* (owned) (nullable) of TrustFingerprint: what of that was taken away by hand */
  GArray *shown;                  /* (owned) (nullable) the bundle's pieces as they stand in the file */
  TrustStat bundle, certs, feed;  /* `shown` goes with `bundle` */
};

/* Nothing is known of what is on disk. */
void trust_debian_forget (TrustConsumerState *state);

/* debian-job.c */
/* One publishing. */
typedef struct
{
  TrustConsumerState *state;
  const TrustSnapshot *next;
  int certs_fd;
  int feed_fd;             /* -1 while there is no feed */
  TrustDebianInput *input; /* (owned by the state) */
  TrustDebianFeed *feed;   /* (owned) */
  TrustDebianLinks *links; /* (owned) */
  TrustStaged *bundle;     /* (owned) (nullable) */
  int bundle_fd;           /* of the new bundle, or -1 */
  GString *log;            /* (owned) */
  gboolean *wrote;
} TrustDebianJob;

void trust_debian_job_init (TrustDebianJob *job, TrustConsumerState *state, const TrustSnapshot *next, gboolean *wrote);
void trust_debian_job_clear (TrustDebianJob *job);
gboolean trust_debian_job_open (TrustDebianJob *job, gboolean make_feed, TrustPublishFlags flags, GError **error);
/* The bundle, from the old one where that still is what was left there. */
gboolean trust_debian_job_stage_bundle (TrustDebianJob *job, GError **error);
/* First what adds, the bundle among it, then what takes away: at every instant the folder shows no less than what is in both, and
 * no link without a file behind it. The log speaks last: what it calls placed has been there. */
gboolean trust_debian_job_apply (TrustDebianJob *job, GError **error);
/* Takes over what the job left on disk. */
void trust_debian_job_settle (TrustDebianJob *job);
/* SNAPSHOT is what the files show. */
void trust_debian_remember_snapshot (TrustConsumerState *state, const TrustSnapshot *snapshot);
/* The stamps of what FD is; zero for -1. */
void trust_debian_remember_stat (int fd, TrustStat *out);

/* debian-release.c */
gboolean trust_debian_has_any (TrustConsumerState *state);
gboolean trust_debian_release (TrustConsumerState *state, const TrustSnapshot *bare, gboolean *wrote, GError **error);

/* debian-step.c */
/* What must change for feed entries that come and go (TrustAnchor*), probing their own names and hash buckets only. FALSE:
 * something unexpected is in the way; plan it all. */
gboolean trust_debian_links_plan_feed (int dir_fd, GPtrArray *added, GPtrArray *removed, TrustDebianLinks *links);
/* Only the feed changes, and what is on disk is what was left there: nothing else is looked at. FALSE without ERROR: not so, look
 * at everything. */
gboolean trust_debian_publish_feed (TrustConsumerState *state, const TrustSnapshot *next, gboolean *wrote, GError **error);

/* debian-whole.c */
/* Everything is looked at. */
gboolean trust_debian_publish_all (TrustConsumerState *state, const TrustSnapshot *next, TrustPublishFlags flags, gboolean *wrote, gboolean *enabled,
                                   GError **error);
