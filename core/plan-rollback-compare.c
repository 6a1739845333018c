/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-rollback.h"

#include "core/anchor-file.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/sources/stores.h"
#include "core/text.h"

#include <string.h>

static void
coming_free (gpointer data)
{
  TrustComing *coming = data;

  g_clear_pointer (&coming->row, trust_source_file_unref);
  g_bytes_unref (coming->content);
  g_free (coming);
}

TrustReturn *
trust_return_new (const TrustPlanner *planner, const char *store)
{
  const TrustSnapshot *snapshot = planner->snapshot;
  TrustReturn *back = g_new0 (TrustReturn, 1);

  back->store = g_strdup (store);
  back->source = store != NULL ? trust_stores_get_source (store) : TRUST_ANCHORS_SOURCE;
  back->folder = store != NULL ? trust_store_dup_folder (store) : g_strdup (TRUST_ANCHORS_FOLDER);
  back->now = store != NULL ? trust_store_find (snapshot->stores, store) : NULL;
  if (store == NULL)
    back->state = trust_snapshot_find_state (snapshot, TRUST_ANCHORS_SOURCE);
  else
    back->state = back->now != NULL ? back->now->state : NULL;
  back->set = back->now != NULL ? back->now->set : snapshot->set;
  back->wanted = g_ptr_array_new ();
  back->names = g_hash_table_new (g_str_hash, g_str_equal);
  back->coming = g_ptr_array_new_with_free_func (coming_free);
  back->arrivals = g_hash_table_new (g_str_hash, g_str_equal);
  back->going = g_hash_table_new (g_str_hash, g_str_equal);
  back->kept = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  back->refusals = trust_refusals_new ();
  return back;
}

void
trust_return_free (TrustReturn *back)
{
  g_free (back->store);
  g_free (back->folder);
  g_ptr_array_unref (back->wanted);
  g_hash_table_unref (back->names);
  g_hash_table_unref (back->arrivals);
  g_ptr_array_unref (back->coming);
  g_clear_pointer (&back->conf, g_bytes_unref);
  g_hash_table_unref (back->going);
  trust_refusals_free (back->refusals);
  g_ptr_array_unref (back->kept);
  g_free (back);
}

void
trust_rollback_tell (TrustRollback *rollback, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (rollback->planner->plan->outcome->notices, g_strdup_vprintf (format, args));
  va_end (args);
}

/* ROW (transfer full) comes. */
static void
add_coming (TrustReturn *back, TrustSourceFile *row, GBytes *content, guint32 mode)
{
  const char *path = trust_origin_get_path (row->origin);
  TrustComing *coming = g_hash_table_lookup (back->arrivals, path);

  if (coming != NULL)
    {
      g_hash_table_remove (back->arrivals, path);
      g_ptr_array_remove (back->coming, coming);
    }
  coming = g_new0 (TrustComing, 1);
  *coming = (TrustComing) { row, g_bytes_ref (content), mode };
  g_ptr_array_add (back->coming, coming);
  g_hash_table_insert (back->arrivals, (gpointer) path, coming);
}

static gboolean
is_name_of (const char *name, const char *path)
{
  const char *base = path != NULL ? strrchr (path, '/') : NULL, *dot = base != NULL ? strrchr (base, '.') : NULL;
  gsize size = base == NULL ? 0 : dot != NULL ? (gsize) (dot - base - 1) : strlen (base + 1);

  return base != NULL && strlen (name) == size && strncmp (name, base + 1, size) == 0;
}

gboolean
trust_rollback_lifts (TrustRollback *rollback, const char *digits, const char *path)
{
  const GPtrArray *lifted = rollback->planner->change->lifted;

  for (guint i = 0; i < lifted->len; i++)
    if (g_ascii_strcasecmp (lifted->pdata[i], digits) == 0 || is_name_of (lifted->pdata[i], path))
      {
        g_hash_table_add (rollback->used, lifted->pdata[i]);
        return TRUE;
      }
  return FALSE;
}

static gboolean
is_conf (const TrustReturn *back, const char *path)
{
  return back->store != NULL && g_str_equal (strrchr (path, '/') + 1, TRUST_STORE_CONF);
}

/* Does the file of ROW (nullable) hold just what FILE did, and count? */
static gboolean
is_same (const TrustRollback *rollback, const TrustReturn *back, const TrustSourceFile *row, const TrustJournalFile *file)
{
  g_autoptr (GBytes) bytes = NULL;
  TrustFingerprint digest;
  TrustStat stat;

  if (row == NULL || row->status != (is_conf (back, file->path) ? TRUST_FILE_IGNORED : TRUST_FILE_TAKEN))
    return FALSE;
  if (is_conf (back, file->path))
    {
      bytes = trust_root_read (rollback->planner->root, file->path, TRUST_LIMIT_ANCHOR_FILE_BYTES, &stat, NULL);
      return bytes != NULL && g_bytes_equal (bytes, file->content);
    }
  trust_fingerprint_of (g_bytes_get_data (file->content, NULL), g_bytes_get_size (file->content), &digest);
  return trust_fingerprint_equal (&digest, &row->digest);
}

/* FILE as it would be read; NULL where nothing of it would count. (transfer full) (nullable) */
static TrustSourceFile *
read_wanted (const TrustReturn *back, const TrustJournalFile *file)
{
  TrustSpan bytes = { g_bytes_get_data (file->content, NULL), g_bytes_get_size (file->content) };
  const TrustSource *source = back->store == NULL ? trust_source_find (TRUST_ANCHORS_SOURCE) : NULL;
  g_autoptr (TrustSourceFile) row = back->store != NULL ? trust_stores_make_file (back->store, file->path, bytes)
                                                        : trust_source_make_file (source, source->folders, file->path, bytes);

  if (row == NULL || (row->status != TRUST_FILE_TAKEN && !is_conf (back, file->path)))
    return NULL;
  return g_steal_pointer (&row);
}

/* A link stood there then: one that stands there now stays, and none is made. */
static void
want_link (TrustRollback *rollback, TrustReturn *back, const TrustJournalFile *file)
{
  g_autofree char *goal = trust_root_read_link (rollback->planner->root, file->path), *shown = trust_text_printable (file->path, 0);
  gsize size = g_bytes_get_size (file->content);

  if (goal != NULL && strlen (goal) == size && memcmp (goal, g_bytes_get_data (file->content, NULL), size) == 0)
    return;
  trust_rollback_tell (rollback, "%s was a link, and is not made one again", shown);
  if (goal == NULL)
    g_hash_table_remove (back->names, file->path);
}

static void
tell_mask (TrustRollback *rollback, const char *path)
{
  g_autofree char *shown = trust_text_printable (path, 0);

  trust_rollback_tell (rollback, "%s stays: it is a link to /dev/null, which somebody put there", shown);
}

static gboolean
want (TrustRollback *rollback, TrustReturn *back, const TrustJournalFile *file, GError **error)
{
  const TrustSourceFile *row = back->state != NULL ? g_hash_table_lookup (back->state->by_path, file->path) : NULL;
  g_autofree char *shown = trust_text_printable (file->path, 0);
  g_autoptr (TrustSourceFile) fresh = NULL;

  if (S_ISLNK (file->mode))
    {
      want_link (rollback, back, file);
      return TRUE;
    }
  if (is_same (rollback, back, row, file))
    return TRUE;
  if (row != NULL && row->status == TRUST_FILE_PRIVATE_KEY)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN, "%s holds a private key now; move it away first", shown);
      return FALSE;
    }
  if (row != NULL && row->status == TRUST_FILE_MASKED)
    {
      tell_mask (rollback, file->path);
      return TRUE;
    }
  fresh = (file->mode & 022) == 0 ? read_wanted (back, file) : NULL;
  if (fresh == NULL)
    {
      trust_rollback_tell (rollback, "%s is not taken back: nothing of it counted", shown);
      return TRUE;
    }
  if (is_conf (back, file->path))
    back->conf = g_bytes_ref (file->content);
  add_coming (back, g_steal_pointer (&fresh), file->content, (file->mode & 0755) | 0400);
  return TRUE;
}

/* What nobody reads is somebody's who may want it. */
static gboolean
leave (const TrustSourceFile *row, GError **error)
{
  g_autofree char *shown = NULL;

  if (row->status != TRUST_FILE_PRIVATE_KEY && (row->status != TRUST_FILE_IGNORED || row->fault == NULL))
    return TRUE;
  shown = trust_text_printable (trust_origin_get_path (row->origin), 0);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN, "%s lies in the folder of a store that goes, and is not in the journal; move it away first",
               shown);
  return FALSE;
}

static gboolean
is_touched (const TrustRollback *rollback, const char *path)
{
  GHashTable *only = rollback->planner->tree->only;

  return only == NULL || g_hash_table_contains (only, path);
}

gboolean
trust_return_compare (TrustRollback *rollback, TrustReturn *back, GError **error)
{
  g_autofree char *conf = g_build_filename (back->folder, TRUST_STORE_CONF, NULL);

  for (guint i = 0; i < back->wanted->len; i++)
    if (!want (rollback, back, back->wanted->pdata[i], error))
      return FALSE;
  back->goes = back->now != NULL && is_touched (rollback, conf) && !g_hash_table_contains (back->names, conf);
  for (guint i = 0; back->state != NULL && i < back->state->files->len; i++)
    {
      TrustSourceFile *row = back->state->files->pdata[i];
      const char *path = trust_origin_get_path (row->origin);
      gboolean counts = row->status == TRUST_FILE_TAKEN || row->status == TRUST_FILE_LAST_GOOD || is_conf (back, path);

      if (back->goes && !leave (row, error))
        return FALSE;
      if (row->status == TRUST_FILE_MASKED && !back->goes && is_touched (rollback, path) && !g_hash_table_contains (back->names, path))
        tell_mask (rollback, path);
      if (g_hash_table_contains (back->names, path) || (!back->goes && (!counts || !is_touched (rollback, path))))
        continue;
      g_hash_table_insert (back->going, (gpointer) path, row);
    }
  return TRUE;
}

/* What DISTRUST names, each as bytes that say what they are. */
static GPtrArray *
list_names (const TrustDistrust *distrust)
{
  const TrustFingerprint *named = trust_distrust_get_fingerprint (distrust), *key = trust_distrust_get_key_fingerprint (distrust);
  TrustSpan serial = trust_distrust_get_serial (distrust);
  guint64 issuer = trust_distrust_get_issuer_id (distrust);
  GPtrArray *names = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  const struct
  {
    char kind;
    const void *data;
    gsize size;
  } parts[] = { { 'c', named, named != NULL ? sizeof *named : 0 }, { 'k', key, key != NULL ? sizeof *key : 0 }, { 's', serial.data, serial.size } };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      if (parts[i].size == 0)
        continue;
      g_byte_array_append (bytes, (const guint8 *) &parts[i].kind, 1);
      if (parts[i].kind == 's')
        g_byte_array_append (bytes, (const guint8 *) &issuer, sizeof issuer);
      g_byte_array_append (bytes, parts[i].data, (guint) parts[i].size);
      g_ptr_array_add (names, g_byte_array_free_to_bytes (g_steal_pointer (&bytes)));
    }
  return names;
}

static void
gather_names (GHashTable *set, const TrustSourceFile *row)
{
  for (guint i = 0; i < row->n_distrusts; i++)
    {
      g_autoptr (GPtrArray) names = list_names (row->distrusts[i]);

      for (guint n = 0; n < names->len; n++)
        g_hash_table_add (set, g_bytes_ref (names->pdata[n]));
    }
}

static gboolean
is_covered (GHashTable *set, const TrustDistrust *distrust)
{
  g_autoptr (GPtrArray) names = list_names (distrust);

  for (guint i = 0; i < names->len; i++)
    if (!g_hash_table_contains (set, names->pdata[i]))
      return FALSE;
  return TRUE;
}

/* DISTRUST as a file of its own, in which what comes there (a narrower one) counts too. */
static gboolean
write_kept (TrustRollback *rollback, TrustReturn *back, TrustDistrust *distrust, const TrustFingerprint *name, GError **error)
{
  g_autofree char *file = trust_anchor_file_name (name, TRUE), *path = g_build_filename (back->folder, file, NULL);
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, back->source, path, FALSE);
  g_autoptr (TrustDistrust) own = trust_distrust_new (trust_distrust_get_fingerprint (distrust), trust_distrust_get_key_fingerprint (distrust),
                                                      trust_distrust_get_issuer_der (distrust), trust_distrust_get_serial (distrust),
                                                      trust_distrust_get_certificate (distrust), origin, trust_distrust_get_note (distrust));
  TrustComing *coming = g_hash_table_lookup (back->arrivals, path);
  TrustSourceFile *there = coming != NULL ? coming->row : back->state != NULL ? g_hash_table_lookup (back->state->by_path, path) : NULL;
  g_autoptr (TrustDistrust) wide = NULL;
  g_autoptr (GBytes) content = NULL;
  TrustSourceFile *row = NULL;
  TrustFingerprint other = { { 0 } };

  if (there != NULL && there->n_distrusts > 0)
    trust_planner_name_distrust (there->distrusts[0], &other);
  if (there != NULL && (there->n_anchors > 0 || there->n_distrusts != 1 || !trust_fingerprint_equal (&other, name)))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN, "%s would be written, but holds something else than its name says; rename that file",
                   path);
      return FALSE;
    }
  wide = trust_planner_widen (own, coming != NULL ? there->distrusts[0] : NULL);
  row = g_new0 (TrustSourceFile, 1);
  g_atomic_ref_count_init (&row->refs);
  row->status = TRUST_FILE_TAKEN;
  row->origin = trust_origin_ref (origin);
  row->n_distrusts = 1;
  row->distrusts = g_new (TrustDistrust *, 1);
  row->distrusts[0] = trust_distrust_ref (wide);
  content = trust_distrust_file_write (wide);
  trust_fingerprint_of (g_bytes_get_data (content, NULL), g_bytes_get_size (content), &row->digest);
  row->ends_with_newline = TRUE;
  add_coming (back, row, content, 0644);
  g_hash_table_remove (back->going, path);
  return TRUE;
}

static gboolean
keep (TrustRollback *rollback, TrustReturn *back, TrustSourceFile *row, TrustDistrust *distrust, GError **error)
{
  const char *path = trust_origin_get_path (row->origin);
  TrustCertificate *certificate = trust_distrust_get_certificate (distrust);
  g_autofree char *title = certificate != NULL ? trust_certificate_dup_title (certificate) : NULL;
  g_autofree char *shown = trust_text_printable (title, 64), *place = trust_text_printable (path, 0);
  TrustFingerprint name;
  char hex[TRUST_FINGERPRINT_HEX];

  trust_planner_name_distrust (distrust, &name);
  trust_fingerprint_to_hex (&name, hex);
  if (trust_rollback_lifts (rollback, hex, path))
    return TRUE;
  trust_rollback_tell (rollback, "%s%s%s stays distrusted by %s, which is newer; --lift-distrust %s lifts that", title != NULL ? "\"" : "",
                       title != NULL ? shown : hex, title != NULL ? "\"" : "", place, hex);
  g_ptr_array_add (back->kept, trust_distrust_ref (distrust));
  trust_refusals_add (back->refusals, distrust);
  if (row->n_anchors + row->n_distrusts > 1 || !g_hash_table_contains (back->going, path))
    return write_kept (rollback, back, distrust, &name, error);
  g_hash_table_remove (back->going, path);
  return TRUE;
}

gboolean
trust_return_keep_distrusts (TrustRollback *rollback, TrustReturn *back, GError **error)
{
  g_autoptr (GHashTable) named = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  g_autoptr (GHashTable) over = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const GPtrArray *files = back->state != NULL ? back->state->files : NULL;

  if (back->goes || files == NULL)
    return TRUE;
  for (guint i = 0; i < back->coming->len; i++)
    {
      const TrustComing *coming = back->coming->pdata[i];

      gather_names (named, coming->row);
      g_hash_table_add (over, g_strdup (trust_origin_get_path (coming->row->origin)));
    }
  for (guint i = 0; i < files->len; i++)
    {
      TrustSourceFile *row = files->pdata[i];
      const char *path = trust_origin_get_path (row->origin);

      if (!g_hash_table_contains (back->going, path) && !g_hash_table_contains (over, path))
        gather_names (named, row);
    }
  for (guint i = 0; i < files->len; i++)
    {
      TrustSourceFile *row = files->pdata[i];
      const char *path = trust_origin_get_path (row->origin);
      gboolean leaves = g_hash_table_contains (back->going, path) || g_hash_table_contains (over, path);

      for (guint n = 0; leaves && n < row->n_distrusts; n++)
        if (!is_covered (named, row->distrusts[n]) && !keep (rollback, back, row, row->distrusts[n], error))
          return FALSE;
    }
  return TRUE;
}
