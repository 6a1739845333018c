/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* List, page by page: bounded work for each, whatever the filter. */
#pragma once

#include "core/engine.h"

#include <gio/gio.h>

typedef struct
{
  char *purpose; /* (owned) (nullable) */
  char *text;    /* (owned) (nullable) case-folded */
  char *store;   /* (owned) "system", "app/NAME" */
  int layer;     /* a TrustLayer, -1 any */
  gboolean trusted;
  gboolean distrusted;
  gboolean has_after;
  TrustFingerprint after; /* where the last page ended */
  guint skip;             /* rows of that fingerprint already shown; G_MAXUINT all */
  guint limit;
  char *key; /* (owned) all of the above as text: what a page is remembered by */
} TrustPageRequest;

/* FILTER: its options are checked. */
TrustPageRequest *trust_page_request_new (GVariant *filter, const char *after, guint limit, GError **error);
void trust_page_request_free (TrustPageRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrustPageRequest, trust_page_request_free)

/* (taa{sv}s). The request's store must be in SNAPSHOT. Pages of the current snapshot are remembered within a bound. Any thread.
 * Returns: (transfer full), not floating. */
GVariant *trust_page_get (TrustSnapshot *snapshot, const TrustPageRequest *request);
/* After trust_page_get(): makes the page that a reader who walks through all of them asks for next, while it reads this one. */
void trust_page_look_ahead (TrustSnapshot *snapshot, const TrustPageRequest *request);
/* Lets go of pages that are of another set than SNAPSHOT's, and with them of that set. Any thread. */
void trust_page_forget_others (TrustSnapshot *snapshot);
