/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "facade/views.h"

static GVariant *
view_store (const TrustStore *store)
{
  g_auto (GStrv) names = store->narrowed != NULL ? trust_purposes_dup_names (store->narrowed) : NULL;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "name", trust_view_text (store->name));
  g_variant_builder_add (&builder, "{sv}", "inherits", g_variant_new_boolean (store->inherits));
  g_variant_builder_add (&builder, "{sv}", "purposes", g_variant_new_strv ((const char *const *) names, names != NULL ? -1 : 0));
  g_variant_builder_add (&builder, "{sv}", "anchors", g_variant_new_uint32 (trust_anchor_set_get_n_anchors (store->set)));
  g_variant_builder_add (&builder, "{sv}", "fault", trust_view_text (store->fault));
  g_variant_builder_add (&builder, "{sv}", "reports", trust_view_texts (store->reports));
  return g_variant_builder_end (&builder);
}

GVariant *
trust_view_stores (const GPtrArray *stores)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < stores->len; i++)
    g_variant_builder_add_value (&builder, view_store (stores->pdata[i]));
  return g_variant_builder_end (&builder);
}
