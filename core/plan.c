/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan.h"

#include "core/anchor-file.h"
#include "core/error.h"
#include "core/known.h"
#include "core/layers.h"
#include "core/plan-foreign.h"
#include "core/policy.h"
#include "core/text.h"

#include <string.h>

/* What is gathered while the certificates of a change are gone through. */
typedef struct
{
  const TrustSnapshot *snapshot;
  const TrustChange *change;
  gint64 now;
  TrustPlan *plan;
  TrustRoot *root;
  GHashTable *own_anchors;  /* (owned) TrustFingerprint* -> TrustSourceFile*, both borrowed from the snapshot */
  GHashTable *own_distrusts;/* (owned) the same */
  TrustKnown *known;        /* (owned) (nullable) made when first asked for */
  char *added_by;           /* (owned) */
  GHashTable *removed;      /* (owned) paths that go (char*, borrowed from plan->files) */
  GArray *touched;          /* (owned) of TrustFingerprint: those whose outcome is told from the new set */
  GHashTable *asked;        /* (owned) set of TrustFingerprint*: the change's own certificates */
  GHashTable *narrowed;     /* (owned) set of TrustFingerprint*: distrusts of them no longer name a key */
  GPtrArray *refused;       /* (owned) of TrustDistrust*: what the change wants refused, new or not */
  GPtrArray *aside;         /* (owned) of TrustSourceFile*, borrowed: set aside */
} Planner;

static void
planner_clear (Planner *planner)
{
  g_clear_pointer (&planner->added_by, g_free);
  g_clear_pointer (&planner->removed, g_hash_table_unref);
  g_clear_pointer (&planner->touched, g_array_unref);
  g_clear_pointer (&planner->asked, g_hash_table_unref);
  g_clear_pointer (&planner->narrowed, g_hash_table_unref);
  g_clear_pointer (&planner->refused, g_ptr_array_unref);
  g_clear_pointer (&planner->aside, g_ptr_array_unref);
  g_clear_pointer (&planner->own_anchors, g_hash_table_unref);
  g_clear_pointer (&planner->own_distrusts, g_hash_table_unref);
  g_clear_pointer (&planner->known, trust_known_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Planner, planner_clear)

void
trust_plan_free (TrustPlan *plan)
{
  g_ptr_array_unref (plan->files);
  g_clear_pointer (&plan->states, g_ptr_array_unref);
  g_ptr_array_unref (plan->fresh);
  g_clear_pointer (&plan->set, trust_anchor_set_unref);
  g_ptr_array_unref (plan->reports);
  g_clear_pointer (&plan->outcome, trust_outcome_free);
  g_free (plan);
}

/* The administrator's own files by what they name: built once a plan, so that a large batch stays linear. */
static void
index_own (Planner *planner)
{
  TrustSourceState *state = trust_snapshot_find_state (planner->snapshot, TRUST_ANCHORS_SOURCE);

  planner->own_anchors = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  planner->own_distrusts = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  for (guint i = 0; state != NULL && i < state->files->len; i++)
    {
      TrustSourceFile *file = state->files->pdata[i];

      for (guint n = 0; n < file->n_anchors; n++)
        g_hash_table_insert (planner->own_anchors, (gpointer) trust_anchor_get_fingerprint (file->anchors[n]), file);
      for (guint n = 0; n < file->n_distrusts; n++)
        {
          const TrustFingerprint *named = trust_distrust_get_fingerprint (file->distrusts[n]);

          if (named != NULL)
            g_hash_table_insert (planner->own_distrusts, (gpointer) named, file);
        }
    }
}

static gboolean
holds_one_entry (const TrustSourceFile *file)
{
  return file->n_anchors + file->n_distrusts == 1;
}

static void
take_removal (Planner *planner, const char *path)
{
  TrustJournalFile *file = NULL;

  if (g_hash_table_contains (planner->removed, path))
    return;
  file = trust_journal_file_new (path, NULL, 0);
  g_ptr_array_add (planner->plan->files, file);
  g_hash_table_add (planner->removed, file->path);
}

/* A file of the administrator's folder with one new entry. ANCHOR, DISTRUST: (transfer full), one of them NULL. */
static void
take_file (Planner *planner, GBytes *content, TrustAnchor *anchor, TrustDistrust *distrust)
{
  TrustOrigin *origin = anchor != NULL ? trust_anchor_get_origin (anchor) : trust_distrust_get_origin (distrust);
  TrustSourceFile *file = g_new0 (TrustSourceFile, 1);
  gsize size = 0;
  const char *data = g_bytes_get_data (content, &size);

  g_atomic_ref_count_init (&file->refs);
  file->status = TRUST_FILE_TAKEN;
  file->origin = trust_origin_ref (origin);
  file->ends_with_newline = size > 0 && data[size - 1] == '\n';
  trust_fingerprint_of (data, size, &file->digest);
  if (anchor != NULL)
    {
      file->n_anchors = 1;
      file->anchors = g_new (TrustAnchor *, 1);
      file->anchors[0] = anchor;
    }
  else
    {
      file->n_distrusts = 1;
      file->distrusts = g_new (TrustDistrust *, 1);
      file->distrusts[0] = distrust;
    }
  g_ptr_array_add (planner->plan->fresh, file);
  g_ptr_array_add (planner->plan->files, trust_journal_file_new (trust_origin_get_path (origin), content, 0644));
}

static TrustOrigin *
origin_for (const TrustFingerprint *fingerprint, gboolean distrust)
{
  g_autofree char *name = trust_anchor_file_name (fingerprint, distrust);
  g_autofree char *path = g_strconcat (TRUST_ANCHORS_FOLDER "/", name, NULL);

  return trust_origin_new (TRUST_LAYER_ADMINISTRATOR, TRUST_ANCHORS_SOURCE, path, FALSE);
}

static gboolean
refuse_shared_file (const TrustSourceFile *file, GError **error)
{
  g_autofree char *path = trust_text_printable (trust_origin_get_path (file->origin), 0);

  g_set_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN, "%s also holds other certificates; edit that file by hand, or give each "
               "certificate a file of its own", path);
  return FALSE;
}

/* The settings an add gives: never less than what is effective now, unless asked to replace. */
static TrustSettings *
settings_for_add (const Planner *planner, TrustAnchor *effective)
{
  g_autoptr (TrustPurposes) asked = planner->change->purposes != NULL ? trust_purposes_ref (planner->change->purposes)
                                                                      : trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustPurposes) all = NULL;

  if (effective == NULL || planner->change->replace)
    return trust_settings_new (asked);
  all = trust_purposes_union (asked, trust_settings_get_purposes (trust_anchor_get_settings (effective)));
  return trust_settings_new (all);
}

/* DISTRUST, which also names a certificate that nobody asks for, keeps refusing that one, but no longer its key. */
static void
narrow_distrust (Planner *planner, const TrustDistrust *distrust)
{
  const TrustFingerprint *named = trust_distrust_get_fingerprint (distrust);
  const char *path = trust_origin_get_path (trust_distrust_get_origin (distrust));
  g_autoptr (TrustOrigin) origin = origin_for (named, TRUE);
  TrustSpan none = { NULL, 0 };
  TrustDistrust *narrow = NULL;
  g_autoptr (GBytes) content = NULL;

  if (!g_hash_table_add (planner->narrowed, (gpointer) named))
    return;
  narrow = trust_distrust_new (named, NULL, none, none, trust_distrust_get_certificate (distrust), origin,
                               trust_distrust_get_note (distrust));
  content = trust_distrust_file_write (narrow);
  if (!g_str_equal (path, trust_origin_get_path (origin)))
    take_removal (planner, path);
  take_file (planner, content, NULL, narrow);
}

/* Takes away what in the administrator's own layer distrusts CERTIFICATE; a higher layer's anchor lifts all others by itself. */
static gboolean
lift_own_distrusts (Planner *planner, const TrustCertificate *certificate, GError **error)
{
  const TrustAnchorSet *set = planner->snapshot->set;
  TrustSourceState *state = trust_snapshot_find_state (planner->snapshot, TRUST_ANCHORS_SOURCE);
  const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (certificate);

  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (set); i++)
    {
      TrustDistrust *distrust = trust_anchor_set_get_distrust (set, i);
      const TrustFingerprint *named = trust_distrust_get_fingerprint (distrust);
      const char *path = trust_origin_get_path (trust_distrust_get_origin (distrust));
      TrustSourceFile *file = state != NULL ? g_hash_table_lookup (state->by_path, path) : NULL;
      g_autofree char *shown = NULL;

      if (trust_origin_get_layer (trust_distrust_get_origin (distrust)) < TRUST_LAYER_ADMINISTRATOR
          || !trust_distrust_names (distrust, certificate))
        continue;
      if (file == NULL || !holds_one_entry (file))
        {
          shown = trust_text_printable (path, 0);
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN, "%s distrusts it, and was not written by anchord; remove that file first",
                       shown);
          return FALSE;
        }
      if (named == NULL || trust_fingerprint_equal (named, fingerprint))
        take_removal (planner, path);
      else if (!g_hash_table_contains (planner->asked, named))
        narrow_distrust (planner, distrust);
    }
  return TRUE;
}

static gboolean
plan_add (Planner *planner, TrustCertificate *certificate, GError **error)
{
  const TrustFingerprint *fingerprint = trust_certificate_get_fingerprint (certificate);
  TrustAnchor *effective = trust_anchor_set_lookup (planner->snapshot->set, fingerprint);
  TrustSourceFile *own = g_hash_table_lookup (planner->own_anchors, fingerprint);
  g_autoptr (TrustSettings) settings = settings_for_add (planner, effective);
  g_autoptr (TrustOrigin) origin = origin_for (fingerprint, FALSE);
  TrustNote *note = NULL;
  TrustAnchor *anchor = NULL;
  g_autoptr (GBytes) content = NULL;

  if (own != NULL && effective != NULL && trust_settings_equal (trust_anchor_get_settings (effective), settings)
      && (planner->change->label == NULL
          || g_str_equal (planner->change->label, trust_note_get_label (trust_anchor_get_note (effective)))))
    {
      trust_outcome_add (planner->plan->outcome, fingerprint, certificate, TRUST_RESULT_ALREADY, NULL);
      return TRUE;
    }
  if (!trust_policy_admit (certificate, planner->change, planner->snapshot->set, planner->now, error))
    return FALSE;
  if (own != NULL && !holds_one_entry (own))
    return refuse_shared_file (own, error);
  if (planner->change->override_distrust && !lift_own_distrusts (planner, certificate, error))
    return FALSE;
  if (own != NULL && !g_str_equal (trust_origin_get_path (own->origin), trust_origin_get_path (origin)))
    take_removal (planner, trust_origin_get_path (own->origin));

  note = trust_note_new (planner->change->label, planner->change->reason, planner->added_by, planner->now);
  anchor = trust_anchor_new (certificate, settings, origin, note);
  g_clear_pointer (&note, trust_note_unref);
  content = trust_anchor_file_write (anchor);
  trust_outcome_add (planner->plan->outcome, fingerprint, certificate,
                     effective == NULL ? TRUST_RESULT_ADDED : own == NULL ? TRUST_RESULT_PINNED : TRUST_RESULT_CHANGED, NULL);
  take_file (planner, content, anchor, NULL);
  return TRUE;
}

/* The one certificate PREFIX means. */
static gboolean
resolve (Planner *planner, const TrustPrefix *prefix, TrustFingerprint *out, TrustCertificate **certificate_out, GError **error)
{
  if (planner->known == NULL)
    planner->known = trust_known_new (planner->snapshot);
  return trust_known_resolve (planner->known, prefix, out, certificate_out, error);
}

static gboolean
plan_remove (Planner *planner, const TrustPrefix *prefix, GError **error)
{
  TrustFingerprint fingerprint;
  TrustCertificate *certificate = NULL;
  TrustSourceFile *own = NULL;
  TrustAnchor *effective = NULL;
  g_autofree char *path = NULL;

  if (!resolve (planner, prefix, &fingerprint, &certificate, error))
    return FALSE;
  own = g_hash_table_lookup (planner->own_anchors, &fingerprint);
  if (own != NULL && !holds_one_entry (own))
    return refuse_shared_file (own, error);
  if (own != NULL)
    {
      take_removal (planner, trust_origin_get_path (own->origin));
      g_array_append_val (planner->touched, fingerprint);
      return TRUE;
    }
  effective = trust_anchor_set_lookup (planner->snapshot->set, &fingerprint);
  if (effective == NULL)
    {
      TrustDistrust *distrust = trust_anchor_set_lookup_distrust (planner->snapshot->set, &fingerprint);

      path = trust_text_printable (distrust != NULL ? trust_origin_get_path (trust_distrust_get_origin (distrust)) : "", 0);
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND,
                   "It is not trusted: %s refuses it. To trust it again: `anchorctl add FILE --override-distrust`; to refuse it no "
                   "longer, remove that file", distrust != NULL ? path : "a distrust of its key");
      return FALSE;
    }
  path = trust_text_printable (trust_origin_get_path (trust_anchor_get_origin (effective)), 0);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN,
               "It was not added through anchord: %s (%s layer) trusts it; remove it there, or use `anchorctl distrust`", path,
               trust_layer_get_name (trust_origin_get_layer (trust_anchor_get_origin (effective))));
  return FALSE;
}

/* The distribution's tool would take a file of its administrator folder in again: it is set aside, or it stops the change. */
static gboolean
deal_with_foreign (Planner *planner, GError **error)
{
  g_autoptr (GPtrArray) found = trust_plan_find_foreign (planner->root, planner->snapshot, planner->refused);

  for (guint i = 0; i < found->len; i++)
    {
      TrustSourceFile *file = found->pdata[i];
      const char *path = trust_origin_get_path (file->origin);
      g_autofree char *shown = trust_text_printable (path, 0);
      TrustJournalFile *copy = NULL;

      if (!planner->change->set_aside)
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN,
                       "%s holds it, and is not anchord's; remove that file, or use --set-aside to move it to " TRUST_ASIDE_FOLDER, shown);
          return FALSE;
        }
      copy = trust_plan_copy_aside (planner->root, file, error);
      if (copy == NULL)
        return FALSE;
      g_ptr_array_add (planner->plan->files, copy);
      take_removal (planner, path);
      g_ptr_array_add (planner->aside, file);
    }
  return TRUE;
}

static gboolean
plan_distrust (Planner *planner, const TrustFingerprint *fingerprint, TrustCertificate *certificate, GError **error)
{
  const TrustFingerprint *key = certificate != NULL && !planner->change->cert_only ? trust_certificate_get_key_fingerprint (certificate) : NULL;
  g_autoptr (TrustOrigin) origin = origin_for (fingerprint, TRUE);
  TrustSourceFile *own = g_hash_table_lookup (planner->own_distrusts, fingerprint);
  TrustSourceFile *anchor_file = g_hash_table_lookup (planner->own_anchors, fingerprint);
  TrustNote *note = trust_note_new (planner->change->label, planner->change->reason, planner->added_by, planner->now);
  const TrustDistrust *stands = own != NULL && holds_one_entry (own) ? own->distrusts[0] : NULL;
  TrustSpan none = { NULL, 0 };
  g_autoptr (TrustDistrust) distrust = NULL;
  g_autoptr (GBytes) content = NULL;

  /* To refuse again never refuses less: what stands names its key still. */
  if (key == NULL && stands != NULL)
    key = trust_distrust_get_key_fingerprint (stands);
  distrust = trust_distrust_new (fingerprint, key, stands != NULL ? trust_distrust_get_issuer_der (stands) : none,
                                 stands != NULL ? trust_distrust_get_serial (stands) : none, certificate, origin, note);
  g_clear_pointer (&note, trust_note_unref);
  g_ptr_array_add (planner->refused, trust_distrust_ref (distrust));
  if (own != NULL && anchor_file == NULL && !planner->change->set_aside
      && (key == NULL || trust_distrust_get_key_fingerprint (own->distrusts[0]) != NULL))
    {
      trust_outcome_add (planner->plan->outcome, fingerprint, certificate, TRUST_RESULT_ALREADY, NULL);
      return TRUE;
    }
  if (own != NULL && !holds_one_entry (own))
    return refuse_shared_file (own, error);
  if (anchor_file != NULL && !holds_one_entry (anchor_file))
    return refuse_shared_file (anchor_file, error);
  if (anchor_file != NULL)
    take_removal (planner, trust_origin_get_path (anchor_file->origin));
  if (own != NULL && !g_str_equal (trust_origin_get_path (own->origin), trust_origin_get_path (origin)))
    take_removal (planner, trust_origin_get_path (own->origin));
  content = trust_distrust_file_write (distrust);
  trust_outcome_add (planner->plan->outcome, fingerprint, certificate, TRUST_RESULT_DISTRUSTED, NULL);
  take_file (planner, content, NULL, g_steal_pointer (&distrust));
  return TRUE;
}

static gboolean
plan_distrust_prefix (Planner *planner, const TrustPrefix *prefix, GError **error)
{
  g_autoptr (GError) local = NULL;
  TrustFingerprint fingerprint;
  TrustCertificate *certificate = NULL;

  if (resolve (planner, prefix, &fingerprint, &certificate, &local))
    return plan_distrust (planner, &fingerprint, certificate, error);
  if (prefix->n_digits == 64 && g_error_matches (local, TRUST_ERROR, TRUST_ERROR_NOT_FOUND))
    return plan_distrust (planner, &prefix->fingerprint, NULL, error);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* STATE without the removed files, and with the fresh ones if it is the administrator's own. Returns: (transfer full). */
static TrustSourceState *
state_after (const Planner *planner, TrustSourceState *state, GHashTable *fresh_paths)
{
  gboolean own = g_str_equal (state->source, TRUST_ANCHORS_SOURCE);
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

      if (!g_hash_table_contains (planner->removed, path) && !g_hash_table_contains (fresh_paths, path))
        trust_source_state_take_file (after, trust_source_file_ref (file));
    }
  for (guint i = 0; own && i < planner->plan->fresh->len; i++)
    trust_source_state_take_file (after, trust_source_file_ref (planner->plan->fresh->pdata[i]));
  trust_source_state_sort (after);
  return after;
}

static void
make_states (Planner *planner)
{
  TrustPlan *plan = planner->plan;
  g_autoptr (GHashTable) fresh_paths = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_state_unref);
  gboolean seen = FALSE;

  for (guint i = 0; i < plan->fresh->len; i++)
    g_hash_table_add (fresh_paths, (gpointer) trust_origin_get_path (((TrustSourceFile *) plan->fresh->pdata[i])->origin));
  for (guint i = 0; i < planner->snapshot->states->len; i++)
    {
      TrustSourceState *state = planner->snapshot->states->pdata[i];

      seen = seen || g_str_equal (state->source, TRUST_ANCHORS_SOURCE);
      g_ptr_array_add (states, state_after (planner, state, fresh_paths));
    }
  g_assert (seen);
  plan->states = g_steal_pointer (&states);
  plan->set = trust_layers_merge (plan->states, plan->reports);
}

/* What removals come to is known once the new set is. */
static void
tell_removals (Planner *planner)
{
  for (guint i = 0; i < planner->touched->len; i++)
    {
      const TrustFingerprint *fingerprint = &g_array_index (planner->touched, TrustFingerprint, i);
      TrustAnchor *left = trust_anchor_set_lookup (planner->plan->set, fingerprint);
      TrustAnchor *before = trust_anchor_set_lookup (planner->snapshot->set, fingerprint);
      TrustCertificate *certificate = before != NULL ? trust_anchor_get_certificate (before) : NULL;

      trust_outcome_add (planner->plan->outcome, fingerprint, certificate, left != NULL ? TRUST_RESULT_STILL_TRUSTED : TRUST_RESULT_REMOVED,
                         left != NULL ? trust_origin_get_path (trust_anchor_get_origin (left)) : NULL);
    }
}

static gboolean
name_the_certificate (TrustCertificate *certificate, GError **error)
{
  g_autofree char *title = trust_certificate_dup_title (certificate);
  g_autofree char *shown = trust_text_printable (title, 120);

  g_prefix_error (error, "%s: ", shown);
  return FALSE;
}

static gboolean
plan_all (Planner *planner, GError **error)
{
  const TrustChange *change = planner->change;

  for (guint i = 0; i < change->certificates->len; i++)
    {
      TrustCertificate *certificate = change->certificates->pdata[i];

      if (change->kind == TRUST_CHANGE_ADD && !plan_add (planner, certificate, error))
        return name_the_certificate (certificate, error);
      if (change->kind == TRUST_CHANGE_DISTRUST
          && !plan_distrust (planner, trust_certificate_get_fingerprint (certificate), certificate, error))
        return name_the_certificate (certificate, error);
    }
  for (guint i = 0; i < change->fingerprints->len; i++)
    {
      const TrustPrefix *prefix = &g_array_index (change->fingerprints, TrustPrefix, i);

      if (change->kind == TRUST_CHANGE_REMOVE && !plan_remove (planner, prefix, error))
        return FALSE;
      if (change->kind == TRUST_CHANGE_DISTRUST && !plan_distrust_prefix (planner, prefix, error))
        return FALSE;
    }
  return change->kind != TRUST_CHANGE_DISTRUST || deal_with_foreign (planner, error);
}

TrustPlan *
trust_plan_new (TrustRoot *root, const TrustSnapshot *snapshot, const TrustChange *change, const TrustCaller *caller, gint64 now,
                GError **error)
{
  g_autoptr (TrustPlan) plan = g_new0 (TrustPlan, 1);
  g_auto (Planner) planner = { .root = root, .snapshot = snapshot, .change = change, .now = now, .plan = plan };

  plan->files = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_journal_file_free);
  plan->fresh = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_file_unref);
  plan->reports = g_ptr_array_new_with_free_func (g_free);
  plan->outcome = trust_outcome_new ();
  plan->outcome->generation = snapshot->generation;
  planner.added_by = caller->uid >= 0 ? g_strdup_printf ("uid %" G_GINT64_FORMAT, caller->uid) : NULL;
  planner.removed = g_hash_table_new (g_str_hash, g_str_equal);
  planner.touched = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  planner.asked = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  planner.narrowed = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  planner.refused = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  planner.aside = g_ptr_array_new ();
  for (guint i = 0; i < change->certificates->len; i++)
    g_hash_table_add (planner.asked, (gpointer) trust_certificate_get_fingerprint (change->certificates->pdata[i]));

  index_own (&planner);
  if (!plan_all (&planner, error))
    return NULL;
  if (plan->files->len > 0)
    {
      make_states (&planner);
      tell_removals (&planner);
      for (guint i = 0; i < planner.aside->len; i++)
        trust_plan_tell_losses (planner.aside->pdata[i], snapshot, plan->set, plan->outcome->notices);
    }
  return g_steal_pointer (&plan);
}
