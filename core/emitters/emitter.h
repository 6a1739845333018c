/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Formats that leave the machine's trust store. A format is one file and one row of core/emitters/table.c. The same input gives the same bytes, at
 * any time and on any machine: a file is written only where they differ. */
#pragma once

#include "core/anchor-set.h"
#include "core/loss.h"
#include "core/snapshot.h"

/* One file of a format that is a folder. */
typedef struct
{
  char *name;    /* (owned) one path component */
  char *link;    /* (owned) (nullable) a symbolic link to this */
  GBytes *bytes; /* (owned) (nullable) else a file that holds these */
} TrustEntry;

/* NAME, LINK, BYTES: (transfer full); one of LINK and BYTES is NULL. */
TrustEntry *trust_entry_new (char *name, char *link, GBytes *bytes);
void trust_entry_free (TrustEntry *entry);

/* What an output is made of. */
typedef struct
{
  const TrustAnchorSet *set;     /* as the format can hold it (trust_emitter_fit()), distrust included */
  const char *purpose;           /* (nullable) a name or OID, the only one that SET's anchors have then */
  GHashTable *options;           /* (nullable) char* -> char*: values for keys of the format's `options`, checked */
  GBytes *before;                /* (nullable) a format that merges or follows: what the file holds now */
  GHashTable *ours;              /* (nullable) a format that merges: a set of TrustFingerprint*, what anchord wrote into it last */
  const TrustSnapshot *snapshot; /* (nullable) a format that adds: what SET was made of */
} TrustEmitterInput;

/* An option that a consumer's file may give the format. */
typedef struct
{
  const char *key; /* "Variables"; NULL ends the table */
  gboolean is_needed;
  /* (nullable: any text) Why VALUE can't be taken, or NULL; a static text. */
  const char *(*find_fault) (const char *value);
} TrustEmitterOption;

typedef struct
{
  const char *name;        /* "pem-bundle", "openssl-dir" */
  const char *description; /* "PEM, certificates one after the other"; for people */
  gboolean is_folder;      /* many named entries, or one file */
  gboolean merges;         /* the file is others', too: what they wrote there is kept. No bytes at all: there is nothing left to hold, it may go */
  gboolean follows;        /* `before` gives the order of entries, and nothing else: what was written from what was written is the same */
  gboolean names_only;     /* it names where certificates are, and holds none */
  gboolean adds;           /* it says what SET adds to what the distribution's and others' own files say, and what of these is not in SET */
  gboolean is_beside;      /* who reads it has a list of its own: a root that does not stand in the file is not refused by that */
  guint says;              /* of 1 << TrustLossKind: what it can say; a key's refusal only where a certificate with it is known */
  gboolean tells_by_key;   /* purposes and constraints stand beside a key: certificates with one key share them */
  gboolean refuses_by_key; /* what refuses a certificate refuses its key: whatever has it is refused */
  gint64 last_date;        /* the last distrust-after that it can say, seconds since the epoch; 0: any */
  const TrustEmitterOption *options; /* (nullable) */
  /* (nullable: all) Of constraints, which CONSTRAINTS in `says` stands for. */
  gboolean (*can_say) (TrustConstraints *constraints);
  /* (nullable: all) Which anchors OPTIONS (nullable) ask for. The others are not in the file, by the will of who wrote the options. */
  gboolean (*wants) (GHashTable *options, const TrustAnchor *anchor);
  /* (nullable: all) Which certificates it can hold at all; the others are left out, and told. */
  gboolean (*can_hold) (const TrustCertificate *certificate);
  /* One anchor's bytes, appended to OUT; a file is their concatenation in fingerprint order. Nullable where write() or list() is there. */
  void (*emit) (const TrustAnchor *anchor, GString *out);
  /* The length of what emit() appends, without making it. Nullable where emit() is. */
  gsize (*length) (const TrustAnchor *anchor);
  /* (nullable where emit() is there) The file's bytes, appended to OUT. Fails only for a format that merges, whose file is damaged. */
  gboolean (*write) (const TrustEmitterInput *input, GString *out, GError **error);
  /* A format that is a folder: its files, in no order: names are unique. */
  void (*list) (const TrustEmitterInput *input, GPtrArray *entries);
  /* (nullable: it can't be told here) The certificates that a file in this format holds, or an entry of the folder, whoever wrote it: appended to
   * CERTIFICATES, TrustFingerprint. Refused ones stand in it, too. Of a format that merges, those that it trusts. FALSE: damaged, no file of this
   * format, or it holds what can't be told by a fingerprint: keys, something encrypted. CERTIFICATES may have some then. */
  gboolean (*read) (const void *bytes, gsize size, GArray *certificates);
  /* (nullable: which certificates stand in it says all) Of a format that says more: do THEIRS, with the certificates of OURS, say nothing wider? */
  gboolean (*is_within) (GBytes *theirs, GBytes *ours);
} TrustEmitter;

extern const TrustEmitter trust_emitter_pem_bundle;
extern const TrustEmitter trust_emitter_openssl_dir;
extern const TrustEmitter trust_emitter_p11_kit;
extern const TrustEmitter trust_emitter_p11_kit_source;
extern const TrustEmitter trust_emitter_openssl_trusted;
extern const TrustEmitter trust_emitter_java_jks;
extern const TrustEmitter trust_emitter_java_pkcs12;
extern const TrustEmitter trust_emitter_edk2_cacerts;
extern const TrustEmitter trust_emitter_spiffe_bundle;
extern const TrustEmitter trust_emitter_pkcs7;
extern const TrustEmitter trust_emitter_est;
extern const TrustEmitter trust_emitter_pem_dir;
extern const TrustEmitter trust_emitter_der_dir;
extern const TrustEmitter trust_emitter_openssl_trusted_dir;
extern const TrustEmitter trust_emitter_extract_dir;
extern const TrustEmitter trust_emitter_extract_trusted_dir;
extern const TrustEmitter trust_emitter_chrome_policy;
extern const TrustEmitter trust_emitter_firefox_policy;
extern const TrustEmitter trust_emitter_environment;
extern const TrustEmitter trust_emitter_profile;
extern const TrustEmitter trust_emitter_containerd_hosts;
extern const TrustEmitter *const trust_emitters[]; /* NULL-terminated */
const TrustEmitter *trust_emitter_find (const char *name);
/* A format of bare certificates: a file of it is for one purpose. */
gboolean trust_emitter_is_flat (const TrustEmitter *emitter);
/* The bytes of a file in a format that is no folder. Returns: (transfer full); NULL only where `merges`. */
GBytes *trust_emitter_write (const TrustEmitter *emitter, const TrustEmitterInput *input, GError **error);
/* What INPUT gives the option KEY, else FALLBACK (nullable). */
const char *trust_emitter_option (const TrustEmitterInput *input, const char *key, const char *fallback);
/* For options: why VALUE is no absolute path that can stand in any file without quotes, or NULL. */
const char *trust_emitter_find_path_fault (const char *value);
/* Where only keys can be refused (`refuses_by_key`): the certificate whose key stands for DISTRUST. (transfer none) (nullable): none is known. */
TrustCertificate *trust_emitter_refused_by_key (const TrustDistrust *distrust);
/* For `read`: one certificate, of which just that is looked at that it is one element of DER. */
gboolean trust_emitter_read_der (const void *bytes, gsize size, GArray *certificates);
/* SET without those anchors that OPTIONS do not ask for. Returns: (transfer full). */
TrustAnchorSet *trust_emitter_choose (const TrustEmitter *emitter, GHashTable *options, TrustAnchorSet *set);
/* For the `read` of formats of PEM blocks, TRUSTED CERTIFICATE among them, but for those that trust and refuse nothing; text is passed over. A file
 * with another block, a key perhaps, can't be told by fingerprints: FALSE, with all its certificates. */
gboolean trust_emitter_read_pem (const void *bytes, gsize size, GArray *certificates);

/* SET as EMITTER's format can hold it at NOW (seconds), never wider: what the format cannot say and POLICY (core/loss.h) does not take is
 * left out, what is shared by key is what all of them allow, dates beyond its range become earlier ones. PURPOSE (nullable: all; a name or OID): only
 * anchors for that one, and for nothing else. LOSSES (nullable) gets TrustLoss*, by fingerprint: all that is lost, exactly. Linear but for the
 * sort. Returns: (transfer full). */
TrustAnchorSet *trust_emitter_fit (const TrustEmitter *emitter, TrustAnchorSet *set, const char *purpose, const TrustLossPolicy *policy, gint64 now,
                                   GPtrArray *losses);
