/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/own.h"

#include "core/error.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define GENERATION_NAME "generation"
#define GENERATIONS_KEPT 2

struct _TrustConsumerState
{
  TrustRoot *root;      /* (owned) */
  TrustAnchorSet *set;  /* (owned) (nullable) what is shown; NULL: not known */
  char *current;        /* (owned) (nullable) the current generation's folder: "12" or "12.1" */
  char *body;           /* (owned) (nullable) SHA-256 of the manifest's body, in digits */
  TrustOwnBundle bundles[TRUST_OWN_N_BUNDLES];
};

static TrustConsumerState *
own_open (TrustRoot *root)
{
  TrustConsumerState *state = g_new0 (TrustConsumerState, 1);

  state->root = trust_root_ref (root);
  return state;
}

static void
own_close (TrustConsumerState *state)
{
  g_clear_pointer (&state->set, trust_anchor_set_unref);
  g_free (state->current);
  g_free (state->body);
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

/* Learns from disk what is current: its folder, the manifest's body, and which bundles hold what NEXT wants. */
static void
look (TrustConsumerState *state, const TrustAnchorSet *next)
{
  g_autofree char *target = trust_root_read_link (state->root, TRUST_OWN_CURRENT);
  g_autoptr (GBytes) manifest = NULL;
  guint64 generation, part;

  g_clear_pointer (&state->current, g_free);
  g_clear_pointer (&state->body, g_free);
  if (target != NULL && g_str_has_prefix (target, "bundles/") && parse_folder (target + strlen ("bundles/"), &generation, &part))
    state->current = g_strdup (target + strlen ("bundles/"));
  manifest = state->current != NULL ? trust_own_read_manifest (state->root) : NULL;
  if (manifest != NULL)
    {
      const char *text = g_bytes_get_data (manifest, NULL), *end = text + g_bytes_get_size (manifest);
      const char *body = memmem (text, (gsize) (end - text), "\nanchor ", 8);

      body = body != NULL ? body + 1 : end;
      state->body = trust_own_digest_body (body, (gsize) (end - body));
    }
  for (guint i = 0; i < TRUST_OWN_N_BUNDLES; i++)
    {
      g_autoptr (TrustOwnPart) wanted = trust_own_part_new (next, i);

      trust_own_bundle_look (state->root, state->current, i, wanted, &state->bundles[i]);
    }
}

/* Which bundles NEXT changes. What differs between two sets is little: unchanged anchors are one object in both. */
static void
find_changed (const TrustAnchorSet *old, const TrustAnchorSet *next, gboolean *same)
{
  g_auto (TrustAnchorSetDiff) diff = { 0 };
  GArray *parts[3];

  trust_anchor_set_diff (old, next, &diff);
  parts[0] = diff.added;
  parts[1] = diff.removed;
  parts[2] = diff.changed;
  for (guint part = 0; part < G_N_ELEMENTS (parts); part++)
    for (guint i = 0; i < parts[part]->len; i++)
      {
        const TrustFingerprint *fingerprint = &g_array_index (parts[part], TrustFingerprint, i);
        TrustAnchor *before = trust_anchor_set_lookup (old, fingerprint), *after = trust_anchor_set_lookup (next, fingerprint);

        for (guint n = 0; n < TRUST_OWN_N_BUNDLES; n++)
          {
            TrustPurpose purpose = trust_own_bundle_get_purpose (n);

            if ((before != NULL && trust_anchor_has_purpose (before, purpose))
                != (after != NULL && trust_anchor_has_purpose (after, purpose)))
              same[n] = FALSE;
          }
      }
}

/* Which bundles are as NEXT wants them; TRUE if all are. */
static gboolean
compare_bundles (TrustConsumerState *state, const TrustAnchorSet *next, gboolean *same)
{
  gboolean all_same = TRUE;

  if (state->set == NULL)
    look (state, next);
  for (guint i = 0; i < TRUST_OWN_N_BUNDLES; i++)
    same[i] = state->bundles[i].known;
  if (state->set != NULL)
    find_changed (state->set, next, same);
  for (guint i = 0; i < TRUST_OWN_N_BUNDLES; i++)
    all_same = all_same && same[i];
  return all_same;
}

static gboolean
put_bundle (TrustConsumerState *state, guint index, gboolean same, const TrustAnchorSet *next, int dir_fd, GError **error)
{
  g_autoptr (TrustOwnPart) old = NULL;
  g_autoptr (TrustOwnPart) part = NULL;

  if (same && state->current != NULL
      && trust_own_bundle_link (state->root, state->current, dir_fd, index, &state->bundles[index]))
    return TRUE;
  if (state->set != NULL)
    old = trust_own_part_new (state->set, index);
  part = trust_own_part_new (next, index);
  return trust_own_bundle_make (state->root, state->current, dir_fd, index, old, part, &state->bundles[index], error);
}

static gboolean
put_manifest (TrustConsumerState *state, int dir_fd, const char *folder, const GString *body, GError **error)
{
  GString *head = g_string_new (NULL);
  g_autoptr (TrustStaged) staged = NULL;
  gboolean ok;
  int fd = -1;

  g_string_append_printf (head, "generation %s\n", folder);
  for (guint i = 0; i < TRUST_OWN_N_BUNDLES; i++)
    {
      char hex[TRUST_FINGERPRINT_HEX];

      trust_fingerprint_to_hex (&state->bundles[i].digest, hex);
      g_string_append_printf (head, "bundle %s %zu %s\n", trust_own_bundle_get_name (i), state->bundles[i].length, hex);
    }
  staged = trust_atomic_stage_open (dir_fd, TRUST_OWN_SET, 0644, &fd, error);
  ok = staged != NULL;
  if (ok && !(trust_atomic_write_all (fd, head->str, head->len) && trust_atomic_write_all (fd, body->str, body->len)))
    ok = trust_error_set_errno (error, errno, "cannot write", TRUST_OWN_BUNDLES);
  ok = ok && trust_atomic_commit (staged, error);
  g_string_free (head, TRUE);
  return ok;
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

static gboolean
write_generation (TrustConsumerState *state, const TrustSnapshot *next, TrustPublishFlags flags, const gboolean *same,
                  const GString *body, GError **error)
{
  g_autofree char *folder = choose_folder (state, next->generation, flags),
                  *path = g_build_filename (TRUST_OWN_BUNDLES, folder, NULL);
  int dir_fd = -1;
  gboolean ok = TRUE;

  /* Left by a writer that was killed before it became current. */
  trust_root_remove_tree (state->root, path);
  dir_fd = trust_root_make_dir (state->root, path, 0755);
  if (dir_fd < 0)
    return trust_error_set_errno (error, errno, "cannot make", path);
  for (guint i = 0; ok && i < TRUST_OWN_N_BUNDLES; i++)
    ok = put_bundle (state, i, same[i], next->set, dir_fd, error);
  ok = ok && put_manifest (state, dir_fd, folder, body, error) && trust_atomic_sync_dir (dir_fd, error)
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
         && trust_root_stat (state->root, TRUST_OWN_CURRENT "/" TRUST_OWN_SET, &wanted) && is.inode == wanted.inode
         && is.device == wanted.device;
}

/* The living folder, and last its `generation`: the manifest of the set it shows, by a link that needs no sync of its own. */
static gboolean
publish_hashed (TrustConsumerState *state, const TrustAnchorSet *next, gboolean *wrote, GError **error)
{
  int dir_fd = trust_root_make_dir (state->root, TRUST_OWN_HASHED, 0755), old_dir_fd = open_generation (state);
  gboolean ok = dir_fd >= 0 && old_dir_fd >= 0;

  if (!ok)
    trust_error_set_errno (error, errno, "cannot open", TRUST_OWN_HASHED);
  ok = ok && trust_own_publish_hashed (state->root, dir_fd, state->set, next, FALSE, wrote, error);
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

static gboolean
write_what_differs (TrustConsumerState *state, const TrustSnapshot *next, TrustPublishFlags flags, gboolean *wrote,
                    GError **error)
{
  gboolean same[TRUST_OWN_N_BUNDLES], all_same = compare_bundles (state, next->set, same), hashed_wrote = FALSE, ok = TRUE;
  GString *body = trust_own_make_body (next->set);
  g_autofree char *digest = trust_own_digest_body (body->str, body->len);
  gboolean stale = !all_same || g_strcmp0 (digest, state->body) != 0;

  if (flags & TRUST_PUBLISH_LOOK)
    *wrote = *wrote || stale || is_hashed_stale (state, next->set);
  else if (stale)
    {
      *wrote = TRUE;
      g_clear_pointer (&state->body, g_free);
      ok = write_generation (state, next, flags, same, body, error);
      if (ok)
        state->body = g_steal_pointer (&digest);
    }
  g_string_free (body, TRUE);
  if (flags & TRUST_PUBLISH_LOOK)
    return TRUE;
  ok = ok && publish_hashed (state, next->set, &hashed_wrote, error);
  *wrote = *wrote || hashed_wrote;
  return ok;
}

static gboolean
is_all_known (const TrustConsumerState *state)
{
  for (guint i = 0; i < TRUST_OWN_N_BUNDLES; i++)
    if (!state->bundles[i].known)
      return FALSE;
  return state->body != NULL;
}

static gboolean
own_publish (TrustConsumerState *state, const TrustSnapshot *next, TrustPublishFlags flags, TrustConsumerStatus *status,
             gboolean *wrote, GError **error)
{
  gboolean ok;

  if (!(flags & TRUST_PUBLISH_INCREMENTAL))
    g_clear_pointer (&state->set, trust_anchor_set_unref);
  ok = (state->set == next->set && is_all_known (state)) || write_what_differs (state, next, flags, wrote, error);
  fill_status (state, ok, status);
  if (ok && state->set == next->set)
    return TRUE;
  g_clear_pointer (&state->set, trust_anchor_set_unref);
  if (ok && !(flags & TRUST_PUBLISH_LOOK))
    state->set = trust_anchor_set_ref (next->set);
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

/* Holds the current bundles against what they were made of; a damaged one is made anew at the next publishing. */
static void
check_bundles (TrustConsumerState *state)
{
  for (guint i = 0; i < TRUST_OWN_N_BUNDLES; i++)
    {
      g_autoptr (TrustOwnPart) part = NULL;

      if (!state->bundles[i].known)
        continue;
      part = trust_own_part_new (state->set, i);
      trust_own_bundle_look (state->root, state->current, i, part, &state->bundles[i]);
      if (!state->bundles[i].known)
        g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "MESSAGE", "%s in %s was changed by someone else",
                          trust_own_bundle_get_name (i), TRUST_OWN_CURRENT);
    }
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
  if (state->set == NULL || state->current == NULL)
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
  check_bundles (state);
}

static const char *const own_watched[] = { NULL };

const TrustConsumer trust_consumer_own
    = { "own", (1 << TRUST_DISTRIBUTION_LAST) - 1, own_watched, own_open, own_close, own_publish, own_tidy, NULL };
