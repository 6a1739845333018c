/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/debian.h"

#include "core/atomic.h"
#include "core/error.h"
#include "core/hooks.h"
#include "core/stood.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void
trust_debian_job_init (TrustDebianJob *job, TrustConsumerState *state, const TrustSnapshot *next, gboolean *wrote)
{
  *job = (TrustDebianJob) { .state = state, .next = next, .certs_fd = -1, .feed_fd = -1, .bundle_fd = -1, .wrote = wrote };
  job->feed = trust_debian_feed_new ();
  job->links = trust_debian_links_new ();
  job->log = g_string_new (NULL);
}

void
trust_debian_job_clear (TrustDebianJob *job)
{
  g_clear_pointer (&job->bundle, trust_staged_free);
  trust_debian_feed_free (job->feed);
  trust_debian_links_free (job->links);
  g_string_free (job->log, TRUE);
  if (job->bundle_fd >= 0)
    close (job->bundle_fd);
  if (job->certs_fd >= 0)
    close (job->certs_fd);
  if (job->feed_fd >= 0)
    close (job->feed_fd);
}

gboolean
trust_debian_job_open (TrustDebianJob *job, gboolean make_feed, TrustPublishFlags flags, GError **error)
{
  make_feed = make_feed && !(flags & TRUST_PUBLISH_LOOK);
  if (!(flags & TRUST_PUBLISH_LOOK)
      && (!trust_stood_note_folder (job->state->root, TRUST_DEBIAN_CERTS, error)
          || (make_feed && !trust_stood_note_folder (job->state->root, TRUST_DEBIAN_LOCAL_FOLDER, error))))
    return FALSE;
  job->certs_fd = flags & TRUST_PUBLISH_LOOK ? trust_root_open_dir (job->state->root, TRUST_DEBIAN_CERTS)
                                             : trust_root_make_dir (job->state->root, TRUST_DEBIAN_CERTS, 0755);
  if (job->certs_fd < 0)
    return trust_error_set_errno (error, errno, "cannot open", TRUST_DEBIAN_CERTS);
  job->feed_fd = make_feed ? trust_root_make_dir (job->state->root, TRUST_DEBIAN_FEED_FOLDER, 0755)
                           : trust_root_open_dir (job->state->root, TRUST_DEBIAN_FEED_FOLDER);
  return job->feed_fd >= 0 || !make_feed || trust_error_set_errno (error, errno, "cannot make", TRUST_DEBIAN_FEED_FOLDER);
}

void
trust_debian_remember_stat (int fd, TrustStat *out)
{
  struct stat st;

  memset (out, 0, sizeof *out);
  if (fd >= 0 && fstat (fd, &st) == 0)
    trust_stat_from (out, &st);
}

gboolean
trust_debian_job_stage_bundle (TrustDebianJob *job, GError **error)
{
  TrustConsumerState *state = job->state;
  TrustDebianFill fill = { state->root, job->input };
  TrustPiecesOld old = { -1, state->bundle, state->shown };

  if (state->shown != NULL)
    old.fd = trust_root_open (state->root, TRUST_DEBIAN_BUNDLE_PATH, O_RDONLY | O_NOFOLLOW, 0);
  job->bundle = trust_pieces_stage (job->certs_fd, TRUST_DEBIAN_BUNDLE, 0644, job->input->pieces, &old, trust_debian_fill, &fill, &job->bundle_fd,
                                    error);
  if (old.fd >= 0)
    close (old.fd);
  return job->bundle != NULL;
}

gboolean
trust_debian_job_apply (TrustDebianJob *job, GError **error)
{
  TrustConsumerState *state = job->state;
  gboolean folder = job->links->set->len > 0 || job->links->removed->len > 0 || job->bundle != NULL;

  if (folder || job->feed->added->len > 0 || job->feed->removed->len > 0)
    *job->wrote = TRUE;
  if (!trust_debian_feed_stage (job->feed_fd, job->feed, error) || !trust_debian_feed_commit (job->feed_fd, job->feed, error))
    return FALSE;
  if (job->links->lines->len > 0 && !trust_hooks_queue (state->root, job->next->generation, job->links->lines->str, error))
    return FALSE;
  if (!trust_debian_links_set (job->certs_fd, job->links, error) || (job->bundle != NULL && !trust_atomic_commit (job->bundle, error))
      || !trust_debian_links_remove (job->certs_fd, job->links, error) || (folder && !trust_atomic_sync_dir (job->certs_fd, error)))
    return FALSE;
  return trust_debian_feed_remove (job->feed_fd, job->feed, error) && trust_debian_log_write (&state->log, job->log, error);
}

void
trust_debian_remember_snapshot (TrustConsumerState *state, const TrustSnapshot *snapshot)
{
  g_clear_pointer (&state->set, trust_anchor_set_unref);
  g_clear_pointer (&state->flat, trust_anchor_set_unref);
  state->set = trust_anchor_set_ref (snapshot->set);
  state->flat = trust_anchor_set_ref (snapshot->flat);
  state->generation = snapshot->generation;
}

void
trust_debian_job_settle (TrustDebianJob *job)
{
  TrustConsumerState *state = job->state;

  if (job->bundle != NULL)
    {
      trust_debian_remember_stat (job->bundle_fd, &state->bundle);
      g_clear_pointer (&state->shown, g_array_unref);
      state->shown = g_array_copy (job->input->pieces);
    }
  trust_debian_remember_stat (job->certs_fd, &state->certs);
  trust_debian_remember_stat (job->feed_fd, &state->feed);
  trust_debian_remember_snapshot (state, job->next);
}
