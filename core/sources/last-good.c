/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/sources/last-good.h"

#include "core/anchor-file.h"
#include "core/error.h"
#include "core/pem.h"
#include "core/sources/file.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

#define HEAD "# anchord last good set 1\n"
#define FILE_LINE "# file: "
#define FOR_LINE "# for: "
#define ANCHOR_LINE "# anchor: "
#define DISTRUST_LINE "# distrust: "
#define BEGIN_LINE "-----BEGIN CERTIFICATE-----"

static void
append_hex (GString *out, const guint8 *data, gsize size)
{
  g_autofree char *hex = size > 0 ? trust_text_hex (data, size) : g_strdup ("-");

  g_string_append (out, hex);
  g_string_append_c (out, ' ');
}

/* A comment, never a PEM block: a PEM reader would take it for trust. */
static void
append_distrust (GString *out, const TrustDistrust *distrust)
{
  const TrustFingerprint *fingerprint = trust_distrust_get_fingerprint (distrust);
  const TrustFingerprint *key = trust_distrust_get_key_fingerprint (distrust);
  TrustSpan issuer = trust_distrust_get_issuer_der (distrust), serial = trust_distrust_get_serial (distrust);
  TrustCertificate *certificate = trust_distrust_get_certificate (distrust);
  TrustSpan der = certificate != NULL ? trust_certificate_get_der (certificate) : (TrustSpan) { NULL, 0 };
  g_autofree char *base64 = der.size > 0 ? g_base64_encode (der.data, der.size) : g_strdup ("-");

  g_string_append (out, DISTRUST_LINE);
  append_hex (out, fingerprint != NULL ? fingerprint->bytes : NULL, fingerprint != NULL ? sizeof fingerprint->bytes : 0);
  append_hex (out, key != NULL ? key->bytes : NULL, key != NULL ? sizeof key->bytes : 0);
  append_hex (out, issuer.data, issuer.size);
  append_hex (out, serial.data, serial.size);
  g_string_append (out, base64);
  g_string_append_c (out, '\n');
}

/* A limited anchor is a comment as well, with its anchor file in it. */
static void
append_limited (GString *out, const TrustAnchor *anchor)
{
  g_autoptr (GBytes) bytes = trust_anchor_file_write (anchor);
  g_autofree char *base64 = g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  g_string_append_printf (out, ANCHOR_LINE "%s\n", base64);
}

static void
append_file (GString *out, const TrustSourceFile *file)
{
  g_autofree char *path = g_strescape (trust_origin_get_path (file->origin), NULL);
  const TrustSettings *settings = NULL;

  g_string_append_printf (out, FILE_LINE "%u %u %s\n", file->n_anchors, file->n_distrusts, path);
  for (guint i = 0; i < file->n_anchors; i++)
    {
      TrustSettings *own = trust_anchor_get_settings (file->anchors[i]);
      TrustSpan der = trust_certificate_get_der (trust_anchor_get_certificate (file->anchors[i]));

      if (trust_settings_is_limited (own))
        {
          append_limited (out, file->anchors[i]);
          continue;
        }
      if (settings == NULL || !trust_settings_equal (own, settings))
        {
          g_auto (GStrv) names = trust_purposes_dup_names (trust_settings_get_purposes (own));
          g_autofree char *joined = g_strjoinv (";", names);

          g_string_append_printf (out, FOR_LINE "%s\n", joined);
          settings = own;
        }
      trust_pem_append (out, der.data, der.size, "CERTIFICATE");
    }
  for (guint i = 0; i < file->n_distrusts; i++)
    append_distrust (out, file->distrusts[i]);
}

GBytes *
trust_last_good_write (const TrustSourceState *state, gboolean only_last_good)
{
  g_autoptr (GString) out = g_string_new (HEAD);

  for (guint i = 0; i < state->files->len; i++)
    {
      const TrustSourceFile *file = state->files->pdata[i];

      if (file->n_anchors + file->n_distrusts > 0 && (!only_last_good || file->status == TRUST_FILE_LAST_GOOD))
        append_file (out, file);
    }
  return out->len > strlen (HEAD) ? g_string_free_to_bytes (g_steal_pointer (&out)) : NULL;
}

/* Takes the next line off *REST. (transfer full) (nullable) */
static char *
take_line (TrustSpan *rest)
{
  const guint8 *end = rest->size > 0 ? memchr (rest->data, '\n', rest->size) : NULL;
  char *line = NULL;

  if (end == NULL)
    return NULL;
  line = g_strndup ((const char *) rest->data, end - rest->data);
  rest->size -= end + 1 - rest->data;
  rest->data = end + 1;
  return line;
}

static gboolean
split_file_line (const char *line, guint *n_anchors, guint *n_distrusts, char **path)
{
  int at = 0;

  if (sscanf (line, FILE_LINE "%9u %9u %n", n_anchors, n_distrusts, &at) != 2 || at == 0 || line[at] == '\0')
    return FALSE;
  *path = g_strcompress (line + at);
  return TRUE;
}

static TrustSpan
span_of_bytes (GBytes *bytes)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return (TrustSpan) { data, size };
}

static gboolean
has_head (TrustSpan text)
{
  return text.size > strlen (HEAD) && memcmp (text.data, HEAD, strlen (HEAD)) == 0;
}

/* The line break before the next line at or after AT that names a file; NULL: none. */
static const guint8 *
next_file_line (TrustSpan text, const guint8 *at)
{
  return memmem (at, text.size - (at - text.data), "\n" FILE_LINE, strlen ("\n" FILE_LINE));
}

GHashTable *
trust_last_good_index (GBytes *bytes)
{
  TrustSpan rest = span_of_bytes (bytes);
  GHashTable *index = NULL;

  if (!has_head (rest))
    return NULL;
  index = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (const guint8 *at = rest.data; (at = next_file_line (rest, at)) != NULL; at++)
    {
      TrustSpan here = { at + 1, rest.size - (at + 1 - rest.data) };
      g_autofree char *line = take_line (&here);
      guint n_anchors = 0, n_distrusts = 0;
      char *path = NULL;

      if (line == NULL || !split_file_line (line, &n_anchors, &n_distrusts, &path))
        continue;
      n_anchors += GPOINTER_TO_UINT (g_hash_table_lookup (index, path));
      g_hash_table_insert (index, path, GUINT_TO_POINTER (n_anchors));
    }
  return index;
}

/* What is read, and the file it is read into. */
typedef struct
{
  const TrustSource *source;
  TrustSourceState *state; /* (owned) */
  TrustSourceFile *file;   /* (owned) (nullable) not yet in STATE */
  guint n_anchors;         /* that FILE must have */
  guint n_distrusts;
  GPtrArray *anchors;      /* (owned) of FILE */
  GPtrArray *distrusts;    /* (owned) of FILE */
  TrustSettings *settings; /* (owned) (nullable) */
} Reader;

static gboolean
damaged (GError **error, const char *what)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_DAMAGED, "%s", what);
  return FALSE;
}

static gboolean
end_file (Reader *reader, GError **error)
{
  if (reader->file == NULL)
    return TRUE;
  if (reader->anchors->len != reader->n_anchors || reader->distrusts->len != reader->n_distrusts)
    return damaged (error, "a file's entries are not as many as it says");
  trust_source_fill_row (reader->file, reader->anchors, reader->distrusts);
  trust_source_state_take_file (reader->state, g_steal_pointer (&reader->file));
  /* Filling took the arrays' contents over. */
  g_ptr_array_set_free_func (reader->anchors, (GDestroyNotify) trust_anchor_unref);
  g_ptr_array_set_free_func (reader->distrusts, (GDestroyNotify) trust_distrust_unref);
  return TRUE;
}

static gboolean
begin_file (Reader *reader, const char *line, GError **error)
{
  g_autofree char *path = NULL;

  if (!end_file (reader, error))
    return FALSE;
  if (!split_file_line (line, &reader->n_anchors, &reader->n_distrusts, &path))
    return damaged (error, "a line that names a file is malformed");
  reader->file = trust_source_make_row (reader->source, path, TRUST_FILE_LAST_GOOD, NULL, NULL, NULL);
  g_clear_pointer (&reader->settings, trust_settings_unref);
  return TRUE;
}

static gboolean
take_settings (Reader *reader, const char *names, GError **error)
{
  g_auto (GStrv) split = g_strsplit (names, ";", -1);
  g_autoptr (TrustPurposes) purposes = trust_purposes_new ((const char *const *) split, error);

  if (purposes == NULL)
    return FALSE;
  g_clear_pointer (&reader->settings, trust_settings_unref);
  reader->settings = trust_settings_new (purposes);
  return TRUE;
}

/* BLOCK is the text from its BEGIN line on; SIZE_OUT how much of it the block takes. */
static gboolean
take_anchor (Reader *reader, TrustSpan block_text, gsize *size_out, GError **error)
{
  TrustPemBlock block = { 0 };
  g_autoptr (GByteArray) der = NULL;
  g_autoptr (TrustCertificate) certificate = NULL;
  g_autoptr (GError) local = NULL;

  *size_out = 0;
  if (reader->file == NULL || reader->settings == NULL)
    return damaged (error, "a certificate stands outside a file, or without its purposes");
  if (!trust_pem_next (block_text, size_out, &block, &local))
    return damaged (error, local != NULL ? local->message : "a certificate is cut");
  der = trust_pem_decode (block.body, error);
  certificate = der != NULL ? trust_certificate_new (der->data, der->len, error) : NULL;
  if (certificate == NULL)
    return FALSE;
  g_ptr_array_add (reader->anchors, trust_anchor_new (certificate, reader->settings, reader->file->origin, NULL));
  return TRUE;
}

static gboolean
take_limited (Reader *reader, const char *base64, GError **error)
{
  gsize size = 0;
  g_autofree guint8 *bytes = g_base64_decode (base64, &size);
  guint before = reader->anchors->len;

  if (reader->file == NULL)
    return damaged (error, "an anchor stands outside a file");
  return trust_anchor_file_parse ((TrustSpan) { bytes, size }, reader->file->origin, reader->anchors, reader->distrusts, NULL, error)
         && (reader->anchors->len == before + 1 || damaged (error, "an anchor is none"));
}

/* (transfer full): empty for "-", NULL if malformed. */
static GByteArray *
unhex (const char *hex)
{
  gsize size = strlen (hex) / 2;
  g_autoptr (GByteArray) out = g_byte_array_new ();

  if (g_str_equal (hex, "-"))
    return g_steal_pointer (&out);
  g_byte_array_set_size (out, size);
  return size > 0 && trust_text_unhex (hex, out->data, size) ? g_steal_pointer (&out) : NULL;
}

static gboolean
take_distrust (Reader *reader, const char *fields, GError **error)
{
  g_auto (GStrv) split = g_strsplit (fields, " ", 0);
  g_autoptr (GByteArray) fingerprint = NULL, key = NULL, issuer = NULL, serial = NULL;
  g_autoptr (TrustCertificate) certificate = NULL;

  if (reader->file == NULL || g_strv_length (split) != 5)
    return damaged (error, "a distrust is malformed");
  fingerprint = unhex (split[0]);
  key = unhex (split[1]);
  issuer = unhex (split[2]);
  serial = unhex (split[3]);
  if (fingerprint == NULL || key == NULL || issuer == NULL || serial == NULL || fingerprint->len % sizeof (TrustFingerprint) != 0
      || fingerprint->len > sizeof (TrustFingerprint) || (key->len != 0 && key->len != sizeof (TrustFingerprint)))
    return damaged (error, "a distrust is malformed");
  if (!g_str_equal (split[4], "-"))
    {
      gsize size = 0;
      g_autofree guint8 *der = g_base64_decode (split[4], &size);

      certificate = trust_certificate_new (der, size, error);
      if (certificate == NULL)
        return FALSE;
    }
  g_ptr_array_add (reader->distrusts,
                   trust_distrust_new (fingerprint->len > 0 ? (const TrustFingerprint *) fingerprint->data : NULL,
                                       key->len > 0 ? (const TrustFingerprint *) key->data : NULL, (TrustSpan) { issuer->data, issuer->len },
                                       (TrustSpan) { serial->data, serial->len }, certificate, reader->file->origin, NULL));
  return TRUE;
}

static gboolean
read_all (Reader *reader, TrustSpan text, GError **error)
{
  if (!has_head (text))
    return damaged (error, "its first line is not that of a last good set");
  for (TrustSpan rest = text; rest.size > 0;)
    {
      TrustSpan here = rest;
      g_autofree char *line = take_line (&rest);
      gsize size = 0;
      gboolean done = TRUE;

      if (line == NULL)
        return damaged (error, "its last line is cut");
      if (g_str_has_prefix (line, FILE_LINE))
        done = begin_file (reader, line, error);
      else if (g_str_has_prefix (line, FOR_LINE))
        done = take_settings (reader, line + strlen (FOR_LINE), error);
      else if (g_str_has_prefix (line, ANCHOR_LINE))
        done = take_limited (reader, line + strlen (ANCHOR_LINE), error);
      else if (g_str_has_prefix (line, DISTRUST_LINE))
        done = take_distrust (reader, line + strlen (DISTRUST_LINE), error);
      else if (g_str_equal (line, BEGIN_LINE))
        {
          done = take_anchor (reader, here, &size, error);
          rest = (TrustSpan) { here.data + size, here.size - size };
        }
      if (!done)
        return FALSE;
    }
  return end_file (reader, error);
}

TrustSourceState *
trust_last_good_parse (GBytes *bytes, const TrustSource *source, GError **error)
{
  Reader reader = { .source = source };
  gboolean done = FALSE;

  reader.state = trust_source_state_new (source->id, source->layer, source->foreign);
  reader.anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  reader.distrusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_distrust_unref);
  done = read_all (&reader, span_of_bytes (bytes), error);
  g_clear_pointer (&reader.file, trust_source_file_unref);
  g_clear_pointer (&reader.settings, trust_settings_unref);
  g_ptr_array_unref (reader.anchors);
  g_ptr_array_unref (reader.distrusts);
  if (!done)
    g_clear_pointer (&reader.state, trust_source_state_unref);
  return reader.state;
}
