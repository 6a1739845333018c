/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-own.h"

#include "core/anchor-file.h"
#include "core/error.h"
#include "core/text.h"

static void
index_file (GHashTable *index, const TrustFingerprint *named, TrustSourceFile *file)
{
  GPtrArray *files = g_hash_table_lookup (index, named);

  if (files == NULL)
    {
      files = g_ptr_array_new ();
      g_hash_table_insert (index, (gpointer) named, files);
    }
  if (files->len == 0 || files->pdata[files->len - 1] != file)
    g_ptr_array_add (files, file);
}

/* The place's files by what they name: built once a plan, so that a large batch stays linear. */
static void
index_place (TrustPlace *place)
{
  place->anchors = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
  place->distrusts = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
  for (guint i = 0; place->state != NULL && i < place->state->files->len; i++)
    {
      TrustSourceFile *file = place->state->files->pdata[i];

      for (guint n = 0; n < file->n_anchors; n++)
        index_file (place->anchors, trust_anchor_get_fingerprint (file->anchors[n]), file);
      for (guint n = 0; n < file->n_distrusts; n++)
        {
          const TrustFingerprint *named = trust_distrust_get_fingerprint (file->distrusts[n]);

          if (named != NULL)
            index_file (place->distrusts, named, file);
        }
    }
}

void
trust_planner_set_place (TrustPlanner *planner, const char *source, const char *folder, TrustSourceState *state, TrustAnchorSet *set)
{
  g_clear_pointer (&planner->place.folder, g_free);
  g_clear_pointer (&planner->place.anchors, g_hash_table_unref);
  g_clear_pointer (&planner->place.distrusts, g_hash_table_unref);
  planner->place.source = source;
  planner->place.folder = g_strdup (folder);
  planner->place.state = state;
  planner->place.set = set;
  index_place (&planner->place);
}

GPtrArray *
trust_planner_find_anchors (const TrustPlanner *planner, const TrustFingerprint *fingerprint)
{
  return g_hash_table_lookup (planner->place.anchors, fingerprint);
}

GPtrArray *
trust_planner_find_distrusts (const TrustPlanner *planner, const TrustFingerprint *fingerprint)
{
  return g_hash_table_lookup (planner->place.distrusts, fingerprint);
}

gboolean
trust_planner_check_files (const GPtrArray *files, GError **error)
{
  for (guint i = 0; files != NULL && i < files->len; i++)
    {
      const TrustSourceFile *file = files->pdata[i];
      g_autofree char *path = NULL;

      if (file->n_anchors + file->n_distrusts == 1)
        continue;
      path = trust_text_printable (trust_origin_get_path (file->origin), 0);
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN, "%s also holds other certificates; edit that file by hand, or give each "
                   "certificate a file of its own", path);
      return FALSE;
    }
  return TRUE;
}

/* Was CERTIFICATE in the change before? */
static gboolean
is_double (const TrustPlanner *planner, const TrustCertificate *certificate)
{
  const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (certificate);
  gpointer first = NULL;

  return g_hash_table_lookup_extended (planner->asked, fingerprint, &first, NULL) && first != fingerprint;
}

gboolean
trust_planner_each_certificate (TrustPlanner *planner, gboolean (*each) (TrustPlanner *, TrustCertificate *, GError **), GError **error)
{
  const GPtrArray *certificates = planner->change->certificates;

  for (guint i = 0; i < certificates->len; i++)
    {
      g_autofree char *title = NULL, *shown = NULL;

      if (is_double (planner, certificates->pdata[i]) || each (planner, certificates->pdata[i], error))
        continue;
      title = trust_certificate_dup_title (certificates->pdata[i]);
      shown = trust_text_printable (title, 120);
      g_prefix_error (error, "%s: ", shown);
      return FALSE;
    }
  return TRUE;
}

gboolean
trust_planner_each_prefix (TrustPlanner *planner, gboolean (*each) (TrustPlanner *, const TrustPrefix *, GError **), GError **error)
{
  const GArray *prefixes = planner->change->fingerprints;

  for (guint i = 0; i < prefixes->len; i++)
    if (!each (planner, &g_array_index (prefixes, TrustPrefix, i), error))
      return FALSE;
  return TRUE;
}

gboolean
trust_planner_resolve (TrustPlanner *planner, const TrustPrefix *prefix, TrustFingerprint *out, TrustCertificate **certificate_out,
                       GError **error)
{
  if (planner->known == NULL)
    planner->known = trust_known_new (planner->snapshot);
  return trust_known_resolve (planner->known, prefix, out, certificate_out, error);
}

TrustOrigin *
trust_planner_make_origin (const TrustPlanner *planner, const TrustFingerprint *fingerprint, gboolean distrust)
{
  g_autofree char *name = trust_anchor_file_name (fingerprint, distrust);
  g_autofree char *path = g_strconcat (planner->place.folder, "/", name, NULL);

  return trust_origin_new (TRUST_LAYER_ADMINISTRATOR, planner->place.source, path, FALSE);
}

void
trust_planner_take_removal (TrustPlanner *planner, const char *path)
{
  TrustJournalFile *file = NULL;

  if (g_hash_table_contains (planner->removed, path))
    return;
  file = trust_journal_file_new (path, NULL, 0);
  g_ptr_array_add (planner->plan->files, file);
  g_hash_table_add (planner->removed, file->path);
}

void
trust_planner_take_removals (TrustPlanner *planner, const GPtrArray *files, const char *kept)
{
  for (guint i = 0; files != NULL && i < files->len; i++)
    {
      const char *path = trust_origin_get_path (((TrustSourceFile *) files->pdata[i])->origin);

      if (g_strcmp0 (path, kept) != 0)
        trust_planner_take_removal (planner, path);
    }
}

/* A row for a file of the place that will hold CONTENT; its entry is to be filled in. */
static TrustSourceFile *
take_file (TrustPlanner *planner, TrustOrigin *origin, GBytes *content)
{
  TrustSourceFile *file = g_new0 (TrustSourceFile, 1);
  gsize size = 0;
  const char *data = g_bytes_get_data (content, &size);

  g_atomic_ref_count_init (&file->refs);
  file->status = TRUST_FILE_TAKEN;
  file->origin = trust_origin_ref (origin);
  file->ends_with_newline = size > 0 && data[size - 1] == '\n';
  trust_fingerprint_of (data, size, &file->digest);
  g_ptr_array_add (planner->plan->fresh, file);
  g_hash_table_add (planner->fresh, (gpointer) trust_origin_get_path (origin));
  g_ptr_array_add (planner->plan->files, trust_journal_file_new (trust_origin_get_path (origin), content, 0644));
  return file;
}

void
trust_planner_take_anchor (TrustPlanner *planner, TrustAnchor *anchor)
{
  g_autoptr (GBytes) content = trust_anchor_file_write (anchor);
  TrustSourceFile *file = take_file (planner, trust_anchor_get_origin (anchor), content);

  file->n_anchors = 1;
  file->anchors = g_new (TrustAnchor *, 1);
  file->anchors[0] = anchor;
}

void
trust_planner_take_distrust (TrustPlanner *planner, TrustDistrust *distrust)
{
  g_autoptr (GBytes) content = trust_distrust_file_write (distrust);
  TrustSourceFile *file = take_file (planner, trust_distrust_get_origin (distrust), content);

  file->n_distrusts = 1;
  file->distrusts = g_new (TrustDistrust *, 1);
  file->distrusts[0] = distrust;
}

TrustSourceState *
trust_planner_make_state (const TrustPlanner *planner, TrustSourceState *state)
{
  gboolean own = state == planner->place.state;
  TrustSourceState *after = NULL;

  if (!own && !g_str_equal (state->source, TRUST_LOCAL_SOURCE))
    return trust_source_state_ref (state);
  after = trust_source_state_new (state->source, state->layer, state->foreign);
  after->held_back = state->held_back;
  for (guint i = 0; i < state->faults->len; i++)
    g_ptr_array_add (after->faults, g_strdup (state->faults->pdata[i]));
  for (guint i = 0; i < state->files->len; i++)
    {
      TrustSourceFile *file = state->files->pdata[i];
      const char *path = trust_origin_get_path (file->origin);

      if (!g_hash_table_contains (planner->removed, path) && !g_hash_table_contains (planner->fresh, path))
        trust_source_state_take_file (after, trust_source_file_ref (file));
    }
  for (guint i = 0; own && i < planner->plan->fresh->len; i++)
    trust_source_state_take_file (after, trust_source_file_ref (planner->plan->fresh->pdata[i]));
  trust_source_state_sort (after);
  return after;
}

void
trust_planner_init (TrustPlanner *planner, const TrustCaller *caller)
{
  const TrustChange *change = planner->change;
  const TrustSnapshot *snapshot = planner->snapshot;
  TrustPlan *plan = planner->plan;
  TrustSourceState *state = trust_snapshot_find_state (snapshot, TRUST_ANCHORS_SOURCE);

  g_assert (state != NULL);
  plan->files = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_journal_file_free);
  plan->fresh = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_file_unref);
  plan->reports = g_ptr_array_new_with_free_func (g_free);
  plan->outcome = trust_outcome_new ();
  plan->outcome->generation = snapshot->generation;
  planner->added_by = caller->uid >= 0 ? g_strdup_printf ("uid %" G_GINT64_FORMAT, caller->uid) : NULL;
  planner->removed = g_hash_table_new (g_str_hash, g_str_equal);
  planner->fresh = g_hash_table_new (g_str_hash, g_str_equal);
  planner->touched = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  planner->asked = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  planner->narrowed = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  planner->refused = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  planner->aside = g_ptr_array_new ();
  for (guint i = 0; i < change->certificates->len; i++)
    {
      gpointer fingerprint = (gpointer) trust_certificate_get_fingerprint (change->certificates->pdata[i]);

      if (!g_hash_table_contains (planner->asked, fingerprint))
        g_hash_table_add (planner->asked, fingerprint);
    }
  trust_planner_set_place (planner, TRUST_ANCHORS_SOURCE, TRUST_ANCHORS_FOLDER, state, snapshot->set);
}

void
trust_planner_clear (TrustPlanner *planner)
{
  g_clear_pointer (&planner->place.folder, g_free);
  g_clear_pointer (&planner->place.anchors, g_hash_table_unref);
  g_clear_pointer (&planner->place.distrusts, g_hash_table_unref);
  g_clear_pointer (&planner->known, trust_known_free);
  g_clear_pointer (&planner->added_by, g_free);
  g_clear_pointer (&planner->removed, g_hash_table_unref);
  g_clear_pointer (&planner->fresh, g_hash_table_unref);
  g_clear_pointer (&planner->asked, g_hash_table_unref);
  g_clear_pointer (&planner->touched, g_array_unref);
  g_clear_pointer (&planner->narrowed, g_hash_table_unref);
  g_clear_pointer (&planner->refused, g_ptr_array_unref);
  g_clear_pointer (&planner->aside, g_ptr_array_unref);
}
