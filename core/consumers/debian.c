/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/debian.h"

#include "core/atomic.h"

#include <string.h>
#include <unistd.h>

/* Within one rename the kernel may stamp the file after its folder. Nanoseconds. */
#define STAMP_SLACK 20000000

void
trust_debian_forget (TrustConsumerState *state)
{
  g_clear_pointer (&state->input, trust_debian_input_free);
  g_clear_pointer (&state->set, trust_anchor_set_unref);
  g_clear_pointer (&state->flat, trust_anchor_set_unref);
  g_clear_pointer (&state->distribution, trust_source_state_unref);
  g_clear_pointer (&state->local, trust_source_state_unref);
  g_clear_pointer (&state->others, g_hash_table_unref);
  g_clear_pointer (&state->drift, g_ptr_array_unref);
  g_clear_pointer (&state->withdrawn, g_array_unref);
}

static TrustConsumerState *
debian_open (TrustRoot *root)
{
  TrustConsumerState *state = g_new0 (TrustConsumerState, 1);

  state->root = trust_root_ref (root);
  return state;
}

static void
debian_close (TrustConsumerState *state)
{
  trust_debian_forget (state);
  g_clear_pointer (&state->shown, g_array_unref);
  if (state->opened)
    trust_debian_log_clear (&state->log);
  trust_root_unref (state->root);
  g_free (state);
}

static void
open_log (TrustConsumerState *state)
{
  if (!state->opened)
    trust_debian_log_init (&state->log, state->root);
  state->opened = TRUE;
}

static gboolean
debian_publish (TrustConsumerState *state, const TrustSnapshot *next, TrustPublishFlags flags, TrustConsumerStatus *status, gboolean *wrote,
                GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean enabled = TRUE, ok = FALSE;

  open_log (state);
  if (flags & TRUST_PUBLISH_INCREMENTAL)
    ok = trust_debian_publish_feed (state, next, wrote, &local);
  if (!ok && local == NULL)
    {
      trust_debian_forget (state);
      ok = trust_debian_publish_all (state, next, flags, wrote, &enabled, &local);
    }
  status->enabled = enabled;
  status->purpose = TRUST_PURPOSE_SERVER_AUTH;
  status->generation = enabled ? state->generation : 0;
  status->current = ok && (!enabled || state->input->fault == NULL);
  if (ok && enabled)
    {
      g_ptr_array_extend (status->drift, state->drift, (GCopyFunc) (void (*) (void)) g_strdup, NULL);
      g_array_append_vals (status->withdrawn, state->withdrawn->data, state->withdrawn->len);
      g_array_append_vals (status->against, state->input->against->data, state->input->against->len);
      status->fault = g_strdup (state->input->fault);
    }
  if (!ok || !enabled || (flags & TRUST_PUBLISH_LOOK))
    trust_debian_forget (state);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return ok;
}

static void
debian_tidy (TrustConsumerState *state)
{
  static const char *const folders[] = { TRUST_DEBIAN_CERTS, TRUST_DEBIAN_FEED_FOLDER };

  if (!state->opened || !state->log.exists)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      int dir_fd = trust_root_open_dir (state->root, folders[i]);

      if (dir_fd < 0)
        continue;
      if (trust_atomic_sweep (dir_fd) > 0 && state->input != NULL)
        trust_debian_remember_stat (dir_fd, i == 0 ? &state->certs : &state->feed);
      close (dir_fd);
    }
  trust_debian_log_compact (&state->log);
}

static gboolean
is_unchanged (TrustRoot *root, const char *path, const TrustStat *before)
{
  TrustStat now;

  return trust_root_lstat (root, path, &now) ? trust_stat_equal (&now, before) : before->inode == 0;
}

static gboolean
debian_is_settled (TrustConsumerState *state)
{
  TrustStat now;

  if (!state->opened)
    return FALSE;
  if (state->input == NULL)
    return !state->log.exists;
  if (!is_unchanged (state->root, TRUST_DEBIAN_CERTS, &state->certs) || !is_unchanged (state->root, TRUST_DEBIAN_BUNDLE_PATH, &state->bundle)
      || !is_unchanged (state->root, TRUST_DEBIAN_FEED_FOLDER, &state->feed))
    return FALSE;
  /* A file of the feed changed in place leaves the folder's stamps alone, and has a newer one itself. */
  for (guint i = state->input->n_configured; i < state->input->entries->len; i++)
    {
      const TrustDebianEntry *entry = state->input->entries->pdata[i];

      if (entry->anchor != NULL && (!trust_root_lstat (state->root, entry->path, &now) || now.ctime > state->feed.ctime + STAMP_SLACK))
        return FALSE;
    }
  return TRUE;
}

static gboolean
debian_has_any (TrustConsumerState *state)
{
  open_log (state);
  return trust_debian_has_any (state);
}

static gboolean
debian_release (TrustConsumerState *state, const TrustSnapshot *bare, TrustConsumerStatus *status, gboolean *wrote, GError **error)
{
  gboolean ok;

  open_log (state);
  trust_debian_forget (state);
  ok = trust_debian_release (state, bare, wrote, error);
  if (state->drift != NULL)
    g_ptr_array_extend (status->drift, state->drift, (GCopyFunc) (void (*) (void)) g_strdup, NULL);
  /* What it wrote, and said that it wrote, is read again. */
  trust_debian_forget (state);
  g_clear_pointer (&state->shown, g_array_unref);
  trust_debian_log_clear (&state->log);
  state->opened = FALSE;
  return ok;
}

static const char *const debian_watched[] = { TRUST_DEBIAN_CERTS, TRUST_DEBIAN_FEED_FOLDER, NULL };

const TrustConsumer trust_consumer_debian = {
  .id = "debian",
  .distributions = 1 << TRUST_DISTRIBUTION_DEBIAN,
  .watched = debian_watched,
  .open = debian_open,
  .close = debian_close,
  .publish = debian_publish,
  .tidy = debian_tidy,
  .is_settled = debian_is_settled,
  .has_any = debian_has_any,
  .release = debian_release,
};
