/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mozilla's certdata.txt: the objects of NSS's built-in module as text. */
#include "core/importers/nss.h"

#include "core/error.h"
#include "core/importers/take.h"
#include "core/limits.h"
#include "core/text.h"

#include <string.h>

#define MAX_OBJECTS (2 * TRUST_LIMIT_INPUT_CERTIFICATES)
/* Of one object; NSS's have twenty. */
#define MAX_ATTRIBUTES 256u

/* One "CKA_NAME TYPE VALUE". */
typedef struct
{
  char *name;    /* (owned) without "CKA_" */
  char *type;    /* (owned) "CK_TRUST", "UTF8", "MULTILINE_OCTAL", … */
  char *word;    /* (owned) (nullable) a value of one word */
  GBytes *bytes; /* (owned) (nullable) the content of UTF8 or MULTILINE_OCTAL */
  guint line;
} Attribute;

typedef struct
{
  TrustSpan text;
  gsize offset;
  guint line; /* of what next_line() gave */
} Lines;

static void
attribute_free (gpointer data)
{
  Attribute *attribute = data;

  g_free (attribute->name);
  g_free (attribute->type);
  g_free (attribute->word);
  g_clear_pointer (&attribute->bytes, g_bytes_unref);
  g_free (attribute);
}

/* Without its end; blanks at both ends trimmed. */
static gboolean
next_line (Lines *lines, TrustSpan *line)
{
  const guint8 *start = lines->text.data + lines->offset, *end = NULL;

  if (lines->offset >= lines->text.size)
    return FALSE;
  end = memchr (start, '\n', lines->text.size - lines->offset);
  if (end == NULL)
    end = lines->text.data + lines->text.size;
  lines->offset = MIN (lines->text.size, (gsize) (end - lines->text.data) + 1);
  lines->line++;
  while (start < end && g_ascii_isspace (*start))
    start++;
  while (end > start && g_ascii_isspace (end[-1]))
    end--;
  *line = (TrustSpan) { start, end - start };
  return TRUE;
}

static gboolean
begins (TrustSpan line, const char *word)
{
  gsize length = strlen (word);

  return line.size >= length && memcmp (line.data, word, length) == 0 && (line.size == length || g_ascii_isspace (line.data[length]));
}

static gboolean
is_silent (TrustSpan line)
{
  return line.size == 0 || line.data[0] == '#';
}

static gboolean
probe (TrustSpan input)
{
  Lines lines = { input, 0, 0 };
  TrustSpan line;

  while (next_line (&lines, &line))
    if (!is_silent (line))
      return begins (line, "BEGINDATA") || begins (line, "CKA_CLASS") || begins (line, "CVS_ID");
  return FALSE;
}

static gboolean
fail (GError **error, guint line, const char *what)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "line %u: %s", line, what);
  return FALSE;
}

/* Appends the bytes of one line of "\ooo". */
static gboolean
append_octal (GByteArray *bytes, TrustSpan line)
{
  gsize n = line.size / 4, at = bytes->len;

  if (line.size % 4 != 0)
    return FALSE;
  g_byte_array_set_size (bytes, (guint) (at + n));
  for (gsize i = 0; i < n; i++)
    {
      const guint8 *in = line.data + 4 * i;

      if (in[0] != '\\' || in[1] < '0' || in[1] > '3' || in[2] < '0' || in[2] > '7' || in[3] < '0' || in[3] > '7')
        return FALSE;
      bytes->data[at + i] = (guint8) ((in[1] - '0') << 6 | (in[2] - '0') << 3 | (in[3] - '0'));
    }
  return TRUE;
}

/* Lines of "\ooo" up to END. */
static GBytes *
read_octal (Lines *lines, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint begin = lines->line;
  TrustSpan line;

  while (next_line (lines, &line))
    {
      if (begins (line, "END"))
        return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
      if (bytes->len + line.size / 4 > TRUST_LIMIT_CERTIFICATE_BYTES)
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "line %u: a value of more than %u bytes", begin,
                       TRUST_LIMIT_CERTIFICATE_BYTES);
          return NULL;
        }
      if (!append_octal (bytes, line))
        {
          fail (error, lines->line, "something else than \\ooo, three octal digits a byte, in MULTILINE_OCTAL");
          return NULL;
        }
    }
  fail (error, begin, "a MULTILINE_OCTAL without its END");
  return NULL;
}

/* "…" with C's \xHH, \ooo and \c. */
static GBytes *
read_string (TrustSpan text, guint line, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  if (text.size < 2 || text.data[0] != '"' || text.data[text.size - 1] != '"')
    {
      fail (error, line, "a text without its two double quotes");
      return NULL;
    }
  for (gsize i = 1; i + 1 < text.size; i++)
    {
      guint8 byte = text.data[i];
      gsize left = text.size - 2 - i;

      if (byte == '\\' && left >= 3 && text.data[i + 1] == 'x'
          && trust_text_unhex ((char[]) { (char) text.data[i + 2], (char) text.data[i + 3], '\0' }, &byte, 1))
        i += 3;
      else if (byte == '\\' && left >= 3 && text.data[i + 1] >= '0' && text.data[i + 1] <= '3')
        {
          byte = (guint8) ((text.data[i + 1] & 7) << 6 | (text.data[i + 2] & 7) << 3 | (text.data[i + 3] & 7));
          i += 3;
        }
      else if (byte == '\\' && left >= 1)
        byte = text.data[++i];
      g_byte_array_append (bytes, &byte, 1);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/* The word at the beginning of LINE, taken off it with the blanks behind. Returns: (transfer full). */
static char *
take_word (TrustSpan *line)
{
  gsize length = 0, blanks = 0;
  char *word = NULL;

  while (length < line->size && !g_ascii_isspace (line->data[length]))
    length++;
  for (blanks = length; blanks < line->size && g_ascii_isspace (line->data[blanks]);)
    blanks++;
  word = g_strndup ((const char *) line->data, length);
  *line = (TrustSpan) { line->data + blanks, line->size - blanks };
  return word;
}

static gboolean
read_attribute (Lines *lines, TrustSpan line, GPtrArray *attributes, GError **error)
{
  Attribute *attribute = NULL;
  g_autofree char *name = take_word (&line);

  if (attributes->len >= MAX_ATTRIBUTES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "line %u: an object of more than %u attributes", lines->line, MAX_ATTRIBUTES);
      return FALSE;
    }
  attribute = g_new0 (Attribute, 1);
  g_ptr_array_add (attributes, attribute);
  attribute->line = lines->line;
  if (!g_str_has_prefix (name, "CKA_"))
    return fail (error, attribute->line, "no \"CKA_… TYPE VALUE\"");
  attribute->name = g_strdup (name + strlen ("CKA_"));
  attribute->type = take_word (&line);
  if (g_str_equal (attribute->type, "MULTILINE_OCTAL"))
    {
      attribute->bytes = read_octal (lines, error);
      return attribute->bytes != NULL;
    }
  if (g_str_equal (attribute->type, "UTF8"))
    {
      attribute->bytes = read_string (line, attribute->line, error);
      return attribute->bytes != NULL;
    }
  if (line.size == 0)
    return fail (error, attribute->line, "an attribute without a value");
  attribute->word = g_strndup ((const char *) line.data, line.size);
  return TRUE;
}

/* Words that are certdata's old spelling count as the new ones: CKO_NETSCAPE_TRUST, CKT_NETSCAPE_VALID. */
static const char *
skip_vendor (const char *word)
{
  static const char *const vendors[] = { "NSS_", "NETSCAPE_", "PKCS_" };

  for (guint i = 0; i < G_N_ELEMENTS (vendors); i++)
    if (g_str_has_prefix (word, vendors[i]))
      return word + strlen (vendors[i]);
  return word;
}

static gboolean
read_level (const Attribute *attribute, TrustNssLevel *out, GError **error)
{
  static const struct
  {
    const char *word;
    TrustNssLevel level;
  } levels[] = {
    { "TRUSTED_DELEGATOR", TRUST_NSS_ANCHOR },
    { "TRUSTED", TRUST_NSS_PEER },
    { "TRUST_ANCHOR", TRUST_NSS_ANCHOR },
    { "MUST_VERIFY_TRUST", TRUST_NSS_NEUTRAL },
    { "TRUST_MUST_VERIFY_TRUST", TRUST_NSS_NEUTRAL },
    { "MUST_VERIFY", TRUST_NSS_NEUTRAL },
    { "VALID_DELEGATOR", TRUST_NSS_NEUTRAL },
    { "VALID", TRUST_NSS_NEUTRAL },
    { "TRUST_UNKNOWN", TRUST_NSS_NEUTRAL },
    { "NOT_TRUSTED", TRUST_NSS_REFUSED },
    { "UNTRUSTED", TRUST_NSS_REFUSED },
  };
  const char *word = attribute->word != NULL && g_str_has_prefix (attribute->word, "CKT_") ? skip_vendor (attribute->word + strlen ("CKT_")) : "";

  if (*out != TRUST_NSS_UNSAID)
    return fail (error, attribute->line, "said twice in one object");
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    if (g_str_equal (levels[i].word, word))
      {
        *out = levels[i].level;
        return TRUE;
      }
  return fail (error, attribute->line,
               "not one of NSS's words for trust (CKT_NSS_TRUSTED_DELEGATOR, CKT_NSS_MUST_VERIFY_TRUST, CKT_NSS_NOT_TRUSTED, …)");
}

/* CK_BBOOL CK_FALSE: none. */
static gboolean
read_date (const Attribute *attribute, gint64 *out, GError **error)
{
  gsize size = 0;
  const guint8 *text = attribute->bytes != NULL ? g_bytes_get_data (attribute->bytes, &size) : NULL;

  if (g_strcmp0 (attribute->word, "CK_FALSE") == 0)
    return TRUE;
  if (*out != TRUST_NEVER)
    return fail (error, attribute->line, "said twice in one object");
  return trust_nss_read_date ((TrustSpan) { text, size }, out)
         || fail (error, attribute->line, "a distrust-after that is neither CK_FALSE nor a date YYMMDDHHMMSSZ");
}

static gboolean
take_bytes (const Attribute *attribute, GBytes **out, GError **error)
{
  if (*out != NULL || attribute->bytes == NULL)
    return fail (error, attribute->line, *out != NULL ? "said twice in one object" : "bytes were expected (MULTILINE_OCTAL)");
  *out = g_bytes_ref (attribute->bytes);
  return TRUE;
}

static gboolean
take_label (const Attribute *attribute, char **out, GError **error)
{
  gsize size = 0;
  const char *text = attribute->bytes != NULL ? g_bytes_get_data (attribute->bytes, &size) : NULL;

  g_free (*out);
  *out = g_strndup (text != NULL ? text : "", size);
  return TRUE;
}

static gboolean
read_certificate (GPtrArray *attributes, const char *place, GPtrArray *out, GError **error)
{
  g_autoptr (TrustNssCertificate) certificate = trust_nss_certificate_new (place);

  for (guint i = 0; i < attributes->len; i++)
    {
      const Attribute *attribute = attributes->pdata[i];
      const char *name = skip_vendor (attribute->name);
      gboolean ok = TRUE;

      if (g_str_equal (name, "VALUE"))
        ok = take_bytes (attribute, &certificate->value, error);
      else if (g_str_equal (name, "LABEL"))
        ok = take_label (attribute, &certificate->label, error);
      else if (g_str_equal (name, "SERVER_DISTRUST_AFTER"))
        ok = read_date (attribute, &certificate->server_after, error);
      else if (g_str_equal (name, "EMAIL_DISTRUST_AFTER"))
        ok = read_date (attribute, &certificate->email_after, error);
      if (!ok)
        return FALSE;
    }
  if (certificate->value == NULL)
    return fail (error, ((const Attribute *) attributes->pdata[0])->line, "a certificate without CKA_VALUE");
  g_ptr_array_add (out, g_steal_pointer (&certificate));
  return TRUE;
}

/* Key usage bits and step-up say nothing that anchord keeps. Another CKA_TRUST_… might narrow what is trusted. */
static gboolean
read_use (const Attribute *attribute, TrustNssTrust *trust, GError **error)
{
  static const char *const without_meaning[] = { "DIGITAL_SIGNATURE", "NON_REPUDIATION",  "KEY_ENCIPHERMENT",
                                                 "DATA_ENCIPHERMENT", "KEY_AGREEMENT",    "KEY_CERT_SIGN",
                                                 "CRL_SIGN",          "STEP_UP_APPROVED", NULL };
  const char *name = skip_vendor (attribute->name) + strlen ("TRUST_");
  TrustNssUse use = trust_nss_use_find (name);

  if (use != TRUST_NSS_N_USES)
    return read_level (attribute, &trust->levels[use], error);
  return g_strv_contains (without_meaning, name) || fail (error, attribute->line, "an unknown kind of trust: it might narrow what is trusted");
}

/* SHA-256 counts more than SHA-1; MD5 not at all. */
static gboolean
take_hash (const Attribute *attribute, TrustNssTrust *trust, GError **error)
{
  gsize size = attribute->bytes != NULL ? g_bytes_get_size (attribute->bytes) : 0;

  if (size != 20 && size != 32)
    return fail (error, attribute->line, "a hash that is neither SHA-1 nor SHA-256");
  if (trust->hash != NULL && g_bytes_get_size (trust->hash) > size)
    return TRUE;
  g_clear_pointer (&trust->hash, g_bytes_unref);
  trust->hash = g_bytes_ref (attribute->bytes);
  return TRUE;
}

static gboolean
read_trust (GPtrArray *attributes, const char *place, GPtrArray *out, GError **error)
{
  g_autoptr (TrustNssTrust) trust = trust_nss_trust_new (place);

  for (guint i = 0; i < attributes->len; i++)
    {
      const Attribute *attribute = attributes->pdata[i];
      const char *name = skip_vendor (attribute->name);
      gboolean ok = TRUE;

      if (g_str_equal (name, "ISSUER"))
        ok = take_bytes (attribute, &trust->issuer, error);
      else if (g_str_equal (name, "SERIAL_NUMBER"))
        ok = take_bytes (attribute, &trust->serial, error);
      else if (g_str_equal (name, "CERT_SHA1_HASH") || g_str_equal (name, "HASH_OF_CERTIFICATE"))
        ok = take_hash (attribute, trust, error);
      else if (g_str_equal (name, "LABEL"))
        ok = take_label (attribute, &trust->label, error);
      else if (g_str_has_prefix (name, "TRUST_"))
        ok = read_use (attribute, trust, error);
      if (!ok)
        return FALSE;
    }
  if (trust->issuer == NULL || trust->serial == NULL)
    return fail (error, ((const Attribute *) attributes->pdata[0])->line, "a trust object without CKA_ISSUER and CKA_SERIAL_NUMBER");
  g_ptr_array_add (out, g_steal_pointer (&trust));
  return TRUE;
}

/* One object: its CKA_CLASS stands first in ATTRIBUTES. */
static gboolean
read_object (GPtrArray *attributes, GPtrArray *certificates, GPtrArray *trusts, GError **error)
{
  const Attribute *first = attributes->pdata[0];
  const char *word = first->word != NULL && g_str_has_prefix (first->word, "CKO_") ? skip_vendor (first->word + strlen ("CKO_")) : "";
  g_autofree char *place = g_strdup_printf ("line %u", first->line);

  if (certificates->len + trusts->len >= MAX_OBJECTS)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "more than %u certificates and trust objects; split it", MAX_OBJECTS);
      return FALSE;
    }
  if (g_str_equal (word, "CERTIFICATE"))
    return read_certificate (attributes, place, certificates, error);
  if (g_str_equal (word, "TRUST"))
    return read_trust (attributes, place, trusts, error);
  return g_str_equal (word, "BUILTIN_ROOT_LIST") || fail (error, first->line, "an object of an unknown class");
}

typedef struct
{
  const TrustImportOptions *options;
  TrustImport *import;
  GPtrArray *attributes;   /* (owned) of the object at hand */
  GPtrArray *certificates; /* (owned) */
  GPtrArray *trusts;       /* (owned) */
  gboolean is_skipping;    /* the object at hand could not be read */
} Reader;

/* REASON (transfer full) begins with the line. */
static gboolean
skip_object (Reader *reader, GError *reason, GError **error)
{
  if (!reader->options->keep_going || g_error_matches (reason, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED))
    {
      g_propagate_error (error, reason);
      return FALSE;
    }
  reader->is_skipping = TRUE;
  g_ptr_array_add (reader->import->failures, g_strdup (reason->message));
  g_error_free (reason);
  return trust_import_has_room (reader->import, error);
}

static gboolean
end_object (Reader *reader, GError **error)
{
  GError *reason = NULL;
  gboolean ok = reader->attributes->len == 0 || reader->is_skipping
                || read_object (reader->attributes, reader->certificates, reader->trusts, &reason);

  g_ptr_array_set_size (reader->attributes, 0);
  return ok || skip_object (reader, reason, error);
}

static gboolean
read_objects (Reader *reader, TrustSpan input, GError **error)
{
  Lines lines = { input, 0, 0 };
  TrustSpan line;

  while (next_line (&lines, &line))
    {
      gboolean is_first = begins (line, "CKA_CLASS");
      GError *reason = NULL;

      if (is_silent (line) || begins (line, "BEGINDATA") || begins (line, "CVS_ID"))
        continue;
      if (is_first)
        {
          if (!end_object (reader, error))
            return FALSE;
          reader->is_skipping = FALSE;
        }
      if (reader->is_skipping)
        continue;
      if (!is_first && reader->attributes->len == 0)
        fail (&reason, lines.line, "an attribute before the first CKA_CLASS");
      else
        read_attribute (&lines, line, reader->attributes, &reason);
      if (reason != NULL && !skip_object (reader, reason, error))
        return FALSE;
    }
  return end_object (reader, error);
}

static gboolean
decode (TrustSpan input, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  g_autoptr (GPtrArray) attributes = g_ptr_array_new_with_free_func (attribute_free);
  g_autoptr (GPtrArray) certificates = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_nss_certificate_free);
  g_autoptr (GPtrArray) trusts = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_nss_trust_free);
  Reader reader = { options, import, attributes, certificates, trusts, FALSE };

  return read_objects (&reader, input, error) && trust_nss_join (certificates, trusts, options, import, error);
}

const TrustImporter trust_importer_certdata = { "certdata", "certdata.txt", probe, decode };
