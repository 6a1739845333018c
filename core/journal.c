/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/journal.h"

#include "core/atomic.h"
#include "core/error.h"
#include "core/journal-chain.h"
#include "core/journal-record.h"
#include "core/journal-rotate.h"
#include "core/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define STATE_FOLDER "/var/lib/anchord"
#define FOLDER TRUST_JOURNAL_FOLDER
#define PATH TRUST_JOURNAL_PATH

struct _TrustJournal
{
  TrustRoot *root; /* (owned) */
  int fd;          /* (owned) -1: there is none (read only) */
  gboolean writable;
  gboolean broken;   /* a torn tail could not be cut off: nothing may follow it */
  gboolean unsynced; /* the file's name may not be durable yet */
  guint64 file_max;  /* bytes; a longer file is closed, if it is longer than four times its first record, too */
  guint64 kept_max;  /* bytes of closed files */
  guint64 first;     /* number of the file's first record; 0 none */
  guint64 close_at;  /* bytes */
  guint64 size;      /* the end of the last whole record */
  guint64 sequence;  /* of the last record; 0 none */
  guint64 generation;
  char head[TRUST_JOURNAL_HASH_DIGITS + 1];
  char *repair;                /* (owned) (nullable) */
  TrustJournalIntent *pending; /* (owned) (nullable) */
};

/* Cuts what a crash left behind END off. A reader only knows better than to look there. */
static gboolean
cut_off (TrustJournal *self, guint64 end, GError **error)
{
  self->repair = g_strdup_printf ("the last record of %s was cut short by a crash: %" G_GUINT64_FORMAT " bytes at byte %" G_GUINT64_FORMAT " %s",
                                  PATH, self->size - end, end, self->writable ? "were cut off" : "are left out");
  self->size = end;
  if (self->writable && (ftruncate (self->fd, (off_t) end) < 0 || fdatasync (self->fd) < 0))
    return trust_error_set_errno (error, errno, "cannot cut off the torn end of", PATH);
  return TRUE;
}

static gboolean
read_end (TrustJournal *self, GError **error)
{
  g_auto (TrustJournalLast) last = { .end = 0 };
  TrustJournalRecord content;
  g_autoptr (GError) reason = NULL;

  if (!trust_journal_chain_find_last (self->fd, self->size, &last, error))
    return FALSE;
  if (last.end < self->size && !cut_off (self, last.end, error))
    return FALSE;
  if (last.end == 0)
    return TRUE;
  if (!trust_journal_record_parse (last.json, (gsize) last.header.length, &content, &reason))
    return trust_journal_set_damaged (error, last.header.sequence, last.start, reason->message);
  self->sequence = last.header.sequence;
  memcpy (self->head, last.header.hash, sizeof self->head);
  self->generation = content.generation;
  self->pending = content.intent;
  return TRUE;
}

/* When the file, whose first record is of SIZE bytes, is to be closed: what begins the next one is written once in a while only, however long. */
static void
take_first (TrustJournal *self, guint64 sequence, guint64 size)
{
  self->first = sequence;
  self->close_at = MAX (self->file_max, 4 * size);
}

static gboolean
read_first (TrustJournal *self, GError **error)
{
  g_autoptr (GArray) closed = trust_journal_list_closed (self->root, error);
  TrustJournalHeader header;

  if (closed == NULL)
    return FALSE;
  if (self->sequence == 0)
    {
      const TrustJournalClosed *last = closed->len > 0 ? &g_array_index (closed, TrustJournalClosed, closed->len - 1) : NULL;

      if (last != NULL)
        g_set_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED,
                     "the journal %s is damaged: it holds no record, and %s/%s comes before it; restore it from a backup, or move the folder away to "
                     "begin a new one (trust itself stands in the anchor folders)",
                     PATH, FOLDER, last->name);
      return last == NULL;
    }
  if (self->writable)
    trust_journal_sweep (self->root);
  if (!trust_journal_chain_read_header (self->fd, 0, self->size, &header, error))
    return FALSE;
  take_first (self, header.sequence, header.size + header.length + 1);
  for (guint i = 0; self->writable && i < closed->len; i++)
    if (g_array_index (closed, TrustJournalClosed, i).sequence == self->first)
      return trust_journal_undo_close (self->root, &header, error);
  return TRUE;
}

/* The file, made where it is missing and WRITABLE. A missing one that may not be made is an empty journal: fd -1. */
static gboolean
open_file (TrustJournal *self, GError **error)
{
  int flags = (self->writable ? O_RDWR : O_RDONLY) | O_NOFOLLOW;
  struct stat st;

  self->fd = trust_root_open (self->root, PATH, flags, 0);
  if (self->fd < 0 && errno == ENOENT && !self->writable)
    return TRUE;
  if (self->fd < 0 && errno == ENOENT)
    {
      /* The state folder also holds what everyone reads; only the journal's own is closed. */
      int state = trust_root_make_dir (self->root, STATE_FOLDER, 0755);

      if (state < 0)
        return trust_error_set_errno (error, errno, "cannot make", STATE_FOLDER);
      close (state);

      int folder = trust_root_make_dir (self->root, FOLDER, 0700);

      if (folder < 0)
        return trust_error_set_errno (error, errno, "cannot make", FOLDER);
      self->fd = trust_root_open (self->root, PATH, flags | O_CREAT | O_EXCL, 0600);

      int saved_errno = errno;
      gboolean synced = self->fd >= 0 && trust_atomic_sync_dir (folder, error);

      close (folder);
      if (self->fd >= 0 && !synced)
        return FALSE;
      errno = saved_errno;
    }
  if (self->fd < 0 || fstat (self->fd, &st) < 0)
    return trust_error_set_errno (error, errno, "cannot open", PATH);
  if (!S_ISREG (st.st_mode))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE, "%s is not a regular file; move it away", PATH);
      return FALSE;
    }
  self->size = (guint64) st.st_size;
  return TRUE;
}

TrustJournal *
trust_journal_open (TrustRoot *root, gboolean writable, GError **error)
{
  g_autoptr (TrustJournal) self = g_new0 (TrustJournal, 1);

  self->root = trust_root_ref (root);
  self->writable = writable;
  self->file_max = self->close_at = TRUST_LIMIT_JOURNAL_FILE_BYTES;
  self->kept_max = TRUST_LIMIT_JOURNAL_BYTES;
  self->fd = -1;
  memcpy (self->head, TRUST_JOURNAL_NO_HASH, sizeof self->head);
  if (!open_file (self, error))
    return NULL;
  if ((self->fd >= 0 && !read_end (self, error)) || !read_first (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
trust_journal_free (TrustJournal *journal)
{
  if (journal == NULL)
    return;
  if (journal->fd >= 0)
    close (journal->fd);
  g_clear_pointer (&journal->root, trust_root_unref);
  g_clear_pointer (&journal->pending, trust_journal_intent_free);
  g_free (journal->repair);
  g_free (journal);
}

guint64
trust_journal_get_generation (const TrustJournal *journal)
{
  return journal->generation;
}

const char *
trust_journal_get_head (const TrustJournal *journal)
{
  return journal->head;
}

const char *
trust_journal_get_repair (const TrustJournal *journal)
{
  return journal->repair;
}

const TrustJournalIntent *
trust_journal_get_pending (const TrustJournal *journal)
{
  return journal->pending;
}

TrustJournalFold *
trust_journal_read_fold (TrustJournal *journal, GError **error)
{
  g_autoptr (TrustJournalFold) fold = trust_journal_fold_new ();

  return journal->fd < 0 || trust_journal_fold_feed_file (fold, journal->fd, journal->size, error) ? g_steal_pointer (&fold) : NULL;
}

/* Writes all of PARTS at the end; FALSE with errno. */
static gboolean
write_parts (const TrustJournal *self, struct iovec *parts, int n_parts)
{
  off_t offset = (off_t) self->size;

  while (n_parts > 0)
    {
      gssize n = pwritev (self->fd, parts, n_parts, offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      offset += n;
      for (; n_parts > 0 && (gsize) n >= parts->iov_len; parts++, n_parts--)
        n -= (gssize) parts->iov_len;
      if (n_parts > 0)
        {
          parts->iov_base = (char *) parts->iov_base + n;
          parts->iov_len -= (gsize) n;
        }
    }
  return TRUE;
}

/* Is the file still the one that was opened, and as long? A record in a file that was moved away would be lost unseen. */
static gboolean
is_in_place (TrustJournal *self, GError **error)
{
  struct stat st;
  TrustStat there;

  if (fstat (self->fd, &st) < 0)
    return trust_error_set_errno (error, errno, "cannot look at", PATH);
  if (!trust_root_lstat (self->root, PATH, &there))
    return trust_error_set_errno (error, errno, "cannot find", PATH);
  if (there.inode == st.st_ino && there.device == st.st_dev && (guint64) st.st_size == self->size)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE, "%s was replaced or written to by someone else; restart anchord", PATH);
  return FALSE;
}

/* A record may only be written to a file that a crash leaves in its place. */
static gboolean
sync_name (TrustJournal *self, GError **error)
{
  int folder = self->unsynced ? trust_root_open_dir (self->root, FOLDER) : -1;
  gboolean synced = FALSE;

  if (!self->unsynced)
    return TRUE;
  if (folder < 0)
    return trust_error_set_errno (error, errno, "cannot open", FOLDER);
  synced = trust_atomic_sync_dir (folder, error);
  close (folder);
  self->unsynced = !synced;
  return synced;
}

static gboolean
append (TrustJournal *self, char *json, gsize length, GError **error)
{
  char hash[TRUST_JOURNAL_HASH_DIGITS + 1], newline[] = "\n";

  if (!self->writable || self->broken)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE,
                   self->broken ? "%s could not be put right after a failed write; free space on its disk and restart anchord"
                                : "%s was opened for reading",
                   PATH);
      return FALSE;
    }
  if (length > TRUST_LIMIT_JOURNAL_RECORD_BYTES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED,
                   "the change needs a journal record of %" G_GSIZE_FORMAT " bytes, the limit is %u; make it in smaller parts", length,
                   TRUST_LIMIT_JOURNAL_RECORD_BYTES);
      return FALSE;
    }
  if (!is_in_place (self, error) || !sync_name (self, error))
    return FALSE;
  trust_journal_chain_hash (self->head, self->sequence + 1, json, length, hash);

  g_autofree char *header = g_strdup_printf (TRUST_JOURNAL_MAGIC "%" G_GUINT64_FORMAT " %" G_GSIZE_FORMAT " %s\n", self->sequence + 1, length, hash);
  gsize header_size = strlen (header);
  struct iovec parts[] = { { header, header_size }, { json, length }, { newline, 1 } };

  if (!write_parts (self, parts, G_N_ELEMENTS (parts)) || fdatasync (self->fd) < 0)
    {
      trust_error_set_errno (error, errno, "cannot append to", PATH);
      self->broken = ftruncate (self->fd, (off_t) self->size) < 0 || fdatasync (self->fd) < 0;
      return FALSE;
    }
  self->size += header_size + length + 1;
  self->sequence++;
  if (self->first == 0)
    take_first (self, self->sequence, self->size);
  memcpy (self->head, hash, sizeof self->head);
  return TRUE;
}

/* Closes the file if it is long, and begins the next. What fails here is tried again when the file has doubled: the journal goes on in the file that
 * it has. */
static void
close_if_long (TrustJournal *self)
{
  TrustJournalFresh fresh;
  g_autoptr (GError) error = NULL;

  if (!self->writable || self->broken || self->unsynced || self->pending != NULL || self->size <= self->close_at || !is_in_place (self, &error))
    return;
  if (trust_journal_rotate (self->root, self->fd, self->size, self->first, self->sequence, self->head, &fresh, &error))
    trust_journal_keep_within (self->root, self->kept_max, &error);
  if (error != NULL)
    g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "MESSAGE", "The journal was not begun anew as it should be: %s", error->message);
  self->close_at = 2 * self->size;
  if (fresh.fd < 0)
    return;
  close (self->fd);
  self->fd = fresh.fd;
  self->unsynced = !fresh.is_synced;
  self->size = fresh.size;
  self->sequence++;
  memcpy (self->head, fresh.hash, sizeof self->head);
  take_first (self, self->sequence, self->size);
}

void
trust_journal_set_limits (TrustJournal *journal, guint64 file, guint64 kept)
{
  journal->file_max = file;
  journal->kept_max = kept;
  journal->close_at = file;
}

gboolean
trust_journal_append_intent (TrustJournal *journal, const TrustJournalIntent *intent, GError **error)
{
  if (journal->pending != NULL || intent->generation <= journal->generation)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED,
                   "generation %" G_GUINT64_FORMAT " cannot be begun: the journal is at %" G_GUINT64_FORMAT "%s", intent->generation,
                   journal->generation, journal->pending != NULL ? ", which is not done" : "");
      return FALSE;
    }

  g_autoptr (TrustJournalIntent) copy = trust_journal_intent_copy (intent);

  if (copy->time == 0)
    copy->time = g_get_real_time ();

  close_if_long (journal);

  gsize length;
  g_autofree char *json = trust_journal_record_write_intent (copy, &length);

  if (!append (journal, json, length, error))
    return FALSE;
  journal->generation = intent->generation;
  journal->pending = g_steal_pointer (&copy);
  return TRUE;
}

gboolean
trust_journal_append_done (TrustJournal *journal, guint64 generation, GError **error)
{
  if (journal->pending == NULL || journal->pending->generation != generation)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, "generation %" G_GUINT64_FORMAT " cannot be done: it was not begun", generation);
      return FALSE;
    }

  gsize length;
  g_autofree char *json = trust_journal_record_write_done (generation, g_get_real_time (), &length);

  if (!append (journal, json, length, error))
    return FALSE;
  g_clear_pointer (&journal->pending, trust_journal_intent_free);
  return TRUE;
}
