/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/debian.h"

#include <errno.h>
#include <string.h>

/* The chain of HASH, probed from number 0. FALSE if something there is not a link. */
static gboolean
probe_chain (int dir_fd, TrustDebianChain *chain)
{
  char name[32];

  for (guint i = 0; i < TRUST_DEBIAN_CHAIN_MAX; i++)
    {
      char *target = NULL;

      g_snprintf (name, sizeof name, "%08x.%u", chain->hash, i);
      target = trust_debian_read_link (dir_fd, name);
      if (target == NULL)
        return errno == ENOENT;
      trust_debian_chain_put (chain, i, target);
    }
  return FALSE;
}

/* The buckets that a change of the feed touches, before and after. */
typedef struct
{
  int dir_fd;
  GHashTable *before; /* (owned) hash -> TrustDebianChain* */
  GHashTable *after;  /* (owned) the same */
} Buckets;

static TrustDebianChain *
bucket_get (Buckets *buckets, guint32 hash)
{
  TrustDebianChain *before = g_hash_table_lookup (buckets->before, GUINT_TO_POINTER (hash)), *after = NULL;

  if (before != NULL)
    return trust_debian_chain_get (buckets->after, hash);
  before = trust_debian_chain_get (buckets->before, hash);
  if (!probe_chain (buckets->dir_fd, before))
    return NULL;
  after = trust_debian_chain_get (buckets->after, hash);
  for (guint i = 0; i < before->targets->len; i++)
    g_ptr_array_add (after->targets, g_strdup (before->targets->pdata[i]));
  return after;
}

static void
bucket_drop (TrustDebianChain *chain, const char *name)
{
  for (guint i = chain->targets->len; i > 0; i--)
    if (g_str_equal (chain->targets->pdata[i - 1], name))
      g_ptr_array_remove_index_fast (chain->targets, i - 1);
}

static gboolean
plan_feed_link (Buckets *buckets, const TrustAnchor *anchor, gboolean add, TrustDebianLinks *links)
{
  g_autofree char *file = trust_debian_feed_name (anchor), *name = trust_debian_link_name (file);
  g_autofree char *path = g_build_filename (TRUST_DEBIAN_FEED_FOLDER, file, NULL), *target = trust_debian_read_link (buckets->dir_fd, name);
  int saved_errno = errno;
  TrustDebianChain *chain = bucket_get (buckets, trust_certificate_get_openssl_hash (trust_anchor_get_certificate (anchor)));

  if (chain == NULL || (target == NULL && saved_errno != ENOENT) || (target != NULL && !g_str_equal (target, path)))
    return FALSE;
  bucket_drop (chain, name);
  if (add)
    g_ptr_array_add (chain->targets, g_strdup (name));
  if (add && target == NULL)
    trust_debian_links_take_pem (links, name, path);
  else if (!add && target != NULL)
    trust_debian_links_drop_pem (links, name);
  return TRUE;
}

gboolean
trust_debian_links_plan_feed (int dir_fd, GPtrArray *added, GPtrArray *removed, TrustDebianLinks *links)
{
  Buckets buckets = { dir_fd, g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) trust_debian_chain_free),
                      g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) trust_debian_chain_free) };
  GHashTableIter iter;
  TrustDebianChain *before;
  gboolean ok = TRUE;

  for (guint i = 0; ok && i < removed->len; i++)
    ok = plan_feed_link (&buckets, removed->pdata[i], FALSE, links);
  for (guint i = 0; ok && i < added->len; i++)
    ok = plan_feed_link (&buckets, added->pdata[i], TRUE, links);
  g_hash_table_iter_init (&iter, buckets.before);
  while (ok && g_hash_table_iter_next (&iter, NULL, (gpointer *) &before))
    trust_debian_chain_plan (before, trust_debian_chain_get (buckets.after, before->hash)->targets, links);
  g_hash_table_unref (buckets.before);
  g_hash_table_unref (buckets.after);
  return ok;
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

/* Have files of others a say in a certificate that differs? */
static gboolean
concerns_others (const TrustConsumerState *state, const TrustFingerprint *fingerprint)
{
  return trust_debian_input_gives (state->input, fingerprint) || g_hash_table_contains (state->log.withdrawn, fingerprint)
         || g_hash_table_contains (state->others, fingerprint);
}

/* One certificate that differs in what flat files may show. */
static void
take_difference (TrustDebianJob *job, const TrustFingerprint *fingerprint, GPtrArray *removed)
{
  TrustConsumerState *state = job->state;
  TrustAnchor *before = trust_anchor_set_lookup (state->flat, fingerprint), *after = trust_anchor_set_lookup (job->next->flat, fingerprint);
  gboolean is = trust_debian_input_find (state->input, before != NULL ? before : after) != G_MAXUINT, wanted = trust_debian_is_wanted (after);

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
}

/* What differs from OLD to NEXT. JOB (nullable) takes it for the feed. FALSE: files of others are concerned as well. */
static gboolean
take_differences (const TrustConsumerState *state, const TrustAnchorSet *old, const TrustAnchorSet *next, TrustDebianJob *job, GPtrArray *removed)
{
  g_auto (TrustAnchorSetDiff) diff = { 0 };
  GArray *parts[3];

  if (old == next)
    return TRUE;
  trust_anchor_set_diff (old, next, &diff);
  parts[0] = diff.removed;
  parts[1] = diff.changed;
  parts[2] = diff.added;
  for (guint part = 0; part < G_N_ELEMENTS (parts); part++)
    for (guint i = 0; i < parts[part]->len; i++)
      {
        const TrustFingerprint *fingerprint = &g_array_index (parts[part], TrustFingerprint, i);

        if (concerns_others (state, fingerprint))
          return FALSE;
        if (job != NULL)
          take_difference (job, fingerprint, removed);
      }
  return TRUE;
}

gboolean
trust_debian_publish_feed (TrustConsumerState *state, const TrustSnapshot *next, gboolean *wrote, GError **error)
{
  g_autoptr (GPtrArray) removed = g_ptr_array_new ();
  TrustDebianJob job;
  gboolean ok;

  if (state->input == NULL || state->shown == NULL
      || !same_rows (state->distribution, trust_snapshot_find_state (next, TRUST_DEBIAN_DISTRIBUTION_SOURCE))
      || !same_rows (state->local, trust_snapshot_find_state (next, TRUST_DEBIAN_LOCAL_SOURCE)) || !same_distrusts (state->set, next->set))
    return FALSE;
  trust_debian_job_init (&job, state, next, wrote);
  job.input = state->input;
  /* What flat files don't show may still be what files of others give. */
  ok = ((state->set == state->flat && next->set == next->flat) || take_differences (state, state->set, next->set, NULL, NULL))
       && take_differences (state, state->flat, next->flat, &job, removed);
  if (ok && (job.feed->added->len > 0 || job.feed->removed->len > 0))
    {
      ok = trust_debian_job_open (&job, job.feed->added->len > 0, 0, error) && job.feed_fd >= 0
           && trust_debian_links_plan_feed (job.certs_fd, job.feed->added, removed, job.links);
      if (ok)
        {
          for (guint i = 0; i < removed->len; i++)
            trust_debian_input_remove (state->input, trust_debian_input_find (state->input, removed->pdata[i]));
          for (guint i = 0; i < job.feed->added->len; i++)
            trust_debian_input_insert (state->input, job.feed->added->pdata[i]);
          ok = trust_debian_job_stage_bundle (&job, error) && trust_debian_job_apply (&job, error);
        }
      if (ok)
        trust_debian_job_settle (&job);
    }
  else if (ok)
    trust_debian_remember_snapshot (state, next);
  trust_debian_job_clear (&job);
  return ok;
}
