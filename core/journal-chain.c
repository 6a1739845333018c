/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/journal-chain.h"

#include "core/der.h"
#include "core/error.h"
#include "core/journal-scan.h"
#include "core/limits.h"

#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <unistd.h>

/* Longer than any header line: magic, two numbers of 18 digits, 64 digits, blanks, newline. */
#define HEADER_MAX 128
#define PATH TRUST_JOURNAL_PATH
#define MAGIC TRUST_JOURNAL_MAGIC
#define MAGIC_SIZE (sizeof MAGIC - 1)
#define HASH_DIGITS TRUST_JOURNAL_HASH_DIGITS
#define WINDOW_FIRST (4 * 1024)
#define WINDOW_MAX (1024 * 1024)
/* A header is looked for no further back than this. */
#define REACH (TRUST_LIMIT_JOURNAL_RECORD_BYTES + 2u * HEADER_MAX)

#define HEADER_WHOLE TRUST_JOURNAL_HEADER_WHOLE
#define HEADER_SHORT TRUST_JOURNAL_HEADER_SHORT
#define HEADER_BAD TRUST_JOURNAL_HEADER_BAD
typedef TrustJournalHeaderState HeaderState;

typedef enum
{
  RECORD_WHOLE,
  RECORD_TORN,
  RECORD_DAMAGED /* the error is set */
} RecordState;

void
trust_journal_last_clear (TrustJournalLast *last)
{
  g_clear_pointer (&last->json, g_free);
}

gboolean
trust_journal_set_damaged (GError **error, guint64 sequence, guint64 offset, const char *what)
{
  g_autofree char *number = sequence > 0 ? g_strdup_printf ("record %" G_GUINT64_FORMAT, sequence) : g_strdup ("a record");

  g_set_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED,
               "the journal %s is damaged: %s at byte %" G_GUINT64_FORMAT ": %s; restore it from a backup, or move it away to "
               "begin a new one (trust itself stands in the anchor folders)",
               PATH, number, offset, what);
  return FALSE;
}

/* Reads exactly SIZE bytes. */
static gboolean
read_at (int fd, guint64 offset, void *out, gsize size, GError **error)
{
  for (gsize done = 0; done < size;)
    {
      gssize n = pread (fd, (char *) out + done, size - done, (off_t) (offset + done));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return trust_error_set_errno (error, errno, "cannot read", PATH);
      if (n == 0)
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE, "%s became shorter while it was read", PATH);
          return FALSE;
        }
      done += (gsize) n;
    }
  return TRUE;
}

/* Takes a number without leading zeros, and the blank after it. */
static HeaderState
take_number (TrustSpan *in, guint64 *out)
{
  gsize n = 0;

  for (*out = 0; n < in->size && g_ascii_isdigit (in->data[n]); n++)
    {
      if (n == 18 || (n == 1 && in->data[0] == '0'))
        return HEADER_BAD;
      *out = *out * 10 + (in->data[n] - '0');
    }
  if (n == in->size)
    return HEADER_SHORT;
  if (n == 0 || in->data[n] != ' ')
    return HEADER_BAD;
  in->data += n + 1;
  in->size -= n + 1;
  return HEADER_WHOLE;
}

static HeaderState
take_hash (TrustSpan *in, char *out)
{
  for (gsize n = 0; n < HASH_DIGITS; n++)
    {
      if (n == in->size)
        return HEADER_SHORT;
      if (!g_ascii_isdigit (in->data[n]) && (in->data[n] < 'a' || in->data[n] > 'f'))
        return HEADER_BAD;
      out[n] = (char) in->data[n];
    }
  out[HASH_DIGITS] = '\0';
  in->data += HASH_DIGITS;
  in->size -= HASH_DIGITS;
  if (in->size == 0)
    return HEADER_SHORT;
  return in->data[0] == '\n' ? HEADER_WHOLE : HEADER_BAD;
}

TrustJournalHeaderState
trust_journal_header_parse (const void *bytes, gsize size, TrustJournalHeader *out)
{
  TrustSpan in = { bytes, size };

  if (memcmp (bytes, MAGIC, MIN (size, MAGIC_SIZE)) != 0)
    return HEADER_BAD;
  if (size < MAGIC_SIZE)
    return HEADER_SHORT;
  in.data += MAGIC_SIZE;
  in.size -= MAGIC_SIZE;

  HeaderState state = take_number (&in, &out->sequence);

  if (state == HEADER_WHOLE)
    state = take_number (&in, &out->length);
  if (state == HEADER_WHOLE)
    state = take_hash (&in, out->hash);
  out->size = (gsize) (in.data + 1 - (const guint8 *) bytes);
  return state;
}

static gboolean
read_header (int fd, guint64 offset, guint64 end, TrustJournalHeader *out, HeaderState *state, GError **error)
{
  char bytes[HEADER_MAX];
  gsize size = MIN (end - offset, HEADER_MAX);

  if (!read_at (fd, offset, bytes, size, error))
    return FALSE;
  *state = trust_journal_header_parse (bytes, size, out);
  return TRUE;
}

/* The hash state before a record's JSON; NULL only when out of memory. */
static gnutls_hash_hd_t
hash_begin (const char *previous, guint64 sequence, guint64 length)
{
  gnutls_hash_hd_t hash;
  g_autofree char *line = g_strdup_printf ("%s%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", previous, sequence, length);

  if (gnutls_hash_init (&hash, GNUTLS_DIG_SHA256) < 0)
    return NULL;
  gnutls_hash (hash, line, strlen (line));
  return hash;
}

static void
hash_end (gnutls_hash_hd_t hash, char out[HASH_DIGITS + 1])
{
  static const char digits[] = "0123456789abcdef";
  guint8 bytes[32] = { 0 };

  if (hash != NULL)
    gnutls_hash_deinit (hash, bytes);
  for (gsize i = 0; i < sizeof bytes; i++)
    {
      out[2 * i] = digits[bytes[i] >> 4];
      out[2 * i + 1] = digits[bytes[i] & 15];
    }
  out[HASH_DIGITS] = '\0';
}

void
trust_journal_chain_hash (const char *previous, guint64 sequence, const char *json, gsize length, char out[HASH_DIGITS + 1])
{
  gnutls_hash_hd_t hash = hash_begin (previous, sequence, length);

  if (hash != NULL)
    gnutls_hash (hash, json, length);
  hash_end (hash, out);
}

/* The last place before END where a line begins with MAGIC. JSON holds no raw newline, so only a header line can. Reads windows
 * that grow backwards from END, each overlapping the next by one MAGIC. FOUND is FALSE when there is none within REACH. */
static gboolean
find_header (int fd, guint64 end, guint64 *out, gboolean *found, GError **error)
{
  g_autofree char *window = g_malloc ((gsize) MIN (end, WINDOW_MAX) + MAGIC_SIZE + 1);
  guint64 lowest = end > REACH ? end - REACH : 0;
  gsize step = WINDOW_FIRST;

  *found = FALSE;
  for (guint64 stop = end; stop > lowest; step = MIN (step * 2, WINDOW_MAX))
    {
      guint64 start = stop - lowest > step ? stop - step : lowest;
      gsize size = (gsize) (MIN (stop + MAGIC_SIZE, end) - start);

      if (!read_at (fd, start, window, size, error))
        return FALSE;
      for (const char *p = memrchr (window, MAGIC[0], size); p != NULL; p = memrchr (window, MAGIC[0], (gsize) (p - window)))
        {
          gsize at = (gsize) (p - window);

          if (size - at < MAGIC_SIZE || memcmp (p, MAGIC, MAGIC_SIZE) != 0)
            continue;
          if ((at == 0 && start > 0) || (at > 0 && p[-1] != '\n'))
            continue;
          *out = start + at;
          *found = TRUE;
          return TRUE;
        }
      if (start == 0 || start == lowest)
        return TRUE;
      /* One byte more next time: the newline before a MAGIC at this window's very start. */
      stop = start + 1;
    }
  return TRUE;
}

/* Is there a NUL, a newline in [FROM, TO)? */
static gboolean
scan (int fd, guint64 from, guint64 to, gboolean *nul, gboolean *newline, GError **error)
{
  g_autofree char *window = g_malloc ((gsize) MIN (to - from, WINDOW_MAX) + 1);

  *nul = FALSE;
  *newline = FALSE;
  while (from < to)
    {
      gsize size = (gsize) MIN (to - from, WINDOW_MAX);

      if (!read_at (fd, from, window, size, error))
        return FALSE;
      *nul = *nul || memchr (window, '\0', size) != NULL;
      *newline = *newline || memchr (window, '\n', size) != NULL;
      from += size;
    }
  return TRUE;
}

/* What the chain of the record at START, whose JSON is of LENGTH bytes, continues: the hash of the record that ends there. */
static gboolean
read_previous (int fd, guint64 start, guint64 sequence, const char *json, gsize length, char out[HASH_DIGITS + 1], GError **error)
{
  TrustJournalHeader previous;
  HeaderState state;
  guint64 at;
  gboolean found;

  if (start == 0)
    {
      memcpy (out, TRUST_JOURNAL_NO_HASH, HASH_DIGITS + 1);
      return sequence == 1 || trust_journal_peek_previous (json, length, out)
             || trust_journal_set_damaged (error, sequence, 0, "the first record is not number 1, and does not say what stood before it");
    }
  if (!find_header (fd, start, &at, &found, error))
    return FALSE;
  if (!found)
    return trust_journal_set_damaged (error, sequence, start, "no record stands before it");
  if (!read_header (fd, at, start, &previous, &state, error))
    return FALSE;
  if (state != HEADER_WHOLE || at + previous.size + previous.length + 1 != start || previous.sequence + 1 != sequence)
    return trust_journal_set_damaged (error, sequence > 0 ? sequence - 1 : 0, at, "its header does not fit what follows it");
  memcpy (out, previous.hash, HASH_DIGITS + 1);
  return TRUE;
}

/* The JSON and the newline after it, read and held against the hash. MATCHES is FALSE when they do not fit. */
static gboolean
read_body (int fd, guint64 start, TrustJournalLast *last, gboolean *matches, GError **error)
{
  gsize length = (gsize) last->header.length;
  char previous[HASH_DIGITS + 1], hash[HASH_DIGITS + 1];

  last->json = g_malloc (length + 1);
  if (!read_at (fd, start + last->header.size, last->json, length + 1, error)
      || !read_previous (fd, start, last->header.sequence, last->json, length, previous, error))
    return FALSE;
  trust_journal_chain_hash (previous, last->header.sequence, last->json, length, hash);
  *matches = last->json[length] == '\n' && memchr (last->json, '\n', length) == NULL && memcmp (hash, last->header.hash, HASH_DIGITS) == 0;
  return TRUE;
}

/* What stands at START, where a header begins: a record cut short by a crash leaves a beginning of one, or blocks never written,
 * which read as NUL. Neither JSON nor a header holds a NUL, and only a whole record holds a second newline. */
static RecordState
check_record (int fd, guint64 start, guint64 end, TrustJournalLast *last, GError **error)
{
  HeaderState state;
  gboolean nul, newline, matches = FALSE;

  if (!read_header (fd, start, end, &last->header, &state, error))
    return RECORD_DAMAGED;
  if (state == HEADER_SHORT)
    return RECORD_TORN;
  if (state == HEADER_BAD)
    {
      if (!scan (fd, start, MIN (end, start + HEADER_MAX), &nul, &newline, error))
        return RECORD_DAMAGED;
      if (!nul)
        trust_journal_set_damaged (error, 0, start, "its header is malformed");
      return nul ? RECORD_TORN : RECORD_DAMAGED;
    }

  guint64 sequence = last->header.sequence;

  last->end = start + last->header.size + last->header.length + 1;
  if (last->header.length > TRUST_LIMIT_JOURNAL_RECORD_BYTES)
    {
      trust_journal_set_damaged (error, sequence, start, "it claims to be longer than any record may be");
      return RECORD_DAMAGED;
    }
  last->start = start;
  if (!scan (fd, start + last->header.size, MIN (end, last->end), &nul, &newline, error))
    return RECORD_DAMAGED;
  if (nul || (last->end > end && !newline))
    return RECORD_TORN;
  if (last->end <= end && !read_body (fd, start, last, &matches, error))
    return RECORD_DAMAGED;
  if (!matches)
    trust_journal_set_damaged (error, sequence, start, "its content does not have the hash it names");
  return matches ? RECORD_WHOLE : RECORD_DAMAGED;
}

/* May [FROM, END), which holds no header, be what a cut write left? */
static gboolean
is_torn (int fd, guint64 from, guint64 end, gboolean *torn, GError **error)
{
  char bytes[MAGIC_SIZE];
  gboolean newline;

  if (!scan (fd, from, end, torn, &newline, error))
    return FALSE;
  if (*torn || end - from >= MAGIC_SIZE)
    return TRUE;
  if (!read_at (fd, from, bytes, (gsize) (end - from), error))
    return FALSE;
  *torn = memcmp (bytes, MAGIC, (gsize) (end - from)) == 0;
  return TRUE;
}

/* Leaves the torn record at START out: what stands before it must be whole, for each append is synced before the next. */
static gboolean
find_before_torn (int fd, guint64 start, TrustJournalLast *out, GError **error)
{
  guint64 previous;
  gboolean found;

  out->end = 0;
  if (start == 0)
    return TRUE;
  if (!find_header (fd, start, &previous, &found, error))
    return FALSE;

  RecordState state = found ? check_record (fd, previous, start, out, error) : RECORD_TORN;

  if (state == RECORD_TORN || (state == RECORD_WHOLE && out->end != start))
    return trust_journal_set_damaged (error, 0, found ? previous : 0, "it is not whole, though a later one was begun");
  return state == RECORD_WHOLE;
}

gboolean
trust_journal_chain_find_last (int fd, guint64 size, TrustJournalLast *out, GError **error)
{
  guint64 start;
  gboolean found, torn;

  *out = (TrustJournalLast) { .end = 0 };
  if (size == 0)
    return TRUE;
  if (!find_header (fd, size, &start, &found, error))
    return FALSE;
  if (found)
    {
      RecordState state = check_record (fd, start, size, out, error);

      if (state == RECORD_TORN)
        return find_before_torn (fd, start, out, error);
      if (state == RECORD_DAMAGED)
        return FALSE;
      if (out->end == size)
        return TRUE;
    }
  if (!is_torn (fd, out->end, size, &torn, error))
    return FALSE;
  if (torn && (found || size <= REACH))
    return TRUE;
  return trust_journal_set_damaged (error, found ? out->header.sequence + 1 : 1, out->end,
                                    "it does not begin with a header that is known here; if a newer anchord wrote it, update anchord");
}

gboolean
trust_journal_chain_read_header (int fd, guint64 offset, guint64 end, TrustJournalHeader *out, GError **error)
{
  TrustJournalHeaderState state;

  return read_header (fd, offset, end, out, &state, error)
         && (state == TRUST_JOURNAL_HEADER_WHOLE || trust_journal_set_damaged (error, 0, offset, "its header is malformed"));
}
