/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/certificate.h"

#include "core/arena.h"
#include "core/certificate-parts.h"
#include "core/error.h"
#include "core/limits.h"
#include "core/name.h"
#include "core/text.h"

#include <gnutls/x509.h>
#include <string.h>

#define OID_COMMON_NAME "\x55\x04\x03"
#define OID_ORGANIZATION "\x55\x04\x0a"
#define OID_ORGANIZATIONAL_UNIT "\x55\x04\x0b"
#define OID_SIZE 3

/* A part of the DER. Sixteen bits do: see the assertion. */
typedef struct
{
  guint16 offset;
  guint16 size;
} Part;

G_STATIC_ASSERT (TRUST_LIMIT_CERTIFICATE_BYTES <= G_MAXUINT16 + 1);

struct _TrustCertificate
{
  TrustFingerprint fingerprint;
  TrustFingerprint key_fingerprint;
  gint64 not_before;
  gint64 not_after;
  guint64 subject_id;
  guint64 issuer_id;
  gatomicrefcount ref_count;
  guint32 openssl_hash;
  guint32 der_size;
  guint32 common_name; /* offsets in text */
  guint32 organization;
  guint32 der;
  Part subject;
  Part issuer;
  Part serial;
  Part key_info;
  guint16 key_bits;
  guint16 signature; /* gnutls_sign_algorithm_t */
  guint8 key_type;
  guint8 version;
  guint8 is_ca : 1;
  guint8 may_sign : 1;
  guint8 is_self_issued : 1;
  guint8 has_md5_signature : 1;
  guint8 is_kept : 1; /* `text` is the arena's */
  const char *text;   /* (owned) subject, common name, organisation, each with its NUL; then the DER */
};

/* What is collected before the one allocation. */
typedef struct
{
  TrustParts parts;
  char *subject;      /* (owned) */
  char *common_name;  /* (owned) */
  char *organization; /* (owned) */
  int key_algorithm;
  guint key_bits;
  int signature;
} Facts;

static void
facts_clear (Facts *facts)
{
  g_free (facts->subject);
  g_free (facts->common_name);
  g_free (facts->organization);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Facts, facts_clear)

/* Names that GnuTLS cannot write are shown as hexadecimal, as RFC 4514 section 2.4 does with such values. Takes TEXT. */
static char *
take_dn (int result, gnutls_datum_t *text, TrustSpan name)
{
  char *out;

  if (result < 0)
    {
      g_autofree char *hex = trust_text_hex (name.data, name.size);

      return name.size <= 2 ? g_strdup ("") : g_strconcat ("#", hex, NULL);
    }
  out = g_utf8_make_valid ((const char *) text->data, (gssize) text->size);
  gnutls_free (text->data);
  return out;
}

static char *
dup_dn (TrustSpan name)
{
  gnutls_x509_dn_t dn;
  gnutls_datum_t text = { NULL, 0 };
  gnutls_datum_t der = { (guint8 *) name.data, (guint) name.size };

  if (gnutls_x509_dn_init (&dn) < 0)
    return take_dn (-1, &text, name);

  int result = gnutls_x509_dn_import (dn, &der);

  if (result >= 0)
    result = gnutls_x509_dn_get_str2 (dn, &text, 0);
  gnutls_x509_dn_deinit (dn);
  return take_dn (result, &text, name);
}

static char *
dup_attribute (TrustSpan name, const char *oid)
{
  char *text = trust_name_attribute (name, oid, OID_SIZE);

  return text != NULL ? text : g_strdup ("");
}

static gboolean
read_with_gnutls (TrustSpan der, Facts *facts, GError **error)
{
  gnutls_x509_crt_t crt;
  gnutls_datum_t input = { (guint8 *) der.data, (guint) der.size };
  gnutls_datum_t text = { NULL, 0 };
  int result = gnutls_x509_crt_init (&crt);

  if (result < 0)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_FAILED, "cannot set up GnuTLS: %s", gnutls_strerror (result));
      return FALSE;
    }
  result = gnutls_x509_crt_import (crt, &input, GNUTLS_X509_FMT_DER);
  if (result < 0)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "this is no certificate: %s Get it again from where it came from.",
                   gnutls_strerror (result));
      gnutls_x509_crt_deinit (crt);
      return FALSE;
    }
  facts->key_algorithm = gnutls_x509_crt_get_pk_algorithm (crt, &facts->key_bits);
  /* GnuTLS counts P-521 in whole bytes. */
  if (facts->key_algorithm == GNUTLS_PK_EC)
    trust_parts_get_curve (facts->parts.key_info, &facts->key_bits);
  facts->signature = gnutls_x509_crt_get_signature_algorithm (crt);
  facts->subject = take_dn (gnutls_x509_crt_get_dn3 (crt, &text, 0), &text, facts->parts.subject);
  gnutls_x509_crt_deinit (crt);
  return TRUE;
}

static TrustKeyType
key_type_of (int algorithm)
{
  switch (algorithm)
    {
    case GNUTLS_PK_RSA:
      return TRUST_KEY_RSA;
    case GNUTLS_PK_RSA_PSS:
      return TRUST_KEY_RSA_PSS;
    case GNUTLS_PK_EC:
      return TRUST_KEY_EC;
    case GNUTLS_PK_EDDSA_ED25519:
      return TRUST_KEY_ED25519;
    case GNUTLS_PK_EDDSA_ED448:
      return TRUST_KEY_ED448;
    case GNUTLS_PK_DSA:
      return TRUST_KEY_DSA;
    default:
      return TRUST_KEY_OTHER;
    }
}

static Part
part_of (TrustSpan der, TrustSpan part)
{
  return (Part) { (guint16) (part.data - der.data), (guint16) part.size };
}

static gboolean
are_same_name (TrustSpan a, TrustSpan b)
{
  g_autoptr (GByteArray) left = trust_name_canonical (a);
  g_autoptr (GByteArray) right = trust_name_canonical (b);

  return left != NULL && right != NULL && trust_span_equal ((TrustSpan) { left->data, left->len }, (TrustSpan) { right->data, right->len });
}

static gboolean
identify_names (TrustCertificate *certificate, const TrustParts *parts)
{
  guint32 issuer_hash;

  if (!trust_name_identify (parts->subject, &certificate->openssl_hash, &certificate->subject_id))
    return FALSE;
  certificate->issuer_id = certificate->subject_id;
  certificate->is_self_issued = TRUE;
  if (trust_span_equal (parts->subject, parts->issuer))
    return TRUE;
  if (!trust_name_identify (parts->issuer, &issuer_hash, &certificate->issuer_id))
    return FALSE;
  certificate->is_self_issued = certificate->issuer_id == certificate->subject_id && are_same_name (parts->subject, parts->issuer);
  return TRUE;
}

static guint32
put_text (char *out, guint32 at, const char *text)
{
  gsize size = strlen (text) + 1;

  memcpy (out + at, text, size);
  return at + (guint32) size;
}

static TrustCertificate *
build (TrustSpan der, const Facts *facts)
{
  const TrustParts *parts = &facts->parts;
  gsize text_size = strlen (facts->subject) + strlen (facts->common_name) + strlen (facts->organization) + 3;
  TrustCertificate *certificate = g_new0 (TrustCertificate, 1);
  char *text = g_malloc (text_size + der.size);

  g_atomic_ref_count_init (&certificate->ref_count);
  certificate->text = text;
  certificate->common_name = put_text (text, 0, facts->subject);
  certificate->organization = put_text (text, certificate->common_name, facts->common_name);
  certificate->der = put_text (text, certificate->organization, facts->organization);
  certificate->der_size = (guint32) der.size;
  memcpy (text + certificate->der, der.data, der.size);
  trust_fingerprint_of (der.data, der.size, &certificate->fingerprint);
  trust_fingerprint_of (parts->key_info.data, parts->key_info.size, &certificate->key_fingerprint);
  certificate->not_before = parts->not_before;
  certificate->not_after = parts->not_after;
  certificate->subject = part_of (der, parts->subject);
  certificate->issuer = part_of (der, parts->issuer);
  certificate->serial = part_of (der, parts->serial);
  certificate->key_info = part_of (der, parts->key_info);
  certificate->key_type = (guint8) key_type_of (facts->key_algorithm);
  certificate->key_bits = (guint16) (facts->key_algorithm >= 0 ? MIN (facts->key_bits, G_MAXUINT16) : 0);
  certificate->signature = (guint16) CLAMP (facts->signature, 0, G_MAXUINT16);
  certificate->version = (guint8) parts->version;
  certificate->is_ca = parts->is_ca;
  certificate->may_sign = parts->may_sign;
  certificate->has_md5_signature = parts->has_md5_signature;
  return certificate;
}

TrustCertificate *
trust_certificate_new (const guint8 *der, gsize size, GError **error)
{
  TrustSpan span = { der, size };
  g_auto (Facts) facts = { .subject = NULL };

  if (size > TRUST_LIMIT_CERTIFICATE_BYTES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, "a certificate of %" G_GSIZE_FORMAT " bytes is longer than the %u that are taken",
                   size, TRUST_LIMIT_CERTIFICATE_BYTES);
      return NULL;
    }

  const char *fault = trust_parts_read (span, &facts.parts);

  if (fault != NULL)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "this is no certificate: %s. Get it again from where it came from.", fault);
      return NULL;
    }
  if (!read_with_gnutls (span, &facts, error))
    return NULL;
  facts.common_name = dup_attribute (facts.parts.subject, OID_COMMON_NAME);
  facts.organization = dup_attribute (facts.parts.subject, OID_ORGANIZATION);

  g_autoptr (TrustCertificate) certificate = build (span, &facts);

  if (!identify_names (certificate, &facts.parts))
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
                   "this is no certificate: its subject or issuer is no name. Get it again from where it came from.");
      return NULL;
    }
  return g_steal_pointer (&certificate);
}

TrustCertificate *
trust_certificate_ref (TrustCertificate *certificate)
{
  g_atomic_ref_count_inc (&certificate->ref_count);
  return certificate;
}

void
trust_certificate_unref (TrustCertificate *certificate)
{
  if (!g_atomic_ref_count_dec (&certificate->ref_count))
    return;
  if (certificate->is_kept)
    trust_arena_release ((const guint8 *) certificate->text, certificate->der + certificate->der_size);
  else
    g_free ((char *) certificate->text);
  g_free (certificate);
}

TrustCertificate *
trust_certificate_keep (TrustCertificate *certificate)
{
  TrustCertificate *kept = NULL;

  if (certificate->is_kept)
    return trust_certificate_ref (certificate);
  kept = g_memdup2 (certificate, sizeof *certificate);
  g_atomic_ref_count_init (&kept->ref_count);
  kept->is_kept = TRUE;
  kept->text = (const char *) trust_arena_copy (certificate->text, certificate->der + certificate->der_size);
  return kept;
}

TrustSpan
trust_certificate_get_der (const TrustCertificate *certificate)
{
  return (TrustSpan) { (const guint8 *) certificate->text + certificate->der, certificate->der_size };
}

static TrustSpan
get_part (const TrustCertificate *certificate, Part part)
{
  return (TrustSpan) { (const guint8 *) certificate->text + certificate->der + part.offset, part.size };
}

const TrustFingerprint *
trust_certificate_get_fingerprint (const TrustCertificate *certificate)
{
  return &certificate->fingerprint;
}

const TrustFingerprint *
trust_certificate_get_key_fingerprint (const TrustCertificate *certificate)
{
  return &certificate->key_fingerprint;
}

TrustSpan
trust_certificate_get_subject_der (const TrustCertificate *certificate)
{
  return get_part (certificate, certificate->subject);
}

TrustSpan
trust_certificate_get_issuer_der (const TrustCertificate *certificate)
{
  return get_part (certificate, certificate->issuer);
}

TrustSpan
trust_certificate_get_key_info_der (const TrustCertificate *certificate)
{
  return get_part (certificate, certificate->key_info);
}

TrustSpan
trust_certificate_get_serial (const TrustCertificate *certificate)
{
  return get_part (certificate, certificate->serial);
}

TrustSpan
trust_certificate_get_key_der (const TrustCertificate *certificate)
{
  return get_part (certificate, certificate->key_info);
}

const char *
trust_certificate_get_subject (const TrustCertificate *certificate)
{
  return certificate->text;
}

const char *
trust_certificate_get_common_name (const TrustCertificate *certificate)
{
  return certificate->text + certificate->common_name;
}

const char *
trust_certificate_get_organization (const TrustCertificate *certificate)
{
  return certificate->text + certificate->organization;
}

char *
trust_certificate_dup_issuer (const TrustCertificate *certificate)
{
  TrustSpan issuer = trust_certificate_get_issuer_der (certificate);

  if (trust_span_equal (issuer, trust_certificate_get_subject_der (certificate)))
    return g_strdup (certificate->text);
  return dup_dn (issuer);
}

char *
trust_certificate_dup_title (const TrustCertificate *certificate)
{
  const char *common_name = trust_certificate_get_common_name (certificate);
  const char *organization = trust_certificate_get_organization (certificate);

  if (*common_name != '\0')
    return g_strdup (common_name);

  g_autofree char *unit = dup_attribute (trust_certificate_get_subject_der (certificate), OID_ORGANIZATIONAL_UNIT);

  if (*unit != '\0')
    return g_steal_pointer (&unit);
  return g_strdup (*organization != '\0' ? organization : certificate->text);
}

gint64
trust_certificate_get_not_before (const TrustCertificate *certificate)
{
  return certificate->not_before;
}

gint64
trust_certificate_get_not_after (const TrustCertificate *certificate)
{
  return certificate->not_after;
}

TrustKeyType
trust_certificate_get_key_type (const TrustCertificate *certificate)
{
  return certificate->key_type;
}

guint
trust_certificate_get_key_bits (const TrustCertificate *certificate)
{
  return certificate->key_bits;
}

char *
trust_certificate_dup_key_description (const TrustCertificate *certificate)
{
  static const char *const names[] = {
    [TRUST_KEY_OTHER] = "unknown", [TRUST_KEY_RSA] = "RSA", [TRUST_KEY_EC] = "EC",           [TRUST_KEY_ED25519] = "Ed25519",
    [TRUST_KEY_ED448] = "Ed448",   [TRUST_KEY_DSA] = "DSA", [TRUST_KEY_RSA_PSS] = "RSA-PSS",
  };
  const char *name = names[certificate->key_type];
  guint bits;
  const char *curve = trust_parts_get_curve (get_part (certificate, certificate->key_info), &bits);

  if (certificate->key_type == TRUST_KEY_EC && curve != NULL)
    return g_strdup_printf ("%s %s", name, curve);
  if (certificate->key_type == TRUST_KEY_OTHER || certificate->key_type == TRUST_KEY_ED25519 || certificate->key_type == TRUST_KEY_ED448)
    return g_strdup (name);
  return g_strdup_printf ("%s %u", name, certificate->key_bits);
}

const char *
trust_certificate_get_signature_algorithm (const TrustCertificate *certificate)
{
  const char *name = gnutls_sign_get_name ((gnutls_sign_algorithm_t) certificate->signature);

  return name != NULL ? name : "unknown";
}

gboolean
trust_certificate_has_md5_signature (const TrustCertificate *certificate)
{
  return certificate->has_md5_signature;
}

guint
trust_certificate_get_version (const TrustCertificate *certificate)
{
  return certificate->version;
}

gboolean
trust_certificate_is_ca (const TrustCertificate *certificate)
{
  return certificate->is_ca;
}

gboolean
trust_certificate_may_sign (const TrustCertificate *certificate)
{
  return certificate->may_sign;
}

gboolean
trust_certificate_is_self_issued (const TrustCertificate *certificate)
{
  return certificate->is_self_issued;
}

guint32
trust_certificate_get_openssl_hash (const TrustCertificate *certificate)
{
  return certificate->openssl_hash;
}

guint64
trust_certificate_get_subject_id (const TrustCertificate *certificate)
{
  return certificate->subject_id;
}

guint64
trust_certificate_get_issuer_id (const TrustCertificate *certificate)
{
  return certificate->issuer_id;
}
