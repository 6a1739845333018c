/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a consumer's outputs hold by anchord's hand. A text, a line each:
 *   anchord consumer 1
 *   output INDEX file|folder|link|merged FORMAT keep|- INPUT PATH
 *   entry INDEX SHA256 NAME     once or twice a name: what stands there, and what was about to
 *   gone INDEX - NAME           somebody took it away
 *   anchor SHA256 MASK          in the outputs of the mask, hexadecimal
 *   withdrawn SHA256 MASK       somebody took it out of them */
#include "core/consumers/placed.h"

#include "core/error.h"
#include "core/limits.h"
#include "core/text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define HEAD_WORDS "anchord consumer "
#define HEAD HEAD_WORDS "1\n"
#define NO_DIGEST "-"

static const char *const kind_names[] = { "file", "folder", "link", "merged" };
G_STATIC_ASSERT (G_N_ELEMENTS (kind_names) == TRUST_HELD_LAST);

const TrustFingerprint trust_held_absent = { { 0 } };

static void
digests_free (gpointer data)
{
  g_array_unref (data);
}

TrustHeld *
trust_held_new (TrustHeldKind kind, const char *format, const char *path, gboolean keep)
{
  TrustHeld *held = g_new0 (TrustHeld, 1);

  held->kind = kind;
  held->format = g_strdup (format);
  held->path = g_strdup (path);
  held->keep = keep;
  held->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, digests_free);
  held->stats = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  held->shown = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, g_free, NULL);
  held->withdrawn = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, g_free, NULL);
  return held;
}

void
trust_held_free (TrustHeld *held)
{
  g_free (held->format);
  g_free (held->path);
  g_hash_table_unref (held->entries);
  g_hash_table_unref (held->stats);
  g_hash_table_unref (held->shown);
  g_hash_table_unref (held->withdrawn);
  g_free (held);
}

void
trust_held_add (TrustHeld *held, const char *name, const TrustFingerprint *digest)
{
  GArray *digests = g_hash_table_lookup (held->entries, name);

  if (digests == NULL)
    {
      digests = g_array_new (FALSE, FALSE, sizeof (TrustFingerprint));
      g_hash_table_insert (held->entries, g_strdup (name), digests);
    }
  if (digest != NULL && !trust_held_has (held, name, digest))
    g_array_append_vals (digests, digest, 1);
}

gboolean
trust_held_has (const TrustHeld *held, const char *name, const TrustFingerprint *digest)
{
  const GArray *digests = g_hash_table_lookup (held->entries, name);

  for (guint i = 0; digests != NULL && i < digests->len; i++)
    if (trust_fingerprint_equal (&g_array_index (digests, TrustFingerprint, i), digest))
      return TRUE;
  return FALSE;
}

TrustHeld *
trust_manifest_find (const GPtrArray *manifest, const char *path)
{
  for (guint i = 0; i < manifest->len; i++)
    if (g_str_equal (((TrustHeld *) manifest->pdata[i])->path, path))
      return manifest->pdata[i];
  return NULL;
}

static gboolean
parse_digest (const char *text, TrustFingerprint *out)
{
  guint n_digits = 0;

  return trust_fingerprint_parse (text, out, &n_digits, NULL) && n_digits == 2 * sizeof out->bytes;
}

static gboolean
take_output (GPtrArray *manifest, char **parts)
{
  TrustHeld *held = NULL;
  TrustFingerprint input;
  guint kind = 0;

  while (kind < TRUST_HELD_LAST && parts[2] != NULL && !g_str_equal (parts[2], kind_names[kind]))
    kind++;
  if (g_strv_length (parts) != 7 || kind == TRUST_HELD_LAST || g_ascii_strtoull (parts[1], NULL, 10) != manifest->len || *parts[6] != '/')
    return FALSE;
  held = trust_held_new (kind, parts[3], parts[6], g_str_equal (parts[4], "keep"));
  g_ptr_array_add (manifest, held);
  held->has_input = parse_digest (parts[5], &input);
  if (held->has_input)
    held->input = input;
  return held->has_input || g_str_equal (parts[5], NO_DIGEST);
}

static gboolean
take_entry (GPtrArray *manifest, char **parts)
{
  guint64 index = parts[1] != NULL ? g_ascii_strtoull (parts[1], NULL, 10) : G_MAXUINT64;
  TrustFingerprint digest;

  if (g_strv_length (parts) != 4 || index >= manifest->len || *parts[3] == '\0' || strchr (parts[3], '/') != NULL)
    return FALSE;
  if (g_str_equal (parts[2], NO_DIGEST))
    {
      trust_held_add (manifest->pdata[index], parts[3], NULL);
      return TRUE;
    }
  if (!parse_digest (parts[2], &digest))
    return FALSE;
  trust_held_add (manifest->pdata[index], parts[3], &digest);
  return TRUE;
}

static gboolean
take_anchor (GPtrArray *manifest, char **parts, gboolean withdrawn)
{
  guint64 mask = parts[1] != NULL && parts[2] != NULL ? g_ascii_strtoull (parts[2], NULL, 16) : 0;
  TrustFingerprint fingerprint;

  if (mask == 0 || !parse_digest (parts[1], &fingerprint))
    return FALSE;
  for (guint i = 0; i < manifest->len; i++)
    {
      TrustHeld *held = manifest->pdata[i];

      if (mask & G_GUINT64_CONSTANT (1) << i)
        g_hash_table_add (withdrawn ? held->withdrawn : held->shown, g_memdup2 (&fingerprint, sizeof fingerprint));
    }
  return TRUE;
}

static gboolean
take_line (GPtrArray *manifest, const char *line)
{
  g_auto (GStrv) parts = NULL;

  if (g_str_has_prefix (line, "output "))
    {
      parts = g_strsplit (line, " ", 7);
      return take_output (manifest, parts);
    }
  parts = g_strsplit (line, " ", 4);
  if (g_str_equal (parts[0], "entry") || g_str_equal (parts[0], "gone"))
    return take_entry (manifest, parts);
  return (g_str_equal (parts[0], "anchor") || g_str_equal (parts[0], "withdrawn"))
         && take_anchor (manifest, parts, g_str_equal (parts[0], "withdrawn"));
}

GPtrArray *
trust_manifest_read (TrustRoot *root, const char *name)
{
  g_autofree char *path = g_build_filename (TRUST_MANIFESTS, name, NULL);
  g_autoptr (GBytes) bytes = trust_root_read (root, path, TRUST_LIMIT_OUTPUT_BYTES, NULL, NULL);
  GPtrArray *manifest = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_held_free);
  g_autofree char *text = bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;
  char *next = text;

  if (text == NULL || !g_str_has_prefix (text, HEAD))
    return manifest;
  for (next = text + strlen (HEAD); *next != '\0';)
    {
      char *line = next, *end = strchr (line, '\n');

      if (end == NULL)
        break;
      *end = '\0';
      next = end + 1;
      /* A damaged one is as good as none: what stands in the outputs is looked at as somebody else's. */
      if (!take_line (manifest, line))
        {
          g_ptr_array_set_size (manifest, 0);
          break;
        }
    }
  return manifest;
}

char *
trust_manifest_find_fault (TrustRoot *root, const char *name)
{
  g_autofree char *path = g_build_filename (TRUST_MANIFESTS, name, NULL), *text = NULL;
  g_autoptr (GBytes) bytes = trust_root_read (root, path, TRUST_LIMIT_OUTPUT_BYTES, NULL, NULL);

  text = bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), MIN (g_bytes_get_size (bytes), 64)) : NULL;
  if (text == NULL || !g_str_has_prefix (text, HEAD_WORDS) || g_str_has_prefix (text, HEAD))
    return NULL;
  return g_strdup_printf ("%s is of a version that a newer anchord wrote: update anchord; its files stay as they are", path);
}

/* NAME of the entry in hexadecimal of its digests. */
static void
append_entries (GString *out, const TrustHeld *held, guint index)
{
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (held->entries), (GCompareFunc) strcmp);

  for (GList *l = names; l != NULL; l = l->next)
    {
      const GArray *digests = g_hash_table_lookup (held->entries, l->data);

      if (digests->len == 0)
        g_string_append_printf (out, "gone %u " NO_DIGEST " %s\n", index, (const char *) l->data);
      for (guint i = 0; i < digests->len; i++)
        {
          char hex[TRUST_FINGERPRINT_HEX];

          trust_fingerprint_to_hex (&g_array_index (digests, TrustFingerprint, i), hex);
          g_string_append_printf (out, "entry %u %s %s\n", index, hex, (const char *) l->data);
        }
    }
}

static int
compare_fingerprints (gconstpointer a, gconstpointer b)
{
  return trust_fingerprint_compare (a, b);
}

/* One line a certificate, however many outputs show it. */
static void
append_anchors (GString *out, const GPtrArray *manifest, gboolean withdrawn)
{
  g_autoptr (GHashTable) masks = g_hash_table_new_full (trust_fingerprint_hash, trust_fingerprint_equal, NULL, g_free);
  g_autoptr (GList) keys = NULL;

  for (guint i = 0; i < manifest->len; i++)
    {
      const TrustHeld *held = manifest->pdata[i];
      GHashTableIter iter;
      gpointer key;

      g_hash_table_iter_init (&iter, withdrawn ? held->withdrawn : held->shown);
      while (g_hash_table_iter_next (&iter, &key, NULL))
        {
          guint64 *mask = g_hash_table_lookup (masks, key);

          if (mask == NULL)
            {
              mask = g_new0 (guint64, 1);
              g_hash_table_insert (masks, key, mask);
            }
          *mask |= G_GUINT64_CONSTANT (1) << i;
        }
    }
  keys = g_list_sort (g_hash_table_get_keys (masks), compare_fingerprints);
  for (GList *l = keys; l != NULL; l = l->next)
    {
      char hex[TRUST_FINGERPRINT_HEX];

      trust_fingerprint_to_hex (l->data, hex);
      g_string_append_printf (out, "%s %s %" G_GINT64_MODIFIER "x\n", withdrawn ? "withdrawn" : "anchor", hex,
                              *(const guint64 *) g_hash_table_lookup (masks, l->data));
    }
}

gboolean
trust_manifest_write (TrustRoot *root, const char *name, const GPtrArray *manifest, GError **error)
{
  GString *out = NULL;
  int dir_fd = trust_root_make_dir (root, TRUST_MANIFESTS, 0755);
  gboolean ok;

  if (dir_fd < 0)
    return trust_error_set_errno (error, errno, "cannot make", TRUST_MANIFESTS);
  if (manifest->len == 0)
    {
      ok = trust_atomic_remove (dir_fd, name, error) && trust_atomic_sync_dir (dir_fd, error);
      close (dir_fd);
      return ok;
    }
  out = g_string_new (HEAD);
  for (guint i = 0; i < manifest->len; i++)
    {
      const TrustHeld *held = manifest->pdata[i];
      char hex[TRUST_FINGERPRINT_HEX] = NO_DIGEST;

      if (held->has_input)
        trust_fingerprint_to_hex (&held->input, hex);
      g_string_append_printf (out, "output %u %s %s %s %s %s\n", i, kind_names[held->kind], held->format, held->keep ? "keep" : "-", hex, held->path);
    }
  for (guint i = 0; i < manifest->len; i++)
    append_entries (out, manifest->pdata[i], i);
  append_anchors (out, manifest, FALSE);
  append_anchors (out, manifest, TRUE);
  ok = trust_atomic_write (dir_fd, name, out->str, out->len, 0644, error);
  g_string_free (out, TRUE);
  close (dir_fd);
  return ok;
}

GPtrArray *
trust_manifest_list (TrustRoot *root)
{
  GPtrArray *names = trust_root_list (root, TRUST_MANIFESTS);

  if (names == NULL)
    return g_ptr_array_new_with_free_func (g_free);
  for (guint i = names->len; i > 0; i--)
    if (*(const char *) names->pdata[i - 1] == '.' || !trust_placed_check_name (names->pdata[i - 1], NULL))
      g_ptr_array_remove_index (names, i - 1);
  return names;
}
