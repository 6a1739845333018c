/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-own.h"

#include "core/error.h"
#include "core/limits.h"
#include "core/sources/stores.h"
#include "core/text.h"

#include <string.h>

/* The store that the change names as the place of the change. */
static gboolean
find_store (TrustPlanner *planner, GError **error)
{
  const char *name = planner->change->store;
  TrustStore *store = NULL;
  g_autofree char *folder = NULL;

  if (!trust_store_check_app_name (name, error))
    return FALSE;
  store = trust_store_find (planner->snapshot->stores, name);
  if (store == NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND, "There is no store %s; `anchorctl store list` shows those that are", name);
      return FALSE;
    }
  folder = trust_store_dup_folder (name);
  planner->store = store;
  planner->conf = (TrustStoreConf) { store->inherits, store->narrowed != NULL ? trust_purposes_ref (store->narrowed) : NULL };
  trust_planner_set_place (planner, store->state->source, folder, store->state, store->set);
  return TRUE;
}

/* The same for a change that builds on what store.conf says. */
static gboolean
find_sound_store (TrustPlanner *planner, GError **error)
{
  if (!find_store (planner, error))
    return FALSE;
  if (planner->store->fault == NULL)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN, "The store %s is empty: %s; put that right in %s, or delete the store", planner->store->name,
               planner->store->fault, planner->place.folder);
  return FALSE;
}

/* The store's configuration is what planner->conf says now. */
static void
take_conf (TrustPlanner *planner)
{
  g_autofree char *path = g_build_filename (planner->place.folder, TRUST_STORE_CONF, NULL);
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, planner->place.source, path, FALSE);
  g_autoptr (GBytes) content = trust_store_conf_write (&planner->conf);

  /* A row without entries, as reading it gives. */
  trust_planner_take_file (planner, origin, content)->status = TRUST_FILE_IGNORED;
}

/* What is there already is nothing to do, unless it is something else. */
static gboolean
check_existing (const TrustPlanner *planner, const TrustStore *store, GError **error)
{
  if (store->fault == NULL && store->inherits == planner->change->inherit)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_POLICY, "The store %s is there already, and %s%s; delete it first", store->name,
               store->fault != NULL ? "is empty: "
               : store->inherits    ? "inherits the system's anchors"
                                    : "inherits nothing",
               store->fault != NULL ? store->fault : "");
  return FALSE;
}

static gboolean
create_store (TrustPlanner *planner, GError **error)
{
  const char *name = planner->change->store;
  const GPtrArray *stores = planner->snapshot->stores;
  const TrustStore *store = NULL;
  g_autofree char *folder = NULL;

  if (!trust_store_check_app_name (name, error))
    return FALSE;
  store = trust_store_find (stores, name);
  if (store != NULL)
    return check_existing (planner, store, error);
  if (stores->len >= TRUST_LIMIT_STORES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "There are %u stores already, and no more can be; delete one first",
                   TRUST_LIMIT_STORES);
      return FALSE;
    }
  folder = trust_store_dup_folder (name);
  planner->created = trust_source_state_new (trust_stores_get_source (name), TRUST_LAYER_ADMINISTRATOR, FALSE);
  planner->conf.inherits = planner->change->inherit;
  trust_planner_set_place (planner, planner->created->source, folder, planner->created, planner->snapshot->set);
  take_conf (planner);
  return TRUE;
}

/* What anchord would not read is somebody's who may want it. */
static gboolean
check_leaving (const TrustSourceFile *file, GError **error)
{
  g_autofree char *path = NULL;

  if (file->status != TRUST_FILE_PRIVATE_KEY && (file->status != TRUST_FILE_IGNORED || file->fault == NULL))
    return TRUE;
  path = trust_text_printable (trust_origin_get_path (file->origin), 0);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_FOREIGN, "%s %s; move it away first", path,
               file->status == TRUST_FILE_PRIVATE_KEY ? "holds a private key" : "is no file of a store's");
  return FALSE;
}

/* The files of a consumer that shows the store would trust nothing from then on, which is seldom what is meant. */
static gboolean
check_unused (const TrustPlanner *planner, GError **error)
{
  const GPtrArray *all = planner->snapshot->placed;

  for (guint i = 0; i < all->len; i++)
    {
      const TrustPlaced *placed = all->pdata[i];

      if (!placed->enabled || !g_str_equal (placed->store, planner->change->store))
        continue;
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_POLICY, "The consumer \"%s\" shows the store %s; first `anchorctl consumer disable %s`",
                   placed->name, planner->change->store, placed->name);
      return FALSE;
    }
  return TRUE;
}

static gboolean
delete_store (TrustPlanner *planner, GError **error)
{
  g_autofree char *folder = NULL;

  if (!find_store (planner, error) || !check_unused (planner, error))
    return FALSE;
  for (guint i = 0; i < planner->store->state->files->len; i++)
    {
      const TrustSourceFile *file = planner->store->state->files->pdata[i];

      if (!check_leaving (file, error))
        return FALSE;
      trust_planner_take_removal (planner, trust_origin_get_path (file->origin));
    }
  folder = g_strconcat (planner->place.folder, "/", NULL);
  trust_planner_take_removal (planner, folder);
  planner->goes = TRUE;
  return TRUE;
}

gboolean
trust_planner_check_store (const TrustPlanner *planner, const TrustCertificate *certificate, GError **error)
{
  const TrustAnchorSet *system = planner->snapshot->set;
  TrustDistrust *distrust = planner->store != NULL ? trust_anchor_set_find_distrust (system, certificate) : NULL;
  g_autofree char *path = NULL;

  if (distrust == NULL || trust_anchor_set_lookup (system, trust_certificate_get_fingerprint (certificate)) != NULL)
    return TRUE;
  path = trust_text_printable (trust_origin_get_path (trust_distrust_get_origin (distrust)), 0);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_DISTRUSTED,
               "%s distrusts it for the whole system, and so for every store; `anchorctl why` and `anchorctl restore` tell more", path);
  return FALSE;
}

/* The purposes that an add asks for, against those that the store is for. */
static gboolean
check_purposes (TrustPlanner *planner, GError **error)
{
  const TrustChange *change = planner->change;
  g_autoptr (TrustPurposes) asked = change->purposes != NULL ? trust_purposes_ref (change->purposes)
                                                             : trust_purposes_new_mask (1u << TRUST_PURPOSE_SERVER_AUTH);
  g_autoptr (TrustPurposes) left = planner->conf.narrowed != NULL ? trust_purposes_intersect (asked, planner->conf.narrowed)
                                                                  : trust_purposes_ref (asked);
  g_auto (GStrv) names = planner->conf.narrowed != NULL ? trust_purposes_dup_names (planner->conf.narrowed) : NULL;
  g_autofree char *joined = names != NULL ? g_strjoinv (", ", names) : NULL;

  if (trust_purposes_is_empty (left))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_POLICY,
                   "The store %s is for %s alone: it would trust nothing for what is asked; give --purpose, or narrow the store otherwise",
                   planner->store->name, joined);
      return FALSE;
    }
  if (!trust_purposes_equal (left, asked))
    g_ptr_array_add (planner->plan->outcome->notices,
                     g_strdup_printf ("The store %s is for %s alone; what else was asked for does not count there", planner->store->name, joined));
  return TRUE;
}

static gboolean
add_anchors (TrustPlanner *planner, GError **error)
{
  return find_sound_store (planner, error) && check_purposes (planner, error) && trust_plan_add.plan (planner, error);
}

/* It is trusted by what the system says: from now on the store refuses this one certificate. */
static gboolean
take_out (TrustPlanner *planner, const TrustAnchor *inherited, GError **error)
{
  const TrustFingerprint *fingerprint = trust_anchor_get_fingerprint (inherited);
  g_autoptr (TrustOrigin) origin = trust_planner_make_origin (planner, fingerprint, TRUE);
  TrustNote *note = NULL;
  TrustSpan none = { NULL, 0 };

  if (!trust_planner_check_target (planner, origin, fingerprint, error))
    return FALSE;
  note = trust_note_new (NULL, planner->change->reason, planner->added_by, planner->now);
  trust_planner_take_distrust (planner, trust_distrust_new (fingerprint, NULL, none, none, trust_anchor_get_certificate (inherited), origin, note));
  g_clear_pointer (&note, trust_note_unref);
  return TRUE;
}

static gboolean
remove_prefix (TrustPlanner *planner, const TrustPrefix *prefix, GError **error)
{
  TrustFingerprint fingerprint;
  TrustCertificate *certificate = NULL;
  TrustAnchor *effective = NULL;
  GPtrArray *own = NULL;

  if (!trust_planner_resolve (planner, prefix, &fingerprint, &certificate, error))
    return FALSE;
  if (trust_planner_is_again (planner, &fingerprint))
    return TRUE;
  own = trust_planner_find_anchors (planner, &fingerprint);
  effective = trust_anchor_set_lookup (planner->place.set, &fingerprint);
  if (own == NULL && effective == NULL)
    {
      char hex[TRUST_FINGERPRINT_HEX];

      trust_fingerprint_to_hex (&fingerprint, hex);
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND, "The store %s does not trust %s", planner->store->name, hex);
      return FALSE;
    }
  if (!trust_planner_check_files (own, error))
    return FALSE;
  if (own == NULL && !take_out (planner, effective, error))
    return FALSE;
  trust_planner_take_removals (planner, own, NULL);
  g_array_append_val (planner->touched, fingerprint);
  return TRUE;
}

static gboolean
remove_anchors (TrustPlanner *planner, GError **error)
{
  return find_sound_store (planner, error) && trust_planner_each_prefix (planner, remove_prefix, error);
}

static void
tell_removals (TrustPlanner *planner)
{
  const TrustStore *after = trust_planner_find_store (planner);

  for (guint i = 0; i < planner->touched->len; i++)
    {
      const TrustFingerprint *fingerprint = &g_array_index (planner->touched, TrustFingerprint, i);
      TrustAnchor *left = trust_anchor_set_lookup (after->set, fingerprint);
      GPtrArray *own = trust_planner_find_anchors (planner, fingerprint);
      TrustAnchor *before = own != NULL ? ((TrustSourceFile *) own->pdata[0])->anchors[0] : trust_anchor_set_lookup (planner->place.set, fingerprint);

      trust_outcome_add (planner->plan->outcome, fingerprint, trust_anchor_get_certificate (before),
                         left != NULL ? TRUST_RESULT_STILL_TRUSTED : TRUST_RESULT_REMOVED,
                         left != NULL ? trust_origin_get_path (trust_anchor_get_origin (left)) : NULL);
    }
}

static gboolean
narrow_store (TrustPlanner *planner, GError **error)
{
  TrustPurposes *purposes = planner->change->purposes;

  if (!find_sound_store (planner, error))
    return FALSE;
  if (purposes == planner->conf.narrowed
      || (purposes != NULL && planner->conf.narrowed != NULL && trust_purposes_equal (purposes, planner->conf.narrowed)))
    return TRUE;
  trust_store_conf_clear (&planner->conf);
  planner->conf.narrowed = purposes != NULL ? trust_purposes_ref (purposes) : NULL;
  take_conf (planner);
  return TRUE;
}

static int
compare_stores (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(TrustStore *const *) a)->name, (*(TrustStore *const *) b)->name);
}

/* The store of the change as its files will then be. (transfer full) */
static TrustStore *
make_changed (const TrustPlanner *planner)
{
  g_autoptr (TrustSourceState) state = trust_planner_make_state (planner, planner->place.state);

  return trust_store_new (planner->change->store, planner->conf.inherits, planner->conf.narrowed, state, NULL);
}

GPtrArray *
trust_planner_list_stores (const TrustPlanner *planner)
{
  const GPtrArray *stores = planner->snapshot->stores;
  GPtrArray *after = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_store_unref);

  if (planner->stores != NULL)
    {
      g_ptr_array_unref (after);
      return g_ptr_array_ref (planner->stores);
    }
  for (guint i = 0; i < stores->len; i++)
    if (stores->pdata[i] != planner->store)
      g_ptr_array_add (after, trust_store_ref (stores->pdata[i]));
    else if (!planner->goes)
      g_ptr_array_add (after, make_changed (planner));
  if (planner->created != NULL)
    g_ptr_array_add (after, make_changed (planner));
  g_ptr_array_sort (after, compare_stores);
  return after;
}

const TrustStore *
trust_planner_find_store (const TrustPlanner *planner)
{
  return planner->store != NULL ? trust_store_find (planner->plan->stores, planner->store->name) : NULL;
}

const TrustPlanKind trust_plan_store_create = { .plan = create_store };
const TrustPlanKind trust_plan_store_delete = { .plan = delete_store };
const TrustPlanKind trust_plan_store_add = { .plan = add_anchors, .tell = trust_planner_tell };
const TrustPlanKind trust_plan_store_remove = { .plan = remove_anchors, .tell = tell_removals };
const TrustPlanKind trust_plan_store_narrow = { .plan = narrow_store };
