/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/views.h"

#include "core/root.h"
#include "core/text.h"

#include <glib/gi18n-lib.h>
#include <gnutls/gnutls.h>

#define MAX_FAULTS 50u /* of one source's files, in one reply */

GVariant *
trust_view_outcome (const TrustOutcome *outcome)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < outcome->rows->len; i++)
    {
      const TrustOutcomeRow *row = outcome->rows->pdata[i];

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&rows, "{sv}", "fingerprint", trust_view_fingerprint (&row->fingerprint));
      g_variant_builder_add (&rows, "{sv}", "title", trust_view_text (row->title));
      g_variant_builder_add (&rows, "{sv}", "result", g_variant_new_string (trust_result_get_name (row->result)));
      g_variant_builder_add (&rows, "{sv}", "detail", trust_view_text (row->detail));
      g_variant_builder_close (&rows);
    }
  return g_variant_new ("(taa{sv}@as)", outcome->generation, &rows, trust_view_texts (outcome->notices));
}

/* What is wrong with a source, and with each of its files: what does not count must not be silent. */
static GVariant *
view_faults (const TrustSourceState *state)
{
  GVariantBuilder builder;
  guint n = 0;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < state->faults->len; i++)
    g_variant_builder_add_value (&builder, trust_view_text (state->faults->pdata[i]));
  for (guint i = 0; i < state->files->len; i++)
    {
      const TrustSourceFile *file = state->files->pdata[i];

      if (file->fault == NULL || n++ >= MAX_FAULTS)
        continue;

      g_autofree char *path = trust_text_printable (trust_origin_get_path (file->origin), 0);
      g_autofree char *line = g_strdup_printf ("%s: %s", path, file->fault);

      g_variant_builder_add_value (&builder, trust_view_text (line));
    }
  if (n > MAX_FAULTS)
    g_variant_builder_add_value (&builder, g_variant_new_take_string (g_strdup_printf (_ ("and %u more files"), n - MAX_FAULTS)));
  return g_variant_builder_end (&builder);
}

/* When the newest of STATE's files was written; 0: it has none. Seconds since the epoch. */
static gint64
find_change (const TrustSourceState *state)
{
  gint64 newest = 0;

  for (guint i = 0; i < state->files->len; i++)
    newest = MAX (newest, ((const TrustSourceFile *) state->files->pdata[i])->stat.mtime / (G_USEC_PER_SEC * 1000));
  return newest;
}

static GVariant *
view_sources (const TrustSnapshot *snapshot)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < snapshot->states->len; i++)
    {
      const TrustSourceState *state = snapshot->states->pdata[i];

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "id", trust_view_text (state->source));
      g_variant_builder_add (&builder, "{sv}", "layer", trust_view_text (trust_layer_get_name (state->layer)));
      g_variant_builder_add (&builder, "{sv}", "anchors", g_variant_new_uint32 (trust_source_state_count_anchors (state)));
      g_variant_builder_add (&builder, "{sv}", "held-back", g_variant_new_boolean (state->held_back));
      g_variant_builder_add (&builder, "{sv}", "changed", g_variant_new_int64 (find_change (state)));
      g_variant_builder_add (&builder, "{sv}", "faults", view_faults (state));
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
view_consumers (const TrustSnapshot *snapshot, gboolean *published)
{
  GVariantBuilder builder;

  *published = snapshot->consumers->len > 0;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < snapshot->consumers->len; i++)
    {
      const TrustConsumerStatus *status = snapshot->consumers->pdata[i];

      *published = *published && (!status->enabled || status->current);
      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "id", trust_view_text (status->id));
      g_variant_builder_add (&builder, "{sv}", "enabled", g_variant_new_boolean (status->enabled));
      g_variant_builder_add (&builder, "{sv}", "current", g_variant_new_boolean (status->current));
      g_variant_builder_add (&builder, "{sv}", "handed-back", g_variant_new_boolean (status->handed_back));
      g_variant_builder_add (&builder, "{sv}", "generation", g_variant_new_uint64 (status->generation));
      g_variant_builder_add (&builder, "{sv}", "drift", trust_view_texts (status->drift));
      g_variant_builder_add (&builder, "{sv}", "fault", trust_view_text (status->fault));
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

/* By whom the distribution's files were handed back; "" by nobody. */
static const char *
name_handback (const TrustHandback *handback)
{
  if (handback == NULL)
    return "";
  return handback->fault != NULL ? "unknown" : trust_handback_by_get_name (handback->by);
}

/* A file that overrides GnuTLS's settings machine-wide must not change verdicts silently. */
static const char *
find_override (void)
{
  const char *path = gnutls_get_system_config_file ();
  g_autoptr (TrustRoot) system = trust_root_new ("/", NULL);
  TrustStat st;

  return path != NULL && system != NULL && trust_root_stat (system, path, &st) ? path : "";
}

GVariant *
trust_view_status (const TrustSnapshot *snapshot, guint hooks_waiting, guint requests, GPtrArray *reports)
{
  gboolean published = FALSE;
  GVariant *consumers = view_consumers (snapshot, &published);
  g_autoptr (GPtrArray) all_reports = g_ptr_array_new ();
  GVariantBuilder builder;

  g_ptr_array_extend (all_reports, snapshot->reports, NULL, NULL);
  g_ptr_array_extend (all_reports, reports, NULL, NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "generation", g_variant_new_uint64 (snapshot->generation));
  g_variant_builder_add (&builder, "{sv}", "distribution", trust_view_text (trust_distribution_get_name (snapshot->distribution)));
  g_variant_builder_add (&builder, "{sv}", "anchors", g_variant_new_uint32 (trust_anchor_set_get_n_anchors (snapshot->set)));
  g_variant_builder_add (&builder, "{sv}", "distrusts", g_variant_new_uint32 (trust_anchor_set_get_n_distrusts (snapshot->set)));
  g_variant_builder_add (&builder, "{sv}", "published", g_variant_new_boolean (published));
  g_variant_builder_add (&builder, "{sv}", "hooks-waiting", g_variant_new_uint32 (hooks_waiting));
  g_variant_builder_add (&builder, "{sv}", "next", g_variant_new_int64 (snapshot->next != TRUST_NEVER ? snapshot->next : 0));
  g_variant_builder_add (&builder, "{sv}", "requests", g_variant_new_uint32 (requests));
  g_variant_builder_add (&builder, "{sv}", "stores", g_variant_new_uint32 (snapshot->stores->len));
  g_variant_builder_add (&builder, "{sv}", "crls", g_variant_new_uint32 (snapshot->kept->len));
  g_variant_builder_add (&builder, "{sv}", "sources", view_sources (snapshot));
  g_variant_builder_add (&builder, "{sv}", "consumers", consumers);
  g_variant_builder_add (&builder, "{sv}", "reports", trust_view_texts (all_reports));
  g_variant_builder_add (&builder, "{sv}", "handed-back", trust_view_text (name_handback (snapshot->handback)));
  g_variant_builder_add (&builder, "{sv}", "version", g_variant_new_string (PACKAGE_VERSION));
  g_variant_builder_add (&builder, "{sv}", "override", trust_view_text (find_override ()));
  return g_variant_builder_end (&builder);
}

static GVariant *
view_path (GPtrArray *path)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < path->len; i++)
    g_variant_builder_add_value (&builder, trust_view_fingerprint (trust_certificate_get_fingerprint (path->pdata[i])));
  return g_variant_builder_end (&builder);
}

static GVariant *
view_titles (GPtrArray *path)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < path->len; i++)
    {
      g_autofree char *title = trust_certificate_dup_title (path->pdata[i]);

      g_variant_builder_add_value (&builder, trust_view_text (title));
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
view_alternatives (GPtrArray *alternatives)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < alternatives->len; i++)
    {
      const TrustAlternative *alternative = alternatives->pdata[i];

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "reason", g_variant_new_string (trust_reason_get_name (alternative->reason)));
      g_variant_builder_add (&builder, "{sv}", "rule", g_variant_new_string (alternative->rule));
      g_variant_builder_add (&builder, "{sv}", "message", trust_view_text (alternative->message));
      g_variant_builder_add (&builder, "{sv}", "path", view_path (alternative->path));
      g_variant_builder_add (&builder, "{sv}", "titles", view_titles (alternative->path));
      g_variant_builder_add (&builder, "{sv}", "reached", g_variant_new_boolean (alternative->has_anchor));
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

GVariant *
trust_view_verdict (const TrustVerdict *verdict, guint64 generation)
{
  gboolean has_anchor = verdict->has_anchor && verdict->path->len > 0;
  const TrustCertificate *anchor = has_anchor ? verdict->path->pdata[verdict->path->len - 1] : NULL;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "trusted", g_variant_new_boolean (verdict->trusted));
  g_variant_builder_add (&builder, "{sv}", "reason", g_variant_new_string (trust_reason_get_name (verdict->reason)));
  g_variant_builder_add (&builder, "{sv}", "message", trust_view_text (verdict->message));
  g_variant_builder_add (&builder, "{sv}", "remedy", trust_view_text (verdict->remedy));
  g_variant_builder_add (&builder, "{sv}", "failing", g_variant_new_int32 (verdict->failing));
  g_variant_builder_add (&builder, "{sv}", "rule", g_variant_new_string (verdict->rule));
  g_variant_builder_add (&builder, "{sv}", "source", g_variant_new_string (verdict->source));
  g_variant_builder_add (&builder, "{sv}", "path", view_path (verdict->path));
  g_variant_builder_add (&builder, "{sv}", "titles", view_titles (verdict->path));
  g_variant_builder_add (&builder, "{sv}", "anchor", trust_view_fingerprint (anchor != NULL ? trust_certificate_get_fingerprint (anchor) : NULL));
  g_variant_builder_add (&builder, "{sv}", "findings", trust_view_texts (verdict->findings));
  g_variant_builder_add (&builder, "{sv}", "alternatives", view_alternatives (verdict->alternatives));
  g_variant_builder_add (&builder, "{sv}", "generation", g_variant_new_uint64 (generation));
  return g_variant_builder_end (&builder);
}
