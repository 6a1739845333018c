/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Something that reads trust from files. A consumer is one row of core/consumers/table.c.
 * Every step is convergent: it looks at what is there, and writes only what differs. */
#pragma once

#include "core/snapshot.h"

typedef struct _TrustConsumer TrustConsumer;
typedef struct _TrustConsumerState TrustConsumerState; /* what a consumer remembers between publishings; each defines its own */

typedef enum
{
  /* What is on disk is what this state last wrote: only what NEXT changes is looked at. Otherwise everything is. */
  TRUST_PUBLISH_INCREMENTAL = 1 << 0,
  /* The first of two passes: NEXT holds what is in both the old and the new set, and nothing else may appear. */
  TRUST_PUBLISH_REMOVALS = 1 << 1,
  /* Nothing is written; *WROTE tells whether anything would be. */
  TRUST_PUBLISH_LOOK = 1 << 2,
  /* What somebody took away or changed is put right, unless it holds what anchord does not know. */
  TRUST_PUBLISH_REPAIR = 1 << 3,
  /* With the above: even then. */
  TRUST_PUBLISH_FORCE = 1 << 4
} TrustPublishFlags;

struct _TrustConsumer
{
  const char *id;             /* "own", "debian" */
  guint distributions;        /* mask of 1 << TrustDistributionKind */
  const char *const *watched; /* NULL-terminated paths (folders, files) whose outside change calls for trust_publisher_heal() */
  TrustConsumerState *(*open) (TrustRoot *root);
  void (*close) (TrustConsumerState *state);
  /* Makes the consumer's files show NEXT. Fills STATUS; sets *WROTE to TRUE if anything was written. */
  gboolean (*publish) (TrustConsumerState *state, const TrustSnapshot *next, TrustPublishFlags flags, TrustConsumerStatus *status, gboolean *wrote,
                       GError **error);
  /* (nullable) Work that no reader waits for: old generations removed, temporaries swept, published files held against their
   * hashes. */
  void (*tidy) (TrustConsumerState *state);
  /* (nullable) A look at a few stamps: FALSE if another tool may have written here since the last publishing. */
  gboolean (*is_settled) (TrustConsumerState *state);
  /* (nullable: its files are anchord's own) Does anything of it say that anchord writes there? */
  gboolean (*has_any) (TrustConsumerState *state);
  /* With the above: leaves its files as BARE, the distribution's tool alone (core/consumers/bare.h), would have them, or as they were before anchord;
   * then has_any() is FALSE. Fills STATUS's drift with what others wrote and is left. May be repeated after a crash. */
  gboolean (*release) (TrustConsumerState *state, const TrustSnapshot *bare, TrustConsumerStatus *status, gboolean *wrote, GError **error);
};

extern const TrustConsumer trust_consumer_own;
extern const TrustConsumer trust_consumer_debian;
/* What the consumers that files describe share; each is opened by its name (core/consumers/placed.h), and none is in the table. */
extern const TrustConsumer trust_consumer_placed;
extern const TrustConsumer *const trust_consumers[]; /* NULL-terminated */
