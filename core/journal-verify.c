/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/journal-verify.h"

#include "core/error.h"
#include "core/journal-rotate.h"
#include "core/journal-scan.h"
#include "core/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WINDOW (1024 * 1024)
/* Longer than any header line. */
#define HEADER_MAX 128
/* As much of a record as says what it is, and of a "begin" what it continues. */
#define PEEK_MAX 512
/* More are not told one by one. */
#define FAULTS_MAX 100
#define HASH_DIGITS TRUST_JOURNAL_HASH_DIGITS

/* A file, read through a window: a map could lose its end to the writer. */
typedef struct
{
  int fd;           /* (owned) */
  char *path;       /* (owned) */
  guint64 sequence; /* that its name says; 0: it says none */
  guint64 size;     /* as far as records stand in it */
  char *window;     /* (owned) (nullable) */
  guint64 at;       /* where the window begins */
  gsize n;          /* bytes in it */
} File;

typedef struct
{
  TrustJournalReport *report;
  const char *asked; /* (nullable) */
  gnutls_hash_hd_t hash;
  File *file;
  guint64 offset;
  guint64 expected;               /* the next record's number; 0: any */
  char previous[HASH_DIGITS + 1]; /* "": not known, so the next record is believed */
  char actual[HASH_DIGITS + 1];   /* what it would be if the record before it had named its own hash right; "" if it did */
  guint n_more;                   /* faults that were not told */
} Walk;

static void
file_free (File *file)
{
  if (file->fd >= 0)
    close (file->fd);
  g_free (file->path);
  g_free (file->window);
  g_free (file);
}

void
trust_journal_report_free (TrustJournalReport *report)
{
  if (report == NULL)
    return;
  g_free (report->repaired);
  g_ptr_array_unref (report->faults);
  g_free (report);
}

static File *
file_open (TrustRoot *root, const char *name, guint64 sequence, GError **error)
{
  g_autofree char *path = g_build_filename (TRUST_JOURNAL_FOLDER, name, NULL);
  int fd = trust_root_open (root, path, O_RDONLY | O_NOFOLLOW, 0);
  struct stat st;
  File *file = NULL;

  if (fd < 0 || fstat (fd, &st) < 0)
    {
      int saved_errno = errno;

      if (fd >= 0)
        close (fd);
      if (saved_errno == ENOENT)
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s is not there", path);
      else
        trust_error_set_errno (error, saved_errno, "cannot open", path);
      return NULL;
    }
  file = g_new0 (File, 1);
  file->fd = fd;
  file->path = g_steal_pointer (&path);
  file->sequence = sequence;
  file->size = S_ISREG (st.st_mode) ? (guint64) st.st_size : 0;
  return file;
}

/* At least MIN (SIZE, what is left) bytes from OFFSET on; SIZE is at most WINDOW. *N_OUT: how many there are. NULL with errno. */
static const char *
look (File *file, guint64 offset, gsize size, gsize *n_out)
{
  if (file->window == NULL)
    file->window = g_malloc ((gsize) MIN (file->size, WINDOW) + 1);
  if (offset < file->at || offset + MIN (size, file->size - offset) > file->at + file->n)
    {
      gsize wanted = (gsize) MIN (file->size - offset, WINDOW);

      file->at = offset;
      for (file->n = 0; file->n < wanted;)
        {
          gssize got = pread (file->fd, file->window + file->n, wanted - file->n, (off_t) (offset + file->n));

          if (got < 0 && errno == EINTR)
            continue;
          if (got <= 0)
            {
              errno = got < 0 ? errno : EIO;
              return NULL;
            }
          file->n += (gsize) got;
        }
    }
  *n_out = (gsize) (file->at + file->n - offset);
  return file->window + (offset - file->at);
}

G_GNUC_PRINTF (4, 5)
static void
tell (Walk *walk, guint64 sequence, guint64 offset, const char *format, ...)
{
  g_autofree char *what = NULL, *number = sequence > 0 ? g_strdup_printf ("record %" G_GUINT64_FORMAT, sequence) : g_strdup ("a record");
  va_list args;

  if (walk->report->faults->len >= FAULTS_MAX)
    {
      walk->n_more++;
      return;
    }
  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (walk->report->faults,
                   g_strdup_printf ("%s: %s at byte %" G_GUINT64_FORMAT ": %s; compare it with a backup, and restore it from there", walk->file->path,
                                    number, offset, what));
}

static void
to_hex (const guint8 bytes[32], char out[HASH_DIGITS + 1])
{
  static const char digits[] = "0123456789abcdef";

  for (gsize i = 0; i < 32; i++)
    {
      out[2 * i] = digits[bytes[i] >> 4];
      out[2 * i + 1] = digits[bytes[i] & 15];
    }
  out[HASH_DIGITS] = '\0';
}

/* The hash of the record whose JSON of LENGTH bytes stands at OFFSET, after PREVIOUS. *WHOLE is FALSE where it is not one line. */
static gboolean
hash_record (Walk *walk, const char *previous, guint64 sequence, guint64 offset, guint64 length, char out[HASH_DIGITS + 1], gboolean *whole)
{
  char line[HASH_DIGITS + 64];
  guint8 bytes[32];
  int size = g_snprintf (line, sizeof line, "%s%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", previous, sequence, length);

  *whole = TRUE;
  gnutls_hash (walk->hash, line, (gsize) size);
  for (guint64 done = 0; done <= length;)
    {
      gsize n = 0;
      const char *at = look (walk->file, offset + done, 1, &n);

      if (at == NULL)
        {
          gnutls_hash_output (walk->hash, bytes);
          return FALSE;
        }
      n = (gsize) MIN ((guint64) n, length - done);
      *whole = *whole && memchr (at, '\n', n) == NULL && (done + n < length || n > 0 || at[0] == '\n');
      gnutls_hash (walk->hash, at, n);
      done += n;
      if (n == 0)
        break;
    }
  gnutls_hash_output (walk->hash, bytes);
  to_hex (bytes, out);
  return TRUE;
}

/* Where the next line after OFFSET begins as a header does; the file's end if none does. */
static guint64
find_next (File *file, guint64 offset)
{
  static const char mark[] = "\n" TRUST_JOURNAL_MAGIC;

  while (offset < file->size)
    {
      gsize n = 0;
      const char *at = look (file, offset, WINDOW, &n), *found = at != NULL ? memmem (at, n, mark, sizeof mark - 1) : NULL;

      if (found != NULL)
        return offset + (guint64) (found - at) + 1;
      if (at == NULL || offset + n >= file->size)
        break;
      offset += n - (sizeof mark - 2);
    }
  return file->size;
}

/* The first record that is kept: what its chain continues. */
static void
begin_chain (Walk *walk, const TrustJournalHeader *header, guint64 offset, const char *json, gsize n)
{
  walk->report->first = header->sequence;
  memcpy (walk->previous, TRUST_JOURNAL_NO_HASH, HASH_DIGITS + 1);
  if (header->sequence == 1 || trust_journal_peek_previous (json, MIN (n, (gsize) header->length), walk->previous))
    return;
  tell (walk, header->sequence, offset, "records before it are missing, for it does not say what stood there");
  walk->previous[0] = '\0';
}

/* Is the record what the chain says? */
static gboolean
check_hash (Walk *walk, const TrustJournalHeader *header, guint64 offset)
{
  char hash[HASH_DIGITS + 1] = "";
  guint64 body = offset + header->size;
  gboolean whole = TRUE, known = walk->previous[0] != '\0';

  if (!hash_record (walk, known ? walk->previous : TRUST_JOURNAL_NO_HASH, header->sequence, body, header->length, hash, &whole))
    return FALSE;
  /* If it was the record before that named another hash than its own, that was said there. */
  if (known && walk->actual[0] != '\0' && memcmp (hash, header->hash, HASH_DIGITS) != 0
      && !hash_record (walk, walk->actual, header->sequence, body, header->length, hash, &whole))
    return FALSE;
  walk->actual[0] = '\0';
  if (!whole)
    tell (walk, header->sequence, offset, "it does not end where its header says");
  else if (known && memcmp (hash, header->hash, HASH_DIGITS) != 0)
    {
      tell (walk, header->sequence, offset, "its content does not have the hash it names, or what stood before it was another record");
      memcpy (walk->actual, hash, sizeof hash);
    }
  memcpy (walk->previous, header->hash, sizeof walk->previous);
  return TRUE;
}

static void
take_record (Walk *walk, const TrustJournalHeader *header, const char *json, gsize n)
{
  TrustJournalReport *report = walk->report;
  TrustJournalPeek peek;

  report->n_records++;
  report->last = header->sequence;
  memcpy (report->head, header->hash, sizeof report->head);
  if (walk->asked != NULL && strcmp (header->hash, walk->asked) == 0)
    report->asked = header->sequence;
  if (trust_journal_peek (json, MIN (n, (gsize) header->length), &peek, NULL))
    report->generation = peek.generation;
}

/* One record at WALK->offset, or what stands there instead. FALSE with errno: the file cannot be read. */
static gboolean
walk_record (Walk *walk)
{
  File *file = walk->file;
  guint64 offset = walk->offset;
  gsize n = 0;
  const char *at = look (file, offset, HEADER_MAX + PEEK_MAX, &n);
  TrustJournalHeader header;
  char json[PEEK_MAX];
  gsize n_json = 0;

  if (at == NULL)
    return FALSE;
  if (trust_journal_header_parse (at, n, &header) != TRUST_JOURNAL_HEADER_WHOLE || header.length > TRUST_LIMIT_JOURNAL_RECORD_BYTES
      || header.size + header.length + 1 > file->size - offset)
    {
      tell (walk, walk->expected, offset, "its header is malformed, or it is not all there");
      walk->offset = find_next (file, offset);
      walk->expected = walk->offset < file->size ? 0 : walk->expected;
      walk->previous[0] = '\0';
      return TRUE;
    }
  n_json = MIN (n - header.size, sizeof json);
  memcpy (json, at + header.size, n_json);
  if (walk->report->first == 0)
    begin_chain (walk, &header, offset, json, n_json);
  else if (walk->expected != 0 && header.sequence != walk->expected)
    {
      tell (walk, walk->expected, offset, "record %" G_GUINT64_FORMAT " stands in its place", header.sequence);
      walk->previous[0] = '\0';
    }
  walk->offset = offset + header.size + header.length + 1;
  walk->expected = header.sequence + 1;
  if (!check_hash (walk, &header, offset))
    return FALSE;
  take_record (walk, &header, json, n_json);
  return TRUE;
}

static gboolean
walk_file (Walk *walk, GError **error)
{
  File *file = walk->file;

  if (file->sequence > 0 && walk->report->first > 0 && walk->expected != 0 && file->sequence != walk->expected)
    {
      tell (walk, walk->expected, 0, "records are missing before this file, or it is not the one that follows");
      walk->expected = 0;
      walk->previous[0] = '\0';
    }
  else if (file->sequence > 0 && walk->report->first == 0)
    walk->expected = file->sequence;
  if (file->sequence > 0 && file->size == 0)
    tell (walk, file->sequence, 0, "the file is empty");
  for (walk->offset = 0; walk->offset < file->size;)
    if (!walk_record (walk))
      return trust_error_set_errno (error, errno, "cannot read", file->path);
  return TRUE;
}

/* What a crash cut short at the end of the file that is written to is no fault: it was never acknowledged. */
static void
leave_torn_out (TrustJournalReport *report, File *file)
{
  g_auto (TrustJournalLast) last = { .end = 0 };

  if (!trust_journal_chain_find_last (file->fd, file->size, &last, NULL) || last.end == file->size)
    return;
  report->repaired = g_strdup_printf ("the last record of %s was cut short, or is being written: %" G_GUINT64_FORMAT
                                      " bytes at byte %" G_GUINT64_FORMAT " are left out",
                                      file->path, file->size - last.end, last.end);
  file->size = last.end;
}

/* The header of FILE's first record; its sequence is 0 if there is none. */
static TrustJournalHeader
read_first (File *file)
{
  TrustJournalHeader header = { 0 };

  if (file->size == 0 || !trust_journal_chain_read_header (file->fd, 0, file->size, &header, NULL))
    header.sequence = 0;
  return header;
}

/* Is FILE, a closed one, a second name of the file that is written to and begins with FIRST? A rotation ended between its two steps. */
static gboolean
is_second_name (File *file, const TrustJournalHeader *first)
{
  TrustJournalHeader own = read_first (file);

  return own.sequence != 0 && own.sequence == first->sequence && strcmp (own.hash, first->hash) == 0;
}

/* All files, oldest first: first the one that is written to is opened, so that what is closed after that is known by beginning with the same
 * record. */
static GPtrArray *
open_files (TrustRoot *root, TrustJournalReport *report, GError **error)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) file_free);
  g_autoptr (GError) reason = NULL;
  File *current = file_open (root, "journal", 0, &reason);
  g_autoptr (GArray) closed = NULL;
  TrustJournalHeader first = { 0 };

  if (current == NULL && !g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
  if (current != NULL)
    leave_torn_out (report, current);
  if (current != NULL)
    first = read_first (current);
  closed = trust_journal_list_closed (root, error);
  for (guint i = 0; closed != NULL && i < closed->len; i++)
    {
      const TrustJournalClosed *one = &g_array_index (closed, TrustJournalClosed, i);
      File *file = file_open (root, one->name, one->sequence, NULL);

      /* One that is gone was taken by the quota since the list was made, with all before it. */
      if (file == NULL)
        g_ptr_array_set_size (files, 0);
      else if (one->sequence == first.sequence && is_second_name (file, &first))
        file_free (file);
      else
        g_ptr_array_add (files, file);
    }
  if (current != NULL)
    g_ptr_array_add (files, current);
  else if (files->len > 0)
    g_ptr_array_add (report->faults, g_strdup (TRUST_JOURNAL_PATH " is missing, and closed files are there; restore it from a backup"));
  if (current != NULL && current->size == 0 && files->len > 1)
    g_ptr_array_add (report->faults, g_strdup (TRUST_JOURNAL_PATH " holds no record, and closed files are there; restore it from a backup"));
  return closed != NULL ? g_steal_pointer (&files) : NULL;
}

static void
finish (Walk *walk)
{
  TrustJournalReport *report = walk->report;

  if (walk->n_more > 0)
    g_ptr_array_add (report->faults, g_strdup_printf ("and %u more", walk->n_more));
  if (walk->asked != NULL && report->asked == 0)
    g_ptr_array_add (report->faults,
                     g_strdup_printf ("no record has the hash %s: this is not the journal that it was taken from, or its end was cut off, or it was "
                                      "written anew; compare it with a backup",
                                      walk->asked));
}

TrustJournalReport *
trust_journal_verify (TrustRoot *root, const char *head, GError **error)
{
  g_autoptr (TrustJournalReport) report = g_new0 (TrustJournalReport, 1);
  g_autoptr (GPtrArray) files = NULL;
  Walk walk = { .report = report, .asked = head };
  gboolean done = TRUE;

  report->faults = g_ptr_array_new_with_free_func (g_free);
  memcpy (report->head, TRUST_JOURNAL_NO_HASH, sizeof report->head);
  files = open_files (root, report, error);
  if (files == NULL)
    return NULL;
  if (gnutls_hash_init (&walk.hash, GNUTLS_DIG_SHA256) < 0)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, "GnuTLS has no SHA-256");
      return NULL;
    }
  for (guint i = 0; done && i < files->len; i++)
    {
      walk.file = files->pdata[i];
      done = walk_file (&walk, error);
      g_clear_pointer (&walk.file->window, g_free);
    }
  gnutls_hash_deinit (walk.hash, NULL);
  if (!done)
    return NULL;
  finish (&walk);
  return g_steal_pointer (&report);
}
