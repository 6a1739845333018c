/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/anchor-file.h"

#include "core/anchor-file-head.h"
#include "core/anchor-file-trust.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/name.h"
#include "core/pem.h"
#include "core/text.h"

#include <stdarg.h>
#include <string.h>

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, text);
  return FALSE;
}

/* The blocks of the file: a private key is refused before anything else is looked at. FOUND is the only one. */
static gboolean
check_blocks (const TrustAnchorHead *head, guint *n_blocks, TrustPemBlock *found, GError **error)
{
  TrustPemBlock block;
  g_autoptr (GError) reason = NULL;
  gsize offset = head->size;

  *n_blocks = 0;
  while (trust_pem_next (head->whole, &offset, &block, &reason))
    {
      if (trust_pem_label_is_private_key (&block))
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_PRIVATE_KEY,
                       "the file holds a private key; nothing of it is used: take the key out of it and keep it secret");
          return FALSE;
        }
      if ((*n_blocks)++ == 0)
        *found = block;
    }
  if (reason != NULL)
    return refuse (error, "%s", reason->message);
  if (head->size < head->whole.size && (*n_blocks == 0 || found->offset != head->size))
    return refuse (error, "byte %" G_GSIZE_FORMAT ": a BEGIN line that begins no PEM block", head->size);
  return TRUE;
}

/* What follows the block is read by nobody: a key there would be believed to count. */
static gboolean
check_nothing_behind (const TrustAnchorHead *head, const TrustPemBlock *block, GError **error)
{
  const guint8 *end = head->whole.data + head->whole.size;
  const guint8 *p = block->body.data + block->body.size;

  /* Over the END line. */
  p = memchr (p, '\n', (gsize) (end - p));
  if (p != NULL && trust_anchor_head_trim ((TrustSpan) { p, (gsize) (end - p) }).size > 0)
    return refuse (error, "there is text after the PEM block, which would not be read; move it before the block");
  return TRUE;
}

static gboolean
check_version (const TrustAnchorHead *head, const char *group, GError **error)
{
  g_autofree char *version = g_key_file_get_string (head->keys, group, "Version", NULL);

  if (version == NULL)
    return refuse (error, "[%s] has no Version; write Version=1", group);
  if (!g_str_equal (version, "1"))
    return trust_anchor_head_refuse (head, group, "Version", "only version 1 is known to this version of anchord; update anchord", error);
  return TRUE;
}

/* A value that is shown to people. NULL where there is none. */
static gboolean
get_plain (const TrustAnchorHead *head, const char *key, gsize max_chars, char **out, GError **error)
{
  if (!g_key_file_has_key (head->keys, "Info", key, NULL))
    return TRUE;
  *out = g_key_file_get_string (head->keys, "Info", key, NULL);
  if (*out == NULL || !trust_text_is_plain (*out, max_chars))
    return trust_anchor_head_refuse (head, "Info", key, "too long, or holds control or invisible characters", error);
  return TRUE;
}

static gboolean
get_fingerprint (const TrustAnchorHead *head, const char *group, const char *key, TrustFingerprint *out, gboolean *given, GError **error)
{
  g_autofree char *text = g_key_file_get_string (head->keys, group, key, NULL);
  guint n_digits;

  *given = g_key_file_has_key (head->keys, group, key, NULL);
  if (!*given)
    return TRUE;
  if (text == NULL || !trust_fingerprint_parse (text, out, &n_digits, NULL) || n_digits != 64)
    return trust_anchor_head_refuse (head, group, key, "not a SHA-256 of 64 hexadecimal digits", error);
  return TRUE;
}

static gboolean
get_note (const TrustAnchorHead *head, TrustNote **out, GError **error)
{
  g_autofree char *label = NULL, *reason = NULL, *added_by = NULL, *added = NULL;
  g_autoptr (GDateTime) date = NULL;
  TrustFingerprint replaces;
  gboolean has_replaces = FALSE;
  TrustNote *note = NULL;

  if (!get_plain (head, "Label", TRUST_LIMIT_LABEL_CHARS, &label, error) || !get_plain (head, "Reason", TRUST_LIMIT_REASON_CHARS, &reason, error)
      || !get_plain (head, "AddedBy", TRUST_LIMIT_LABEL_CHARS, &added_by, error) || !get_plain (head, "Added", TRUST_LIMIT_LABEL_CHARS, &added, error)
      || !get_fingerprint (head, "Info", "Replaces", &replaces, &has_replaces, error))
    return FALSE;
  if (added != NULL)
    {
      date = g_date_time_new_from_iso8601 (added, NULL);
      if (date == NULL || !g_str_has_suffix (added, "Z"))
        return trust_anchor_head_refuse (head, "Info", "Added", "not a UTC time like 2026-01-31T12:00:00Z", error);
    }
  note = trust_note_new (label, reason, added_by, date != NULL ? g_date_time_to_unix (date) : 0);
  *out = has_replaces ? trust_note_with_replaces (note, &replaces) : note;
  if (has_replaces)
    g_clear_pointer (&note, trust_note_unref);
  return TRUE;
}

static gboolean
check_fingerprint (const TrustAnchorHead *head, const TrustCertificate *certificate, GError **error)
{
  TrustFingerprint named;
  gboolean given;

  if (!get_fingerprint (head, "Info", "SHA256", &named, &given, error))
    return FALSE;
  if (given && !trust_fingerprint_equal (&named, trust_certificate_get_fingerprint (certificate)))
    return trust_anchor_head_refuse (head, "Info", "SHA256", "not the SHA-256 of the certificate below it", error);
  return TRUE;
}

/* The certificate in the head: there because a program that reads PEM would take a block for full trust. */
static gboolean
get_head_certificate (const TrustAnchorHead *head, GByteArray *out, GError **error)
{
  g_autofree char *text = g_key_file_get_string (head->keys, "Anchor", "Certificate", NULL);
  gsize size = 0;
  g_autofree guchar *der = text != NULL ? g_base64_decode (text, &size) : NULL;
  g_autofree char *back = size > 0 ? g_base64_encode (der, size) : NULL;

  if (back == NULL || !g_str_equal (back, text))
    return trust_anchor_head_refuse (head, "Anchor", "Certificate", "not the certificate's DER in base64, in one line", error);
  g_byte_array_append (out, der, (guint) size);
  return TRUE;
}

static gboolean
get_block_certificate (const TrustAnchorHead *head, const TrustPemBlock *block, GByteArray *out, GError **error)
{
  g_autofree char *label = trust_text_printable_bytes (block->label.data, block->label.size, 64);
  g_autoptr (GByteArray) der = NULL;

  if (!check_nothing_behind (head, block, error))
    return FALSE;
  if (!trust_pem_label_is (block, "CERTIFICATE"))
    return refuse (error, "the PEM block is a \"%s\", not a CERTIFICATE", label);
  der = trust_pem_decode (block->body, error);
  if (der == NULL)
    return FALSE;
  g_byte_array_append (out, der->data, der->len);
  return TRUE;
}

/* BLOCK: NULL where there is none. */
static TrustCertificate *
get_certificate (const TrustAnchorHead *head, const TrustPemBlock *block, GError **error)
{
  gboolean in_head = g_key_file_has_key (head->keys, "Anchor", "Certificate", NULL);
  g_autoptr (GByteArray) der = g_byte_array_new ();
  g_autoptr (GError) reason = NULL;
  TrustCertificate *certificate = NULL;

  if (in_head && block != NULL)
    {
      trust_anchor_head_refuse (head, "Anchor", "Certificate", "there is a PEM block as well; keep one of them", error);
      return NULL;
    }
  if (!in_head && block == NULL)
    {
      refuse (error, "there is no certificate: an anchor file holds one PEM block, or Certificate= in [Anchor]");
      return NULL;
    }
  if (in_head ? !get_head_certificate (head, der, error) : !get_block_certificate (head, block, der, error))
    return NULL;
  certificate = trust_certificate_new (der->data, der->len, &reason);
  if (certificate == NULL && in_head)
    trust_anchor_head_refuse (head, "Anchor", "Certificate", reason->message, error);
  else if (certificate == NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return certificate;
}

/* BLOCK: NULL where there is none. */
static gboolean
read_anchor (const TrustAnchorHead *head, const TrustPemBlock *block, TrustOrigin *origin, GPtrArray *anchors, GError **error)
{
  g_autoptr (TrustSettings) settings = NULL;
  g_autoptr (TrustCertificate) certificate = NULL;
  TrustNote *note = NULL;

  if (!check_version (head, "Anchor", error))
    return FALSE;
  settings = trust_anchor_file_read_settings (head, error);
  if (settings == NULL)
    return FALSE;
  if (block != NULL && trust_settings_is_limited (settings))
    return refuse (error, "the trust is limited, but there is a PEM block, which programs that read PEM would trust without limits; put the "
                          "certificate's DER in base64 into Certificate= of [Anchor] instead");
  certificate = get_certificate (head, block, error);
  if (certificate == NULL || !check_fingerprint (head, certificate, error) || !get_note (head, &note, error))
    return FALSE;
  g_ptr_array_add (anchors, trust_anchor_new (certificate, settings, origin, note));
  g_clear_pointer (&note, trust_note_unref);
  return TRUE;
}

/* Hexadecimal bytes; NULL with *ERROR unset where there are none. */
static gboolean
get_hex (const TrustAnchorHead *head, const char *key, GByteArray *out, GError **error)
{
  g_autofree char *text = g_key_file_get_string (head->keys, "Distrust", key, NULL);
  gsize size = text != NULL ? strlen (text) : 0;

  if (!g_key_file_has_key (head->keys, "Distrust", key, NULL))
    return TRUE;
  g_byte_array_set_size (out, (guint) size / 2);
  if (size == 0 || size % 2 != 0 || !trust_text_unhex (text, out->data, size / 2))
    return trust_anchor_head_refuse (head, "Distrust", key, "not bytes in hexadecimal", error);
  return TRUE;
}

static gboolean
get_issuer_and_serial (const TrustAnchorHead *head, GByteArray *issuer, GByteArray *serial, GError **error)
{
  if (!get_hex (head, "Issuer", issuer, error) || !get_hex (head, "Serial", serial, error))
    return FALSE;
  if ((issuer->len == 0) != (serial->len == 0))
    return refuse (error, "[Distrust] Issuer and Serial only mean something together");
  if (issuer->len == 0)
    return TRUE;

  g_autoptr (GByteArray) canonical = trust_name_canonical ((TrustSpan) { issuer->data, issuer->len });

  return canonical != NULL || trust_anchor_head_refuse (head, "Distrust", "Issuer", "not a distinguished name in DER", error);
}

/* The certificate kept to show what is meant. One that no longer parses must not weaken the distrust: it is left out. */
static TrustCertificate *
get_kept (const TrustAnchorHead *head, GPtrArray *warnings)
{
  g_autofree char *text = g_key_file_get_string (head->keys, "Distrust", "Certificate", NULL);
  gsize size = 0;
  g_autofree guchar *der = text != NULL ? g_base64_decode (text, &size) : NULL;
  TrustCertificate *certificate = size > 0 ? trust_certificate_new (der, size, NULL) : NULL;

  if (text != NULL && certificate == NULL && warnings != NULL)
    g_ptr_array_add (warnings, g_strdup_printf ("line %u: Certificate: does not parse, and is left out",
                                                trust_anchor_head_find_line (head, "Distrust", "Certificate")));
  return certificate;
}

static gboolean
read_distrust (const TrustAnchorHead *head, TrustOrigin *origin, GPtrArray *distrusts, GPtrArray *warnings, GError **error)
{
  TrustFingerprint fingerprint, key;
  gboolean has_fingerprint, has_key;
  g_autoptr (GByteArray) issuer = g_byte_array_new ();
  g_autoptr (GByteArray) serial = g_byte_array_new ();
  TrustNote *note = NULL;

  if (!check_version (head, "Distrust", error))
    return FALSE;
  if (!get_fingerprint (head, "Distrust", "SHA256", &fingerprint, &has_fingerprint, error)
      || !get_fingerprint (head, "Distrust", "KeySHA256", &key, &has_key, error) || !get_issuer_and_serial (head, issuer, serial, error))
    return FALSE;

  g_autoptr (TrustCertificate) kept = get_kept (head, warnings);

  if (kept != NULL && has_fingerprint && !trust_fingerprint_equal (&fingerprint, trust_certificate_get_fingerprint (kept)))
    return trust_anchor_head_refuse (head, "Distrust", "Certificate", "its SHA-256 is not the one that SHA256 names", error);
  if (!has_fingerprint && !has_key && issuer->len == 0)
    {
      if (kept == NULL)
        return refuse (error, "[Distrust] names nothing; give SHA256, KeySHA256, or Issuer and Serial");
      fingerprint = *trust_certificate_get_fingerprint (kept);
      key = *trust_certificate_get_key_fingerprint (kept);
      has_fingerprint = has_key = TRUE;
    }
  if (!get_note (head, &note, error))
    return FALSE;
  g_ptr_array_add (distrusts,
                   trust_distrust_new (has_fingerprint ? &fingerprint : NULL, has_key ? &key : NULL, (TrustSpan) { issuer->data, issuer->len },
                                       (TrustSpan) { serial->data, serial->len }, kept, origin, note));
  g_clear_pointer (&note, trust_note_unref);
  return TRUE;
}

gboolean
trust_anchor_file_parse (TrustSpan bytes, TrustOrigin *origin, GPtrArray *anchors, GPtrArray *distrusts, GPtrArray *warnings, GError **error)
{
  g_auto (TrustAnchorHead) head = { .size = 0 };
  TrustPemBlock block = { .offset = 0 };
  guint n_blocks;

  if (bytes.size > TRUST_LIMIT_ANCHOR_FILE_BYTES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "the file has %" G_GSIZE_FORMAT " bytes, the limit is %u", bytes.size,
                   TRUST_LIMIT_ANCHOR_FILE_BYTES);
      return FALSE;
    }
  trust_anchor_head_split (&head, bytes);
  if (!check_blocks (&head, &n_blocks, &block, error) || !trust_anchor_head_load (&head, warnings, error))
    return FALSE;

  gboolean is_anchor = g_key_file_has_group (head.keys, "Anchor");
  gboolean is_distrust = g_key_file_has_group (head.keys, "Distrust");

  if (is_anchor == is_distrust)
    return refuse (error, "%s",
                   is_anchor ? "there is an [Anchor] and a [Distrust] in one file; write two files"
                             : "there is neither an [Anchor] nor a [Distrust] group");
  if (is_distrust && n_blocks > 0)
    return refuse (error, "a distrust file must not hold a PEM block: programs that read PEM would take it as trust; put the "
                          "certificate in base64 into Certificate=, or only its hash into SHA256=");
  if (is_anchor && n_blocks > 1)
    return refuse (error, "an anchor file holds one certificate, this one holds %u PEM blocks", n_blocks);
  return is_anchor ? read_anchor (&head, n_blocks > 0 ? &block : NULL, origin, anchors, error)
                   : read_distrust (&head, origin, distrusts, warnings, error);
}
