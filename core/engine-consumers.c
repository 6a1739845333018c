/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the engine tells of the consumers that files describe, and puts right of them. */
#include "core/engine-parts.h"

#include "core/consumer-file.h"
#include "core/consumers/placed.h"
#include "core/text.h"

static void
output_view_free (gpointer data)
{
  TrustOutputView *view = data;

  g_clear_pointer (&view->losses, g_ptr_array_unref);
  g_free (view);
}

static gboolean
is_folder (const TrustPlacedOutput *output)
{
  const TrustEmitter *emitter = trust_emitter_find (output->format);

  return emitter != NULL && emitter->is_folder;
}

GPtrArray *
trust_engine_view_outputs (const TrustSnapshot *snapshot, const TrustPlaced *placed)
{
  GPtrArray *views = g_ptr_array_new_with_free_func (output_view_free);
  TrustAnchorSet *set = trust_snapshot_find_set (snapshot, placed->store);

  for (guint i = 0; i < placed->outputs->len; i++)
    {
      TrustOutputView *view = g_new0 (TrustOutputView, 1);
      g_autoptr (TrustAnchorSet) fits = NULL;

      view->output = placed->outputs->pdata[i];
      view->is_folder = is_folder (view->output);
      view->losses = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_loss_free);
      g_ptr_array_add (views, view);
      fits = set != NULL ? trust_placed_output_fit (view->output, set, snapshot->time, view->losses) : NULL;
      view->n_anchors = fits != NULL ? trust_anchor_set_get_n_anchors (fits) : 0;
    }
  return views;
}

TrustPlaced *
trust_engine_read_consumer (const char *name, const void *bytes, gsize size, GError **error)
{
  g_autoptr (TrustPlaced) placed = NULL;
  g_autofree char *path = NULL;

  if (!trust_placed_check_name (name, error))
    return NULL;
  path = g_strconcat (TRUST_PLACED_FOLDER "/", name, TRUST_PLACED_SUFFIX, NULL);
  placed = trust_placed_new (name, path);
  if (!trust_consumer_file_parse ((TrustSpan) { bytes, size }, placed, error) || !trust_placed_check (placed, error))
    return NULL;
  return g_steal_pointer (&placed);
}

gboolean
trust_engine_repair (TrustEngine *engine, const char *name, gboolean force, GError **error)
{
  g_autoptr (TrustSnapshot) current = NULL;
  g_autoptr (TrustSnapshot) next = NULL;
  g_autofree char *shown = trust_text_printable (name, 0);
  gboolean ok;

  if (!trust_engine_begin (engine, error))
    return FALSE;
  current = trust_engine_get_snapshot (engine);
  if (trust_placed_find (current->placed, name) == NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_NOT_FOUND, "There is no consumer \"%s\"; `anchorctl consumers` names those there are", shown);
      return FALSE;
    }
  if (current->handback != NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_POLICY,
                   "The distribution's files are handed back, so none is written; `anchorctl handback --resume` takes them up again");
      return FALSE;
    }
  next = trust_engine_copy_snapshot (current);
  if (!trust_publisher_heal (engine->publisher, next, NULL, error))
    return FALSE;
  ok = trust_publisher_repair (engine->publisher, next, name, force, error);
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "MESSAGE", "The files of the consumer %s were asked to be put right%s: %s", name,
                    force ? ", whatever they hold" : "", ok ? "done" : "not possible");
  trust_engine_take_snapshot (engine, next);
  return ok;
}

gboolean
trust_engine_is_unfinished (TrustEngine *engine)
{
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);

  for (guint i = 0; i < snapshot->consumers->len; i++)
    {
      const TrustConsumerStatus *status = snapshot->consumers->pdata[i];

      if (status->handed_back && status->fault != NULL)
        return TRUE;
    }
  return FALSE;
}
