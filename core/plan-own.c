/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-own.h"

#include "core/anchor-file.h"
#include "core/error.h"
#include "core/text.h"

void
trust_planner_name_distrust (const TrustDistrust *distrust, TrustFingerprint *out)
{
  const TrustFingerprint *named = trust_distrust_get_fingerprint (distrust), *key = trust_distrust_get_key_fingerprint (distrust);
  TrustSpan issuer = trust_distrust_get_issuer_der (distrust), serial = trust_distrust_get_serial (distrust);
  g_autoptr (GByteArray) both = NULL;

  if (named != NULL || key != NULL)
    {
      *out = named != NULL ? *named : *key;
      return;
    }
  both = g_byte_array_new ();
  g_byte_array_append (both, issuer.data, (guint) issuer.size);
  g_byte_array_append (both, serial.data, (guint) serial.size);
  trust_fingerprint_of (both->data, both->len, out);
}

/* COPY: the index owns its keys. */
static void
index_file (GHashTable *index, const TrustFingerprint *named, TrustSourceFile *file, gboolean copy)
{
  GPtrArray *files = g_hash_table_lookup (index, named);

  if (files == NULL)
    {
      files = g_ptr_array_new ();
      g_hash_table_insert (index, copy ? g_memdup2 (named, sizeof *named) : (gpointer) named, files);
    }
  if (files->len == 0 || files->pdata[files->len - 1] != file)
    g_ptr_array_add (files, file);
}

/* The place's files by what they name: built once a plan, so that a large batch stays linear. */
static void
index_place (TrustPlace *place)
{
  place->anchors = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
  place->distrusts = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  for (guint i = 0; place->state != NULL && i < place->state->files->len; i++)
    {
      TrustSourceFile *file = place->state->files->pdata[i];

      for (guint n = 0; n < file->n_anchors; n++)
        index_file (place->anchors, trust_anchor_get_fingerprint (file->anchors[n]), file, FALSE);
      for (guint n = 0; n < file->n_distrusts; n++)
        {
          TrustFingerprint name;

          trust_planner_name_distrust (file->distrusts[n], &name);
          index_file (place->distrusts, &name, file, TRUE);
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
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN,
                   "%s also holds other certificates; edit that file by hand, or give each "
                   "certificate a file of its own",
                   path);
      return FALSE;
    }
  return TRUE;
}

static gboolean
names_only (const TrustSourceFile *file, const TrustFingerprint *name)
{
  TrustFingerprint other;

  for (guint i = 0; i < file->n_anchors; i++)
    if (!trust_fingerprint_equal (trust_anchor_get_fingerprint (file->anchors[i]), name))
      return FALSE;
  for (guint i = 0; i < file->n_distrusts; i++)
    {
      trust_planner_name_distrust (file->distrusts[i], &other);
      if (!trust_fingerprint_equal (&other, name))
        return FALSE;
    }
  return TRUE;
}

gboolean
trust_planner_check_target (const TrustPlanner *planner, const TrustOrigin *origin, const TrustFingerprint *name, GError **error)
{
  const TrustSourceState *state = planner->place.state;
  const TrustSourceFile *there = state != NULL ? g_hash_table_lookup (state->by_path, trust_origin_get_path (origin)) : NULL;

  if (there == NULL || names_only (there, name))
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN, "%s would be written, but holds something else than its name says; rename that file",
               trust_origin_get_path (origin));
  return FALSE;
}

/* Does it refuse one certificate, rather than say that nothing can be done at all? */
static gboolean
is_refusal (const GError *error)
{
  static const TrustError codes[] = { TRUST_ERROR_INVALID_ARGUMENT, TRUST_ERROR_INVALID_INPUT, TRUST_ERROR_PRIVATE_KEY, TRUST_ERROR_POLICY,
                                      TRUST_ERROR_DISTRUSTED,       TRUST_ERROR_NOT_FOUND,     TRUST_ERROR_AMBIGUOUS,   TRUST_ERROR_FOREIGN };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (error, TRUST_ERROR, (int) codes[i]))
      return TRUE;
  return FALSE;
}

gboolean
trust_planner_go_on (TrustPlanner *planner, const TrustFingerprint *fingerprint, const TrustCertificate *certificate, GError **error)
{
  if (!planner->change->keep_going || !is_refusal (*error))
    return FALSE;
  trust_outcome_add (planner->plan->outcome, fingerprint, certificate, TRUST_RESULT_REFUSED, (*error)->message);
  g_clear_error (error);
  return TRUE;
}

gboolean
trust_planner_is_again (TrustPlanner *planner, const TrustFingerprint *fingerprint)
{
  if (g_hash_table_contains (planner->seen, fingerprint))
    return TRUE;
  g_hash_table_add (planner->seen, g_memdup2 (fingerprint, sizeof *fingerprint));
  return FALSE;
}

gboolean
trust_planner_each_certificate (TrustPlanner *planner, gboolean (*each) (TrustPlanner *, TrustCertificate *, GError **), GError **error)
{
  const GPtrArray *certificates = planner->change->certificates;

  for (guint i = 0; i < certificates->len; i++)
    {
      TrustCertificate *certificate = certificates->pdata[i];
      g_autofree char *title = NULL, *shown = NULL;
      GError *local = NULL;

      if (trust_planner_is_again (planner, trust_certificate_get_fingerprint (certificate)) || each (planner, certificate, &local)
          || trust_planner_go_on (planner, trust_certificate_get_fingerprint (certificate), certificate, &local))
        continue;
      title = trust_certificate_dup_title (certificate);
      shown = trust_text_printable (title, 120);
      g_propagate_prefixed_error (error, local, "%s: ", shown);
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
trust_planner_resolve (TrustPlanner *planner, const TrustPrefix *prefix, TrustFingerprint *out, TrustCertificate **certificate_out, GError **error)
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

  if (g_hash_table_contains (planner->removed, path) || g_hash_table_contains (planner->fresh, path))
    return;
  file = trust_journal_file_new (path, NULL, 0);
  g_ptr_array_add (planner->plan->files, file);
  g_hash_table_insert (planner->removed, file->path, file);
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

/* The file at PATH that this plan was to write, if any, is not. */
static void
drop_fresh (TrustPlanner *planner, const char *path)
{
  TrustSourceFile *file = g_hash_table_lookup (planner->fresh, path);
  GPtrArray *files = planner->plan->files;

  if (file == NULL)
    return;
  for (guint i = files->len; i > 0; i--)
    if (g_str_equal (((TrustJournalFile *) files->pdata[i - 1])->path, path))
      g_ptr_array_remove_index (files, i - 1);
  g_hash_table_remove (planner->fresh, path);
  g_ptr_array_remove (planner->plan->fresh, file);
}

void
trust_planner_take_row (TrustPlanner *planner, TrustSourceFile *row, GBytes *content, guint32 mode)
{
  const char *path = trust_origin_get_path (row->origin);
  TrustJournalFile *gone = g_hash_table_lookup (planner->removed, path);

  /* What was to go is written anew; what was written before is written over. */
  if (gone != NULL)
    {
      g_hash_table_remove (planner->removed, gone->path);
      g_ptr_array_remove (planner->plan->files, gone);
    }
  drop_fresh (planner, path);
  g_ptr_array_add (planner->plan->fresh, row);
  g_hash_table_insert (planner->fresh, (gpointer) path, row);
  g_ptr_array_add (planner->plan->files, trust_journal_file_new (path, content, mode));
}

/* A row for a file of the place that will hold CONTENT; its entry is to be filled in. */
TrustSourceFile *
trust_planner_take_file (TrustPlanner *planner, TrustOrigin *origin, GBytes *content)
{
  TrustSourceFile *file = g_new0 (TrustSourceFile, 1);
  gsize size = 0;
  const char *data = g_bytes_get_data (content, &size);

  g_atomic_ref_count_init (&file->refs);
  file->status = TRUST_FILE_TAKEN;
  file->origin = trust_origin_ref (origin);
  file->ends_with_newline = size > 0 && data[size - 1] == '\n';
  trust_fingerprint_of (data, size, &file->digest);
  trust_planner_take_row (planner, file, content, 0644);
  return file;
}

void
trust_planner_take_anchor (TrustPlanner *planner, TrustAnchor *anchor)
{
  g_autoptr (GBytes) content = trust_anchor_file_write (anchor);
  TrustSourceFile *file = trust_planner_take_file (planner, trust_anchor_get_origin (anchor), content);

  file->n_anchors = 1;
  file->anchors = g_new (TrustAnchor *, 1);
  file->anchors[0] = anchor;
}

void
trust_planner_take_distrust (TrustPlanner *planner, TrustDistrust *distrust)
{
  g_autoptr (GBytes) content = trust_distrust_file_write (distrust);
  TrustSourceFile *file = trust_planner_take_file (planner, trust_distrust_get_origin (distrust), content);

  file->n_distrusts = 1;
  file->distrusts = g_new (TrustDistrust *, 1);
  file->distrusts[0] = distrust;
}

TrustSourceState *
trust_planner_make_state (const TrustPlanner *planner, TrustSourceState *state)
{
  gboolean own = planner->tree != NULL ? state->layer == TRUST_LAYER_ADMINISTRATOR && !state->foreign : state == planner->place.state;
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
    {
      TrustSourceFile *file = planner->plan->fresh->pdata[i];

      if (g_str_equal (trust_origin_get_source (file->origin), state->source))
        trust_source_state_take_file (after, trust_source_file_ref (file));
    }
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
  plan->crls = g_ptr_array_ref (snapshot->kept);
  plan->placed = g_ptr_array_ref (snapshot->placed);
  plan->handback = snapshot->handback != NULL ? trust_handback_ref (snapshot->handback) : NULL;
  plan->reports = g_ptr_array_new_with_free_func (g_free);
  plan->outcome = trust_outcome_new ();
  plan->outcome->generation = snapshot->generation;
  planner->added_by = caller->uid >= 0 ? g_strdup_printf ("uid %" G_GINT64_FORMAT, caller->uid) : NULL;
  planner->removed = g_hash_table_new (g_str_hash, g_str_equal);
  planner->fresh = g_hash_table_new (g_str_hash, g_str_equal);
  planner->seen = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, g_free, NULL);
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
  for (guint i = 0; i < change->fingerprints->len; i++)
    {
      TrustPrefix *prefix = &g_array_index (change->fingerprints, TrustPrefix, i);

      if (prefix->n_digits == 64 && !g_hash_table_contains (planner->asked, &prefix->fingerprint))
        g_hash_table_add (planner->asked, &prefix->fingerprint);
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
  g_clear_pointer (&planner->stores, g_ptr_array_unref);
  g_clear_pointer (&planner->added_by, g_free);
  g_clear_pointer (&planner->removed, g_hash_table_unref);
  g_clear_pointer (&planner->fresh, g_hash_table_unref);
  g_clear_pointer (&planner->asked, g_hash_table_unref);
  g_clear_pointer (&planner->seen, g_hash_table_unref);
  g_clear_pointer (&planner->touched, g_array_unref);
  g_clear_pointer (&planner->narrowed, g_hash_table_unref);
  g_clear_pointer (&planner->refused, g_ptr_array_unref);
  g_clear_pointer (&planner->refusals, trust_refusals_free);
  g_clear_pointer (&planner->ended, g_hash_table_unref);
  g_clear_pointer (&planner->succession, g_free);
  g_clear_pointer (&planner->aside, g_ptr_array_unref);
  g_clear_pointer (&planner->created, trust_source_state_unref);
  trust_store_conf_clear (&planner->conf);
}
