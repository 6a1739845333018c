/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/placed-standing.h"
#include "core/consumers/placed.h"

#include "core/error.h"
#include "core/stood.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct _TrustConsumerState
{
  TrustRoot *root;     /* (owned) */
  char *name;          /* (owned) */
  GPtrArray *manifest; /* (owned) (nullable) of TrustHeld*; NULL: not read yet */
  char *fault;         /* (owned) (nullable) why the manifest on disk is left alone */
  GBytes *kept;        /* (owned) (nullable) what is kept for the day that the file stops counting */
  gboolean unsettled;  /* the manifest on disk tells of two states, old and new */
};

/* All outputs of one publishing. */
typedef struct
{
  TrustConsumerState *state;
  const TrustPlaced *placed; /* (nullable) NULL: its file is gone */
  const TrustSnapshot *next;
  TrustPublishFlags flags;
  GPtrArray *tasks; /* (owned) of TrustTask* */
  GPtrArray *looks; /* (owned) of TrustLook*, one a task */
  GPtrArray *fresh; /* (owned) of TrustHeld*: outputs that the manifest does not have yet */
} Run;

TrustConsumerState *
trust_placed_open (TrustRoot *root, const char *name)
{
  TrustConsumerState *state = g_new0 (TrustConsumerState, 1);

  state->root = trust_root_ref (root);
  state->name = g_strdup (name);
  return state;
}

static void
placed_close (TrustConsumerState *state)
{
  g_clear_pointer (&state->manifest, g_ptr_array_unref);
  g_clear_pointer (&state->kept, g_bytes_unref);
  g_free (state->fault);
  g_free (state->name);
  trust_root_unref (state->root);
  g_free (state);
}

static void
run_clear (Run *run)
{
  g_ptr_array_unref (run->looks);
  g_ptr_array_unref (run->tasks);
  g_ptr_array_unref (run->fresh);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

static gboolean
is_installed (const Run *run)
{
  char **programs = run->placed->programs;
  TrustStat stat;

  for (guint i = 0; programs != NULL && programs[i] != NULL; i++)
    if (trust_root_stat (run->state->root, programs[i], &stat))
      return TRUE;
  return programs == NULL;
}

static void
look (Run *run, TrustTask *task, TrustHeld *held)
{
  TrustLook *look = trust_look_new (task, held);

  g_ptr_array_add (run->tasks, task);
  g_ptr_array_add (run->looks, look);
  trust_look_at (run->state->root, look, run->next, run->flags);
}

static gboolean
has_output (const Run *run, const char *path)
{
  for (guint i = 0; i < run->placed->outputs->len; i++)
    if (g_str_equal (((TrustPlacedOutput *) run->placed->outputs->pdata[i])->path, path))
      return TRUE;
  return FALSE;
}

/* ACTIVE: its outputs are to be there. What the manifest has and they do not is to go, the last first. */
static gboolean
look_at_all (Run *run, gboolean active, TrustAnchorSet *set, GError **error)
{
  const TrustOutputsRun outputs = { run->state->root, run->placed, run->state->manifest, set, run->next, run->flags };

  if (active && !trust_outputs_look (&outputs, run->tasks, run->looks, run->fresh, error))
    return FALSE;
  for (guint i = run->state->manifest->len; i > 0; i--)
    {
      TrustHeld *held = run->state->manifest->pdata[i - 1];

      if (active && has_output (run, held->path))
        continue;
      /* What stays when a consumer is disabled is not what its file no longer names. */
      held->keep = held->keep && !active;
      look (run, trust_task_new_removal (held), held);
    }
  return TRUE;
}

static guint
count_steps (const Run *run)
{
  guint n = 0;

  for (guint i = 0; i < run->looks->len; i++)
    n += ((TrustLook *) run->looks->pdata[i])->steps->len;
  return n;
}

static void
take_shown (const TrustTask *task, TrustHeld *held)
{
  g_hash_table_remove_all (held->shown);
  for (guint i = 0; task->fits != NULL && i < trust_anchor_set_get_n_anchors (task->fits); i++)
    {
      const TrustFingerprint *fingerprint = trust_anchor_get_fingerprint (trust_anchor_set_get_anchor (task->fits, i));

      g_hash_table_add (held->shown, g_memdup2 (fingerprint, sizeof *fingerprint));
    }
}

/* What an output is made of, and shows, from now on; those that are to go have gone. */
static void
take_over (Run *run)
{
  GPtrArray *manifest = run->state->manifest;

  for (guint i = 0; i < run->looks->len; i++)
    {
      const TrustLook *look = run->looks->pdata[i];

      /* What could not be brought up to date shows what it showed. */
      if (look->faults->len > 0)
        {
          look->held->has_input = FALSE;
          continue;
        }
      look->held->has_input = look->task->has_input;
      look->held->input = look->task->input;
      if (look->task->output != NULL)
        take_shown (look->task, look->held);
      else
        g_ptr_array_remove (manifest, look->held);
    }
}

static gboolean
set_fault (GError **error, const char *message)
{
  g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_STORAGE, message);
  return FALSE;
}

/* The set that its files are made of. Of a store that is gone nothing is trusted any more. (transfer full) */
static TrustAnchorSet *
find_set (const Run *run)
{
  TrustAnchorSet *set = run->placed != NULL ? trust_snapshot_find_set (run->next, run->placed->store) : NULL;
  g_autoptr (GPtrArray) none = NULL;

  if (set != NULL)
    return trust_anchor_set_ref (set);
  none = g_ptr_array_new ();
  return trust_anchor_set_new (none, none);
}

/* What is wrong with its file or its store, though its outputs are kept up; NULL if nothing is. (transfer full) */
static char *
dup_fault (const Run *run)
{
  const TrustPlaced *placed = run->placed;

  if (placed != NULL && placed->enabled && placed->last_good)
    return g_strdup_printf ("%s does not count: %s; its files follow what it said before", placed->path, placed->fault);
  if (placed != NULL && placed->enabled && trust_snapshot_find_set (run->next, placed->store) == NULL)
    return g_strdup_printf ("there is no store \"%s\", so its files trust nothing", placed->store);
  return NULL;
}

static void
tell_status (const Run *run, TrustConsumerStatus *status)
{
  g_autofree char *own = dup_fault (run);
  GString *fault = g_string_new (own);

  for (guint i = 0; i < run->looks->len; i++)
    {
      const TrustLook *look = run->looks->pdata[i];
      GHashTableIter iter;
      gpointer key;

      for (guint n = 0; n < look->drift->len; n++)
        g_ptr_array_add (status->drift, g_strdup (look->drift->pdata[n]));
      for (guint n = 0; n < look->faults->len; n++)
        g_string_append_printf (fault, "%s%s", fault->len > 0 ? "; " : "", (const char *) look->faults->pdata[n]);
      g_hash_table_iter_init (&iter, look->held->withdrawn);
      while (look->task->output != NULL && g_hash_table_iter_next (&iter, &key, NULL))
        g_array_append_vals (status->withdrawn, key, 1);
    }
  if (fault->len > 0)
    status->fault = g_string_free (fault, FALSE);
  else
    g_string_free (fault, TRUE);
}

/* So that its outputs can be kept up when its file stops counting. */
static gboolean
keep_good (Run *run, GError **error)
{
  const TrustPlaced *placed = run->placed;

  if (placed == NULL || !placed->enabled || placed->last_good || run->state->kept == placed->content)
    return TRUE;
  if (!trust_placed_keep_good (run->state->root, placed, error))
    return FALSE;
  g_clear_pointer (&run->state->kept, g_bytes_unref);
  run->state->kept = placed->content != NULL ? g_bytes_ref (placed->content) : NULL;
  return TRUE;
}

static gboolean
has_adopted (const Run *run)
{
  for (guint i = 0; i < run->looks->len; i++)
    if (((const TrustLook *) run->looks->pdata[i])->adopted)
      return TRUE;
  return FALSE;
}

static gboolean
write_all (Run *run, GError **error)
{
  const TrustOutputsWrite outputs = { run->state->root, run->state->name, run->placed, run->state->manifest, run->looks, run->fresh };

  run->state->unsettled = TRUE;
  if (trust_outputs_write (&outputs, error))
    return TRUE;
  /* What was announced and what stands there is looked at anew next time. */
  g_clear_pointer (&run->state->manifest, g_ptr_array_unref);
  return FALSE;
}

/* Of a file that others write to as well, what stood there comes back only while nobody else has changed it. */
static gboolean
keep_shared (TrustRoot *root, const TrustLook *look, GError **error)
{
  g_autofree char *name = g_path_get_basename (look->task->path);
  g_auto (TrustStanding) found = { TRUST_STANDING_NOTHING };
  g_auto (TrustStood) stood = { TRUST_STOOD_UNKNOWN };

  if (g_hash_table_lookup (look->held->entries, name) == NULL)
    return trust_stood_keep (root, look->task->path, NULL, error);
  trust_standing_look (root, look->task->path, NULL, NULL, &found);
  if (found.kind == TRUST_STANDING_FILE && trust_held_has (look->held, name, &found.digest))
    return TRUE;
  if (!trust_stood_read (root, look->task->path, &stood, error))
    return FALSE;
  if (stood.kind == TRUST_STOOD_FILE && found.kind == TRUST_STANDING_FILE && g_bytes_equal (stood.bytes, found.bytes))
    return TRUE;
  return trust_stood_give_up (root, look->task->path, error);
}

/* What stands where anchord is about to write, or takes over what another wrote, for the day that it is given back. */
static gboolean
keep_what_stood (const Run *run, GError **error)
{
  g_autofree char *made_of = trust_outputs_digest_tool (run->next);

  for (guint i = 0; i < run->looks->len; i++)
    {
      const TrustLook *look = run->looks->pdata[i];

      if (look->task->output != NULL && look->task->kind != TRUST_HELD_FOLDER && (look->steps->len > 0 || look->adopted)
          && !(look->task->kind == TRUST_HELD_MERGED ? keep_shared (run->state->root, look, error)
                                                     : trust_stood_keep (run->state->root, look->task->path, made_of, error)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
bring_up_to_date (Run *run, TrustConsumerStatus *status, gboolean *wrote, GError **error)
{
  guint n_steps = count_steps (run);
  gboolean had_any = run->state->manifest->len > 0;

  tell_status (run, status);
  *wrote = *wrote || n_steps > 0;
  if (run->flags & TRUST_PUBLISH_LOOK)
    {
      status->current = n_steps == 0 && status->fault == NULL;
      return TRUE;
    }
  if (((n_steps > 0 || had_any || has_adopted (run)) && !keep_good (run, error))
      || ((n_steps > 0 || has_adopted (run)) && !keep_what_stood (run, error)) || (n_steps > 0 && !write_all (run, error)))
    return FALSE;
  if (n_steps == 0 && has_adopted (run))
    trust_outputs_enter (run->state->manifest, run->fresh);
  if (n_steps > 0 || run->state->manifest->len > 0)
    take_over (run);
  if ((((n_steps > 0 || had_any) && run->state->manifest->len == 0) || has_adopted (run))
      && !trust_manifest_write (run->state->root, run->state->name, run->state->manifest, error))
    return FALSE;
  if (had_any && run->state->manifest->len == 0)
    {
      trust_placed_forget_good (run->state->root, run->state->name);
      g_clear_pointer (&run->state->kept, g_bytes_unref);
    }
  status->current = status->fault == NULL;
  status->generation = run->next->generation;
  if (status->fault == NULL)
    return TRUE;
  return set_fault (error, status->fault);
}

/* Does MANIFEST tell of two states of anything? */
static gboolean
is_announcing (const GPtrArray *manifest)
{
  for (guint i = 0; i < manifest->len; i++)
    {
      GHashTableIter iter;
      gpointer digests;

      g_hash_table_iter_init (&iter, ((TrustHeld *) manifest->pdata[i])->entries);
      while (g_hash_table_iter_next (&iter, NULL, &digests))
        if (((GArray *) digests)->len > 1)
          return TRUE;
    }
  return FALSE;
}

static void
read_manifest (TrustConsumerState *state)
{
  if (state->manifest != NULL)
    return;
  state->manifest = trust_manifest_read (state->root, state->name);
  g_free (state->fault);
  state->fault = state->manifest->len == 0 ? trust_manifest_find_fault (state->root, state->name) : NULL;
  state->unsettled = is_announcing (state->manifest);
}

static gboolean
placed_publish (TrustConsumerState *state, const TrustSnapshot *next, TrustPublishFlags flags, TrustConsumerStatus *status, gboolean *wrote,
                GError **error)
{
  TrustPlaced *placed = trust_placed_find (next->placed, state->name);
  g_auto (Run) run = { .state = state,
                       .placed = placed,
                       .next = next,
                       .flags = flags,
                       .tasks = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_task_free),
                       .looks = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_look_free),
                       .fresh = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_held_free) };
  const TrustPlaced *rival = NULL;
  g_autoptr (TrustAnchorSet) set = NULL;
  const char *path = NULL;
  gboolean active = placed != NULL && placed->enabled;

  read_manifest (state);
  status->enabled = active;
  status->current = TRUE;
  if (state->fault != NULL)
    {
      status->enabled = TRUE;
      status->fault = g_strdup (state->fault);
      /* The next look reads it again. */
      g_clear_pointer (&state->manifest, g_ptr_array_unref);
      return set_fault (error, status->fault);
    }
  if (placed != NULL && placed->fault != NULL && !placed->last_good)
    {
      /* Nobody knows what is meant: nothing was ever placed by what it says, or that was not kept. */
      if (state->manifest->len == 0 && placed->mark != TRUST_PLACED_MARKED_ENABLED)
        return TRUE;
      status->fault = g_strdup_printf ("%s does not count: %s", placed->path, placed->fault);
      return state->manifest->len == 0 || set_fault (error, status->fault);
    }
  active = active && (state->manifest->len > 0 || is_installed (&run));
  if (!active && status->enabled)
    g_ptr_array_add (status->drift, g_strdup ("nothing is placed: none of its programs is there"));
  if (!active && state->manifest->len == 0)
    return TRUE;
  rival = active ? trust_placed_find_rival (next->placed, placed, &path) : NULL;
  if (rival != NULL)
    {
      status->fault = g_strdup_printf ("%s is a file of the consumer \"%s\" as well; disable one of them", path, rival->name);
      return set_fault (error, status->fault);
    }
  if (active && state->manifest->len == 0 && trust_snapshot_find_set (next, placed->store) == NULL)
    {
      status->fault = g_strdup_printf ("there is no store \"%s\"", placed->store);
      return set_fault (error, status->fault);
    }
  set = find_set (&run);
  return look_at_all (&run, active, set, error) && bring_up_to_date (&run, status, wrote, error);
}

/* Temporaries of a killed writer. */
static void
sweep (TrustConsumerState *state)
{
  for (guint i = 0; i < state->manifest->len; i++)
    {
      const TrustHeld *held = state->manifest->pdata[i];
      g_autofree char *folder = held->kind == TRUST_HELD_FOLDER ? g_strdup (held->path) : g_path_get_dirname (held->path);
      int fd = trust_root_open_plain_dir (state->root, folder);

      if (fd < 0)
        continue;
      trust_atomic_sweep (fd);
      close (fd);
    }
}

/* The manifest, without what no longer stands there. */
static void
placed_tidy (TrustConsumerState *state)
{
  if (state->manifest != NULL)
    sweep (state);
  if (!state->unsettled || state->manifest == NULL || state->manifest->len == 0)
    return;
  state->unsettled = !trust_manifest_write (state->root, state->name, state->manifest, NULL);
}

static gboolean
placed_has_any (TrustConsumerState *state)
{
  read_manifest (state);
  return state->manifest->len > 0 || state->fault != NULL;
}

static gboolean
placed_release (TrustConsumerState *state, const TrustSnapshot *bare, TrustConsumerStatus *status, gboolean *wrote, GError **error)
{
  const TrustOutputsRun run = { state->root, trust_placed_find (bare->placed, state->name), state->manifest, bare->set, bare, 0 };
  gboolean ok;

  if (state->fault != NULL)
    {
      g_clear_pointer (&state->manifest, g_ptr_array_unref);
      return set_fault (error, state->fault);
    }
  *wrote = TRUE;
  sweep (state);
  ok = trust_outputs_release (&run, state->name, state->manifest, status->drift, error);
  /* What stands there is read again, whatever became of it. */
  g_clear_pointer (&state->manifest, g_ptr_array_unref);
  g_clear_pointer (&state->kept, g_bytes_unref);
  return ok;
}

const TrustConsumer trust_consumer_placed = {
  .id = "placed",
  .distributions = 0,
  .close = placed_close,
  .publish = placed_publish,
  .tidy = placed_tidy,
  .has_any = placed_has_any,
  .release = placed_release,
};
