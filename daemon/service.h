/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The service: puts the rooms together, owns the name, and ends well. */
#pragma once

#include <glib.h>

typedef struct
{
  const char *root; /* "/" */
  const char *bus;  /* "system", "session" or an address */
  int idle_exit;    /* seconds without a call after which it leaves; 0 never */
  gboolean units;   /* steps outside the sandbox are units' work */
} TrustServiceOptions;

/* Looks at the sources, publishes what changed, and returns: no bus. Where a daemon holds the store, that one does it. */
gboolean trust_service_once (const TrustServiceOptions *options, GError **error);
/* Gives the distribution's files back to its tool, by the word of the package; RESUME: takes up what was given back by that word alone. No bus; waits
 * up to 30 seconds for whoever holds the store. */
gboolean trust_service_hand_back (const TrustServiceOptions *options, gboolean resume, GError **error);
/* Runs until it is told to stop, or is idle. */
gboolean trust_service_run (const TrustServiceOptions *options, GError **error);
