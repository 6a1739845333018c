/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/atomic.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/sources/file.h"
#include "core/sources/last-good.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define FOLDER "/var/lib/anchord/last-good"
/* All of a source: many inputs. Bytes. */
#define MAX_BYTES (16 * (gsize) TRUST_LIMIT_INPUT_BYTES)

static char *
last_good_path (const char *id)
{
  return g_strdup_printf (FOLDER "/%s.pem", id);
}

/* (transfer full) (nullable): no such file, or it can't be read (a fault of STATE's). */
static GBytes *
read_last_good (TrustRoot *root, const TrustSource *source, TrustSourceState *state)
{
  g_autofree char *path = last_good_path (source->id);
  g_autoptr (GError) error = NULL;
  GBytes *bytes = trust_root_read (root, path, MAX_BYTES, NULL, &error);

  if (bytes == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_ptr_array_add (state->faults, g_strdup_printf ("the last good set cannot be read: %s", error->message));
  return bytes;
}

/* The last good state: PREVIOUS if it says as much as the file (N anchors), else what is in the file.
 * (transfer full) (nullable) */
static TrustSourceState *
find_good (const TrustSource *source, TrustSourceState *previous, GBytes *bytes, guint n, TrustSourceState *state)
{
  g_autoptr (GError) error = NULL;
  TrustSourceState *good = NULL;

  if (previous != NULL && trust_source_state_count_anchors (previous) >= n)
    return trust_source_state_ref (previous);
  good = trust_last_good_parse (bytes, source, &error);
  if (good == NULL)
    g_ptr_array_add (state->faults, g_strdup_printf ("the last good set is damaged: %s", error->message));
  return good;
}

static const TrustFolderSpec *
spec_of (const TrustSource *source, const char *path)
{
  for (guint i = source->n_folders; i > 1; i--)
    if (g_str_has_prefix (path, source->folders[i - 1].folder))
      return &source->folders[i - 1];
  return &source->folders[0];
}

static gboolean
is_same_fingerprint (const TrustFingerprint *a, const TrustFingerprint *b)
{
  return a == b || (a != NULL && b != NULL && trust_fingerprint_equal (a, b));
}

/* Does NOW say what GOOD said? Labels aside, which the file does not keep. */
static gboolean
says_the_same (const TrustSourceFile *now, const TrustSourceFile *good)
{
  if (now == good)
    return TRUE;
  if (now->status != TRUST_FILE_TAKEN || now->n_anchors != good->n_anchors || now->n_distrusts != good->n_distrusts)
    return FALSE;
  for (guint i = 0; i < now->n_anchors; i++)
    if (!trust_fingerprint_equal (trust_anchor_get_fingerprint (now->anchors[i]), trust_anchor_get_fingerprint (good->anchors[i]))
        || !trust_settings_equal (trust_anchor_get_settings (now->anchors[i]), trust_anchor_get_settings (good->anchors[i])))
      return FALSE;
  for (guint i = 0; i < now->n_distrusts; i++)
    {
      const TrustDistrust *a = now->distrusts[i], *b = good->distrusts[i];

      if (!is_same_fingerprint (trust_distrust_get_fingerprint (a), trust_distrust_get_fingerprint (b))
          || !is_same_fingerprint (trust_distrust_get_key_fingerprint (a), trust_distrust_get_key_fingerprint (b))
          || !trust_span_equal (trust_distrust_get_issuer_der (a), trust_distrust_get_issuer_der (b))
          || !trust_span_equal (trust_distrust_get_serial (a), trust_distrust_get_serial (b)))
        return FALSE;
    }
  return TRUE;
}

/* The row for a file of the last good set, as it is on disk now. (transfer full) */
static TrustSourceFile *
hold_file (TrustRoot *root, const TrustSource *source, TrustSourceState *state, TrustSourceFile *good)
{
  const char *path = trust_origin_get_path (good->origin);
  TrustSourceFile *now = g_hash_table_lookup (state->by_path, path), *held = NULL;
  char *fault = NULL;

  now = now != NULL ? trust_source_file_ref (now) : trust_source_read_file (root, source, path, spec_of (source, path), good);
  if (says_the_same (now, good) && now->status == TRUST_FILE_TAKEN)
    return now;
  fault = g_strdup (now->status == TRUST_FILE_MISSING ? "it is gone; what it said before still counts"
                                                      : "it is not taken as it is now; what it said before still counts");
  held = trust_source_make_last_good (now, good, fault, good);
  trust_source_file_unref (now);
  return held;
}

static char *
describe_hold (const TrustSource *source, guint n_now, guint n_good)
{
  return g_strdup_printf ("the set on disk has %u anchors, the last good one %u: the last good one stays in force; "
                          "if the smaller set is meant, "
                          "accept it with \"rm " FOLDER "/%s.pem\"",
                          n_now, n_good, source->id);
}

/* (transfer full) */
static TrustSourceState *
hold (TrustRoot *root, const TrustSource *source, TrustSourceState *state, TrustSourceState *good, char *fault)
{
  g_autoptr (TrustSourceState) held = trust_source_state_new (source->id, source->layer, source->foreign);

  held->held_back = TRUE;
  g_ptr_array_add (held->faults, fault);
  for (guint i = 0; i < state->faults->len; i++)
    g_ptr_array_add (held->faults, g_strdup (state->faults->pdata[i]));
  for (guint i = 0; i < good->files->len; i++)
    {
      TrustSourceFile *file = good->files->pdata[i];

      if (file->n_anchors + file->n_distrusts > 0)
        trust_source_state_take_file (held, hold_file (root, source, state, file));
    }
  return g_steal_pointer (&held);
}

/* How many anchors of the last good set anchord itself took out since. */
static guint
count_let_go (TrustRoot *root, const TrustSource *source, const TrustSourceState *state, GHashTable *index)
{
  GHashTable *paths = source->let_go != NULL ? source->let_go (root) : NULL;
  GHashTableIter iter;
  gpointer path = NULL;
  guint n = 0;

  if (paths == NULL)
    return 0;
  g_hash_table_iter_init (&iter, paths);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    if (!g_hash_table_contains (state->by_path, path))
      n += GPOINTER_TO_UINT (g_hash_table_lookup (index, path));
  g_hash_table_unref (paths);
  return n;
}

/* Files of a freshly started process that do not parse now and did before. */
static void
restore_files (TrustSourceState *state, TrustSourceState *good)
{
  for (guint i = 0; i < state->files->len; i++)
    {
      TrustSourceFile *file = state->files->pdata[i];
      char *fault = NULL;
      TrustSourceFile *before = file->status == TRUST_FILE_UNPARSABLE ? g_hash_table_lookup (good->by_path, trust_origin_get_path (file->origin))
                                                                      : NULL;

      if (before == NULL)
        continue;
      fault = g_strdup_printf ("%s; what it said before still counts", file->fault);
      state->files->pdata[i] = trust_source_make_last_good (file, before, fault, NULL);
      /* The key is the old row's. */
      g_hash_table_replace (state->by_path, (gpointer) trust_origin_get_path (before->origin), state->files->pdata[i]);
      trust_source_file_unref (file);
    }
}

static gboolean
has_unparsable (const TrustSourceState *state)
{
  for (guint i = 0; i < state->files->len; i++)
    if (((const TrustSourceFile *) state->files->pdata[i])->status == TRUST_FILE_UNPARSABLE)
      return TRUE;
  return FALSE;
}

static void
restore (TrustRoot *root, const TrustSource *source, TrustSourceState *state)
{
  g_autoptr (GBytes) bytes = has_unparsable (state) ? read_last_good (root, source, state) : NULL;
  g_autoptr (TrustSourceState) good = bytes != NULL ? find_good (source, NULL, bytes, 0, state) : NULL;

  if (good != NULL)
    restore_files (state, good);
}

/* STATE, or the last good one in its place. Takes STATE. (transfer full) */
static TrustSourceState *
guard (TrustRoot *root, const TrustSource *source, TrustSourceState *state, TrustSourceState *previous)
{
  g_autoptr (GBytes) bytes = read_last_good (root, source, state);
  g_autoptr (GHashTable) index = bytes != NULL ? trust_last_good_index (bytes) : NULL;
  g_autoptr (TrustSourceState) good = NULL;
  TrustSourceState *held = NULL;
  guint n_now = trust_source_state_count_anchors (state), n_good = 0, n_expected = 0, n_lost = 0;
  GHashTableIter iter;
  gpointer value = NULL;

  if (index == NULL)
    return state;
  g_hash_table_iter_init (&iter, index);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n_good += GPOINTER_TO_UINT (value);
  n_expected = n_good - count_let_go (root, source, state, index);
  n_lost = n_now < n_expected ? n_expected - n_now : 0;
  if (n_lost * 100 <= n_expected * TRUST_GUARD_SHRINK_PERCENT && n_lost <= TRUST_GUARD_SHRINK_ANCHORS)
    return state;
  good = find_good (source, previous, bytes, n_good, state);
  if (good == NULL)
    return state;
  held = hold (root, source, state, good, describe_hold (source, n_now, n_good));
  trust_source_state_unref (state);
  return held;
}

static gboolean
is_same_state (const TrustSourceState *a, const TrustSourceState *b)
{
  if (a->files->len != b->files->len || a->faults->len != b->faults->len || a->held_back != b->held_back)
    return FALSE;
  for (guint i = 0; i < a->files->len; i++)
    if (a->files->pdata[i] != b->files->pdata[i])
      return FALSE;
  for (guint i = 0; i < a->faults->len; i++)
    if (!g_str_equal (a->faults->pdata[i], b->faults->pdata[i]))
      return FALSE;
  return TRUE;
}

TrustSourceState *
trust_source_load (TrustRoot *root, const TrustSource *source, TrustSourceState *previous, GError **error)
{
  g_autoptr (GError) local = NULL;
  TrustSourceState *state = source->load (root, source, previous, &local);

  if (state == NULL && !source->guarded)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (state == NULL)
    {
      /* What can't be read at all is as good as missing: the guard's case. */
      state = trust_source_state_new (source->id, source->layer, source->foreign);
      g_ptr_array_add (state->faults, g_strdup (local->message));
    }
  if (previous == NULL)
    restore (root, source, state);
  /* What passed once is not weighed again. */
  if (source->guarded && (previous == NULL || !is_same_state (state, previous)))
    state = guard (root, source, state, previous);
  if (previous == NULL || !is_same_state (state, previous))
    return state;
  trust_source_state_unref (state);
  return trust_source_state_ref (previous);
}

static const TrustSource *
find_source (const char *id)
{
  for (guint i = 0; i < trust_n_sources; i++)
    if (g_str_equal (trust_sources[i].id, id))
      return &trust_sources[i];
  return NULL;
}

gboolean
trust_source_forget (TrustRoot *root, const char *id, GError **error)
{
  g_autofree char *path = last_good_path (id), *name = g_path_get_basename (path);
  TrustStat stat;
  int dir = trust_root_lstat (root, path, &stat) ? trust_root_open_dir (root, FOLDER) : -1;
  gboolean done = dir < 0 || (trust_atomic_remove (dir, name, error) && trust_atomic_sync_dir (dir, error));

  if (dir >= 0)
    close (dir);
  return done;
}

GPtrArray *
trust_source_list_kept (TrustRoot *root)
{
  GPtrArray *names = trust_root_list (root, FOLDER);

  for (guint i = names != NULL ? names->len : 0; i > 0; i--)
    {
      char *end = g_strrstr (names->pdata[i - 1], ".pem");

      if (end != NULL && end[strlen (".pem")] == '\0')
        *end = '\0';
      else
        g_ptr_array_remove_index (names, i - 1);
    }
  return names;
}

gboolean
trust_source_keep (TrustRoot *root, const TrustSourceState *state, GError **error)
{
  const TrustSource *source = find_source (state->source);
  gboolean guarded = source != NULL && source->guarded;
  g_autofree char *path = last_good_path (state->source), *name = g_path_get_basename (path);
  g_autoptr (GBytes) bytes = NULL, old = NULL;
  gsize size = 0;
  const void *data = NULL;
  int dir = -1;
  gboolean done = FALSE;

  if (state->held_back)
    return TRUE;
  bytes = trust_last_good_write (state, !guarded);
  if (bytes == NULL)
    /* An empty set is never good, so there is nothing that could be held to it. */
    return guarded || trust_source_forget (root, state->source, error);
  old = trust_root_read (root, path, MAX_BYTES, NULL, NULL);
  if (old != NULL && g_bytes_equal (old, bytes))
    return TRUE;
  dir = trust_root_make_dir (root, FOLDER, 0755);
  if (dir < 0)
    return trust_error_set_errno (error, errno, "could not make", FOLDER);
  data = g_bytes_get_data (bytes, &size);
  done = trust_atomic_write (dir, name, data, size, 0644, error);
  close (dir);
  return done;
}
