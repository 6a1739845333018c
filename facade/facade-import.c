/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/facade-import.h"

#include "facade/changes.h"
#include "facade/options.h"
#include "facade/sealed.h"

#include <glib/gi18n-lib.h>

#define MAX_NOTICES 100u

/* clang-format off */
static const TrustOption import_options[] = {
  { "reason", "s", trust_option_is_reason },
  { "keep-going", "b", NULL },
  { "purge-owned", "b", NULL },
  { "replace", "b", NULL },
  { "override-distrust", "b", NULL },
  { "allow-expired", "b", NULL },
  { "allow-non-ca", "b", NULL },
};
/* clang-format on */

static gboolean
read_import_options (TrustChange *change, GVariant *options, GError **error)
{
  if (!trust_options_check (options, import_options, G_N_ELEMENTS (import_options), error))
    return FALSE;
  g_variant_lookup (options, "reason", "s", &change->reason);
  g_variant_lookup (options, "keep-going", "b", &change->keep_going);
  g_variant_lookup (options, "purge-owned", "b", &change->purge_owned);
  g_variant_lookup (options, "replace", "b", &change->replace);
  g_variant_lookup (options, "override-distrust", "b", &change->override_distrust);
  g_variant_lookup (options, "allow-expired", "b", &change->allow_expired);
  g_variant_lookup (options, "allow-non-ca", "b", &change->allow_non_ca);
  return TRUE;
}

/* TEXT (transfer full) is told, unless very much is told already. */
static void
notice (TrustChange *change, char *text)
{
  if (change->notices->len < MAX_NOTICES)
    g_ptr_array_add (change->notices, text);
  else
    g_free (text);
  if (change->notices->len == MAX_NOTICES - 1)
    g_ptr_array_add (change->notices, g_strdup (_ ("There is more to say of these files; it is left out")));
}

/* File NUMBER, counted from 1. One that can't be read fails them all, or with keep-going is left out and told. */
static gboolean
read_file (TrustChange *change, gsize number, GVariant *file, GError **error)
{
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local = NULL;
  gsize size = 0;
  const guint8 *bytes = g_variant_get_fixed_array (file, &size, 1);

  if (size > TRUST_LIMIT_ANCHOR_FILE_BYTES)
    g_set_error (&local, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, _ ("it has %zu bytes; an anchor file has at most %u"), size,
                 TRUST_LIMIT_ANCHOR_FILE_BYTES);
  else if (trust_engine_read_file (bytes, size, change->anchors, change->distrusts, warnings, &local))
    {
      for (guint i = 0; i < warnings->len && change->notices->len < MAX_NOTICES; i++)
        notice (change, g_strdup_printf (_ ("File %zu: %s"), number, (const char *) warnings->pdata[i]));
      return TRUE;
    }
  if (change->keep_going && !g_error_matches (local, TRUST_ERROR, TRUST_ERROR_PRIVATE_KEY))
    {
      notice (change, g_strdup_printf (_ ("File %zu was left out: %s"), number, local->message));
      return TRUE;
    }
  g_propagate_prefixed_error (error, g_steal_pointer (&local), _ ("File %zu: "), number);
  return FALSE;
}

/* FILES: aay, within MAX_BYTES. */
static gboolean
read_files (TrustChange *change, GVariant *files, gsize max_bytes, GError **error)
{
  gsize n = g_variant_n_children (files);

  if (n > TRUST_LIMIT_INPUT_CERTIFICATES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, _ ("%zu anchor files are too many; at most %u are taken at once"), n,
                   TRUST_LIMIT_INPUT_CERTIFICATES);
      return FALSE;
    }
  if (g_variant_get_size (files) > max_bytes)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED,
                   _ ("The anchor files have %zu bytes; at most %zu are taken this way, up to %u as a sealed memfd by ImportSealed"),
                   g_variant_get_size (files), max_bytes, TRUST_LIMIT_INPUT_BYTES);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) file = g_variant_get_child_value (files, i);

      if (!read_file (change, i + 1, file, error))
        return FALSE;
    }
  if (change->anchors->len > 0 || change->distrusts->len > 0 || change->purge_owned)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("There is nothing to import; give at least one anchor file that can be read"));
  return FALSE;
}

static gboolean
parse_files (GVariant *files, GVariant *options, gsize max_bytes, TrustDoorRequest *out, GError **error)
{
  g_autoptr (TrustChange) change = trust_change_new (TRUST_CHANGE_IMPORT);

  if (!read_import_options (change, options, error) || !read_files (change, files, max_bytes, error))
    return FALSE;
  trust_change_give (g_steal_pointer (&change), out);
  return TRUE;
}

gboolean
trust_parse_import (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) files = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);

  return parse_files (files, options, TRUST_LIMIT_MESSAGE_BYTES, out, error);
}

/* A serialised aay, little-endian. What is not in normal form is refused: GVariant would read defaults where it is broken. (transfer full) */
static GVariant *
read_serialised (GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) raw = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE ("aay"), bytes, FALSE));
  g_autoptr (GVariant) files = G_BYTE_ORDER == G_BIG_ENDIAN ? g_variant_byteswap (raw) : g_variant_ref (raw);

  if (g_variant_is_normal_form (files))
    return g_steal_pointer (&files);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, _ ("The memfd does not hold a little-endian GVariant of the type aay in normal form"));
  return NULL;
}

gboolean
trust_parse_import_sealed (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GVariant) files = NULL;
  gint32 handle = -1;

  g_variant_get_child (parameters, 0, "h", &handle);
  bytes = trust_sealed_read (fds, handle, TRUST_LIMIT_INPUT_BYTES, error);
  files = bytes != NULL ? read_serialised (bytes, error) : NULL;
  return files != NULL && parse_files (files, options, TRUST_LIMIT_INPUT_BYTES, out, error);
}
