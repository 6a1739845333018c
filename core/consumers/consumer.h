/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Something that reads trust from files. A consumer is one row of core/consumers/table.c.
 * Every step is convergent: it looks at what is there, and writes only what differs. */
#pragma once

#include "core/snapshot.h"

typedef struct _TrustConsumer TrustConsumer;
typedef struct _TrustConsumerState TrustConsumerState; /* what a consumer remembers between publishings; each defines its own */

struct _TrustConsumer
{
  const char *id;           /* "own", "debian" */
  guint distributions;      /* mask of 1 << TrustDistributionKind */
  const char *const *watched; /* NULL-terminated paths (folders, files) whose outside change calls for trust_publisher_heal() */
  TrustConsumerState *(*open) (TrustRoot *root);
  void (*close) (TrustConsumerState *state);
  /* Makes the consumer's files show NEXT. INCREMENTAL: what is on disk is what this state last wrote, so only what NEXT changes is looked at;
   * otherwise everything is. Appends "+PATH\n" / "-PATH\n" to HOOK_LINES (nullable). Fills STATUS. */
  gboolean (*publish) (TrustConsumerState *state, const TrustSnapshot *next, gboolean incremental, GString *hook_lines,
                       TrustConsumerStatus *status, GError **error);
  /* (nullable) Work that no reader waits for: old generations removed, temporaries swept, published files held against their hashes. */
  void (*tidy) (TrustConsumerState *state);
};

extern const TrustConsumer trust_consumers[];
extern const guint trust_n_consumers;
