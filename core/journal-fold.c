/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/journal-fold.h"

#include "core/error.h"
#include "core/journal-chain.h"

#include <string.h>

struct _TrustJournalFold
{
  GHashTable *states; /* (owned) char* (owned: fingerprint or title, and place) -> TrustJournalState* (owned) */
  GHashTable *files;  /* (owned) char* (borrowed) -> TrustJournalTreeFile* (owned) */
  TrustSpan pending;  /* the intent that no done has followed yet; no size: none */
  guint64 pending_generation;
  gint64 pending_time;
  guint64 generation;
  gint64 time;
  GPtrArray *maps; /* (owned) of GMappedFile* */
};

/* What a row of an intent or a state says, as it stands. */
typedef struct
{
  TrustSpan fingerprint, title, before, after;
  gint64 generation, time;
} Row;

static void
state_free (TrustJournalState *state)
{
  g_free (state->title);
  g_free (state->settings);
  g_free (state);
}

static void
file_free (TrustJournalTreeFile *file)
{
  g_free (file->path);
  g_free (file);
}

TrustJournalFold *
trust_journal_fold_new (void)
{
  TrustJournalFold *fold = g_new0 (TrustJournalFold, 1);

  fold->states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) state_free);
  fold->files = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) file_free);
  fold->maps = g_ptr_array_new_with_free_func ((GDestroyNotify) g_mapped_file_unref);
  return fold;
}

void
trust_journal_fold_free (TrustJournalFold *fold)
{
  if (fold == NULL)
    return;
  g_hash_table_unref (fold->states);
  g_hash_table_unref (fold->files);
  g_ptr_array_unref (fold->maps);
  g_free (fold);
}

const char *
trust_journal_get_place (const char *settings)
{
  const char *at = g_strrstr (settings, " in app/");
  const char *name = at != NULL ? at + strlen (" in app/") : NULL;

  if (name == NULL || *name == '\0')
    return "";
  for (const char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("._-", *p) == NULL)
      return "";
  return at + strlen (" in ");
}

static gboolean
is_nothing (const char *settings)
{
  static const char *const words[] = { "", "not kept", "no store", "disabled" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (settings, words[i]))
      return TRUE;
  return FALSE;
}

static gboolean
read_row (TrustJournalCursor *cursor, Row *row)
{
  gboolean first = TRUE;
  TrustSpan name;

  memset (row, 0, sizeof *row);
  if (!trust_journal_cursor_enter (cursor, '{'))
    return FALSE;
  while (trust_journal_cursor_next (cursor, '}', &first) && trust_journal_cursor_name (cursor, &name))
    if (trust_journal_span_is (name, "sha256"))
      trust_journal_cursor_string (cursor, &row->fingerprint);
    else if (trust_journal_span_is (name, "title"))
      trust_journal_cursor_string (cursor, &row->title);
    else if (trust_journal_span_is (name, "before"))
      trust_journal_cursor_string (cursor, &row->before);
    else if (trust_journal_span_is (name, "after") || trust_journal_span_is (name, "settings"))
      trust_journal_cursor_string (cursor, &row->after);
    else if (trust_journal_span_is (name, "generation"))
      trust_journal_cursor_number (cursor, &row->generation);
    else if (trust_journal_span_is (name, "time"))
      trust_journal_cursor_number (cursor, &row->time);
    else
      trust_journal_cursor_skip (cursor);
  return trust_journal_cursor_is_good (cursor) && (row->fingerprint.size == 0 || row->fingerprint.size == 64);
}

static void
set_text (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

/* A store that is gone takes along what it trusted: no rows of its certificates say so. */
static gboolean
is_in_store (gpointer key, gpointer value, gpointer store)
{
  return g_str_equal (trust_journal_get_place (((const TrustJournalState *) value)->settings), (const char *) store);
}

/* What ROW says is so since GENERATION. */
static gboolean
take_state (TrustJournalFold *fold, const Row *row, guint64 generation, gint64 time)
{
  g_autofree char *title = trust_journal_unescape (row->title), *before = trust_journal_unescape (row->before);
  g_autofree char *after = trust_journal_unescape (row->after), *key = NULL;
  TrustJournalState *state = NULL;
  const char *place = NULL;

  if (title == NULL || before == NULL || after == NULL)
    return FALSE;
  place = trust_journal_get_place (*after != '\0' ? after : before);
  key = row->fingerprint.size > 0 ? g_strdup_printf ("%.64s %s", (const char *) row->fingerprint.data, place)
                                  : g_strdup_printf ("%s\n%s", title, place);
  if (is_nothing (after))
    {
      g_hash_table_remove (fold->states, key);
      if (row->fingerprint.size == 0 && g_str_has_prefix (title, "app/"))
        g_hash_table_foreach_remove (fold->states, is_in_store, title);
      return TRUE;
    }
  state = g_hash_table_lookup (fold->states, key);
  if (state == NULL)
    {
      state = g_new0 (TrustJournalState, 1);
      memcpy (state->fingerprint, row->fingerprint.data != NULL ? (const char *) row->fingerprint.data : "", row->fingerprint.size);
      state->title = g_strdup ("");
      g_hash_table_insert (fold->states, g_steal_pointer (&key), state);
    }
  if (*title != '\0')
    set_text (&state->title, title);
  /* A row may say that only the label or the layer is another. */
  if (g_strcmp0 (state->settings, after) == 0)
    return TRUE;
  set_text (&state->settings, after);
  state->generation = generation;
  state->time = time;
  return TRUE;
}

static gboolean
take_states (TrustJournalFold *fold, TrustJournalCursor *cursor, guint64 generation, gint64 time)
{
  gboolean first = TRUE;
  Row row;

  if (!trust_journal_cursor_enter (cursor, '['))
    return FALSE;
  while (trust_journal_cursor_next (cursor, ']', &first))
    if (!read_row (cursor, &row)
        || !take_state (fold, &row, generation > 0 ? generation : (guint64) row.generation, generation > 0 ? time : row.time))
      return FALSE;
  return trust_journal_cursor_is_good (cursor);
}

/* PATH is as a file of an intent has it. CONTENT without data: it is gone. */
static void
take_file (TrustJournalFold *fold, const char *path, gint64 mode, TrustSpan content)
{
  TrustJournalTreeFile *file = NULL;

  if (!g_str_has_prefix (path, TRUST_JOURNAL_TREE) || g_str_has_suffix (path, "/"))
    return;
  if (content.data == NULL)
    {
      g_hash_table_remove (fold->files, path);
      return;
    }
  file = g_new0 (TrustJournalTreeFile, 1);
  file->path = g_strdup (path);
  file->mode = (guint32) mode;
  file->content = content;
  g_hash_table_replace (fold->files, file->path, file);
}

static char *
decode_path (TrustSpan raw)
{
  g_autofree char *text = trust_journal_unescape (raw);
  gsize size;
  g_autofree guchar *bytes = text != NULL ? g_base64_decode (text, &size) : NULL;

  return bytes != NULL ? g_strndup ((const char *) bytes, size) : NULL;
}

static gboolean
take_files (TrustJournalFold *fold, TrustJournalCursor *cursor)
{
  gboolean first = TRUE;

  if (!trust_journal_cursor_enter (cursor, '['))
    return FALSE;
  while (trust_journal_cursor_next (cursor, ']', &first))
    {
      gboolean first_member = TRUE;
      g_autofree char *path = NULL;
      TrustSpan name, text, content = { NULL, 0 };
      gint64 mode = 0;

      if (!trust_journal_cursor_enter (cursor, '{'))
        return FALSE;
      while (trust_journal_cursor_next (cursor, '}', &first_member) && trust_journal_cursor_name (cursor, &name))
        if (trust_journal_span_is (name, "path") && path == NULL && trust_journal_cursor_string (cursor, &text))
          path = trust_journal_unescape (text);
        else if (trust_journal_span_is (name, "path-base64") && path == NULL && trust_journal_cursor_string (cursor, &text))
          path = decode_path (text);
        else if (trust_journal_span_is (name, "content"))
          trust_journal_cursor_string (cursor, &content);
        else if (trust_journal_span_is (name, "mode"))
          trust_journal_cursor_number (cursor, &mode);
        else
          trust_journal_cursor_skip (cursor);
      if (!trust_journal_cursor_is_good (cursor) || path == NULL)
        return FALSE;
      take_file (fold, path, mode, content);
    }
  return trust_journal_cursor_is_good (cursor);
}

static gboolean
set_damaged (GError **error, const char *what)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED, "%s", what);
  return FALSE;
}

/* All of a record. GENERATION 0: each state says its own. `found` stood before `files` were written, and comes before them in a record. */
static gboolean
apply (TrustJournalFold *fold, TrustSpan json, guint64 generation, gint64 time)
{
  TrustJournalCursor cursor = { (const char *) json.data, (const char *) json.data + json.size };
  gboolean first = TRUE;
  TrustSpan name;

  if (!trust_journal_cursor_enter (&cursor, '{'))
    return FALSE;
  while (trust_journal_cursor_next (&cursor, '}', &first) && trust_journal_cursor_name (&cursor, &name))
    {
      gboolean taken = TRUE;

      if (trust_journal_span_is (name, "changes") || trust_journal_span_is (name, "states"))
        taken = take_states (fold, &cursor, generation, time);
      else if (trust_journal_span_is (name, "found") || trust_journal_span_is (name, "files"))
        taken = take_files (fold, &cursor);
      else
        trust_journal_cursor_skip (&cursor);
      if (!taken)
        return FALSE;
    }
  return trust_journal_cursor_is_good (&cursor);
}

static gboolean
take_done (TrustJournalFold *fold, guint64 generation, GError **error)
{
  TrustSpan pending = fold->pending;

  if (pending.size == 0 || fold->pending_generation != generation)
    return set_damaged (error, "it says that a change is done which was not begun");
  fold->pending = (TrustSpan) { NULL, 0 };
  if (!apply (fold, pending, generation, fold->pending_time))
    return set_damaged (error, "the intent before it holds a change or a file that is malformed");
  fold->generation = generation;
  fold->time = fold->pending_time;
  return TRUE;
}

gboolean
trust_journal_fold_feed (TrustJournalFold *fold, const char *json, gsize length, GError **error)
{
  TrustJournalPeek peek;

  if (!trust_journal_peek (json, length, &peek, error))
    return FALSE;
  if (peek.type == TRUST_JOURNAL_DONE)
    return take_done (fold, peek.generation, error);
  if (fold->pending.size > 0)
    return set_damaged (error, "it follows a change that is not done");
  if (peek.generation < fold->generation || (peek.type == TRUST_JOURNAL_INTENT && peek.generation == fold->generation))
    return set_damaged (error, "its generation is not higher than the one before");
  if (peek.type == TRUST_JOURNAL_INTENT)
    {
      fold->pending = (TrustSpan) { (const guint8 *) json, length };
      fold->pending_generation = peek.generation;
      fold->pending_time = peek.time;
      return TRUE;
    }
  g_hash_table_remove_all (fold->states);
  g_hash_table_remove_all (fold->files);
  fold->generation = peek.generation;
  fold->time = peek.time;
  return apply (fold, (TrustSpan) { (const guint8 *) json, length }, 0, 0) || set_damaged (error, "a state or a file in it is malformed");
}

gboolean
trust_journal_fold_feed_file (TrustJournalFold *fold, int fd, guint64 size, GError **error)
{
  GMappedFile *map = size > 0 ? g_mapped_file_new_from_fd (fd, FALSE, error) : NULL;
  const char *at = NULL, *end = NULL;
  guint64 sequence = 0;

  if (map == NULL)
    return size == 0;
  g_ptr_array_add (fold->maps, map);
  at = g_mapped_file_get_contents (map);
  end = at + MIN (size, g_mapped_file_get_length (map));
  while (at < end)
    {
      TrustJournalHeader header;
      g_autoptr (GError) reason = NULL;
      guint64 offset = (guint64) (at - g_mapped_file_get_contents (map));

      if (trust_journal_header_parse (at, MIN ((gsize) (end - at), 128), &header) != TRUST_JOURNAL_HEADER_WHOLE
          || header.size + header.length + 1 > (guint64) (end - at))
        return trust_journal_set_damaged (error, sequence + 1, offset, "its header is malformed");
      sequence = header.sequence;
      if (!trust_journal_fold_feed (fold, at + header.size, (gsize) header.length, &reason))
        return trust_journal_set_damaged (error, sequence, offset, reason->message);
      at += header.size + header.length + 1;
    }
  return TRUE;
}

guint64
trust_journal_fold_get_generation (const TrustJournalFold *fold)
{
  return fold->generation;
}

gint64
trust_journal_fold_get_time (const TrustJournalFold *fold)
{
  return fold->time;
}

guint64
trust_journal_fold_get_pending (const TrustJournalFold *fold)
{
  return fold->pending.size > 0 ? fold->pending_generation : 0;
}

static int
compare_states (gconstpointer a, gconstpointer b)
{
  const TrustJournalState *one = *(const TrustJournalState *const *) a, *two = *(const TrustJournalState *const *) b;
  int order = strcmp (one->fingerprint, two->fingerprint);

  if (order == 0)
    order = strcmp (one->title, two->title);
  return order != 0 ? order : strcmp (one->settings, two->settings);
}

static int
compare_files (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const TrustJournalTreeFile *const *) a)->path, (*(const TrustJournalTreeFile *const *) b)->path);
}

static GPtrArray *
list (GHashTable *table, GCompareFunc compare)
{
  GPtrArray *out = g_ptr_array_sized_new (g_hash_table_size (table));
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (out, value);
  g_ptr_array_sort (out, compare);
  return out;
}

GPtrArray *
trust_journal_fold_list_states (const TrustJournalFold *fold)
{
  return list (fold->states, compare_states);
}

GPtrArray *
trust_journal_fold_list_files (const TrustJournalFold *fold)
{
  return list (fold->files, compare_files);
}

const TrustJournalState *
trust_journal_fold_find_state (const TrustJournalFold *fold, const char *hex)
{
  g_autofree char *key = g_strconcat (hex, " ", NULL);

  return g_hash_table_lookup (fold->states, key);
}

const TrustJournalTreeFile *
trust_journal_fold_find_file (const TrustJournalFold *fold, const char *path)
{
  return g_hash_table_lookup (fold->files, path);
}

GBytes *
trust_journal_tree_file_decode (const TrustJournalTreeFile *file)
{
  g_autofree guchar *bytes = g_malloc (file->content.size / 4 * 3 + 3);
  int state = 0;
  guint save = 0;
  gsize size = g_base64_decode_step ((const char *) file->content.data, file->content.size, bytes, &state, &save);

  return g_bytes_new_take (g_steal_pointer (&bytes), size);
}
