/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/own.h"

#include "core/error.h"

#include <errno.h>
#include <unistd.h>

TrustOwnShelf *
trust_own_shelf_new (const char *store)
{
  TrustOwnShelf *shelf = g_new0 (TrustOwnShelf, 1);

  shelf->store = g_strdup (store);
  return shelf;
}

static void
clear_next (TrustOwnShelf *shelf)
{
  g_clear_pointer (&shelf->next_set, trust_anchor_set_unref);
  g_clear_pointer (&shelf->next_flat, trust_anchor_set_unref);
  g_clear_pointer (&shelf->next_body, g_free);
}

void
trust_own_shelf_forget (TrustOwnShelf *shelf)
{
  g_clear_pointer (&shelf->set, trust_anchor_set_unref);
  g_clear_pointer (&shelf->flat, trust_anchor_set_unref);
}

void
trust_own_shelf_free (TrustOwnShelf *shelf)
{
  trust_own_shelf_forget (shelf);
  clear_next (shelf);
  g_free (shelf->body);
  g_free (shelf->store);
  g_free (shelf);
}

char *
trust_own_shelf_dup_folder (const char *generation, const char *store)
{
  return g_str_equal (store, TRUST_STORE_SYSTEM) ? g_strdup (generation) : g_build_filename (generation, TRUST_OWN_STORES, store, NULL);
}

static char *
dup_path (const char *generation, const char *store)
{
  g_autofree char *folder = trust_own_shelf_dup_folder (generation, store);

  return g_build_filename (TRUST_OWN_BUNDLES, folder, NULL);
}

static gboolean
is_known (const TrustOwnShelf *shelf)
{
  for (guint i = 0; i < TRUST_OWN_N_BUNDLES; i++)
    if (!shelf->bundles[i].known)
      return FALSE;
  return shelf->body != NULL;
}

gboolean
trust_own_shelf_shows (const TrustOwnShelf *shelf, const TrustAnchorSet *set, const TrustAnchorSet *flat)
{
  return shelf->set == set && shelf->flat == flat && is_known (shelf);
}

/* Learns from disk what is there: the manifest's body, and which bundles hold what FLAT wants. */
static void
look (TrustRoot *root, const char *current, TrustOwnShelf *shelf, const TrustAnchorSet *flat)
{
  g_autofree char *folder = current != NULL ? trust_own_shelf_dup_folder (current, shelf->store) : NULL;
  g_autofree char *path = current != NULL ? dup_path (current, shelf->store) : NULL;

  g_free (shelf->body);
  shelf->body = path != NULL ? trust_own_read_body (root, path) : NULL;
  for (guint i = 0; i < TRUST_OWN_N_BUNDLES; i++)
    {
      g_autoptr (TrustOwnPart) wanted = trust_own_part_new (flat, i);

      trust_own_bundle_look (root, folder, i, wanted, &shelf->bundles[i]);
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

            if ((before != NULL && trust_anchor_has_purpose (before, purpose)) != (after != NULL && trust_anchor_has_purpose (after, purpose)))
              same[n] = FALSE;
          }
      }
}

gboolean
trust_own_shelf_compare (TrustRoot *root, const char *current, TrustOwnShelf *shelf, TrustAnchorSet *set, TrustAnchorSet *flat)
{
  gboolean all_same = TRUE, shown = trust_own_shelf_shows (shelf, set, flat);

  clear_next (shelf);
  shelf->next_set = trust_anchor_set_ref (set);
  shelf->next_flat = trust_anchor_set_ref (flat);
  if (shown)
    shelf->next_body = g_strdup (shelf->body);
  else
    {
      GString *body = trust_own_make_body (set);

      shelf->next_body = trust_own_digest_body (body->str, body->len);
      g_string_free (body, TRUE);
    }
  if (shelf->flat == NULL)
    look (root, current, shelf, flat);
  for (guint i = 0; i < TRUST_OWN_N_BUNDLES; i++)
    shelf->same[i] = shelf->bundles[i].known;
  if (shelf->flat != NULL && shelf->flat != flat)
    find_changed (shelf->flat, flat, shelf->same);
  for (guint i = 0; i < TRUST_OWN_N_BUNDLES; i++)
    all_same = all_same && shelf->same[i];
  return all_same && g_strcmp0 (shelf->next_body, shelf->body) == 0;
}

/* The same certificates as in the system's bundle, just written? Then it is the same file. */
static gboolean
link_from_system (TrustRoot *root, const char *generation, int dir_fd, guint index, const TrustOwnShelf *system, const TrustOwnPart *part,
                  TrustOwnBundle *bundle)
{
  static const TrustFingerprint none;
  TrustOwnBundle linked = { .digest = part->digest };

  if (system == NULL || trust_fingerprint_equal (&part->digest, &none) || !system->bundles[index].known
      || !trust_fingerprint_equal (&system->bundles[index].digest, &part->digest)
      || !trust_own_bundle_link (root, generation, dir_fd, index, &linked))
    return FALSE;
  *bundle = linked;
  return TRUE;
}

static gboolean
put_bundle (TrustRoot *root, const char *current, const char *generation, int dir_fd, TrustOwnShelf *shelf, guint index, const TrustOwnShelf *system,
            GError **error)
{
  g_autofree char *folder = current != NULL ? trust_own_shelf_dup_folder (current, shelf->store) : NULL;
  TrustOwnBundle *bundle = &shelf->bundles[index];
  g_autoptr (TrustOwnPart) old = NULL;
  g_autoptr (TrustOwnPart) part = NULL;

  if (shelf->same[index] && folder != NULL && trust_own_bundle_link (root, folder, dir_fd, index, bundle))
    return TRUE;
  part = trust_own_part_new (shelf->next_flat, index);
  if (link_from_system (root, generation, dir_fd, index, system, part, bundle))
    return TRUE;
  if (shelf->flat != NULL)
    old = trust_own_part_new (shelf->flat, index);
  return trust_own_bundle_make (root, folder, dir_fd, index, old, part, bundle, error);
}

static GString *
make_head (const TrustOwnShelf *shelf, const char *generation)
{
  GString *head = g_string_new (NULL);

  if (g_str_equal (shelf->store, TRUST_STORE_SYSTEM))
    g_string_append_printf (head, "generation %s\n", generation);
  else
    g_string_append_printf (head, "store %s\n", shelf->store);
  for (guint i = 0; i < TRUST_OWN_N_BUNDLES; i++)
    {
      char hex[TRUST_FINGERPRINT_HEX];

      trust_fingerprint_to_hex (&shelf->bundles[i].digest, hex);
      g_string_append_printf (head, "bundle %s %zu %s\n", trust_own_bundle_get_name (i), shelf->bundles[i].length, hex);
    }
  return head;
}

/* The system's manifest names its generation; a store's is the same file as long as nothing changes in it. */
static gboolean
link_manifest (TrustRoot *root, const char *current, int dir_fd, const TrustOwnShelf *shelf)
{
  g_autofree char *path = NULL;
  gboolean same = current != NULL && !g_str_equal (shelf->store, TRUST_STORE_SYSTEM) && g_strcmp0 (shelf->body, shelf->next_body) == 0;
  int old_dir_fd = -1;

  for (guint i = 0; i < TRUST_OWN_N_BUNDLES; i++)
    same = same && shelf->same[i];
  if (!same)
    return FALSE;
  path = dup_path (current, shelf->store);
  old_dir_fd = trust_root_open_dir (root, path);
  same = old_dir_fd >= 0 && trust_atomic_link (old_dir_fd, TRUST_OWN_SET, dir_fd, TRUST_OWN_SET, NULL);
  if (old_dir_fd >= 0)
    close (old_dir_fd);
  return same;
}

static gboolean
put_manifest (TrustRoot *root, const char *current, const char *generation, int dir_fd, const TrustOwnShelf *shelf, GError **error)
{
  GString *head = NULL, *body = NULL;
  g_autoptr (TrustStaged) staged = NULL;
  gboolean ok;
  int fd = -1;

  if (link_manifest (root, current, dir_fd, shelf))
    return TRUE;
  head = make_head (shelf, generation);
  body = trust_own_make_body (shelf->next_set);
  staged = trust_atomic_stage_open (dir_fd, TRUST_OWN_SET, 0644, &fd, error);
  ok = staged != NULL;
  if (ok && !(trust_atomic_write_all (fd, head->str, head->len) && trust_atomic_write_all (fd, body->str, body->len)))
    ok = trust_error_set_errno (error, errno, "cannot write", TRUST_OWN_BUNDLES);
  ok = ok && trust_atomic_commit (staged, error);
  g_string_free (head, TRUE);
  g_string_free (body, TRUE);
  return ok;
}

gboolean
trust_own_shelf_write (TrustRoot *root, const char *current, const char *generation, int dir_fd, TrustOwnShelf *shelf, const TrustOwnShelf *system,
                       GError **error)
{
  for (guint i = 0; i < TRUST_OWN_N_BUNDLES; i++)
    if (!put_bundle (root, current, generation, dir_fd, shelf, i, system, error))
      return FALSE;
  return put_manifest (root, current, generation, dir_fd, shelf, error);
}

void
trust_own_shelf_settle (TrustOwnShelf *shelf)
{
  trust_own_shelf_forget (shelf);
  shelf->set = g_steal_pointer (&shelf->next_set);
  shelf->flat = g_steal_pointer (&shelf->next_flat);
  g_free (shelf->body);
  shelf->body = g_steal_pointer (&shelf->next_body);
}

void
trust_own_shelf_check (TrustRoot *root, const char *current, TrustOwnShelf *shelf)
{
  g_autofree char *folder = trust_own_shelf_dup_folder (current, shelf->store);

  for (guint i = 0; shelf->flat != NULL && i < TRUST_OWN_N_BUNDLES; i++)
    {
      g_autoptr (TrustOwnPart) part = NULL;

      if (!shelf->bundles[i].known)
        continue;
      part = trust_own_part_new (shelf->flat, i);
      trust_own_bundle_look (root, folder, i, part, &shelf->bundles[i]);
      if (!shelf->bundles[i].known)
        g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "MESSAGE", "%s in %s/%s was changed by someone else", trust_own_bundle_get_name (i),
                          TRUST_OWN_BUNDLES, folder);
    }
}

GPtrArray *
trust_own_list_stores (TrustRoot *root, const char *generation)
{
  g_autofree char *path = g_build_filename (TRUST_OWN_BUNDLES, generation, TRUST_OWN_STORES, "app", NULL);
  GPtrArray *names = trust_root_list (root, path);

  if (names == NULL)
    return g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < names->len; i++)
    {
      char *name = g_strconcat ("app/", names->pdata[i], NULL);

      g_free (names->pdata[i]);
      names->pdata[i] = name;
    }
  return names;
}

gboolean
trust_own_shows_stores (TrustRoot *root, const GPtrArray *stores)
{
  g_autofree char *target = trust_root_read_link (root, TRUST_OWN_CURRENT);
  g_autofree char *generation = target != NULL ? g_path_get_basename (target) : NULL;
  g_autoptr (GPtrArray) shown = generation != NULL ? trust_own_list_stores (root, generation) : g_ptr_array_new_with_free_func (g_free);

  if (shown->len != stores->len)
    return FALSE;
  for (guint i = 0; i < stores->len; i++)
    {
      const TrustStore *store = stores->pdata[i];
      g_autofree char *path = dup_path (generation, store->name), *is = trust_own_read_body (root, path), *wanted = NULL;
      GString *body = NULL;

      if (is == NULL || !g_str_equal (shown->pdata[i], store->name))
        return FALSE;
      body = trust_own_make_body (store->set);
      wanted = trust_own_digest_body (body->str, body->len);
      g_string_free (body, TRUE);
      if (!g_str_equal (is, wanted))
        return FALSE;
    }
  return TRUE;
}
