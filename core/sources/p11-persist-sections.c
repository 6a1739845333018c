/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/sources/p11-persist-sections.h"

#include "core/error.h"
#include "core/limits.h"
#include "core/pem.h"
#include "core/text.h"

#include <string.h>

#define HEADER "[p11-kit-object-v1]"
/* A certificate, and beside its key purposes, rejected ones and name constraints. */
#define MAX_SECTIONS (4 * TRUST_LIMIT_INPUT_CERTIFICATES)
#define HEAD "[p11-kit-object"
#define BOM "\xef\xbb\xbf"

/* What a certificate may say without changing what its trust means. Anything else is unknown here, as it is to p11-kit. */
static const char *const harmless[] = { "ac-issuer",
                                        "application",
                                        "certificate-category",
                                        "certificate-type",
                                        "check-value",
                                        "copyable",
                                        "destroyable",
                                        "end-date",
                                        "hash-of-issuer-public-key",
                                        "hash-of-subject-public-key",
                                        "id",
                                        "java-midp-security-domain",
                                        "modifiable",
                                        "name-hash-algorithm",
                                        "nss-mozilla-ca-policy",
                                        "owner",
                                        "private",
                                        "start-date",
                                        "subject",
                                        "token",
                                        "url",
                                        "x-critical",
                                        "x-origin",
                                        NULL };

static void
section_free (gpointer data)
{
  TrustP11Section *section = data;

  g_clear_pointer (&section->certificate, g_byte_array_unref);
  g_clear_pointer (&section->key, g_byte_array_unref);
  g_clear_pointer (&section->issuer, g_byte_array_unref);
  g_clear_pointer (&section->serial, g_byte_array_unref);
  g_clear_pointer (&section->value, g_byte_array_unref);
  g_clear_pointer (&section->server_after, g_byte_array_unref);
  g_clear_pointer (&section->email_after, g_byte_array_unref);
  g_free (section->label);
  g_free (section->oid);
  g_free (section);
}

TrustSpan
trust_p11_span (const GByteArray *bytes)
{
  return bytes != NULL ? (TrustSpan) { bytes->data, bytes->len } : (TrustSpan) { NULL, 0 };
}

/* The next line of TEXT, without its end; blanks at both ends trimmed. FALSE at the end. */
static gboolean
next_line (TrustSpan text, gsize *offset, TrustSpan *line)
{
  const guint8 *start = text.data + *offset, *end = NULL;

  if (*offset >= text.size)
    return FALSE;
  end = memchr (start, '\n', text.size - *offset);
  if (end == NULL)
    end = text.data + text.size;
  *offset = MIN (text.size, (gsize) (end - text.data) + 1);
  while (start < end && g_ascii_isspace (*start))
    start++;
  while (end > start && g_ascii_isspace (end[-1]))
    end--;
  *line = (TrustSpan) { start, end - start };
  return TRUE;
}

static gboolean
span_is (TrustSpan span, const char *text)
{
  return span.size == strlen (text) && memcmp (span.data, text, span.size) == 0;
}

/* Whatever begins like an object's head, of another version or misspelt behind it. */
static gboolean
begins_like_head (TrustSpan line)
{
  return line.size >= strlen (HEAD) && g_ascii_strncasecmp ((const char *) line.data, HEAD, strlen (HEAD)) == 0;
}

/* Base64 has no bracket, so a large PEM file costs one search. */
gboolean
trust_p11_sections_probe (TrustSpan bytes)
{
  const guint8 *start = bytes.data, *at = start, *end = NULL;

  if (bytes.size == 0)
    return FALSE;
  end = start + bytes.size;
  if (bytes.size >= 3 && memcmp (start, BOM, 3) == 0)
    start = at = at + 3;
  for (; at < end && (at = memchr (at, '[', (gsize) (end - at))) != NULL; at++)
    {
      const guint8 *before = at;

      while (before > start && before[-1] != '\n' && g_ascii_isspace (before[-1]))
        before--;
      if ((before == start || before[-1] == '\n') && begins_like_head ((TrustSpan) { at, (gsize) (end - at) }))
        return TRUE;
    }
  return FALSE;
}

gboolean
trust_p11_fail (GError **error, guint line, const char *what)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "p11-kit object, line %u: %s", line, what);
  return FALSE;
}

/* A value in double quotes, its %XX undone; without quotes, the bytes as they are. NULL if malformed. (transfer full) */
static GByteArray *
decode_value (TrustSpan value)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();

  if (value.size == 0 || value.data[0] != '"')
    return g_byte_array_append (g_steal_pointer (&out), value.data, value.size);
  if (value.size < 2 || value.data[value.size - 1] != '"')
    return NULL;
  for (gsize i = 1; i < value.size - 1; i++)
    {
      guint8 byte = value.data[i];

      if (byte == '"')
        return NULL;
      if (byte == '%')
        {
          if (i + 3 > value.size - 1 || !trust_text_unhex ((char[]) { value.data[i + 1], value.data[i + 2], '\0' }, &byte, 1))
            return NULL;
          i += 2;
        }
      g_byte_array_append (out, &byte, 1);
    }
  return g_steal_pointer (&out);
}

/* SAID: whether it was said before. */
static gboolean
take_boolean (gboolean *said, gboolean *out, TrustSpan value, guint line, GError **error)
{
  if (*said)
    return trust_p11_fail (error, line, "said twice in one object");
  *said = TRUE;
  *out = span_is (value, "true");
  return *out || span_is (value, "false") || trust_p11_fail (error, line, "neither \"true\" nor \"false\"");
}

static gboolean
take_bytes (GByteArray **out, GByteArray *decoded, guint line, GError **error)
{
  if (*out != NULL)
    return trust_p11_fail (error, line, "said twice in one object");
  *out = g_byte_array_ref (decoded);
  return TRUE;
}

static gboolean
take_class (TrustP11Section *section, TrustSpan value, guint line, GError **error)
{
  TrustP11Class now = span_is (value, "certificate")               ? TRUST_P11_CLASS_CERTIFICATE
                      : span_is (value, "x-certificate-extension") ? TRUST_P11_CLASS_EXTENSION
                                                                   : TRUST_P11_CLASS_OTHER;

  if (section->object_class != TRUST_P11_CLASS_UNSAID && section->object_class != now)
    return trust_p11_fail (error, line, "the object has two classes");
  section->object_class = now;
  return TRUE;
}

static gboolean
take_attribute (TrustP11Section *section, const char *name, TrustSpan value, guint line, GError **error)
{
  g_autoptr (GByteArray) decoded = decode_value (value);

  if (decoded == NULL)
    return trust_p11_fail (error, line, "the value's quotes or %XX are malformed");
  if (g_str_equal (name, "class"))
    return take_class (section, value, line, error);
  if (section->object_class == TRUST_P11_CLASS_OTHER)
    return TRUE;
  if (g_str_equal (name, "trusted"))
    return take_boolean (&section->says_trusted, &section->trusted, value, line, error);
  if (g_str_equal (name, "x-distrusted"))
    return take_boolean (&section->says_distrusted, &section->distrusted, value, line, error);
  if (g_str_equal (name, "label") || g_str_equal (name, "object-id"))
    {
      char **text = *name == 'l' ? &section->label : &section->oid;

      if (*text != NULL)
        return trust_p11_fail (error, line, "said twice in one object");
      *text = g_strndup ((const char *) decoded->data, decoded->len);
      return TRUE;
    }
  if (g_str_equal (name, "issuer"))
    return take_bytes (&section->issuer, decoded, line, error);
  if (g_str_equal (name, "serial-number"))
    return take_bytes (&section->serial, decoded, line, error);
  if (g_str_equal (name, "public-key-info") || g_str_equal (name, "x-public-key-info"))
    return take_bytes (&section->key, decoded, line, error);
  if (g_str_equal (name, "value"))
    return take_bytes (&section->value, decoded, line, error);
  if (g_str_equal (name, "nss-server-distrust-after"))
    return take_bytes (&section->server_after, decoded, line, error);
  if (g_str_equal (name, "nss-email-distrust-after"))
    return take_bytes (&section->email_after, decoded, line, error);
  return g_strv_contains (harmless, name)
         || trust_p11_fail (error, line,
                            "an unknown attribute: it might narrow what is trusted, so the file "
                            "does not count");
}

static gboolean
take_pem (TrustP11Section *section, const TrustPemBlock *block, guint line, GError **error)
{
  g_autoptr (GByteArray) der = NULL;
  gboolean is_certificate = trust_pem_label_is (block, "CERTIFICATE");

  if (!is_certificate && !trust_pem_label_is (block, "PUBLIC KEY"))
    return section->object_class == TRUST_P11_CLASS_OTHER
           || trust_p11_fail (error, line,
                              "a PEM block that is neither CERTIFICATE nor PUBLIC "
                              "KEY");
  der = trust_pem_decode (block->body, error);
  if (der == NULL)
    {
      g_prefix_error (error, "p11-kit object, line %u: ", line);
      return FALSE;
    }
  return take_bytes (is_certificate ? &section->certificate : &section->key, der, line, error);
}

/* The block that begins at START. */
static gboolean
take_block (TrustP11Section *section, TrustSpan text, gsize *offset, const guint8 *start, guint line, GError **error)
{
  g_autoptr (GError) local = NULL;
  TrustPemBlock block = { 0 };

  if (section == NULL || !trust_pem_next (text, offset, &block, &local) || block.offset > (gsize) (start - text.data))
    return trust_p11_fail (error, line, local != NULL ? local->message : "a whole PEM block inside an object was expected");
  return take_pem (section, &block, line, error);
}

static gboolean
take_line (TrustP11Section *section, TrustSpan content, guint line, GError **error)
{
  const guint8 *colon = memchr (content.data, ':', content.size);
  g_autofree char *name = NULL;
  TrustSpan value = { NULL, 0 };

  if (colon == NULL)
    return trust_p11_fail (error, line, "no \"name: value\"");
  if (section == NULL)
    return trust_p11_fail (error, line, "an attribute before the first " HEADER);
  name = g_strchomp (g_strndup ((const char *) content.data, colon - content.data));
  value = (TrustSpan) { colon + 1, content.size - (colon + 1 - content.data) };
  while (value.size > 0 && g_ascii_isspace (*value.data))
    value = (TrustSpan) { value.data + 1, value.size - 1 };
  return take_attribute (section, name, value, line, error);
}

GPtrArray *
trust_p11_sections_read (TrustSpan text, GError **error)
{
  g_autoptr (GPtrArray) sections = g_ptr_array_new_with_free_func (section_free);
  TrustSpan content = { NULL, 0 };
  TrustP11Section *section = NULL;
  guint line = 1;
  gsize start = 0;

  for (gsize offset = 0, counted = 0; next_line (text, &offset, &content); start = offset)
    {
      for (; counted < start; counted++)
        line += text.data[counted] == '\n';
      if (content.size == 0 || content.data[0] == '#')
        continue;
      if (span_is (content, HEADER))
        {
          if (sections->len >= MAX_SECTIONS)
            {
              g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "p11-kit object, line %u: more than %u objects in one file: split it",
                           line, MAX_SECTIONS);
              return NULL;
            }
          section = g_new0 (TrustP11Section, 1);
          section->line = line;
          g_ptr_array_add (sections, section);
        }
      else if (begins_like_head (content))
        {
          trust_p11_fail (error, line, "an object of a version that anchord does not know; only " HEADER " is read");
          return NULL;
        }
      else if (content.data[0] == '-')
        {
          offset = start;
          if (!take_block (section, text, &offset, content.data, line, error))
            return NULL;
        }
      else if (!take_line (section, content, line, error))
        return NULL;
    }
  return g_steal_pointer (&sections);
}
