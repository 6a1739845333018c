/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands where an output should be: anchord's, or somebody else's, and what is to be done about it. */
#include "core/consumers/placed-standing.h"
#include "core/consumers/placed.h"

#include "core/error.h"
#include "core/limits.h"
#include "core/text.h"

#include <errno.h>
#include <string.h>

/* Foreign files of a folder that are looked into, and certificates that are named in one line. */
#define MAX_FOREIGN 64u
#define MAX_NAMED 8u

typedef struct
{
  TrustRoot *root;
  TrustLook *look;
  const TrustSnapshot *snapshot;
  TrustPublishFlags flags;
  gboolean again;      /* anchors were withdrawn */
  GHashTable *present; /* (owned) (nullable) a set of char* (owned): the names in a folder; NULL: not listed */
  gboolean same;       /* it is made of what it was made of last time */
} Looking;

G_GNUC_PRINTF (2, 3)
static void
tell (GPtrArray *out, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (out, g_strdup_vprintf (format, args));
  va_end (args);
}

static void
add_step (Looking *looking, TrustStepKind kind, const char *name, const TrustWanted *wanted)
{
  TrustStep step = { kind, name, wanted };

  g_array_append_val (looking->look->steps, step);
}

static void
keep_stat (TrustHeld *held, const char *name, const TrustStat *stat)
{
  g_hash_table_insert (held->stats, g_strdup (name), g_memdup2 (stat, sizeof *stat));
}

/* Does anchord know the certificate: trusted or refused here, or what it has shown there itself? */
static gboolean
is_known (const Looking *looking, const TrustFingerprint *fingerprint)
{
  const TrustTask *task = looking->look->task;

  return trust_anchor_set_lookup (looking->snapshot->set, fingerprint) != NULL
         || trust_anchor_set_lookup_distrust (looking->snapshot->set, fingerprint) != NULL
         || (task->set != NULL && trust_anchor_set_lookup (task->set, fingerprint) != NULL)
         || g_hash_table_contains (looking->look->held->shown, fingerprint);
}

/* "SHA…, SHA… and 3 more" of FINGERPRINTS, with their titles where they are known. Returns: (transfer full). */
static char *
name_some (const Looking *looking, const GArray *fingerprints)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < MIN (fingerprints->len, MAX_NAMED); i++)
    {
      const TrustFingerprint *fingerprint = &g_array_index (fingerprints, TrustFingerprint, i);
      const TrustAnchor *anchor = trust_anchor_set_lookup (looking->snapshot->set, fingerprint);
      g_autofree char *title = anchor != NULL ? trust_certificate_dup_title (trust_anchor_get_certificate (anchor)) : NULL;
      g_autofree char *shown = title != NULL ? trust_text_printable (title, TRUST_LIMIT_DIALOG_CHARS) : NULL;
      char hex[TRUST_FINGERPRINT_HEX];

      trust_fingerprint_to_hex (fingerprint, hex);
      g_string_append_printf (out, "%s%.16s", i > 0 ? ", " : "", hex);
      if (shown != NULL)
        g_string_append_printf (out, " \"%s\"", shown);
    }
  if (fingerprints->len > MAX_NAMED)
    g_string_append_printf (out, " and %u more", fingerprints->len - MAX_NAMED);
  return g_string_free (out, FALSE);
}

/* The certificates of BYTES into EXTRA (not known) and HAS (a set of pointers into CERTIFICATES). FALSE: it can't be told. */
static gboolean
read_certificates (const Looking *looking, GBytes *bytes, GArray *certificates, GArray *extra, GHashTable *has)
{
  const TrustEmitter *emitter = looking->look->task->emitter;
  gsize size = 0;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  if (emitter == NULL || emitter->read == NULL || !emitter->read (data, size, certificates))
    return FALSE;
  for (guint i = 0; i < certificates->len; i++)
    {
      const TrustFingerprint *fingerprint = &g_array_index (certificates, TrustFingerprint, i);

      if (g_hash_table_add (has, (gpointer) fingerprint) && !is_known (looking, fingerprint))
        g_array_append_vals (extra, fingerprint, 1);
    }
  return TRUE;
}

/* What was shown and is not in HAS any more was withdrawn; what is back is not. */
static void
note_withdrawn (Looking *looking, GHashTable *has)
{
  TrustHeld *held = looking->look->held;
  g_autoptr (GArray) missing = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, held->shown);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (has, key) && !g_hash_table_contains (held->withdrawn, key)
        && trust_anchor_set_lookup (looking->look->task->fits, key) != NULL)
      g_array_append_vals (missing, key, 1);
  if (missing->len == 0 || (looking->flags & TRUST_PUBLISH_REPAIR))
    return;
  for (guint i = 0; i < missing->len; i++)
    g_hash_table_add (held->withdrawn, g_memdup2 (&g_array_index (missing, TrustFingerprint, i), sizeof (TrustFingerprint)));
  looking->again = TRUE;
}

static int
compare_fingerprints (gconstpointer a, gconstpointer b)
{
  return trust_fingerprint_compare (a, b);
}

/* At each look, not at the first alone: until they are asked for again. */
static void
tell_withdrawn (const Looking *looking)
{
  TrustLook *look = looking->look;
  g_autoptr (GArray) missing = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  g_autofree char *names = NULL, *shown = trust_text_printable (look->task->path, 0);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, look->held->withdrawn);
  while (look->task->all != NULL && g_hash_table_iter_next (&iter, &key, NULL))
    if (trust_anchor_set_lookup (look->task->all, key) != NULL)
      g_array_append_vals (missing, key, 1);
  if (missing->len == 0)
    return;
  g_array_sort (missing, compare_fingerprints);
  names = name_some (looking, missing);
  tell (look->drift, "%s: somebody took out %s; it stays out until `anchorctl consumer repair`", shown, names);
}

/* Is what is in HAS just what the output shows? What is refused stands in files that say so. */
static gboolean
shows_the_same (const Looking *looking, GHashTable *has)
{
  const TrustAnchorSet *fits = looking->look->task->fits;
  gboolean says_refusals = (looking->look->task->emitter->says & 1u << TRUST_LOSS_DISTRUST) != 0;
  guint n = trust_anchor_set_get_n_anchors (fits), n_has = g_hash_table_size (has);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, has);
  while (says_refusals && g_hash_table_iter_next (&iter, &key, NULL))
    if (trust_anchor_set_lookup (fits, key) == NULL && trust_anchor_set_lookup_distrust (looking->snapshot->set, key) != NULL)
      n_has--;
  if (n_has != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!g_hash_table_contains (has, trust_anchor_get_fingerprint (trust_anchor_set_get_anchor (fits, i))))
      return FALSE;
  return TRUE;
}

/* Are CERTIFICATES, of another's file in a folder, those of WANTED? */
static gboolean
holds_the_same (const Looking *looking, const TrustWanted *wanted, const GArray *certificates)
{
  g_autoptr (GArray) ours = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  gsize size = 0;
  const void *data = wanted->bytes != NULL ? g_bytes_get_data (wanted->bytes, &size) : NULL;

  return data != NULL && looking->look->task->emitter->read (data, size, ours) && ours->len == certificates->len && ours->len > 0
         && memcmp (ours->data, certificates->data, ours->len * sizeof (TrustFingerprint)) == 0;
}

/* Do BYTES, with the certificates of WANTED, say no more of them? */
static gboolean
says_no_more (const TrustEmitter *emitter, const TrustWanted *wanted, GBytes *bytes)
{
  return emitter->is_within == NULL || wanted->bytes == NULL || emitter->is_within (bytes, wanted->bytes);
}

/* Bytes that are not ours stand where WANTED should. */
static void
judge_foreign (Looking *looking, const char *path, const TrustWanted *wanted, const TrustStanding *found)
{
  TrustLook *look = looking->look;
  g_autoptr (GArray) certificates = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint)),
                     extra = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  g_autoptr (GHashTable) has = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  g_autofree char *names = NULL, *shown = trust_text_printable (path, 0);
  g_autoptr (GBytes) bytes = NULL;
  const TrustEmitter *emitter = look->task->emitter;
  gboolean is_file = look->task->kind == TRUST_HELD_FILE, has_certificates = is_file && emitter != NULL && !emitter->names_only;
  gboolean has_limits = emitter != NULL && (emitter->says & (1u << TRUST_LOSS_CONSTRAINTS | 1u << TRUST_LOSS_KEY_DISTRUST)) != 0;

  if (looking->flags & TRUST_PUBLISH_FORCE)
    {
      add_step (looking, TRUST_STEP_WRITE, wanted->name, wanted);
      return;
    }
  /* A link of another tool's is what it leads to. */
  if (found->kind == TRUST_STANDING_LINK && wanted->link != NULL)
    bytes = trust_root_read (looking->root, path, TRUST_LIMIT_CERTIFICATE_BYTES * 4, NULL, NULL);
  else if (found->kind == TRUST_STANDING_FILE && found->bytes != NULL)
    bytes = g_bytes_ref (found->bytes);
  if (bytes == NULL || !read_certificates (looking, bytes, certificates, extra, has))
    {
      tell (look->faults, "%s is %s; look at it, then move it away or use `anchorctl consumer repair --force`", shown,
            found->words != NULL ? found->words : "not what anchord wrote, and what it holds cannot be told here");
      return;
    }
  if (extra->len > 0)
    {
      names = name_some (looking, extra);
      tell (look->faults, "%s holds %s, which anchord does not know; `anchorctl add` what is to be trusted, then `anchorctl consumer repair --force`",
            shown, names);
      return;
    }
  if (has_certificates)
    note_withdrawn (looking, has);
  /* Another's bytes for the same anchors will do, as a keystore that a package's own tool wrote; not where limits stand beside them. */
  if (has_limits || !says_no_more (emitter, wanted, bytes) ? FALSE
      : is_file                                            ? shows_the_same (looking, has)
                                                           : found->kind == TRUST_STANDING_FILE && holds_the_same (looking, wanted, certificates))
    {
      /* Alone: beside ours of before it would be one of two states, and written over. */
      g_hash_table_remove (look->held->entries, wanted->name);
      trust_held_add (look->held, wanted->name, &found->digest);
      keep_stat (look->held, wanted->name, &found->stat);
      look->adopted = TRUE;
      return;
    }
  if (looking->again)
    return;
  tell (look->drift, "%s was changed by somebody else", shown);
  if (!(looking->flags & TRUST_PUBLISH_LOOK))
    trust_held_add (look->held, wanted->name, &found->digest);
  add_step (looking, TRUST_STEP_WRITE, wanted->name, wanted);
}

/* Of a folder, all names at once: most of a new one's entries are not there. */
static void
list_present (Looking *looking)
{
  g_autoptr (GPtrArray) names = trust_root_list (looking->root, looking->look->task->folder);

  if (names == NULL && errno != ENOENT)
    return;
  looking->present = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; names != NULL && i < names->len; i++)
    g_hash_table_add (looking->present, g_strdup (names->pdata[i]));
}

static void
look_at_wanted (Looking *looking, const TrustWanted *wanted)
{
  TrustLook *look = looking->look;
  TrustHeld *held = look->held;
  g_autofree char *path = g_build_filename (look->task->folder, wanted->name, NULL), *shown = NULL;
  const GArray *digests = g_hash_table_lookup (held->entries, wanted->name);
  const TrustStat *known = g_hash_table_lookup (held->stats, wanted->name);
  gboolean was_right = digests != NULL && digests->len == 1
                       && trust_fingerprint_equal (&g_array_index (digests, TrustFingerprint, 0), &wanted->digest);
  g_auto (TrustStanding) found = { .kind = TRUST_STANDING_NOTHING };
  guint mode = trust_task_get_mode (look->task);

  /* What this state wrote and nobody has touched since is not looked at again. */
  if (was_right && (looking->flags & TRUST_PUBLISH_INCREMENTAL) && !(looking->flags & TRUST_PUBLISH_REPAIR))
    return;
  if (looking->present == NULL || g_hash_table_contains (looking->present, wanted->name))
    trust_standing_look (looking->root, path, was_right ? known : NULL, &wanted->digest, &found);
  if (found.kind == TRUST_STANDING_NOTHING)
    {
      if (digests == NULL || trust_held_has (held, wanted->name, &trust_held_absent) || (looking->flags & TRUST_PUBLISH_REPAIR))
        {
          add_step (looking, TRUST_STEP_WRITE, wanted->name, wanted);
          return;
        }
      shown = trust_text_printable (path, 0);
      tell (look->faults, "%s was taken away by somebody; `anchorctl consumer repair` puts it back", shown);
      g_hash_table_insert (held->entries, g_strdup (wanted->name), g_array_new (FALSE, FALSE, sizeof (TrustFingerprint)));
      return;
    }
  if ((found.kind == TRUST_STANDING_FILE || (found.kind == TRUST_STANDING_LINK && wanted->link != NULL))
      && trust_fingerprint_equal (&found.digest, &wanted->digest))
    {
      if (found.kind == TRUST_STANDING_FILE && (found.stat.mode & 07777) != mode)
        add_step (looking, TRUST_STEP_WRITE, wanted->name, wanted);
      else if (found.kind == TRUST_STANDING_FILE)
        keep_stat (held, wanted->name, &found.stat);
      /* Without that in the manifest, nobody would take it away. */
      look->adopted = look->adopted || digests == NULL;
      if (digests != NULL || !(looking->flags & TRUST_PUBLISH_LOOK))
        trust_held_add (held, wanted->name, &wanted->digest);
      return;
    }
  if (look->task->kind == TRUST_HELD_MERGED && found.kind == TRUST_STANDING_FILE)
    add_step (looking, TRUST_STEP_WRITE, wanted->name, wanted);
  else if (looking->same && digests != NULL && digests->len == 1 && trust_held_has (held, wanted->name, &found.digest))
    {
      /* Another's bytes that were taken over. */
      if (found.kind == TRUST_STANDING_FILE)
        keep_stat (held, wanted->name, &found.stat);
    }
  else if ((found.kind == TRUST_STANDING_FILE || found.kind == TRUST_STANDING_LINK) && trust_held_has (held, wanted->name, &found.digest))
    add_step (looking, TRUST_STEP_WRITE, wanted->name, wanted);
  else
    judge_foreign (looking, path, wanted, &found);
}

/* What stands there by our hand and is not wanted any more. */
static void
look_at_unwanted (Looking *looking, const char *name)
{
  TrustLook *look = looking->look;
  g_autofree char *path = g_build_filename (look->task->folder, name, NULL), *shown = trust_text_printable (path, 0);
  g_auto (TrustStanding) found = { .kind = TRUST_STANDING_NOTHING };

  if (look->task->output == NULL && look->held->keep)
    return;
  trust_standing_look (looking->root, path, NULL, NULL, &found);
  if (found.kind == TRUST_STANDING_NOTHING)
    return;
  if (look->task->kind == TRUST_HELD_MERGED
      || ((found.kind == TRUST_STANDING_FILE || found.kind == TRUST_STANDING_LINK) && trust_held_has (look->held, name, &found.digest))
      || (looking->flags & TRUST_PUBLISH_FORCE))
    add_step (looking, TRUST_STEP_REMOVE, name, NULL);
  else
    tell (look->drift, "%s was changed by somebody else (uid %u), and is left there", shown, found.stat.uid);
}

static TrustWanted *
find_wanted (const TrustTask *task, const char *name)
{
  guint low = 0, high = task->entries->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      TrustWanted *wanted = task->entries->pdata[middle];
      int order = strverscmp (wanted->name, name);

      if (order == 0)
        return wanted;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return NULL;
}

/* What others put into the folder, and trusts what is not trusted here. */
static void
look_at_others (Looking *looking)
{
  TrustLook *look = looking->look;
  g_autoptr (GPtrArray) names = trust_root_list (looking->root, look->task->folder);
  guint n = 0;

  for (guint i = 0; names != NULL && i < names->len && n < MAX_FOREIGN; i++)
    {
      const char *name = names->pdata[i];
      g_autofree char *path = g_build_filename (look->task->folder, name, NULL), *shown = trust_text_printable (path, 0);
      g_autoptr (GArray) certificates = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
      g_auto (TrustStanding) found = { .kind = TRUST_STANDING_NOTHING };
      const TrustFingerprint *odd = NULL;

      if (*name == '.' || g_hash_table_contains (look->held->entries, name)
          || (look->task->entries != NULL && find_wanted (look->task, name) != NULL))
        continue;
      n++;
      trust_standing_look (looking->root, path, NULL, NULL, &found);
      if (found.kind != TRUST_STANDING_FILE || look->task->emitter->read == NULL)
        continue;
      /* Whatever else is in it: the certificates before that count for its readers. */
      look->task->emitter->read (g_bytes_get_data (found.bytes, NULL), g_bytes_get_size (found.bytes), certificates);
      for (guint c = 0; odd == NULL && c < certificates->len; c++)
        if (trust_anchor_set_lookup (look->task->set, &g_array_index (certificates, TrustFingerprint, c)) == NULL)
          odd = &g_array_index (certificates, TrustFingerprint, c);
      if (odd != NULL)
        {
          char hex[TRUST_FINGERPRINT_HEX];

          trust_fingerprint_to_hex (odd, hex);
          tell (look->drift, "%s, of uid %u, trusts %.16s, which is not trusted here", shown, found.stat.uid, hex);
        }
    }
}

/* Does all that HELD tells of stand there, and nothing of it twice? Then nothing has to be made. */
static gboolean
stands_as_it_was (const Looking *looking)
{
  TrustHeld *held = looking->look->held;
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, held->entries);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const GArray *digests = value;
      g_autofree char *path = NULL;
      g_auto (TrustStanding) found = { .kind = TRUST_STANDING_NOTHING };
      const TrustFingerprint *right = NULL;

      if (digests->len != 1)
        return FALSE;
      right = &g_array_index (digests, TrustFingerprint, 0);
      path = g_build_filename (looking->look->task->folder, key, NULL);
      trust_standing_look (looking->root, path, g_hash_table_lookup (held->stats, key), right, &found);
      if ((found.kind != TRUST_STANDING_FILE && found.kind != TRUST_STANDING_LINK) || !trust_fingerprint_equal (&found.digest, right))
        return FALSE;
      if (found.kind == TRUST_STANDING_FILE && (found.stat.mode & 07777) != trust_task_get_mode (looking->look->task))
        return FALSE;
      if (found.kind == TRUST_STANDING_FILE)
        keep_stat (held, key, &found.stat);
    }
  return TRUE;
}

static gboolean
make_entries (Looking *looking, GError **error)
{
  TrustLook *look = looking->look;
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GError) local = NULL;

  if (look->task->entries != NULL && look->task->kind != TRUST_HELD_MERGED)
    return TRUE;
  /* A file that can't be read gives no order. */
  if (look->task->kind == TRUST_HELD_FILE && look->task->emitter != NULL && look->task->emitter->follows)
    before = trust_root_read (looking->root, look->task->path, TRUST_LIMIT_OUTPUT_BYTES, NULL, NULL);
  if (look->task->kind != TRUST_HELD_MERGED)
    return trust_task_make (look->task, looking->snapshot, before, NULL, error);
  before = trust_root_read (looking->root, look->task->path, TRUST_LIMIT_OUTPUT_BYTES, NULL, &local);
  if (before == NULL && !g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return trust_task_make (look->task, looking->snapshot, before, look->held->shown, error);
}

static gboolean
look_at (Looking *looking)
{
  TrustLook *look = looking->look;
  TrustPublishFlags flags = looking->flags;
  TrustTask *task = look->task;
  TrustHeld *held = look->held;
  gboolean same = task->has_input && held->has_input && trust_fingerprint_equal (&task->input, &held->input) && !(flags & TRUST_PUBLISH_REPAIR)
                  && task->kind != TRUST_HELD_MERGED && (task->emitter == NULL || !task->emitter->adds);
  g_autoptr (GError) error = NULL;
  g_autoptr (GList) names = NULL;

  looking->same = same;
  if (same && ((flags & TRUST_PUBLISH_INCREMENTAL) || stands_as_it_was (looking)))
    {
      if (task->kind == TRUST_HELD_FOLDER && !(flags & TRUST_PUBLISH_INCREMENTAL))
        look_at_others (looking);
      return TRUE;
    }
  if (!make_entries (looking, &error))
    {
      g_ptr_array_add (look->faults, trust_text_printable (error->message, 0));
      return TRUE;
    }
  if (task->kind == TRUST_HELD_FOLDER)
    list_present (looking);
  for (guint i = 0; i < task->entries->len; i++)
    look_at_wanted (looking, task->entries->pdata[i]);
  g_clear_pointer (&looking->present, g_hash_table_unref);
  if (looking->again)
    return FALSE;
  names = g_list_sort (g_hash_table_get_keys (held->entries), (GCompareFunc) strcmp);
  for (GList *l = names; l != NULL; l = l->next)
    if (find_wanted (task, l->data) == NULL)
      look_at_unwanted (looking, l->data);
  if (task->kind == TRUST_HELD_FOLDER && task->output != NULL && !(flags & TRUST_PUBLISH_INCREMENTAL))
    look_at_others (looking);
  return TRUE;
}

gboolean
trust_look_at (TrustRoot *root, TrustLook *look, const TrustSnapshot *snapshot, TrustPublishFlags flags)
{
  Looking looking = { .root = root, .look = look, .snapshot = snapshot, .flags = flags };

  if (!look_at (&looking))
    return FALSE;
  tell_withdrawn (&looking);
  return TRUE;
}
