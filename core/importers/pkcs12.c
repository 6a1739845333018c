/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* PKCS #12 files (RFC 7292), with pass phrase or without. Read here and not by GnuTLS, which keeps 32 objects of a safe and drops the others without
 * a word (docs/decisions.md); ciphers and hashes are GnuTLS's. */
#include "core/importers/ber.h"
#include "core/importers/passphrase.h"
#include "core/importers/pkcs12-crypt.h"
#include "core/importers/pkcs12-safe.h"
#include "core/importers/take.h"

#include "core/error.h"
#include "core/limits.h"
#include "core/text.h"

#include <string.h>

#define TAG_INTEGER 0x02
#define TAG_OCTET_STRING 0x04
#define TAG_OID 0x06
#define TAG_SEQUENCE 0x30
#define TAG_CONTEXT_0 0xa0
#define TAG_IMPLICIT_0 0x80

#define OID_DATA "1.2.840.113549.1.7.1"
#define OID_SIGNED_DATA "1.2.840.113549.1.7.2"
#define OID_ENVELOPED_DATA "1.2.840.113549.1.7.3"
#define OID_ENCRYPTED_DATA "1.2.840.113549.1.7.6"
#define OID_ANY_PURPOSE "2.5.29.37.0"
#define VERSION 3
/* Tools make two or three. */
#define MAX_SAFES 1024u

typedef struct
{
  TrustSpan content; /* SafeContents, or their ciphertext */
  gboolean is_encrypted;
  TrustPkcs12Cipher cipher;
} Safe;

typedef struct
{
  TrustSpan authenticated; /* what the MAC is made over */
  gboolean has_mac;
  TrustPkcs12Mac mac;
  GArray *safes; /* (owned) of Safe */
  guint n_encrypted;
  TrustPkcs12Contents *contents; /* (owned) */
} Reader;

static void
reader_clear (Reader *reader)
{
  g_array_unref (reader->safes);
  trust_pkcs12_contents_free (reader->contents);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

/* PFX ::= SEQUENCE { version INTEGER (3), authSafe SEQUENCE { contentType, … }, … }: by its first bytes. */
static gboolean
probe (TrustSpan input)
{
  if (input.size < 16 || input.data[0] != TAG_SEQUENCE)
    return FALSE;

  gsize head = 2 + (input.data[1] > 0x80 ? input.data[1] & 0x7f : 0);

  return head <= 2 + 8 && input.size > head + 3 && memcmp (input.data + head, "\x02\x01\x03\x30", 4) == 0;
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "%s; get the file again", what);
  return FALSE;
}

static gboolean
check_kind (const char *oid, const char *wanted, GError **error)
{
  if (g_strcmp0 (oid, wanted) == 0)
    return TRUE;
  if (g_strcmp0 (oid, OID_SIGNED_DATA) == 0 || g_strcmp0 (oid, OID_ENVELOPED_DATA) == 0)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
                 "it is protected by a key and not by a pass phrase, which is not read; export it again with a pass phrase");
  else
    fail (error, "a part of it says that it is something unknown");
  return FALSE;
}

/* ContentInfo ::= SEQUENCE { contentType, content [0] EXPLICIT }. */
static gboolean
open_content (TrustSpan *in, char **oid, TrustDer *content)
{
  TrustDer info, type;

  *oid = NULL;
  if (!trust_ber_expect (in, TAG_SEQUENCE, &info) || !trust_ber_expect (&info.content, TAG_OID, &type)
      || !trust_ber_expect (&info.content, TAG_CONTEXT_0, content))
    return FALSE;
  *oid = trust_der_dup_oid (type.content);
  return *oid != NULL;
}

/* An OCTET STRING; what had to be joined lives as long as READER. */
static gboolean
read_octets (Reader *reader, TrustSpan *in, guint8 tag, TrustSpan *out)
{
  GByteArray *joined;

  if (!trust_ber_octets (in, tag, out, &joined))
    return FALSE;
  if (joined != NULL)
    g_ptr_array_add (reader->contents->buffers, joined);
  return TRUE;
}

/* EncryptedData ::= SEQUENCE { version, SEQUENCE { contentType, algorithm, content [0] IMPLICIT OCTET STRING }, … } */
static gboolean
read_encrypted (Reader *reader, TrustSpan in, Safe *safe, GError **error)
{
  TrustDer data, version, info, type, algorithm;

  if (!trust_ber_expect (&in, TAG_SEQUENCE, &data) || !trust_ber_expect (&data.content, TAG_INTEGER, &version)
      || !trust_ber_expect (&data.content, TAG_SEQUENCE, &info) || !trust_ber_expect (&info.content, TAG_OID, &type)
      || !trust_ber_expect (&info.content, TAG_SEQUENCE, &algorithm) || !read_octets (reader, &info.content, TAG_IMPLICIT_0, &safe->content))
    return fail (error, "it is damaged");
  safe->is_encrypted = TRUE;
  reader->n_encrypted++;
  return trust_pkcs12_cipher_read (algorithm.content, &safe->cipher, error);
}

/* What a ContentInfo of kind OID holds. */
static gboolean
read_safe (Reader *reader, const char *oid, TrustSpan in, Safe *safe, GError **error)
{
  if (g_str_equal (oid, OID_ENCRYPTED_DATA))
    return read_encrypted (reader, in, safe, error);
  if (!check_kind (oid, OID_DATA, error))
    return FALSE;
  return read_octets (reader, &in, TAG_OCTET_STRING, &safe->content) || fail (error, "it is damaged");
}

/* AuthenticatedSafe ::= SEQUENCE OF ContentInfo */
static gboolean
read_safes (Reader *reader, GError **error)
{
  TrustSpan in = reader->authenticated;
  TrustDer list, content;

  if (!trust_ber_expect (&in, TAG_SEQUENCE, &list) || in.size > 0)
    return fail (error, "its list of safes is damaged");
  while (list.content.size > 0)
    {
      Safe safe = { .is_encrypted = FALSE };
      g_autofree char *oid = NULL;

      if (reader->safes->len >= MAX_SAFES)
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "it holds more than %u safes, the limit; split it", MAX_SAFES);
          return FALSE;
        }
      if (!open_content (&list.content, &oid, &content))
        return fail (error, "its list of safes is damaged");
      if (!read_safe (reader, oid, content.content, &safe, error))
        {
          g_prefix_error (error, "safe %u: ", reader->safes->len + 1);
          return FALSE;
        }
      g_array_append_val (reader->safes, safe);
    }
  return TRUE;
}

/* One key is derived for the MAC and one for each encrypted safe: a file must not make each of them dear. */
static gboolean
check_cost (const Reader *reader, GError **error)
{
  guint64 sum = reader->has_mac ? reader->mac.iterations : 0;

  for (guint i = 0; i < reader->safes->len; i++)
    {
      const Safe *safe = &g_array_index (reader->safes, Safe, i);

      sum += safe->is_encrypted ? safe->cipher.iterations : 0;
    }
  if (sum <= TRUST_PKCS12_ITERATIONS)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "it asks for %" G_GUINT64_FORMAT " iterations to derive its keys, the limit is %u",
               sum, TRUST_PKCS12_ITERATIONS);
  return FALSE;
}

/* Everything but the safes' contents, without a pass phrase. */
static gboolean
read_outline (Reader *reader, TrustSpan input, GError **error)
{
  TrustDer pfx, content, mac;
  guint64 version;
  g_autofree char *oid = NULL;

  if (!trust_ber_expect (&input, TAG_SEQUENCE, &pfx))
    return fail (error, "it is cut off or damaged");
  if (input.size > 0)
    return fail (error, "there are bytes too many behind it");
  if (!trust_ber_number (&pfx.content, VERSION, &version) || version != VERSION || !open_content (&pfx.content, &oid, &content))
    return fail (error, "its beginning is damaged");
  if (!check_kind (oid, OID_DATA, error))
    return FALSE;
  if (!read_octets (reader, &content.content, TAG_OCTET_STRING, &reader->authenticated))
    return fail (error, "its content is damaged");
  if (!read_safes (reader, error))
    return FALSE;
  if (pfx.content.size > 0)
    {
      reader->has_mac = TRUE;
      if (!trust_ber_expect (&pfx.content, TAG_SEQUENCE, &mac) || pfx.content.size > 0)
        return fail (error, "its end is damaged");
      if (!trust_pkcs12_mac_read (mac.content, &reader->mac, error))
        return FALSE;
    }
  return check_cost (reader, error);
}

/* Is IN one whole SEQUENCE? What a wrong key gives hardly ever is. */
static gboolean
is_sequence (TrustSpan in)
{
  TrustDer element;

  return trust_ber_expect (&in, TAG_SEQUENCE, &element) && in.size == 0;
}

/* Decrypts all safes in place. FALSE at the first that PASSPHRASE does not open; what was opened before is wiped with READER. */
static gboolean
decrypt (Reader *reader, const char *passphrase)
{
  for (guint i = 0; i < reader->safes->len; i++)
    {
      Safe *safe = &g_array_index (reader->safes, Safe, i);

      if (!safe->is_encrypted)
        continue;

      GByteArray *plain = trust_pkcs12_decrypt (&safe->cipher, passphrase, safe->content);

      if (plain == NULL)
        return FALSE;
      g_ptr_array_add (reader->contents->buffers, plain);
      if (!is_sequence ((TrustSpan) { plain->data, plain->len }))
        return FALSE;
      safe->content = (TrustSpan) { plain->data, plain->len };
      safe->is_encrypted = FALSE;
    }
  return TRUE;
}

static TrustPassphraseOutcome
try_one (Reader *reader, const char *passphrase, GError **error)
{
  if (reader->has_mac && !trust_pkcs12_mac_check (&reader->mac, passphrase, reader->authenticated))
    return TRUST_PASSPHRASE_WRONG;
  if (decrypt (reader, passphrase))
    return TRUST_PASSPHRASE_OPENS;
  if (!reader->has_mac)
    return TRUST_PASSPHRASE_WRONG;
  fail (error, "the pass phrase is right, but a safe does not open with it: the file is damaged, or its safes have another");
  return TRUST_PASSPHRASE_FAILED;
}

static TrustPassphraseOutcome
try_passphrase (gpointer data, const char *passphrase, GError **error)
{
  TrustPassphraseOutcome outcome = try_one (data, passphrase, error);

  /* Tools do not agree on whether no pass phrase is an empty one (RFC 7292 B.1). */
  return outcome == TRUST_PASSPHRASE_WRONG && passphrase[0] == '\0' ? try_one (data, NULL, error) : outcome;
}

static gboolean
unlock (Reader *reader, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  TrustLocked locked = { "the PKCS #12 file", reader->n_encrypted == 0, try_passphrase, reader };
  gboolean skipped;

  if (!reader->has_mac && reader->n_encrypted == 0)
    return TRUE;
  if (!trust_import_unlock (options, &locked, &skipped, error))
    return FALSE;
  if (skipped)
    trust_import_notice (import, "without a pass phrase the checksum of the PKCS #12 file was not checked");
  return TRUE;
}

/* Java names the uses that a certificate is trusted for; mostly any. */
static gboolean
make_settings (const TrustPkcs12Bag *bag, TrustSettings **settings, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  *settings = NULL;
  for (guint i = 0; bag->uses != NULL && i < bag->uses->len; i++)
    {
      if (g_str_equal (bag->uses->pdata[i], OID_ANY_PURPOSE))
        return TRUE;
      g_ptr_array_add (names, bag->uses->pdata[i]);
    }
  if (names->len == 0)
    return TRUE;
  g_ptr_array_add (names, NULL);

  g_autoptr (TrustPurposes) purposes = trust_purposes_new ((const char *const *) names->pdata, error);

  if (purposes == NULL)
    return FALSE;
  *settings = trust_settings_new (purposes);
  return TRUE;
}

static gboolean
belongs_to_key (const TrustPkcs12Contents *contents, const TrustPkcs12Bag *bag)
{
  if (bag->key_id.size == 0)
    return FALSE;

  g_autofree char *hex = trust_text_hex (bag->key_id.data, bag->key_id.size);

  return g_hash_table_contains (contents->key_ids, hex);
}

static gboolean
add_bag (const TrustPkcs12Contents *contents, const TrustPkcs12Bag *bag, guint number, gboolean is_marked, const TrustImportOptions *options,
         TrustImport *import, GError **error)
{
  g_autoptr (TrustSettings) settings = NULL;
  g_autofree char *shown = bag->label != NULL ? trust_text_printable (bag->label, 64) : NULL;
  g_autofree char *place = shown != NULL && shown[0] != '\0' ? g_strdup_printf ("certificate %u \"%s\"", number, shown)
                                                             : g_strdup_printf ("certificate %u", number);
  GError *reason = NULL;
  gboolean is_untrusted = belongs_to_key (contents, bag) || (is_marked && bag->uses == NULL);

  if (!make_settings (bag, &settings, &reason))
    return trust_import_fail (import, options, place, reason, error);
  return trust_import_take (import, options, bag->der, is_untrusted ? NULL : settings, is_untrusted, bag->label, place, error);
}

static void
add_notice (TrustImport *import, guint n, const char *one, const char *many)
{
  if (n > 0)
    trust_import_notice (import, "%u %s left out of the PKCS #12 file", n, n == 1 ? one : many);
}

static void
add_notices (const TrustPkcs12Contents *contents, TrustImport *import)
{
  add_notice (import, contents->n_keys, "private key was", "private keys were");
  add_notice (import, contents->n_secrets, "secret was", "secrets were");
  add_notice (import, contents->n_lists, "revocation list was", "revocation lists were");
  add_notice (import, contents->n_others, "object of an unknown kind was", "objects of unknown kinds were");
}

static gboolean
add_all (const TrustPkcs12Contents *contents, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  gboolean is_marked = FALSE;

  /* Where Java marked one as trusted, those without the mark are there for a key. */
  for (guint i = 0; i < contents->bags->len; i++)
    is_marked = is_marked || ((const TrustPkcs12Bag *) contents->bags->pdata[i])->uses != NULL;
  for (guint i = 0; i < contents->bags->len; i++)
    if (!add_bag (contents, contents->bags->pdata[i], i + 1, is_marked, options, import, error))
      return FALSE;
  add_notices (contents, import);
  if (contents->bags->len > 0)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "it holds %sno certificate", contents->n_keys > 0 ? "a private key and " : "");
  return FALSE;
}

static gboolean
decode (TrustSpan input, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  g_auto (Reader) reader = { .safes = g_array_new (FALSE, FALSE, sizeof (Safe)), .contents = trust_pkcs12_contents_new () };

  if (!read_outline (&reader, input, error) || !unlock (&reader, options, import, error))
    return FALSE;
  for (guint i = 0; i < reader.safes->len; i++)
    if (!trust_pkcs12_contents_read (reader.contents, g_array_index (reader.safes, Safe, i).content, error))
      {
        g_prefix_error (error, "safe %u: ", i + 1);
        return FALSE;
      }
  return add_all (reader.contents, options, import, error);
}

const TrustImporter trust_importer_pkcs12 = { "pkcs12", "PKCS #12", probe, decode };
