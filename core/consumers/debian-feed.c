/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/debian.h"

#include "core/atomic.h"
#include "core/emitters/emitter.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/pem.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LOG_FOLDER "/var/lib/anchord/debian"
#define LOG_NAME "state"
#define LOG_LINE (1 + 64 + 1)
/* Lines beyond two an entry are past, and worth writing the log anew. */
#define LOG_SLACK 256
#define FEED_DIGITS TRUST_DEBIAN_FEED_DIGITS

static void
take_line (TrustDebianLog *log, const char *line)
{
  TrustFingerprint fingerprint;
  char hex[65];

  memcpy (hex, line + 1, 64);
  hex[64] = '\0';
  if (!trust_text_unhex (hex, fingerprint.bytes, sizeof fingerprint.bytes))
    return;
  g_hash_table_remove (log->placed, &fingerprint);
  g_hash_table_remove (log->withdrawn, &fingerprint);
  if (*line == '+')
    g_hash_table_add (log->placed, g_memdup2 (&fingerprint, sizeof fingerprint));
  else if (*line == '!')
    g_hash_table_add (log->withdrawn, g_memdup2 (&fingerprint, sizeof fingerprint));
}

void
trust_debian_log_init (TrustDebianLog *log, TrustRoot *root)
{
  g_autoptr (GBytes) bytes = trust_root_read (root, LOG_FOLDER "/" LOG_NAME, TRUST_LIMIT_CONFIGURATION_BYTES, NULL, NULL);
  gsize size = 0;
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  memset (log, 0, sizeof *log);
  log->root = root;
  log->exists = bytes != NULL;
  log->placed = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, g_free, NULL);
  log->withdrawn = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, g_free, NULL);
  for (gsize at = 0; at + LOG_LINE <= size; at += LOG_LINE, log->n_lines++)
    if (text[at + LOG_LINE - 1] == '\n')
      take_line (log, text + at);
    else
      log->torn = TRUE;
  log->torn = log->torn || size % LOG_LINE != 0;
}

void
trust_debian_log_clear (TrustDebianLog *log)
{
  g_clear_pointer (&log->placed, g_hash_table_unref);
  g_clear_pointer (&log->withdrawn, g_hash_table_unref);
}

void
trust_debian_log_note (TrustDebianLog *log, GString *lines, char kind, const TrustFingerprint *fingerprint)
{
  gboolean placed = g_hash_table_contains (log->placed, fingerprint), withdrawn = g_hash_table_contains (log->withdrawn, fingerprint);
  char line[LOG_LINE + 1];

  if ((kind == '+' && placed) || (kind == '!' && withdrawn) || (kind == '-' && !placed && !withdrawn))
    return;
  line[0] = kind;
  trust_text_hex_into (fingerprint->bytes, sizeof fingerprint->bytes, line + 1);
  line[LOG_LINE - 1] = '\n';
  g_string_append_len (lines, line, LOG_LINE);
}

static void
append_all (GString *text, char kind, GHashTable *fingerprints)
{
  GHashTableIter iter;
  gpointer fingerprint;
  char hex[TRUST_FINGERPRINT_HEX];

  g_hash_table_iter_init (&iter, fingerprints);
  while (g_hash_table_iter_next (&iter, &fingerprint, NULL))
    {
      trust_fingerprint_to_hex (fingerprint, hex);
      g_string_append_printf (text, "%c%s\n", kind, hex);
    }
}

static gboolean
write_whole (TrustDebianLog *log, GError **error)
{
  int dir_fd = trust_root_make_dir (log->root, LOG_FOLDER, 0755);
  GString *text = g_string_new (NULL);
  gboolean ok = dir_fd >= 0;

  append_all (text, '+', log->placed);
  append_all (text, '!', log->withdrawn);
  ok = ok ? trust_atomic_write (dir_fd, LOG_NAME, text->str, text->len, 0644, error)
          : trust_error_set_errno (error, errno, "cannot make", LOG_FOLDER);
  if (ok)
    {
      log->exists = TRUE;
      log->torn = FALSE;
      log->n_lines = g_hash_table_size (log->placed) + g_hash_table_size (log->withdrawn);
    }
  if (dir_fd >= 0)
    close (dir_fd);
  g_string_free (text, TRUE);
  return ok;
}

gboolean
trust_debian_log_write (TrustDebianLog *log, const GString *lines, GError **error)
{
  int fd = -1;
  gboolean ok;

  for (gsize at = 0; at + LOG_LINE <= lines->len; at += LOG_LINE)
    take_line (log, lines->str + at);
  if (!log->exists || log->torn)
    return write_whole (log, error);
  if (lines->len == 0)
    return TRUE;
  fd = trust_root_open (log->root, LOG_FOLDER "/" LOG_NAME, O_WRONLY | O_APPEND, 0);
  if (fd < 0)
    return write_whole (log, error);
  ok = trust_atomic_write_all (fd, lines->str, lines->len) && fdatasync (fd) == 0;
  if (!ok)
    {
      log->torn = TRUE;
      trust_error_set_errno (error, errno, "cannot write", LOG_FOLDER "/" LOG_NAME);
    }
  close (fd);
  log->n_lines += lines->len / LOG_LINE;
  return ok;
}

void
trust_debian_log_compact (TrustDebianLog *log)
{
  if (log->exists && (log->torn || log->n_lines > 2 * (g_hash_table_size (log->placed) + g_hash_table_size (log->withdrawn)) + LOG_SLACK))
    write_whole (log, NULL);
}

TrustDebianFeed *
trust_debian_feed_new (void)
{
  TrustDebianFeed *feed = g_new0 (TrustDebianFeed, 1);

  feed->added = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  feed->removed = g_ptr_array_new_with_free_func (g_free);
  feed->staged = trust_batch_new ();
  return feed;
}

void
trust_debian_feed_free (TrustDebianFeed *feed)
{
  g_ptr_array_unref (feed->added);
  g_ptr_array_unref (feed->removed);
  trust_batch_free (feed->staged);
  g_free (feed);
}

/* Is the file NAME, which nobody wants, one that we wrote? Its name then ends in its certificate's fingerprint. */
static gboolean
is_ours (TrustRoot *root, int dir_fd, const char *name, const TrustDebianLog *log)
{
  g_autoptr (GBytes) bytes = trust_root_read_at (root, dir_fd, name, 4 * TRUST_LIMIT_CERTIFICATE_BYTES, NULL, NULL);
  TrustSpan text = { NULL, 0 };
  TrustPemBlock block;
  TrustFingerprint fingerprint;
  gsize offset = 0, length = strlen (name);
  g_autoptr (GByteArray) der = NULL;
  char hex[TRUST_FINGERPRINT_HEX];

  if (bytes == NULL || length < FEED_DIGITS + 5 || !g_str_has_suffix (name, ".crt"))
    return FALSE;
  text.data = g_bytes_get_data (bytes, &text.size);
  if (!trust_pem_next (text, &offset, &block, NULL) || block.offset != 0)
    return FALSE;
  der = trust_pem_decode (block.body, NULL);
  if (der == NULL)
    return FALSE;
  trust_fingerprint_of (der->data, der->len, &fingerprint);
  trust_fingerprint_to_hex (&fingerprint, hex);
  return g_hash_table_contains (log->placed, &fingerprint) || strncmp (name + length - 4 - FEED_DIGITS, hex, FEED_DIGITS) == 0;
}

static gboolean
file_holds (TrustRoot *root, int dir_fd, const char *name, const TrustAnchor *anchor)
{
  g_autoptr (GBytes) bytes = trust_root_read_at (root, dir_fd, name, 4 * TRUST_LIMIT_CERTIFICATE_BYTES, NULL, NULL);
  GString *wanted = g_string_new (NULL);
  gboolean holds;

  trust_emitter_pem_bundle.emit (anchor, wanted);
  holds = bytes != NULL && g_bytes_get_size (bytes) == wanted->len && memcmp (g_bytes_get_data (bytes, NULL), wanted->str, wanted->len) == 0;
  g_string_free (wanted, TRUE);
  return holds;
}

void
trust_debian_feed_plan (TrustRoot *root, int dir_fd, const TrustDebianInput *input, const TrustDebianLog *log, TrustDebianFeed *feed,
                        GPtrArray *withdrawn_out, GPtrArray *drift)
{
  g_autoptr (GPtrArray) names = trust_root_list (root, TRUST_DEBIAN_FEED_FOLDER);
  g_autoptr (GHashTable) there = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; names != NULL && i < names->len; i++)
    g_hash_table_add (there, names->pdata[i]);
  for (guint i = input->n_configured; i < input->entries->len; i++)
    {
      const TrustDebianEntry *entry = input->entries->pdata[i];
      const char *name = entry->path != NULL ? entry->path + strlen (TRUST_DEBIAN_FEED_FOLDER "/") : NULL;

      if (entry->anchor == NULL)
        continue;
      if (!g_hash_table_remove (there, name))
        {
          const TrustFingerprint *fingerprint = trust_anchor_get_fingerprint (entry->anchor);

          if (g_hash_table_contains (log->placed, fingerprint))
            g_ptr_array_add (withdrawn_out, (gpointer) (guintptr) fingerprint);
          else
            g_ptr_array_add (feed->added, trust_anchor_ref (entry->anchor));
        }
      else if (!file_holds (root, dir_fd, name, entry->anchor))
        g_ptr_array_add (feed->added, trust_anchor_ref (entry->anchor));
    }
  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      const char *name = names->pdata[i];
      g_autofree char *shown = NULL;

      if (!g_hash_table_contains (there, name) || g_str_has_prefix (name, ".anchord-"))
        continue;
      if (is_ours (root, dir_fd, name, log))
        {
          g_ptr_array_add (feed->removed, g_strdup (name));
          continue;
        }
      shown = trust_text_printable (name, 0);
      g_ptr_array_add (drift, g_strdup_printf ("foreign file in " TRUST_DEBIAN_FEED_FOLDER ", which is anchord's: %s", shown));
    }
}

gboolean
trust_debian_feed_commit (int dir_fd, TrustDebianFeed *feed, GError **error)
{
  if (trust_batch_get_n (feed->staged) == 0)
    return TRUE;
  return trust_batch_commit (feed->staged, error) && trust_atomic_sync_dir (dir_fd, error);
}

gboolean
trust_debian_feed_stage (int dir_fd, TrustDebianFeed *feed, GError **error)
{
  GString *bytes = g_string_new (NULL);
  gboolean ok = TRUE;

  for (guint i = 0; ok && i < feed->added->len; i++)
    {
      const TrustAnchor *anchor = feed->added->pdata[i];
      g_autofree char *name = trust_debian_feed_name (anchor);
      TrustStaged *staged = NULL;

      g_string_truncate (bytes, 0);
      trust_emitter_pem_bundle.emit (anchor, bytes);
      staged = trust_atomic_stage_unsynced (dir_fd, name, bytes->str, bytes->len, 0644, error);
      ok = staged != NULL;
      if (ok)
        trust_batch_take (feed->staged, staged);
    }
  g_string_free (bytes, TRUE);
  return ok && trust_batch_sync (feed->staged, error);
}

gboolean
trust_debian_feed_remove (int dir_fd, TrustDebianFeed *feed, GError **error)
{
  if (feed->removed->len == 0)
    return TRUE;
  for (guint i = 0; i < feed->removed->len; i++)
    if (!trust_atomic_remove (dir_fd, feed->removed->pdata[i], error))
      return FALSE;
  return trust_atomic_sync_dir (dir_fd, error);
}
