/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "facade/views.h"

GVariant *
trust_view_losses (guint losses)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint kind = 0; kind < TRUST_LOSS_LAST; kind++)
    if ((losses & (1u << kind)) != 0)
      g_variant_builder_add (&builder, "s", trust_loss_get_name (kind));
  return g_variant_builder_end (&builder);
}

static GVariant *
view_output (const TrustOutputView *view)
{
  GVariantBuilder builder;
  guint losses = 0, n_left_out = 0;

  for (guint i = 0; i < view->losses->len; i++)
    {
      const TrustLoss *loss = view->losses->pdata[i];

      losses |= loss->losses;
      n_left_out += loss->left_out;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "name", trust_view_text (view->output->name));
  g_variant_builder_add (&builder, "{sv}", "format", trust_view_text (view->output->format));
  g_variant_builder_add (&builder, "{sv}", "path", trust_view_text (view->output->path));
  g_variant_builder_add (&builder, "{sv}", "folder", g_variant_new_boolean (view->is_folder));
  g_variant_builder_add (&builder, "{sv}", "purpose", trust_view_text (view->output->purpose));
  g_variant_builder_add (&builder, "{sv}", "anchors", g_variant_new_uint32 (view->n_anchors));
  g_variant_builder_add (&builder, "{sv}", "left-out", g_variant_new_uint32 (n_left_out));
  g_variant_builder_add (&builder, "{sv}", "losses", trust_view_losses (losses));
  return g_variant_builder_end (&builder);
}

GVariant *
trust_view_outputs (const TrustSnapshot *snapshot, const TrustPlaced *placed)
{
  g_autoptr (GPtrArray) views = placed != NULL ? trust_engine_view_outputs (snapshot, placed) : g_ptr_array_new ();
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < views->len; i++)
    g_variant_builder_add_value (&builder, view_output (views->pdata[i]));
  return g_variant_builder_end (&builder);
}

static const TrustConsumerStatus *
find_status (const TrustSnapshot *snapshot, const char *id)
{
  for (guint i = 0; i < snapshot->consumers->len; i++)
    if (g_str_equal (((TrustConsumerStatus *) snapshot->consumers->pdata[i])->id, id))
      return snapshot->consumers->pdata[i];
  return NULL;
}

static GVariant *
view_withdrawn (const TrustConsumerStatus *status)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; status != NULL && i < status->withdrawn->len; i++)
    g_variant_builder_add_value (&builder, trust_view_fingerprint (&g_array_index (status->withdrawn, TrustFingerprint, i)));
  return g_variant_builder_end (&builder);
}

/* PLACED: NULL for what needs no file; STATUS: NULL for what is not enabled. One of them is there. */
static GVariant *
view_consumer (const TrustSnapshot *snapshot, const TrustPlaced *placed, const TrustConsumerStatus *status)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "name", trust_view_text (placed != NULL ? placed->name : status->id));
  g_variant_builder_add (&builder, "{sv}", "description", trust_view_text (placed != NULL ? placed->description : ""));
  g_variant_builder_add (&builder, "{sv}", "enabled", g_variant_new_boolean (status != NULL && status->enabled));
  g_variant_builder_add (&builder, "{sv}", "available",
                         g_variant_new_boolean (placed == NULL || (placed->fault == NULL && placed->distributions & 1u << snapshot->distribution)));
  g_variant_builder_add (&builder, "{sv}", "current", g_variant_new_boolean (status != NULL && status->enabled && status->current));
  g_variant_builder_add (&builder, "{sv}", "handed-back", g_variant_new_boolean (status != NULL && status->handed_back));
  g_variant_builder_add (&builder, "{sv}", "generation", g_variant_new_uint64 (status != NULL ? status->generation : 0));
  g_variant_builder_add (&builder, "{sv}", "store", trust_view_text (placed != NULL ? placed->store : TRUST_STORE_SYSTEM));
  g_variant_builder_add (&builder, "{sv}", "unit", trust_view_text (placed != NULL ? placed->unit : NULL));
  g_variant_builder_add (&builder, "{sv}", "file", trust_view_text (placed != NULL ? placed->path : NULL));
  g_variant_builder_add (&builder, "{sv}", "fault", trust_view_text (status != NULL ? status->fault : placed->fault));
  g_variant_builder_add (&builder, "{sv}", "drift", trust_view_texts (status != NULL ? status->drift : none));
  g_variant_builder_add (&builder, "{sv}", "withdrawn", view_withdrawn (status));
  g_variant_builder_add (&builder, "{sv}", "outputs", trust_view_outputs (snapshot, placed));
  return g_variant_builder_end (&builder);
}

GVariant *
trust_view_consumers (const TrustSnapshot *snapshot)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < snapshot->consumers->len; i++)
    {
      const TrustConsumerStatus *status = snapshot->consumers->pdata[i];

      if (trust_placed_find (snapshot->placed, status->id) == NULL)
        g_variant_builder_add_value (&builder, view_consumer (snapshot, NULL, status));
    }
  for (guint i = 0; i < snapshot->placed->len; i++)
    {
      const TrustPlaced *placed = snapshot->placed->pdata[i];

      g_variant_builder_add_value (&builder, view_consumer (snapshot, placed, find_status (snapshot, placed->name)));
    }
  return g_variant_builder_end (&builder);
}

GVariant *
trust_view_consumer_losses (const TrustSnapshot *snapshot, const TrustPlaced *placed)
{
  g_autoptr (GPtrArray) views = trust_engine_view_outputs (snapshot, placed);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < views->len; i++)
    {
      const TrustOutputView *view = views->pdata[i];

      for (guint n = 0; n < view->losses->len; n++)
        {
          const TrustLoss *loss = view->losses->pdata[n];

          g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
          g_variant_builder_add (&builder, "{sv}", "output", trust_view_text (view->output->name));
          g_variant_builder_add (&builder, "{sv}", "fingerprint", trust_view_fingerprint (&loss->fingerprint));
          g_variant_builder_add (&builder, "{sv}", "title", trust_view_text (loss->title));
          g_variant_builder_add (&builder, "{sv}", "losses", trust_view_losses (loss->losses));
          g_variant_builder_add (&builder, "{sv}", "left-out", g_variant_new_boolean (loss->left_out));
          g_variant_builder_close (&builder);
        }
    }
  return g_variant_builder_end (&builder);
}
