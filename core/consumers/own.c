/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/own.h"

#include "core/error.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define GENERATION_NAME "generation"
#define GENERATIONS_KEPT 2
/* From this many stores on, one syncfs() for all their folders is cheaper than one fsync() each. */
#define SYNC_ALL_MIN 16

struct _TrustConsumerState
{
  TrustRoot *root;       /* (owned) */
  char *current;         /* (owned) (nullable) the current generation's folder: "12" or "12.1" */
  TrustOwnShelf *system; /* (owned) */
  GPtrArray *stores;     /* (owned) of TrustOwnShelf*, by name: those that the current generation shows */
};

static TrustConsumerState *
own_open (TrustRoot *root)
{
  TrustConsumerState *state = g_new0 (TrustConsumerState, 1);

  state->root = trust_root_ref (root);
  state->system = trust_own_shelf_new (TRUST_STORE_SYSTEM);
  state->stores = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_own_shelf_free);
  return state;
}

static void
own_close (TrustConsumerState *state)
{
  trust_own_shelf_free (state->system);
  g_ptr_array_unref (state->stores);
  g_free (state->current);
  trust_root_unref (state->root);
  g_free (state);
}

/* "12.1" as 12 and 2; "12" as 12 and 1; the first of two passes, "12.0", as 12 and 0: they rise in this order. */
static gboolean
parse_folder (const char *name, guint64 *generation, guint64 *part)
{
  char *end = NULL;

  if (!g_ascii_isdigit (*name))
    return FALSE;
  *generation = g_ascii_strtoull (name, &end, 10);
  *part = 1;
  if (*end == '.' && g_ascii_isdigit (end[1]))
    {
      *part = g_ascii_strtoull (end + 1, &end, 10);
      *part += *part > 0;
    }
  return *end == '\0';
}

static char *
format_folder (guint64 generation, guint64 part)
{
  if (part == 1)
    return g_strdup_printf ("%" G_GUINT64_FORMAT, generation);
  return g_strdup_printf ("%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT, generation, part > 0 ? part - 1 : 0);
}

/* Where the next generation goes: never back, and never into a folder that readers may have open. */
static char *
choose_folder (const TrustConsumerState *state, guint64 generation, TrustPublishFlags flags)
{
  guint64 current = 0, current_part = 0, part = flags & TRUST_PUBLISH_REMOVALS ? 0 : 1;

  if (state->current != NULL && parse_folder (state->current, &current, &current_part)
      && (current > generation || (current == generation && current_part >= part)))
    {
      generation = current;
      part = current_part + 1;
    }
  return format_folder (generation, part);
}

/* Learns from disk what is current: its folder, and the stores in it. */
static void
look (TrustConsumerState *state)
{
  g_autofree char *target = trust_root_read_link (state->root, TRUST_OWN_CURRENT);
  g_autoptr (GPtrArray) names = NULL;
  guint64 generation, part;

  g_clear_pointer (&state->current, g_free);
  if (target != NULL && g_str_has_prefix (target, "bundles/") && parse_folder (target + strlen ("bundles/"), &generation, &part))
    state->current = g_strdup (target + strlen ("bundles/"));
  g_ptr_array_set_size (state->stores, 0);
  names = state->current != NULL ? trust_own_list_stores (state->root, state->current) : NULL;
  for (guint i = 0; names != NULL && i < names->len; i++)
    g_ptr_array_add (state->stores, trust_own_shelf_new (names->pdata[i]));
}

/* The shelves for STORES (of TrustStore*): those that are shown already, owned by STATE->stores, and new ones, owned by FRESH. Sorted by name, as
 * both are. */
static GPtrArray *
find_shelves (TrustConsumerState *state, const GPtrArray *stores, GPtrArray *fresh)
{
  GPtrArray *shelves = g_ptr_array_sized_new (stores->len);
  guint at = 0;

  for (guint i = 0; i < state->stores->len; i++)
    ((TrustOwnShelf *) state->stores->pdata[i])->wanted = FALSE;
  for (guint i = 0; i < stores->len; i++)
    {
      const TrustStore *store = stores->pdata[i];
      TrustOwnShelf *shelf = NULL;

      while (at < state->stores->len && strcmp (((TrustOwnShelf *) state->stores->pdata[at])->store, store->name) < 0)
        at++;
      shelf = at < state->stores->len ? state->stores->pdata[at] : NULL;
      if (shelf == NULL || !g_str_equal (shelf->store, store->name))
        {
          shelf = trust_own_shelf_new (store->name);
          g_ptr_array_add (fresh, shelf);
        }
      shelf->wanted = TRUE;
      g_ptr_array_add (shelves, shelf);
    }
  return shelves;
}

/* Are all as NEXT wants them? Those that NEXT does not have are not. */
static gboolean
compare_shelves (TrustConsumerState *state, const TrustSnapshot *next, const GPtrArray *shelves)
{
  gboolean same = trust_own_shelf_compare (state->root, state->current, state->system, next->set, next->flat) && state->stores->len == shelves->len;

  for (guint i = 0; i < shelves->len; i++)
    {
      const TrustStore *store = next->stores->pdata[i];

      same = trust_own_shelf_compare (state->root, state->current, shelves->pdata[i], store->set, store->flat) && same;
    }
  return same;
}

static gboolean
move_current (TrustConsumerState *state, const char *folder, GError **error)
{
  g_autofree char *target = g_strconcat ("bundles/", folder, NULL);
  int dir_fd = trust_root_open_dir (state->root, TRUST_OWN_FOLDER);
  gboolean ok;

  if (dir_fd < 0)
    return trust_error_set_errno (error, errno, "cannot open", TRUST_OWN_FOLDER);
  ok = trust_atomic_symlink (dir_fd, target, "current", error) && trust_atomic_sync_dir (dir_fd, error);
  close (dir_fd);
  return ok;
}

/* One store's folder in the generation GENERATION, whose folder of stores is APP_FD. */
static gboolean
write_store (TrustConsumerState *state, const char *generation, int app_fd, TrustOwnShelf *shelf, gboolean syncing, GError **error)
{
  int dir_fd = trust_atomic_make_dir (app_fd, strrchr (shelf->store, '/') + 1, 0755, error);
  gboolean ok = dir_fd >= 0 && trust_own_shelf_write (state->root, state->current, generation, dir_fd, shelf, state->system, error)
                && (!syncing || trust_atomic_sync_dir (dir_fd, error));

  if (dir_fd >= 0)
    close (dir_fd);
  return ok;
}

/* Every store's folder. Linking to a file moved the change time of those that share it. */
static gboolean
write_stores (TrustConsumerState *state, const char *generation, int dir_fd, const GPtrArray *shelves, GError **error)
{
  gboolean syncing = shelves->len < SYNC_ALL_MIN;
  int stores_fd = trust_atomic_make_dir (dir_fd, TRUST_OWN_STORES, 0755, error);
  int app_fd = stores_fd >= 0 ? trust_atomic_make_dir (stores_fd, "app", 0755, error) : -1;
  gboolean ok = app_fd >= 0;

  for (guint i = 0; ok && i < shelves->len; i++)
    ok = write_store (state, generation, app_fd, shelves->pdata[i], syncing, error);
  if (ok && !syncing)
    syncfs (app_fd);
  ok = ok && trust_atomic_sync_dir (app_fd, error) && trust_atomic_sync_dir (stores_fd, error);
  for (guint n = 0; ok && n < TRUST_OWN_N_BUNDLES; n++)
    trust_own_bundle_restat (state->root, generation, n, &state->system->bundles[n]);
  for (guint i = 0; ok && i < shelves->len; i++)
    {
      TrustOwnShelf *shelf = shelves->pdata[i];
      g_autofree char *folder = trust_own_shelf_dup_folder (generation, shelf->store);

      for (guint n = 0; n < TRUST_OWN_N_BUNDLES; n++)
        trust_own_bundle_restat (state->root, folder, n, &shelf->bundles[n]);
    }
  if (app_fd >= 0)
    close (app_fd);
  if (stores_fd >= 0)
    close (stores_fd);
  return ok;
}

/* Removes what a writer left that was killed before FOLDER became current; and in the pass before, which recovery does not make again. */
static void
clear_folder (TrustConsumerState *state, const char *folder)
{
  g_autofree char *path = g_build_filename (TRUST_OWN_BUNDLES, folder, NULL), *before = g_strconcat (folder, ".0", NULL);
  g_autofree char *path_before = g_build_filename (TRUST_OWN_BUNDLES, before, NULL);

  trust_root_remove_tree (state->root, path);
  if (strchr (folder, '.') == NULL && g_strcmp0 (state->current, before) != 0)
    trust_root_remove_tree (state->root, path_before);
}

static gboolean
write_generation (TrustConsumerState *state, const TrustSnapshot *next, TrustPublishFlags flags, const GPtrArray *shelves, GError **error)
{
  g_autofree char *folder = choose_folder (state, next->generation, flags), *path = g_build_filename (TRUST_OWN_BUNDLES, folder, NULL);
  int dir_fd = -1;
  gboolean ok;

  clear_folder (state, folder);
  dir_fd = trust_root_make_dir (state->root, path, 0755);
  if (dir_fd < 0)
    return trust_error_set_errno (error, errno, "cannot make", path);
  ok = trust_own_shelf_write (state->root, state->current, folder, dir_fd, state->system, NULL, error)
       && (shelves->len == 0 || write_stores (state, folder, dir_fd, shelves, error)) && trust_atomic_sync_dir (dir_fd, error)
       && move_current (state, folder, error);
  close (dir_fd);
  if (ok)
    {
      g_free (state->current);
      state->current = g_steal_pointer (&folder);
    }
  return ok;
}

static int
open_generation (TrustConsumerState *state)
{
  g_autofree char *path = state->current != NULL ? g_build_filename (TRUST_OWN_BUNDLES, state->current, NULL) : NULL;

  return path != NULL ? trust_root_open_dir (state->root, path) : -1;
}

/* Does the living folder name the current generation? */
static gboolean
has_generation (TrustConsumerState *state)
{
  TrustStat is, wanted;

  return trust_root_lstat (state->root, TRUST_OWN_HASHED "/" GENERATION_NAME, &is)
         && trust_root_stat (state->root, TRUST_OWN_CURRENT "/" TRUST_OWN_SET, &wanted) && is.inode == wanted.inode && is.device == wanted.device;
}

/* The living folder, and last its `generation`: the manifest of the set it shows, by a link that needs no sync of its own. */
static gboolean
publish_hashed (TrustConsumerState *state, const TrustAnchorSet *next, gboolean *wrote, GError **error)
{
  int dir_fd = trust_root_make_dir (state->root, TRUST_OWN_HASHED, 0755), old_dir_fd = open_generation (state);
  gboolean ok = dir_fd >= 0 && old_dir_fd >= 0;

  if (!ok)
    trust_error_set_errno (error, errno, "cannot open", TRUST_OWN_HASHED);
  ok = ok && trust_own_publish_hashed (state->root, dir_fd, state->system->flat, next, FALSE, wrote, error);
  if (ok && !has_generation (state))
    {
      *wrote = TRUE;
      ok = trust_atomic_link (old_dir_fd, TRUST_OWN_SET, dir_fd, GENERATION_NAME, error);
    }
  if (ok && *wrote)
    ok = trust_atomic_sync_dir (dir_fd, error);
  if (dir_fd >= 0)
    close (dir_fd);
  if (old_dir_fd >= 0)
    close (old_dir_fd);
  return ok;
}

/* Would publish_hashed() write anything? */
static gboolean
is_hashed_stale (TrustConsumerState *state, const TrustAnchorSet *next)
{
  int dir_fd = trust_root_open_dir (state->root, TRUST_OWN_HASHED);
  gboolean stale = dir_fd < 0 || !has_generation (state);

  if (dir_fd < 0)
    return TRUE;
  trust_own_publish_hashed (state->root, dir_fd, NULL, next, TRUE, &stale, NULL);
  close (dir_fd);
  return stale;
}

static void
fill_status (const TrustConsumerState *state, gboolean ok, TrustConsumerStatus *status)
{
  guint64 part;

  status->enabled = TRUE;
  status->current = ok;
  if (state->current != NULL && !parse_folder (state->current, &status->generation, &part))
    status->generation = 0;
}

/* What was written, or found to be so, is shown from now on: SHELVES, which FRESH and STATE->stores own, take the place of those before. */
static void
settle (TrustConsumerState *state, GPtrArray *shelves, GPtrArray *fresh)
{
  g_ptr_array_set_free_func (fresh, NULL);
  g_ptr_array_set_free_func (state->stores, NULL);
  for (guint i = 0; i < state->stores->len; i++)
    if (!((TrustOwnShelf *) state->stores->pdata[i])->wanted)
      trust_own_shelf_free (state->stores->pdata[i]);
  g_ptr_array_unref (state->stores);
  state->stores = g_ptr_array_ref (shelves);
  g_ptr_array_set_free_func (state->stores, (GDestroyNotify) trust_own_shelf_free);
  trust_own_shelf_settle (state->system);
  for (guint i = 0; i < shelves->len; i++)
    trust_own_shelf_settle (shelves->pdata[i]);
}

/* Nothing is known of what is shown. */
static void
forget (TrustConsumerState *state)
{
  trust_own_shelf_forget (state->system);
  for (guint i = 0; i < state->stores->len; i++)
    trust_own_shelf_forget (state->stores->pdata[i]);
}

static gboolean
write_what_differs (TrustConsumerState *state, const TrustSnapshot *next, TrustPublishFlags flags, gboolean *wrote, GError **error)
{
  g_autoptr (GPtrArray) fresh = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_own_shelf_free);
  g_autoptr (GPtrArray) shelves = NULL;
  gboolean same, hashed_wrote = FALSE, ok = TRUE;

  if (state->system->flat == NULL)
    look (state);
  shelves = find_shelves (state, next->stores, fresh);
  same = compare_shelves (state, next, shelves);
  if (flags & TRUST_PUBLISH_LOOK)
    {
      *wrote = *wrote || !same || is_hashed_stale (state, next->flat);
      return TRUE;
    }
  if (!same)
    {
      *wrote = TRUE;
      ok = write_generation (state, next, flags, shelves, error);
    }
  ok = ok && publish_hashed (state, next->flat, &hashed_wrote, error);
  *wrote = *wrote || hashed_wrote;
  if (ok)
    settle (state, shelves, fresh);
  return ok;
}

/* Is it known that just NEXT is shown? */
static gboolean
is_shown (const TrustConsumerState *state, const TrustSnapshot *next)
{
  if (state->stores->len != next->stores->len || !trust_own_shelf_shows (state->system, next->set, next->flat))
    return FALSE;
  for (guint i = 0; i < next->stores->len; i++)
    {
      const TrustStore *store = next->stores->pdata[i];
      const TrustOwnShelf *shelf = state->stores->pdata[i];

      if (!g_str_equal (shelf->store, store->name) || !trust_own_shelf_shows (shelf, store->set, store->flat))
        return FALSE;
    }
  return TRUE;
}

static gboolean
own_publish (TrustConsumerState *state, const TrustSnapshot *next, TrustPublishFlags flags, TrustConsumerStatus *status, gboolean *wrote,
             GError **error)
{
  gboolean ok;

  if (!(flags & TRUST_PUBLISH_INCREMENTAL))
    forget (state);
  ok = is_shown (state, next) || write_what_differs (state, next, flags, wrote, error);
  fill_status (state, ok, status);
  if (!ok || (flags & TRUST_PUBLISH_LOOK))
    forget (state);
  return ok;
}

static int
compare_folders (gconstpointer a, gconstpointer b)
{
  guint64 x = 0, x_part = 0, y = 0, y_part = 0;

  parse_folder (*(const char *const *) a, &x, &x_part);
  parse_folder (*(const char *const *) b, &y, &y_part);
  if (x != y)
    return x < y ? -1 : 1;
  return x_part < y_part ? -1 : x_part > y_part;
}

static void
own_tidy (TrustConsumerState *state)
{
  g_autoptr (GPtrArray) names = NULL;
  int dir_fd = trust_root_open_dir (state->root, TRUST_OWN_HASHED);
  guint64 generation, part;

  if (dir_fd >= 0)
    {
      trust_atomic_sweep (dir_fd);
      close (dir_fd);
    }
  if (state->system->flat == NULL || state->current == NULL)
    return;
  names = trust_root_list (state->root, TRUST_OWN_BUNDLES);
  for (guint i = names != NULL ? names->len : 0; i > 0; i--)
    if (!parse_folder (names->pdata[i - 1], &generation, &part))
      g_ptr_array_remove_index (names, i - 1);
  if (names != NULL)
    g_ptr_array_sort (names, compare_folders);
  for (guint i = 0; names != NULL && i + GENERATIONS_KEPT < names->len; i++)
    {
      g_autofree char *path = g_build_filename (TRUST_OWN_BUNDLES, names->pdata[i], NULL);

      if (!g_str_equal (names->pdata[i], state->current))
        trust_root_remove_tree (state->root, path);
    }
  trust_own_shelf_check (state->root, state->current, state->system);
  for (guint i = 0; i < state->stores->len; i++)
    trust_own_shelf_check (state->root, state->current, state->stores->pdata[i]);
}

static const char *const own_watched[] = { NULL };

const TrustConsumer trust_consumer_own = {
  .id = "own",
  .distributions = (1 << TRUST_DISTRIBUTION_LAST) - 1,
  .watched = own_watched,
  .open = own_open,
  .close = own_close,
  .publish = own_publish,
  .tidy = own_tidy,
};
