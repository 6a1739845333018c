/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/importers/openssl-trusted.h"

#include "core/error.h"
#include "core/importers/self-signed.h"
#include "core/importers/take.h"
#include "core/limits.h"

#define TAG_OID 0x06
#define TAG_OCTET_STRING 0x04
#define TAG_UTF8_STRING 0x0c
#define TAG_SEQUENCE 0x30
#define TAG_CONTEXT_0 0xa0
#define TAG_CONTEXT_1 0xa1
#define OID_ANY_PURPOSE "2.5.29.37.0"
#define ALL_NAMED ((1u << TRUST_PURPOSE_LAST) - 1)

/* X509_CERT_AUX ::= SEQUENCE { trust SEQUENCE OF OID OPTIONAL, reject [0] IMPLICIT SEQUENCE OF OID OPTIONAL, alias UTF8String OPTIONAL,
 *                              keyid OCTET STRING OPTIONAL, other [1] IMPLICIT SEQUENCE OF AlgorithmIdentifier OPTIONAL } */
typedef struct
{
  GPtrArray *trust;  /* (owned) (nullable) of char*, dotted; empty is not NULL */
  GPtrArray *reject; /* (owned) (nullable) */
  char *alias;       /* (owned) (nullable) as it is: trust_import_add() makes it printable */
} Aux;

static void
aux_clear (Aux *aux)
{
  g_clear_pointer (&aux->trust, g_ptr_array_unref);
  g_clear_pointer (&aux->reject, g_ptr_array_unref);
  g_free (aux->alias);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Aux, aux_clear)

static GError *
make_error (const char *what)
{
  return g_error_new (TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, "its trust settings are damaged (%s); write it again with 'openssl x509 -trustout'",
                      what);
}

/* OIDs in dotted form. NULL if one is malformed. */
static GPtrArray *
read_oids (TrustSpan content)
{
  g_autoptr (GPtrArray) oids = g_ptr_array_new_with_free_func (g_free);
  TrustDer element;

  while (content.size > 0)
    {
      char *oid = trust_der_expect (&content, TAG_OID, &element) ? trust_der_dup_oid (element.content) : NULL;

      if (oid == NULL || oids->len >= TRUST_LIMIT_PURPOSES)
        {
          g_free (oid);
          return NULL;
        }
      g_ptr_array_add (oids, oid);
    }
  return g_steal_pointer (&oids);
}

/* The optional element with TAG, if it is next. */
static gboolean
take_optional (TrustSpan *in, guint8 tag, TrustDer *out)
{
  return trust_der_expect (in, tag, out);
}

static GError *
read_aux (TrustSpan in, Aux *aux)
{
  TrustDer whole, element;

  if (in.size == 0)
    return NULL;
  if (!trust_der_expect (&in, TAG_SEQUENCE, &whole))
    return make_error ("no sequence");
  if (in.size > 0)
    return make_error ("there is more behind them");
  if (take_optional (&whole.content, TAG_SEQUENCE, &element) && (aux->trust = read_oids (element.content)) == NULL)
    return make_error ("the uses");
  if (take_optional (&whole.content, TAG_CONTEXT_0, &element) && (aux->reject = read_oids (element.content)) == NULL)
    return make_error ("the rejected uses");
  if (take_optional (&whole.content, TAG_UTF8_STRING, &element))
    aux->alias = g_strndup ((const char *) element.content.data, element.content.size);
  take_optional (&whole.content, TAG_OCTET_STRING, &element);
  take_optional (&whole.content, TAG_CONTEXT_1, &element);
  return whole.content.size > 0 ? make_error ("an unknown part") : NULL;
}

static gboolean
is_listed (const GPtrArray *oids, const char *oid)
{
  for (guint i = 0; oids != NULL && i < oids->len; i++)
    if (g_str_equal (oids->pdata[i], oid))
      return TRUE;
  return FALSE;
}

/* What it is trusted for, as OpenSSL's trust check has it: a rejected use is refused, and anyExtendedKeyUsage stands for all; if uses are named,
 * every other one is refused as well; if only rejections are, every other use is trusted. */
static TrustPurposes *
make_purposes (const Aux *aux, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  gboolean has_all = aux->trust == NULL || is_listed (aux->trust, OID_ANY_PURPOSE);

  for (guint i = 0; has_all && i < TRUST_PURPOSE_LAST; i++)
    if (!is_listed (aux->reject, trust_purpose_get_oid (i)))
      g_ptr_array_add (names, (gpointer) trust_purpose_get_name (i));
  for (guint i = 0; aux->trust != NULL && i < aux->trust->len; i++)
    if (!g_str_equal (aux->trust->pdata[i], OID_ANY_PURPOSE) && !is_listed (aux->reject, aux->trust->pdata[i]))
      g_ptr_array_add (names, aux->trust->pdata[i]);
  if (is_listed (aux->reject, OID_ANY_PURPOSE))
    g_ptr_array_set_size (names, 0);
  g_ptr_array_add (names, NULL);
  return trust_purposes_new ((const char *const *) names->pdata, error);
}

/* Trusted for nothing, every use refused. */
static void
add_distrust (TrustImport *import, TrustCertificate *certificate, const char *label, const char *place)
{
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "import", NULL, FALSE);
  TrustSpan none = { NULL, 0 };
  g_autoptr (TrustDistrust) distrust = trust_distrust_new (trust_certificate_get_fingerprint (certificate), NULL, none, none, certificate, origin,
                                                           NULL);

  trust_import_add (import, certificate, NULL, distrust, label, place);
}

static gboolean
add (TrustImport *import, const TrustImportOptions *options, TrustCertificate *certificate, const Aux *aux, const char *place, GError **error)
{
  GError *reason = NULL;

  /* Without uses and rejections it is a plain certificate with a name. */
  if (aux->trust == NULL && aux->reject == NULL)
    {
      trust_import_add (import, certificate, NULL, NULL, aux->alias, place);
      return TRUE;
    }

  g_autoptr (TrustPurposes) purposes = make_purposes (aux, &reason);

  if (purposes == NULL)
    return trust_import_fail (import, options, place, reason, error);
  if (trust_purposes_is_empty (purposes))
    {
      add_distrust (import, certificate, aux->alias, place);
      return TRUE;
    }
  /* OpenSSL trusts what names no use only if it signed itself. */
  if (aux->trust == NULL && !trust_certificate_is_self_signed (certificate))
    {
      trust_import_add (import, certificate, NULL, NULL, aux->alias, place)->is_untrusted = TRUE;
      trust_import_notice (import, "%s: it rejects uses and is trusted for none, as it did not sign itself; it was left out", place);
      return TRUE;
    }

  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);

  trust_import_add (import, certificate, settings, NULL, aux->alias, place);
  return TRUE;
}

gboolean
trust_openssl_trusted_take (TrustSpan der, const TrustImportOptions *options, TrustImport *import, const char *place, GError **error)
{
  g_auto (Aux) aux = { NULL, NULL, NULL };
  TrustSpan rest = der;
  TrustDer element;
  GError *reason = NULL;

  if (!trust_import_has_room (import, error))
    return FALSE;
  if (!trust_der_expect (&rest, TAG_SEQUENCE, &element))
    return trust_import_take (import, options, der, NULL, FALSE, NULL, place, error);

  g_autoptr (TrustCertificate) certificate = trust_certificate_new (element.whole.data, element.whole.size, &reason);

  if (certificate == NULL)
    {
      g_error_free (reason);
      return trust_import_take (import, options, element.whole, NULL, FALSE, NULL, place, error);
    }
  reason = read_aux (rest, &aux);
  if (reason != NULL)
    return trust_import_fail (import, options, place, reason, error);
  return add (import, options, certificate, &aux, place, error);
}
