/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/debian.h"

#include "core/atomic.h"
#include "core/error.h"
#include "core/hooks.h"
#include "core/limits.h"
#include "core/outside.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define BUNDLE_PATH TRUST_DEBIAN_CERTS "/" TRUST_DEBIAN_BUNDLE
#define DISTRIBUTION_SOURCE "debian-distribution"
#define LOCAL_SOURCE "debian-local"
/* Within one rename the kernel may stamp the file after its folder. Nanoseconds. */
#define STAMP_SLACK 20000000

struct _TrustConsumerState
{
  TrustRoot *root;                /* (owned) */
  gboolean opened;                /* the log was read */
  TrustDebianLog log;
  guint64 generation;
  /* What the last publishing left; `input` is NULL when that is not known. */
  TrustDebianInput *input;        /* (owned) (nullable) */
  TrustAnchorSet *set;            /* (owned) */
  TrustSourceState *distribution; /* (owned) (nullable) */
  TrustSourceState *local;        /* (owned) (nullable) */
  GPtrArray *drift;               /* (owned) (nullable) of char* */
  GArray *shown;                  /* (owned) (nullable) the bundle's pieces as they stand in the file */
  TrustStat bundle, certs, feed;  /* `shown` goes with `bundle` */
};

/* One publishing. */
typedef struct
{
  TrustConsumerState *state;
  const TrustSnapshot *next;
  int certs_fd;
  int feed_fd;              /* -1 while there is no feed */
  TrustDebianInput *input;  /* (owned by the state) */
  TrustDebianFeed *feed;    /* (owned) */
  TrustDebianLinks *links;  /* (owned) */
  TrustStaged *bundle;      /* (owned) (nullable) */
  int bundle_fd;            /* of the new bundle, or -1 */
  GString *log;             /* (owned) */
  gboolean *wrote;
} Job;

static void
forget (TrustConsumerState *state)
{
  g_clear_pointer (&state->input, trust_debian_input_free);
  g_clear_pointer (&state->set, trust_anchor_set_unref);
  g_clear_pointer (&state->distribution, trust_source_state_unref);
  g_clear_pointer (&state->local, trust_source_state_unref);
  g_clear_pointer (&state->drift, g_ptr_array_unref);
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
  forget (state);
  g_clear_pointer (&state->shown, g_array_unref);
  if (state->opened)
    trust_debian_log_clear (&state->log);
  trust_root_unref (state->root);
  g_free (state);
}

static void
job_init (Job *job, TrustConsumerState *state, const TrustSnapshot *next, gboolean *wrote)
{
  *job = (Job) { .state = state, .next = next, .certs_fd = -1, .feed_fd = -1, .bundle_fd = -1, .wrote = wrote };
  job->feed = trust_debian_feed_new ();
  job->links = trust_debian_links_new ();
  job->log = g_string_new (NULL);
}

static void
job_clear (Job *job)
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

static gboolean
open_folders (Job *job, gboolean make_feed, TrustPublishFlags flags, GError **error)
{
  make_feed = make_feed && !(flags & TRUST_PUBLISH_LOOK);
  job->certs_fd = flags & TRUST_PUBLISH_LOOK ? trust_root_open_dir (job->state->root, TRUST_DEBIAN_CERTS)
                                             : trust_root_make_dir (job->state->root, TRUST_DEBIAN_CERTS, 0755);
  if (job->certs_fd < 0)
    return trust_error_set_errno (error, errno, "cannot open", TRUST_DEBIAN_CERTS);
  job->feed_fd = make_feed ? trust_root_make_dir (job->state->root, TRUST_DEBIAN_FEED_FOLDER, 0755)
                           : trust_root_open_dir (job->state->root, TRUST_DEBIAN_FEED_FOLDER);
  return job->feed_fd >= 0 || !make_feed || trust_error_set_errno (error, errno, "cannot make", TRUST_DEBIAN_FEED_FOLDER);
}

static void
remember_stat (int fd, TrustStat *out)
{
  struct stat st;

  memset (out, 0, sizeof *out);
  if (fd >= 0 && fstat (fd, &st) == 0)
    trust_stat_from (out, &st);
}

/* The bundle, from the old one where that still is what was left there. */
static gboolean
stage_bundle (Job *job, GError **error)
{
  TrustConsumerState *state = job->state;
  TrustDebianFill fill = { state->root, job->input };
  TrustPiecesOld old = { -1, state->bundle, state->shown };

  if (state->shown != NULL)
    old.fd = trust_root_open (state->root, BUNDLE_PATH, O_RDONLY | O_NOFOLLOW, 0);
  job->bundle = trust_pieces_stage (job->certs_fd, TRUST_DEBIAN_BUNDLE, 0644, job->input->pieces, &old, trust_debian_fill, &fill,
                                    &job->bundle_fd, error);
  if (old.fd >= 0)
    close (old.fd);
  return job->bundle != NULL;
}

/* First what adds, the bundle among it, then what takes away: at every instant the folder shows no less than what is in both, and no link without a file
 * behind it. The log speaks last: what it calls placed has been there. */
static gboolean
apply (Job *job, GError **error)
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

/* Takes over what the job left on disk. */
static void
settle (Job *job)
{
  TrustConsumerState *state = job->state;

  if (job->bundle != NULL)
    {
      remember_stat (job->bundle_fd, &state->bundle);
      g_clear_pointer (&state->shown, g_array_unref);
      state->shown = g_array_copy (job->input->pieces);
    }
  remember_stat (job->certs_fd, &state->certs);
  remember_stat (job->feed_fd, &state->feed);
  g_clear_pointer (&state->set, trust_anchor_set_unref);
  state->set = trust_anchor_set_ref (job->next->set);
  state->generation = job->next->generation;
}

static TrustSourceState *
ref_state (const TrustSnapshot *snapshot, const char *source)
{
  TrustSourceState *state = trust_snapshot_find_state (snapshot, source);

  return state != NULL ? trust_source_state_ref (state) : NULL;
}

static gboolean
same_rows (const TrustSourceState *old, const TrustSourceState *next)
{
  if (old == next)
    return TRUE;
  if (old == NULL || next == NULL || old->held_back != next->held_back || old->files->len != next->files->len)
    return FALSE;
  return old->files->len == 0 || memcmp (old->files->pdata, next->files->pdata, old->files->len * sizeof (gpointer)) == 0;
}

static gboolean
same_distrusts (const TrustAnchorSet *old, const TrustAnchorSet *next)
{
  guint n = trust_anchor_set_get_n_distrusts (old);

  if (old == next)
    return TRUE;
  if (n != trust_anchor_set_get_n_distrusts (next))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (trust_anchor_set_get_distrust (old, i) != trust_anchor_set_get_distrust (next, i))
      return FALSE;
  return TRUE;
}

/* One certificate that differs. FALSE: files of others are concerned as well. */
static gboolean
take_difference (Job *job, const TrustFingerprint *fingerprint, GPtrArray *removed)
{
  TrustConsumerState *state = job->state;
  TrustAnchor *before = trust_anchor_set_lookup (state->set, fingerprint), *after = trust_anchor_set_lookup (job->next->set, fingerprint);
  guint index = trust_debian_input_find (state->input, before != NULL ? before : after);
  gboolean is = index != G_MAXUINT, wanted = after != NULL && trust_anchor_has_purpose (after, TRUST_PURPOSE_SERVER_AUTH);

  if (trust_debian_input_gives (state->input, fingerprint) || g_hash_table_contains (state->log.withdrawn, fingerprint))
    return FALSE;
  if (wanted && !is)
    {
      g_ptr_array_add (job->feed->added, trust_anchor_ref (after));
      trust_debian_log_note (&state->log, job->log, '+', fingerprint);
    }
  else if (is && !wanted)
    {
      g_ptr_array_add (job->feed->removed, trust_debian_feed_name (before));
      g_ptr_array_add (removed, before);
      trust_debian_log_note (&state->log, job->log, '-', fingerprint);
    }
  return TRUE;
}

static gboolean
take_differences (Job *job, GPtrArray *removed)
{
  g_auto (TrustAnchorSetDiff) diff = { 0 };
  GArray *parts[3];

  trust_anchor_set_diff (job->state->set, job->next->set, &diff);
  parts[0] = diff.removed;
  parts[1] = diff.changed;
  parts[2] = diff.added;
  for (guint part = 0; part < G_N_ELEMENTS (parts); part++)
    for (guint i = 0; i < parts[part]->len; i++)
      if (!take_difference (job, &g_array_index (parts[part], TrustFingerprint, i), removed))
        return FALSE;
  return TRUE;
}

/* Only the feed changes, and what is on disk is what was left there: nothing else is looked at. FALSE without ERROR: not so, look at everything. */
static gboolean
publish_feed (TrustConsumerState *state, const TrustSnapshot *next, gboolean *wrote, GError **error)
{
  g_autoptr (GPtrArray) removed = g_ptr_array_new ();
  Job job;
  gboolean ok;

  if (state->input == NULL || state->shown == NULL || !same_rows (state->distribution, trust_snapshot_find_state (next, DISTRIBUTION_SOURCE))
      || !same_rows (state->local, trust_snapshot_find_state (next, LOCAL_SOURCE)) || !same_distrusts (state->set, next->set))
    return FALSE;
  job_init (&job, state, next, wrote);
  job.input = state->input;
  ok = take_differences (&job, removed);
  if (ok && (job.feed->added->len > 0 || job.feed->removed->len > 0))
    {
      ok = open_folders (&job, job.feed->added->len > 0, 0, error) && job.feed_fd >= 0
           && trust_debian_links_plan_feed (job.certs_fd, job.feed->added, removed, job.links);
      if (ok)
        {
          for (guint i = 0; i < removed->len; i++)
            trust_debian_input_remove (state->input, trust_debian_input_find (state->input, removed->pdata[i]));
          for (guint i = 0; i < job.feed->added->len; i++)
            trust_debian_input_insert (state->input, job.feed->added->pdata[i]);
          ok = stage_bundle (&job, error) && apply (&job, error);
        }
      if (ok)
        settle (&job);
    }
  else if (ok)
    {
      g_clear_pointer (&state->set, trust_anchor_set_unref);
      state->set = trust_anchor_set_ref (next->set);
      state->generation = next->generation;
    }
  job_clear (&job);
  return ok;
}

/* Compares the bundle on disk, and makes a new one where it differs. */
static gboolean
plan_bundle (Job *job, TrustPublishFlags flags, GError **error)
{
  TrustConsumerState *state = job->state;
  int fd = trust_root_open (state->root, BUNDLE_PATH, O_RDONLY | O_NOFOLLOW, 0);
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
  return (flags & TRUST_PUBLISH_LOOK) || stage_bundle (job, error);
}

static void
note_feed (Job *job, GHashTable *withdrawn)
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
          TrustAnchor *anchor = trust_anchor_set_lookup (job->next->set, fingerprint);
          gboolean wanted = anchor != NULL && trust_anchor_has_purpose (anchor, TRUST_PURPOSE_SERVER_AUTH);

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
    {
      TrustAnchor *anchor = trust_anchor_set_lookup (next->set, fingerprint);

      if (anchor != NULL && trust_anchor_has_purpose (anchor, TRUST_PURPOSE_SERVER_AUTH))
        g_hash_table_add (withdrawn, fingerprint);
    }
  return withdrawn;
}

static void
report_withdrawn (GHashTable *withdrawn, const TrustSnapshot *next, GPtrArray *drift)
{
  GHashTableIter iter;
  gpointer fingerprint;

  g_hash_table_iter_init (&iter, withdrawn);
  while (g_hash_table_iter_next (&iter, &fingerprint, NULL))
    {
      TrustAnchor *anchor = trust_anchor_set_lookup (next->set, fingerprint);
      g_autofree char *title = trust_certificate_dup_title (trust_anchor_get_certificate (anchor)), *shown = trust_text_printable (title, 64);
      char hex[TRUST_FINGERPRINT_HEX];

      trust_fingerprint_to_hex (fingerprint, hex);
      g_ptr_array_add (drift, g_strdup_printf ("withdrawn outside: %s (%.16s); remove it and add it again to bring it back", shown, hex));
    }
}

/* The feed as it is on disk. What was taken away by hand leaves the input, which is then made again. */
static void
plan_feed (Job *job, const TrustDebianDeselection *deselection, GHashTable *withdrawn, TrustPublishFlags flags, GPtrArray *drift)
{
  TrustConsumerState *state = job->state;
  g_autoptr (GPtrArray) fresh = g_ptr_array_new ();

  trust_debian_feed_plan (state->root, job->feed_fd, job->input, &state->log, job->feed, fresh, drift);
  for (guint i = 0; i < fresh->len; i++)
    {
      TrustAnchor *anchor = trust_anchor_set_lookup (job->next->set, fresh->pdata[i]);

      trust_debian_log_note (&state->log, job->log, '!', fresh->pdata[i]);
      g_hash_table_add (withdrawn, (gpointer) (guintptr) trust_anchor_get_fingerprint (anchor));
    }
  if (fresh->len == 0)
    return;
  trust_debian_input_free (state->input);
  job->input = state->input = trust_debian_input_new (state->root, job->next, deselection, withdrawn, flags);
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
publish_enabled (Job *job, const TrustDebianDeselection *deselection, GHashTable *withdrawn, TrustPublishFlags flags, GError **error)
{
  TrustConsumerState *state = job->state;
  gboolean ok = open_folders (job, wants_feed (job->input), flags, error);

  if (!ok)
    return FALSE;
  state->drift = g_ptr_array_new_with_free_func (g_free);
  plan_feed (job, deselection, withdrawn, flags, state->drift);
  note_feed (job, withdrawn);
  trust_debian_links_plan (state->root, job->certs_fd, job->input, deselection, job->next->set, job->links, state->drift);
  if (job->links->set->len > 0 || job->links->removed->len > 0 || job->feed->added->len > 0 || job->feed->removed->len > 0)
    *job->wrote = TRUE;
  ok = plan_bundle (job, flags, error) && ((flags & TRUST_PUBLISH_LOOK) || apply (job, error));
  if (!ok)
    return FALSE;
  report_withdrawn (withdrawn, job->next, state->drift);
  g_ptr_array_extend (state->drift, job->input->drift, (GCopyFunc) (void (*) (void)) g_strdup, NULL);
  if (!(flags & TRUST_PUBLISH_LOOK))
    settle (job);
  return TRUE;
}

/* Everything is looked at. */
static gboolean
publish_all (TrustConsumerState *state, const TrustSnapshot *next, TrustPublishFlags flags, gboolean *wrote, gboolean *enabled, GError **error)
{
  g_autoptr (TrustDebianDeselection) deselection = trust_debian_deselection_new (state->root, next, flags);
  g_autoptr (GHashTable) withdrawn = current_withdrawals (state, next);
  g_autoptr (GError) edit_error = NULL;
  Job job;
  gboolean edited = !trust_debian_deselection_is_done (state->root, deselection), ok = TRUE;

  if (edited)
    {
      *wrote = TRUE;
      if (!(flags & TRUST_PUBLISH_LOOK))
        trust_outside_deselect (state->root, deselection->names, &edit_error);
    }
  state->input = trust_debian_input_new (state->root, next, deselection, withdrawn, flags);
  *enabled = state->log.exists || deselection->names->len > 0 || edited || wants_feed (state->input);
  if (*enabled)
    {
      job_init (&job, state, next, wrote);
      job.input = state->input;
      ok = publish_enabled (&job, deselection, withdrawn, flags, error);
      job_clear (&job);
    }
  /* The first of two passes leaves out files that the second brings: then everything is looked at again. */
  if (ok && *enabled && !(flags & TRUST_PUBLISH_REMOVALS))
    {
      state->distribution = ref_state (next, DISTRIBUTION_SOURCE);
      state->local = ref_state (next, LOCAL_SOURCE);
    }
  if (ok && edit_error != NULL)
    g_propagate_error (error, g_steal_pointer (&edit_error));
  return ok && (error == NULL || *error == NULL);
}

static gboolean
debian_publish (TrustConsumerState *state, const TrustSnapshot *next, TrustPublishFlags flags, TrustConsumerStatus *status, gboolean *wrote,
                GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean enabled = TRUE, ok = FALSE;

  if (!state->opened)
    trust_debian_log_init (&state->log, state->root);
  state->opened = TRUE;
  if (flags & TRUST_PUBLISH_INCREMENTAL)
    ok = publish_feed (state, next, wrote, &local);
  if (!ok && local == NULL)
    {
      forget (state);
      ok = publish_all (state, next, flags, wrote, &enabled, &local);
    }
  status->enabled = enabled;
  status->generation = enabled ? state->generation : 0;
  status->current = ok && (!enabled || state->input->fault == NULL);
  if (ok && enabled)
    {
      g_ptr_array_extend (status->drift, state->drift, (GCopyFunc) (void (*) (void)) g_strdup, NULL);
      status->fault = g_strdup (state->input->fault);
    }
  if (!ok || !enabled || (flags & TRUST_PUBLISH_LOOK))
    forget (state);
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
        remember_stat (dir_fd, i == 0 ? &state->certs : &state->feed);
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
  if (!is_unchanged (state->root, TRUST_DEBIAN_CERTS, &state->certs) || !is_unchanged (state->root, BUNDLE_PATH, &state->bundle)
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

static const char *const debian_watched[] = { TRUST_DEBIAN_CERTS, TRUST_DEBIAN_FEED_FOLDER, NULL };

const TrustConsumer trust_consumer_debian = { "debian",       1 << TRUST_DISTRIBUTION_DEBIAN, debian_watched, debian_open, debian_close, debian_publish,
                                              debian_tidy, debian_is_settled };
