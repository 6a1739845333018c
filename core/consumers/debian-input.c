/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/consumers/debian.h"

#include "core/emitters/emitter.h"
#include "core/error.h"
#include "core/foreign.h"
#include "core/limits.h"
#include "core/pem.h"
#include "core/sources/debian.h"
#include "core/text.h"

#include <stdlib.h>
#include <string.h>

#define DISTRIBUTION_SOURCE "debian-distribution"
#define LOCAL_SOURCE "debian-local"

static void
entry_free (TrustDebianEntry *entry)
{
  g_clear_pointer (&entry->file, trust_source_file_unref);
  g_clear_pointer (&entry->anchor, trust_anchor_unref);
  g_free (entry->path);
  g_free (entry);
}

void
trust_debian_input_free (TrustDebianInput *input)
{
  g_ptr_array_unref (input->entries);
  g_array_unref (input->pieces);
  g_ptr_array_unref (input->given);
  g_ptr_array_unref (input->drift);
  g_array_unref (input->against);
  g_free (input->fault);
  g_free (input);
}

const char *
trust_debian_entry_get_path (const TrustDebianEntry *entry)
{
  return entry->file != NULL ? trust_origin_get_path (entry->file->origin) : entry->path;
}

static TrustDebianEntry *
feed_entry_new (TrustAnchor *anchor)
{
  TrustDebianEntry *entry = g_new0 (TrustDebianEntry, 1);
  g_autofree char *name = trust_debian_feed_name (anchor);

  entry->anchor = trust_anchor_ref (anchor);
  entry->path = g_strconcat (TRUST_DEBIAN_FEED_FOLDER "/", name, NULL);
  return entry;
}

static void
add_drift (TrustDebianInput *input, const char *what, const char *path)
{
  g_autofree char *shown = trust_text_printable (path, 0);

  g_ptr_array_add (input->drift, g_strdup_printf ("%s: %s", what, shown));
}

/* Bytes that are made, not copied: the feed's, and a file's last good anchors. */
static void
emit_entry (const TrustDebianEntry *entry, GString *out)
{
  if (entry->anchor != NULL)
    trust_emitter_pem_bundle.emit (entry->anchor, out);
  else
    for (guint i = 0; i < entry->file->n_anchors; i++)
      trust_emitter_pem_bundle.emit (entry->file->anchors[i], out);
}

static TrustPiece
measure_entry (const TrustDebianEntry *entry)
{
  TrustPiece piece = { { { 0 } }, 0 };
  GString *bytes = NULL;

  if (entry->file != NULL && !entry->from_anchors)
    {
      piece.id = entry->file->digest;
      piece.length = (gsize) entry->file->stat.size + (entry->file->stat.size > 0 && !entry->file->ends_with_newline);
      return piece;
    }
  bytes = g_string_new (NULL);
  emit_entry (entry, bytes);
  trust_fingerprint_of (bytes->str, bytes->len, &piece.id);
  piece.length = bytes->len;
  g_string_free (bytes, TRUE);
  return piece;
}

gboolean
trust_debian_fill (gpointer user_data, guint index, GString *out, GError **error)
{
  const TrustDebianFill *fill = user_data;
  const TrustDebianEntry *entry = fill->input->entries->pdata[index];
  g_autoptr (GBytes) bytes = NULL;
  TrustFingerprint digest;
  gsize size = 0;
  const char *data = NULL;

  if (entry->file == NULL || entry->from_anchors)
    {
      emit_entry (entry, out);
      return TRUE;
    }
  bytes = trust_root_read (fill->root, trust_debian_entry_get_path (entry), TRUST_LIMIT_INPUT_BYTES, NULL, error);
  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, &size);
  trust_fingerprint_of (data, size, &digest);
  if (!trust_fingerprint_equal (&digest, &entry->file->digest))
    {
      g_autofree char *shown = trust_text_printable (trust_debian_entry_get_path (entry), 0);

      g_set_error (error, TRUST_ERROR, TRUST_ERROR_STORAGE, "%s changed while it was being published; it is read again", shown);
      return FALSE;
    }
  g_string_append_len (out, data, (gssize) size);
  if (size > 0 && data[size - 1] != '\n')
    g_string_append_c (out, '\n');
  return TRUE;
}

/* Does the tool take FILE, and may we? */
static gboolean
is_taken (TrustDebianInput *input, const TrustSourceFile *file)
{
  const char *path = trust_origin_get_path (file->origin);
  static const TrustFingerprint unread;

  if (file->status == TRUST_FILE_LAST_GOOD)
    return file->n_anchors > 0;
  if (file->stat.inode == 0 || file->status == TRUST_FILE_MISSING || file->status == TRUST_FILE_MASKED || file->status == TRUST_FILE_IGNORED)
    return FALSE;
  if (file->status == TRUST_FILE_PRIVATE_KEY)
    add_drift (input, "holds a private key, and is left out", path);
  else if (strchr (path, '\n') != NULL)
    add_drift (input, "has a line break in its name, on which the distribution's tool fails", path);
  else if (trust_fingerprint_equal (&file->digest, &unread))
    add_drift (input, "could not be read", path);
  else
    {
      if (file->status != TRUST_FILE_TAKEN)
        add_drift (input, "read by the distribution's tool, not by anchord", path);
      return TRUE;
    }
  return FALSE;
}

/* What of FILE, which gives what is refused, that is. */
static void
note_against (TrustDebianInput *input, TrustDebianJudge *judge, const TrustSourceFile *file)
{
  g_autoptr (GPtrArray) certificates = trust_foreign_read (judge->root, file);

  for (guint i = 0; i < certificates->len; i++)
    if (trust_debian_judge (judge, certificates->pdata[i]) == TRUST_DEBIAN_REFUSED)
      g_array_append_vals (input->against, trust_certificate_get_fingerprint (certificates->pdata[i]), 1);
}

static void
take_file (TrustDebianInput *input, TrustDebianJudge *judge, TrustSourceFile *file)
{
  TrustDebianEntry *entry = NULL;
  TrustDebianStanding standing = trust_debian_judge_file (judge, file);

  if (!is_taken (input, file) || (standing == TRUST_DEBIAN_UNKNOWN && (judge->flags & TRUST_PUBLISH_REMOVALS)))
    return;
  if (standing == TRUST_DEBIAN_REFUSED)
    {
      const char *path = trust_origin_get_path (file->origin);
      g_autofree char *shown = trust_text_printable (path, 0);

      add_drift (input, "gives what anchord refuses", path);
      note_against (input, judge, file);
      g_free (input->fault);
      input->fault = g_strdup_printf ("%s, which is not anchord's, still gives what is refused; move it away", shown);
    }
  entry = g_new0 (TrustDebianEntry, 1);
  entry->file = trust_source_file_ref (file);
  entry->from_anchors = file->status == TRUST_FILE_LAST_GOOD;
  g_ptr_array_add (input->entries, entry);
  for (guint i = 0; i < file->n_anchors; i++)
    g_ptr_array_add (input->given, (gpointer) (guintptr) trust_anchor_get_fingerprint (file->anchors[i]));
}

/* The configuration names files that the source's state does not have yet: its order then comes from the configuration itself. */
static GPtrArray *
order_configured (TrustRoot *root, TrustSourceState *state, const TrustDebianDeselection *deselection)
{
  g_autoptr (GBytes) conf = trust_root_read (root, TRUST_DEBIAN_CONF, TRUST_LIMIT_CONFIGURATION_BYTES, NULL, NULL);
  g_autoptr (GPtrArray) names = NULL;
  GPtrArray *files = g_ptr_array_new ();
  TrustSpan text = { NULL, 0 };

  if (conf == NULL)
    return files;
  text.data = g_bytes_get_data (conf, &text.size);
  names = trust_debian_parse_conf (text);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_strconcat (TRUST_DEBIAN_SHARE_FOLDER "/", names->pdata[i], NULL);
      TrustSourceFile *file = g_hash_table_lookup (state->by_path, path);

      if (file == NULL)
        file = g_hash_table_lookup (deselection->reselected, path);
      if (file != NULL)
        g_ptr_array_add (files, file);
    }
  return files;
}

static void
take_configured (TrustDebianInput *input, TrustDebianJudge *judge, const TrustDebianDeselection *deselection)
{
  TrustSourceState *state = trust_snapshot_find_state (judge->next, DISTRIBUTION_SOURCE);
  g_autoptr (GPtrArray) files = NULL;

  if (state == NULL)
    return;
  files = g_hash_table_size (deselection->reselected) > 0 && !state->held_back ? order_configured (judge->root, state, deselection)
                                                                               : g_ptr_array_ref (state->files);
  for (guint i = 0; i < files->len; i++)
    {
      TrustSourceFile *file = files->pdata[i];

      if (!trust_debian_deselection_contains (deselection, trust_origin_get_path (file->origin)))
        take_file (input, judge, file);
    }
}

static int
compare_fingerprints (gconstpointer a, gconstpointer b)
{
  return trust_fingerprint_compare (*(const TrustFingerprint *const *) a, *(const TrustFingerprint *const *) b);
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  return strcmp (trust_debian_entry_get_path (*(const TrustDebianEntry *const *) a),
                 trust_debian_entry_get_path (*(const TrustDebianEntry *const *) b));
}

gboolean
trust_debian_input_gives (const TrustDebianInput *input, const TrustFingerprint *fingerprint)
{
  guint low = 0, high = input->given->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      int order = trust_fingerprint_compare (input->given->pdata[middle], fingerprint);

      if (order == 0)
        return TRUE;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return FALSE;
}

TrustDebianInput *
trust_debian_input_new (TrustDebianJudge *judge, const TrustDebianDeselection *deselection, GHashTable *withdrawn)
{
  TrustDebianInput *input = g_new0 (TrustDebianInput, 1);
  const TrustAnchorSet *flat = judge->next->flat;
  TrustSourceState *local = trust_snapshot_find_state (judge->next, LOCAL_SOURCE);

  input->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  input->pieces = g_array_new (FALSE, FALSE, sizeof (TrustPiece));
  input->given = g_ptr_array_new ();
  input->drift = g_ptr_array_new_with_free_func (g_free);
  input->against = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
  take_configured (input, judge, deselection);
  input->n_configured = input->entries->len;
  for (guint i = 0; local != NULL && i < local->files->len; i++)
    take_file (input, judge, local->files->pdata[i]);
  g_ptr_array_sort (input->given, compare_fingerprints);
  for (guint i = 0; i < trust_anchor_set_get_n_anchors (flat); i++)
    {
      TrustAnchor *anchor = trust_anchor_set_get_anchor (flat, i);
      const TrustFingerprint *fingerprint = trust_anchor_get_fingerprint (anchor);

      if (trust_debian_is_wanted (anchor) && !trust_debian_input_gives (input, fingerprint) && !g_hash_table_contains (withdrawn, fingerprint))
        g_ptr_array_add (input->entries, feed_entry_new (anchor));
    }
  if (input->entries->len > input->n_configured)
    qsort (input->entries->pdata + input->n_configured, input->entries->len - input->n_configured, sizeof (gpointer), compare_entries);
  for (guint i = 0; i < input->entries->len; i++)
    {
      TrustPiece piece = measure_entry (input->entries->pdata[i]);

      g_array_append_val (input->pieces, piece);
    }
  return input;
}

/* The first local entry whose path is not before PATH. */
static guint
lower_bound (const TrustDebianInput *input, const char *path)
{
  guint low = input->n_configured, high = input->entries->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (strcmp (trust_debian_entry_get_path (input->entries->pdata[middle]), path) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

guint
trust_debian_input_insert (TrustDebianInput *input, TrustAnchor *anchor)
{
  TrustDebianEntry *entry = feed_entry_new (anchor);
  TrustPiece piece = measure_entry (entry);
  guint index = lower_bound (input, entry->path);

  g_ptr_array_insert (input->entries, (gint) index, entry);
  g_array_insert_val (input->pieces, index, piece);
  return index;
}

guint
trust_debian_input_find (const TrustDebianInput *input, const TrustAnchor *anchor)
{
  TrustDebianEntry *wanted = feed_entry_new ((TrustAnchor *) (guintptr) anchor);
  guint index = lower_bound (input, wanted->path);
  const TrustDebianEntry *found = index < input->entries->len ? input->entries->pdata[index] : NULL;

  if (found == NULL || found->anchor == NULL || !g_str_equal (found->path, wanted->path))
    index = G_MAXUINT;
  entry_free (wanted);
  return index;
}

void
trust_debian_input_remove (TrustDebianInput *input, guint index)
{
  g_ptr_array_remove_index (input->entries, index);
  g_array_remove_index (input->pieces, index);
}

/* Exactly one certificate, as OpenSSL counts what stands in a PEM file? */
static gboolean
holds_one_block (TrustRoot *root, const char *path)
{
  g_autoptr (GBytes) bytes = trust_root_read (root, path, TRUST_LIMIT_INPUT_BYTES, NULL, NULL);
  TrustSpan text = { NULL, 0 };
  TrustPemBlock block;
  gsize offset = 0;
  guint n_certificates = 0, n_lists = 0;

  if (bytes == NULL)
    return FALSE;
  text.data = g_bytes_get_data (bytes, &text.size);
  while (trust_pem_next (text, &offset, &block, NULL))
    {
      n_certificates += trust_pem_label_is (&block, "CERTIFICATE") || trust_pem_label_is (&block, "X509 CERTIFICATE")
                        || trust_pem_label_is (&block, "TRUSTED CERTIFICATE");
      n_lists += trust_pem_label_is (&block, "X509 CRL");
    }
  return n_certificates == 1 && n_lists <= 1;
}

/* The tool and rehash take files that don't count here as well. */
static TrustCertificate *
read_uncounted (TrustRoot *root, const TrustSourceFile *file)
{
  g_autoptr (GPtrArray) certificates = trust_foreign_read (root, file);

  return certificates->len == 1 && holds_one_block (root, trust_origin_get_path (file->origin)) ? trust_certificate_ref (certificates->pdata[0])
                                                                                                : NULL;
}

TrustCertificate *
trust_debian_entry_get_linkable (TrustRoot *root, const TrustDebianEntry *entry)
{
  const TrustSourceFile *file = entry->file;
  TrustCertificate *certificate = NULL;
  gsize der_size = 0, pem_size = 0, size = 0;

  if (entry->anchor != NULL)
    return trust_certificate_ref (trust_anchor_get_certificate (entry->anchor));
  if (file->status == TRUST_FILE_INSECURE || file->status == TRUST_FILE_UNPARSABLE)
    return read_uncounted (root, file);
  if (file->status != TRUST_FILE_TAKEN || file->n_anchors != 1 || file->n_distrusts != 0)
    return NULL;
  certificate = trust_anchor_get_certificate (file->anchors[0]);
  der_size = trust_certificate_get_der (certificate).size;
  pem_size = trust_pem_length (der_size, "CERTIFICATE");
  size = (gsize) file->stat.size;
  if (size == der_size)
    return NULL;
  if (size == pem_size || size + 1 == pem_size || holds_one_block (root, trust_debian_entry_get_path (entry)))
    return trust_certificate_ref (certificate);
  return NULL;
}
