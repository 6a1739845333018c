/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/debian.h"

#include "core/outside.h"
#include "core/stood.h"
#include "core/text.h"

#include <fcntl.h>
#include <unistd.h>

static TrustSourceState *
ref_state (const TrustSnapshot *snapshot, const char *source)
{
  TrustSourceState *state = trust_snapshot_find_state (snapshot, source);

  return state != NULL ? trust_source_state_ref (state) : NULL;
}

/* Compares the bundle on disk, and makes a new one where it differs. */
static gboolean
plan_bundle (TrustDebianJob *job, TrustPublishFlags flags, GError **error)
{
  TrustConsumerState *state = job->state;
  int fd = trust_root_open (state->root, TRUST_DEBIAN_BUNDLE_PATH, O_RDONLY | O_NOFOLLOW, 0);
  GArray *shown = fd >= 0 ? trust_debian_bundle_match (fd, job->input) : NULL;
  struct stat st;

  if (shown != NULL && fstat (fd, &st) == 0 && (st.st_mode & 07777) == 0644)
    {
      g_clear_pointer (&state->shown, g_array_unref);
      state->shown = shown;
      trust_stat_from (&state->bundle, &st);
      close (fd);
      return TRUE;
    }
  g_clear_pointer (&shown, g_array_unref);
  if (fd >= 0)
    close (fd);
  *job->wrote = TRUE;
  if (flags & TRUST_PUBLISH_LOOK)
    return TRUE;
  /* Another's, for the day that it is given back. */
  return (state->log.exists || trust_stood_keep (state->root, TRUST_DEBIAN_BUNDLE_PATH, NULL, error)) && trust_debian_job_stage_bundle (job, error);
}

static void
note_feed (TrustDebianJob *job, GHashTable *withdrawn)
{
  TrustConsumerState *state = job->state;
  g_autoptr (GHashTable) fed = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  GHashTable *known[2] = { state->log.placed, state->log.withdrawn };
  GHashTableIter iter;
  gpointer fingerprint;

  for (guint i = job->input->n_configured; i < job->input->entries->len; i++)
    {
      const TrustDebianEntry *entry = job->input->entries->pdata[i];

      if (entry->anchor == NULL)
        continue;
      g_hash_table_add (fed, (gpointer) (guintptr) trust_anchor_get_fingerprint (entry->anchor));
      trust_debian_log_note (&state->log, job->log, '+', trust_anchor_get_fingerprint (entry->anchor));
    }
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_hash_table_iter_init (&iter, known[i]);
      while (g_hash_table_iter_next (&iter, &fingerprint, NULL))
        {
          gboolean wanted = trust_debian_is_wanted (trust_anchor_set_lookup (job->next->flat, fingerprint));

          if (!wanted || (i == 0 && !g_hash_table_contains (fed, fingerprint) && !g_hash_table_contains (withdrawn, fingerprint)))
            trust_debian_log_note (&state->log, job->log, '-', fingerprint);
        }
    }
}

/* Withdrawals that still count: of what is still wanted. */
static GHashTable *
current_withdrawals (TrustConsumerState *state, const TrustSnapshot *next)
{
  GHashTable *withdrawn = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  GHashTableIter iter;
  gpointer fingerprint;

  g_hash_table_iter_init (&iter, state->log.withdrawn);
  while (g_hash_table_iter_next (&iter, &fingerprint, NULL))
    if (trust_debian_is_wanted (trust_anchor_set_lookup (next->flat, fingerprint)))
      g_hash_table_add (withdrawn, fingerprint);
  return withdrawn;
}

static void
report_withdrawn (GHashTable *withdrawn, const TrustSnapshot *next, TrustConsumerState *state)
{
  GHashTableIter iter;
  gpointer fingerprint;

  g_hash_table_iter_init (&iter, withdrawn);
  while (g_hash_table_iter_next (&iter, &fingerprint, NULL))
    {
      TrustAnchor *anchor = trust_anchor_set_lookup (next->flat, fingerprint);
      g_autofree char *title = trust_certificate_dup_title (trust_anchor_get_certificate (anchor)), *shown = trust_text_printable (title, 64);
      char hex[TRUST_FINGERPRINT_HEX];

      trust_fingerprint_to_hex (fingerprint, hex);
      g_array_append_vals (state->withdrawn, fingerprint, 1);
      g_ptr_array_add (state->drift, g_strdup_printf ("withdrawn outside: %s (%.16s); remove it and add it again to bring it back", shown, hex));
    }
}

/* The feed as it is on disk. What was taken away by hand leaves the input, which is then made again. */
static void
plan_feed (TrustDebianJob *job, TrustDebianJudge *judge, const TrustDebianDeselection *deselection, GHashTable *withdrawn, GPtrArray *drift)
{
  TrustConsumerState *state = job->state;
  g_autoptr (GPtrArray) fresh = g_ptr_array_new ();

  trust_debian_feed_plan (state->root, job->feed_fd, job->input, &state->log, job->feed, fresh, drift);
  for (guint i = 0; i < fresh->len; i++)
    {
      TrustAnchor *anchor = trust_anchor_set_lookup (job->next->flat, fresh->pdata[i]);

      trust_debian_log_note (&state->log, job->log, '!', fresh->pdata[i]);
      g_hash_table_add (withdrawn, (gpointer) (guintptr) trust_anchor_get_fingerprint (anchor));
    }
  if (fresh->len == 0)
    return;
  trust_debian_input_free (state->input);
  job->input = state->input = trust_debian_input_new (judge, deselection, withdrawn);
}

static gboolean
wants_feed (const TrustDebianInput *input)
{
  for (guint i = input->n_configured; i < input->entries->len; i++)
    if (((const TrustDebianEntry *) input->entries->pdata[i])->anchor != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
publish_enabled (TrustDebianJob *job, TrustDebianJudge *judge, const TrustDebianDeselection *deselection, GHashTable *withdrawn, GError **error)
{
  TrustConsumerState *state = job->state;
  TrustPublishFlags flags = judge->flags;
  gboolean ok = trust_debian_job_open (job, wants_feed (job->input), flags, error);

  if (!ok)
    return FALSE;
  state->drift = g_ptr_array_new_with_free_func (g_free);
  state->withdrawn = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  plan_feed (job, judge, deselection, withdrawn, state->drift);
  note_feed (job, withdrawn);
  trust_debian_links_plan (judge, job->certs_fd, job->input, deselection, job->links, state->drift);
  if (job->links->set->len > 0 || job->links->removed->len > 0 || job->feed->added->len > 0 || job->feed->removed->len > 0)
    *job->wrote = TRUE;
  ok = plan_bundle (job, flags, error) && ((flags & TRUST_PUBLISH_LOOK) || trust_debian_job_apply (job, error));
  if (!ok)
    return FALSE;
  report_withdrawn (withdrawn, job->next, state);
  g_ptr_array_extend (state->drift, job->input->drift, (GCopyFunc) (void (*) (void)) g_strdup, NULL);
  if (!(flags & TRUST_PUBLISH_LOOK))
    trust_debian_job_settle (job);
  return TRUE;
}

gboolean
trust_debian_publish_all (TrustConsumerState *state, const TrustSnapshot *next, TrustPublishFlags flags, gboolean *wrote, gboolean *enabled,
                          GError **error)
{
  g_auto (TrustDebianJudge) judge = { state->root, next, flags, NULL,
                                      g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, g_free, NULL) };
  g_autoptr (TrustDebianDeselection) deselection = trust_debian_deselection_new (&judge);
  g_autoptr (GHashTable) withdrawn = current_withdrawals (state, next);
  g_autoptr (GError) edit_error = NULL;
  TrustDebianJob job;
  gboolean edited = !trust_debian_deselection_is_done (state->root, deselection), ok = TRUE;

  if (edited)
    {
      *wrote = TRUE;
      if (!(flags & TRUST_PUBLISH_LOOK))
        trust_outside_deselect (state->root, deselection->names, &edit_error);
    }
  state->others = judge.others;
  state->input = trust_debian_input_new (&judge, deselection, withdrawn);
  trust_debian_deselection_collect (deselection, next, state->others);
  /* A distrust is not done while the distribution's own files still give what it refuses. */
  *enabled = state->log.exists || deselection->names->len > 0 || edited || wants_feed (state->input) || state->input->fault != NULL
             || trust_anchor_set_get_n_distrusts (next->set) > 0;
  if (*enabled)
    {
      trust_debian_job_init (&job, state, next, wrote);
      job.input = state->input;
      ok = publish_enabled (&job, &judge, deselection, withdrawn, error);
      trust_debian_job_clear (&job);
    }
  /* The first of two passes leaves out files that the second brings: then everything is looked at again. */
  if (ok && *enabled && !(flags & TRUST_PUBLISH_REMOVALS))
    {
      state->distribution = ref_state (next, TRUST_DEBIAN_DISTRIBUTION_SOURCE);
      state->local = ref_state (next, TRUST_DEBIAN_LOCAL_SOURCE);
    }
  if (ok && edit_error != NULL)
    g_propagate_error (error, g_steal_pointer (&edit_error));
  return ok && (error == NULL || *error == NULL);
}
