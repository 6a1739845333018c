/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each certificate of a chain says, and who of them signed whom. */
#include "config.h"

#include "client/cli/probe-chain.h"

#include "core/certificate-names.h"
#include "core/extensions.h"
#include "core/error.h"
#include "core/purpose.h"
#include "core/signature.h"
#include "core/text.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <glib/gi18n.h>
#include <string.h>

/* Names that are told of one certificate; issuers that are looked for, among how many of one name. */
#define MAX_NAMES 100
#define MAX_ISSUERS 8
#define MAX_CANDIDATES 16

typedef struct
{
  TrustCertificate *certificate; /* (owned) (nullable) NULL: it cannot be read */
  char *fault;                   /* (owned) (nullable) why */
  TrustExtensions extensions;
  TrustSignatureKind signature;
  gint64 same_as; /* -1 */
  gint64 next;    /* the next with the same subject; -1 */
} Link;

static void
link_free (gpointer data)
{
  Link *link = data;
  g_clear_pointer (&link->certificate, trust_certificate_unref);
  g_free (link->fault);
  g_free (link);
}

static Link *
link_new (GBytes *der)
{
  Link *link = g_new0 (Link, 1);
  g_autoptr (GError) error = NULL;
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (der, &size);
  link->same_as = link->next = -1;
  link->certificate = trust_certificate_new (data, size, &error);
  if (link->certificate == NULL)
    link->fault = g_strdup (error->message);
  else if (!trust_extensions_read (trust_certificate_get_der (link->certificate), &link->extensions))
    link->fault = g_strdup (_ ("its extensions cannot be read"));
  else if (link->extensions.fault != NULL)
    link->fault = g_strdup (link->extensions.fault);
  if (link->certificate != NULL)
    trust_signature_identify (link->extensions.outer_algorithm, &link->signature);
  return link;
}

/* Did the key of ISSUER sign LINK? */
static gboolean
is_signed_by (const Link *link, const Link *issuer)
{
  return trust_signature_check (trust_certificate_get_key_info_der (issuer->certificate), &link->signature, link->extensions.tbs,
                                link->extensions.signature)
         == TRUST_SIGNATURE_GOOD;
}

/* Fills same_as and next. SUBJECTS: subject id to index + 1 of the first. Nothing that stands there twice is in a list twice. */
static void
index_links (GPtrArray *links, GHashTable *subjects)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (trust_fingerprint_hash, trust_fingerprint_equal);
  for (guint i = 0; i < links->len; i++)
    {
      Link *link = g_ptr_array_index (links, i);
      if (link->certificate == NULL)
        continue;
      gpointer first = g_hash_table_lookup (seen, trust_certificate_get_fingerprint (link->certificate));
      if (first != NULL)
        link->same_as = (gint64) GPOINTER_TO_UINT (first) - 1;
      else
        g_hash_table_insert (seen, (gpointer) trust_certificate_get_fingerprint (link->certificate), GUINT_TO_POINTER (i + 1));
    }
  for (guint i = links->len; i-- > 0;) /* from behind: then `next` leads forward, and the first one is found first */
    {
      Link *link = g_ptr_array_index (links, i);
      if (link->certificate == NULL || link->same_as >= 0)
        continue;
      gpointer key = GSIZE_TO_POINTER ((gsize) trust_certificate_get_subject_id (link->certificate));
      link->next = (gint64) GPOINTER_TO_UINT (g_hash_table_lookup (subjects, key)) - 1;
      g_hash_table_insert (subjects, key, GUINT_TO_POINTER (i + 1));
    }
}

/* The indices of those that signed number I; *SELF: it signed itself. Returns: (transfer floating): ai. */
static GVariant *
find_issuers (GPtrArray *links, GHashTable *subjects, guint i, gboolean *self)
{
  GVariantBuilder issuers;
  const Link *link = g_ptr_array_index (links, i);
  guint found = 0, tried = 0;
  g_variant_builder_init (&issuers, G_VARIANT_TYPE ("ai"));
  *self = FALSE;
  if (link->certificate == NULL)
    return g_variant_builder_end (&issuers);
  *self = trust_certificate_is_self_issued (link->certificate) && is_signed_by (link, link);
  gpointer key = GSIZE_TO_POINTER ((gsize) trust_certificate_get_issuer_id (link->certificate));
  gint64 at = *self ? -1 : (gint64) GPOINTER_TO_UINT (g_hash_table_lookup (subjects, key)) - 1;
  while (at >= 0 && found < MAX_ISSUERS && tried < MAX_CANDIDATES)
    {
      const Link *candidate = g_ptr_array_index (links, (guint) at);
      if (at != i && is_signed_by (link, candidate))
        {
          g_variant_builder_add (&issuers, "i", (gint32) at);
          found++;
        }
      tried++;
      at = candidate->next;
    }
  return g_variant_builder_end (&issuers);
}

static gboolean
take_name (const TrustCertificateName *name, gpointer data)
{
  GPtrArray *names = data;
  g_autofree char *text = NULL;
  if (name->in_subject || names->len >= MAX_NAMES)
    return FALSE;
  if (name->kind == TRUST_NAME_IP && (name->value.size == 4 || name->value.size == 16))
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_bytes (name->value.data,
                                                                        name->value.size == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
      text = g_inet_address_to_string (address);
    }
  else if (name->kind == TRUST_NAME_DNS || name->kind == TRUST_NAME_EMAIL || name->kind == TRUST_NAME_URI)
    text = g_utf8_make_valid ((const char *) name->value.data, (gssize) name->value.size);
  if (text != NULL)
    g_ptr_array_add (names, g_steal_pointer (&text));
  return TRUE;
}

/* Returns: (transfer full): of char*, ended by NULL. */
static GPtrArray *
names_of (const TrustCertificate *certificate)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  trust_certificate_names_foreach (certificate, take_name, names, NULL); /* a fault in it is told with the extensions */
  g_ptr_array_add (names, NULL);
  return names;
}

/* Those of the table by name; "any"; others by GnuTLS's OID. Returns: (transfer full). */
static GPtrArray *
purposes_of (const TrustCertificate *certificate)
{
  GPtrArray *purposes = g_ptr_array_new_with_free_func (g_free);
  TrustSpan der = trust_certificate_get_der (certificate);
  gnutls_datum_t datum = { (unsigned char *) der.data, (unsigned) der.size };
  gnutls_x509_crt_t crt = NULL;
  if (gnutls_x509_crt_init (&crt) >= 0 && gnutls_x509_crt_import (crt, &datum, GNUTLS_X509_FMT_DER) >= 0)
    for (unsigned i = 0; i < MAX_NAMES; i++)
      {
        char oid[128] = "";
        size_t size = sizeof oid;
        if (gnutls_x509_crt_get_key_purpose_oid (crt, i, oid, &size, NULL) < 0)
          break;
        TrustPurpose purpose = trust_purpose_find (oid);
        g_ptr_array_add (purposes, g_strdup (purpose == TRUST_PURPOSE_LAST ? oid : trust_purpose_get_name (purpose)));
      }
  if (crt != NULL)
    gnutls_x509_crt_deinit (crt);
  g_ptr_array_add (purposes, NULL);
  return purposes;
}

static void
insert_text (GVariantDict *dict, const char *key, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_variant_dict_insert (dict, key, "s", valid);
}

static void
insert_facts (GVariantDict *dict, const TrustCertificate *certificate)
{
  char hex[TRUST_FINGERPRINT_HEX];
  TrustSpan number = trust_certificate_get_serial (certificate);
  g_autofree char *title = trust_certificate_dup_title (certificate);
  g_autofree char *issuer = trust_certificate_dup_issuer (certificate);
  g_autofree char *serial = trust_text_hex (number.data, number.size);
  g_autofree char *key = trust_certificate_dup_key_description (certificate);
  g_autoptr (GPtrArray) names = names_of (certificate);
  g_autoptr (GPtrArray) purposes = purposes_of (certificate);
  trust_fingerprint_to_hex (trust_certificate_get_fingerprint (certificate), hex);
  g_variant_dict_insert (dict, "fingerprint", "s", hex);
  insert_text (dict, "title", title);
  insert_text (dict, "subject", trust_certificate_get_subject (certificate));
  insert_text (dict, "issuer", issuer);
  g_variant_dict_insert (dict, "serial", "s", serial);
  g_variant_dict_insert (dict, "not-before", "x", trust_certificate_get_not_before (certificate));
  g_variant_dict_insert (dict, "not-after", "x", trust_certificate_get_not_after (certificate));
  g_variant_dict_insert (dict, "key", "s", key);
  g_variant_dict_insert (dict, "signature", "s", trust_certificate_get_signature_algorithm (certificate));
  g_variant_dict_insert (dict, "ca", "b", trust_certificate_is_ca (certificate));
  g_variant_dict_insert (dict, "names", "^as", names->pdata);
  g_variant_dict_insert (dict, "purposes", "^as", purposes->pdata);
}

GVariant *
probe_chain_read (GPtrArray *chain)
{
  g_autoptr (GPtrArray) links = g_ptr_array_new_with_free_func (link_free);
  g_autoptr (GHashTable) subjects = g_hash_table_new (NULL, NULL);
  GVariantBuilder certificates;
  for (guint i = 0; i < chain->len; i++)
    g_ptr_array_add (links, link_new (g_ptr_array_index (chain, i)));
  index_links (links, subjects);
  g_variant_builder_init (&certificates, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < links->len; i++)
    {
      const Link *link = g_ptr_array_index (links, i);
      gboolean self = FALSE;
      GVariant *issuers = find_issuers (links, subjects, i, &self);
      g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
      if (link->certificate != NULL)
        insert_facts (&dict, link->certificate);
      g_variant_dict_insert (&dict, "self-signed", "b", self);
      g_variant_dict_insert_value (&dict, "issuers", issuers);
      g_variant_dict_insert (&dict, "same-as", "i", (gint32) link->same_as);
      insert_text (&dict, "fault", link->fault != NULL ? link->fault : "");
      g_variant_builder_add_value (&certificates, g_variant_dict_end (&dict));
    }
  return g_variant_ref_sink (g_variant_builder_end (&certificates));
}

/* KEY's public half. RESULT: GnuTLS's. */
static gnutls_pubkey_t
read_public_half (GBytes *key, int *result)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (key, &size);
  gnutls_datum_t datum = { (unsigned char *) data, (unsigned) size };
  gnutls_x509_crt_fmt_t format = size > 0 && data[0] == 0x30 ? GNUTLS_X509_FMT_DER : GNUTLS_X509_FMT_PEM;
  gnutls_privkey_t private = NULL;
  gnutls_pubkey_t public = NULL;
  *result = gnutls_privkey_init (&private);
  if (*result >= 0)
    *result = gnutls_privkey_import_x509_raw (private, &datum, format, NULL, 0);
  if (*result >= 0)
    *result = gnutls_pubkey_init (&public);
  if (*result >= 0)
    *result = gnutls_pubkey_import_privkey (public, private, 0, 0);
  if (private != NULL)
    gnutls_privkey_deinit (private); /* GnuTLS wipes what it holds of it */
  return public;
}

/* The SHA-256 of a public key. An RSA-PSS key is its RSA key: both are told by their numbers alone. */
static int
identify (gnutls_pubkey_t key, guint8 out[32])
{
  gnutls_datum_t modulus = { NULL, 0 }, exponent = { NULL, 0 };
  gsize size = 32;
  int algorithm = gnutls_pubkey_get_pk_algorithm (key, NULL);
  if (algorithm != GNUTLS_PK_RSA && algorithm != GNUTLS_PK_RSA_PSS)
    return gnutls_pubkey_get_key_id (key, GNUTLS_KEYID_USE_SHA256, out, &size);
  int result = gnutls_pubkey_export_rsa_raw2 (key, &modulus, &exponent, 0);
  if (result < 0)
    return result;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (sum, modulus.data, modulus.size);
  g_checksum_update (sum, exponent.data, exponent.size);
  g_checksum_get_digest (sum, out, &size);
  gnutls_free (modulus.data);
  gnutls_free (exponent.data);
  return 0;
}

gboolean
probe_chain_match_key (GBytes *key, GBytes *der, gboolean *matches, GError **error)
{
  guint8 of_key[32] = { 0 }, of_certificate[32] = { 0 };
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (der, &size);
  gnutls_datum_t datum = { (unsigned char *) data, (unsigned) size };
  gnutls_pubkey_t certified = NULL;
  gnutls_x509_crt_t crt = NULL;
  int result = 0;
  gnutls_pubkey_t public = read_public_half (key, &result);
  if (result >= 0)
    result = identify (public, of_key);
  if (result < 0)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT,
                 result == GNUTLS_E_DECRYPTION_FAILED ? _ ("the key is encrypted; give it without a pass phrase (openssl pkey -in FILE)")
                                                      : _ ("no private key can be read (PEM or DER, not encrypted): %s"),
                 gnutls_strerror (result));
  else if ((result = gnutls_x509_crt_init (&crt)) < 0 || (result = gnutls_x509_crt_import (crt, &datum, GNUTLS_X509_FMT_DER)) < 0
           || (result = gnutls_pubkey_init (&certified)) < 0 || (result = gnutls_pubkey_import_x509 (certified, crt, 0)) < 0
           || (result = identify (certified, of_certificate)) < 0)
    g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_INPUT, _ ("the certificate's key cannot be read: %s"), gnutls_strerror (result));
  *matches = result >= 0 && memcmp (of_key, of_certificate, sizeof of_key) == 0;
  if (certified != NULL)
    gnutls_pubkey_deinit (certified);
  if (crt != NULL)
    gnutls_x509_crt_deinit (crt);
  if (public != NULL)
    gnutls_pubkey_deinit (public);
  return result >= 0;
}
