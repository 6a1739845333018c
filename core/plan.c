/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-own.h"

#include "core/error.h"
#include "core/layers.h"
#include "core/limits.h"
#include "core/loss.h"
#include "core/plan-stores.h"
#include "core/requests.h"

static const TrustPlanKind *const kinds[TRUST_CHANGE_LAST] = {
  [TRUST_CHANGE_ADD] = &trust_plan_add,
  [TRUST_CHANGE_REMOVE] = &trust_plan_remove,
  [TRUST_CHANGE_DISTRUST] = &trust_plan_distrust,
  [TRUST_CHANGE_SET] = &trust_plan_set,
  [TRUST_CHANGE_RESTORE] = &trust_plan_restore,
  [TRUST_CHANGE_IMPORT] = &trust_plan_import,
  [TRUST_CHANGE_STORE_CREATE] = &trust_plan_store_create,
  [TRUST_CHANGE_STORE_DELETE] = &trust_plan_store_delete,
  [TRUST_CHANGE_STORE_ADD] = &trust_plan_store_add,
  [TRUST_CHANGE_STORE_REMOVE] = &trust_plan_store_remove,
  [TRUST_CHANGE_STORE_NARROW] = &trust_plan_store_narrow,
  [TRUST_CHANGE_CRL_ADD] = &trust_plan_crl_add,
  [TRUST_CHANGE_CRL_REMOVE] = &trust_plan_crl_remove,
  [TRUST_CHANGE_CONSUMER_ENABLE] = &trust_plan_consumer_enable,
  [TRUST_CHANGE_CONSUMER_DISABLE] = &trust_plan_consumer_disable,
  [TRUST_CHANGE_ROLLBACK] = &trust_plan_rollback,
  [TRUST_CHANGE_UNDO] = &trust_plan_undo,
  [TRUST_CHANGE_HANDBACK] = &trust_plan_handback,
  [TRUST_CHANGE_RESUME] = &trust_plan_resume,
};

void
trust_plan_free (TrustPlan *plan)
{
  g_ptr_array_unref (plan->files);
  g_clear_pointer (&plan->states, g_ptr_array_unref);
  g_clear_pointer (&plan->stores, g_ptr_array_unref);
  g_clear_pointer (&plan->crls, g_ptr_array_unref);
  g_clear_pointer (&plan->placed, g_ptr_array_unref);
  g_clear_pointer (&plan->handback, trust_handback_unref);
  g_ptr_array_unref (plan->fresh);
  g_clear_pointer (&plan->set, trust_anchor_set_unref);
  g_clear_pointer (&plan->flat, trust_anchor_set_unref);
  g_clear_pointer (&plan->ended, trust_ended_unref);
  g_ptr_array_unref (plan->reports);
  g_clear_pointer (&plan->outcome, trust_outcome_free);
  g_free (plan);
}

/* What comes in already ended is written down in the same change. */
static void
take_ended (TrustPlanner *planner, const GPtrArray *stores)
{
  TrustPlan *plan = planner->plan;
  const TrustSnapshot *snapshot = planner->snapshot;
  g_autoptr (GPtrArray) states = trust_plan_gather_states (plan->states, stores);
  g_autoptr (GBytes) content = NULL;

  plan->ended = trust_ended_gather (snapshot->ended, states, planner->now);
  if (plan->ended == NULL)
    {
      plan->ended = snapshot->ended != NULL ? trust_ended_ref (snapshot->ended) : NULL;
      return;
    }
  content = trust_ended_write (plan->ended);
  g_ptr_array_add (plan->files, trust_journal_file_new (TRUST_ENDED_PATH, content, 0644));
}

static void
make_states (TrustPlanner *planner)
{
  const TrustSnapshot *snapshot = planner->snapshot;
  TrustPlan *plan = planner->plan;
  g_autoptr (GPtrArray) stores = trust_planner_list_stores (planner);

  plan->states = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_source_state_unref);
  for (guint i = 0; i < snapshot->states->len; i++)
    g_ptr_array_add (plan->states, trust_planner_make_state (planner, snapshot->states->pdata[i]));
  take_ended (planner, stores);
  plan->set = trust_layers_merge (plan->states, plan->ended, planner->now, plan->reports);
  plan->flat = trust_loss_flatten (plan->set, &trust_loss_policy_default, planner->now, &plan->flat_next, NULL);
  plan->stores = trust_plan_make_stores (stores, &(TrustStoresBase) { plan->set, plan->flat, plan->flat_next, plan->ended, planner->now });
}

/* A request that is approved goes in the same transaction. */
static void
take_request (TrustPlanner *planner)
{
  g_autofree char *path = planner->change->request != NULL ? trust_requests_dup_path (planner->change->request) : NULL;

  if (path != NULL)
    trust_planner_take_removal (planner, path);
}

/* More files than one folder may hold would all of them not be read again. */
static gboolean
check_room (const TrustPlanner *planner, GError **error)
{
  const TrustSourceState *state = planner->place.state;
  guint n = (state != NULL ? state->files->len : 0) + planner->plan->fresh->len;

  for (guint i = 0; state != NULL && n > TRUST_LIMIT_FOLDER_FILES && i < state->files->len; i++)
    {
      const char *path = trust_origin_get_path (((TrustSourceFile *) state->files->pdata[i])->origin);

      n -= g_hash_table_contains (planner->removed, path) || g_hash_table_contains (planner->fresh, path);
    }
  if (n <= TRUST_LIMIT_FOLDER_FILES || planner->plan->fresh->len == 0)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "%s would hold %u files, and the limit is %u; remove what is no longer needed",
               planner->place.folder, n, TRUST_LIMIT_FOLDER_FILES);
  return FALSE;
}

TrustPlan *
trust_plan_new_rollback (TrustRoot *root, const TrustSnapshot *snapshot, const TrustChange *change, const TrustPlanTree *tree,
                         const TrustCaller *caller, gint64 now, GError **error)
{
  g_autoptr (TrustPlan) plan = g_new0 (TrustPlan, 1);
  g_auto (TrustPlanner) planner = { .root = root, .snapshot = snapshot, .change = change, .now = now, .plan = plan, .tree = tree };
  const TrustPlanKind *kind = change->kind < TRUST_CHANGE_LAST ? kinds[change->kind] : NULL;

  trust_planner_init (&planner, caller);
  if (kind == NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, "This anchord cannot do \"%s\"", trust_change_kind_get_name (change->kind));
      return NULL;
    }
  if (!kind->plan (&planner, error) || !check_room (&planner, error))
    return NULL;
  take_request (&planner);
  if (plan->files->len == 0)
    return g_steal_pointer (&plan);
  make_states (&planner);
  if (kind->check != NULL && !kind->check (&planner, error))
    return NULL;
  if (kind->tell != NULL)
    kind->tell (&planner);
  return g_steal_pointer (&plan);
}

TrustPlan *
trust_plan_new (TrustRoot *root, const TrustSnapshot *snapshot, const TrustChange *change, const TrustCaller *caller, gint64 now, GError **error)
{
  return trust_plan_new_rollback (root, snapshot, change, NULL, caller, now, error);
}
