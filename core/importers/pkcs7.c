/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/importers/pkcs7.h"

#include "core/error.h"
#include "core/importers/ber.h"
#include "core/importers/self-signed.h"
#include "core/importers/take.h"

#include <string.h>

#define TAG_INTEGER 0x02
#define TAG_OID 0x06
#define TAG_SEQUENCE 0x30
#define TAG_SET 0x31
#define TAG_CONTEXT_0 0xa0
#define TAG_CONTEXT_1 0xa1

/* 1.2.840.113549.1.7, and the last number of signedData. */
static const guint8 oid_pkcs7[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07 };
#define SIGNED_DATA 2

static const char *const kinds[] = { NULL, "bare data", NULL, "enveloped data", "signed and enveloped data", "a digest", "encrypted data" };

gboolean
trust_pkcs7_probe (TrustSpan in)
{
  if (in.size < 2 || in.data[0] != TAG_SEQUENCE)
    return FALSE;

  gsize head = 2 + (in.data[1] > 0x80 ? in.data[1] & 0x7f : 0);

  return head <= 2 + 8 && in.size > head + 2 + sizeof oid_pkcs7 && in.data[head] == TAG_OID && in.data[head + 1] == sizeof oid_pkcs7 + 1
         && memcmp (in.data + head + 2, oid_pkcs7, sizeof oid_pkcs7) == 0;
}

static gboolean
fail (const char *place, const char *what, GError **error)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "%s: %s", place, what);
  return FALSE;
}

/* ContentInfo ::= SEQUENCE { contentType, content [0] EXPLICIT }. OUT: SignedData's value. */
static gboolean
open_signed_data (TrustSpan in, const char *place, TrustSpan *out, GError **error)
{
  TrustDer info, type, content, body;

  if (!trust_ber_expect (&in, TAG_SEQUENCE, &info))
    return fail (place, "it is cut off or damaged: get it again", error);
  if (in.size > 0)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "%s: there are %" G_GSIZE_FORMAT " bytes too many behind it: get it again", place,
                   in.size);
      return FALSE;
    }
  if (!trust_ber_expect (&info.content, TAG_OID, &type) || type.content.size != sizeof oid_pkcs7 + 1
      || memcmp (type.content.data, oid_pkcs7, sizeof oid_pkcs7) != 0)
    return fail (place, "it does not say what it holds: get it again", error);

  guint8 kind = type.content.data[sizeof oid_pkcs7];

  if (kind != SIGNED_DATA)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "%s: it holds %s, which has no certificates that can be read", place,
                   kind < G_N_ELEMENTS (kinds) && kinds[kind] != NULL ? kinds[kind] : "something unknown");
      return FALSE;
    }
  if (!trust_ber_expect (&info.content, TAG_CONTEXT_0, &content) || !trust_ber_expect (&content.content, TAG_SEQUENCE, &body))
    return fail (place, "its content is damaged: get it again", error);
  *out = body.content;
  return TRUE;
}

/* SignedData ::= SEQUENCE { version, digestAlgorithms, encapContentInfo, certificates [0] IMPLICIT OPTIONAL, crls [1] OPTIONAL, signerInfos }. */
static gboolean
find_certificates (TrustSpan body, const char *place, TrustSpan *out, GError **error)
{
  TrustDer version, digests, content, certificates = { .content = { NULL, 0 } }, lists, signers;

  if (!trust_ber_expect (&body, TAG_INTEGER, &version) || !trust_ber_expect (&body, TAG_SET, &digests)
      || !trust_ber_expect (&body, TAG_SEQUENCE, &content))
    return fail (place, "its content is damaged: get it again", error);
  if (body.size > 0 && body.data[0] == TAG_CONTEXT_0 && !trust_ber_next (&body, &certificates))
    return fail (place, "its list of certificates is damaged: get it again", error);
  if (body.size > 0 && body.data[0] == TAG_CONTEXT_1 && !trust_ber_next (&body, &lists))
    return fail (place, "its list of revocations is damaged: get it again", error);
  if (!trust_ber_expect (&body, TAG_SET, &signers) || body.size > 0)
    return fail (place, "its end is damaged: get it again", error);
  if (certificates.content.size == 0)
    return fail (place, "it holds no certificate", error);
  *out = certificates.content;
  return TRUE;
}

static gboolean
take_one (const TrustDer *object, guint number, const TrustPkcs7How *how, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  g_autofree char *place = g_strdup_printf ("%s, certificate %u", how->place, number);

  if (!trust_import_has_room (import, error))
    return FALSE;
  /* RFC 5652 10.2.2: an attribute certificate or another form has a tag of its own. */
  if (object->tag != TAG_SEQUENCE)
    {
      trust_import_notice (import, "%s: it is no X.509 certificate and was left out", place);
      return TRUE;
    }

  guint before = import->entries->len;

  if (!trust_import_take (import, options, object->whole, NULL, FALSE, NULL, place, error))
    return FALSE;
  if (how->roots_only && import->entries->len > before)
    {
      TrustImportEntry *entry = g_ptr_array_index (import->entries, before);

      entry->is_untrusted = !trust_certificate_is_self_signed (entry->certificate);
    }
  return TRUE;
}

gboolean
trust_pkcs7_take (TrustSpan in, const TrustPkcs7How *how, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  TrustSpan body, certificates;
  TrustDer object;
  guint number = 0;

  if (!open_signed_data (in, how->place, &body, error) || !find_certificates (body, how->place, &certificates, error))
    return FALSE;
  while (certificates.size > 0)
    {
      if (!trust_ber_next (&certificates, &object))
        return fail (how->place, "its list of certificates is damaged: get it again", error);
      if (!take_one (&object, ++number, how, options, import, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
decode (TrustSpan input, const TrustImportOptions *options, TrustImport *import, GError **error)
{
  static const TrustPkcs7How how = { "byte 0", FALSE };

  return trust_pkcs7_take (input, &how, options, import, error);
}

const TrustImporter trust_importer_pkcs7 = { "pkcs7", "PKCS #7", trust_pkcs7_probe, decode };
