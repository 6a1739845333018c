/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* Java's own keystores (JKS, versions 1 and 2). All numbers are big-endian:
 *
 *   u32 FEEDFEED, u32 version, u32 entries, the entries, 20 bytes of SHA-1
 *   entry: u32 1 (private key), alias, u64 date, u32 length, the encrypted key, u32 certificates, certificates
 *          u32 2 (trusted),     alias, u64 date, certificate
 *   alias: u16 length, modified UTF-8;  certificate: in version 2 a type (as an alias), u32 length, DER
 *
 * The SHA-1 is over the pass phrase in UTF-16, the words "Mighty Aphrodite" and all bytes before it: it tells a wrong pass phrase or a change. */
#include "core/importers/passphrase.h"
#include "core/importers/take.h"

#include "core/error.h"
#include "core/limits.h"
#include "core/text.h"

#include <gnutls/crypto.h>
#include <string.h>

#define MAGIC "\xfe\xed\xfe\xed"
#define DIGEST_SIZE 20
#define SALT "Mighty Aphrodite"
#define KIND_KEY 1
#define KIND_TRUSTED 2
#define TYPE "X.509"
#define PLACE_CHARS 64

typedef struct
{
  TrustSpan input;
  gsize at;
  guint version;
} Reader;

/* One object that a certificate may be in. */
typedef struct
{
  char *label; /* (owned) alias */
  char *place; /* (owned) */
} Entry;

static void
entry_clear (Entry *entry)
{
  g_free (entry->label);
  g_free (entry->place);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Entry, entry_clear)

static gboolean
probe (TrustSpan input)
{
  return input.size >= 4 && memcmp (input.data, MAGIC, 4) == 0;
}

/* Every length is compared with what is there before anything is taken. */
static gboolean
take_bytes (Reader *reader, gsize size, TrustSpan *out, GError **error)
{
  if (size > reader->input.size - reader->at)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
                   "byte %" G_GSIZE_FORMAT ": it is cut off or damaged: %" G_GSIZE_FORMAT " bytes should follow, %" G_GSIZE_FORMAT
                   " do; get the file again",
                   reader->at, size, reader->input.size - reader->at);
      return FALSE;
    }
  *out = (TrustSpan) { reader->input.data + reader->at, size };
  reader->at += size;
  return TRUE;
}

static gboolean
take_number (Reader *reader, gsize size, guint32 *out, GError **error)
{
  TrustSpan bytes;

  if (!take_bytes (reader, size, &bytes, error))
    return FALSE;
  *out = 0;
  for (gsize i = 0; i < size; i++)
    *out = *out << 8 | bytes.data[i];
  return TRUE;
}

/* Java's modified UTF-8: U+0000 as C0 80, and each surrogate of a pair as three bytes. What is malformed becomes U+FFFD. */
static char *
read_modified_utf8 (TrustSpan in)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gunichar high = 0;

  for (gsize i = 0; i < in.size;)
    {
      guint8 first = in.data[i];
      guint n = first < 0x80 ? 1 : (first & 0xe0) == 0xc0 ? 2 : (first & 0xf0) == 0xe0 ? 3 : 0;
      gunichar c = n == 1 ? first : n == 2 ? first & 0x1f : first & 0x0f;

      for (guint k = 1; k < n; k++)
        if (i + k >= in.size || (in.data[i + k] & 0xc0) != 0x80)
          n = 0;
        else
          c = c << 6 | (in.data[i + k] & 0x3f);
      i += MAX (n, 1);
      if (n == 0)
        c = 0xfffd;
      if (high != 0 && c >= 0xdc00 && c < 0xe000)
        c = 0x10000 + ((high - 0xd800) << 10) + (c - 0xdc00);
      else if (high != 0)
        g_string_append_unichar (text, 0xfffd);
      high = c >= 0xd800 && c < 0xdc00 ? c : 0;
      if (high == 0)
        g_string_append_unichar (text, c != 0 && g_unichar_validate (c) ? c : 0xfffd);
    }
  if (high != 0)
    g_string_append_unichar (text, 0xfffd);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
take_text (Reader *reader, TrustSpan *out, GError **error)
{
  guint32 size;

  return take_number (reader, 2, &size, error) && take_bytes (reader, size, out, error);
}

/* Alias and date. */
static gboolean
take_entry_head (Reader *reader, guint number, Entry *entry, GError **error)
{
  TrustSpan alias, date;

  if (!take_text (reader, &alias, error) || !take_bytes (reader, 8, &date, error))
    return FALSE;
  entry->label = read_modified_utf8 (alias);

  g_autofree char *shown = trust_text_printable (entry->label, PLACE_CHARS);

  entry->place = g_strdup_printf ("entry %u \"%s\"", number, shown);
  return TRUE;
}

static gboolean
take_certificate (Reader *reader, const Entry *entry, const char *place, gboolean is_untrusted, const TrustImportOptions *options,
                  TrustImport *import, GError **error)
{
  TrustSpan type = { (const guint8 *) TYPE, strlen (TYPE) }, der;
  guint32 size;

  if ((reader->version == 2 && !take_text (reader, &type, error)) || !take_number (reader, 4, &size, error)
      || !take_bytes (reader, size, &der, error))
    {
      g_prefix_error (error, "%s: ", place);
      return FALSE;
    }
  if (!trust_import_has_room (import, error))
    return FALSE;
  if (!trust_span_equal (type, (TrustSpan) { (const guint8 *) TYPE, strlen (TYPE) }))
    {
      g_autofree char *shown = trust_text_printable_bytes (type.data, type.size, PLACE_CHARS);

      trust_import_notice (import, "%s: it is no X.509 certificate but \"%s\", and was left out", place, shown);
      return TRUE;
    }
  return trust_import_take (import, options, der, NULL, is_untrusted, is_untrusted ? NULL : entry->label, place, error);
}

/* The key stays encrypted: its bytes are passed over. Its chain is named, and not trusted. */
static gboolean
take_key_entry (Reader *reader, const Entry *entry, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  guint32 size, n;
  TrustSpan key;

  if (!take_number (reader, 4, &size, error) || !take_bytes (reader, size, &key, error) || !take_number (reader, 4, &n, error))
    {
      g_prefix_error (error, "%s: ", entry->place);
      return FALSE;
    }
  trust_import_notice (import, "%s: its private key was left out", entry->place);
  for (guint32 i = 0; i < n; i++)
    {
      g_autofree char *place = g_strdup_printf ("%s, certificate %u", entry->place, i + 1);

      if (!take_certificate (reader, entry, place, TRUE, options, import, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_entry (Reader *reader, guint number, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  g_auto (Entry) entry = { NULL, NULL };
  gsize start = reader->at;
  guint32 kind;

  if (!take_number (reader, 4, &kind, error) || !take_entry_head (reader, number, &entry, error))
    {
      g_prefix_error (error, "entry %u: ", number);
      return FALSE;
    }
  if (kind == KIND_TRUSTED)
    return take_certificate (reader, &entry, entry.place, FALSE, options, import, error);
  if (kind == KIND_KEY)
    return take_key_entry (reader, &entry, options, import, error);
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
               "entry %u at byte %" G_GSIZE_FORMAT ": it is of kind %u, which no JKS file has; get the file again", number, start, kind);
  return FALSE;
}

static gboolean
take_entries (Reader *reader, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  guint32 magic, version, n;

  if (!take_number (reader, 4, &magic, error) || !take_number (reader, 4, &version, error) || !take_number (reader, 4, &n, error))
    return FALSE;
  if (version != 1 && version != 2)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
                   "it is of version %u, and only 1 and 2 are known; convert it with 'keytool -importkeystore -deststoretype pkcs12'", version);
      return FALSE;
    }
  if (n > TRUST_LIMIT_INPUT_CERTIFICATES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "it says that it has %u entries, the limit is %u; split it", n,
                   TRUST_LIMIT_INPUT_CERTIFICATES);
      return FALSE;
    }
  reader->version = version;
  for (guint32 i = 0; i < n; i++)
    if (!take_entry (reader, i + 1, options, import, error))
      return FALSE;
  return TRUE;
}

/* Hashes PASSPHRASE as Java's chars. */
static gboolean
hash_passphrase (gnutls_hash_hd_t hash, const char *passphrase)
{
  glong n = 0;
  gunichar2 *units = g_utf8_to_utf16 (passphrase, -1, NULL, &n, NULL);
  gboolean done = TRUE;

  if (units == NULL)
    return FALSE;
  for (glong i = 0; i < n && done; i++)
    {
      guint8 pair[2] = { (guint8) (units[i] >> 8), (guint8) units[i] };

      done = gnutls_hash (hash, pair, sizeof pair) >= 0;
      explicit_bzero (pair, sizeof pair);
    }
  explicit_bzero (units, (gsize) n * sizeof *units);
  g_free (units);
  return done;
}

static TrustPassphraseOutcome
try_passphrase (gpointer data, const char *passphrase, GError **error)
{
  const Reader *reader = data;
  TrustSpan content = { reader->input.data, reader->at };
  guint8 digest[DIGEST_SIZE];
  gnutls_hash_hd_t hash;
  gboolean done;

  if (gnutls_hash_init (&hash, GNUTLS_DIG_SHA1) < 0)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, "SHA-1 is not available on this machine, so the keystore can't be checked");
      return TRUST_PASSPHRASE_FAILED;
    }
  done = hash_passphrase (hash, passphrase) && gnutls_hash (hash, SALT, strlen (SALT)) >= 0 && gnutls_hash (hash, content.data, content.size) >= 0;
  gnutls_hash_deinit (hash, digest);
  return done && memcmp (digest, content.data + content.size, DIGEST_SIZE) == 0 ? TRUST_PASSPHRASE_OPENS : TRUST_PASSPHRASE_WRONG;
}

/* What stands behind the entries is the digest and nothing else. */
static gboolean
check_end (const Reader *reader, GError **error)
{
  gsize left = reader->input.size - reader->at;

  if (left == DIGEST_SIZE)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
               "byte %" G_GSIZE_FORMAT ": it is cut off or damaged: %d bytes should end it, %" G_GSIZE_FORMAT " do; get the file again", reader->at,
               DIGEST_SIZE, left);
  return FALSE;
}

static gboolean
decode (TrustSpan input, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  Reader reader = { input, 0, 0 };
  TrustLocked locked = { "the Java keystore", TRUE, try_passphrase, &reader };
  gboolean skipped;

  /* A damaged one is known by its structure before anybody is asked. */
  if (!take_entries (&reader, options, import, error) || !check_end (&reader, error) || !trust_import_unlock (options, &locked, &skipped, error))
    return FALSE;
  if (skipped)
    trust_import_notice (import, "without a pass phrase the checksum of the Java keystore was not checked");
  if (import->entries->len + import->failures->len == 0)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "it holds no certificate");
      return FALSE;
    }
  return TRUE;
}

const TrustImporter trust_importer_jks = { "jks", "Java keystore", probe, decode };
