/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "facade/facade-why.h"

#include "facade/views.h"

static GVariant *
view_sources (const GPtrArray *sources)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < sources->len; i++)
    {
      const TrustWhySource *source = sources->pdata[i];

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "layer", trust_view_text (trust_layer_get_name (source->layer)));
      g_variant_builder_add (&builder, "{sv}", "source", trust_view_text (source->source));
      g_variant_builder_add (&builder, "{sv}", "path", trust_view_text (source->path));
      g_variant_builder_add (&builder, "{sv}", "says", trust_view_text (trust_says_get_name (source->says)));
      g_variant_builder_add (&builder, "{sv}", "settings", trust_view_text (source->settings));
      g_variant_builder_add (&builder, "{sv}", "label", trust_view_text (source->label));
      g_variant_builder_add (&builder, "{sv}", "reason", trust_view_text (source->reason));
      g_variant_builder_add (&builder, "{sv}", "added", g_variant_new_int64 (source->added));
      g_variant_builder_add (&builder, "{sv}", "added-by", trust_view_text (source->added_by));
      g_variant_builder_add (&builder, "{sv}", "decides", g_variant_new_boolean (source->decides));
      g_variant_builder_add (&builder, "{sv}", "why", trust_view_text (source->why));
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
view_consumers (const GPtrArray *consumers)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < consumers->len; i++)
    {
      const TrustWhyConsumer *consumer = consumers->pdata[i];

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "id", trust_view_text (consumer->id));
      g_variant_builder_add (&builder, "{sv}", "sees", trust_view_text (trust_sees_get_name (consumer->sees)));
      g_variant_builder_add (&builder, "{sv}", "losses", g_variant_new_strv ((const char *const *) consumer->losses, -1));
      g_variant_builder_add (&builder, "{sv}", "why", trust_view_text (consumer->why));
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
view_stores (const GPtrArray *stores)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < stores->len; i++)
    {
      const TrustWhyStore *store = stores->pdata[i];

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "name", trust_view_text (store->name));
      g_variant_builder_add (&builder, "{sv}", "sees", trust_view_text (trust_sees_get_name (store->sees)));
      g_variant_builder_add (&builder, "{sv}", "why", trust_view_text (store->why));
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
view_why (const TrustWhy *why)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "fingerprint", trust_view_fingerprint (&why->fingerprint));
  g_variant_builder_add (&builder, "{sv}", "title", trust_view_text (why->title));
  g_variant_builder_add (&builder, "{sv}", "status", trust_view_text (trust_status_get_name (why->status)));
  g_variant_builder_add (&builder, "{sv}", "decided-by", trust_view_text (why->decided_by));
  g_variant_builder_add (&builder, "{sv}", "sources", view_sources (why->sources));
  g_variant_builder_add (&builder, "{sv}", "consumers", view_consumers (why->consumers));
  g_variant_builder_add (&builder, "{sv}", "stores", view_stores (why->stores));
  return g_variant_builder_end (&builder);
}

/* The whole fingerprint that PREFIX means. One that nobody names can be asked about if it is whole. */
static gboolean
resolve (const TrustSnapshot *snapshot, const TrustPrefix *prefix, TrustFingerprint *out, GError **error)
{
  g_autoptr (TrustKnown) known = NULL;
  TrustCertificate *certificate = NULL;

  *out = prefix->fingerprint;
  if (prefix->n_digits == 64)
    return TRUE;
  known = trust_known_new (snapshot);
  return trust_known_resolve (known, prefix, out, &certificate, error);
}

gboolean
trust_handle_why (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  g_autoptr (TrustWhy) why = NULL;
  TrustFingerprint fingerprint;

  if (!resolve (snapshot, request->data, &fingerprint, error))
    return FALSE;
  why = trust_engine_why (engine, &fingerprint);
  out->reply = g_variant_ref_sink (g_variant_new ("(@a{sv})", view_why (why)));
  return TRUE;
}
