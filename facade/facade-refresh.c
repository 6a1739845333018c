/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "facade/facade-refresh.h"

/* It takes nothing, and its type was checked. */
gboolean
trust_parse_refresh (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  return TRUE;
}

/* Nothing in a dialog depends on what is found. */
gboolean
trust_describe_refresh (const TrustDoorRequest *request, TrustEngine *engine, GHashTable *details, GError **error)
{
  return TRUE;
}

gboolean
trust_handle_refresh (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = NULL;
  gboolean is_current = TRUE;

  if (!trust_engine_refresh (engine, NULL, error) || !trust_engine_heal (engine, error))
    return FALSE;
  snapshot = trust_engine_get_snapshot (engine);
  for (guint i = 0; i < snapshot->consumers->len; i++)
    {
      const TrustConsumerStatus *status = snapshot->consumers->pdata[i];

      is_current &= !status->enabled || status->current;
    }
  out->reply = g_variant_ref_sink (g_variant_new ("(tb)", snapshot->generation, is_current));
  return TRUE;
}
