/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/plan-rollback.h"

#include "core/consumers/placed.h"
#include "core/error.h"
#include "core/kept-crl.h"
#include "core/text.h"

#include <string.h>

#define APP_FOLDER TRUST_STORES_FOLDER "/app/"

static void
rollback_clear (TrustRollback *rollback)
{
  g_clear_pointer (&rollback->returns, g_ptr_array_unref);
  g_clear_pointer (&rollback->then, g_hash_table_unref);
  g_clear_pointer (&rollback->used, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TrustRollback, rollback_clear)

/* The store that PATH lies in, directly. (transfer full) (nullable) */
static char *
dup_store (const char *path)
{
  g_autofree char *name = NULL;
  const char *slash = NULL;

  if (!g_str_has_prefix (path, APP_FOLDER))
    return NULL;
  slash = strchr (path + strlen (APP_FOLDER), '/');
  if (slash == NULL || strchr (slash + 1, '/') != NULL)
    return NULL;
  name = g_strndup (path + strlen (TRUST_STORES_FOLDER "/"), (gsize) (slash - path) - strlen (TRUST_STORES_FOLDER "/"));
  return trust_store_check_app_name (name, NULL) ? g_steal_pointer (&name) : NULL;
}

static gboolean
is_in (const char *path, const char *folder)
{
  gsize size = strlen (folder);

  return strncmp (path, folder, size) == 0 && path[size] == '/' && strchr (path + size + 1, '/') == NULL && path[size + 1] != '\0'
         && path[size + 1] != '.';
}

static TrustReturn *
get_return (TrustRollback *rollback, const char *store)
{
  TrustReturn *back = NULL;

  for (guint i = 1; i < rollback->returns->len; i++)
    if (g_str_equal (((TrustReturn *) rollback->returns->pdata[i])->store, store))
      return rollback->returns->pdata[i];
  back = trust_return_new (rollback->planner, store);
  g_ptr_array_add (rollback->returns, back);
  return back;
}

/* Each file of the tree that lies in a folder of entries to its own; a return for every store there is or was. */
static void
sort_files (TrustRollback *rollback)
{
  const TrustPlanner *planner = rollback->planner;
  const TrustPlanTree *tree = planner->tree;

  g_ptr_array_add (rollback->returns, trust_return_new (planner, NULL));
  for (guint i = 0; i < planner->snapshot->stores->len; i++)
    get_return (rollback, ((TrustStore *) planner->snapshot->stores->pdata[i])->name);
  for (guint i = 0; i < tree->files->len; i++)
    {
      TrustJournalFile *file = tree->files->pdata[i];
      g_autofree char *store = dup_store (file->path);
      TrustReturn *back = NULL;

      if (file->content == NULL || (tree->only != NULL && !g_hash_table_contains (tree->only, file->path)))
        continue;
      g_hash_table_insert (rollback->then, file->path, file);
      if (is_in (file->path, TRUST_ANCHORS_FOLDER))
        back = rollback->returns->pdata[0];
      else if (store != NULL)
        back = get_return (rollback, store);
      if (back == NULL)
        continue;
      g_ptr_array_add (back->wanted, file);
      g_hash_table_add (back->names, file->path);
    }
}

/* The plan's files of one folder. */
static void
take (TrustRollback *rollback, TrustReturn *back)
{
  TrustPlanner *planner = rollback->planner;
  g_autofree char *folder = g_strconcat (back->folder, "/", NULL);

  for (guint i = 0; i < back->coming->len; i++)
    {
      TrustComing *coming = back->coming->pdata[i];

      trust_planner_take_row (planner, g_steal_pointer (&coming->row), coming->content, coming->mode);
    }
  for (guint i = 0; back->state != NULL && i < back->state->files->len; i++)
    {
      const char *path = trust_origin_get_path (((TrustSourceFile *) back->state->files->pdata[i])->origin);

      if (g_hash_table_contains (back->going, path))
        trust_planner_take_removal (planner, path);
    }
  if (back->goes)
    trust_planner_take_removal (planner, folder);
}

/* What BACK's store.conf will say. A fault (transfer full) (nullable) where it does not count. */
static char *
read_conf (const TrustReturn *back, TrustStoreConf *conf)
{
  g_autoptr (GError) error = NULL;
  TrustSpan bytes = { NULL, 0 };

  if (back->conf != NULL)
    {
      bytes.data = g_bytes_get_data (back->conf, &bytes.size);
      return trust_store_conf_parse (bytes, conf, &error) ? NULL : g_strdup_printf (TRUST_STORE_CONF ": %s", error->message);
    }
  if (back->now == NULL)
    return g_strdup ("it has no " TRUST_STORE_CONF);
  *conf = (TrustStoreConf) { back->now->inherits, back->now->narrowed != NULL ? trust_purposes_ref (back->now->narrowed) : NULL };
  return g_strdup (back->now->fault);
}

static TrustStore *
make_store (const TrustRollback *rollback, const TrustReturn *back)
{
  g_autoptr (TrustSourceState) none = back->state == NULL ? trust_source_state_new (back->source, TRUST_LAYER_ADMINISTRATOR, FALSE) : NULL;
  g_autoptr (TrustSourceState) state = trust_planner_make_state (rollback->planner, back->state != NULL ? back->state : none);
  g_auto (TrustStoreConf) conf = { FALSE, NULL };
  g_autofree char *fault = read_conf (back, &conf);

  return trust_store_new (back->store, conf.inherits, conf.narrowed, state, fault);
}

static int
compare_stores (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(TrustStore *const *) a)->name, (*(TrustStore *const *) b)->name);
}

/* All stores as they will be; those that nothing touches are the same objects. */
static void
make_stores (TrustRollback *rollback)
{
  GPtrArray *stores = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_store_unref);

  for (guint i = 1; i < rollback->returns->len; i++)
    {
      TrustReturn *back = rollback->returns->pdata[i];
      gboolean is_touched = back->coming->len > 0 || g_hash_table_size (back->going) > 0;

      if (is_touched && !back->goes)
        g_ptr_array_add (stores, make_store (rollback, back));
      else if (!is_touched && back->now != NULL)
        g_ptr_array_add (stores, trust_store_ref (back->now));
    }
  g_ptr_array_sort (stores, compare_stores);
  rollback->planner->stores = stores;
}

/* The list of FILE comes back, unless the door does not let it in: it may have expired, or a newer one stands. */
static void
return_crl (TrustRollback *rollback, const TrustJournalFile *file)
{
  TrustPlanner *planner = rollback->planner;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) crls = trust_kept_crl_decode (g_bytes_get_data (file->content, NULL), g_bytes_get_size (file->content), &error);
  g_autofree char *shown = trust_text_printable (file->path, 0);

  for (guint i = 0; crls != NULL && crls->len == 1 && i < planner->snapshot->kept->len; i++)
    {
      const TrustKeptCrl *kept = planner->snapshot->kept->pdata[i];

      if (kept->fault == NULL && trust_kept_crl_is_own (kept) && trust_fingerprint_equal (&kept->id, &((TrustCrl *) crls->pdata[0])->digest))
        return;
    }
  if (crls == NULL || crls->len != 1 || !trust_planner_add_crl (planner, crls->pdata[0], &error))
    trust_rollback_tell (rollback, "%s is not taken back: %s", shown, error != NULL ? error->message : "it holds several lists");
}

/* Lists refuse: those that are newer stay, unless the change names them. */
static void
return_crls (TrustRollback *rollback)
{
  TrustPlanner *planner = rollback->planner;
  const TrustPlanTree *tree = planner->tree;
  const GPtrArray *kept = planner->snapshot->kept;

  for (guint i = 0; i < kept->len; i++)
    {
      TrustKeptCrl *one = kept->pdata[i];
      g_autofree char *shown = trust_text_printable (one->path, 0);
      char hex[TRUST_FINGERPRINT_HEX];

      if (one->fault != NULL || !trust_kept_crl_is_own (one) || g_hash_table_contains (rollback->then, one->path)
          || (tree->only != NULL && !g_hash_table_contains (tree->only, one->path)))
        continue;
      trust_fingerprint_to_hex (&one->id, hex);
      if (trust_rollback_lifts (rollback, hex, one->path))
        trust_planner_remove_crl (planner, one);
      else
        trust_rollback_tell (rollback,
                             "The revocation list %s stays: it is newer, and what it revokes would count again; "
                             "--lift-distrust %s takes it away",
                             shown, hex);
    }
  for (guint i = 0; i < tree->files->len; i++)
    {
      const TrustJournalFile *file = tree->files->pdata[i];

      if (is_in (file->path, TRUST_CRLS_FOLDER) && g_hash_table_contains (rollback->then, file->path))
        return_crl (rollback, file);
    }
}

/* Was there the marker of PLACED with SUFFIX? What the change is not about is as it is now. *FILES (of TrustJournalFile*) gets what puts it right. */
static gboolean
find_marker (TrustRollback *rollback, const TrustPlaced *placed, const char *suffix, GPtrArray *files)
{
  const TrustPlanTree *tree = rollback->planner->tree;
  g_autofree char *path = g_strconcat (TRUST_PLACED_FOLDER "/", placed->name, suffix, NULL);
  const TrustJournalFile *file = g_hash_table_lookup (rollback->then, path);
  TrustStat stat;
  gboolean is_there = trust_root_lstat (rollback->planner->root, path, &stat);

  if (is_there == (file != NULL) || (tree->only != NULL && !g_hash_table_contains (tree->only, path)))
    return is_there;
  g_ptr_array_add (files, trust_journal_file_new (path, file != NULL ? file->content : NULL, file != NULL ? 0644 : 0));
  return file != NULL;
}

/* PLACED with its markers as they were. Returns: (transfer full). */
static TrustPlaced *
return_consumer (TrustRollback *rollback, TrustPlaced *placed)
{
  TrustPlanner *planner = rollback->planner;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_journal_file_free);
  gboolean enabled = find_marker (rollback, placed, TRUST_PLACED_ENABLED, files);
  gboolean disabled = find_marker (rollback, placed, TRUST_PLACED_DISABLED, files);
  TrustPlacedMark mark = disabled ? TRUST_PLACED_MARKED_DISABLED : enabled ? TRUST_PLACED_MARKED_ENABLED : TRUST_PLACED_UNSAID;
  g_autoptr (TrustPlaced) after = trust_placed_with_mark (placed, mark, planner->snapshot->distribution);
  const TrustFingerprint none = { { 0 } };
  g_autoptr (GError) error = NULL;

  if (files->len == 0)
    return trust_placed_ref (placed);
  if (after->enabled && !placed->enabled && !trust_placed_check (after, &error))
    {
      trust_rollback_tell (rollback, "The consumer %s stays disabled: %s", placed->name, error->message);
      return trust_placed_ref (placed);
    }
  g_ptr_array_extend_and_steal (planner->plan->files, g_steal_pointer (&files));
  if (placed->enabled != after->enabled)
    trust_outcome_add_titled (planner->plan->outcome, &none, placed->name, after->enabled ? TRUST_RESULT_ENABLED : TRUST_RESULT_DISABLED, NULL);
  return g_steal_pointer (&after);
}

/* Consumers are switched on and off as they were; what a consumer is, is its file's business. */
static void
return_consumers (TrustRollback *rollback)
{
  TrustPlan *plan = rollback->planner->plan;
  const GPtrArray *placed = rollback->planner->snapshot->placed;
  GPtrArray *after = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_placed_unref);

  for (guint i = 0; i < placed->len; i++)
    g_ptr_array_add (after, return_consumer (rollback, placed->pdata[i]));
  g_ptr_array_unref (plan->placed);
  plan->placed = after;
}

/* A name that lifts nothing is a mistake that should not pass for a success. */
static gboolean
check_lifted (const TrustRollback *rollback, GError **error)
{
  const GPtrArray *lifted = rollback->planner->change->lifted;

  for (guint i = 0; i < lifted->len; i++)
    if (!g_hash_table_contains (rollback->used, lifted->pdata[i]))
      {
        g_autofree char *shown = trust_text_printable (lifted->pdata[i], 80);

        g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, "--lift-distrust %s: no distrust of that name would stay", shown);
        return FALSE;
      }
  return TRUE;
}

static gboolean
plan (TrustPlanner *planner, GError **error)
{
  g_auto (TrustRollback) rollback = { planner, g_ptr_array_new_with_free_func ((GDestroyNotify) trust_return_free),
                                      g_hash_table_new (g_str_hash, g_str_equal), g_hash_table_new (g_str_hash, g_str_equal) };
  const TrustReturn *system = NULL;

  if (planner->tree == NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, "There is no history to go back to");
      return FALSE;
    }
  sort_files (&rollback);
  system = rollback.returns->pdata[0];
  for (guint i = 0; i < rollback.returns->len; i++)
    if (!trust_return_compare (&rollback, rollback.returns->pdata[i], error)
        || !trust_return_keep_distrusts (&rollback, rollback.returns->pdata[i], error)
        || !trust_return_admit (&rollback, rollback.returns->pdata[i], system, error))
      return FALSE;
  for (guint i = 0; i < rollback.returns->len; i++)
    take (&rollback, rollback.returns->pdata[i]);
  make_stores (&rollback);
  return_crls (&rollback);
  return_consumers (&rollback);
  return check_lifted (&rollback, error);
}

/* An undo that undoes nothing did not do what it was asked for. */
static gboolean
plan_undo (TrustPlanner *planner, GError **error)
{
  const GPtrArray *notices = planner->plan->outcome->notices;

  if (!plan (planner, error))
    return FALSE;
  if (planner->plan->files->len > 0)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_POLICY, "Generation %" G_GUINT64_FORMAT " cannot be undone: %s", planner->tree->generation + 1,
               notices->len > 0 ? (const char *) notices->pdata[0] : "what it wrote is as it was before");
  return FALSE;
}

const TrustPlanKind trust_plan_rollback = { .plan = plan, .check = trust_rollback_check, .tell = trust_rollback_tell_rows };
const TrustPlanKind trust_plan_undo = { .plan = plan_undo, .check = trust_rollback_check, .tell = trust_rollback_tell_rows };
