/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "facade/views-journal.h"

#include "facade/views.h"

GVariant *
trust_view_changes (const GPtrArray *changes)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < changes->len; i++)
    {
      const TrustJournalChange *change = changes->pdata[i];

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "fingerprint", trust_view_text (change->fingerprint));
      g_variant_builder_add (&builder, "{sv}", "title", trust_view_text (change->title));
      g_variant_builder_add (&builder, "{sv}", "before", trust_view_text (change->before));
      g_variant_builder_add (&builder, "{sv}", "after", trust_view_text (change->after));
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

GVariant *
trust_view_states (const GPtrArray *states, guint first, guint n)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = first; i < first + n; i++)
    {
      const TrustHistoryState *state = states->pdata[i];

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "fingerprint", trust_view_text (state->fingerprint));
      g_variant_builder_add (&builder, "{sv}", "title", trust_view_text (state->title));
      g_variant_builder_add (&builder, "{sv}", "settings", trust_view_text (state->settings));
      g_variant_builder_add (&builder, "{sv}", "since", g_variant_new_uint64 (state->generation));
      g_variant_builder_add (&builder, "{sv}", "since-time", g_variant_new_int64 (state->time / G_USEC_PER_SEC));
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

static void
add_text (GVariantBuilder *builder, const char *key, const char *text)
{
  if (text != NULL && *text != '\0')
    g_variant_builder_add (builder, "{sv}", key, trust_view_text (text));
}

static void
add_number (GVariantBuilder *builder, const char *key, gint64 number)
{
  if (number >= 0)
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_int64 (number));
}

static void
add_caller (GVariantBuilder *builder, const TrustCaller *caller, const TrustLogView *view)
{
  add_text (builder, "how", caller->how);
  if (!view->shows_callers && view->uid != 0 && (caller->uid < 0 || view->uid != caller->uid))
    return;
  add_number (builder, "uid", caller->uid);
  add_text (builder, "user", g_hash_table_lookup (view->users, &caller->uid));
  add_number (builder, "login-uid", caller->login_uid);
  add_number (builder, "session", caller->session);
  add_text (builder, "unit", caller->unit);
  add_text (builder, "command", caller->command);
  add_text (builder, "executable", caller->executable);
}

static void
add_files (GVariantBuilder *builder, const char *key, const GPtrArray *files)
{
  g_variant_builder_open (builder, G_VARIANT_TYPE ("{sv}"));
  g_variant_builder_add (builder, "s", key);
  g_variant_builder_open (builder, G_VARIANT_TYPE_VARIANT);
  g_variant_builder_open (builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < files->len; i++)
    {
      const TrustJournalFile *file = files->pdata[i];

      g_variant_builder_open (builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (builder, "{sv}", "path", trust_view_text (file->path));
      g_variant_builder_add (builder, "{sv}", "removed", g_variant_new_boolean (file->content == NULL));
      g_variant_builder_close (builder);
    }
  g_variant_builder_close (builder);
  g_variant_builder_close (builder);
  g_variant_builder_close (builder);
}

guint
trust_view_count_changes (const GPtrArray *changes)
{
  guint weight = 0, n = 0;

  for (; n < changes->len && weight < TRUST_LIMIT_LOG_CHANGES; n++)
    {
      const TrustJournalChange *change = changes->pdata[n];

      weight += trust_history_weigh_row (change->title, change->before, change->after);
    }
  return n;
}

/* The first of CHANGES, if there are very many. */
static void
add_changes (GVariantBuilder *builder, GPtrArray *changes)
{
  guint n = trust_view_count_changes (changes), left_out = changes->len - n;

  if (left_out > 0)
    {
      g_ptr_array_set_size (changes, (int) n);
      g_variant_builder_add (builder, "{sv}", "left-out", g_variant_new_uint32 (left_out));
    }
  g_variant_builder_add (builder, "{sv}", "changes", trust_view_changes (changes));
}

GVariant *
trust_view_record (const TrustHistoryRecord *record, const TrustLogView *view)
{
  const TrustJournalIntent *intent = record->intent;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "generation", g_variant_new_uint64 (intent->generation));
  g_variant_builder_add (&builder, "{sv}", "time", g_variant_new_int64 (intent->time / G_USEC_PER_SEC));
  g_variant_builder_add (&builder, "{sv}", "done", g_variant_new_boolean (record->is_done));
  g_variant_builder_add (&builder, "{sv}", "operation", trust_view_text (intent->operation));
  g_variant_builder_add (&builder, "{sv}", "reason", trust_view_text (intent->reason));
  if (intent->target != 0)
    g_variant_builder_add (&builder, "{sv}", "target", g_variant_new_uint64 (intent->target));
  g_variant_builder_add (&builder, "{sv}", "sequence", g_variant_new_uint64 (record->sequence));
  g_variant_builder_add (&builder, "{sv}", "hash", trust_view_text (record->hash));
  add_changes (&builder, intent->changes);
  if (intent->caller != NULL)
    add_caller (&builder, intent->caller, view);
  if (view->with_files)
    {
      add_files (&builder, "files", intent->files);
      add_files (&builder, "found", intent->found);
    }
  return g_variant_builder_end (&builder);
}

GVariant *
trust_view_journal_report (const TrustJournalReport *report)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "records", g_variant_new_uint64 (report->n_records));
  g_variant_builder_add (&builder, "{sv}", "first", g_variant_new_uint64 (report->first));
  g_variant_builder_add (&builder, "{sv}", "head", trust_view_text (report->head));
  g_variant_builder_add (&builder, "{sv}", "generation", g_variant_new_uint64 (report->generation));
  g_variant_builder_add (&builder, "{sv}", "repaired", trust_view_text (report->repaired));
  g_variant_builder_add (&builder, "{sv}", "faults", trust_view_texts (report->faults));
  if (report->asked > 0)
    g_variant_builder_add (&builder, "{sv}", "after", g_variant_new_uint64 (report->last - report->asked));
  return g_variant_builder_end (&builder);
}
