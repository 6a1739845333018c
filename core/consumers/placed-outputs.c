/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The outputs of a consumer, made and looked at side by side: they share nothing but the snapshot, which is immutable. */
#include "core/consumers/placed.h"

#include "core/error.h"

/* So many at once, at most; and from so many certificates in all outputs on, for less a thread costs more than it saves. */
#define MAX_THREADS 4u
#define PARALLEL_MIN 500u

/* One output on its way. */
typedef struct
{
  const TrustOutputsRun *run;
  const TrustPlacedOutput *output;
  TrustHeld *held; /* (owned) (nullable) if it is fresh; else the manifest's */
  gboolean is_fresh;
  TrustTask *task; /* (owned) (nullable) */
  TrustLook *look; /* (owned) (nullable) */
  GError *error;   /* (owned) (nullable) */
} Slot;

static void
slot_free (gpointer data)
{
  Slot *slot = data;

  g_clear_pointer (&slot->look, trust_look_free);
  g_clear_pointer (&slot->task, trust_task_free);
  if (slot->is_fresh)
    g_clear_pointer (&slot->held, trust_held_free);
  g_clear_error (&slot->error);
  g_free (slot);
}

static TrustTask *
make_task (Slot *slot)
{
  const TrustOutputsRun *run = slot->run;

  return trust_task_new (slot->output, trust_distribution_get_name (run->next->distribution), run->set, run->next->time,
                         slot->held != NULL ? slot->held->withdrawn : NULL, &slot->error);
}

static gboolean
check_kind (Slot *slot)
{
  if (slot->held->kind == slot->task->kind)
    return TRUE;
  g_set_error (&slot->error, TRUST_ERROR, TRUST_ERROR_STORAGE,
               "%s was written in the format %s, and %s is another kind of thing; `anchorctl consumer disable %s` takes it away, then enable it "
               "again",
               slot->output->path, slot->held->format, slot->output->format, slot->run->placed->name);
  return FALSE;
}

/* In any thread. */
static void
work (gpointer data, gpointer unused)
{
  Slot *slot = data;
  const TrustOutputsRun *run = slot->run;
  g_autoptr (TrustLook) first = NULL;

  slot->task = make_task (slot);
  if (slot->task == NULL)
    return;
  if (slot->held == NULL)
    {
      slot->held = trust_held_new (slot->task->kind, slot->output->format, slot->output->path, slot->output->keep);
      slot->is_fresh = TRUE;
    }
  else if (!check_kind (slot))
    return;
  slot->held->keep = slot->output->keep;
  slot->look = trust_look_new (slot->task, slot->held);
  if (trust_look_at (run->root, slot->look, run->next, run->flags))
    return;
  /* What somebody took out stays out. */
  first = g_steal_pointer (&slot->look);
  g_clear_pointer (&slot->task, trust_task_free);
  slot->task = make_task (slot);
  if (slot->task == NULL)
    return;
  slot->look = trust_look_new (slot->task, slot->held);
  trust_look_at (run->root, slot->look, run->next, run->flags);
  g_ptr_array_extend_and_steal (slot->look->drift, g_steal_pointer (&first->drift));
  first->drift = g_ptr_array_new ();
}

static GPtrArray *
make_slots (const TrustOutputsRun *run)
{
  GPtrArray *slots = g_ptr_array_new_with_free_func (slot_free);

  for (guint i = 0; i < run->placed->outputs->len; i++)
    {
      Slot *slot = g_new0 (Slot, 1);

      slot->run = run;
      slot->output = run->placed->outputs->pdata[i];
      slot->held = trust_manifest_find (run->manifest, slot->output->path);
      if (slot->held != NULL && (run->flags & TRUST_PUBLISH_REPAIR))
        g_hash_table_remove_all (slot->held->withdrawn);
      g_ptr_array_add (slots, slot);
    }
  return slots;
}

static void
work_all (const GPtrArray *slots, guint n_anchors)
{
  guint n_threads = MIN (MIN (g_get_num_processors (), MAX_THREADS), slots->len);
  GThreadPool *pool = n_threads > 1 && n_anchors * slots->len >= PARALLEL_MIN ? g_thread_pool_new (work, NULL, (int) n_threads, FALSE, NULL) : NULL;

  for (guint i = 0; i < slots->len; i++)
    if (pool == NULL || !g_thread_pool_push (pool, slots->pdata[i], NULL))
      work (slots->pdata[i], NULL);
  if (pool != NULL)
    g_thread_pool_free (pool, FALSE, TRUE);
}

gboolean
trust_outputs_look (const TrustOutputsRun *run, GPtrArray *tasks, GPtrArray *looks, GPtrArray *fresh, GError **error)
{
  g_autoptr (GPtrArray) slots = make_slots (run);

  work_all (slots, trust_anchor_set_get_n_anchors (run->set));
  for (guint i = 0; i < slots->len; i++)
    {
      Slot *slot = slots->pdata[i];

      if (slot->error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&slot->error));
          return FALSE;
        }
      if (slot->is_fresh)
        g_ptr_array_add (fresh, slot->held);
      slot->is_fresh = FALSE;
      g_ptr_array_add (tasks, g_steal_pointer (&slot->task));
      g_ptr_array_add (looks, g_steal_pointer (&slot->look));
    }
  return TRUE;
}
