/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* A consumer that a file describes (anchord.consumer(5)): what is written where, in which format, of which store. */
#pragma once

#include "core/distribution.h"
#include "core/loss.h"

#define TRUST_PLACED_FOLDER "/etc/anchord/consumers.d"
#define TRUST_PLACED_FOLDER_USR "/usr/lib/anchord/consumers.d"
#define TRUST_PLACED_SUFFIX ".consumer"
/* Beside them, in the administrator's folder: NAME.enabled and NAME.disabled, which `anchorctl consumer` writes; their content says nothing. */
#define TRUST_PLACED_ENABLED ".enabled"
#define TRUST_PLACED_DISABLED ".disabled"
/* The format of an output that is a symbolic link. */
#define TRUST_PLACED_LINK "link"

/* One file, folder or link. */
typedef struct
{
  char *name;        /* (owned) */
  char *format;      /* (owned) a name of core/emitters/table.c, or TRUST_PLACED_LINK */
  char *path;        /* (owned) of the file, the link, or the folder */
  char *target;      /* (owned) (nullable) what a link says */
  char *purpose;     /* (owned) (nullable) a name or OID; NULL: all, in a format that says them */
  guint mode;        /* of files */
  guint folder_mode; /* of folders that are made */
  TrustLossPolicy policy;
  gboolean keep;       /* its files stay when the consumer is disabled */
  GHashTable *options; /* (owned) char* -> char*, both owned: the format's own */
} TrustPlacedOutput;

TrustPlacedOutput *trust_placed_output_new (const char *name);
void trust_placed_output_free (TrustPlacedOutput *output);

/* What the markers beside it say. */
typedef enum
{
  TRUST_PLACED_UNSAID,
  TRUST_PLACED_MARKED_ENABLED,
  TRUST_PLACED_MARKED_DISABLED
} TrustPlacedMark;

/* Immutable once it is in a snapshot. */
typedef struct
{
  gatomicrefcount refs;
  char *name;          /* (owned) "java", of java.consumer */
  char *path;          /* (owned) of the file that counts */
  TrustStat stat;      /* of it, through links */
  char *description;   /* (owned) "" */
  guint distributions; /* mask of 1 << TrustDistributionKind */
  char *store;         /* (owned) "system", "app/NAME" */
  char *unit;          /* (owned) (nullable) what reads it, for reloads */
  char **programs;     /* (owned) (nullable) it is installed where one of these is there */
  char *lock;          /* (owned) (nullable) flock() is taken on it while it is written */
  gboolean by_default; /* enabled unless somebody says otherwise; only of the vendor's folder */
  gboolean enabled;    /* what it comes to: it is for this distribution, it has no fault, and it is wanted */
  GPtrArray *outputs;  /* (owned) of TrustPlacedOutput*, in the order they are written */
  TrustPlacedMark mark;
  char *insecurity;   /* (owned) (nullable) why nothing is taken from the file, which was not read */
  char *fault;        /* (owned) (nullable) why the file does not count; printable */
  gboolean last_good; /* it has a fault, and all else is what it said before */
  gboolean settled;   /* its formats were looked at */
  GBytes *content;    /* (owned) (nullable) of the file as it was read */
} TrustPlaced;

TrustPlaced *trust_placed_new (const char *name, const char *path);
/* The same with another MARK on DISTRIBUTION. Returns: (transfer full). */
TrustPlaced *trust_placed_with_mark (TrustPlaced *placed, TrustPlacedMark mark, TrustDistributionKind distribution);
TrustPlaced *trust_placed_ref (TrustPlaced *placed);
void trust_placed_unref (TrustPlaced *placed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustPlaced, trust_placed_unref)
/* 1 to 64 characters a-z 0-9 . _ - that begin with a letter or a digit, and none of the consumers that anchord has without a file. Otherwise
 * TRUST_ERROR_INVALID_ARGUMENT. */
gboolean trust_placed_check_name (const char *name, GError **error);
/* Fills its `enabled`, from its mark, its file and DISTRIBUTION. While it is not shared yet. */
void trust_placed_decide (TrustPlaced *placed, TrustDistributionKind distribution);
/* Of TrustPlaced*, sorted by name. (nullable) (transfer none) */
TrustPlaced *trust_placed_find (const GPtrArray *all, const char *name);
/* The enabled one of ALL, of a name before PLACED's, that writes to a place of PLACED's, too: PATH_OUT. (nullable) (transfer none) */
const TrustPlaced *trust_placed_find_rival (const GPtrArray *all, const TrustPlaced *placed, const char **path_out);
/* May a consumer's file name PATH: absolute, plain, and below one of the places that trust may be written to? A text why not, or NULL. Static. */
const char *trust_placed_find_path_fault (const char *path);
/* The places themselves, NULL-terminated, each with a "/" at its end. */
const char *const *trust_placed_get_places (void);
