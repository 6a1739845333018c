/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* The outputs of a consumer given back: what anchord made goes, what stood there comes back, and what the distribution's tool makes is left as that
 * would make it. What somebody else wrote meanwhile is left, and told. */
#include "core/consumers/placed-standing.h"
#include "core/consumers/placed.h"

#include "core/limits.h"
#include "core/stood.h"
#include "core/text.h"

#include <string.h>

/* It makes Java's keystore where there is none, and only there. */
#define DEBIAN_JAVA_HOOK "/etc/ca-certificates/update.d/jks-keystore"

/* One output on its way back. */
typedef struct
{
  TrustTask *task; /* (owned) */
  TrustLook *look; /* (owned) */
  TrustStood stood;
  TrustStanding found; /* of an output that is no folder */
  gboolean restores;   /* what stood there comes back */
} Item;

typedef struct
{
  const TrustOutputsRun *run;
  const char *name;
  GPtrArray *manifest;
  GPtrArray *items; /* (owned) of Item* */
  GPtrArray *looks; /* (owned) of TrustLook*, borrowed */
  char *made_of;    /* (owned) */
} Release;

static void
item_free (gpointer data)
{
  Item *item = data;

  trust_standing_clear (&item->found);
  trust_stood_clear (&item->stood);
  g_clear_pointer (&item->look, trust_look_free);
  g_clear_pointer (&item->task, trust_task_free);
  g_free (item);
}

static void
release_clear (Release *release)
{
  g_ptr_array_unref (release->looks);
  g_ptr_array_unref (release->items);
  g_free (release->made_of);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Release, release_clear)

static void
add_step (Item *item, TrustStepKind kind, const char *name, const TrustWanted *wanted)
{
  TrustStep step = { kind, name, wanted };

  g_array_append_val (item->look->steps, step);
}

static void
tell_foreign (Item *item, const char *path, guint uid)
{
  g_autofree char *shown = trust_text_printable (path, 0);

  g_ptr_array_add (item->look->drift, g_strdup_printf ("%s was changed by somebody else (uid %u), and is left there", shown, uid));
}

/* What the consumer's file says of HELD's place; NULL where it says nothing, or does not count. */
static const TrustPlacedOutput *
find_output (const Release *release, const TrustHeld *held)
{
  const TrustPlaced *placed = release->run->placed;

  for (guint i = 0; placed != NULL && (placed->fault == NULL || placed->last_good) && i < placed->outputs->len; i++)
    if (g_str_equal (((TrustPlacedOutput *) placed->outputs->pdata[i])->path, held->path))
      return placed->outputs->pdata[i];
  return NULL;
}

static TrustTask *
make_task (const Release *release, const TrustHeld *held, const TrustPlacedOutput *output, GError **error)
{
  const TrustOutputsRun *run = release->run;

  if (output == NULL || !output->keep)
    return trust_task_new_removal (held);
  return trust_task_new (output, trust_distribution_get_name (run->next->distribution), run->set, run->next->time, NULL, error);
}

char *
trust_outputs_digest_tool (const TrustSnapshot *snapshot)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < snapshot->states->len; i++)
    {
      const TrustSourceState *state = snapshot->states->pdata[i];

      if (state->layer != TRUST_LAYER_DISTRIBUTION && !state->foreign)
        continue;
      for (guint n = 0; n < state->files->len; n++)
        {
          const TrustSourceFile *file = state->files->pdata[n];
          const char *path = trust_origin_get_path (file->origin);

          g_checksum_update (sum, (const guchar *) path, (gssize) strlen (path) + 1);
          g_checksum_update (sum, file->digest.bytes, sizeof file->digest.bytes);
        }
    }
  return g_strdup (g_checksum_get_string (sum));
}

/* Does BYTES show just the anchors that the tool would, and say just that of them? Of the same sources the tool makes the same: SAME_SOURCES. */
static gboolean
holds_the_right (const TrustTask *task, GBytes *bytes, GBytes *wanted, gboolean same_sources)
{
  g_autoptr (GArray) certificates = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  g_autoptr (GHashTable) has = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  const TrustEmitter *emitter = task->emitter;
  gsize size = 0;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  guint n = trust_anchor_set_get_n_anchors (task->fits), n_has = 0;

  if (emitter == NULL || emitter->read == NULL || !emitter->read (data, size, certificates))
    return FALSE;
  for (guint i = 0; i < certificates->len; i++)
    {
      const TrustFingerprint *fingerprint = &g_array_index (certificates, TrustFingerprint, i);

      if (!g_hash_table_add (has, (gpointer) fingerprint))
        continue;
      /* What is refused, or neither trusted nor refused, stands in files that can say so. */
      if (trust_anchor_set_lookup (task->fits, fingerprint) != NULL)
        n_has++;
      else if (!(emitter->says & 1u << TRUST_LOSS_DISTRUST))
        return FALSE;
    }
  return n_has == n && (same_sources || emitter->is_within == NULL || (emitter->is_within (bytes, wanted) && emitter->is_within (wanted, bytes)));
}

/* The file is there because of anchord alone. */
static gboolean
is_anchords (const Release *release, const Item *item)
{
  TrustStat stat;

  return item->stood.kind == TRUST_STOOD_NOTHING
         && !(release->run->next->distribution == TRUST_DISTRIBUTION_DEBIAN && trust_root_lstat (release->run->root, DEBIAN_JAVA_HOOK, &stat));
}

/* The distribution's own file: as its tool would make it. */
static gboolean
look_at_kept (const Release *release, Item *item, const char *name, GError **error)
{
  GBytes *before = item->stood.kind == TRUST_STOOD_FILE ? item->stood.bytes : item->found.bytes;
  gboolean follows = item->task->emitter != NULL && item->task->emitter->follows;
  const TrustWanted *wanted = NULL;

  if (!trust_task_make (item->task, release->run->next, follows ? before : NULL, NULL, error))
    return FALSE;
  wanted = item->task->entries->len > 0 ? item->task->entries->pdata[0] : NULL;
  if (wanted == NULL || is_anchords (release, item))
    add_step (item, TRUST_STEP_REMOVE, name, NULL);
  else if (item->stood.kind == TRUST_STOOD_FILE && wanted->bytes != NULL
           && holds_the_right (item->task, item->stood.bytes, wanted->bytes, g_strcmp0 (item->stood.made_of, release->made_of) == 0))
    item->restores = TRUE;
  else if (!trust_fingerprint_equal (&wanted->digest, &item->found.digest)
           || (item->found.kind == TRUST_STANDING_FILE && (item->found.stat.mode & 07777) != trust_task_get_mode (item->task)))
    add_step (item, TRUST_STEP_WRITE, wanted->name, wanted);
  return TRUE;
}

/* Is what stands there now what stood there before? */
static gboolean
is_back (const Item *item)
{
  if (item->stood.kind == TRUST_STOOD_FILE && item->found.kind == TRUST_STANDING_FILE)
    return (item->found.stat.mode & 07777) == item->stood.mode && item->found.stat.uid == item->stood.uid
           && g_bytes_equal (item->found.bytes, item->stood.bytes);
  if (item->stood.kind == TRUST_STOOD_LINK && item->found.kind == TRUST_STANDING_LINK)
    {
      TrustFingerprint digest;

      trust_wanted_digest_link (item->stood.target, &digest);
      return trust_fingerprint_equal (&digest, &item->found.digest);
    }
  return FALSE;
}

static gboolean
look_at_file (const Release *release, Item *item, TrustHeld *held, GError **error)
{
  g_autofree char *name = g_path_get_basename (held->path);
  const char *own = NULL;

  trust_standing_look (release->run->root, held->path, NULL, NULL, &item->found);
  if (item->found.kind == TRUST_STANDING_NOTHING)
    return TRUE;
  if ((item->found.kind != TRUST_STANDING_FILE && item->found.kind != TRUST_STANDING_LINK) || !trust_held_has (held, name, &item->found.digest))
    {
      if (!is_back (item))
        tell_foreign (item, held->path, item->found.stat.uid);
      return TRUE;
    }
  g_hash_table_lookup_extended (held->entries, name, (gpointer *) &own, NULL);
  if (item->task->output != NULL)
    return look_at_kept (release, item, own, error);
  /* The consumer's file is gone or does not say any more how its bytes are made. */
  if (held->keep)
    return TRUE;
  if (item->stood.kind == TRUST_STOOD_FILE || item->stood.kind == TRUST_STOOD_LINK)
    item->restores = !is_back (item);
  else
    add_step (item, TRUST_STEP_REMOVE, own, NULL);
  return TRUE;
}

/* What others wrote in it stays; where nobody did, the file comes back as it was, to the byte. */
static gboolean
look_at_merged (const Release *release, Item *item, TrustHeld *held, GError **error)
{
  g_autofree char *name = g_path_get_basename (held->path);
  const TrustWanted *wanted = NULL;
  const char *own = NULL;
  gboolean is_ours;

  trust_standing_look (release->run->root, held->path, NULL, NULL, &item->found);
  if (item->found.kind == TRUST_STANDING_NOTHING || is_back (item))
    return TRUE;
  if (item->found.kind != TRUST_STANDING_FILE)
    {
      tell_foreign (item, held->path, item->found.stat.uid);
      return TRUE;
    }
  g_hash_table_lookup_extended (held->entries, name, (gpointer *) &own, NULL);
  is_ours = own != NULL && trust_held_has (held, name, &item->found.digest);
  item->restores = is_ours && item->stood.kind == TRUST_STOOD_FILE;
  if (item->restores)
    return TRUE;
  if (!(is_ours && item->stood.kind == TRUST_STOOD_NOTHING))
    {
      if (!trust_task_make (item->task, release->run->next, item->found.bytes, held->shown, error))
        return FALSE;
      wanted = item->task->entries->len > 0 ? item->task->entries->pdata[0] : NULL;
    }
  if (wanted != NULL && !trust_fingerprint_equal (&wanted->digest, &item->found.digest))
    add_step (item, TRUST_STEP_WRITE, wanted->name, wanted);
  else if (wanted == NULL && own != NULL)
    add_step (item, TRUST_STEP_REMOVE, own, NULL);
  return TRUE;
}

static void
look_at_entry (const Release *release, Item *item, TrustHeld *held, const char *name, const TrustWanted *wanted)
{
  g_autofree char *path = g_build_filename (held->path, name, NULL);
  g_auto (TrustStanding) found = { TRUST_STANDING_NOTHING };
  gboolean is_plain;

  trust_standing_look (release->run->root, path, NULL, NULL, &found);
  is_plain = found.kind == TRUST_STANDING_FILE || found.kind == TRUST_STANDING_LINK;
  if (found.kind == TRUST_STANDING_NOTHING)
    {
      if (wanted != NULL)
        add_step (item, TRUST_STEP_WRITE, name, wanted);
    }
  else if (wanted != NULL && is_plain && trust_fingerprint_equal (&found.digest, &wanted->digest))
    {
      if (found.kind == TRUST_STANDING_FILE && (found.stat.mode & 07777) != trust_task_get_mode (item->task))
        add_step (item, TRUST_STEP_WRITE, name, wanted);
    }
  else if (!is_plain || !trust_held_has (held, name, &found.digest))
    tell_foreign (item, path, found.stat.uid);
  else
    add_step (item, wanted != NULL ? TRUST_STEP_WRITE : TRUST_STEP_REMOVE, name, wanted);
}

static gboolean
look_at_folder (const Release *release, Item *item, TrustHeld *held, GError **error)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GList) names = NULL;

  if (item->task->output == NULL && held->keep)
    return TRUE;
  if (item->task->output != NULL && !trust_task_make (item->task, release->run->next, NULL, NULL, error))
    return FALSE;
  for (guint i = 0; i < item->task->entries->len; i++)
    {
      const TrustWanted *one = item->task->entries->pdata[i];

      g_hash_table_add (wanted, one->name);
      look_at_entry (release, item, held, one->name, one);
    }
  names = g_list_sort (g_hash_table_get_keys (held->entries), (GCompareFunc) strverscmp);
  for (GList *l = names; l != NULL; l = l->next)
    if (!g_hash_table_contains (wanted, l->data))
      look_at_entry (release, item, held, l->data, NULL);
  return TRUE;
}

static gboolean
look_at (Release *release, TrustHeld *held, GError **error)
{
  Item *item = g_new0 (Item, 1);

  g_ptr_array_add (release->items, item);
  item->task = make_task (release, held, find_output (release, held), error);
  if (item->task == NULL || !trust_stood_read (release->run->root, held->path, &item->stood, error))
    return FALSE;
  item->look = trust_look_new (item->task, held);
  g_ptr_array_add (release->looks, item->look);
  switch (held->kind)
    {
    case TRUST_HELD_FOLDER:
      return look_at_folder (release, item, held, error);
    case TRUST_HELD_MERGED:
      return look_at_merged (release, item, held, error);
    default:
      return look_at_file (release, item, held, error);
    }
}

static guint
count_steps (const Release *release)
{
  guint n = 0;

  for (guint i = 0; i < release->looks->len; i++)
    n += ((TrustLook *) release->looks->pdata[i])->steps->len;
  return n;
}

static gboolean
put_back (const Release *release, GError **error)
{
  for (guint i = 0; i < release->items->len; i++)
    {
      const Item *item = release->items->pdata[i];

      if (item->restores && !is_back (item) && !trust_stood_restore (release->run->root, item->look->held->path, &item->stood, error))
        return FALSE;
    }
  return TRUE;
}

/* The records first: one that outlived its manifest would be taken for what stood there when anchord comes back. */
static gboolean
let_go (const Release *release, GError **error)
{
  TrustRoot *root = release->run->root;

  for (guint i = 0; i < release->manifest->len; i++)
    if (!trust_stood_forget (root, ((TrustHeld *) release->manifest->pdata[i])->path, error))
      return FALSE;
  g_ptr_array_set_size (release->manifest, 0);
  if (!trust_manifest_write (root, release->name, release->manifest, error))
    return FALSE;
  trust_placed_forget_good (root, release->name);
  return TRUE;
}

gboolean
trust_outputs_release (const TrustOutputsRun *run, const char *name, GPtrArray *manifest, GPtrArray *drift, GError **error)
{
  g_auto (Release) release = {
    run, name, manifest, g_ptr_array_new_with_free_func (item_free), g_ptr_array_new (), trust_outputs_digest_tool (run->next)
  };
  g_autoptr (GPtrArray) fresh = g_ptr_array_new ();
  const TrustOutputsWrite write = { run->root, name, run->placed, manifest, release.looks, fresh };

  for (guint i = manifest->len; i > 0; i--)
    if (!look_at (&release, manifest->pdata[i - 1], error))
      return FALSE;
  if ((count_steps (&release) > 0 && !trust_outputs_write (&write, error)) || !put_back (&release, error))
    return FALSE;
  for (guint i = 0; i < release.looks->len; i++)
    {
      const TrustLook *look = release.looks->pdata[i];

      for (guint n = 0; n < look->drift->len; n++)
        g_ptr_array_add (drift, g_strdup (look->drift->pdata[n]));
    }
  /* The looks borrow what goes now. */
  return let_go (&release, error);
}
