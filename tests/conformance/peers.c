/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/conformance/peers.h"

#include "core/der-write.h"
#include "core/verifier.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <string.h>

/* A TLS client of Debian asks so: SECLEVEL 2. */
#define OPENSSL_LEVEL 2

static GPtrArray *
read_certificates (GPtrArray *ders)
{
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_certificate_unref);

  for (guint i = 0; i < ders->len; i++)
    {
      gsize size = 0;
      const void *data = g_bytes_get_data (ders->pdata[i], &size);
      TrustCertificate *certificate = trust_certificate_new (data, size, NULL);

      if (certificate != NULL)
        g_ptr_array_add (out, certificate);
      else if (i == 0)
        break;
    }
  return out;
}

static TrustSnapshot *
make_snapshot (GPtrArray *ders, const char *purpose)
{
  g_autoptr (GPtrArray) certificates = read_certificates (ders);
  g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_anchor_unref);
  g_autoptr (GPtrArray) distrusts = g_ptr_array_new (), states = g_ptr_array_new ();
  const char *const names[] = { purpose != NULL ? purpose : "server-auth", NULL };
  g_autoptr (TrustPurposes) purposes = trust_purposes_new (names, NULL);
  g_autoptr (TrustSettings) settings = trust_settings_new (purposes);
  g_autoptr (TrustOrigin) origin = trust_origin_new (TRUST_LAYER_ADMINISTRATOR, "differential", NULL, FALSE);
  g_autoptr (TrustAnchorSet) set = NULL;

  for (guint i = 0; i < certificates->len; i++)
    g_ptr_array_add (anchors, trust_anchor_new (certificates->pdata[i], settings, origin, NULL));
  set = trust_anchor_set_new (anchors, distrusts);
  return trust_snapshot_new (1, TRUST_DISTRIBUTION_NONE, set, states);
}

static void
read_crls (GPtrArray *ders, GPtrArray *out)
{
  for (guint i = 0; i < ders->len; i++)
    {
      gsize size = 0;
      const void *data = g_bytes_get_data (ders->pdata[i], &size);
      TrustCrl *crl = trust_crl_new (data, size, NULL);

      if (crl != NULL)
        g_ptr_array_add (out, crl);
    }
}

static gboolean
ask_anchord (const RecipeChain *chain, char **why)
{
  g_autoptr (GPtrArray) certificates = read_certificates (chain->chain);
  g_autoptr (TrustSnapshot) snapshot = make_snapshot (chain->anchors, chain->purpose);
  g_autoptr (GPtrArray) crls = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_crl_unref);
  g_autoptr (GPtrArray) oids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (TrustSpan));
  g_autoptr (TrustVerdict) verdict = NULL;
  const char *const names[] = { chain->host != NULL ? chain->host : chain->email, NULL };
  TrustVerifyRequest request = { .chain = certificates,
                                 .purpose = chain->purpose,
                                 .names = names,
                                 .time = RECIPE_NOW,
                                 .profile = TRUST_PROFILE_DEFAULT,
                                 .has_max_depth = chain->max_depth >= 0,
                                 .max_depth = (guint) MAX (chain->max_depth, 0),
                                 .crls = crls,
                                 .revocation = chain->hard ? TRUST_REVOCATION_HARD : TRUST_REVOCATION_SOFT };

  if (certificates->len == 0)
    {
      *why = g_strdup ("unreadable");
      return FALSE;
    }
  read_crls (chain->crls, crls);
  for (guint i = 0; chain->policies != NULL && chain->policies[i] != NULL; i++)
    {
      GByteArray *oid = g_byte_array_new ();
      TrustSpan span;

      trust_der_append_oid_content (oid, chain->policies[i]);
      span = (TrustSpan) { oid->data, oid->len };
      g_ptr_array_add (oids, oid);
      g_array_append_val (spans, span);
    }
  request.policies = (TrustPolicyInput) { .initial_policies = chain->policies != NULL ? (const TrustSpan *) (gpointer) spans->data : NULL,
                                          .n_initial_policies = spans->len,
                                          .explicit_policy = chain->explicit_policy,
                                          .inhibit_mapping = chain->inhibit_mapping,
                                          .inhibit_any_policy = chain->inhibit_any };
  verdict = trust_verifier_verify (snapshot, &request);
  *why = g_strdup_printf ("%s/%s", trust_reason_get_name (verdict->reason), verdict->rule);
  return verdict->trusted;
}

static time_t
gnutls_now (time_t *at)
{
  if (at != NULL)
    *at = (time_t) RECIPE_NOW;
  return (time_t) RECIPE_NOW;
}

static gnutls_datum_t
get_datum (GBytes *bytes)
{
  gsize size = 0;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  return (gnutls_datum_t) { (guint8 *) data, (guint) size };
}

/* Loads DERS into LIST; all that it takes. */
static void
load_gnutls (gnutls_x509_trust_list_t list, const RecipeChain *chain)
{
  for (guint i = 0; i < chain->anchors->len; i++)
    {
      gnutls_datum_t der = get_datum (chain->anchors->pdata[i]);

      gnutls_x509_trust_list_add_trust_mem (list, &der, NULL, GNUTLS_X509_FMT_DER, 0, 0);
    }
  for (guint i = 0; i < chain->crls->len; i++)
    {
      gnutls_datum_t der = get_datum (chain->crls->pdata[i]);

      gnutls_x509_trust_list_add_trust_mem (list, NULL, &der, GNUTLS_X509_FMT_DER, 0, 0);
    }
}

static gboolean
verify_gnutls (gnutls_x509_trust_list_t list, gnutls_x509_crt_t *certificates, guint n, const RecipeChain *chain, char **why)
{
  /* clang-format off */
  static const struct { const char *purpose, *oid; } purposes[] = {
    { "server-auth", GNUTLS_KP_TLS_WWW_SERVER }, { "client-auth", GNUTLS_KP_TLS_WWW_CLIENT }, { "email-protection", GNUTLS_KP_EMAIL_PROTECTION },
  };
  /* clang-format on */
  gnutls_typed_vdata_st data[2];
  guint n_data = 0, status = 0;
  int result;

  for (guint i = 0; i < G_N_ELEMENTS (purposes); i++)
    if (g_strcmp0 (purposes[i].purpose, chain->purpose) == 0)
      data[n_data++] = (gnutls_typed_vdata_st) { GNUTLS_DT_KEY_PURPOSE_OID, (guint8 *) purposes[i].oid, 0 };
  if (chain->host != NULL)
    data[n_data++] = (gnutls_typed_vdata_st) { GNUTLS_DT_DNS_HOSTNAME, (guint8 *) chain->host, 0 };
  else if (chain->email != NULL)
    data[n_data++] = (gnutls_typed_vdata_st) { GNUTLS_DT_RFC822NAME, (guint8 *) chain->email, 0 };
  result = gnutls_x509_trust_list_verify_crt2 (list, certificates, n, data, n_data, GNUTLS_PROFILE_TO_VFLAGS (GNUTLS_PROFILE_LOW), &status, NULL);
  *why = result < 0 ? g_strdup (gnutls_strerror_name (result)) : g_strdup_printf ("%x", status);
  return result == 0 && status == 0;
}

static gboolean
ask_gnutls (const RecipeChain *chain, char **why)
{
  gnutls_x509_trust_list_t list;
  g_autofree gnutls_x509_crt_t *certificates = g_new0 (gnutls_x509_crt_t, chain->chain->len);
  guint n = 0;
  gboolean good = FALSE, is_readable = TRUE;

  gnutls_global_set_time_function (gnutls_now);
  g_assert_cmpint (gnutls_x509_trust_list_init (&list, 0), ==, 0);
  load_gnutls (list, chain);
  /* A session that gets one certificate which can't be read ends there. */
  for (guint i = 0; i < chain->chain->len && is_readable; i++, n++)
    {
      gnutls_datum_t der = get_datum (chain->chain->pdata[i]);

      g_assert_cmpint (gnutls_x509_crt_init (&certificates[n]), ==, 0);
      is_readable = gnutls_x509_crt_import (certificates[n], &der, GNUTLS_X509_FMT_DER) >= 0;
    }
  if (is_readable)
    good = verify_gnutls (list, certificates, n, chain, why);
  else
    *why = g_strdup ("unreadable");
  for (guint i = 0; i < n; i++)
    gnutls_x509_crt_deinit (certificates[i]);
  gnutls_x509_trust_list_deinit (list, 1);
  return good;
}

static X509 *
read_x509 (GBytes *bytes)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return d2i_X509 (NULL, &data, (long) size);
}

static void
set_question (X509_VERIFY_PARAM *param, const RecipeChain *chain, gboolean is_strict)
{
  unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST;
  guint8 address[16];

  if (is_strict)
    flags |= X509_V_FLAG_X509_STRICT | X509_V_FLAG_POLICY_CHECK;
  if (chain->policies != NULL)
    flags |= X509_V_FLAG_POLICY_CHECK;
  flags |= chain->explicit_policy ? X509_V_FLAG_EXPLICIT_POLICY | X509_V_FLAG_POLICY_CHECK : 0;
  flags |= chain->inhibit_mapping ? X509_V_FLAG_INHIBIT_MAP : 0;
  flags |= chain->inhibit_any ? X509_V_FLAG_INHIBIT_ANY : 0;
  flags |= chain->hard || chain->crls->len > 0 ? X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL : 0;
  X509_VERIFY_PARAM_set_flags (param, flags);
  X509_VERIFY_PARAM_set_time (param, (time_t) RECIPE_NOW);
  X509_VERIFY_PARAM_set_auth_level (param, OPENSSL_LEVEL);
  if (chain->max_depth >= 0)
    X509_VERIFY_PARAM_set_depth (param, chain->max_depth);
  for (guint i = 0; chain->policies != NULL && chain->policies[i] != NULL; i++)
    X509_VERIFY_PARAM_add0_policy (param, OBJ_txt2obj (chain->policies[i], 1));
  if (g_strcmp0 (chain->purpose, "server-auth") == 0)
    X509_VERIFY_PARAM_set_purpose (param, X509_PURPOSE_SSL_SERVER);
  else if (g_strcmp0 (chain->purpose, "client-auth") == 0)
    X509_VERIFY_PARAM_set_purpose (param, X509_PURPOSE_SSL_CLIENT);
  else if (g_strcmp0 (chain->purpose, "email-protection") == 0)
    X509_VERIFY_PARAM_set_purpose (param, X509_PURPOSE_SMIME_SIGN);
  if (chain->email != NULL)
    X509_VERIFY_PARAM_set1_email (param, chain->email, 0);
  else if (chain->host != NULL && (inet_pton (AF_INET, chain->host, address) == 1 || inet_pton (AF_INET6, chain->host, address) == 1))
    X509_VERIFY_PARAM_set1_ip_asc (param, chain->host);
  else if (chain->host != NULL)
    X509_VERIFY_PARAM_set1_host (param, chain->host, 0);
}

static gboolean
verify_openssl (X509_STORE *store, X509 *leaf, STACK_OF (X509) * given, const RecipeChain *chain, gboolean is_strict, char **why)
{
  X509_STORE_CTX *context = X509_STORE_CTX_new ();
  gboolean good;

  g_assert_nonnull (context);
  g_assert_cmpint (X509_STORE_CTX_init (context, store, leaf, given), ==, 1);
  set_question (X509_STORE_CTX_get0_param (context), chain, is_strict);
  good = X509_verify_cert (context) == 1;
  *why = g_strdup (X509_verify_cert_error_string (X509_STORE_CTX_get_error (context)));
  X509_STORE_CTX_free (context);
  return good;
}

static gboolean
ask_openssl (const RecipeChain *chain, gboolean is_strict, char **why)
{
  X509_STORE *store = X509_STORE_new ();
  STACK_OF (X509) *given = sk_X509_new_null ();
  X509 *leaf = read_x509 (chain->chain->pdata[0]);
  gboolean good = FALSE, is_readable = leaf != NULL;

  for (guint i = 0; i < chain->anchors->len; i++)
    {
      X509 *anchor = read_x509 (chain->anchors->pdata[i]);

      if (anchor != NULL)
        X509_STORE_add_cert (store, anchor);
      X509_free (anchor);
    }
  for (guint i = 0; i < chain->crls->len; i++)
    {
      gsize size = 0;
      const guint8 *data = g_bytes_get_data (chain->crls->pdata[i], &size);
      X509_CRL *crl = d2i_X509_CRL (NULL, &data, (long) size);

      if (crl != NULL)
        X509_STORE_add_crl (store, crl);
      X509_CRL_free (crl);
    }
  for (guint i = 1; i < chain->chain->len; i++)
    {
      X509 *one = read_x509 (chain->chain->pdata[i]);

      is_readable = is_readable && one != NULL;
      if (one != NULL)
        sk_X509_push (given, one);
    }
  if (is_readable)
    good = verify_openssl (store, leaf, given, chain, is_strict, why);
  else
    *why = g_strdup ("unreadable");
  sk_X509_pop_free (given, X509_free);
  X509_free (leaf);
  X509_STORE_free (store);
  return good;
}

gboolean
peer_ask (Peer peer, const RecipeChain *chain, char **why)
{
  if (peer == PEER_ANCHORD)
    return ask_anchord (chain, why);
  if (peer == PEER_GNUTLS)
    return ask_gnutls (chain, why);
  return ask_openssl (chain, peer == PEER_STRICT, why);
}
