/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What goes when the closed files are too many, and what stays of it. */
#include "core/journal-rotate.h"

#include "core/atomic.h"
#include "core/certificate.h"
#include "core/error.h"
#include "core/journal-scan.h"
#include "core/limits.h"
#include "core/pem.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH TRUST_JOURNAL_FOLDER "/" TRUST_JOURNAL_CERTIFICATES

typedef struct
{
  GHashTable *known; /* (owned) a set of TrustFingerprint* (owned): those that are kept already */
  GString *fresh;    /* (owned) entries to be added */
} Keeper;

/* DER, if it is a certificate that is not kept yet. */
static void
keep (Keeper *keeper, const guint8 *der, gsize size)
{
  g_autofree TrustFingerprint *fingerprint = g_new0 (TrustFingerprint, 1);
  g_autoptr (TrustCertificate) certificate = NULL;
  char hex[TRUST_FINGERPRINT_HEX];

  if (size == 0 || size > TRUST_LIMIT_CERTIFICATE_BYTES || der[0] != 0x30)
    return;
  trust_fingerprint_of (der, size, fingerprint);
  certificate = g_hash_table_contains (keeper->known, fingerprint) ? NULL : trust_certificate_new (der, size, NULL);
  if (certificate == NULL)
    return;
  trust_fingerprint_to_hex (fingerprint, hex);
  g_hash_table_add (keeper->known, g_steal_pointer (&fingerprint));
  g_string_append_printf (keeper->fresh, "%s %" G_GSIZE_FORMAT "\n", hex, size);
  g_string_append_len (keeper->fresh, (const char *) der, (gssize) size);
  g_string_append_c (keeper->fresh, '\n');
}

/* (transfer full) */
static guchar *
decode (TrustSpan text, gsize *size_out)
{
  guchar *bytes = g_malloc (text.size / 4 * 3 + 3);
  int state = 0;
  guint save = 0;

  *size_out = g_base64_decode_step ((const char *) text.data, text.size, bytes, &state, &save);
  return bytes;
}

/* The certificates in a file's content: it is one, or has PEM blocks, or an anchor file's head that says Certificate=. */
static void
keep_content (Keeper *keeper, const guchar *bytes, gsize size)
{
  TrustSpan text = { bytes, size };
  TrustPemBlock block;
  gsize offset = 0;

  keep (keeper, bytes, size);
  while (trust_pem_next (text, &offset, &block, NULL))
    {
      g_autoptr (GByteArray) der = trust_pem_label_is (&block, "CERTIFICATE") ? trust_pem_decode (block.body, NULL) : NULL;

      if (der != NULL)
        keep (keeper, der->data, der->len);
    }
  for (const guchar *line = bytes; line != NULL && line < bytes + size;)
    {
      static const char key[] = "Certificate=";
      const guchar *end = memchr (line, '\n', size - (gsize) (line - bytes));
      gsize length = end != NULL ? (gsize) (end - line) : size - (gsize) (line - bytes);

      if (length > sizeof key - 1 && memcmp (line, key, sizeof key - 1) == 0)
        {
          gsize der_size;
          g_autofree guchar *der = decode ((TrustSpan) { line + sizeof key - 1, length - (sizeof key - 1) }, &der_size);

          keep (keeper, der, der_size);
        }
      line = end != NULL ? end + 1 : NULL;
    }
}

static void
keep_files (Keeper *keeper, TrustJournalCursor *cursor)
{
  gboolean first = TRUE;
  TrustSpan name, text;

  if (!trust_journal_cursor_enter (cursor, '['))
    return;
  while (trust_journal_cursor_next (cursor, ']', &first))
    {
      gboolean first_member = TRUE;

      if (!trust_journal_cursor_enter (cursor, '{'))
        return;
      while (trust_journal_cursor_next (cursor, '}', &first_member) && trust_journal_cursor_name (cursor, &name))
        if (trust_journal_span_is (name, "content") && trust_journal_cursor_string (cursor, &text))
          {
            gsize size;
            g_autofree guchar *bytes = decode (text, &size);

            keep_content (keeper, bytes, size);
          }
        else
          trust_journal_cursor_skip (cursor);
    }
}

static void
keep_certificates (Keeper *keeper, TrustJournalCursor *cursor)
{
  gboolean first = TRUE;
  TrustSpan text;

  if (!trust_journal_cursor_enter (cursor, '['))
    return;
  while (trust_journal_cursor_next (cursor, ']', &first) && trust_journal_cursor_string (cursor, &text))
    {
      gsize size;
      g_autofree guchar *der = decode (text, &size);

      keep (keeper, der, size);
    }
}

static void
keep_record (Keeper *keeper, const char *json, gsize length)
{
  TrustJournalCursor cursor = { json, json + length };
  gboolean first = TRUE;
  TrustSpan name;

  if (!trust_journal_cursor_enter (&cursor, '{'))
    return;
  while (trust_journal_cursor_next (&cursor, '}', &first) && trust_journal_cursor_name (&cursor, &name))
    if (trust_journal_span_is (name, "certificates"))
      keep_certificates (keeper, &cursor);
    else if (trust_journal_span_is (name, "files") || trust_journal_span_is (name, "found"))
      keep_files (keeper, &cursor);
    else
      trust_journal_cursor_skip (&cursor);
}

/* All records of the closed file at PATH, as far as they can be read. */
static gboolean
keep_all (Keeper *keeper, TrustRoot *root, const char *path, GError **error)
{
  int fd = trust_root_open (root, path, O_RDONLY | O_NOFOLLOW, 0);
  g_autoptr (GMappedFile) map = fd >= 0 ? g_mapped_file_new_from_fd (fd, FALSE, NULL) : NULL;
  const char *at = NULL, *end = NULL;
  TrustJournalHeader header;

  if (fd < 0)
    return trust_error_set_errno (error, errno, "cannot open", path);
  close (fd);
  at = map != NULL ? g_mapped_file_get_contents (map) : NULL;
  end = at != NULL ? at + g_mapped_file_get_length (map) : NULL;
  while (at < end && trust_journal_header_parse (at, MIN ((gsize) (end - at), 128), &header) == TRUST_JOURNAL_HEADER_WHOLE
         && header.size + header.length + 1 <= (guint64) (end - at))
    {
      keep_record (keeper, at + header.size, (gsize) header.length);
      at += header.size + header.length + 1;
    }
  return TRUE;
}

/* Where the whole entries of BYTES end; those are known. */
static gsize
read_kept (Keeper *keeper, const char *bytes, gsize size)
{
  gsize at = 0;

  for (;;)
    {
      const char *end = at < size ? memchr (bytes + at, '\n', MIN (size - at, 80)) : NULL;
      g_autofree char *line = end != NULL ? g_strndup (bytes + at, (gsize) (end - bytes) - at) : NULL;
      gsize body = end != NULL ? (gsize) (end - bytes) + 1 : 0;
      g_autofree TrustFingerprint *fingerprint = g_new0 (TrustFingerprint, 1);
      guint64 length = 0;

      if (line == NULL || strlen (line) < 66 || line[64] != ' '
          || !g_ascii_string_to_unsigned (line + 65, 10, 1, TRUST_LIMIT_CERTIFICATE_BYTES, &length, NULL) || length + 1 > size - body)
        return at;
      line[64] = '\0';
      if (!trust_text_unhex (line, fingerprint->bytes, sizeof fingerprint->bytes))
        return at;
      g_hash_table_add (keeper->known, g_steal_pointer (&fingerprint));
      at = body + (gsize) length + 1;
    }
}

/* Adds to the file of certificates those of the closed file at PATH that it does not have. What a crash left half is written again. */
static gboolean
save_certificates (TrustRoot *root, int folder, const char *path, GError **error)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, g_free, NULL);
  g_autoptr (GString) fresh = g_string_new (NULL);
  g_autoptr (GBytes) kept = NULL;
  g_autoptr (GError) reason = NULL;
  Keeper keeper = { known, fresh };
  gsize end = 0;
  gboolean done = FALSE;
  int fd = -1;

  kept = trust_root_read (root, PATH, TRUST_LIMIT_OUTPUT_BYTES, NULL, &reason);
  if (kept == NULL && !g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  end = kept != NULL ? read_kept (&keeper, g_bytes_get_data (kept, NULL), g_bytes_get_size (kept)) : 0;
  if (!keep_all (&keeper, root, path, error))
    return FALSE;
  if (fresh->len == 0)
    return TRUE;
  if (end + fresh->len > TRUST_LIMIT_OUTPUT_BYTES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "%s would be longer than %u bytes; move it away", PATH, TRUST_LIMIT_OUTPUT_BYTES);
      return FALSE;
    }
  fd = trust_root_open (root, PATH, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
  if (fd >= 0)
    done = ftruncate (fd, (off_t) end) == 0 && lseek (fd, 0, SEEK_END) >= 0 && trust_atomic_write_all (fd, fresh->str, fresh->len) && fsync (fd) == 0;
  if (!done)
    trust_error_set_errno (error, errno, "cannot add to", PATH);
  if (fd >= 0)
    close (fd);
  return done && trust_atomic_sync_dir (folder, error);
}

gboolean
trust_journal_keep_within (TrustRoot *root, guint64 max, GError **error)
{
  g_autoptr (GArray) closed = trust_journal_list_closed (root, error);
  guint64 total = 0;
  gboolean done = TRUE;
  int folder = -1;

  for (guint i = 0; closed != NULL && i < closed->len; i++)
    total += g_array_index (closed, TrustJournalClosed, i).size;
  if (closed == NULL || total <= max)
    return closed != NULL;
  folder = trust_root_open_dir (root, TRUST_JOURNAL_FOLDER);
  if (folder < 0)
    return trust_error_set_errno (error, errno, "cannot open", TRUST_JOURNAL_FOLDER);
  for (guint i = 0; done && total > max && i < closed->len; i++)
    {
      const TrustJournalClosed *one = &g_array_index (closed, TrustJournalClosed, i);
      g_autofree char *path = g_build_filename (TRUST_JOURNAL_FOLDER, one->name, NULL);

      /* One after the other: a gap between files would look like a theft. */
      done = save_certificates (root, folder, path, error) && trust_atomic_remove (folder, one->name, error) && trust_atomic_sync_dir (folder, error);
      total -= one->size;
    }
  close (folder);
  return done;
}
