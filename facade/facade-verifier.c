/* SPDX-FileCopyrightText: 2026 The anchord authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "facade/facade-verifier.h"

#include "core/der-write.h"
#include "facade/lookup.h"
#include "facade/options.h"
#include "facade/views.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define NONCE_MAX 128u

/* A request, and what it borrows. */
typedef struct
{
  TrustVerifyRequest request;
  GPtrArray *chain;     /* (owned) of TrustCertificate */
  GPtrArray *crls;      /* (owned) of TrustCrl */
  GPtrArray *ocsp;      /* (owned) of TrustOcsp */
  GBytes *nonce;        /* (owned) (nullable) */
  GPtrArray *names;     /* (owned) of char*, NULL-terminated */
  GPtrArray *policies;  /* (owned) of GByteArray */
  GArray *policy_spans; /* (owned) of TrustSpan, into POLICIES */
  char *purpose;        /* (owned) */
  char *store;          /* (owned) */
  gboolean knows;       /* intermediates that the machine knows count */
} Verify;

static gboolean
is_policies (const char *key, GVariant *value, GError **error)
{
  gsize n = g_variant_n_children (value);

  if (n > TRUST_LIMIT_VERIFY_POLICIES)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, _ ("The option \"%s\" has %zu policies; at most %u are taken"), key, n,
                   TRUST_LIMIT_VERIFY_POLICIES);
      return FALSE;
    }
  /* None that is taken is not the same as any. */
  if (n == 0)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("The option \"%s\" names none; leave it out where any will do"), key);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    {
      const char *oid = NULL;

      g_variant_get_child (value, i, "&s", &oid);
      if (strchr (oid, '.') == NULL || !trust_check_purpose (oid, NULL))
        {
          g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("The option \"%s\" holds what is no dotted OID"), key);
          return FALSE;
        }
    }
  return TRUE;
}

/* RFC 9654 2.1. */
static gboolean
is_nonce (const char *key, GVariant *value, GError **error)
{
  gsize n = g_variant_n_children (value);

  if (n >= 1 && n <= NONCE_MAX)
    return TRUE;
  g_set_error (error, TRUST_ERROR, TRUST_ERROR_INVALID_ARGUMENT, _ ("The option \"%s\" has %zu bytes; a nonce has 1 to %u"), key, n, NONCE_MAX);
  return FALSE;
}

static const TrustOption verify_options[] = {
  { "purpose", "s", trust_option_is_purpose },
  { "name", "s", trust_option_is_peer_name },
  { "names", "as", trust_option_is_peer_names },
  { "store", "s", trust_option_is_store },
  { "time", "x", NULL },
  { "profile", "s", trust_option_is_profile },
  { "crls", "aay", NULL },
  { "ocsp", "aay", NULL },
  { "ocsp-nonce", "ay", is_nonce },
  { "revocation", "s", trust_option_is_revocation },
  { "known-intermediates", "b", NULL },
  { "policies", "as", is_policies },
  { "explicit-policy", "b", NULL },
  { "inhibit-policy-mapping", "b", NULL },
  { "inhibit-any-policy", "b", NULL },
};

static void
verify_free (gpointer data)
{
  Verify *verify = data;

  g_clear_pointer (&verify->chain, g_ptr_array_unref);
  g_clear_pointer (&verify->crls, g_ptr_array_unref);
  g_clear_pointer (&verify->ocsp, g_ptr_array_unref);
  g_clear_pointer (&verify->nonce, g_bytes_unref);
  g_clear_pointer (&verify->names, g_ptr_array_unref);
  g_clear_pointer (&verify->policies, g_ptr_array_unref);
  g_clear_pointer (&verify->policy_spans, g_array_unref);
  g_free (verify->purpose);
  g_free (verify->store);
  g_free (verify);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Verify, verify_free)

static TrustCertificate *
parse_link (GVariant *chain, gsize index, GError **error)
{
  g_autoptr (GVariant) bytes = g_variant_get_child_value (chain, index);
  gsize size = 0;
  const guint8 *der = g_variant_get_fixed_array (bytes, &size, 1);
  TrustCertificate *certificate = trust_certificate_new (der, size, error);

  if (certificate == NULL)
    g_prefix_error (error, _ ("Certificate %zu of the chain: "), index);
  return certificate;
}

static gboolean
parse_chain (Verify *verify, GVariant *chain, GError **error)
{
  gsize n = g_variant_n_children (chain);

  if (n == 0 || n > TRUST_LIMIT_CHAIN_CERTIFICATES)
    {
      g_set_error (error, TRUST_ERROR, n == 0 ? TRUST_ERROR_INVALID_ARGUMENT : TRUST_ERROR_LIMIT_EXCEEDED,
                   _ ("The chain has %zu certificates; it must have 1 to %u, leaf first"), n, TRUST_LIMIT_CHAIN_CERTIFICATES);
      return FALSE;
    }
  verify->chain = g_ptr_array_new_full ((guint) n, (GDestroyNotify) trust_certificate_unref);
  for (gsize i = 0; i < n; i++)
    {
      TrustCertificate *certificate = parse_link (chain, i, error);

      if (certificate == NULL)
        return FALSE;
      g_ptr_array_add (verify->chain, certificate);
    }
  return TRUE;
}

static gboolean
parse_crls (Verify *verify, GVariant *options, GError **error)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (options, "crls", G_VARIANT_TYPE ("aay"));
  gsize n = list != NULL ? g_variant_n_children (list) : 0;

  if (n > TRUST_LIMIT_VERIFY_CRLS)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, _ ("%zu revocation lists were given; at most %u are taken"), n,
                   TRUST_LIMIT_VERIFY_CRLS);
      return FALSE;
    }
  verify->crls = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_crl_unref);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) bytes = g_variant_get_child_value (list, i);
      gsize size = 0;
      const guint8 *data = g_variant_get_fixed_array (bytes, &size, 1);
      TrustCrl *crl = trust_crl_new (data, size, error);

      if (crl == NULL)
        {
          g_prefix_error (error, _ ("Revocation list %zu: "), i + 1);
          return FALSE;
        }
      g_ptr_array_add (verify->crls, crl);
    }
  return TRUE;
}

/* A response that is damaged is one that does not answer: a peer may have sent it. */
static gboolean
parse_ocsp (Verify *verify, GVariant *options, GError **error)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (options, "ocsp", G_VARIANT_TYPE ("aay"));
  g_autoptr (GVariant) nonce = g_variant_lookup_value (options, "ocsp-nonce", G_VARIANT_TYPE_BYTESTRING);
  gsize n = list != NULL ? g_variant_n_children (list) : 0;

  if (n > TRUST_LIMIT_VERIFY_OCSP)
    {
      g_set_error (error, TRUST_ERROR, TRUST_ERROR_LIMIT_EXCEEDED, _ ("%zu OCSP responses were given; at most %u are taken"), n,
                   TRUST_LIMIT_VERIFY_OCSP);
      return FALSE;
    }
  verify->nonce = nonce != NULL ? g_variant_get_data_as_bytes (nonce) : NULL;
  verify->ocsp = g_ptr_array_new_with_free_func ((GDestroyNotify) trust_ocsp_unref);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) bytes = g_variant_get_child_value (list, i);
      gsize size = 0;
      const guint8 *data = g_variant_get_fixed_array (bytes, &size, 1);
      TrustOcsp *ocsp = trust_ocsp_new (data, size, error);

      if (ocsp == NULL)
        {
          g_prefix_error (error, _ ("OCSP response %zu: "), i + 1);
          return FALSE;
        }
      g_ptr_array_add (verify->ocsp, ocsp);
    }
  return TRUE;
}

static void
take_names (Verify *verify, GVariant *options)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (options, "names", G_VARIANT_TYPE_STRING_ARRAY);
  char *name = NULL;

  verify->names = g_ptr_array_new_with_free_func (g_free);
  if (g_variant_lookup (options, "name", "s", &name))
    g_ptr_array_add (verify->names, name);
  for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++)
    {
      g_variant_get_child (list, i, "s", &name);
      g_ptr_array_add (verify->names, name);
    }
  g_ptr_array_add (verify->names, NULL);
}

/* RFC 5280 6.1.1 (c), (e), (f), (g). */
static void
take_policies (Verify *verify, GVariant *options)
{
  TrustPolicyInput *input = &verify->request.policies;
  g_autoptr (GVariant) list = g_variant_lookup_value (options, "policies", G_VARIANT_TYPE_STRING_ARRAY);

  verify->policies = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  verify->policy_spans = g_array_new (FALSE, FALSE, sizeof (TrustSpan));
  for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++)
    {
      const char *oid = NULL;
      GByteArray *content = g_byte_array_new ();
      TrustSpan span;

      g_variant_get_child (list, i, "&s", &oid);
      trust_der_append_oid_content (content, oid);
      span = (TrustSpan) { content->data, content->len };
      g_ptr_array_add (verify->policies, content);
      g_array_append_val (verify->policy_spans, span);
    }
  if (list != NULL)
    {
      input->initial_policies = (const TrustSpan *) (gpointer) verify->policy_spans->data;
      input->n_initial_policies = verify->policy_spans->len;
    }
  g_variant_lookup (options, "explicit-policy", "b", &input->explicit_policy);
  g_variant_lookup (options, "inhibit-policy-mapping", "b", &input->inhibit_mapping);
  g_variant_lookup (options, "inhibit-any-policy", "b", &input->inhibit_any_policy);
}

static void
take_rest (Verify *verify, GVariant *options)
{
  const char *purpose = "server-auth", *store = TRUST_STORE_SYSTEM, *profile = "default", *mode = "soft";

  g_variant_lookup (options, "purpose", "&s", &purpose);
  g_variant_lookup (options, "store", "&s", &store);
  g_variant_lookup (options, "profile", "&s", &profile);
  g_variant_lookup (options, "revocation", "&s", &mode);
  g_variant_lookup (options, "time", "x", &verify->request.time);
  g_variant_lookup (options, "known-intermediates", "b", &verify->knows);
  verify->purpose = g_strdup (purpose);
  verify->store = g_strdup (store);
  verify->request.profile = trust_profile_find (profile);
  verify->request.revocation = g_str_equal (mode, "hard") ? TRUST_REVOCATION_HARD : TRUST_REVOCATION_SOFT;
}

gboolean
trust_parse_verify (GVariant *parameters, GUnixFDList *fds, TrustDoorRequest *out, GError **error)
{
  g_autoptr (GVariant) chain = g_variant_get_child_value (parameters, 0);
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_autoptr (Verify) verify = g_new0 (Verify, 1);

  if (!trust_options_check (options, verify_options, G_N_ELEMENTS (verify_options), error) || !parse_chain (verify, chain, error)
      || !parse_crls (verify, options, error) || !parse_ocsp (verify, options, error))
    return FALSE;
  take_names (verify, options);
  take_policies (verify, options);
  take_rest (verify, options);
  verify->request.chain = verify->chain;
  verify->request.crls = verify->crls;
  verify->request.ocsp = verify->ocsp;
  if (verify->nonce != NULL)
    verify->request.nonce.data = g_bytes_get_data (verify->nonce, &verify->request.nonce.size);
  verify->request.names = (const char *const *) verify->names->pdata;
  verify->request.purpose = verify->purpose;
  verify->request.store = verify->store;
  *out = (TrustDoorRequest) { g_steal_pointer (&verify), verify_free };
  return TRUE;
}

gboolean
trust_handle_verify (TrustEngine *engine, const TrustDoorRequest *request, const TrustCaller *caller, TrustDoorReply *out, GError **error)
{
  const Verify *verify = request->data;
  g_autoptr (TrustSnapshot) snapshot = trust_engine_get_snapshot (engine);
  TrustVerifyRequest asked = verify->request;

  if (!trust_lookup_store (snapshot, verify->store, error))
    return FALSE;
  asked.links = trust_engine_get_links (engine);

  g_autoptr (GPtrArray) reports = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (TrustAnchorSet) known = verify->knows ? trust_engine_look_at_intermediates (engine, reports) : NULL;

  asked.known = known;

  g_autoptr (TrustVerdict) verdict = trust_verifier_verify (snapshot, &asked);

  g_ptr_array_extend_and_steal (verdict->findings, g_steal_pointer (&reports));

  out->reply = g_variant_ref_sink (g_variant_new ("(@a{sv})", trust_view_verdict (verdict, snapshot->generation)));
  return TRUE;
}
