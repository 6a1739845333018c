/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/intake-der.h"

#include "core/error.h"
#include "core/intake.h"

#include <string.h>

#define TAG_INTEGER 0x02
#define TAG_BIT_STRING 0x03
#define TAG_OCTET_STRING 0x04
#define TAG_OID 0x06
#define TAG_SEQUENCE 0x30
#define TAG_UTC_TIME 0x17
#define TAG_GENERALIZED_TIME 0x18
#define TAG_CONTEXT_0 0xa0

/* Shape: the tags of an object's first elements. */
#define SHAPE_MAX 5

/* 1.2.840.113549.1.7.2 */
static const guint8 oid_signed_data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02 };

/* The content of the SEQUENCE that IN begins with, as much as is there of it. CLAIMED: how long the whole says it is. */
static gboolean
open_sequence (TrustSpan in, TrustSpan *content, guint64 *claimed)
{
  if (in.size < 2 || in.data[0] != TAG_SEQUENCE)
    return FALSE;

  gsize octets = in.data[1] >= 0x80 ? in.data[1] & 0x7f : 0;
  guint64 length = in.data[1];

  if (in.data[1] == 0x80 || octets > 4 || in.size < 2 + octets)
    return FALSE;
  if (octets > 0)
    length = 0;
  for (gsize i = 0; i < octets; i++)
    length = length << 8 | in.data[2 + i];
  *claimed = 2 + octets + length;
  *content = (TrustSpan) { in.data + 2 + octets, (gsize) MIN (length, in.size - 2 - octets) };
  return TRUE;
}

/* The tags of CONTENT's first elements, 0 behind the last. The last one may be cut. FIRST: the first element's value. */
static void
read_shape (TrustSpan content, guint8 shape[SHAPE_MAX], TrustSpan *first)
{
  TrustDer element;

  memset (shape, 0, SHAPE_MAX);
  *first = (TrustSpan) { NULL, 0 };
  for (guint i = 0; i < SHAPE_MAX && content.size > 0; i++)
    {
      shape[i] = content.data[0];
      if (!trust_der_next (&content, &element))
        return;
      if (i == 0)
        *first = element.content;
    }
}

static gboolean
has_shape (const guint8 shape[SHAPE_MAX], const guint8 *expected, gsize n)
{
  return memcmp (shape, expected, n) == 0;
}

gboolean
trust_intake_der_is_private_key (TrustSpan der)
{
  static const guint8 pkcs8[] = { TAG_INTEGER, TAG_SEQUENCE, TAG_OCTET_STRING };
  static const guint8 pkcs8_encrypted[] = { TAG_SEQUENCE, TAG_OCTET_STRING, 0 };
  static const guint8 pkcs1_or_dsa[] = { TAG_INTEGER, TAG_INTEGER };
  static const guint8 sec1[] = { TAG_INTEGER, TAG_OCTET_STRING };
  guint8 shape[SHAPE_MAX];
  TrustSpan content, first;
  guint64 claimed;

  if (!open_sequence (der, &content, &claimed))
    return FALSE;
  read_shape (content, shape, &first);
  if (has_shape (shape, pkcs8_encrypted, sizeof pkcs8_encrypted))
    return TRUE;
  /* All versions of these are 0 or 1; an RSA public key begins with its modulus. */
  if (first.size != 1 || first.data[0] > 1)
    return FALSE;
  return has_shape (shape, pkcs8, sizeof pkcs8) || has_shape (shape, pkcs1_or_dsa, sizeof pkcs1_or_dsa) || has_shape (shape, sec1, sizeof sec1);
}

/* A signed object: SEQUENCE { body, algorithm, signature }. Certificates, requests and lists differ in the body. */
static const char *
describe_signed (TrustSpan body)
{
  static const guint8 request[] = { TAG_INTEGER, TAG_SEQUENCE, TAG_SEQUENCE, TAG_CONTEXT_0 };
  static const guint8 list[] = { TAG_INTEGER, TAG_SEQUENCE, TAG_SEQUENCE, TAG_UTC_TIME };
  guint8 shape[SHAPE_MAX];
  TrustSpan first;

  read_shape (body, shape, &first);
  if (has_shape (shape, request, sizeof request))
    return "is a certificate request (CSR), which nobody has signed yet; give the certificate of the CA";
  for (guint i = 2; i < 4; i++)
    if (has_shape (shape, list + 3 - i, i) && (shape[i] == TAG_UTC_TIME || shape[i] == TAG_GENERALIZED_TIME))
      return "is a certificate revocation list (CRL), not a certificate";
  return NULL;
}

const char *
trust_intake_der_describe (TrustSpan der)
{
  static const guint8 signed_object[] = { TAG_SEQUENCE, TAG_SEQUENCE, TAG_BIT_STRING };
  static const guint8 pkcs12[] = { TAG_INTEGER, TAG_SEQUENCE };
  static const guint8 public_key[] = { TAG_SEQUENCE, TAG_BIT_STRING, 0 };
  guint8 shape[SHAPE_MAX];
  TrustSpan content, first;
  guint64 claimed;

  if (!open_sequence (der, &content, &claimed))
    return NULL;
  read_shape (content, shape, &first);
  if (has_shape (shape, signed_object, sizeof signed_object))
    return describe_signed (first);
  if (has_shape (shape, pkcs12, sizeof pkcs12) && first.size == 1 && first.data[0] == 3)
    return "is a PKCS #12 file (.p12, .pfx), which may hold a private key; take the certificates out with "
           "'openssl pkcs12 -in FILE -nokeys -out NEW'";
  if (shape[0] == TAG_OID && trust_span_equal (first, (TrustSpan) { oid_signed_data, sizeof oid_signed_data }))
    return "is a PKCS #7 file (.p7b); take the certificates out with 'openssl pkcs7 -inform DER -print_certs -in FILE -out NEW'";
  if (has_shape (shape, public_key, sizeof public_key))
    return "is a bare public key; give the certificate";
  return NULL;
}

/* A text may begin with '0' as well, but then an ASCII character follows where DER of this size has a long length. */
static gboolean
probe (TrustSpan input)
{
  TrustDer element;
  TrustSpan rest = input;

  if (input.size < 2 || input.data[0] != TAG_SEQUENCE)
    return FALSE;
  return (input.data[1] > 0x80 && input.data[1] <= 0x84) || (trust_der_next (&rest, &element) && rest.size == 0);
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "the input is binary (DER) and %s", what);
  return FALSE;
}

/* Exactly one certificate: in DER nothing marks where a second would begin. */
static gboolean
decode (TrustSpan input, GPtrArray *out, GError **error)
{
  TrustSpan content, rest = input;
  TrustDer element;
  guint64 claimed;
  g_autoptr (GError) reason = NULL;
  const char *known = trust_intake_der_describe (input);

  if (known != NULL)
    return fail (error, known);
  if (!open_sequence (input, &content, &claimed))
    return fail (error, "begins like a certificate, but its length is not DER; get it again");
  if (claimed > input.size)
    {
      g_autofree char *what = g_strdup_printf ("is cut off: it says that it has %" G_GUINT64_FORMAT " bytes, here are %" G_GSIZE_FORMAT
                                               "; get it again",
                                               claimed, input.size);

      return fail (error, what);
    }
  if (trust_der_next (&rest, &element) && rest.size > 0)
    {
      g_autofree char *what = g_strdup_printf ("has %" G_GSIZE_FORMAT " bytes too many, from byte %" G_GUINT64_FORMAT
                                               " on; give one certificate alone, or several as PEM",
                                               rest.size, claimed);

      return fail (error, what);
    }

  TrustCertificate *certificate = trust_certificate_new (input.data, input.size, &reason);

  if (certificate == NULL)
    {
      g_set_error (error, TRUST_ERROR, reason->domain == TRUST_ERROR ? reason->code : TRUST_ERROR_INVALID_INPUT, "certificate 1 at byte 0: %s",
                   reason->message);
      return FALSE;
    }
  g_ptr_array_add (out, certificate);
  return TRUE;
}

const TrustIntakeFormat trust_intake_format_der = { "der", probe, decode };
