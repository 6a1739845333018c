/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* anchord itself behind the compatible tools: in process under its lock, or the service that holds it. */
#pragma once

#include "core/engine.h"

typedef struct
{
  char *root;          /* (owned) a host path */
  TrustEngine *engine; /* (owned) (nullable) */
  gboolean is_held;    /* another writer, the service most likely, has the lock */
} CompatEngine;

/* Opens the store under ROOT, to be written. That the service has it is no error. */
gboolean compat_engine_open (CompatEngine *self, const char *root, GError **error);
void compat_engine_close (CompatEngine *self);
/* Looks at the sources, and publishes and journals what they say everywhere; puts right what else was written to what is published. */
gboolean compat_engine_refresh (CompatEngine *self, GError **error);
