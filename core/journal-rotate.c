/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/journal-rotate.h"

#include "core/atomic.h"
#include "core/error.h"
#include "core/journal-fold.h"
#include "core/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define CLOSED_HEAD "journal-"
#define CLOSED_DIGITS 20
#define NAME "journal"

void
trust_journal_closed_name (guint64 sequence, char out[32])
{
  g_snprintf (out, 32, CLOSED_HEAD "%0*" G_GUINT64_FORMAT, CLOSED_DIGITS, sequence);
}

static gboolean
read_name (const char *name, guint64 *out)
{
  const char *digits = name + strlen (CLOSED_HEAD);

  return g_str_has_prefix (name, CLOSED_HEAD) && strlen (digits) == CLOSED_DIGITS
         && g_ascii_string_to_unsigned (digits, 10, 1, G_MAXINT64, out, NULL);
}

GArray *
trust_journal_list_closed (TrustRoot *root, GError **error)
{
  g_autoptr (GPtrArray) names = trust_root_list (root, TRUST_JOURNAL_FOLDER);
  g_autoptr (GArray) out = g_array_new (FALSE, TRUE, sizeof (TrustJournalClosed));

  if (names == NULL && errno != ENOENT && errno != ENOTDIR)
    {
      trust_error_set_errno (error, errno, "cannot list", TRUST_JOURNAL_FOLDER);
      return NULL;
    }
  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      TrustJournalClosed closed = { 0 };
      g_autofree char *path = g_build_filename (TRUST_JOURNAL_FOLDER, names->pdata[i], NULL);
      TrustStat stat;

      if (!read_name (names->pdata[i], &closed.sequence) || !trust_root_lstat (root, path, &stat))
        continue;
      closed.size = (guint64) stat.size;
      g_strlcpy (closed.name, names->pdata[i], sizeof closed.name);
      g_array_append_val (out, closed);
    }
  return g_steal_pointer (&out);
}

static int
open_folder (TrustRoot *root, GError **error)
{
  int folder = trust_root_open_dir (root, TRUST_JOURNAL_FOLDER);

  if (folder < 0)
    trust_error_set_errno (error, errno, "cannot open", TRUST_JOURNAL_FOLDER);
  return folder;
}

/* Is the file NAME the one that is written to, or a copy of it? What else has its name is kept: it may be what was taken from there. */
static gboolean
is_second_name (TrustRoot *root, const char *name, const TrustJournalHeader *first)
{
  g_autofree char *path = g_build_filename (TRUST_JOURNAL_FOLDER, name, NULL);
  TrustStat one, two;
  TrustJournalHeader header = { 0 };
  int fd = -1;
  gboolean same = FALSE;

  if (!trust_root_lstat (root, TRUST_JOURNAL_PATH, &one) || !trust_root_lstat (root, path, &two))
    return FALSE;
  if (one.inode == two.inode && one.device == two.device)
    return TRUE;
  fd = trust_root_open (root, path, O_RDONLY | O_NOFOLLOW, 0);
  same = fd >= 0 && one.size == two.size && trust_journal_chain_read_header (fd, 0, (guint64) two.size, &header, NULL)
         && header.sequence == first->sequence && strcmp (header.hash, first->hash) == 0;
  if (fd >= 0)
    close (fd);
  return same;
}

gboolean
trust_journal_undo_close (TrustRoot *root, const TrustJournalHeader *first, GError **error)
{
  int folder = open_folder (root, error);
  char name[32];
  gboolean done = FALSE;

  if (folder < 0)
    return FALSE;
  trust_journal_closed_name (first->sequence, name);
  done = !is_second_name (root, name, first) || trust_atomic_remove (folder, name, error);
  close (folder);
  return done;
}

void
trust_journal_sweep (TrustRoot *root)
{
  int folder = trust_root_open_dir (root, TRUST_JOURNAL_FOLDER);

  if (folder < 0)
    return;
  trust_atomic_sweep (folder);
  close (folder);
}

static void
append_state (GString *out, const TrustJournalState *state)
{
  g_string_append_printf (out, "{\"sha256\":\"%s\",\"title\":", state->fingerprint);
  trust_journal_escape (out, state->title);
  g_string_append (out, ",\"settings\":");
  trust_journal_escape (out, state->settings);
  g_string_append_printf (out, ",\"generation\":%" G_GUINT64_FORMAT ",\"time\":%" G_GINT64_FORMAT "}", state->generation, state->time);
}

static void
append_file (GString *out, const TrustJournalTreeFile *file)
{
  g_string_append (out, "{\"path");
  if (g_utf8_validate (file->path, -1, NULL))
    {
      g_string_append (out, "\":");
      trust_journal_escape (out, file->path);
    }
  else
    {
      g_autofree char *text = g_base64_encode ((const guchar *) file->path, strlen (file->path));

      g_string_append_printf (out, "-base64\":\"%s\"", text);
    }
  g_string_append_printf (out, ",\"mode\":%u,\"content\":\"", file->mode);
  g_string_append_len (out, (const char *) file->content.data, (gssize) file->content.size);
  g_string_append (out, "\"}");
}

/* The JSON of a "begin" that follows the record with the hash PREVIOUS. Its time is that of what is so: it tells nothing that is newer. */
static GString *
write_begin (const TrustJournalFold *fold, const char *previous)
{
  GString *out = g_string_new (NULL);
  g_autoptr (GPtrArray) states = trust_journal_fold_list_states (fold), files = trust_journal_fold_list_files (fold);

  g_string_append_printf (out, "{\"type\":\"begin\",\"generation\":%" G_GUINT64_FORMAT ",\"time\":%" G_GINT64_FORMAT ",\"previous\":\"%s\"",
                          trust_journal_fold_get_generation (fold), trust_journal_fold_get_time (fold), previous);
  g_string_append (out, ",\"states\":[");
  for (guint i = 0; i < states->len; i++)
    {
      g_string_append (out, i > 0 ? "," : "");
      append_state (out, states->pdata[i]);
    }
  g_string_append (out, "],\"files\":[");
  for (guint i = 0; i < files->len; i++)
    {
      g_string_append (out, i > 0 ? "," : "");
      append_file (out, files->pdata[i]);
    }
  g_string_append (out, "]}");
  return out;
}

/* The whole first record of the next file. HASH_OUT: its own. */
static GString *
make_begin (int fd, guint64 size, guint64 sequence, const char *head, char hash_out[TRUST_JOURNAL_HASH_DIGITS + 1], GError **error)
{
  g_autoptr (TrustJournalFold) fold = trust_journal_fold_new ();
  g_autoptr (GString) json = NULL;
  GString *record = NULL;

  if (!trust_journal_fold_feed_file (fold, fd, size, error))
    return NULL;
  json = write_begin (fold, head);
  if (json->len > TRUST_LIMIT_JOURNAL_RECORD_BYTES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "%s needs %" G_GSIZE_FORMAT " bytes to begin anew, the limit is %u",
                   TRUST_JOURNAL_PATH, json->len, TRUST_LIMIT_JOURNAL_RECORD_BYTES);
      return NULL;
    }
  trust_journal_chain_hash (head, sequence + 1, json->str, json->len, hash_out);
  record = g_string_sized_new (json->len + 128);
  g_string_append_printf (record, TRUST_JOURNAL_MAGIC "%" G_GUINT64_FORMAT " %" G_GSIZE_FORMAT " %s\n", sequence + 1, json->len, hash_out);
  g_string_append_len (record, json->str, (gssize) json->len);
  g_string_append_c (record, '\n');
  return record;
}

/* Two steps, so that NAME is there at any time, and nothing is lost whichever of them a crash takes back: the old file gets its second name, durably;
 * the new one, whole and synced, is renamed over the first. */
static gboolean
put_in_place (TrustRoot *root, int folder, const GString *record, guint64 first, TrustJournalFresh *out, GError **error)
{
  g_autoptr (TrustStaged) staged = trust_atomic_stage (folder, NAME, record->str, record->len, 0600, error);
  char closed[32];

  trust_journal_closed_name (first, closed);
  if (staged == NULL || !trust_atomic_link (folder, NAME, folder, closed, error))
    return FALSE;
  if (!trust_atomic_sync_dir (folder, error) || !trust_atomic_commit (staged, error))
    {
      trust_atomic_remove (folder, closed, NULL);
      return FALSE;
    }
  out->fd = trust_root_open (root, TRUST_JOURNAL_PATH, O_RDWR | O_NOFOLLOW, 0);
  out->size = record->len;
  out->is_synced = trust_atomic_sync_dir (folder, error);
  if (out->fd < 0 && out->is_synced)
    trust_error_set_errno (error, errno, "cannot open", TRUST_JOURNAL_PATH);
  return out->fd >= 0 && out->is_synced;
}

gboolean
trust_journal_rotate (TrustRoot *root, int fd, guint64 size, guint64 first, guint64 sequence, const char *head, TrustJournalFresh *out,
                      GError **error)
{
  g_autoptr (GString) record = NULL;
  int folder = -1;
  gboolean done = FALSE;

  *out = (TrustJournalFresh) { .fd = -1 };
  record = make_begin (fd, size, sequence, head, out->hash, error);
  folder = record != NULL ? open_folder (root, error) : -1;
  if (folder < 0)
    return FALSE;
  done = put_in_place (root, folder, record, first, out, error);
  close (folder);
  return done;
}
