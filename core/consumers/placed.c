/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/placed.h"

#include "core/error.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define LOCK_TIMEOUT_MS 5000

struct _TrustConsumerState
{
  TrustRoot *root;       /* (owned) */
  char *name;            /* (owned) */
  GPtrArray *manifest;   /* (owned) (nullable) of TrustHeld*; NULL: not read yet */
  gboolean unsettled;    /* the manifest on disk tells of two states, old and new */
};

/* A folder that is written to. */
typedef struct
{
  int fd;        /* -1: nothing is to be done there, or the folder of an output before it */
  mode_t mode;   /* that it gets back; 0: it has it */
} Opened;

/* All outputs of one publishing. */
typedef struct
{
  TrustConsumerState *state;
  const TrustPlaced *placed;   /* (nullable) NULL: its file is gone */
  const TrustSnapshot *next;
  TrustPublishFlags flags;
  GPtrArray *tasks;            /* (owned) of TrustTask* */
  GPtrArray *looks;            /* (owned) of TrustLook*, one a task */
  GPtrArray *fresh;            /* (owned) of TrustHeld*: outputs that the manifest does not have yet */
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

      if (!active || !has_output (run, held->path))
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

/* Writes in the order in which no chain of hash names has a gap: upwards where there are fewer anchors than before, else downwards. */
static gboolean
stage_writes (const TrustLook *look, int dir_fd, TrustBatch *batch, GError **error)
{
  guint n = look->steps->len;
  gboolean shrinks = look->task->fits != NULL
                     && trust_anchor_set_get_n_anchors (look->task->fits) < g_hash_table_size (look->held->shown);

  for (guint i = 0; i < n; i++)
    {
      const TrustStep *step = &g_array_index (look->steps, TrustStep, shrinks ? i : n - 1 - i);
      TrustStaged *staged = NULL;
      gsize size = 0;
      gconstpointer bytes = NULL;

      if (step->kind != TRUST_STEP_WRITE || step->wanted->link != NULL)
        continue;
      bytes = g_bytes_get_data (step->wanted->bytes, &size);
      staged = trust_atomic_stage_unsynced (dir_fd, step->name, bytes, size, trust_task_get_mode (look->task), error);
      if (staged == NULL)
        return FALSE;
      trust_batch_take (batch, staged);
    }
  return TRUE;
}

/* A folder for LOOK's steps: -1 with an error, or where there is none and none is needed. */
static int
open_folder (const Run *run, const TrustLook *look, GError **error)
{
  const TrustTask *task = look->task;
  int fd = task->output != NULL ? trust_root_make_plain_dir (run->state->root, task->folder, task->output->folder_mode)
                                : trust_root_open_plain_dir (run->state->root, task->folder);

  if (fd >= 0 || (task->output == NULL && errno == ENOENT))
    return fd;
  if (errno == ELOOP)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE, "%s, or a folder above it, is a link, "
                                                          "which anchord does not follow; name the folder itself",
                 task->folder);
  else if (errno == EROFS)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE,
                 "%s is not there, and may not be made here: make it, and let the service write there (`anchorctl consumer drop-in %s`)",
                   task->folder,
                 run->state->name);
  else
    trust_error_set_errno (error, errno, "cannot open", task->folder);
  return -1;
}

static void
enter_fresh (Run *run)
{
  g_ptr_array_set_free_func (run->fresh, NULL);
  for (guint i = 0; i < run->fresh->len; i++)
    g_ptr_array_add (run->state->manifest, run->fresh->pdata[i]);
  g_ptr_array_set_size (run->fresh, 0);
}

/* What each output is about to hold goes into the manifest, beside what it holds. */
static gboolean
announce (Run *run, GError **error)
{
  GPtrArray *manifest = run->state->manifest;

  enter_fresh (run);
  for (guint i = 0; i < run->looks->len; i++)
    {
      const TrustLook *look = run->looks->pdata[i];
      TrustHeld *held = look->held;

      for (guint n = 0; n < look->steps->len; n++)
        {
          const TrustStep *step = &g_array_index (look->steps, TrustStep, n);

          if (step->kind == TRUST_STEP_REMOVE)
            continue;
          if (g_hash_table_lookup (held->entries, step->name) == NULL)
            trust_held_add (held, step->name, &trust_held_absent);
          trust_held_add (held, step->name, &step->wanted->digest);
        }
    }
  run->state->unsettled = TRUE;
  return trust_manifest_write (run->state->root, run->state->name, manifest, error);
}

static gboolean
put_links (const TrustLook *look, int dir_fd, GError **error)
{
  for (guint i = 0; i < look->steps->len; i++)
    {
      const TrustStep *step = &g_array_index (look->steps, TrustStep, i);

      if (step->kind == TRUST_STEP_WRITE && step->wanted->link != NULL
          && !trust_atomic_symlink (dir_fd, step->wanted->link, step->name, error))
        return FALSE;
    }
  return TRUE;
}

/* The last first: a chain of hash names gets no gap. */
static gboolean
remove_entries (const TrustLook *look, int dir_fd, GError **error)
{
  for (guint i = look->steps->len; i > 0; i--)
    {
      const TrustStep *step = &g_array_index (look->steps, TrustStep, i - 1);

      if (step->kind == TRUST_STEP_REMOVE && !trust_atomic_remove (dir_fd, step->name, error))
        return FALSE;
    }
  return TRUE;
}

static void
close_all (GArray *fds)
{
  for (guint i = fds->len; i > 0; i--)
    {
      const Opened *opened = &g_array_index (fds, Opened, i - 1);

      if (opened->fd >= 0 && opened->mode != 0 && fchmod (opened->fd, opened->mode) != 0)
        g_debug ("a folder keeps a mode that lets root write: %s", g_strerror (errno));
      if (opened->fd >= 0)
        close (opened->fd);
    }
  g_array_unref (fds);
}

/* A folder that nobody may write to, as p11-kit's tool leaves its own: the service has none of root's powers, but it is root's. */
static mode_t
let_write (int fd)
{
  struct stat stat;
  mode_t mode = fd >= 0 && fstat (fd, &stat) == 0 ? stat.st_mode & 07777 : S_IWUSR;

  return (mode & S_IWUSR) == 0 && fchmod (fd, mode | S_IWUSR) == 0 ? mode : 0;
}

/* The folder of LOOK I, which an output before it may have opened already. */
static int
folder_of (const Run *run, GArray *fds, guint i)
{
  const TrustLook *look = run->looks->pdata[i];

  for (guint n = 0; n < fds->len; n++)
    if (g_array_index (fds, Opened, n).fd >= 0 && g_str_equal (((TrustLook *) run->looks->pdata[n])->task->folder, look->task->folder))
      return g_array_index (fds, Opened, n).fd;
  return -1;
}

static gboolean
stage_all (Run *run, GArray *fds, TrustBatch *batch, GError **error)
{
  for (guint i = 0; i < run->looks->len; i++)
    {
      const TrustLook *look = run->looks->pdata[i];
      Opened opened = { -1, 0 };
      g_autoptr (GError) local = NULL;
      int fd = folder_of (run, fds, i);

      if (fd < 0 && look->steps->len > 0)
        {
          fd = opened.fd = open_folder (run, look, &local);
          opened.mode = let_write (fd);
        }
      g_array_append_val (fds, opened);
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (fd >= 0 && !stage_writes (look, fd, batch, error))
        return FALSE;
    }
  return TRUE;
}

/* Temporaries first, so that a full disk says so while nothing has changed; the manifest; then names. */
static gboolean
apply_steps (Run *run, GArray *fds, GError **error)
{
  g_autoptr (TrustBatch) batch = trust_batch_new ();
  gboolean ok = stage_all (run, fds, batch, error) && trust_batch_sync (batch, error) && announce (run, error) && trust_batch_commit (batch, error);

  for (guint i = 0; ok && i < run->looks->len; i++)
    if (folder_of (run, fds, i) >= 0)
      ok = put_links (run->looks->pdata[i], folder_of (run, fds, i), error);
  for (guint i = 0; ok && i < run->looks->len; i++)
    if (folder_of (run, fds, i) >= 0)
      ok = remove_entries (run->looks->pdata[i], folder_of (run, fds, i), error);
  for (guint i = 0; ok && i < fds->len; i++)
    if (g_array_index (fds, Opened, i).fd >= 0)
      ok = trust_atomic_sync_dir (g_array_index (fds, Opened, i).fd, error);
  return ok;
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

/* What was written is what stands there. */
static void
settle (Run *run)
{
  for (guint i = 0; i < run->looks->len; i++)
    {
      const TrustLook *look = run->looks->pdata[i];
      TrustHeld *held = look->held;

      for (guint n = 0; n < look->steps->len; n++)
        {
          const TrustStep *step = &g_array_index (look->steps, TrustStep, n);
          g_autofree char *name = g_strdup (step->name);

          g_hash_table_remove (held->stats, name);
          g_hash_table_remove (held->entries, name);
          if (step->kind == TRUST_STEP_WRITE)
            trust_held_add (held, name, &step->wanted->digest);
        }
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

/* A manifest that announces must have what the outputs will show, too. */
static gboolean
write_all (Run *run, GError **error)
{
  const TrustPlaced *placed = run->placed;
  g_autoptr (GError) lock_error = NULL;
  GArray *fds = g_array_new (FALSE, FALSE, sizeof (Opened));
  gboolean ok;
  int lock = placed != NULL && placed->lock != NULL ? trust_root_flock (run->state->root, placed->lock, LOCK_TIMEOUT_MS, &lock_error) : -1;

  if (g_error_matches (lock_error, TRUST_ERROR, TRUST_ERROR_BUSY))
    {
      g_propagate_error (error, g_steal_pointer (&lock_error));
      g_array_unref (fds);
      return FALSE;
    }
  ok = apply_steps (run, fds, error);
  close_all (fds);
  if (lock >= 0)
    close (lock);
  if (!ok)
    {
      /* What was announced and what stands there is looked at anew next time. */
      g_clear_pointer (&run->state->manifest, g_ptr_array_unref);
      return FALSE;
    }
  settle (run);
  return TRUE;
}

static void
tell_status (const Run *run, TrustConsumerStatus *status)
{
  GString *fault = g_string_new (NULL);

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

static gboolean
set_fault (GError **error, const char *message)
{
  g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_STORAGE, message);
  return FALSE;
}

/* The set that its files are made of; NULL where its store is none. */
static TrustAnchorSet *
find_set (const Run *run)
{
  return run->placed != NULL ? trust_snapshot_find_set (run->next, run->placed->store) : NULL;
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
  if (n_steps > 0 && !write_all (run, error))
    return FALSE;
  if (n_steps == 0 && has_adopted (run))
    enter_fresh (run);
  if (n_steps > 0 || run->state->manifest->len > 0)
    take_over (run);
  if ((((n_steps > 0 || had_any) && run->state->manifest->len == 0) || has_adopted (run))
      && !trust_manifest_write (run->state->root, run->state->name, run->state->manifest, error))
    return FALSE;
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

static gboolean
placed_publish (TrustConsumerState *state, const TrustSnapshot *next, TrustPublishFlags flags, TrustConsumerStatus *status, gboolean *wrote,
                GError **error)
{
  TrustPlaced *placed = trust_placed_find (next->placed, state->name);
  g_auto (Run) run = { .state = state, .placed = placed, .next = next, .flags = flags,
                       .tasks = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_task_free),
                       .looks = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_look_free),
                       .fresh = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_held_free) };
  const TrustPlaced *rival = NULL;
  const char *path = NULL;
  gboolean active = placed != NULL && placed->enabled;

  if (state->manifest == NULL)
    {
      state->manifest = trust_manifest_read (state->root, state->name);
      state->unsettled = is_announcing (state->manifest);
    }
  status->enabled = active;
  status->current = TRUE;
  if (placed != NULL && placed->fault != NULL)
    {
      /* What it wrote stays as it is: nobody knows what else is meant. */
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
  if (active && find_set (&run) == NULL)
    {
      status->fault = g_strdup_printf ("there is no store \"%s\"", placed->store);
      return set_fault (error, status->fault);
    }
  return look_at_all (&run, active, find_set (&run), error) && bring_up_to_date (&run, status, wrote, error);
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

const TrustConsumer trust_consumer_placed = {
  .id = "placed",
  .distributions = 0,
  .close = placed_close,
  .publish = placed_publish,
  .tidy = placed_tidy,
};
