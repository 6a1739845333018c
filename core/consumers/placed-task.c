/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an output should hold. */
#include "core/consumers/placed.h"

#include "config.h"
#include "core/error.h"
#include "core/text.h"

#include <string.h>

#define SHOWN_CHARS 64u

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, message);
  return FALSE;
}

static void
wanted_free (gpointer data)
{
  TrustWanted *wanted = data;

  g_free (wanted->name);
  g_free (wanted->link);
  g_clear_pointer (&wanted->bytes, g_bytes_unref);
  g_free (wanted);
}

static const TrustEmitterOption *
find_option (const TrustEmitter *emitter, const char *key)
{
  for (guint i = 0; emitter->options != NULL && emitter->options[i].key != NULL; i++)
    if (g_str_equal (emitter->options[i].key, key))
      return &emitter->options[i];
  return NULL;
}

static gboolean
check_options (const TrustPlacedOutput *output, const TrustEmitter *emitter, GError **error)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, output->options);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const TrustEmitterOption *option = emitter != NULL ? find_option (emitter, key) : NULL;
      const char *fault = option != NULL && option->find_fault != NULL ? option->find_fault (value) : NULL;
      g_autofree char *shown = trust_text_printable (key, SHOWN_CHARS);

      if (option == NULL)
        return refuse (error, "[Output %s]: key \"%s\" is not known here, and the format %s does not take it", output->name, shown, output->format);
      if (fault != NULL)
        return refuse (error, "[Output %s]: %s: %s", output->name, shown, fault);
    }
  for (guint i = 0; emitter != NULL && emitter->options != NULL && emitter->options[i].key != NULL; i++)
    if (emitter->options[i].is_needed && !g_hash_table_contains (output->options, emitter->options[i].key))
      return refuse (error, "[Output %s]: the format %s needs %s=", output->name, output->format, emitter->options[i].key);
  return TRUE;
}

/* A drop-in with a variable as well: it is there as long as what it names holds something for the purpose. */
static gboolean
check_purpose (const TrustPlacedOutput *output, const TrustEmitter *emitter, GError **error)
{
  if (output->purpose == NULL && trust_emitter_is_flat (emitter))
    return refuse (error, "[Output %s]: a file in the format %s says nothing of purposes, so it is for one; write Purpose=server-auth or another",
                   output->name, output->format);
  return TRUE;
}

static gboolean
check_output (const TrustPlacedOutput *output, GError **error)
{
  gboolean is_link = g_str_equal (output->format, TRUST_PLACED_LINK);
  const TrustEmitter *emitter = trust_emitter_find (output->format);
  g_autofree char *shown = trust_text_printable (output->format, SHOWN_CHARS);

  if (!is_link && emitter == NULL)
    return refuse (error, "[Output %s]: there is no format \"%s\"; anchord.consumer(5) names them", output->name, shown);
  return check_options (output, emitter, error) && (is_link || check_purpose (output, emitter, error));
}

gboolean
trust_placed_check (const TrustPlaced *placed, GError **error)
{
  for (guint i = 0; i < placed->outputs->len; i++)
    if (!check_output (placed->outputs->pdata[i], error))
      return FALSE;
  return TRUE;
}

TrustAnchorSet *
trust_placed_output_fit (const TrustPlacedOutput *output, TrustAnchorSet *set, gint64 now, GPtrArray *losses)
{
  const TrustEmitter *emitter = trust_emitter_find (output->format);

  g_autoptr (TrustAnchorSet) fits = emitter != NULL ? trust_emitter_fit (emitter, set, output->purpose, &output->policy, now, losses) : NULL;

  return fits != NULL ? trust_emitter_choose (emitter, output->options, fits) : NULL;
}

/* SET without those of WITHDRAWN. Returns: (transfer full). */
static TrustAnchorSet *
leave_out (TrustAnchorSet *set, GHashTable *withdrawn)
{
  g_autoptr (GPtrArray) anchors = NULL, distrusts = NULL;

  if (withdrawn == NULL || g_hash_table_size (withdrawn) == 0)
    return trust_anchor_set_ref (set);
  anchors = g_ptr_array_new ();
  distrusts = g_ptr_array_new ();
  for (guint i = 0; i < trust_anchor_set_get_n_anchors (set); i++)
    if (!g_hash_table_contains (withdrawn, trust_anchor_get_fingerprint (trust_anchor_set_get_anchor (set, i))))
      g_ptr_array_add (anchors, trust_anchor_set_get_anchor (set, i));
  for (guint i = 0; i < trust_anchor_set_get_n_distrusts (set); i++)
    g_ptr_array_add (distrusts, trust_anchor_set_get_distrust (set, i));
  return trust_anchor_set_new (anchors, distrusts);
}

static void
append_text (GString *out, const char *text)
{
  g_string_append_printf (out, "%zu:%s", text != NULL ? strlen (text) : 0, text != NULL ? text : "-");
}

/* Of all that the bytes are made of. What is fit depends on the day alone, beside the set: distrust-after ends 398 days later. */
static void
digest_input (TrustTask *task, const char *distribution, gint64 now)
{
  const TrustPlacedOutput *output = task->output;
  const TrustFingerprint *digest = trust_anchor_set_get_digest (task->set);
  g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (output->options), (GCompareFunc) strcmp);
  GString *out = g_string_new ("anchord " PACKAGE_VERSION " ");

  append_text (out, distribution);
  append_text (out, output->format);
  append_text (out, output->target);
  append_text (out, output->purpose);
  for (GList *l = keys; l != NULL; l = l->next)
    {
      append_text (out, l->data);
      append_text (out, g_hash_table_lookup (output->options, l->data));
    }
  g_string_append_printf (out, "%d%d%d ", output->policy.purposes, output->policy.constraints, output->policy.until);
  g_string_append_printf (out, "%" G_GINT64_FORMAT " ", now / (24 * 3600));
  g_string_append_len (out, (const char *) digest->bytes, sizeof digest->bytes);
  trust_fingerprint_of (out->str, out->len, &task->input);
  task->has_input = TRUE;
  g_string_free (out, TRUE);
}

TrustTask *
trust_task_new (const TrustPlacedOutput *output, const char *distribution, TrustAnchorSet *set, gint64 now, GHashTable *withdrawn, GError **error)
{
  const TrustEmitter *emitter = trust_emitter_find (output->format);
  TrustTask *task = NULL;

  if (!check_output (output, error))
    return NULL;
  task = g_new0 (TrustTask, 1);
  task->output = output;
  task->emitter = emitter;
  task->kind = emitter == NULL ? TRUST_HELD_LINK : emitter->merges ? TRUST_HELD_MERGED : emitter->is_folder ? TRUST_HELD_FOLDER : TRUST_HELD_FILE;
  task->path = g_strdup (output->path);
  task->folder = task->kind == TRUST_HELD_FOLDER ? g_strdup (output->path) : g_path_get_dirname (output->path);
  task->all = trust_anchor_set_ref (set);
  task->set = leave_out (set, withdrawn);
  task->fits = trust_placed_output_fit (output, task->set, now, NULL);
  /* Of what others' files say no digest is at hand: such a small file is made each time. */
  if (emitter == NULL || !emitter->adds)
    digest_input (task, distribution, now);
  return task;
}

TrustTask *
trust_task_new_removal (const TrustHeld *held)
{
  TrustTask *task = g_new0 (TrustTask, 1);

  task->kind = held->kind;
  task->path = g_strdup (held->path);
  task->folder = held->kind == TRUST_HELD_FOLDER ? g_strdup (held->path) : g_path_get_dirname (held->path);
  if (held->kind == TRUST_HELD_MERGED)
    {
      g_autoptr (GPtrArray) none = g_ptr_array_new ();

      task->emitter = trust_emitter_find (held->format);
      task->fits = trust_anchor_set_new (none, none);
    }
  else
    task->entries = g_ptr_array_new_with_free_func (wanted_free);
  return task;
}

void
trust_task_free (TrustTask *task)
{
  g_free (task->path);
  g_free (task->folder);
  g_clear_pointer (&task->all, trust_anchor_set_unref);
  g_clear_pointer (&task->set, trust_anchor_set_unref);
  g_clear_pointer (&task->fits, trust_anchor_set_unref);
  g_clear_pointer (&task->entries, g_ptr_array_unref);
  g_free (task);
}

void
trust_wanted_digest_link (const char *target, TrustFingerprint *out)
{
  g_autofree char *text = g_strconcat ("link:", target, NULL);

  trust_fingerprint_of (text, strlen (text), out);
}

/* NAME, LINK, BYTES: (transfer full). */
static void
want (TrustTask *task, char *name, char *link, GBytes *bytes)
{
  TrustWanted *wanted = g_new0 (TrustWanted, 1);

  wanted->name = name;
  wanted->link = link;
  wanted->bytes = bytes;
  if (link != NULL)
    trust_wanted_digest_link (link, &wanted->digest);
  else
    trust_fingerprint_of (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &wanted->digest);
  g_ptr_array_add (task->entries, wanted);
}

static int
compare_wanted (gconstpointer a, gconstpointer b)
{
  /* As hash names count: .2 before .10. */
  return strverscmp ((*(const TrustWanted *const *) a)->name, (*(const TrustWanted *const *) b)->name);
}

static void
make_folder (TrustTask *task, const TrustEmitterInput *input)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_entry_free);

  task->emitter->list (input, entries);
  for (guint i = 0; i < entries->len; i++)
    {
      TrustEntry *entry = entries->pdata[i];

      want (task, g_steal_pointer (&entry->name), g_steal_pointer (&entry->link), g_steal_pointer (&entry->bytes));
    }
  g_ptr_array_sort (task->entries, compare_wanted);
}

guint
trust_task_get_mode (const TrustTask *task)
{
  return task->output != NULL ? task->output->mode : 0644;
}

gboolean
trust_task_make (TrustTask *task, const TrustSnapshot *snapshot, GBytes *before, GHashTable *ours, GError **error)
{
  TrustEmitterInput input = { .set = task->fits, .before = before, .ours = ours, .snapshot = snapshot };
  GBytes *bytes = NULL;

  g_clear_pointer (&task->entries, g_ptr_array_unref);
  task->entries = g_ptr_array_new_with_free_func (wanted_free);
  if (task->emitter == NULL && task->output == NULL)
    return TRUE;
  if (task->emitter == NULL)
    {
      want (task, g_path_get_basename (task->path), g_strdup (task->output->target), NULL);
      return TRUE;
    }
  input.purpose = task->output != NULL ? task->output->purpose : NULL;
  input.options = task->output != NULL ? task->output->options : NULL;
  if (task->kind == TRUST_HELD_FOLDER)
    {
      make_folder (task, &input);
      return TRUE;
    }
  bytes = trust_emitter_write (task->emitter, &input, error);
  if (bytes == NULL)
    return FALSE;
  /* A shared file with nothing left in it goes. */
  if (task->kind == TRUST_HELD_MERGED && g_bytes_get_size (bytes) == 0)
    g_bytes_unref (bytes);
  else
    want (task, g_path_get_basename (task->path), NULL, bytes);
  return TRUE;
}

TrustLook *
trust_look_new (TrustTask *task, TrustHeld *held)
{
  TrustLook *look = g_new0 (TrustLook, 1);

  look->task = task;
  look->held = held;
  look->steps = g_array_new (FALSE, FALSE, sizeof (TrustStep));
  look->drift = g_ptr_array_new_with_free_func (g_free);
  look->faults = g_ptr_array_new_with_free_func (g_free);
  return look;
}

void
trust_look_free (TrustLook *look)
{
  g_array_unref (look->steps);
  g_ptr_array_unref (look->drift);
  g_ptr_array_unref (look->faults);
  g_free (look);
}
