/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "facade/facade-losses.h"

#include "core/loss.h"
#include "facade/bundles.h"
#include "facade/options.h"
#include "facade/views.h"

/* Which file is meant: named as a bundle is, whether it is made or not. */
gboolean
trust_parse_get_losses (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  const char *store = NULL, *purpose = NULL, *format = NULL;
  TrustBundleRequest *request = NULL;

  g_variant_get (parameters, "(&s&s&s)", &store, &purpose, &format);
  if (!trust_store_check_name (store, error) || !trust_engine_check_bundle (purpose, format, error))
    return FALSE;
  request = g_new0 (TrustBundleRequest, 1);
  *request = (TrustBundleRequest) { g_strdup (store), g_strdup (purpose), g_strdup (format) };
  *out = (TrustDoorRequest) { request, (GDestroyNotify) trust_bundle_request_free };
  return TRUE;
}

static GVariant *
view_losses (const GPtrArray *losses)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < losses->len; i++)
    {
      const TrustLoss *loss = losses->pdata[i];

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "fingerprint", trust_view_fingerprint (&loss->fingerprint));
      g_variant_builder_add (&builder, "{sv}", "title", trust_view_text (loss->title));
      g_variant_builder_add (&builder, "{sv}", "losses", trust_view_losses (loss->losses));
      g_variant_builder_add (&builder, "{sv}", "left-out", g_variant_new_boolean (loss->left_out));
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

gboolean
trust_handle_get_losses (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  const TrustBundleRequest *file = request->data;
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  g_autoptr (GPtrArray) losses = trust_engine_losses (snapshot, file->store, file->purpose, file->format, error);

  if (losses == NULL)
    return FALSE;
  out->reply = g_variant_ref_sink (g_variant_new ("(@aa{sv})", view_losses (losses)));
  return TRUE;
}
