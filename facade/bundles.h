/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bundles as sealed memfds, made once a snapshot and shared by all who ask. */
#pragma once

#include "core/engine.h"

typedef struct
{
  char *store;   /* (owned) */
  char *purpose; /* (owned) */
  char *format;  /* (owned) */
} TrustBundleRequest;

void trust_bundle_request_free (TrustBundleRequest *request);
/* Is it made already? */
gboolean trust_bundle_is_ready (TrustSnapshot *snapshot, const TrustBundleRequest *request);
/* A fresh read-only descriptor of it, or -1. Any thread. */
int trust_bundle_open (TrustSnapshot *snapshot, const TrustBundleRequest *request, guint64 *size_out, GError **error);
/* Lets go of bundles that are of other sets than SNAPSHOT's, and with them of those sets. Any thread. */
void trust_bundle_forget_others (TrustSnapshot *snapshot);
