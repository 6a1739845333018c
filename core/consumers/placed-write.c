/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The outputs of a consumer written, as looks found that they must be. */
#include "core/consumers/placed.h"

#include "core/error.h"
#include "core/stood.h"

#include <errno.h>
#include <unistd.h>

#define LOCK_TIMEOUT_MS 5000

/* A folder that is written to. */
typedef struct
{
  int fd;      /* -1: nothing is to be done there, or the folder of an output before it */
  mode_t mode; /* that it gets back; 0: it has it */
} Opened;

/* Writes in the order in which no chain of hash names has a gap: upwards where there are fewer anchors than before, else downwards. */
static gboolean
stage_writes (const TrustLook *look, int dir_fd, TrustBatch *batch, GError **error)
{
  guint n = look->steps->len;
  gboolean shrinks = look->task->fits != NULL && trust_anchor_set_get_n_anchors (look->task->fits) < g_hash_table_size (look->held->shown);

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
open_folder (const TrustOutputsWrite *run, const TrustLook *look, GError **error)
{
  const TrustTask *task = look->task;
  int fd = -1;

  if (task->output != NULL && !trust_stood_note_folder (run->root, task->folder, error))
    return -1;
  fd = task->output != NULL ? trust_root_make_plain_dir (run->root, task->folder, task->output->folder_mode)
                            : trust_root_open_plain_dir (run->root, task->folder);
  if (fd >= 0 || (task->output == NULL && errno == ENOENT))
    return fd;
  if (errno == ELOOP)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE,
                 "%s, or a folder above it, is a link, "
                 "which anchord does not follow; name the folder itself",
                 task->folder);
  else if (errno == EROFS)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE,
                 "%s is not there, and may not be made here: make it, and let the service write there (`anchorctl consumer drop-in %s`)",
                 task->folder, run->name);
  else
    trust_error_set_errno (error, errno, "cannot open", task->folder);
  return -1;
}

void
trust_outputs_enter (GPtrArray *manifest, GPtrArray *fresh)
{
  g_ptr_array_set_free_func (fresh, NULL);
  for (guint i = 0; i < fresh->len; i++)
    g_ptr_array_add (manifest, fresh->pdata[i]);
  g_ptr_array_set_size (fresh, 0);
}

/* What each output is about to hold goes into the manifest, beside what it holds. */
static gboolean
announce (const TrustOutputsWrite *run, GError **error)
{
  GPtrArray *manifest = run->manifest;

  trust_outputs_enter (run->manifest, run->fresh);
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
  return trust_manifest_write (run->root, run->name, manifest, error);
}

static gboolean
put_links (const TrustLook *look, int dir_fd, GError **error)
{
  for (guint i = 0; i < look->steps->len; i++)
    {
      const TrustStep *step = &g_array_index (look->steps, TrustStep, i);

      if (step->kind == TRUST_STEP_WRITE && step->wanted->link != NULL && !trust_atomic_symlink (dir_fd, step->wanted->link, step->name, error))
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
folder_of (const TrustOutputsWrite *run, GArray *fds, guint i)
{
  const TrustLook *look = run->looks->pdata[i];

  for (guint n = 0; n < fds->len; n++)
    if (g_array_index (fds, Opened, n).fd >= 0 && g_str_equal (((TrustLook *) run->looks->pdata[n])->task->folder, look->task->folder))
      return g_array_index (fds, Opened, n).fd;
  return -1;
}

static gboolean
stage_all (const TrustOutputsWrite *run, GArray *fds, TrustBatch *batch, GError **error)
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
apply_steps (const TrustOutputsWrite *run, GArray *fds, GError **error)
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

/* What was written is what stands there. */
static void
settle (const TrustOutputsWrite *run)
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

gboolean
trust_outputs_write (const TrustOutputsWrite *run, GError **error)
{
  const TrustPlaced *placed = run->placed;
  g_autoptr (GError) lock_error = NULL;
  GArray *fds = g_array_new (FALSE, FALSE, sizeof (Opened));
  gboolean ok;
  int lock = placed != NULL && placed->lock != NULL ? trust_root_flock (run->root, placed->lock, LOCK_TIMEOUT_MS, &lock_error) : -1;

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
  if (ok)
    settle (run);
  return ok;
}
