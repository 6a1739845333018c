/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/engine-parts.h"
#include "core/limits.h"

#include "core/apply.h"
#include "core/arena.h"
#include "core/hooks.h"
#include "core/next.h"
#include "core/plan.h"
#include "core/sources/source.h"
#include "core/state-format.h"

#include <errno.h>
#include <malloc.h>
#include <unistd.h>

#define STATE_FOLDER TRUST_ENGINE_STATE_FOLDER
#define LOCK_PATH STATE_FOLDER "/lock"
#define LOCK_TIMEOUT_MS 2000

/* Where a killed writer may have left a temporary. The folders that consumers read are swept when idle: they may be large. */
static const char *const swept[] = { TRUST_ANCHORS_FOLDER,
                                     TRUST_CRLS_FOLDER,
                                     TRUST_PLACED_FOLDER,
                                     TRUST_ASIDE_FOLDER,
                                     STATE_FOLDER "/last-good",
                                     STATE_FOLDER "/published",
                                     STATE_FOLDER "/debian",
                                     STATE_FOLDER "/consumers",
                                     TRUST_HANDBACK_FOLDER,
                                     STATE_FOLDER "/before",
                                     STATE_FOLDER,
                                     TRUST_HOOKS_PENDING,
                                     TRUST_REQUESTS_FOLDER,
                                     TRUST_NEXT_FOLDER,
                                     "/etc" };

static void
sweep_stores (TrustRoot *root)
{
  g_autoptr (GPtrArray) names = trust_root_list (root, TRUST_STORES_FOLDER "/app");

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      g_autofree char *folder = g_build_filename (TRUST_STORES_FOLDER "/app", names->pdata[i], NULL);

      trust_application_sweep (root, folder);
    }
}

static gboolean
open_writable (TrustEngine *engine, GError **error)
{
  int fd = trust_root_make_dir (engine->root, STATE_FOLDER, 0755);

  if (fd < 0)
    return trust_error_set_errno (error, errno, "Cannot make", STATE_FOLDER);
  close (fd);
  engine->lock_fd = trust_root_lock (engine->root, LOCK_PATH, LOCK_TIMEOUT_MS, error);
  if (engine->lock_fd < 0)
    {
      g_prefix_error (error, "Another anchord writes to this store (if it is the service, use anchorctl without --root): ");
      return FALSE;
    }
  /* Again: whoever held the lock may have been newer. */
  if (!trust_state_format_check (engine->root, error) || !trust_state_format_write (engine->root, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (swept); i++)
    trust_application_sweep (engine->root, swept[i]);
  sweep_stores (engine->root);
  engine->publisher = trust_publisher_new (engine->root, engine->distribution);
  return TRUE;
}

TrustEngine *
trust_engine_open (const char *root_path, TrustEngineFlags flags, GError **error)
{
  g_autoptr (TrustEngine) engine = g_new0 (TrustEngine, 1);
  g_autoptr (GPtrArray) states = NULL, stores = NULL, crls = NULL, placed = NULL;
  g_autoptr (TrustSnapshot) snapshot = NULL;

  g_mutex_init (&engine->lock);
  engine->lock_fd = -1;
  engine->flags = flags;
  engine->root = trust_root_new (root_path, error);
  if (engine->root == NULL)
    return NULL;
  if (!trust_state_format_check (engine->root, error))
    return NULL;
  engine->requests = trust_requests_new (engine->root);
  engine->links = trust_link_cache_new (TRUST_LIMIT_KNOWN_LINKS);
  engine->known = trust_intermediates_new (engine->root);
  engine->distribution = trust_distribution_detect (engine->root);
  if (flags == TRUST_ENGINE_WRITABLE && !open_writable (engine, error))
    return NULL;
  engine->journal = trust_journal_open (engine->root, flags == TRUST_ENGINE_WRITABLE, error);
  if (engine->journal == NULL)
    return NULL;
  if (flags == TRUST_ENGINE_WRITABLE && !trust_engine_recover (engine, error))
    return NULL;
  if (engine->snapshot != NULL)
    return g_steal_pointer (&engine);
  states = trust_engine_load_sources (engine, NULL, error);
  if (states == NULL)
    return NULL;
  stores = trust_engine_load_stores (engine, NULL);
  crls = trust_engine_load_crls (engine, NULL);
  placed = trust_engine_load_placed (engine, NULL);
  snapshot = trust_engine_make_snapshot (engine, trust_journal_get_generation (engine->journal), &(TrustReading) { states, stores, crls, placed });
  trust_engine_take_snapshot (engine, snapshot);
  return g_steal_pointer (&engine);
}

void
trust_engine_free (TrustEngine *engine)
{
  g_clear_pointer (&engine->snapshot, trust_snapshot_unref);
  g_clear_pointer (&engine->journal_facts, g_hash_table_unref);
  g_clear_pointer (&engine->published, trust_snapshot_unref);
  g_clear_pointer (&engine->publisher, trust_publisher_free);
  g_clear_pointer (&engine->recovered, trust_journal_intent_free);
  g_clear_pointer (&engine->found, trust_found_free);
  g_clear_pointer (&engine->journal, trust_journal_free);
  if (engine->lock_fd >= 0)
    close (engine->lock_fd);
  g_clear_pointer (&engine->requests, trust_requests_free);
  g_clear_pointer (&engine->links, trust_link_cache_free);
  g_clear_pointer (&engine->known, trust_intermediates_free);
  g_clear_pointer (&engine->root, trust_root_unref);
  g_mutex_clear (&engine->lock);
  g_free (engine);
}

void
trust_engine_set_clock (TrustEngine *engine, TrustEngineClock clock, gpointer user_data)
{
  engine->clock = clock;
  engine->clock_data = user_data;
}

void
trust_engine_set_listener (TrustEngine *engine, TrustEngineChanged changed, gpointer user_data)
{
  engine->changed = changed;
  engine->changed_data = user_data;
}

void
trust_engine_tell_journalled (TrustEngine *engine, const TrustJournalIntent *intent)
{
  if (engine->journalled != NULL)
    engine->journalled (intent, trust_journal_get_head (engine->journal), engine->journalled_data);
}

void
trust_engine_set_journal_listener (TrustEngine *engine, TrustEngineJournalled journalled, gpointer user_data)
{
  engine->journalled = journalled;
  engine->journalled_data = user_data;
  if (engine->recovered != NULL && journalled != NULL)
    trust_engine_tell_journalled (engine, engine->recovered);
  g_clear_pointer (&engine->recovered, trust_journal_intent_free);
}

TrustSnapshot *
trust_engine_get_snapshot (TrustEngine *engine)
{
  TrustSnapshot *snapshot = NULL;

  g_mutex_lock (&engine->lock);
  snapshot = trust_snapshot_ref (engine->snapshot);
  g_mutex_unlock (&engine->lock);
  return snapshot;
}

TrustSnapshot *
trust_engine_look (TrustEngine *engine)
{
  g_autoptr (TrustSnapshot) current = trust_engine_get_snapshot (engine);
  g_autoptr (TrustPublisher) publisher = NULL;
  TrustSnapshot *seen = NULL;

  if (current->consumers->len > 0)
    return g_steal_pointer (&current);
  seen = trust_engine_copy_snapshot (current);
  publisher = trust_publisher_new (engine->root, engine->distribution);
  trust_publisher_look (publisher, seen);
  return seen;
}

TrustLinkCache *
trust_engine_get_links (TrustEngine *engine)
{
  return engine->links;
}

TrustAnchorSet *
trust_engine_look_at_intermediates (TrustEngine *engine, GPtrArray *reports)
{
  return trust_intermediates_look (engine->known, reports);
}

TrustWhy *
trust_engine_why (TrustEngine *engine, const TrustFingerprint *fingerprint)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_look (engine);

  return trust_why_new (engine->root, snapshot, fingerprint);
}

void
trust_engine_tidy (TrustEngine *engine)
{
  if (engine->publisher == NULL)
    return;
  trust_publisher_tidy (engine->publisher);
  trust_requests_sweep (engine->requests, trust_engine_get_time (engine));
}

void
trust_engine_give_back_memory (TrustEngine *engine)
{
  trust_arena_spill (engine->root, STATE_FOLDER);
  malloc_trim (0);
}

guint
trust_engine_count_waiting_hooks (TrustEngine *engine)
{
  return trust_hooks_count (engine->root);
}

gboolean
trust_engine_is_distribution_busy (TrustEngine *engine)
{
  return trust_hooks_is_held (engine->root);
}

void
trust_engine_get_watched (TrustEngine *engine, GPtrArray **sources, GPtrArray **consumers)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);

  *sources = g_ptr_array_new ();
  for (guint i = 0; i < trust_n_sources; i++)
    for (guint n = 0; (trust_sources[i].distributions & (1u << engine->distribution)) != 0 && trust_sources[i].watched[n] != NULL; n++)
      g_ptr_array_add (*sources, (gpointer) trust_sources[i].watched[n]);
  *consumers = engine->publisher != NULL ? trust_publisher_get_watched (engine->publisher, snapshot) : g_ptr_array_new ();
}
