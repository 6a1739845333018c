/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "compat/engine.h"

#include "client/lib/anchord.h"

#include <string.h>

gboolean
compat_engine_open (CompatEngine *self, const char *root, GError **error)
{
  g_autoptr (GError) local = NULL;

  *self = (CompatEngine) { g_strdup (root), NULL, FALSE };
  self->engine = trust_engine_open (root, TRUST_ENGINE_WRITABLE, &local);
  self->is_held = g_error_matches (local, TRUST_ERROR, TRUST_ERROR_BUSY);
  if (self->engine != NULL || self->is_held)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

void
compat_engine_close (CompatEngine *self)
{
  g_clear_pointer (&self->engine, trust_engine_free);
  g_clear_pointer (&self->root, g_free);
}

static gboolean
ask_service (GError **error)
{
  g_autoptr (AnchordClient) client = anchord_client_new_sync (ANCHORD_CLIENT_NONE, NULL, error);
  g_autoptr (GVariant) reply = NULL;

  if (client != NULL)
    reply = anchord_client_call_sync (client, "Anchors", "Refresh", g_variant_new ("()"), NULL, NULL, NULL, error);
  return reply != NULL;
}

gboolean
compat_engine_refresh (CompatEngine *self, GError **error)
{
  if (self->engine == NULL && !self->is_held)
    return TRUE;
  if (self->engine == NULL)
    return ask_service (error);
  /* The first look of a process is at everything that is published, too: there is nothing more to heal. */
  if (!trust_engine_refresh (self->engine, NULL, error))
    return FALSE;
  trust_engine_tidy (self->engine);
  return TRUE;
}
