/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/journal-reader.h"

#include "core/error.h"
#include "core/journal-chain.h"
#include "core/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FOLDER "/var/lib/anchord/journal"
#define CLOSED_PREFIX "journal-"
#define CLOSED_DIGITS 20
#define NEWLINE_SIZE 1
#define WINDOW_FIRST (64 * 1024)
/* The last record begins no further back than this. */
#define REACH (TRUST_LIMIT_JOURNAL_RECORD_BYTES + 1024u)
/* Between a rotation's two renames the file that is written to has no name. */
#define TRIES 20
#define WAIT_US 500

/* One file. All records but the last of the one that is written to were synced before the next was begun: they stay, and are mapped. That last
 * one may yet be cut off again, under a map: it is a copy. */
typedef struct
{
  char *path; /* (owned) */
  char *map;  /* (nullable) */
  gsize size; /* of the map */
  char *tail; /* (owned) (nullable) the last record, its header's line and all */
  gsize tail_size;
  guint64 sequence; /* of the first record, as the name has it; 0: it has none */
} JournalFile;

struct _TrustJournalReader
{
  GPtrArray *files; /* (owned) of JournalFile*, oldest first */
};

static void
file_free (gpointer data)
{
  JournalFile *file = data;

  if (file->map != NULL)
    munmap (file->map, file->size);
  g_free (file->tail);
  g_free (file->path);
  g_free (file);
}

static gboolean
set_damaged (GError **error, const char *path, guint64 sequence, gsize offset, const char *what)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED,
               "the journal %s is damaged: record %" G_GUINT64_FORMAT " at byte %" G_GSIZE_FORMAT ": %s; restore it from a backup (trust "
               "itself stands in the anchor folders)",
               path, sequence, offset, what);
  return FALSE;
}

/* Reads exactly [FROM, TO). */
static gboolean
read_range (int fd, const char *path, gsize from, gsize to, char *out, GError **error)
{
  while (from < to)
    {
      gssize n = pread (fd, out, to - from, (off_t) from);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return trust_error_set_errno (error, errno, "cannot read", path);
      if (n == 0)
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_BUSY, "%s became shorter while it was read; ask again", path);
          return FALSE;
        }
      out += n;
      from += (gsize) n;
    }
  return TRUE;
}

/* How a file ends: MAP bytes of records that stay, then one of TAIL bytes (0: none) that may yet be cut off. */
typedef struct
{
  gsize map;
  gsize tail;
} JournalEnd;

typedef enum
{
  LINE_OTHER,   /* no header */
  LINE_TORN,    /* a record begins there that is not all there */
  LINE_LAST,    /* one that ends where the file does */
  LINE_FOLLOWED /* one that something follows, or damage */
} LineState;

/* What stands at LINE, LEFT bytes before the file's end. WHOLE_OUT: the record's size. */
static LineState
judge_line (const char *line, gsize left, gsize *whole_out)
{
  TrustJournalHeader header = { 0 };
  TrustJournalHeaderState state = left > 0 ? trust_journal_header_parse (line, left, &header) : TRUST_JOURNAL_HEADER_BAD;
  gsize whole = header.size + (gsize) header.length + NEWLINE_SIZE;

  if (state != TRUST_JOURNAL_HEADER_WHOLE)
    return state == TRUST_JOURNAL_HEADER_SHORT ? LINE_TORN : LINE_OTHER;
  *whole_out = MIN (whole, left);
  if (header.length > TRUST_LIMIT_JOURNAL_RECORD_BYTES)
    return LINE_FOLLOWED;
  if (memchr (line, '\0', MIN (whole, left)) != NULL)
    return LINE_TORN;
  if (whole > left)
    return memchr (line + header.size, '\n', left - header.size) == NULL ? LINE_TORN : LINE_FOLLOWED;
  return whole == left ? LINE_LAST : LINE_FOLLOWED;
}

/* Looks for the last header in BYTES, the end of a file of SIZE bytes. FALSE: there is none in them. */
static gboolean
look_at_end (const char *bytes, gsize n_bytes, gsize size, JournalEnd *out)
{
  for (const char *newline = bytes + n_bytes; newline != NULL;)
    {
      newline = memrchr (bytes, '\n', (gsize) (newline - bytes));
      /* No newline stands before the file's first header. */
      if (newline == NULL && n_bytes < size)
        return FALSE;

      const char *line = newline != NULL ? newline + 1 : bytes;
      gsize left = (gsize) (bytes + n_bytes - line), whole = 0;
      LineState state = judge_line (line, left, &whole);

      if (state == LINE_TORN)
        *out = (JournalEnd) { size - left, 0 };
      else if (state == LINE_LAST)
        *out = (JournalEnd) { size - left, left };
      /* A block that was never written reads as NUL, which no record holds. Anything else is damage: a walk finds it. */
      else if (state == LINE_FOLLOWED)
        *out = (JournalEnd) { memchr (line + whole, '\0', left - whole) != NULL ? size - left + whole : size, 0 };
      if (state != LINE_OTHER)
        return TRUE;
    }
  *out = (JournalEnd) { memchr (bytes, '\0', n_bytes) != NULL ? 0 : size, 0 };
  return TRUE;
}

/* How the first SIZE bytes of FD end, looked at from there backwards; the last record goes to FILE->tail. */
static gboolean
read_end (JournalFile *file, int fd, gsize size, GError **error)
{
  JournalEnd end = { size, 0 };
  g_autofree char *window = NULL;

  for (gsize step = MIN (WINDOW_FIRST, size); size > 0; step = MIN (step * 4, size))
    {
      g_free (window);
      window = g_malloc (step);
      if (!read_range (fd, file->path, size - step, size, window, error))
        return FALSE;
      if (look_at_end (window, step, size, &end) || step == size || step > REACH)
        {
          file->tail = end.tail > 0 ? g_memdup2 (window + step - end.tail, end.tail) : NULL;
          break;
        }
    }
  file->size = end.map;
  file->tail_size = end.tail;
  return TRUE;
}

/* A number without leading zeros, and the blank after it. */
static gboolean
take_number (const char **at, const char *end, guint64 *out)
{
  const char *start = *at;

  for (*out = 0; *at < end && g_ascii_isdigit (**at) && *at - start < 18; (*at)++)
    *out = *out * 10 + (guint64) (**at - '0');
  return *at > start && *start != '0' && *at < end && *(*at)++ == ' ';
}

/* trust_journal_header_parse() without a look at the hash, which whoever verifies it compares: a walk passes a hundred thousand. */
static gboolean
parse_header (const char *line, gsize left, TrustJournalHeader *out)
{
  const char *at = line + strlen (TRUST_JOURNAL_MAGIC), *end = line + left;

  if (left < strlen (TRUST_JOURNAL_MAGIC) || memcmp (line, TRUST_JOURNAL_MAGIC, strlen (TRUST_JOURNAL_MAGIC)) != 0
      || !take_number (&at, end, &out->sequence) || !take_number (&at, end, &out->length) || end - at <= TRUST_JOURNAL_HASH_DIGITS
      || memchr (at, '\n', TRUST_JOURNAL_HASH_DIGITS + NEWLINE_SIZE) != at + TRUST_JOURNAL_HASH_DIGITS)
    return FALSE;
  out->size = (gsize) (at + TRUST_JOURNAL_HASH_DIGITS + NEWLINE_SIZE - line);
  return TRUE;
}

/* The header at OFFSET, which must be all of a record's. */
static gboolean
get_span (const JournalFile *file, const char *bytes, gsize size, gsize offset, guint64 sequence, TrustJournalSpan *out, gsize *next_out,
          GError **error)
{
  TrustJournalHeader header;
  gsize left = size - offset;

  if (!parse_header (bytes + offset, left, &header) || header.length >= left - header.size || (sequence > 0 && header.sequence != sequence))
    return set_damaged (error, file->path, sequence, bytes == file->map ? offset : file->size,
                        "its header is malformed, or not the one that follows");
  out->sequence = header.sequence;
  out->json = bytes + offset + header.size;
  out->length = (gsize) header.length;
  out->hash = out->json - NEWLINE_SIZE - TRUST_JOURNAL_HASH_DIGITS;
  if (out->json[out->length] != '\n')
    return set_damaged (error, file->path, header.sequence, bytes == file->map ? offset : file->size, "it does not end where its header says");
  *next_out = offset + header.size + out->length + NEWLINE_SIZE;
  return TRUE;
}

/* The file's size and end. One that becomes shorter meanwhile, for a write that failed is cut off again, is looked at anew. */
static gboolean
look (JournalFile *file, int fd, gboolean is_closed, GError **error)
{
  for (guint try = 0;; try++)
    {
      g_autoptr (GError) reason = NULL;
      struct stat st;

      if (fstat (fd, &st) < 0)
        return trust_error_set_errno (error, errno, "cannot look at", file->path);
      if (!S_ISREG (st.st_mode))
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE, "%s is not a regular file; move it away", file->path);
          return FALSE;
        }
      file->size = (gsize) st.st_size;
      if (is_closed || read_end (file, fd, file->size, &reason))
        return TRUE;
      if (try < TRIES && g_error_matches (reason, TRUST_ERROR, TRUST_ERROR_BUSY))
        continue;
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
}

/* (transfer full) (nullable). FD is closed. IS_CLOSED: nobody writes to it any more. */
static JournalFile *
map_file (char *path, int fd, gboolean is_closed, GError **error)
{
  JournalFile *file = g_new0 (JournalFile, 1);
  gboolean done = FALSE;

  file->path = path;
  done = look (file, fd, is_closed, error);
  if (done && file->size > 0)
    {
      file->map = mmap (NULL, file->size, PROT_READ, MAP_SHARED, fd, 0);
      if (file->map == MAP_FAILED)
        {
          file->map = NULL;
          done = trust_error_set_errno (error, errno, "cannot map", path);
        }
    }
  close (fd);
  if (done)
    return file;
  file_free (file);
  return NULL;
}

/* The number in the name of a file that is written to no more. */
static gboolean
parse_name (const char *name, guint64 *out)
{
  const char *digits = name + strlen (CLOSED_PREFIX);

  if (!g_str_has_prefix (name, CLOSED_PREFIX) || strlen (digits) != CLOSED_DIGITS || strspn (digits, "0123456789") != CLOSED_DIGITS)
    return FALSE;
  return g_ascii_string_to_unsigned (digits, 10, 1, G_MAXINT64, out, NULL);
}

/* The closed files that stand before the one of CURRENT (fd; -1: there is none). */
static gboolean
map_closed (TrustJournalReader *self, TrustRoot *root, int current, GError **error)
{
  g_autoptr (GPtrArray) names = trust_root_list (root, FOLDER);
  struct stat last, st;

  if (names == NULL)
    return errno == ENOENT || trust_error_set_errno (error, errno, "cannot list", FOLDER);
  if (current >= 0 && fstat (current, &last) < 0)
    return trust_error_set_errno (error, errno, "cannot look at", TRUST_JOURNAL_PATH);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_strconcat (FOLDER "/", names->pdata[i], NULL);
      guint64 sequence = 0;
      JournalFile *file = NULL;

      if (!parse_name (names->pdata[i], &sequence))
        continue;

      int fd = trust_root_open (root, path, O_RDONLY | O_NOFOLLOW, 0);

      if (fd < 0 && errno != ENOENT)
        return trust_error_set_errno (error, errno, "cannot open", path);
      /* The quota took it since the list was made, and so all that stand before it. */
      if (fd < 0)
        {
          g_ptr_array_set_size (self->files, 0);
          continue;
        }
      /* It was closed since it was opened as the one that is written to: nothing before it is younger. */
      if (current >= 0 && fstat (fd, &st) == 0 && st.st_ino == last.st_ino && st.st_dev == last.st_dev)
        {
          close (fd);
          return TRUE;
        }
      file = map_file (g_steal_pointer (&path), fd, TRUE, error);
      if (file == NULL)
        return FALSE;
      file->sequence = sequence;
      g_ptr_array_add (self->files, file);
    }
  return TRUE;
}

static gboolean
map_all (TrustJournalReader *self, TrustRoot *root, int current, GError **error)
{
  JournalFile *file = NULL;
  TrustJournalSpan first;
  gsize next = 0;

  if (!map_closed (self, root, current, error))
    {
      if (current >= 0)
        close (current);
      return FALSE;
    }
  if (current < 0)
    return TRUE;
  file = map_file (g_strdup (TRUST_JOURNAL_PATH), current, FALSE, error);
  if (file == NULL)
    return FALSE;
  g_ptr_array_add (self->files, file);
  /* One that is damaged at once says so when it is walked. */
  if (file->size > 0 ? get_span (file, file->map, file->size, 0, 0, &first, &next, NULL)
                     : file->tail != NULL && get_span (file, file->tail, file->tail_size, 0, 0, &first, &next, NULL))
    file->sequence = first.sequence;
  /* Where a file can have no second name, a rotation that is not finished left a copy of it. */
  if (self->files->len > 1 && file->sequence > 0 && ((JournalFile *) self->files->pdata[self->files->len - 2])->sequence == file->sequence)
    g_ptr_array_remove_index (self->files, self->files->len - 2);
  return TRUE;
}

TrustJournalReader *
trust_journal_reader_open (TrustRoot *root, GError **error)
{
  g_autoptr (TrustJournalReader) self = g_new0 (TrustJournalReader, 1);

  self->files = g_ptr_array_new_with_free_func (file_free);
  for (guint try = 0;; try++)
    {
      /* First the file that is written to: what is closed after that is known by being the same one. */
      int current = trust_root_open (root, TRUST_JOURNAL_PATH, O_RDONLY | O_NOFOLLOW, 0);

      if (current < 0 && errno != ENOENT)
        {
          trust_error_set_errno (error, errno, "cannot open", TRUST_JOURNAL_PATH);
          return NULL;
        }
      g_ptr_array_set_size (self->files, 0);
      if (!map_all (self, root, current, error))
        return NULL;
      if (current >= 0 || self->files->len == 0 || try == TRIES)
        return g_steal_pointer (&self);
      g_usleep (WAIT_US);
    }
}

void
trust_journal_reader_free (TrustJournalReader *reader)
{
  g_ptr_array_unref (reader->files);
  g_free (reader);
}

guint
trust_journal_reader_get_n_files (const TrustJournalReader *reader)
{
  return reader->files->len;
}

gboolean
trust_journal_reader_get_first (TrustJournalReader *reader, guint index, TrustJournalSpan *out, GError **error)
{
  const JournalFile *file = g_ptr_array_index (reader->files, index);
  gsize next = 0;

  if (file->size > 0)
    return get_span (file, file->map, file->size, 0, file->sequence, out, &next, error);
  return file->tail != NULL && get_span (file, file->tail, file->tail_size, 0, file->sequence, out, &next, error);
}

/* The record that ends at END of FILE's map: its JSON holds no newline, and neither does its header. */
static gboolean
get_span_before (const JournalFile *file, gsize end, TrustJournalSpan *out, gsize *start_out)
{
  const char *json = memrchr (file->map, '\n', end - NEWLINE_SIZE), *header = NULL;
  gsize next = 0;

  if (json == NULL)
    return FALSE;
  header = memrchr (file->map, '\n', (gsize) (json - file->map));
  *start_out = header != NULL ? (gsize) (header + NEWLINE_SIZE - file->map) : 0;
  return get_span (file, file->map, file->size, *start_out, 0, out, &next, NULL) && next == end;
}

GArray *
trust_journal_reader_get_last (TrustJournalReader *reader, guint index, guint n)
{
  const JournalFile *file = g_ptr_array_index (reader->files, index);
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (TrustJournalSpan));
  guint64 sequence = 0;
  TrustJournalSpan span;
  gsize start = 0, end = file->size;

  if (n > 0 && file->tail != NULL)
    {
      if (!get_span (file, file->tail, file->tail_size, 0, 0, &span, &start, NULL))
        return NULL;
      sequence = span.sequence;
      g_array_append_val (spans, span);
    }
  for (; spans->len < n && end > 0; end = start)
    {
      if (!get_span_before (file, end, &span, &start) || (sequence > 0 && span.sequence + 1 != sequence))
        return NULL;
      sequence = span.sequence;
      g_array_append_val (spans, span);
    }
  for (guint i = 0; i < spans->len / 2; i++)
    {
      TrustJournalSpan *one = &g_array_index (spans, TrustJournalSpan, i), *two = &g_array_index (spans, TrustJournalSpan, spans->len - 1 - i);

      span = *one;
      *one = *two;
      *two = span;
    }
  return g_steal_pointer (&spans);
}

/* The file that follows must go on where SPANS end. */
static gboolean
check_next (const TrustJournalReader *self, guint index, const GArray *spans, GError **error)
{
  const JournalFile *file = g_ptr_array_index (self->files, index);
  const JournalFile *next = index + 1 < self->files->len ? g_ptr_array_index (self->files, index + 1) : NULL;
  guint64 last = spans->len > 0 ? g_array_index (spans, TrustJournalSpan, spans->len - 1).sequence : 0;

  if (next == NULL || next->sequence == 0 || next->sequence == last + 1)
    return TRUE;
  return set_damaged (error, file->path, last + 1, file->size, "it is missing, and the next file begins with a later one");
}

GArray *
trust_journal_reader_get_spans (TrustJournalReader *reader, guint index, GError **error)
{
  const JournalFile *file = g_ptr_array_index (reader->files, index);
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (TrustJournalSpan));
  guint64 sequence = file->sequence;
  TrustJournalSpan span;
  gsize next = 0;

  for (gsize offset = 0; offset < file->size; offset = next, sequence = span.sequence + 1)
    {
      if (!get_span (file, file->map, file->size, offset, sequence, &span, &next, error))
        return NULL;
      g_array_append_val (spans, span);
    }
  if (file->tail != NULL)
    {
      if (!get_span (file, file->tail, file->tail_size, 0, sequence, &span, &next, error))
        return NULL;
      g_array_append_val (spans, span);
    }
  return check_next (reader, index, spans, error) ? g_steal_pointer (&spans) : NULL;
}
