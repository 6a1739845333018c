/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/facade-audit.h"

#include "facade/views.h"

#define DAY (G_TIME_SPAN_DAY / G_TIME_SPAN_SECOND)

static void
clear_file (gpointer data)
{
  g_bytes_unref (((TrustAuditFile *) data)->bytes);
}

/* FILES as the engine takes them; places are borrowed from KEPT, which gets the rows. */
static GArray *
read_files (GVariant *files, GPtrArray *kept)
{
  gsize n = g_variant_n_children (files);
  GArray *array = g_array_sized_new (FALSE, TRUE, sizeof (TrustAuditFile), n);

  g_array_set_clear_func (array, clear_file);
  for (gsize i = 0; i < n; i++)
    {
      GVariant *row = g_variant_get_child_value (files, i);
      g_autoptr (GVariant) bytes = g_variant_lookup_value (row, "bytes", G_VARIANT_TYPE_BYTESTRING);
      TrustAuditFile file = { "", NULL };

      g_ptr_array_add (kept, row);
      g_variant_lookup (row, "place", "&s", &file.place);
      file.bytes = bytes != NULL ? g_variant_get_data_as_bytes (bytes) : g_bytes_new (NULL, 0);
      g_array_append_val (array, file);
    }
  return array;
}

static GVariant *
view_set (const TrustAnchorSet *set)
{
  g_autoptr (TrustViewShare) share = trust_view_share_new ();
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < trust_anchor_set_get_n_anchors (set); i++)
    g_variant_builder_add_value (&builder, trust_view_anchor (trust_anchor_set_get_anchor (set, i), share));
  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (set); i++)
    g_variant_builder_add_value (&builder, trust_view_distrust (trust_anchor_set_get_distrust (set, i), share));
  return g_variant_builder_end (&builder);
}

GVariant *
trust_audit_files (GVariant *files, guint within, const char *const *checks, GError **error)
{
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (GArray) array = read_files (files, kept);
  TrustAuditOptions options = { .within = within * DAY, .checks = checks };
  g_autoptr (TrustSnapshot) snapshot = NULL;
  g_autoptr (TrustAudit) audit = trust_engine_audit_files ((const TrustAuditFile *) (void *) array->data, array->len, &options,
                                                           g_get_real_time () / G_USEC_PER_SEC, &snapshot, error);

  if (audit == NULL)
    return NULL;
  return g_variant_ref_sink (g_variant_new ("(tx@aa{sv}@aa{sv}@aa{sv})", (guint64) 0, audit->time, trust_audit_view_findings (audit->findings),
                                            trust_audit_view_checks (checks, audit), view_set (snapshot->set)));
}
